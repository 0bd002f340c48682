# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# The tests of the built product. Each works on a fresh copy in a directory of
# its own that is thrown away, prints "ok - what" or "not ok - what", and what
# the product printed when it is not ok.

passed=0
failed=0
left_out=0
product=
work=
in_usr_src=

run_proofs() {
	find_product test-proof
	lock_cache
	make_proofs
	begin_tests
	test_proofs
	end_tests
}

run_machines() {
	find_product test-machines
	lock_cache
	for test_name in 6.1-arm64-extmod 6.1-arm64-builddeb; do
		mirror "$test_name" || :
	done
	begin_tests
	test_machines
	end_tests
}

run_tests() {
	find_product test
	test_names=$(checked_names "$@")
	lock_cache
	for test_name in $test_names; do
		mirror "$test_name" || :
	done
	[ $# -gt 0 ] || for test_name in $healthy_names; do
		healthy "$test_name" || :
	done
	[ $# -gt 0 ] || make_proofs
	[ $# -gt 0 ] || make_for_hooks
	begin_tests
	for test_name in $test_names; do
		if made "$cache/mirrors/$test_name"; then
			test_story "$test_name"
		else
			leave_out "$test_name" "its mirror could not be made"
		fi
	done
	if [ $# -eq 0 ]; then
		test_ways 6.1-arm64-builddeb
		test_needed_only 6.1-arm64-builddeb
		test_without_namespaces 6.1-arm64-builddeb
		test_in_usr_src 6.12-arm64-extmod
		for test_name in 5.10-arm-builddeb 6.1-arm64-builddeb 6.12-arm64-extmod; do
			test_lost_files "$test_name"
		done
		test_machines
		for test_name in $healthy_names; do
			if made "$cache/healthy/$test_name"; then
				test_healthy "$test_name"
			else
				leave_out "healthy $test_name" "its packages could not be had"
			fi
		done
		in_time 120 test_jail
		in_time 120 test_hostile
		in_time 60 test_judge
		in_time 60 test_prefilter
		in_time 300 test_proofs
		in_time 240 test_packages
		in_time 360 test_faults
		for test_name in $root_suites; do
			in_time 420 test_hooks "$test_name"
		done
		print_matrix
	fi
	end_tests
}

# in_time SECONDS TEST...: the test, unless it would end after HDRFIX_UNTIL, a
# time in seconds since 1970 that CI sets. So long it takes on 2 cores.
in_time() {
	in_time_left=$((${HDRFIX_UNTIL:-9999999999} - $(date +%s)))
	in_time_needed=$1
	shift
	if [ "$in_time_left" -ge "$in_time_needed" ]; then
		"$@"
	else
		leave_out "$*" "it takes $in_time_needed s, and $in_time_left are left"
	fi
}

find_product() {
	need_root "$1"
	product=${HDRFIX:-$here/../../target/hdrfix}
	[ -x "$product" ] || die "no product at $product: build it first, or set HDRFIX"
	product=$(cd "$(dirname "$product")" && pwd)/$(basename "$product")
}

# begin_tests: the tests only read the cache, and write to $work.
begin_tests() {
	exec 9>&-
	make_work
	test_from=$(date +%s)
}

# end_tests: the sum of them; fails where one has.
end_tests() {
	say "tests took $(($(date +%s) - test_from)) s"
	tally
}

# make_work: $work, thrown away at the end, where an unprivileged user can go
# too: a build may run as one.
make_work() {
	work=$(mktemp -d "${TMPDIR:-/tmp}/hdrfix-lab.XXXXXX")
	chmod 755 "$work"
	trap test_cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

tally() {
	if [ "$left_out" -gt 0 ]; then
		echo "$passed passed, $failed failed, $left_out skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ "$failed" = 0 ]
}

test_cleanup() {
	faults_cleanup
	[ -z "$in_usr_src" ] || remove_from_usr_src "$in_usr_src"
	[ -z "$work" ] || {
		close_root
		rm -rf --one-file-system "$work"
	}
}

# ---------------------------------------------------------------- verdicts

# verdict WHAT COMMAND...: ok if the command succeeds.
verdict() {
	verdict_what=$1
	shift
	if "$@" >"$work/verdict" 2>&1; then
		passed=$((passed + 1))
		echo "ok - $verdict_what"
	else
		failed=$((failed + 1))
		echo "not ok - $verdict_what"
		head -n 40 "$work/verdict" | sed 's/^/# /'
		echo "# $ hdrfix $run_line   (exit status $run_status)"
		head -n 60 "$work/out" | sed 's/^/# | /'
	fi
}

leave_out() {
	left_out=$((left_out + 1))
	echo "skipped - $1: $2"
}

# run ARGUMENT...: the product. Its exit status is in $run_status, all that it
# printed in $work/out. No test waits for ever for it.
run() {
	run_line=$*
	run_status=0
	timeout -k 30 900 "$product" "$@" </dev/null >"$work/out" 2>&1 || run_status=$?
}

exits() {
	[ "$run_status" = "$1" ] || {
		echo "exit status $run_status, not $1"
		return 1
	}
}

says() {
	grep -iqE -e "$1" "$work/out" || {
		echo "it does not say: $1"
		return 1
	}
}

same() {
	diff "$1" "$2"
}

# ---------------------------------------------------------------- observing

# fingerprint DIRECTORY: each entry's path, type, mode, owner, time of change
# to the nanosecond, link target and content. Tabs between them. Directories
# too: a file that came and went has changed its directory.
fingerprint() (
	cd "$1" || exit 1
	find . -type f -exec sha256sum {} + | awk '{ print substr($0, 67) "\t" $1 }' | sort >"$work/sums"
	find . -printf '%p\t%y\t%m\t%U:%G\t%T@\t%l\n' | sort |
		awk -F '\t' -v OFS='\t' -v sums="$work/sums" '
			BEGIN { while ((getline line < sums) > 0) { split(line, part, "\t"); sum[part[1]] = part[2] } }
			{ print $0, ($1 in sum) ? sum[$1] : "-" }'
)

# host_objects: the ELF objects under scripts that the compiler of host
# programs made. An object of the kernel was compiled with -D__KERNEL__,
# whatever its machine.
host_objects() {
	elf_files scripts tools | awk '$1 == "REL" { print $3 }' | while read -r object; do
		object_cmd=${object%/*}/.${object##*/}.cmd
		[ -f "$object_cmd" ] && ! grep -q -e -D__KERNEL__ "$object_cmd" && echo "$object"
	done || :
}

foreign_objects() {
	foreign_among=$(elf_files scripts tools | awk -v machine="$(native_machine)" '$2 != machine { print $3 }')
	host_objects | while read -r object; do
		echo "$foreign_among" | grep -Fx -e "$object" || :
	done
}

# reported TAG: the programs that the report lists under that tag.
reported() {
	awk -v tag="$1" '
		/^  (error|warning|note) / { under = ($NF == tag); next }
		/^[^ ]/ || /^  [^ ]/ { under = 0 }
		# mawk knows no {13}.
		under && substr($0, 1, 13) ~ /^ *$/ && substr($0, 14) ~ /^(scripts|tools)\/[^ ]+(  .*)?$/ { print $1 }' "$work/out" | sort
}

findings() {
	grep -E '^  (error|warning|note) ' "$work/out"
}

no_findings() {
	! findings
}

# changed_only BEFORE AFTER ALLOWED: nothing but the allowed paths differs, and
# these keep type, mode and owner; none vanishes but stale objects. Of
# directories only the time differs, and only where an entry of theirs does.
changed_only() {
	awk -F '\t' -v allowed="$3" '
		BEGIN { while ((getline path < allowed) > 0) may["./" path] = 1 }
		FILENAME == ARGV[1] { before[$1] = $0; next }
		{ after[$1] = $0 }
		END {
			# Asked by name first: to look at after[path] would make it.
			for (path in before) if (!(path in after) || before[path] != after[path]) differs[path] = 1
			for (path in after) if (!(path in before)) differs[path] = 1
			# An allowed change changes the time of the directory it is in.
			for (path in differs) if (path in may) {
				parent = path
				sub(/\/[^\/]*$/, "", parent)
				touched[parent] = 1
			}
			for (path in differs) {
				if (path in may && !(path in before)) continue
				if (path in may && !(path in after) && path ~ /\.o$/) continue
				if (path in may && (path in after)) {
					split(before[path], b, "\t"); split(after[path], a, "\t")
					if (a[2] == b[2] && a[3] == b[3] && a[4] == b[4]) continue
				}
				if ((path in touched) && (path in before) && (path in after)) {
					split(before[path], b, "\t"); split(after[path], a, "\t")
					if (b[2] == "d" && a[2] == "d" && b[3] == a[3] && b[4] == a[4]) continue
				}
				print "changed: " path
				print "  before: " ((path in before) ? before[path] : "not there")
				print "  after:  " ((path in after) ? after[path] : "not there")
				bad = 1
			}
			exit bad
		}' "$1" "$2"
}

# ---------------------------------------------------------------- placing

# place NAME: a fresh copy of the mirror, at $root; its tree is $tree. What is
# true of it before anything is done goes to $work/*.expected.
place() {
	lay_out mirrors "$1"
	observe "$1"
}

# lay_out trees|mirrors NAME: a fresh copy of that tree.
lay_out() {
	root=$work/root
	rm -rf "$root"
	mkdir "$root"
	cp -a "$cache/$1/$2/." "$root/"
	release=$(release_of "$2")
	tree=$root/usr/src/linux-headers-$release
}

observe() {
	(cd "$tree" && foreign_programs scripts tools | sort) >"$work/programs.expected"
	(cd "$tree" && foreign_objects | sort) >"$work/objects.expected"
	printf 'tools\ntools/include\ntools/include/tools\ntools/include/tools/be_byteshift.h\ntools/include/tools/le_byteshift.h\n' |
		cat "$work/programs.expected" "$work/objects.expected" - >"$work/may-change"
	fingerprint "$tree" >"$work/tree.before"
	needed="scripts/basic/fixdep scripts/mod/modpost"
	# From 6.14 the checksums of exported symbols can come from DWARF.
	if grep -q '^CONFIG_GENDWARFKSYMS=y' "$tree/include/config/auto.conf"; then
		needed="$needed scripts/gendwarfksyms/gendwarfksyms"
	else
		needed="$needed scripts/genksyms/genksyms"
	fi
	case $1 in
	# arm's ftrace wants it, arm64's has the compiler do it.
	*-arm-*) needed="$needed scripts/recordmcount" ;;
	esac
}

unchanged_tree() {
	fingerprint "$tree" >"$work/tree.now"
	same "$work/tree.before" "$work/tree.now"
}

# ---------------------------------------------------------------- statements

lists_exactly() {
	reported foreign-host-program >"$work/programs.reported"
	[ -s "$work/programs.expected" ] && same "$work/programs.expected" "$work/programs.reported"
}

names_stale_objects() {
	if [ -s "$work/objects.expected" ]; then
		says '^  (error|warning|note) .*stale-host-object$'
	else
		! findings | grep stale-host-object
	fi
}

kept_kernel_object() {
	[ ! -f "$cache/mirrors/$1/usr/src/linux-headers-$release/scripts/mod/empty.o" ] || [ -f "$tree/scripts/mod/empty.o" ]
}

only_programs_changed() {
	fingerprint "$tree" >"$work/tree.repaired"
	changed_only "$work/tree.before" "$work/tree.repaired" "$work/may-change"
}

no_foreign_left() {
	(cd "$tree" && foreign_programs scripts tools) >"$work/programs.now"
	for program in $needed; do
		! grep -Fx -e "$program" "$work/programs.now" || return 1
	done
	(cd "$tree" && foreign_objects) >"$work/objects.now"
	[ ! -s "$work/objects.now" ] || {
		cat "$work/objects.now"
		return 1
	}
}

# runs PROGRAM: this machine starts it, and it ends.
runs() {
	runs_status=0
	timeout 20 "$tree/$1" </dev/null >"$work/runs" 2>&1 || runs_status=$?
	[ "$runs_status" -lt 124 ] || {
		echo "$1: status $runs_status: $(head -n 1 "$work/runs")"
		return 1
	}
}

needed_run() {
	(cd "$tree" && foreign_programs scripts tools) >"$work/programs.now"
	for program in $needed; do
		! grep -Fx -e "$program" "$work/programs.now" || return 1
		runs "$program" || return 1
	done
	runs_status=0
	"$tree/scripts/basic/fixdep" </dev/null >"$work/runs" 2>&1 || runs_status=$?
	if [ "$runs_status" != 1 ] || ! grep -q '^Usage: fixdep' "$work/runs"; then
		echo "fixdep: status $runs_status: $(head -n 1 "$work/runs")"
		return 1
	fi
}

# module TREE-DIRECTORY NAME DIRECTORY: builds the module outside the tree, for
# the kernel's machine.
module() {
	rm -rf "${3:?}"
	cp -R "$here/module" "$3"
	timeout -k 30 300 make -C "$1" M="$3" ARCH="$(arch_of "$2")" \
		CROSS_COMPILE="$(gnu_type "$(debian_arch "$2")")-" KBUILD_MODPOST_WARN=1 modules </dev/null
}

builds_module() {
	module "$tree" "$1" "$work/module" || return 1
	magic=$(modinfo -F vermagic "$work/module/lab_probe.ko")
	[ "${magic%% *}" = "$release" ] || {
		echo "vermagic is $magic, not $release"
		return 1
	}
	modinfo -F alias "$work/module/lab_probe.ko" | grep -q 'hdrfix,lab-probe' || {
		echo "the device table has no alias"
		return 1
	}
	modinfo -F parm "$work/module/lab_probe.ko" | grep -q '^answer:' || {
		echo "the parameter is missing"
		return 1
	}
	crc=$(awk '$2 == "lab_probe_answer" { print $1 }' "$work/module/Module.symvers")
	case $crc in
	'' | 0x00000000)
		echo "the exported symbol's CRC is '$crc'"
		return 1
		;;
	esac
	# The tree from which the mirror was made has programs that run here: what
	# they give is what the repaired ones must give.
	mv "$work/module" "$work/module.repaired"
	module "$cache/trees/$1/usr/src/linux-headers-$release" "$1" "$work/module" || return 1
	same "$work/module/Module.symvers" "$work/module.repaired/Module.symvers" || return 1
	same "$work/module/lab_probe.mod.c" "$work/module.repaired/lab_probe.mod.c" || return 1
	rm -rf "$work/module.repaired"
}

fails_module() {
	! module "$tree" "$1" "$work/module"
}

# ---------------------------------------------------------------- stories

# test_story NAME: check, repair, use, repair again, undo.
test_story() {
	place "$1"
	verdict "$1: without repair no module builds" fails_module "$1"
	fingerprint "$root" >"$work/root.before"

	run check -v --root "$root" --platform "$native"
	verdict "$1: check exits 1" exits 1
	verdict "$1: check lists exactly the foreign programs" lists_exactly
	verdict "$1: check tells stale objects" names_stale_objects
	fingerprint "$root" >"$work/root.now"
	verdict "$1: check changes nothing" same "$work/root.before" "$work/root.now"

	run repair --root "$root" --platform "$native"
	verdict "$1: repair without --apply exits 1" exits 1
	fingerprint "$root" >"$work/root.now"
	verdict "$1: repair without --apply changes nothing" same "$work/root.before" "$work/root.now"

	run repair --apply --root "$root" --platform "$native"
	verdict "$1: repair --apply exits 0" exits 0
	verdict "$1: repair changes programs, stale objects and byteshift headers only" only_programs_changed
	verdict "$1: repair leaves the kernel's own object" kept_kernel_object "$1"
	verdict "$1: no needed program and no object is foreign any more" no_foreign_left
	verdict "$1: every needed program runs here" needed_run
	verdict "$1: a module builds as in the tree before it was broken" builds_module "$1"
	fingerprint "$tree" >"$work/tree.now"
	verdict "$1: the module's build changes nothing in the tree" same "$work/tree.repaired" "$work/tree.now"

	run check --root "$root" --platform "$native"
	verdict "$1: check then exits 0" exits 0
	run repair --apply --root "$root" --platform "$native"
	verdict "$1: a second repair exits 0" exits 0
	verdict "$1: a second repair says that there is nothing to do" says 'nothing to (do|repair)'
	fingerprint "$tree" >"$work/tree.now"
	verdict "$1: a second repair changes nothing" same "$work/tree.repaired" "$work/tree.now"

	run undo --root "$root"
	verdict "$1: undo exits 0" exits 0
	verdict "$1: undo gives back every byte, mode, owner and time" unchanged_tree
	run check --root "$root" --platform "$native"
	verdict "$1: check after undo exits 1" exits 1
	rm -rf "$root"

	# The same tree with this machine's programs in it, before the mirror.
	run check -v --root "$cache/trees/$1" --platform "$native"
	verdict "$1, never broken: check exits 0" exits 0
	verdict "$1, never broken: check calls nothing foreign" calls_nothing_foreign
}

calls_nothing_foreign() {
	! findings | grep -E 'foreign-host-program|stale-host-object'
}

# test_ways NAME: each way of building, forced. A way that cannot do it says
# so and leaves the tree as it was: make scripts has built no modpost since 5.0.
test_ways() {
	made "$cache/mirrors/$1" || {
		leave_out "$1: ways" "its mirror could not be made"
		return 0
	}
	for way in direct kbuild make; do
		place "$1"
		run repair --apply --way "$way" --root "$root" --platform "$native"
		# Without make and without anything of the tree: always to be had.
		[ "$way" != direct ] || verdict "$1, --way direct: exits 0" exits 0
		if [ "$run_status" = 0 ]; then
			verdict "$1, --way $way: every needed program runs here" needed_run
			verdict "$1, --way $way: changes programs, stale objects and byteshift headers only" only_programs_changed
			verdict "$1, --way $way: a module builds" builds_module "$1"
			run undo --root "$root"
			verdict "$1, --way $way: undo exits 0" exits 0
		else
			verdict "$1, --way $way: what it cannot do exits 3" exits 3
			verdict "$1, --way $way: it says what it could not do" says 'modpost|fixdep|genksyms|cannot|could not'
		fi
		verdict "$1, --way $way: the tree is as it was" unchanged_tree
	done
	rm -rf "$root"
}

was_replaced() {
	! grep -Fx -e "$1" "$work/programs.now"
}

was_left() {
	grep -Fx -e "$1" "$work/programs.now" && same "$(line_of "$1" before)" "$(line_of "$1" now)"
}

line_of() {
	grep -e "^\./$1	" "$work/tree.$2" >"$work/line.$2"
	echo "$work/line.$2"
}

test_needed_only() {
	made "$cache/mirrors/$1" || {
		leave_out "$1: --needed-only" "its mirror could not be made"
		return 0
	}
	place "$1"
	run repair --apply --needed-only --root "$root" --platform "$native"
	(cd "$tree" && foreign_programs scripts tools) >"$work/programs.now"
	fingerprint "$tree" >"$work/tree.now"
	for program in $needed; do
		verdict "$1, --needed-only: $program is replaced" was_replaced "$program"
	done
	verdict "$1, --needed-only: scripts/kallsyms is left" was_left scripts/kallsyms
	verdict "$1, --needed-only: a module builds" builds_module "$1"
	run undo --root "$root"
	verdict "$1, --needed-only: undo gives everything back" unchanged_tree
	rm -rf "$root"
}

# same_options FILE FILE: one set of options, in whatever order.
same_options() {
	grep CONFIG_ "$1" | sort >"$work/options.1"
	grep CONFIG_ "$2" | sort >"$work/options.2"
	[ -s "$work/options.1" ] && cmp "$work/options.1" "$work/options.2"
}

# test_lost_files NAME: what packages leave out is made again as the kernel's
# own build made it.
test_lost_files() {
	made "$cache/mirrors/$1" || {
		leave_out "$1: lost files" "its mirror could not be made"
		return 0
	}
	place "$1"
	rm "$tree/scripts/module.lds"
	rm -rf "$tree/scripts/dtc/include-prefixes"
	# Without .config nothing says what the configuration was.
	[ ! -f "$tree/.config" ] || rm "$tree/include/generated/autoconf.h" "$tree/include/config/auto.conf"
	modules=$root/lib/modules/$release
	rm -rf "$modules"
	mkdir -p "$modules"
	: >"$modules/modules.dep"
	ln -s /nowhere/linux "$modules/build"
	fingerprint "$tree" >"$work/tree.before"
	run check --root "$root" --platform "$native"
	verdict "$1: a missing module.lds is found" says '^  error .*missing-module-lds$'
	[ ! -d "$tree/scripts/dtc" ] ||
		verdict "$1: missing include-prefixes are found" says '^  warning .*missing-include-prefixes$'
	verdict "$1: a dangling build link is found" says '^  error .*dangling-build-link$'
	[ ! -f "$tree/.config" ] ||
		verdict "$1: lost configuration is found" says '^  error .*missing-configuration$'
	run repair --apply --root "$root" --platform "$native"
	verdict "$1, lost files: repair --apply exits 0" exits 0
	verdict "$1: the build link leads to the tree" test "$(readlink "$modules/build")" = "/usr/src/linux-headers-$release"
	lost=$cache/mirrors/$1/usr/src/linux-headers-$release
	verdict "$1: module.lds is what the kernel's build made" cmp "$lost/scripts/module.lds" "$tree/scripts/module.lds"
	[ ! -d "$tree/scripts/dtc" ] ||
		verdict "$1: device trees find their headers" test -f "$tree/scripts/dtc/include-prefixes/dt-bindings/gpio/gpio.h"
	for lost_file in include/generated/autoconf.h include/config/auto.conf; do
		verdict "$1: $lost_file has the options that kbuild gave it" same_options "$lost/$lost_file" "$tree/$lost_file"
	done
	verdict "$1, lost files: a module builds" builds_module "$1"
	run check --root "$root" --platform "$native"
	verdict "$1, lost files: check then exits 0" exits 0
	run undo --root "$root"
	verdict "$1, lost files: undo exits 0" exits 0
	verdict "$1, lost files: undo gives everything back" unchanged_tree
	verdict "$1: undo gives the build link back" test "$(readlink "$modules/build")" = /nowhere/linux
	rm -rf "$root"
}

# test_without_namespaces NAME: where nobody is given a mount namespace, as on a
# small board's kernel, the build goes to a copy, and that is said. Root without
# CAP_SYS_ADMIN stands in for such a kernel: unshare fails with another errno.
test_without_namespaces() {
	made "$cache/mirrors/$1" || {
		leave_out "$1 without namespaces" "its mirror could not be made"
		return 0
	}
	place "$1"
	# shellcheck disable=SC2016 # for the inner shell
	printf '#!/bin/sh\nexec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "%s" "$@"\n' \
		"$product" >"$work/without-namespaces"
	chmod 755 "$work/without-namespaces"
	namespaces_product=$product
	product=$work/without-namespaces
	run repair -v --apply --root "$root" --platform "$native"
	product=$namespaces_product
	verdict "$1 without namespaces: repair --apply exits 0" exits 0
	verdict "$1 without namespaces: a copy is the stage, and that is said" says 'building in a copy of the tree'
	verdict "$1 without namespaces: every needed program runs here" needed_run
	rm -rf "$root"
}

# test_in_usr_src NAME: the machine itself, no --root: only if nothing of that
# name is there.
test_in_usr_src() {
	made "$cache/mirrors/$1" || {
		leave_out "$1 in /usr/src" "its mirror could not be made"
		return 0
	}
	release=$(release_of "$1")
	tree=/usr/src/linux-headers-$release
	if [ -e "$tree" ] || [ -e "/lib/modules/$release" ]; then
		leave_out "$1 in /usr/src" "something of that name is there"
		return 0
	fi
	had_modules=$([ ! -d /lib/modules ] || echo yes)
	in_usr_src=$release
	cp -a "$cache/mirrors/$1/usr/src/linux-headers-$release" "$tree"
	mkdir -p "/lib/modules/$release"
	ln -s "$tree" "/lib/modules/$release/build"
	observe "$1"
	run check "$release"
	verdict "$1 in /usr/src: check exits 1" exits 1
	run repair --apply "$release"
	verdict "$1 in /usr/src: repair --apply exits 0" exits 0
	verdict "$1 in /usr/src: repair changes programs, stale objects and byteshift headers only" only_programs_changed
	verdict "$1 in /usr/src: every needed program runs here" needed_run
	verdict "$1 in /usr/src: a module builds" builds_module "$1"
	run check "$release"
	verdict "$1 in /usr/src: check then exits 0" exits 0
	run undo "$release"
	verdict "$1 in /usr/src: undo exits 0" exits 0
	verdict "$1 in /usr/src: undo gives everything back" unchanged_tree
	remove_from_usr_src "$release"
	in_usr_src=
}

remove_from_usr_src() {
	rm -rf "/usr/src/linux-headers-${1:?}" "/lib/modules/${1:?}"
	[ -n "$had_modules" ] || rmdir /lib/modules 2>/dev/null || :
	# Of the product's state only what speaks of this release: the rest may be
	# the machine's own way back from a repair.
	find /var/lib/hdrfix -mindepth 1 -maxdepth 2 ! -name tx 2>/dev/null | while read -r state; do
		case ${state##*/} in
		*"$1"*) rm -rf "$state" ;;
		*) [ ! -e "$state" ] || ! grep -rqsF -e "$1" "$state" || rm -rf "$state" ;;
		esac
	done
	rmdir /var/lib/hdrfix/tx /var/lib/hdrfix 2>/dev/null || :
}

# test_healthy NAME: nothing is found in Debian's own packages, and as another
# machine's they are not called healthy.
test_healthy() {
	healthy_root=$cache/healthy/$1
	healthy_arch=${1#*-}
	run check -v --root "$healthy_root" --platform "$healthy_arch"
	verdict "healthy $1: check exits 0" exits 0
	verdict "healthy $1: check finds nothing" no_findings
	healthy_tree=$(echo "$healthy_root"/usr/src/linux-headers-*[!n])
	# "Nothing wrong" about nothing would be easy.
	verdict "healthy $1: check speaks of its tree" grep -qF -e "${healthy_tree##*/linux-headers-}" "$work/out"
	run undo --root "$healthy_root" "${healthy_tree##*/linux-headers-}"
	verdict "healthy $1: root trusts what dpkg unpacks" exits 0
	case $healthy_arch in
	amd64) other=armhf ;;
	*) other=amd64 ;;
	esac
	run check --root "$healthy_root" --platform "$other"
	verdict "healthy $1 judged as $other: check exits 1 or 4" one_or_four
}

one_or_four() {
	exits 1 || exits 4
}
