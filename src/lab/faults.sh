# shellcheck shell=sh
# shellcheck disable=SC2154 # here, native, product, work and the run_* are set by lab and tests.sh

# Crashes, faults, full disks, power cuts, signals and rivals. The classes that
# do the counting are among the project's tests; each prints one line of
# figures, with its seed, and its exit status is the verdict. HDRFIX_LONG=1 is
# the long run: every call where the short one takes one of several.

fault_tools="strace e2fsprogs mount util-linux faketime"
power_tools="qemu-utils qemu-system-common fuse3 xfsprogs btrfs-progs"

faults=
fault_mounts=
power_interval=

run_fault_tests() {
	find_product test-faults
	begin_tests
	test_faults
	end_tests
}

test_faults() {
	fault_classes=$here/../../target/classes:$here/../../target/test-classes
	[ -f "$here/../../target/test-classes/org/hdrfix/repair/FaultRun.class" ] || {
		leave_out "faults" "the project's test classes are not compiled (mvn verify)"
		return 0
	}
	# Out of memory: what is measured is the order of calls, not the disk.
	faults=$(mktemp -d /dev/shm/hdrfix-faults.XXXXXX) || die "no memory file system"
	fault_mounts=
	run_line=
	run_status=
	: >"$work/out"
	test_every_call
	test_full_disks
	test_power_cuts
	test_rivals
	test_preflight
	test_signals
	test_killed_commands
	faults_cleanup
}

faults_cleanup() {
	[ -z "$power_interval" ] || power_end
	for fault_mount in $fault_mounts; do
		umount "$fault_mount" 2>/dev/null || :
	done
	fault_mounts=
	[ -z "${faults:-}" ] || rm -rf "$faults"
	faults=
}

# each SHORT LONG: which of them this run wants.
each() {
	if [ -n "${HDRFIX_LONG:-}" ]; then echo "$2"; else echo "$1"; fi
}

# counted CLASS ARGUMENT...: its line of figures is what the verdict says.
counted() {
	counted_status=0
	timeout -k 30 "$(each 400 4000)" java -XX:+UseSerialGC ${HDRFIX_LONG:+-Dfault.all=true} -cp "$fault_classes" \
		org.hdrfix.repair."$@" </dev/null >"$work/counted" 2>&1 || counted_status=$?
	cp "$work/counted" "$work/out"
	verdict "$(head -n 1 "$work/counted" | cut -c 1-300)" test "$counted_status" = 0
}

# every WORK FAULT ONE-OF: FaultRun in a directory of its own.
every() {
	every_dir=$faults/every.$1.$2
	mkdir "$every_dir"
	counted FaultRun "$every_dir" "$1" "$2" "$3"
	rm -rf "$every_dir"
}

# ---------------------------------------------------------------- system calls

test_every_call() {
	command -v strace >/dev/null || {
		leave_out "faults at system calls" "strace is not installed"
		return 0
	}
	every repair kill "$(each 9 1)"
	every undo kill "$(each 8 1)"
	every recover kill "$(each 8 1)"
	every naive-in-place kill "$(each 2 1)"
	every naive-delete-first kill "$(each 2 1)"
	every repair TERM "$(each 17 1)"
	every undo INT "$(each 17 1)"
	every naive-delete-first TERM "$(each 9 1)"
	for error in ENOSPC EIO EROFS EMFILE EACCES; do
		every repair "$error" "$(each 19 1)"
	done
	every undo EIO "$(each 17 1)"
	every recover EIO "$(each 17 1)"
	every naive-in-place ENOSPC "$(each 5 1)"
	every naive-delete-first EIO "$(each 5 1)"
	[ -z "${HDRFIX_LONG:-}" ] || for error in ENOSPC EROFS EMFILE EACCES; do
		every undo "$error" 1
		every recover "$error" 1
		every naive-in-place "$error" 1
		every naive-delete-first "$error" 1
	done
}

# ---------------------------------------------------------------- full disks

