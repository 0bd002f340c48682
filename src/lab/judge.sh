# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, work and product are set by lab and tests.sh

# The judge against kernels: programs with changed headers are started, as
# nobody and limited, and what execve(2) said is compared with what check says
# of the same files. judge/mutate makes the files, judge/run.c starts them.
#
# test-judge asks this machine's kernel, judge-boards those of ARM boards in
# QEMU, each with its page size and its processor.

run_judge_tests() {
	find_product test-judge
	begin_tests
	test_judge
	end_tests
}

# What is asked for what:
#   arm64        Debian's 6.1, pages of 4 KiB, 32-bit programs too
#   arm64-16k    Debian's 6.12, pages of 16 KiB, 32-bit programs too
#   arm64-only   6.1 with a small configuration, without 32-bit programs
#   mixed        Debian's 6.1 arm64 under an armhf userland
#   armhf        Debian's 6.1 armmp
judge_boards="arm64 arm64-16k arm64-only mixed armhf"

judge_files=${HDRFIX_JUDGE_FILES:-}
judge_seed=${HDRFIX_JUDGE_SEED:-20261121}
# check looks at 4,096 programs of a tree at most: each has a share of the files.
judge_releases="6.6.1-judge 6.6.2-judge 6.6.3-judge"

test_judge() {
	judge_begin "$native"
	judge_count=${judge_files:-3000}
	for judge_file in $(ldd /bin/sh | grep -o '/[^ ]*'); do
		judge_put "$judge_file" "$judge_file"
	done
	judge_loader=$(ldd /bin/sh | grep -o '/[^ ]*ld[^ ]*' | head -n 1)
	judge_loaders "$judge_loader" "$(find /usr/aarch64-linux-gnu/lib -name 'ld-linux-*' 2>/dev/null | head -n 1)"
	gcc -O1 -static -o "$judge/run" "$here/judge/run.c"
	judge_programs "" native
	judge_make
	judge_facts "$(getconf PAGESIZE)"
	# shellcheck disable=SC2086 # a list of directories
	"$judge/run" "$judge_root" $judge_in >"$judge/kernel"
	judge_compare "judge"
}

# judge_begin ARCH: an empty system of that architecture, with header trees.
judge_begin() {
	judge=$work/judge
	judge_root=$judge/root
	judge_in=
	rm -rf "$judge"
	mkdir -p "$judge_root/var/lib/dpkg" "$judge/programs"
	for judge_release in $judge_releases; do
		judge_in="$judge_in /usr/src/linux-headers-$judge_release/scripts"
		mkdir -p "$judge_root/usr/src/linux-headers-$judge_release/scripts" \
			"$judge_root/usr/src/linux-headers-$judge_release/include/generated"
		echo "#define UTS_RELEASE \"$judge_release\"" \
			>"$judge_root/usr/src/linux-headers-$judge_release/include/generated/utsrelease.h"
	done
	echo "$1" >"$judge_root/var/lib/dpkg/arch"
}

# judge_facts PAGE-SIZE: the auxiliary vector of a process there, AT_PAGESZ alone.
judge_facts() {
	mkdir -p "$judge_root/proc/self"
	perl -e 'print pack("Q<4", 6, $ARGV[0], 0, 0)' "${1:-0}" >"$judge_root/proc/self/auxv"
}

judge_put() {
	mkdir -p "$judge_root$(dirname "$2")"
	cp -L "$1" "$judge_root$2"
}

# judge_loaders LOADER OTHER: a loader that nobody may execute, another machine's
# under its name, a text as one, and a program that is none.
judge_loaders() {
	loaders_name=${1##*/}
	judge_put "$1" "/lib/plain/$loaders_name"
	chmod 644 "$judge_root/lib/plain/$loaders_name"
	[ -z "$2" ] || judge_put "$2" "/lib/other/$loaders_name"
	echo "no loader" >"$judge_root/lib/text"
	chmod 755 "$judge_root/lib/text"
	judge_put "$1" /bin/sh
}

# judge_program NAME COMPILER OPTION...: one program to be changed. A machine
# without that compiler has a program less.
judge_program() {
	program_name=$1
	program_cc=$2
	shift 2
	if ! command -v "$program_cc" >/dev/null; then
		skipped "judge: $program_name: no $program_cc"
		return 0
	fi
	"$program_cc" -O1 -o "$judge/programs/$program_name" "$@" 2>"$judge/cc.log" || {
		cat "$judge/cc.log" >&2
		die "judge: $program_name could not be compiled"
	}
}

# judge_programs PREFIX NAME [PAGE-SIZE...]: programs of one compiler, with and
# without a loader, at a fixed place and at any, with a note and without, for
# these page sizes beside its own.
judge_programs() {
	programs_cc=${1}gcc
	programs_name=$2
	shift 2
	echo 'int main(void) { return 7; }' >"$judge/seven.c"
	for programs_page in "" "$@"; do
		# shellcheck disable=SC2086 # no option, or one
		judge_pages ${programs_page:+"-Wl,-z,max-page-size=$programs_page"}
	done
	judge_program "$programs_name.one-segment" "$programs_cc" -nostdlib -static -Wl,-N "$here/judge/bare.c"
	case $programs_name in
	arm64*) judge_program "$programs_name.note" "$programs_cc" -nostdlib -static -mbranch-protection=standard "$here/judge/bare.c" &&
		judge_program "$programs_name.note-pie" "$programs_cc" -pie -mbranch-protection=standard "$judge/seven.c" ;;
	native | i386) judge_program "$programs_name.note" "$programs_cc" -nostdlib -static -fcf-protection "$here/judge/bare.c" ;;
	arm*) judge_program "$programs_name.arm" "$programs_cc" -nostdlib -static -marm "$here/judge/bare.c" ;;
	esac
}

