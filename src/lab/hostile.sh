# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, work and product are set by lab and tests.sh

# Trees made to hang, exhaust or mislead whoever looks at them. Each is judged
# with 64 MiB of heap and 20 seconds; the answer is one of the command's own
# statuses, without a trace, and in printable ASCII.

run_hostile_tests() {
	find_product test-hostile
	begin_tests
	test_hostile
	end_tests
}

hostile_release=6.6.66-hostile

test_hostile() {
	hostile_jar=$(dirname "$product")/hdrfix.jar
	hostile_fifos
	hostile_exchange
	hostile_sparse
	hostile_links
	hostile_many
	hostile_deep
	hostile_names
	hostile_programs
	hostile_system
	hostile_logs
	hostile_make
}

# hostile NAME: a fresh system with a tree that is well but for what comes next.
hostile() {
	hostile_name=$1
	rm -rf "$work/hostile"
	hostile_root=$work/hostile
	hostile_tree=$hostile_root/usr/src/linux-headers-$hostile_release
	mkdir -p "$hostile_tree/scripts/basic" "$hostile_tree/scripts/mod" "$hostile_tree/include/config" \
		"$hostile_tree/include/generated" "$hostile_tree/include/linux" "$hostile_root/bin" "$hostile_root/var/lib/dpkg" \
		"$hostile_root/etc"
	cp /bin/sh "$hostile_root/bin/sh"
	cp /bin/true "$hostile_tree/scripts/basic/fixdep"
	cp /bin/true "$hostile_tree/scripts/mod/modpost"
	echo "#define UTS_RELEASE \"$hostile_release\"" >"$hostile_tree/include/generated/utsrelease.h"
	echo "$native" >"$hostile_root/var/lib/dpkg/arch"
	: >"$hostile_tree/include/generated/autoconf.h"
	: >"$hostile_tree/include/config/auto.conf"
	: >"$hostile_tree/Module.symvers"
}

# judged COMMAND ARGUMENT...: by a JVM with little memory and little time.
judged() {
	run_line="$* ($hostile_name)"
	run_status=0
	timeout -k 5 20 java -Xmx64m -Xss512k -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -jar "$hostile_jar" "$@" \
		</dev/null >"$work/out" 2>&1 || run_status=$?
}

answers() {
	case $run_status in
	0 | 1 | 3 | 4) ;;
	*) echo "exit status $run_status" && return 1 ;;
	esac
	! grep -qE '^	at |internal error|Exception|OutOfMemory' "$work/out" || {
		echo "a trace"
		return 1
	}
	! LC_ALL=C grep -q '[^ -~]' "$work/out" || {
		echo "something else than printable ASCII"
		return 1
	}
}

judge() {
	judged check -v --root "$hostile_root"
	verdict "hostile: $hostile_name: check answers" answers
	judged repair -v --root "$hostile_root"
	verdict "hostile: $hostile_name: repair answers" answers
}

hostile_files="scripts/basic/fixdep scripts/mod/modpost scripts/mod/elfconfig.h .config include/config/auto.conf
	include/generated/autoconf.h include/generated/utsrelease.h include/config/kernel.release Module.symvers Makefile
	scripts/basic/.fixdep.cmd scripts/Makefile.modpost scripts/module.lds"

hostile_fifos() {
	hostile "FIFOs"
	for hostile_file in $hostile_files; do
		rm -f "$hostile_tree/$hostile_file"
		mkfifo "$hostile_tree/$hostile_file"
	done
	judge
	hostile "devices"
	for hostile_file in $hostile_files; do
		rm -f "$hostile_tree/$hostile_file"
		mknod "$hostile_tree/$hostile_file" c 1 5
	done
	judge
}

