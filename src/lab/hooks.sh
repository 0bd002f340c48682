# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, jobs and work are set by lab
# shellcheck disable=SC2034 # verdict shows run_line and run_status

# The hooks, with the real apt, dpkg and dkms, in throw-away systems of each
# Debian release: what becomes of a package operation that brings a header tree
# with foreign host programs, and whether the DKMS module gets built.
#
# The kernel is a small one for this machine's own kind: DKMS builds natively,
# as on a board. The image package is one in name only; its postinst is what
# "make bindeb-pkg" gives it, and header packages of that kind have none.

hook_tree=6.1-amd64-builddeb
hook_operations="dpkg-both apt-both headers debian apt-dkms dpkg-dkms"
hook_rows="none before same after"

describe_operation() {
	case $1 in
	dpkg-both) echo "dpkg image+headers" ;;
	apt-both) echo "apt image+headers" ;;
	headers) echo "headers only" ;;
	debian) echo "Debian-style headers" ;;
	apt-dkms) echo "apt headers+*-dkms" ;;
	dpkg-dkms) echo "dpkg headers+*-dkms" ;;
	esac
}

describe_row() {
	case $1 in
	none) echo "not installed" ;;
	before) echo "installed before" ;;
	same) echo "in the same run" ;;
	after) echo "installed after" ;;
	esac
}

# expected ROW OPERATION: what happens to the packages / whether the module is
# built. Where a row ends with a failure, "dpkg --configure -a" has to cure it.
expected() {
	case $1-$2 in
	none-headers) echo ok/no ;;
	none-*) echo FAIL/no ;;
	before-dpkg-dkms) echo FAIL/yes ;;
	*) echo ok/yes ;;
	esac
}

can_test_hooks() {
	[ "$native" = amd64 ] || {
		leave_out hooks "the kernel for DKMS is for amd64, this machine is $native"
		return 1
	}
	for hook_tool in mmdebstrap apt-ftparchive dpkg-deb; do
		command -v "$hook_tool" >/dev/null || {
			leave_out hooks "no $hook_tool (lab install-tools)"
			return 1
		}
	done
	can_use_roots || {
		leave_out hooks "no overlays or namespaces here"
		return 1
	}
}

run_hooks() {
	find_product test-hooks
	lock_cache
	make_for_hooks
	begin_tests
	test_prefilter
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $root_suites
	for hook_suite in "$@"; do
		test_hooks "$hook_suite"
	done
	print_matrix
	end_tests
}

make_for_hooks() {
	[ "$native" != amd64 ] || mirror "$hook_tree" || :
	make_package_roots
}

# test_hooks SUITE
test_hooks() {
	can_test_hooks || return 0
	hdrfix_deb=$(echo "${product%/*}"/hdrfix_*_all.deb)
	[ -f "$hdrfix_deb" ] || {
		leave_out hooks "no package beside $product"
		return 0
	}
	made "$cache/mirrors/$hook_tree" || {
		leave_out hooks "its tree could not be made"
		return 0
	}
	made "$cache/roots/$1" || {
		leave_out "hooks in $1" "its root directory could not be made"
		return 0
	}
	# The packages are the same for each release.
	[ -d "$work/repo" ] || hook_packages
	test_hooks_in "$1"
}

# ---------------------------------------------------------------- prefilter