judge_pages() {
	judge_program "$programs_name.pie$programs_page" "$programs_cc" "$@" -pie -fPIE "$judge/seven.c"
	judge_program "$programs_name.fixed$programs_page" "$programs_cc" "$@" -no-pie "$judge/seven.c"
	judge_program "$programs_name.static$programs_page" "$programs_cc" "$@" -nostdlib -static "$here/judge/bare.c"
	judge_program "$programs_name.static-pie$programs_page" "$programs_cc" "$@" -nostdlib -static-pie -fPIE "$here/judge/bare.c"
}

judge_make() {
	say "judge: $judge_count files of $(find "$judge/programs" -type f | wc -l) programs, seed $judge_seed"
	"$here/judge/mutate" "$judge_count" "$judge_seed" "$judge_root"/usr/src/*/scripts -- "$judge/programs"/*
}

# judge_compare WHAT: the verdicts on what the kernel in $judge/kernel said.
judge_compare() {
	timeout 300 java -Xmx256m -jar "$(dirname "$product")/hdrfix.jar" check -v --root "$judge_root" >"$judge/said" 2>&1 || :
	sed -n 's/^ *scripts\/\(m[0-9]*\) .*/\1/p' "$judge/said" | sort -u >"$judge/refused"
	find "$judge_root"/usr/src/*/scripts -name 'm*' >"$judge/names"
	file -N -F '' -f "$judge/names" | sed 's,^.*/,,' >"$judge/filed"
	judge_judged=$(awk '/^[A-Z]+ .* of [0-9]+ host programs/ { for (i = 1; i < NF; i++) if ($i == "of") n += $(i + 1) } END { print n + 0 }' "$judge/said")
	awk -v refused="$judge/refused" -v filed="$judge/filed" -v good="$judge_good" -v judged="$judge_judged" '
		BEGIN {
			while ((getline name <refused) > 0) bad[name] = 1
			while ((getline line <filed) > 0) by_file[substr(line, 1, 6)] = line ~ good && line ~ /executable|shared object/
		}
		$1 !~ /^m[0-9]+$/ { next }
		{
			n++; key = ($1 in bad ? "refused" : "accepted") " " $2; count[key]++; if (!(key in example)) example[key] = $1
			starts = $2 !~ /^(errno|killed)/
			wrong += starts != by_file[$1]
		}
		END { for (key in count) print key, count[key], example[key]; print "all", n + 0; print "judged", judged; print "file-is-wrong", wrong + 0 }' \
		"$judge/kernel" | sort >"$judge/matrix"
	sed "s/^/lab: $1: /" "$judge/matrix" >&2
	# shellcheck disable=SC2034 # verdict prints it
	run_line="check of $judge_count changed programs" run_status=0
	cp "$judge/matrix" "$work/out"
	if [ -n "${HDRFIX_JUDGE_KEEP:-}" ]; then
		judge_kept=$HDRFIX_JUDGE_KEEP/${1##* }
		rm -rf "${judge_kept:?}"
		mkdir -p "$HDRFIX_JUDGE_KEEP"
		cp -a "$judge" "$judge_kept"
	fi
	verdict "$1: every file was started" grep -qx "all $judge_count" "$judge/matrix"
	# Two programs that a module build needs are missing from each tree, and counted.
	verdict "$1: every file was judged" grep -qx "judged $((judge_count + 6))" "$judge/matrix"
	verdict "$1: the kernel refuses nothing that is accepted" sh -c "! grep -qE '^accepted (errno|killed)' '$judge/matrix'"
	verdict "$1: some were refused by both, and some ran" sh -c \
		"grep -q '^refused errno' '$judge/matrix' && grep -q '^accepted ran' '$judge/matrix'"
	judge_strict=$(awk '$1 == "refused" && $2 ~ /^(ran|ended)/ { n += $3 } END { print n + 0 }' "$judge/matrix")
	verdict "$1: of all, at most one in ten is refused and runs ($judge_strict)" [ $((judge_strict * 10)) -le "$judge_count" ]
}

# What file(1) calls a program of this machine, as an extended regular expression.
judge_good='x86-64|Intel 80386|Intel i386'

# ---------------------------------------------------------------- boards

play_judge_boards() {
	find_product judge-boards
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $judge_boards
	lock_cache
	begin_tests
	for judge_name in "$@"; do
		judge_settings "$judge_name"
		if board_kernel; then
			play_judge_board
		else
			leave_out "judge: $judge_name" "its kernel could not be made"
		fi
	done
	end_tests
}

judge_settings() {
	judge_good='ARM aarch64|ARM, EABI'
	judge_count=${judge_files:-4660}
	case $1 in
	arm64 | arm64-16k | mixed) board_settings "$1" ;;
	armhf)
		board_settings armhf
		judge_good='ARM, EABI'
		judge_count=${judge_files:-3328}
		;;
	arm64-only) board_settings small ;;
	*) die "no board $1: there are $judge_boards" ;;
	esac
}