# A FIFO that takes a file's place after it was looked at and before it is
# opened: strace holds the opening up until it has.
hostile_exchange() {
	command -v strace >/dev/null || {
		leave_out "a FIFO in the place of a file that was looked at" "strace is not installed"
		return 0
	}
	hostile "a FIFO in the place of a file that was looked at"
	hostile_file=$hostile_tree/scripts/basic/fixdep
	hostile_log=$work/hostile.strace
	run_line="check --root $hostile_root ($hostile_name)"
	run_status=0
	timeout -k 5 120 strace -f -q -o "$hostile_log" -P "$hostile_file" \
		-e inject=open,openat:delay_enter=8000000 \
		java -XX:+UseSerialGC -jar "$hostile_jar" check --root "$hostile_root" </dev/null >"$work/out" 2>&1 &
	hostile_pid=$!
	# It has been looked at, and no further call comes.
	hostile_size=0
	for _ in $(seq 60); do
		sleep 2
		! grep -q S_IFREG "$hostile_log" || [ "$hostile_size" != "$(stat -c %s "$hostile_log")" ] || break
		hostile_size=$(stat -c %s "$hostile_log")
	done
	mkfifo "$work/fifo"
	mv "$work/fifo" "$hostile_file"
	wait "$hostile_pid" || run_status=$?
	verdict "hostile: $hostile_name: check gives up" exits 3
	verdict "hostile: $hostile_name: it names the file" says 'scripts/basic/fixdep does not open'
	verdict "hostile: $hostile_name: check answers" answers
}

hostile_sparse() {
	hostile "files of 8 GiB without a line's end"
	for hostile_file in $hostile_files; do
		truncate -s 8G "$hostile_tree/$hostile_file"
	done
	judge
	hostile "configurations of 15 MiB"
	head -c 15M /dev/zero | tr '\0' x | fold -w 24 | sed 's/^/CONFIG_/; s/$/=y/' | awk '{ print $0 NR "=y" }' \
		>"$hostile_tree/include/config/auto.conf"
	cp "$hostile_tree/include/config/auto.conf" "$hostile_tree/.config"
	rm "$hostile_tree/include/generated/autoconf.h"
	judge
}

hostile_links() {
	hostile "links out of the tree, in circles and to devices"
	for hostile_file in $hostile_files; do
		rm -f "$hostile_tree/$hostile_file"
		ln -s /dev/zero "$hostile_tree/$hostile_file"
	done
	ln -s . "$hostile_tree/scripts/circle"
	ln -s /proc "$hostile_tree/tools"
	ln -s loop "$hostile_tree/scripts/loop"
	ln "$hostile_root/bin/sh" "$hostile_tree/scripts/hard"
	judge
	hostile "scripts that leads to /"
	rm -r "$hostile_tree/scripts"
	ln -s / "$hostile_tree/scripts"
	judge
}

hostile_many() {
	hostile "200,001 entries"
	(cd "$hostile_tree/scripts" && perl -e 'for (1 .. 200_001) { open(my $f, ">", "f$_") }')
	judge
	verdict "hostile: it says so" says 'more than 200000 entries'
	hostile "5,000 programs"
	(cd "$hostile_tree/scripts" && perl -e 'for (1 .. 5000) { link("basic/fixdep", "p$_") }')
	judge
	verdict "hostile: it says so" says 'more than (4096 ELF files|16384 names)'
}

hostile_deep() {
	hostile "3,000 directories in each other"
	perl -e 'chdir $ARGV[0]; for (1 .. 3000) { mkdir "d"; chdir "d" }' "$hostile_tree/scripts"
	judge
	verdict "hostile: it says so" says 'deeper than 64 directories'
}