# test_prefilter: on every real tree of the cache: in doubt where check says that
# no module can be built, and silent where it has nothing to say.
test_prefilter() {
	prefilter=$here/../main/hooks/root/usr/libexec/hdrfix/prefilter
	for hook_root in "$cache"/trees/* "$cache"/mirrors/* "$cache"/healthy/*; do
		[ -d "$hook_root/usr/src" ] || continue
		run check --root "$hook_root" --platform "$native"
		awk '/^(BROKEN|BLOCKED) / { bad = 1 } /^(OK|PARTIAL) / { bad = 0 } bad && $1 == "tree" { print root $2 }' root="$hook_root" \
			"$work/out" | sort >"$work/broken"
		verdict "prefilter, sh: as check sees ${hook_root#"$cache"/}" doubts_the_same sh
		! command -v busybox >/dev/null ||
			verdict "prefilter, busybox: no broken tree of ${hook_root#"$cache"/} is healthy" doubts_no_less
	done
}

doubts_the_same() {
	"$1" "$prefilter" -r "$hook_root" -p "$(command -v dpkg)" >"$work/doubtful" || :
	same "$work/broken" "$work/doubtful"
}

# busybox's grep sees less of a C library: it may doubt more.
doubts_no_less() {
	mkdir -p "$work/busybox"
	for hook_applet in awk grep od printf readlink sed sort sh; do
		ln -sf "$(command -v busybox)" "$work/busybox/$hook_applet"
	done
	PATH=$work/busybox "$work/busybox/sh" "$prefilter" -r "$hook_root" -p "$(command -v dpkg)" >"$work/doubtful" || :
	[ -z "$(comm -23 "$work/broken" "$work/doubtful")" ]
}

# ---------------------------------------------------------------- packages

# hook_packages: a repository each of broken and of healthy packages, of
# bindeb-pkg's and of Debian's kind, in $work/repo.
hook_packages() {
	hook_release=$(release_of "$hook_tree")
	for hook_kind in broken healthy; do
		hook_from=$cache/mirrors/$hook_tree
		[ "$hook_kind" = broken ] || hook_from=$cache/trees/$hook_tree
		hook_headers bindeb "$hook_kind" "$hook_from"
		hook_headers debian "$hook_kind" "$hook_from"
	done
	hook_image
	hook_dkms
	for hook_repo in broken healthy broken-debian healthy-debian; do
		hook_repository "$hook_repo"
	done
}

# hook_package DIRECTORY NAME VERSION ARCHITECTURE DEPENDS: builds it in $work/debs.
hook_package() {
	mkdir -p "$1/DEBIAN" "$work/debs"
	{
		printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$2" "$3" "$4"
		[ -z "$5" ] || printf 'Depends: %s\n' "$5"
		printf 'Maintainer: lab <lab@hdrfix.example>\nDescription: made for a test of hdrfix\n'
	} >"$1/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "$1" "$6" >/dev/null
}

hook_headers() {
	hook_dir=$work/packages/headers-$1-$2
	mkdir -p "$hook_dir/usr/src" "$hook_dir/lib/modules/$hook_release" "$work/debs/$2"
	cp -a "$3/usr/src/linux-headers-$hook_release" "$hook_dir/usr/src/"
	# In the release under test /lib is a link: packages of today say /usr/lib.
	ln -s "/usr/src/linux-headers-$hook_release" "$hook_dir/lib/modules/$hook_release/build"
	if [ "$1" = debian ]; then
		mkdir -p "$hook_dir/DEBIAN"
		cat >"$hook_dir/DEBIAN/postinst" <<-POSTINST
			#!/bin/sh
			set -e
			[ "\$1" != configure ] || [ ! -d /etc/kernel/header_postinst.d ] ||
			    run-parts --report --exit-on-error --arg=$hook_release /etc/kernel/header_postinst.d
		POSTINST
		chmod 755 "$hook_dir/DEBIAN/postinst"
	fi
	hook_package "$hook_dir" "linux-headers-$hook_release" 1 "$native" '' "$work/debs/$2/headers-$1.deb"
	rm -rf "$hook_dir"
}

hook_image() {
	hook_dir=$work/packages/image
	mkdir -p "$hook_dir/boot" "$hook_dir/lib/modules/$hook_release/kernel" "$hook_dir/DEBIAN"
	echo "no kernel" >"$hook_dir/boot/vmlinuz-$hook_release"
	cp "$cache/trees/$hook_tree/usr/src/linux-headers-$hook_release/.config" "$hook_dir/boot/config-$hook_release"
	: >"$hook_dir/lib/modules/$hook_release/modules.order"
	: >"$hook_dir/lib/modules/$hook_release/modules.builtin"
	cat >"$hook_dir/DEBIAN/postinst" <<-POSTINST
		#!/bin/sh
		set -e
		export DEB_MAINT_PARAMS="\$*"
		export INITRD=No
		test -d /etc/kernel/postinst.d &&
		    run-parts --arg="$hook_release" --arg="/boot/vmlinuz-$hook_release" /etc/kernel/postinst.d
		exit 0
	POSTINST
	chmod 755 "$hook_dir/DEBIAN/postinst"
	hook_package "$hook_dir" "linux-image-$hook_release" 1 "$native" '' "$work/debs/image.deb"
}

# A module that uses no symbol of the kernel: the tree's Module.symvers has one.
# It exports one of its own, so that genksyms has to run.
hook_dkms() {
	hook_dir=$work/packages/dkms
	mkdir -p "$hook_dir/usr/src/hdrfix-test-1.0"
	echo 'obj-m := hdrfix_test.o' >"$hook_dir/usr/src/hdrfix-test-1.0/Makefile"
	cat >"$hook_dir/usr/src/hdrfix-test-1.0/hdrfix_test.c" <<-'MODULE'
		#include <linux/module.h>

		int hdrfix_test_answer(int question)
		{
			return question + 1;
		}
		EXPORT_SYMBOL(hdrfix_test_answer);

		static int __init hdrfix_test_init(void)
		{
			return 0;
		}

		static void __exit hdrfix_test_exit(void)
		{
		}
		module_init(hdrfix_test_init);
		module_exit(hdrfix_test_exit);
		MODULE_LICENSE("GPL");
	MODULE
	dkms_package "$hook_dir" hdrfix-test hdrfix_test "$work/debs/dkms.deb"
}

# dkms_package DIRECTORY NAME MODULE FILE: the package NAME-dkms 1.0 of the
# module whose sources lie in the directory's usr/src/NAME-1.0.
dkms_package() {
	mkdir -p "$1/DEBIAN"
	cat >"$1/usr/src/$2-1.0/dkms.conf" <<-CONF
		PACKAGE_NAME="$2"
		PACKAGE_VERSION="1.0"
		BUILT_MODULE_NAME[0]="$3"
		DEST_MODULE_LOCATION[0]="/updates/dkms"
		AUTOINSTALL="yes"
	CONF
	# What dh_dkms gives a package.
	cat >"$1/DEBIAN/postinst" <<-POSTINST
		#!/bin/sh
		set -e
		[ "\$1" != configure ] || /usr/lib/dkms/common.postinst $2 1.0 /usr/share/$2 "" "\$2"
	POSTINST
	cat >"$1/DEBIAN/prerm" <<-PRERM
		#!/bin/sh
		set -e
		dkms remove -m $2 -v 1.0 --all || true
	PRERM
	chmod 755 "$1/DEBIAN/postinst" "$1/DEBIAN/prerm"
	hook_package "$1" "$2-dkms" 1.0 all dkms "$4"
}

hook_repository() {
	hook_dir=$work/repo/$1
	mkdir -p "$hook_dir"
	hook_kind=bindeb
	[ "${1%-debian}" = "$1" ] || hook_kind=debian
	ln "$work/debs/${1%-debian}/headers-$hook_kind.deb" "$hook_dir/headers.deb"
	ln "$work/debs/image.deb" "$work/debs/dkms.deb" "$hook_dir/"
	cp "$hdrfix_deb" "$hook_dir/hdrfix.deb"
	(cd "$hook_dir" && apt-ftparchive packages . >Packages)
}

# ---------------------------------------------------------------- systems

# prepare SUITE NAME LAYERS FUNCTION: a layer with what the function does to it.
prepare() {
	# shellcheck disable=SC2086 # a list of layers
	open_root "$1" $3
	"$4" >"$work/out" 2>&1 || {
		cat "$work/out"
		return 1
	}
	mkdir -p "$work/layers"
	cp -a "$work/system/layer/upper" "$work/layers/$2"
	close_root
}

prepare_bare() {
	rm -f "$system"/etc/apt/sources.list "$system"/etc/apt/sources.list.d/*
	mkdir -p "$system/srv/debs"
	cp -a "$work/repo" "$system/srv/"
	use_repository broken
}

prepare_with_hdrfix() {
	in_root dpkg -i /srv/repo/broken/hdrfix.deb
}

prepare_with_dkms() {
	in_root dpkg -i /srv/repo/broken/dkms.deb
}

# use_repository NAME: what apt installs from.
use_repository() {
	echo "deb [trusted=yes] file:/srv/repo/$1 ./" >"$system/etc/apt/sources.list"
	in_root apt-get -qq -o APT::Sandbox::User=root update
}

apt_installs() {
	in_root apt-get -qq -y -o APT::Sandbox::User=root --no-install-recommends install "$@"
}

# ---------------------------------------------------------------- judging

# all_configured: dpkg has nothing to say, and everything is installed.
# shellcheck disable=SC2016 # a field of dpkg-query
all_configured() {
	[ -z "$(in_root dpkg --audit)" ] &&
		in_root dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' >"$work/states" &&
		! grep -v -E '^(ii|rc) ' "$work/states"
}

# module_is_built: DKMS says so, and the module is one for that kernel.
module_is_built() {
	in_root dkms status -k "$hook_release" 2>/dev/null | grep -q 'hdrfix-test/1.0.*: installed' || return 1
	for module in "$system/lib/modules/$hook_release"/updates/dkms/hdrfix_test.ko*; do
		[ -f "$module" ] || return 1
		in_root modinfo -F vermagic "${module#"$system"}" | grep -q "^$hook_release " || return 1
		in_root modinfo "${module#"$system"}" >/dev/null || return 1
	done
}

tree_is_repaired() {
	in_root /usr/libexec/hdrfix/prefilter
}

# operate OPERATION [PACKAGE]: the operation of the matrix, with hdrfix's own
# package when it is named.
operate() {
	operate_repo=broken
	[ "$1" != debian ] || operate_repo=broken-debian
	operate_dir=/srv/repo/${hook_repo_name:-$operate_repo}
	case $1 in
	dpkg-both) in_root dpkg -i ${2:+"$operate_dir/hdrfix.deb"} "$operate_dir/image.deb" "$operate_dir/headers.deb" ;;
	headers | debian) in_root dpkg -i ${2:+"$operate_dir/hdrfix.deb"} "$operate_dir/headers.deb" ;;
	dpkg-dkms) in_root dpkg -i ${2:+"$operate_dir/hdrfix.deb"} "$operate_dir/headers.deb" "$operate_dir/dkms.deb" ;;
	apt-both) apt_installs "linux-image-$hook_release" "linux-headers-$hook_release" ${2:+hdrfix} ;;
	apt-dkms) apt_installs "linux-headers-$hook_release" hdrfix-test-dkms ${2:+hdrfix} ;;
	esac
}

# cell SUITE ROW OPERATION: performs it in a fresh system and judges it.
cell() {
	cell_layers=bare-$1
	# DKMS has the module already, where the operation does not bring it.
	case $3 in
	*-dkms) ;;
	*) cell_layers="$cell_layers dkms-$1" ;;
	esac
	case $2 in
	before) cell_layers="$cell_layers hdrfix-$1" ;;
	esac
	# shellcheck disable=SC2086 # a list of layers
	open_root "$1" $cell_layers
	cell_from=$(date +%s)
	cell_status=0
	case $2 in
	none | before) operate "$3" >"$work/out" 2>&1 || cell_status=$? ;;
	same) operate "$3" hdrfix >"$work/out" 2>&1 || cell_status=$? ;;
	after)
		operate "$3" >"$work/out" 2>&1 || :
		in_root dpkg -i /srv/repo/broken/hdrfix.deb >>"$work/out" 2>&1 || cell_status=$?
		# What failed before hdrfix was there is ended as dpkg says.
		in_root dpkg --configure -a >>"$work/out" 2>&1 || cell_status=$?
		;;
	esac
	run_line="($1, $(describe_row "$2"), $(describe_operation "$3"))"
	run_status=$cell_status
	if [ "$cell_status" = 0 ] && all_configured >>"$work/out"; then
		cell=ok
	else
		cell=FAIL
	fi
	if module_is_built >>"$work/out" 2>&1; then
		cell=$cell/yes
	else
		cell=$cell/no
	fi
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$cell" >>"$work/matrix"
	say "$1, hdrfix $(describe_row "$2"), $(describe_operation "$3"): $cell ($(($(date +%s) - cell_from)) s)"
}

is() {
	[ "$1" = "$2" ] || {
		echo "$1, not $2"
		return 1
	}
}

ended_by_configure() {
	in_root dpkg --configure -a >"$work/out" 2>&1 && all_configured && module_is_built
}

test_hooks_in() {
	if ! prepare "$1" "bare-$1" "" prepare_bare ||
		! prepare "$1" "dkms-$1" "bare-$1" prepare_with_dkms ||
		! prepare "$1" "hdrfix-$1" "bare-$1" prepare_with_hdrfix; then
		failed=$((failed + 1))
		echo "not ok - hooks in $1: the system could not be prepared"
		return 0
	fi
	for hook_row in $hook_rows; do
		for hook_operation in $hook_operations; do
			cell "$1" "$hook_row" "$hook_operation"
			verdict "$1: hdrfix $(describe_row "$hook_row"), $(describe_operation "$hook_operation"): $cell" \
				is "$cell" "$(expected "$hook_row" "$hook_operation")"
			case $hook_row-$cell in
			before-FAIL/*) verdict "$1: dpkg --configure -a ends it" ended_by_configure ;;
			esac
		done
	done
	test_hook_troubles "$1"
}

# ---------------------------------------------------------------- what may go wrong

# performed SUITE OPERATION [LAYERS]: the operation in a fresh system to which
# hook_before has been done; what it printed is in $work/out.
performed() {
	# shellcheck disable=SC2086 # a list of layers
	open_root "$1" ${3:-bare-$1 dkms-$1 hdrfix-$1}
	[ -z "$hook_repo_name" ] || use_repository "$hook_repo_name"
	${hook_before:-:}
	hook_before=
	run_line="($1, $(describe_operation "$2"))"
	run_status=0
	operate "$2" >"$work/out" 2>&1 || run_status=$?
}

packages_are_well() {
	exits 0 && all_configured
}

# quiet: not a word of hdrfix in what apt or dpkg printed.
quiet() {
	! grep -n -E '^hdrfix:|hdrfix (check|repair)' "$work/out"
}

is_not_built() {
	! module_is_built
}

logged() {
	grep -E "$1" "$system/var/log/hdrfix/$hook_release.log"
}

settings() {
	echo "$1" >"$system/etc/hdrfix.conf"
}

reports_only() { settings 'auto = report'; }
is_off() { settings 'auto = off'; }
leaves_alone() { settings "leave-alone = ${hook_release%%-*}-*"; }
has_an_odd_line() { printf 'auto = repair\nautos = 1\n' >"$system/etc/hdrfix.conf"; }
builds_no_modules_itself() { : >"$system/etc/dkms/no-autoinstall"; }
is_removed() { in_root dpkg -r hdrfix >"$work/out" 2>&1; }
is_purged() { in_root dpkg -P hdrfix >"$work/out" 2>&1; }
has_no_compiler() { rm -f "$system"/usr/bin/*gcc* "$system"/usr/bin/cc "$system"/usr/bin/c[89]9*; }

# The JVM is killed in the middle of a repair, which has begun when its
# transaction has a directory; the hook itself in another test.
kills_the_jvm() {
	rm -f "$work/killed"
	(
		for hook_try in $(seq 3000); do
			if [ -d "$system/var/lib/hdrfix/$hook_release/1" ]; then
				for hook_process in /proc/[0-9]*; do
					if [ "$(readlink "$hook_process/root")" = "$system" ] && grep -qx java "$hook_process/comm"; then
						kill -9 "${hook_process#/proc/}" && : >"$work/killed"
					fi
				done
			fi
			[ ! -e "$work/killed" ] || break
			sleep 0.02
		done
	) 2>/dev/null &
	hook_killer=$!
}

dies() {
	# shellcheck disable=SC2016 # for the shell that dies
	printf '#!/bin/sh\nkill -9 $$\n' >"$system/usr/libexec/hdrfix/hook"
}

was_killed() {
	wait "$hook_killer"
	[ -e "$work/killed" ]
}

# A disk that is full as long as hdrfix runs: dpkg itself would stop on one.
fills_the_disk() {
	# shellcheck disable=SC2016 # for the other shell
	printf '#!/bin/sh\n%s\n' 'head -c 100G /dev/zero >/filler 2>/dev/null; /usr/bin/hdrfix.real "$@"; rm /filler' >"$system/usr/bin/hdrfix.full"
	mv "$system/usr/bin/hdrfix" "$system/usr/bin/hdrfix.real"
	mv "$system/usr/bin/hdrfix.full" "$system/usr/bin/hdrfix"
	chmod 755 "$system/usr/bin/hdrfix"
	mount -o remount,size=400m "$work/system/layer"
}

# What a repair has not done is not half done: the programs are those of the package.
programs_are_foreign() (
	cd "$system/usr/src/linux-headers-$hook_release" && [ "$(foreign_programs scripts | wc -l)" = "$(cd "$cache/mirrors/$hook_tree/usr/src/linux-headers-$hook_release" && foreign_programs scripts | wc -l)" ]
)

hook_status_says() {
	in_root hdrfix hook status >"$work/out" 2>&1 && says "$1"
}

test_hook_troubles() {
	hook_before=
	hook_repo_name=healthy
	performed "$1" apt-both
	verdict "$1: healthy headers by apt: no word" quiet
	verdict "$1: and the packages are well" packages_are_well
	verdict "$1: and the module is built" module_is_built
	verdict "$1: hook status says that every tree was healthy" hook_status_says '^every tree was healthy +2.*'
	performed "$1" dpkg-dkms "bare-$1 hdrfix-$1"
	verdict "$1: healthy headers and a module by dpkg: no word" quiet
	verdict "$1: and the module is built" module_is_built
	hook_repo_name=

	performed "$1" headers
	verdict "$1: says in two lines that it repairs, and what came of it" says 'hdrfix: .*: repaired; to take it back: hdrfix undo'
	verdict "$1: logs what was done" logged '8 host programs rebuilt and proven'
	verdict "$1: hook status says so too" hook_status_says "$hook_release: repaired"
	verdict "$1: hook status knows all four hooks" hook_status_says '^dpkg trigger on /usr/src +in place'

	hook_before=builds_no_modules_itself
	performed "$1" headers
	verdict "$1: no-autoinstall: repaired" tree_is_repaired
	verdict "$1: no-autoinstall: not built" is_not_built

	hook_before=reports_only
	performed "$1" headers
	verdict "$1: auto = report: the packages are well" packages_are_well
	verdict "$1: auto = report: says the line to type" says "^hdrfix: .*sudo hdrfix repair --apply $hook_release"
	verdict "$1: auto = report: changes nothing" programs_are_foreign

	hook_before=is_off
	performed "$1" headers
	verdict "$1: auto = off: no word" quiet
	verdict "$1: auto = off: changes nothing" programs_are_foreign

	hook_before=leaves_alone
	performed "$1" headers
	verdict "$1: leave-alone: changes nothing" programs_are_foreign

	hook_before=has_an_odd_line
	performed "$1" headers
	verdict "$1: an unknown key is said, with file and line" says '/etc/hdrfix.conf:2: unknown key "autos"'
	verdict "$1: and the tree is repaired" tree_is_repaired

	for hook_gone in removed purged; do
		hook_before=is_$hook_gone
		performed "$1" headers
		verdict "$1: hdrfix was $hook_gone: the packages are well" packages_are_well
		verdict "$1: hdrfix was $hook_gone: no word" quiet
		verdict "$1: hdrfix was $hook_gone: changes nothing" programs_are_foreign
	done

	hook_before=has_no_compiler
	performed "$1" headers
	verdict "$1: no compiler: the packages are well" packages_are_well
	verdict "$1: no compiler: says what to install" says '^hdrfix: .*sudo apt install gcc'

	hook_before=kills_the_jvm
	performed "$1" headers
	verdict "$1: killed in a repair: it was" was_killed
	verdict "$1: killed in a repair: the packages are well" packages_are_well
	verdict "$1: killed in a repair: the tree is as it was, or repaired" whole_tree
	in_root /usr/libexec/hdrfix/hook trigger >"$work/out" 2>&1 || :
	verdict "$1: killed in a repair: the next hook repairs" tree_is_repaired
	verdict "$1: and DKMS builds" module_is_built

	hook_before=dies
	performed "$1" apt-both
	verdict "$1: a hook that dies: only DKMS fails" fails_by_dkms_alone

	hook_before=fills_the_disk
	performed "$1" headers
	verdict "$1: disk full: the packages are well" packages_are_well
	verdict "$1: disk full: the tree is as it was" programs_are_foreign
	mv "$system/usr/bin/hdrfix.real" "$system/usr/bin/hdrfix"
	in_root /usr/libexec/hdrfix/hook trigger >"$work/out" 2>&1 || :
	verdict "$1: with room again the next hook repairs" tree_is_repaired
	close_root
}

whole_tree() {
	programs_are_foreign || tree_is_repaired
}

# The image's postinst runs DKMS, which cannot build: as without hdrfix.
fails_by_dkms_alone() {
	! exits 0 >/dev/null && ! grep -E 'pre-invoke|sub-process|00-hdrfix exited' "$work/out"
}

# ---------------------------------------------------------------- matrix

# print_matrix: as it stands in the README, a column for each release.
print_matrix() {
	[ -s "$work/matrix" ] || return 0
	hook_columns=$(cut -f 1 "$work/matrix" | uniq)
	printf '\n| hdrfix | operation |'
	# shellcheck disable=SC2086 # a list of names
	printf ' %s |' $hook_columns
	printf '\n|---|---|'
	for hook_suite in $hook_columns; do
		printf -- '---|'
	done
	printf '\n'
	for hook_row in $hook_rows; do
		for hook_operation in $hook_operations; do
			printf '| %s | %s |' "$(describe_row "$hook_row")" "$(describe_operation "$hook_operation")"
			for hook_suite in $hook_columns; do
				printf ' %s |' "$(awk -F '\t' -v suite="$hook_suite" -v row="$hook_row" -v operation="$hook_operation" \
					'$1 == suite && $2 == row && $3 == operation { print $4 }' "$work/matrix")"
			done
			printf '\n'
		done
	done
	echo
}