play_judge_board() {
	judge_begin "$board_arch"
	judge_board_system
	judge_make
	judge_board_ask
	judge_board_facts
	judge_compare "judge: $judge_name"
}

# A system with the loaders and C libraries of all that its kernel may run. The
# armel loader is missing on armhf's board, as on Debian.
judge_board_system() {
	judge_programs "$(gnu_type "$board_arch")-" "$board_arch" 0x1000 0x4000 0x10000
	judge_libraries armhf
	case $board_arch in
	arm64)
		judge_libraries arm64
		judge_loaders /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 /usr/arm-linux-gnueabihf/lib/ld-linux-armhf.so.3
		judge_programs arm-linux-gnueabihf- armhf 0x4000
		judge_programs arm-linux-gnueabi- armel
		;;
	armhf)
		judge_loaders /usr/arm-linux-gnueabihf/lib/ld-linux-armhf.so.3 /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1
		judge_program armel.pie arm-linux-gnueabi-gcc -pie "$judge/seven.c"
		judge_program armel.static arm-linux-gnueabi-gcc -nostdlib -static "$here/judge/bare.c"
		judge_program arm64.static aarch64-linux-gnu-gcc -nostdlib -static "$here/judge/bare.c"
		judge_program arm64.pie aarch64-linux-gnu-gcc -pie "$judge/seven.c"
		;;
	esac
	judge_program native.pie gcc -pie "$judge/seven.c"
	judge_program native.static gcc -nostdlib -static "$here/judge/bare.c"
	for judge_other in i686 riscv64 powerpc powerpc64le mipsel s390x; do
		judge_program "$judge_other.pie" "$judge_other-linux-gnu-gcc" -pie "$judge/seven.c"
	done
	"$(gnu_type "$board_karch")-gcc" -O1 -static -o "$judge_root/run" "$here/judge/run.c"
}

judge_libraries() {
	libraries_type=$(gnu_type "$1")
	judge_put "$(find "/usr/$libraries_type/lib" -name 'ld-linux*' | head -n 1)" \
		"/lib/$(basename "$(find "/usr/$libraries_type/lib" -name 'ld-linux*' | head -n 1)")"
	judge_put "/usr/$libraries_type/lib/libc.so.6" "/lib/$libraries_type/libc.so.6"
}

judge_board_ask() {
	board_disk "$work/judge.ext4" "$judge_root"
	{
		(cd "$here/judge" && echo init | cpio -o -H newc -R 0:0 --quiet)
		cat "$board_boot/initrd"
	} >"$work/initrd"
	judge_log=$cache/boards/judge-$judge_name.log
	say "judge: $judge_name: the serial log is $judge_log"
	# shellcheck disable=SC2086 # words of QEMU's
	timeout -k 10 "$board_limit" $board_qemu -m 1024 -nographic -nodefaults -monitor none -no-reboot -serial "file:$judge_log" \
		-kernel "$board_boot/vmlinuz" -initrd "$work/initrd" \
		-drive "file=$work/judge.ext4,format=raw,if=none,id=disk,readonly=on" -device virtio-blk-device,drive=disk \
		-append "console=ttyAMA0 quiet loglevel=0 panic=-1" </dev/null || :
	rm -f "$work/judge.ext4"
	tr -d '\r' <"$judge_log" >"$judge/kernel"
}

# What a board says of itself is what check reads of a system: its page size, its
# processor, its release, and how its kernel was configured.
judge_board_facts() {
	judge_facts "$(sed -n 's/^pages //p' "$judge/kernel")"
	mkdir -p "$judge_root/proc/sys/kernel" "$judge_root/boot"
	sed -n 's/^CPU //p' "$judge/kernel" >"$judge_root/proc/cpuinfo"
	cp "$board_boot/release" "$judge_root/proc/sys/kernel/osrelease"
	cp "$board_boot/modules/boot/config-"* "$judge_root/boot/"
}