test_full_disks() {
	small=$faults/small
	mkdir "$small"
	truncate -s 24M "$faults/small.img"
	mkfs.ext4 -q -F -m 0 -N 400 -J size=4 "$faults/small.img"
	mount -o loop "$faults/small.img" "$small" 2>"$work/mount" || {
		leave_out "full disks" "no loop mount: $(head -n 1 "$work/mount")"
		return 0
	}
	fault_mounts="$fault_mounts $small"
	mkdir "$small/t"
	for full_work in repair undo naive-in-place; do
		counted FullDiskRun "$small/t" "$full_work" blocks "$(each 28 321)" "$(each 12 1)"
	done
	counted FullDiskRun "$small/t" repair inodes "$(each 20 60)" "$(each 3 1)"
	umount "$small"
	mount -t tmpfs -o size=8M tmpfs "$small"
	mkdir "$small/t"
	counted FullDiskRun "$small/t" repair blocks "$(each 28 321)" "$(each 12 4)"
	umount "$small"
	rm -f "$faults/small.img"
}

# ---------------------------------------------------------------- power cuts

# Every write to a disk is logged by QEMU, which exports it as a file by FUSE;
# the file is loop-mounted, and the work done on it.
test_power_cuts() {
	for power_tool in qemu-storage-daemon fusermount3 strace; do
		command -v $power_tool >/dev/null || {
			leave_out "power cuts" "$power_tool is not installed ($power_tools)"
			return 0
		}
	done
	# In the short run ext4 alone, which boards have.
	for power_type in ext4 $(each '' 'xfs btrfs'); do
		if ! command -v "mkfs.$power_type" >/dev/null; then
			leave_out "power cuts on $power_type" "mkfs.$power_type is not installed ($power_tools)"
		elif ! grep -qw "$power_type" /proc/filesystems && ! modprobe -q "$power_type"; then
			leave_out "power cuts on $power_type" "this kernel does not know it"
		else
			power_cuts "$power_type"
		fi
	done
}

# power_cuts TYPE
power_cuts() {
	power_states=$([ "$1" = ext4 ] && echo 1200 || echo 300)
	# After a repair: its recovery begins with what a cut in it has left.
	power_cut "$1" repair "$(each 120 "$power_states")"
	power_cut "$1" recover "$(each 60 "$power_states")"
	power_cut "$1" undo "$(each 60 "$power_states")"
	power_cut "$1" naive-unsynced "$(each 60 $((power_states / 2)))"
	power_cut "$1" naive-in-place "$(each 30 $((power_states / 2)))"
	rm -f "$faults/half.img" "$faults/made.img"
}

log_entries() {
	od -A n -t u8 -j 16 -N 8 "$power/log" | tr -d ' '
}

# power_cut TYPE WORK RANDOM-STATES
power_cut() {
	[ "$2" != recover ] || [ -f "$faults/half.img" ] || {
		leave_out "power cuts on $1, recover" "no cut has left a repair half done"
		return 0
	}
	power=$faults/power
	mkdir -p "$power/mount"
	if [ "$2" = recover ]; then
		mv "$faults/made.img" "$power/made.img"
		mv "$faults/half.img" "$power/disk.raw"
	else
		truncate -s "$(power_size "$1")" "$power/disk.raw"
	fi
	truncate -s 2G "$power/log"
	: >"$power/export"
	qemu-storage-daemon \
		--blockdev driver=file,node-name=file,filename="$power/disk.raw" \
		--blockdev driver=raw,node-name=disk,file=file \
		--blockdev driver=file,node-name=logfile,filename="$power/log" \
		--blockdev driver=raw,node-name=log,file=logfile \
		--blockdev driver=blklogwrites,node-name=logged,file=disk,log=log,log-append=off,log-super-update-interval=1 \
		--export type=fuse,id=export,node-name=logged,mountpoint="$power/export",writable=on \
		--pidfile "$power/pid" --daemonize 2>"$work/mount" || {
		leave_out "power cuts on $1, $2" "no FUSE export: $(head -n 1 "$work/mount")"
		rm -rf "$power"
		return 0
	}
	power_loop=
	if power_work "$1" "$2" >"$work/counted" 2>&1; then
		power_end
		counted PowerCutRun "$power" "$1" "$2" "$power_first" "$power_ended" "$power_all" "$3" 20261121
		[ ! -f "$power/half.img" ] || mv "$power/half.img" "$power/made.img" "$faults/"
	else
		power_end
		leave_out "power cuts on $1, $2" "$(tail -n 1 "$work/counted")"
	fi
	rm -rf "$power"
}

power_size() {
	case $1 in
	ext4) echo 24M ;;
	xfs) echo 64M ;;
	btrfs) echo 96M ;;
	esac
}

