# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# A tree is named KERNEL-ARCH-LAYOUT. The layout is the file list by which a
# kernel's own packaging makes a header package: "builddeb" (up to 6.3) takes
# objects, .cmd files and .config along; "extmod" (install-extmod-build, from
# 6.4) leaves them out, and kconfig and dtc too. The lists are taken from the
# kernels' own scripts, and either list fits either kernel.
trees="6.1-arm64-builddeb 6.1-arm64-extmod 6.12-arm64-builddeb 6.12-arm64-extmod 6.1-arm-builddeb 5.10-arm-builddeb 7.3-arm64-extmod"

# Made like the others, for tests of their own: DKMS builds for the kernel of this
# machine, and the tests of hooks let it.
more_trees=6.1-amd64-builddeb

kernel_of() { echo "${1%%-*}"; }
layout_of() { echo "${1##*-}"; }
arch_of() {
	arch_of=${1#*-}
	echo "${arch_of%-*}"
}

# kernel_arch ARCH: what kbuild calls it, ARCH and SRCARCH of its makefiles.
kernel_arch() {
	case $1 in
	amd64) echo x86 ;;
	*) echo "$1" ;;
	esac
}

# debian_arch TREE: the dpkg architecture of the machine the kernel is for.
debian_arch() {
	case $(arch_of "$1") in
	arm) echo armhf ;;
	*) arch_of "$1" ;;
	esac
}

# release_of TREE: its kernel release, once the tree is made.
release_of() {
	release_of=$(echo "$cache/trees/$1"/usr/src/linux-headers-*)
	echo "${release_of##*/linux-headers-}"
}

suite_of() {
	case $1 in
	5.10) echo bullseye ;;
	7.3) echo trixie-backports ;;
	*) echo bookworm ;;
	esac
}

list_trees() {
	for list_name in $trees $more_trees; do
		list_state=
		! made "$cache/trees/$list_name" || list_state="tree"
		! made "$cache/mirrors/$list_name" || list_state="$list_state mirror"
		printf '%-22s %s\n' "$list_name" "$list_state"
	done
}

# checked_names NAME...: the names, or all of them when there is none.
checked_names() {
	[ $# -gt 0 ] || {
		echo "$trees"
		return
	}
	for checked_name in "$@"; do
		case " $trees $more_trees " in
		*" $checked_name "*) ;;
		*) die "no tree $checked_name: there are $trees $more_trees" ;;
		esac
	done
	echo "$*"
}

make_trees() {
	need_root tree
	make_names=$(checked_names "$@")
	lock_cache
	for make_name in $make_names; do
		tree "$make_name" || skipped "tree $make_name"
	done
}

# tree NAME: the tree is made if it is not there.
tree() {
	made "$cache/trees/$1" && return 0
	build "$(kernel_of "$1")" "$(arch_of "$1")" || return 1
	timed "tree $1" lay_out "$1" || return 1
	say "tree $1: $cache/trees/$1"
}

# ---------------------------------------------------------------- kernel

