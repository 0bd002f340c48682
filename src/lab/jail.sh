# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, work and product are set by lab and tests.sh

# Ways out of the jail. A header tree whose makefile is hostile is repaired by
# kbuild's own way, so that the makefile runs; it tries one thing after the
# other and says how each went. The control is the same attempt by the same
# script outside: where that does not succeed either, the test proves nothing
# and fails.

run_jail_tests() {
	find_product test-jail
	begin_tests
	test_jail
	end_tests
}

jail_release=9.9.1-jail

test_jail() {
	jail=$work/jail
	mkdir -p "$jail"
	jail_root "$jail/root"
	jail_outside
	jail_attempts
	jail_survivors
	jail_harvests
	jail_padding
	kill "$jail_victim" "$jail_listener" 2>/dev/null || :
	rm -f "$jail_socket"
}

# jail_root DIRECTORY: a system with one tree, whose fixdep is foreign here.
jail_root() {
	jail_tree=$1/usr/src/linux-headers-$jail_release
	mkdir -p "$jail_tree/scripts/basic" "$jail_tree/include/config" "$jail_tree/include/generated" "$1/bin" "$1/var/lib"
	cp /bin/sh "$1/bin/sh"
	echo "#define UTS_RELEASE \"$jail_release\"" >"$jail_tree/include/generated/utsrelease.h"
	: >"$jail_tree/include/generated/autoconf.h"
	: >"$jail_tree/include/config/auto.conf"
	cat >"$jail/fixdep.c" <<'C'
#include <stdio.h>
int main(void) { fputs("Usage: fixdep <depfile> <target> <cmdline>\n", stderr); return 1; }
C
	"$(compiler "$foreign")" -o "$jail_tree/scripts/basic/fixdep" "$jail/fixdep.c"
	cp "$jail/fixdep.c" "$jail_tree/scripts/basic/fixdep.c"
	mkdir "$jail_tree/scripts/mod"
	gcc -o "$jail_tree/scripts/mod/modpost" "$jail/fixdep.c"
	printf '0x12345678\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n' >"$jail_tree/Module.symvers"
	printf 'scripts/basic:\n\t@sh ./attack\n.PHONY: scripts/basic\n' >"$jail_tree/Makefile"
	echo "# kbuild" >"$jail_tree/scripts/basic/Makefile"
}

# jail_repair: the tree as it is now, by the route that runs its makefile.
jail_repair() {
	run repair --apply -v --way kbuild --root "$jail/root" --platform "$native" "$jail_release"
	cat "$jail/root/var/lib/hdrfix/$jail_release/make.log" >"$jail/log" 2>/dev/null || : >"$jail/log"
}

# jail_outside: what there is to reach.
jail_outside() {
	echo secret >"$jail/root/secret"
	chmod 600 "$jail/root/secret"
	cp "$(command -v id)" "$jail/root/bin/suid-id"
	chmod 4755 "$jail/root/bin/suid-id"
	jail_socket=/run/hdrfix-lab-$$.sock
	perl -MIO::Socket::INET -MIO::Socket::UNIX -e '
		umask 0;
		my $unix = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 9) or die;
		my $inet = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 9) or die;
		open(my $port, ">", $ARGV[1]); print $port $inet->sockport, "\n"; close $port;
		sleep 600;' "$jail_socket" "$jail/port" </dev/null >/dev/null 2>&1 &
	jail_listener=$!
	sleep 600 </dev/null >/dev/null 2>&1 &
	jail_victim=$!
	jail_wait=0
	while [ ! -s "$jail/port" ] && [ $jail_wait -lt 50 ]; do
		jail_wait=$((jail_wait + 1))
		sleep 0.2
	done
	jail_disk=
	for jail_name in $(awk 'NR > 2 { print $4 }' /proc/partitions); do
		[ ! -b "/dev/$jail_name" ] || jail_disk=/dev/$jail_name
	done
}