hostile_names() {
	hostile "names of other bytes"
	perl -e 'chdir $ARGV[0];
		for my $name ("\e]0;title\a", "\xff\xfe", "new\nline", "\e[2J", "a b", "\$(touch PWNED)", "`touch PWNED`", "-rf", "\xc3\xa4", "x" x 255) {
			system("cp", "basic/fixdep", "./$name") == 0 or die; open(my $f, "+<", "./$name"); seek($f, 18, 0); print $f "\xb7\0" }' \
		"$hostile_tree/scripts"
	printf '#define UTS_RELEASE "\033[2Jrelease"\n' >"$hostile_tree/include/generated/utsrelease.h"
	judge
	verdict "hostile: an escape sequence is shown as one" says '\\x1b'
	judged repair --apply --trust --root "$hostile_root"
	verdict "hostile: $hostile_name: a repair answers" answers
	verdict "hostile: none of them was run by a shell" sh -c "! find '$hostile_root' -name PWNED | grep -q ."
	LC_ALL=C judged check --root "$hostile_root"
	verdict "hostile: $hostile_name: the same in the C locale" answers
}

hostile_programs() {
	hostile "programs that are cut, empty, or claim much"
	head -c 60 /bin/true >"$hostile_tree/scripts/cut"
	: >"$hostile_tree/scripts/basic/fixdep"
	printf '\177ELF' >"$hostile_tree/scripts/mod/modpost"
	cp /bin/true "$hostile_tree/scripts/table"
	printf '\377\377\377\377\377\377\377\177' |
		dd of="$hostile_tree/scripts/table" bs=1 seek=32 conv=notrunc 2>/dev/null
	truncate -s 15T "$hostile_tree/scripts/table"
	judge
	verdict "hostile: each is named" says 'scripts/table'
}

hostile_system() {
	hostile "nonsense in /etc and /var"
	for hostile_file in etc/os-release var/lib/dpkg/arch var/lib/dpkg/status; do
		head -c 5M /dev/urandom >"$hostile_root/$hostile_file"
	done
	mkdir -p "$hostile_root/lib/modules" "$hostile_root/var/lib/dpkg/info"
	(cd "$hostile_root/lib/modules" && perl -e 'for (1 .. 20000) { mkdir "6.6.$_\e[m" }')
	truncate -s 20G "$hostile_root/var/lib/dpkg/info/linux-headers.list"
	judge
}

hostile_logs() {
	hostile "a log of 400 MB without a line's end"
	head -c 400M /dev/zero >"$work/log"
	judged explain "$work/log"
	verdict "hostile: $hostile_name: explain answers" answers
	hostile "a log that unpacks to 1 GiB"
	head -c 1G /dev/zero | gzip -1 >"$work/log.gz"
	judged explain "$work/log.gz"
	verdict "hostile: $hostile_name: explain answers" answers
	rm -f "$work/log" "$work/log.gz"
}

# A build that prints without end: the log is cut, and hdrfix goes on.
hostile_make() {
	hostile "a make that prints without end"
	echo 'int main(void) { return 1; }' >"$hostile_tree/scripts/basic/fixdep.c"
	printf '\267\0' | dd of="$hostile_tree/scripts/basic/fixdep" bs=1 seek=18 conv=notrunc 2>/dev/null
	printf 'scripts/basic:\n\t@yes\n.PHONY: scripts/basic\n' >"$hostile_tree/Makefile"
	printf '0x12345678\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n' >"$hostile_tree/Module.symvers"
	judged repair --apply --way kbuild --root "$hostile_root"
	verdict "hostile: $hostile_name: repair answers" answers
	verdict "hostile: the log has at most 2 MiB" sh -c \
		"[ \"\$(stat -c %s '$hostile_root/var/lib/hdrfix/$hostile_release/make.log')\" -le 2097152 ]"
	verdict "hostile: the log is there" test -s "$hostile_root/var/lib/hdrfix/$hostile_release/make.log"
	printf 'scripts/basic:\n\t@yes >/proc/1/fd/1; yes >&2\n.PHONY: scripts/basic\n' >"$hostile_tree/Makefile"
	judged repair --apply --way kbuild --root "$hostile_root"
	verdict "hostile: $hostile_name, elsewhere: repair answers" answers
}