power_format() {
	case $1 in
	ext4) timeout 60 mkfs.ext4 -q -F -m 0 -J size=4 -E lazy_itable_init=0,nodiscard "$power/export" ;;
	# What xfs's own tests set: without it a disk has at least 300 MB.
	xfs) TEST_DIR=lab TEST_DEV=lab QA_CHECK_FS=lab timeout 60 mkfs.xfs -q -f -K "$power/export" ;;
	btrfs) timeout 60 mkfs.btrfs -q -f -K --mixed "$power/export" ;;
	esac
}

power_mount() {
	case $1 in
	xfs)
		# It writes its log every 30 seconds, all xfs of the machine alike; one is the least.
		[ -n "$power_interval" ] || power_interval=$(cat /proc/sys/fs/xfs/xfssyncd_centisecs)
		echo 100 >/proc/sys/fs/xfs/xfssyncd_centisecs
		timeout 30 mount -t xfs "$power_loop" "$power/mount"
		;;
	*) timeout 30 mount -t "$1" -o commit=1 "$power_loop" "$power/mount" ;;
	esac
}

# power_work TYPE WORK
power_work() {
	[ "$2" = recover ] || power_format "$1" || return 1
	power_loop=$(losetup -f --show "$power/export") || return 1
	power_mount "$1" || return 1
	[ "$2" = recover ] || {
		mkdir "$power/mount/root"
		work_on make "$power/mount/root" || return 1
		power_image made "$1" || return 1
	}
	[ "$2" != undo ] || work_on repair "$power/mount/root" || return 1
	power_image base "$1" || return 1
	# As slow as a worn SD card, so that the file system commits several times on the way.
	power_slow="-e inject=write,rename,unlink,symlink:delay_enter=70000"
	case $2 in
	# A kernel that says yes to fsync and does nothing.
	naive-unsynced) power_slow="$power_slow -e inject=fsync,fdatasync:retval=0" ;;
	esac
	# shellcheck disable=SC2086 # options
	strace -f -q -o /dev/null $power_slow sh -c "$(work_line "$2" "$power/mount/root")" || return 1
	power_ended=$(log_entries)
	sync -f "$power/mount" || return 1
	timeout 60 umount "$power/mount" || return 1
	power_all=$(log_entries)
}

# power_image NAME TYPE: the disk as it is, whole.
power_image() {
	# Said aloud: where another mount namespace keeps the file system, umount writes nothing.
	sync -f "$power/mount" || return 1
	timeout 30 umount "$power/mount" || return 1
	sync "$power/export" || return 1
	cp "$power/disk.raw" "$power/$1.img"
	power_first=$(log_entries)
	power_mount "$2"
}

work_line() {
	echo "rm -f '$2/begun' && timeout 60 java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '$fault_classes' org.hdrfix.repair.FaultMain $1 '$2'"
}

work_on() {
	sh -c "$(work_line "$1" "$2")"
}

power_end() {
	[ -z "$power_interval" ] || echo "$power_interval" >/proc/sys/fs/xfs/xfssyncd_centisecs
	power_interval=
	umount "$power/mount" 2>/dev/null || :
	[ -z "$power_loop" ] || losetup -d "$power_loop" 2>/dev/null || :
	[ ! -f "$power/pid" ] || {
		power_pid=$(cat "$power/pid")
		kill "$power_pid" 2>/dev/null || :
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			[ -d "/proc/$power_pid" ] || break
			sleep 0.2
		done
	}
}

# ---------------------------------------------------------------- the command

# sample_root: a fresh copy of the bundled sample, as this machine's own.
sample_root() {
	root=$work/sample
	rm -rf "$root"
	cp -a "$here/../../testdata/sample" "$root"
	chown -R 0:0 "$root"
	release=6.6.31-v8+
	tree=$root/usr/src/linux-headers-$release
	state=$root/var/lib/hdrfix
	whole_print >"$work/sample.before"
}

# whole_print: every entry of the sample but hdrfix's own state: type, mode,
# owner, links, time to the nanosecond, target, content.
whole_print() (
	cd "$root" || exit 1
	find usr lib -type f -exec sha256sum {} + | sort -k 2
	find usr lib -printf '%p\t%y\t%m\t%U:%G\t%n\t%T@\t%l\n' | sort
)

# The same without times: what a repair shall lead to is built anew each time.
timeless() {
	awk -F '\t' -v OFS='\t' 'NF == 7 { $6 = "" } { print }' "$1"
}