# The attempts: "NAME open" for one that succeeded, else "NAME closed".
# Whatever it needs to know stands in the file itself: the environment is empty.
jail_attack() {
	cat <<ATTACK
at=$jail live=$jail_tree victim=$jail_victim port=$(cat "$jail/port") socket=$jail_socket disk=$jail_disk
ATTACK
	cat <<'ATTACK'
out=${OUT:-$at/control}
attempt() {
	name=$1
	shift
	if ("$@") >/dev/null 2>&1; then echo "$name open"; else echo "$name closed"; fi
}
write() { : >"$1/hdrfix-jail-test" && rm -f "$1/hdrfix-jail-test"; }
make_node() { mknod "$out/node" b 7 0 && rm -f "$out/node"; }
give_away() { : >"$out/given" && chown 1:1 "$out/given"; }
become_root() { [ "$("$at/root/bin/suid-id" -u)" = 0 ]; }
connect_inet() { perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("127.0.0.1:$ARGV[0]")' "$port"; }
connect_unix() { perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => $ARGV[0])' "$socket"; }
signal() { kill -CONT "$victim"; }
see() { grep -q sleep "/proc/$victim/cmdline"; }
trace() { perl -e 'exit !(syscall(101, 16, $ARGV[0] + 0, 0, 0) == 0)' "$victim"; }
sysctl() { old=$(cat /proc/sys/kernel/hostname) && echo "$old" >/proc/sys/kernel/hostname; }
open_disk() { head -c 512 "$disk" >"$out/sector" && [ -s "$out/sector" ]; }
devices() { [ "$(find /dev -type b -o -type c | wc -l)" -gt 5 ]; }
read_secret() { grep -q secret "$at/root/secret"; }
giant() { head -c 300M /dev/zero >"$out/giant"; status=$?; rm -f "$out/giant"; return $status; }
memory() { perl -e 'my $x = "x"; $x x= (5 << 30); exit(length($x) < 5 << 30)'; }
bomb() {
	perl -e 'my @p; for (1 .. 1500) { my $p = fork; last unless defined $p; if (!$p) { sleep 20; exit } push @p, $p }
		my $n = @p; kill "KILL", @p; exit($n < 1500)'
}
environment() { env | grep -q HDRFIX_LAB_SECRET; }
input() { read -r line && [ "$line" = typed ]; }
mount_it() { mkdir -p "$out/m" && mount -n -t tmpfs none "$out/m" && umount -n "$out/m"; }
host_name() { hostname "$(hostname)"; }
attempt write-etc write /etc
attempt write-usr-src write /usr/src
attempt write-var write /var/lib
attempt write-tmp write /tmp
attempt write-var-tmp write /var/tmp
attempt write-dev-shm write /dev/shm
attempt write-live-tree write "$live"
attempt mknod make_node
attempt chown give_away
attempt setuid become_root
attempt network connect_inet
attempt daemon-socket connect_unix
attempt signal signal
attempt see-processes see
[ "$(uname -m)" != x86_64 ] || attempt ptrace trace
attempt proc-sys sysctl
[ -z "$disk" ] || attempt read-disk open_disk
attempt other-devices devices
attempt read-0600 read_secret
attempt giant-file giant
attempt memory memory
attempt fork-bomb bomb
attempt environment environment
attempt input input
attempt mount mount_it
attempt host-name host_name
ATTACK
}

jail_attempts() {
	jail_attack >"$jail_tree/attack"
	mkdir -p "$jail/control"
	# One attempt is about what a user gains: its control is one, too.
	echo typed | HDRFIX_LAB_SECRET=yes sh "$jail_tree/attack" >"$jail/outside" 2>/dev/null
	setpriv --reuid=65534 --clear-groups "$jail/root/bin/suid-id" -u >"$jail/setuid" 2>&1 || :
	verdict "jail: the control of setuid gains root" grep -qx 0 "$jail/setuid"
	HDRFIX_LAB_SECRET=yes
	export HDRFIX_LAB_SECRET
	jail_repair
	unset HDRFIX_LAB_SECRET
	while read -r jail_name jail_how; do
		if [ "$jail_name $jail_how" = "read-disk closed" ]; then
			leave_out "jail: read-disk" "no disk can be read outside either"
		elif [ "$jail_how" != open ]; then
			verdict "jail: $jail_name succeeds outside" false
		else
			verdict "jail: $jail_name is closed" grep -qx "$jail_name closed" "$jail/log"
		fi
	done <"$jail/outside"
	verdict "jail: what was listening is still there" kill -0 "$jail_victim" "$jail_listener"
	verdict "jail: -v says how the stage was made" says 'building in overlayfs in private namespaces'
}

# alive WORD: whether a process has it in its command line.
alive() {
	grep -lz -e "$1" /proc/[0-9]*/cmdline 2>/dev/null | grep -v "^/proc/$$/" | grep -q .
}

gone() {
	gone_try=0
	while [ $gone_try -lt 50 ]; do
		alive "$1" || return 0
		gone_try=$((gone_try + 1))
		sleep 0.2
	done
	return 1
}

# What a build leaves running, and what becomes of it when hdrfix is killed.
jail_survivors() {
	cat >"$jail_tree/attack" <<'ATTACK'
(trap '' HUP INT TERM; exec setsid sleep 4711.5) >/dev/null 2>&1 &
exit 0
ATTACK
	sh "$jail_tree/attack"
	sleep 0.3
	verdict "jail: a process left behind lives on outside" alive '4711[.]5'
	pkill -KILL -x -f 'sleep 4711.5' || :
	jail_repair
	verdict "jail: no process outlives the build" gone '4711[.]5'

	cat >"$jail_tree/attack" <<'ATTACK'
(trap '' HUP INT TERM; exec setsid sleep 4712.5) >/dev/null 2>&1 &
trap '' HUP INT TERM
sleep 4713.5
ATTACK
	for jail_signal in INT TERM HUP KILL; do
		"$product" repair --apply --way kbuild --root "$jail/root" --platform "$native" "$jail_release" \
			</dev/null >"$work/out" 2>&1 &
		jail_pid=$!
		jail_started=no
		jail_wait=0
		while [ $jail_started = no ] && [ $jail_wait -lt 100 ]; do
			! alive '4713[.]5' || jail_started=yes
			jail_wait=$((jail_wait + 1))
			sleep 0.3
		done
		verdict "jail: the build runs when hdrfix gets SIG$jail_signal" [ "$jail_started" = yes ]
		# A shell's background commands ignore SIGINT; the JVM has to see it.
		[ "$jail_signal" = INT ] || kill -s "$jail_signal" "$jail_pid"
		[ "$jail_signal" != INT ] || perl -e 'kill "INT", $ARGV[0]; sleep 1; kill "TERM", $ARGV[0]' "$jail_pid"
		wait "$jail_pid" 2>/dev/null || :
		verdict "jail: nothing outlives SIG$jail_signal of hdrfix" gone '471[23][.]5'
	done
}

# jail_harvest NAME COMMANDS: a build that ends with the program in some form.
jail_harvest() {
	cp "$jail/foreign" "$jail_tree/scripts/basic/fixdep"
	printf '%s\n' 'cd scripts/basic && rm -f fixdep && cc -o fixdep fixdep.c || exit 1' "$2" >"$jail_tree/attack"
	jail_repair
}

jail_harvests() {
	cp "$jail_tree/scripts/basic/fixdep" "$jail/foreign"
	jail_harvest plain :
	verdict "jail: control: the plain program is installed" exits 0
	verdict "jail: control: it runs" sh -c "'$jail_tree/scripts/basic/fixdep' 2>&1 | grep -q Usage"
	while IFS='|' read -r jail_form jail_commands; do
		jail_harvest "$jail_form" "$jail_commands"
		verdict "jail: harvest of $jail_form is refused" exits 3
		verdict "jail: and the live program is as it was" cmp "$jail/foreign" "$jail_tree/scripts/basic/fixdep"
	done <<'FORMS'
a symbolic link|mv fixdep real && ln -s real fixdep
a link out of the stage|rm fixdep && ln -s /bin/true fixdep
a hard link|ln fixdep other
a FIFO|rm fixdep && mkfifo fixdep
a setuid program|chmod u+s fixdep
a program of 70 MiB|truncate -s 70M fixdep
a directory|rm fixdep && mkdir fixdep
a linked directory|cd .. && mv basic other && ln -s other basic
FORMS
}

# An ELF of another machine with a shell text in the padding of its e_ident:
# execvp(3) and the JDK start what the kernel refuses with /bin/sh. The magic is
# the name of a command for a shell: "\177ELF" and what stands up to the next
# newline, which is not found; the line behind it is.
jail_padding() {
	printf '\177ELF\002\001\001\n>PWNED\n#' >"$jail/head"
	dd if=/dev/zero bs=1 count=$((16 - $(wc -c <"$jail/head"))) 2>/dev/null >>"$jail/head"
	cp "$jail/foreign" "$jail/padded"
	dd if="$jail/head" of="$jail/padded" bs=16 count=1 conv=notrunc 2>/dev/null
	mkdir -p "$jail/here"
	(cd "$jail/here" && env "$jail/padded" >/dev/null 2>&1) || :
	verdict "jail: control: a padded ELF runs as a shell script" [ -e "$jail/here/PWNED" ]
	cp "$jail/padded" "$jail_tree/scripts/basic/fixdep"
	# The makefile would start it, as kbuild does.
	printf '%s\n' 'env scripts/basic/fixdep; [ ! -e PWNED ] || echo PWNED was written' >"$jail_tree/attack"
	jail_repair
	verdict "jail: make does not start what was not judged" sh -c "! grep -q 'PWNED was written' '$jail/log'"
	run check --root "$jail/root" --platform "$native" "$jail_release"
	verdict "jail: and check calls it foreign" says "built for"
	# Its first byte is missing: as a program of the tree it would be taken away.
	tail -c +2 "$jail/padded" >"$jail_tree/scripts/basic/x"
	printf '%s\n' '{ printf "\177"; cat scripts/basic/x; } >scripts/basic/fixdep' 'chmod +x scripts/basic/fixdep' \
		>"$jail_tree/attack"
	jail_repair
	verdict "jail: one that make leaves is not started either" sh -c \
		"! find '$work' /var/lib/hdrfix -name PWNED ! -path '*/here/*' 2>/dev/null | grep -q ."
	verdict "jail: it is refused" says "does not run on this system"
	rm -f "$jail_tree/scripts/basic/x"
}