# unpack KERNEL DIRECTORY [PATTERN] [VERSION]: sources, or the part of them that
# matches, of the newest package or of that version.
unpack() {
	package "$(suite_of "$1")/$native" "linux-source-$1" || return 1
	if [ -n "${4:-}" ] && [ "$(dpkg-deb -f "$package" Version)" != "$4" ]; then
		package "$(suite_of "$1")/$native" "linux-source-$1=$4" || return 1
	fi
	unpack_tar=$(scratch source)
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$unpack_tar" --wildcards '*.tar.xz' || return 1
	mkdir -p "$2"
	# What no header tree and no host program needs is most of the kernel.
	tar -x -I 'xz -T0' -C "$2" --strip-components=1 --no-same-owner \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/Documentation/*.txt' \
		--exclude='*/drivers/*.[chS]' --exclude='*/sound/*.[chS]' --exclude='*/fs/*.c' --exclude='*/net/*.c' \
		--exclude='*.dts' --exclude='*.dtsi' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' --exclude='*/samples/*.c' \
		-f "$(echo "$unpack_tar"/usr/src/*.tar.xz)" ${3:+--wildcards "$3"} || return 1
	rm -rf "$unpack_tar"
}

# build KERNEL ARCH: the sources, configured, with every host program that a
# real build leaves behind. In the source directory itself, as packagers do:
# with O= the .cmd files would name other paths.
build() {
	build_dir=$cache/build/$1-$2
	made "$build_dir" && return 0
	build_cross=$(gnu_type "$2")-
	command -v "${build_cross}gcc" >/dev/null || [ "$(compiler "$2")" = gcc ] || {
		skipped "kernel $1 for $2: ${build_cross}gcc is not installed (lab install-tools)"
		return 1
	}
	say "building host programs of $1 for $2"
	build_tmp=$(scratch build)
	timed "sources of $1" unpack "$1" "$build_tmp" || return 1
	timed "host programs of $1 for $2" build_in "$build_tmp" "$2" >"$(log_file "build-$1-$2")" 2>&1 || {
		tail -n 30 "$(log_file "build-$1-$2")" >&2
		skipped "kernel $1 for $2: it could not be built"
		return 1
	}
	keep "$build_tmp" "$build_dir"
}

# A subshell: it changes directory, and -e is off where a function is tested.
build_in() (
	cd "$1" || exit 1
	kbuild() {
		# KBUILD_BUILD_*: no name of this machine in what is built.
		make -j "$jobs" ARCH="$(kernel_arch "$2")" CROSS_COMPILE="$build_cross" \
			KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=lab "$1" </dev/null
	}
	case $2 in
	arm) kbuild multi_v7_defconfig arm ;;
	amd64) kbuild allnoconfig amd64 && configure_amd64 ;;
	*) kbuild defconfig "$2" ;;
	esac || exit 1
	# The options that decide which host programs a kernel has. BTF would need
	# a vmlinux, and plugins work only with the very compiler that built them.
	[ "$2" = amd64 ] || ./scripts/config -d LOCALVERSION_AUTO --set-str LOCALVERSION "-lab-$2" \
		-e MODULES -e MODULE_UNLOAD -e MODVERSIONS -e MODULE_SIG \
		-e AUDIT -e SECURITY -e SECURITY_NETWORK -e SECURITY_SELINUX \
		-e FTRACE -e FUNCTION_TRACER -e DYNAMIC_FTRACE \
		-e KALLSYMS -e ASYMMETRIC_KEY_TYPE -e ASYMMETRIC_PUBLIC_KEY_SUBTYPE -e X509_CERTIFICATE_PARSER \
		-e SYSTEM_TRUSTED_KEYRING -e SYSTEM_EXTRA_CERTIFICATE -e IKCONFIG \
		-d DEBUG_INFO_BTF -d GCC_PLUGINS -d WERROR || exit 1
	# From 6.14 the checksums can be made from DWARF: by another program.
	build_checksums=MODVERSIONS
	[ "$2" = amd64 ] || ! grep -qs GENDWARFKSYMS kernel/module/Kconfig || {
		./scripts/config -d DEBUG_INFO_NONE -e DEBUG_INFO_DWARF5 -d DEBUG_INFO_REDUCED -d GENKSYMS -e GENDWARFKSYMS || exit 1
		build_checksums=GENDWARFKSYMS
	}
	kbuild olddefconfig "$2" || exit 1
	build_wanted="MODVERSIONS $build_checksums MODULE_SIG SECURITY_SELINUX DYNAMIC_FTRACE"
	[ "$2" != amd64 ] || build_wanted="MODVERSIONS 64BIT"
	! grep -q "^CONFIG_OBJTOOL=y" .config || exit 1
	for wanted in $build_wanted; do
		grep -q "^CONFIG_$wanted=y" .config || {
			echo "CONFIG_$wanted did not stay"
			exit 1
		}
	done
	kbuild modules_prepare "$2" || exit 1
	# A whole build leaves unifdef behind too: header installation runs it.
	make -f scripts/Makefile.build obj=scripts scripts/unifdef srctree=. VPATH= HOSTCC=gcc CC="${build_cross}gcc" \
		CONFIG_SHELL=sh KBUILD_HOSTCFLAGS='-Wall -O2' </dev/null || echo "unifdef: left out"
	# Linking vmlinux and the modules makes it. One symbol is enough for
	# modpost, which leaves the others undefined when KBUILD_MODPOST_WARN=1.
	printf '0x%08x\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n' "$(cksum <.config | cut -d " " -f 1)" >Module.symvers
)

# A small kernel for this lab's own machine, so that DKMS can build for it as
# it does on a board: without objtool, whose sources no header package has and
# which x86 asks for whatever is configured.
configure_amd64() {
	grep -rlE --include='Kconfig*' 'select (HAVE_)?OBJTOOL' arch/x86 arch/Kconfig init lib |
		xargs sed -i -E '/select (HAVE_)?OBJTOOL/d'
	./scripts/config -d LOCALVERSION_AUTO --set-str LOCALVERSION -lab-amd64 -e EXPERT -e 64BIT \
		-e MODULES -e MODULE_UNLOAD -e MODVERSIONS -e PRINTK \
		-d RETPOLINE -d SLS -d JUMP_LABEL -d UNWINDER_ORC -e UNWINDER_GUESS -d X86_KERNEL_IBT -d WERROR
}

# ---------------------------------------------------------------- layout

lay_out() {
	lay_build=$cache/build/$(kernel_of "$1")-$(arch_of "$1")
	lay_tmp=$(scratch tree)
	"lay_out_$(layout_of "$1")" "$lay_build" "$(kernel_arch "$(arch_of "$1")")" "$lay_tmp" >"$(log_file "tree-$1")" 2>&1 || {
		tail -n 30 "$(log_file "tree-$1")" >&2
		return 1
	}
	# As the package has it.
	chown -R root:root "$lay_tmp"
	chmod -R go-w,a+rX,ug-s "$lay_tmp"
	keep "$lay_tmp" "$cache/trees/$1"
}

# packaging KERNEL FILE: a script of that kernel, for its file list.
packaging() {
	packaging_dir=$cache/build/packaging-$1
	made "$packaging_dir" || {
		packaging_tmp=$(scratch packaging)
		unpack "$1" "$packaging_tmp" '*/scripts/package/*' || return 1
		keep "$packaging_tmp" "$packaging_dir"
	}
	cat "$packaging_dir/scripts/package/$2"
}

lay_out_builddeb() (
	# 6.12 has no such list of its own any more: it takes 6.1's.
	case $lay_build in
	*/5.10-*) lay_list=$(packaging 5.10 builddeb) ;;
	*) lay_list=$(packaging 6.1 builddeb) ;;
	esac || exit 1
	cd "$1" || exit 1
	lay_function=$(echo "$lay_list" | sed -n '/^is_enabled *()/,/^}/p; /^deploy_kernel_headers *()/,/^}/p')
	[ -n "$lay_function" ] || exit 1
	mkdir -p debian
	srctree=. SRCARCH=$2 KCONFIG_CONFIG=.config version=$(cat include/config/kernel.release) \
		sh -euc "$lay_function
			deploy_kernel_headers \"\$1\"" sh "$3"
)

lay_out_extmod() (
	case $lay_build in
	*/7.3-*) lay_list=$(packaging 7.3 install-extmod-build) ;;
	*) lay_list=$(packaging 6.12 install-extmod-build) ;;
	esac || exit 1
	cd "$1" || exit 1
	lay_release=$(cat include/config/kernel.release)
	# With CC and HOSTCC equal the script does not build the programs again
	# for the kernel's machine: that is the tree which vendors ship.
	srctree=. SRCARCH=$2 CC=gcc HOSTCC=gcc sh -c "$lay_list" sh "$3/usr/src/linux-headers-$lay_release" || exit 1
	mkdir -p "$3/lib/modules/$lay_release"
	ln -s "/usr/src/linux-headers-$lay_release" "$3/lib/modules/$lay_release/build"
)