# Arguments of a repair of the sample that this machine can build.
apply_sample() {
	run repair --apply --root "$root" --platform "$native" "$release"
}

know_repaired() {
	sample_root
	repair_begins=$(date +%s%N)
	apply_sample
	repair_time=$((($(date +%s%N) - repair_begins) / 1000000))
	whole_print >"$work/sample.after"
	timeless "$work/sample.after" >"$work/sample.after.timeless"
	exits 0 && ! same "$work/sample.before" "$work/sample.after" >/dev/null
}

is_before() {
	whole_print >"$work/sample.now"
	cmp -s "$work/sample.before" "$work/sample.now"
}

is_after() {
	whole_print >"$work/sample.now"
	timeless "$work/sample.now" | cmp -s "$work/sample.after.timeless" -
}

is_before_or_after() {
	is_before || is_after || same "$work/sample.before" "$work/sample.now"
}

unchanged_sample() {
	is_before || same "$work/sample.before" "$work/sample.now"
}

# nothing_left: no transaction of a repair that did not happen.
nothing_left() {
	nothing_found=$(find "$state" -mindepth 2 ! -name make.log 2>/dev/null)
	[ -z "$nothing_found" ] || {
		echo "$nothing_found"
		return 1
	}
}

refused() {
	exits 3 && says "$1" && says 'nothing was changed' && unchanged_sample && nothing_left
}

# build_begins PID: waits until that repair has its stage.
build_begins() {
	state_has "$1" -mindepth 3 -maxdepth 3 -name stage
}

# half_done_soon PID: waits until that repair has its journal.
half_done_soon() {
	state_has "$1" -name journal
}

# state_has PID TEST...: waits until find finds it in the state of that repair.
state_has() {
	state_pid=$1
	shift
	for _ in $(seq 1500); do
		[ -z "$(find "$state" "$@" 2>/dev/null)" ] || return 0
		[ -d "/proc/$state_pid" ] || return 1
		sleep 0.02
	done
	return 1
}

start_repair() {
	# What a shell starts in the background ignores SIGINT, and the JVM keeps it so.
	env --default-signal=INT \
		"$product" repair --apply --root "$root" --platform "$native" "$release" </dev/null >"$work/background" 2>&1 &
	background=$!
}

test_rivals() {
	verdict "the sample can be repaired" know_repaired

	sample_root
	start_repair
	if build_begins "$background"; then
		kill -STOP "$background"
		apply_sample
		verdict "a second hdrfix says so and changes nothing" second_refused
		run check --root "$root" --platform "$native" "$release"
		verdict "check is not disturbed by a repair that still builds" exits 1
		kill -CONT "$background"
	fi
	background_status=0
	wait "$background" || background_status=$?
	verdict "the first hdrfix ends well" test "$background_status" = 0
	verdict "the tree is then repaired" is_after

	sample_root
	start_repair
	if build_begins "$background"; then
		kill -STOP "$background"
		cp -a "$tree/scripts/mod/modpost" "$work/modpost.other"
		mv "$work/modpost.other" "$tree/scripts/mod/modpost"
		whole_print >"$work/sample.before"
		kill -CONT "$background"
	fi
	run_status=0
	wait "$background" || run_status=$?
	cp "$work/background" "$work/out"
	verdict "a file that changed during the build is seen, and nothing is changed" refused 'was changed by somebody else'

	sample_root
	dpkg_holds lock-frontend && verdict "apt's lock is respected" refused 'apt or dpkg is at work'
	sample_root
	dpkg_holds lock && verdict "dpkg's lock is respected" refused 'apt or dpkg is at work'
	sample_root
	DPKG_MAINTSCRIPT_NAME=postinst
	export DPKG_MAINTSCRIPT_NAME
	dpkg_holds lock && verdict "inside a maintainer script dpkg's lock is no obstacle" is_after
	unset DPKG_MAINTSCRIPT_NAME

	sample_root
	dpkg_database
	if command -v strace >/dev/null; then
		# It stands still for a while between two of its renames.
		strace -f -q -o /dev/null -e inject=rename:delay_enter=3000000:when=10 \
			"$product" repair --apply --root "$root" --platform "$native" "$release" </dev/null >"$work/background" 2>&1 &
		background=$!
		half_done_soon "$background"
		dpkg --admindir="$root/var/lib/dpkg" --force-not-root --configure -a >"$work/dpkg" 2>&1 || :
		verdict "dpkg finds its lock held while files of packages change" grep -q 'lock' "$work/dpkg"
		wait "$background" || :
		verdict "and the tree is then repaired" is_after
	fi
}

second_refused() {
	exits 3 && says 'another hdrfix is at work' && says 'nothing was changed' && unchanged_sample
}

dpkg_database() {
	mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
	touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/lock" "$root/var/lib/dpkg/lock-frontend"
}

# dpkg_holds NAME: a repair while another process has the lock as dpkg has it.
dpkg_holds() {
	dpkg_database
	rm -f "$work/held"
	# struct flock of a 64-bit Linux; flock(1) takes another kind of lock.
	perl -e 'use Fcntl; open(my $f, "+<", $ARGV[0]) or die; my $l = pack("s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0);
		fcntl($f, F_SETLK, $l) or die "no lock"; open(my $h, ">", $ARGV[1]); close $h; sleep 300' \
		"$root/var/lib/dpkg/$1" "$work/held" &
	holder=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -e "$work/held" ] || break
		sleep 0.1
	done
	[ -e "$work/held" ] || {
		leave_out "the lock $1" "it could not be taken for the test"
		kill "$holder" 2>/dev/null || :
		return 1
	}
	apply_sample
	kill "$holder"
	wait "$holder" 2>/dev/null || :
}

# ---------------------------------------------------------------- preflight

test_preflight() {
	if command -v faketime >/dev/null; then
		sample_root
		run_line="repair with the clock at 1970"
		run_status=0
		timeout 120 faketime -f '@1970-01-02 00:00:00' "$product" repair --apply --root "$root" --platform "$native" "$release" \
			</dev/null >"$work/out" 2>&1 || run_status=$?
		verdict "a clock at 1970 is refused, and nothing is changed" refused 'the clock says 1970'
	else
		leave_out "clocks" "faketime is not installed"
	fi
	# faketime does not work for the jail's user: the same seen from the tree.
	sample_root
	find "$root/usr" -exec touch -h -d 1971-02-03 {} +
	whole_print >"$work/sample.before"
	apply_sample
	verdict "a clock half a century ahead of the tree is no obstacle" is_after
	run undo --root "$root" "$release"
	verdict "and undo gives everything back" unchanged_sample

	sample_root
	cp "$(command -v sleep)" "$work/make"
	(cd "$tree/scripts" && exec "$work/make" 60) &
	builder=$!
	sleep 0.3
	apply_sample
	kill "$builder"
	wait "$builder" 2>/dev/null || :
	verdict "a build in the tree is seen, and nothing is changed" refused 'a build is at work'

	sample_root
	mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" && fault_mounts="$fault_mounts $root"
	apply_sample
	verdict "a read-only file system is said, and nothing is changed" exits 3
	verdict "a read-only file system is named as that" says '[Rr]ead-only'
	umount "$root" || :

	sample_root
	mkdir "$work/narrow"
	mount -t tmpfs -o size=9M tmpfs "$work/narrow" && fault_mounts="$fault_mounts $work/narrow"
	cp -a "$root/." "$work/narrow/"
	narrow_root=$root
	root=$work/narrow
	tree=$root/usr/src/linux-headers-$release
	state=$root/var/lib/hdrfix
	whole_print >"$work/sample.before"
	head -c 3M /dev/zero >"$root/fill"
	apply_sample
	verdict "too little space is refused before the build" refused 'needs 8192 KiB of free space'
	rm "$root/fill"
	umount "$root" || :
	root=$narrow_root

	# The tree on a file system of its own: the originals are beside it there.
	sample_root
	mkdir "$work/src"
	cp -a "$root/usr/src/." "$work/src/"
	mount -t tmpfs -o size=64M tmpfs "$root/usr/src" && fault_mounts="$fault_mounts $root/usr/src"
	cp -a "$work/src/." "$root/usr/src/"
	touch -r "$work/src" "$root/usr/src"
	whole_print >"$work/sample.before"
	apply_sample
	verdict "a tree on another file system is repaired" exits 0
	verdict "its originals are beside it" test -f "$root/usr/src/.hdrfix-$release-1/done"
	run undo --root "$root" "$release"
	verdict "and undo gives everything back" unchanged_but_top
	for signal in 1 2 3 4; do
		start_repair
		sleep "0.$((signal * 3))"
		kill -KILL "$background" 2>/dev/null || :
		wait "$background" 2>/dev/null || :
		run recover --root "$root"
		run undo --root "$root" "$release"
		verdict "killed there and recovered, it is as it was" unchanged_but_top
	done
	umount "$root/usr/src" || :
}

# The directory above the trees has had hdrfix's own in it, and tells by its time.
unchanged_but_top() {
	whole_print | grep -v '^usr/src	' >"$work/sample.now"
	grep -v '^usr/src	' "$work/sample.before" | same - "$work/sample.now"
}

# ---------------------------------------------------------------- signals

# Each falls another time after the start; the tree must be old or new at once,
# and the next start finds nothing to do.
test_signals() {
	# The time now, with whatever else the machine does.
	know_repaired || :
	signals_old=0
	signals_new=0
	signals_bad=0
	signals_tried=0
	for signal in INT TERM; do
		signals_at=0
		signals_each=$(each 6 60)
		while [ "$signals_at" -lt "$signals_each" ]; do
			sample_root
			start_repair
			sleep "$(awk "BEGIN { print $repair_time * ($signals_at + 0.5) / $signals_each / 1000 }")"
			! kill -"$signal" "$background" 2>/dev/null || signals_tried=$((signals_tried + 1))
			wait "$background" 2>/dev/null || :
			if is_before; then
				signals_old=$((signals_old + 1))
			elif is_after; then
				signals_new=$((signals_new + 1))
			else
				signals_bad=$((signals_bad + 1))
			fi
			signals_at=$((signals_at + 1))
		done
	done
	verdict "$signals_tried signals in all phases: $signals_old trees as before, $signals_new repaired, $signals_bad neither" \
		signals_well
}

signals_well() {
	[ "$signals_bad" = 0 ] && [ "$signals_tried" -gt 4 ] && [ "$signals_old" -gt 0 ]
}

# ---------------------------------------------------------------- kills

# The real command, killed at system calls that change the tree; check is the
# next start.
test_killed_commands() {
	command -v strace >/dev/null || return 0
	kills_tried=0
	kills_half=0
	kills_bad=0
	for kill_call in $(each 'link:2 fsync:9 rename:8 rename:12 unlink:1' \
		"$(for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do printf 'link:%s fsync:%s rename:%s unlink:%s ' $n $n $n $n; done)"); do
		sample_root
		timeout -k 10 120 strace -f -q -o "$work/strace" -e trace="${kill_call%:*}" \
			-e inject="${kill_call%:*}":signal=KILL:when="${kill_call#*:}" \
			"$product" repair --apply --root "$root" --platform "$native" "$release" </dev/null >"$work/out" 2>&1 || :
		grep -q 'killed by SIGKILL' "$work/strace" || continue
		kills_tried=$((kills_tried + 1))
		is_before || is_after || kills_half=$((kills_half + 1))
		run check --root "$root" --platform "$native" "$release"
		is_before_or_after >/dev/null || kills_bad=$((kills_bad + 1))
	done
	verdict "$kills_tried repairs killed at system calls, $kills_half left half done, check as the next start: $kills_bad neither as before nor repaired" \
		kills_well

	# Half done, and not to be written to: check says so, and judges what it can.
	sample_root
	timeout -k 10 120 strace -f -q -o "$work/strace" -e trace=rename -e inject=rename:signal=KILL:when=11 \
		"$product" repair --apply --root "$root" --platform "$native" "$release" </dev/null >"$work/out" 2>&1 || :
	whole_print >"$work/sample.half"
	mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" && fault_mounts="$fault_mounts $root"
	run check --root "$root" --platform "$native" "$release"
	verdict "check reports a half done tree that it may not write to" half_done_reported
	umount "$root" || :
	run recover --root "$root"
	verdict "recover exits 0" exits 0
	verdict "recover says what it did" says 'was cut short; the tree was put back'
	verdict "recover puts the tree back" unchanged_sample
	run recover --root "$root"
	verdict "a second recover finds nothing" says 'No repair was cut short'
}

half_done_reported() {
	exits 3 && says 'its tree may be half done' || return 1
	whole_print >"$work/sample.now"
	same "$work/sample.half" "$work/sample.now"
}

kills_well() {
	[ "$kills_bad" = 0 ] && [ "$kills_tried" -gt 2 ] && [ "$kills_half" -gt 0 ]
}
