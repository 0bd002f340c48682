# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # here, cache, native, jobs and work are set by lab; verdict prints run_line
# shellcheck disable=SC2016 # what other shells are to expand stands in single quotes

# hdrfix prove on real kernels: Debian's header packages beside the modules of
# Debian's image packages, and the same trees with what goes wrong in the
# field: another configuration, scripts/ or Module.symvers of another kernel.
# Nothing of a kernel is compiled but the probe, and nothing is loaded.

# KERNEL-ARCH. The programs of linux-kbuild are always this machine's.
proof_kernels="6.1-amd64 6.1-arm64 6.1-armhf 6.12-amd64 5.10-amd64"

proof_state() {
	case $1 in
	5.10-*) echo "bullseye/${1#*-}" ;;
	*) echo "bookworm/${1#*-}" ;;
	esac
}

# proof_headers KERNEL: the header package that goes with the newest kernel of
# that series and architecture.
proof_headers() {
	case $1 in
	5.10-*) proof_name=linux-headers-${1#*-} ;;
	*) proof_name=$(newest_headers "$1") ;;
	esac
	apt_known "$(proof_state "$1")" || return 1
	if [ "${1%%-*}" = 5.10 ]; then
		# bullseye has a 6.1 too, and its newest name need not be 5.10's.
		apt_of "$(proof_state "$1")" apt-cache pkgnames linux-headers-5.10.0- 2>/dev/null |
			grep -E -- "-[0-9]+-${1#*-}\$" | sort -V | tail -n 1
	else
		depends_of "$(proof_state "$1")" "$proof_name" '^linux-headers-'
	fi
}

# proof_root KERNEL: a system with the headers, with the programs of
# linux-kbuild for this machine, and with some modules of the kernel.
proof_root() {
	made "$cache/proof/$1" && return 0
	timed "kernel $1 with its modules" proof_unpack "$1" || return 1
	say "kernel $1: $cache/proof/$1"
}

proof_unpack() {
	proof_state=$(proof_state "$1")
	proof_headers=$(proof_headers "$1")
	[ -n "$proof_headers" ] || {
		skipped "headers of $1: not to be had"
		return 1
	}
	proof_tmp=$(scratch proof)
	proof_release=${proof_headers#linux-headers-}
	for proof_part in "$proof_headers" $(depends_of "$proof_state" "$proof_headers" '^linux-headers-.*-common$'); do
		package "$proof_state" "$proof_part" && dpkg-deb -x "$package" "$proof_tmp" || return 1
	done
	# The programs that run here: linux-kbuild is a package of the machine
	# that builds.
	for proof_part in $(depends_of "$proof_state" "$proof_headers" '^linux-kbuild-'); do
		package "${proof_state%/*}/$native" "$proof_part" && dpkg-deb -x "$package" "$proof_tmp" || return 1
	done
	# The parts that have small modules.
	package "$proof_state" "linux-image-$proof_release" || return 1
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$proof_tmp" --wildcards \
		'./boot/config-*' './lib/modules/*/kernel/block/*' './lib/modules/*/kernel/crypto/*' \
		'./lib/modules/*/kernel/lib/*' './lib/modules/*/kernel/fs/9p/*' './lib/modules/*/kernel/net/9p/*' || return 1
	ln -sfn "/usr/src/$proof_headers" "$proof_tmp/lib/modules/$proof_release/build"
	# linux-kbuild of Debian for amd64 computes the device tables of 32-bit
	# kernels with the sizes of 64-bit ones: the modpost of a real 6.1 arm tree
	# takes its place.
	if [ "$1" = 6.1-armhf ]; then
		build 6.1 arm || return 1
		cp "$cache/build/6.1-arm/scripts/mod/modpost" "$proof_tmp/usr/lib/linux-kbuild-6.1/scripts/mod/modpost" || return 1
	fi
	keep "$proof_tmp" "$cache/proof/$1"
}

# make_proofs: all that the tests want of the cache.
make_proofs() {
	for proof_kernel in $proof_kernels; do
		proof_root "$proof_kernel" || :
	done
	# Sources and kconfig for other configurations of 6.1, and its scripts for
	# another machine.
	build 6.1 arm64 || :
	mirror_programs 6.1-arm64 || :
	for proof_borrowed in "$(proof_other_headers)" "$(proof_other_headers | sed 's/-amd64$/-common/')" "$(proof_other_kbuild)"; do
		[ -z "$proof_borrowed" ] || package bookworm/amd64 "$proof_borrowed" || :
	done
}

test_proofs() {
	for proof_kernel in $proof_kernels; do
		made "$cache/proof/$proof_kernel" || {
			leave_out "proof of $proof_kernel" "its packages could not be had"
			continue
		}
		test_proof_healthy "$proof_kernel"
	done
	made "$cache/proof/6.1-amd64" || return 0
	test_proof_configurations
	test_proof_near_version
	test_proof_borrowed_scripts
	test_proof_wrong_tools
	test_proof_other_machines
	test_proof_signatures
	test_proof_references
	test_proof_missing
	test_proof_after_repair
	rm -rf "$work/proof" "$work/other"
}

# prove ARGUMENT...: the product on the case in $root. The tree's programs are
# this machine's.
prove() {
	run prove -v --root "$root" --platform "$native" "$@"
}

test_proof_healthy() {
	root=$cache/proof/$1
	proof_tree=$(echo "$root"/lib/modules/*/build)
	proof_tree=$root$(readlink "$proof_tree")
	fingerprint "$proof_tree" >"$work/tree.before"
	prove
	verdict "proof of Debian's $1: would load" exits 0
	verdict "proof of Debian's $1: module_layout is recomputed" says '^ +module_layout recomputed +0x'
	verdict "proof of Debian's $1: one make builds both objects" says "proof: hdrfix: one make"
	verdict "proof of Debian's $1: the configurations are compared" says '^ +configuration +as /boot/config'
	fingerprint "$proof_tree" >"$work/tree.now"
	verdict "proof of Debian's $1 changes nothing in the tree" same "$work/tree.before" "$work/tree.now"
}

# proof_case [KERNEL]: a copy of Debian's kernel, 6.1 for amd64, in $root, its
# tree in $tree, its release in $release. What is not changed by a case is
# linked.
proof_case() {
	root=$work/proof
	rm -rf "$root"
	mkdir "$root"
	cp -al "$cache/proof/${1:-6.1-amd64}/." "$root/"
	release=$(basename "$root"/lib/modules/*)
	tree=$root$(readlink "$root/lib/modules/$release/build")
	proof_own "$tree"
}

# proof_own PATH: a copy of its own in place of links.
proof_own() {
	cp -a "$1" "$1.own"
	rm -rf "$1"
	mv "$1.own" "$1"
}

# proof_configure ARCH SETTING...: the tree as it would be had the kernel been
# configured so: by kconfig itself, from the sources of the same version.
# Settings as scripts/config takes them.
proof_configure() (
	proof_sources=$cache/build/6.1-arm64
	case $1 in
	arm64) proof_arch=arm64 proof_cc=aarch64-linux-gnu-gcc ;;
	*) proof_arch=x86 proof_cc=x86_64-linux-gnu-gcc ;;
	esac
	shift
	# The very one that Debian's configuration names, so that nothing else changes.
	! command -v "$proof_cc-12" >/dev/null || proof_cc=$proof_cc-12
	cd "$tree" || exit 1
	[ $# -eq 0 ] || "$proof_sources/scripts/config" --file .config "$@" || exit 1
	# Without pahole kconfig would drop BTF, and with it a part of struct module.
	printf '#!/bin/sh\necho v1.24\n' >"$work/pahole"
	chmod 755 "$work/pahole"
	for proof_step in --olddefconfig --syncconfig; do
		env srctree="$proof_sources" SRCARCH=$proof_arch ARCH=$proof_arch CC="$proof_cc" \
			LD=ld NM=nm OBJCOPY=objcopy HOSTCC=gcc HOSTCXX=g++ PAHOLE="$work/pahole" RUSTC=rustc BINDGEN=bindgen \
			CONFIG_SHELL=sh KERNELVERSION="$(sed -n 's/^# Linux\/[^ ]* \([^ ]*\) .*/\1/p' .config | head -n 1)" \
			CC_VERSION_TEXT="$("$proof_cc" --version | head -n 1)" \
			"$proof_sources/scripts/kconfig/conf" -s $proof_step Kconfig </dev/null || exit 1
	done
) >"$work/configure" 2>&1

# test_configuration ARCH WHAT STATUS SAYS SETTING...
test_configuration() {
	configuration_arch=$1
	configuration_what="$1 $2"
	configuration_status=$3
	configuration_says=$4
	shift 4
	proof_case "6.1-$configuration_arch"
	run_line="(configure $*)"
	run_status=0
	: >"$work/out"
	verdict "$configuration_what: the tree is configured so" proof_configure "$configuration_arch" "$@" || cat "$work/configure"
	prove
	verdict "$configuration_what: exits $configuration_status" exits "$configuration_status"
	verdict "$configuration_what: says why" says "$configuration_says"
	verdict "$configuration_what: says a verdict" says "a module built here $configuration_verdict"
}

test_proof_configurations() {
	made "$cache/build/6.1-arm64" || {
		leave_out "proof of other configurations" "no sources of 6.1"
		return 0
	}
	configuration_verdict='would load$'
	test_configuration amd64 "with the same configuration, made again" 0 'configuration +as /boot'
	configuration_verdict='would load and may crash'
	test_configuration amd64 "without FTRACE" 1 'crash +size of struct module' -d FTRACE
	verdict "amd64 without FTRACE: vermagic sees nothing" says '^ +vermagic +6.1'
	test_configuration amd64 "without KPROBES" 1 'crash +offset of cleanup_module' -d KPROBES
	verdict "amd64 without KPROBES: the size sees nothing" says '^ +size of struct module +0x'
	verdict "amd64 without KPROBES: the version tables see nothing" says '^ +Module.symvers +[0-9]+ of '
	# What the kernel lacks: one that moves the end of struct module, and one
	# that moves nothing of it.
	test_configuration amd64 "with PRINTK_INDEX" 1 'crash +offset of cleanup_module' -e PRINTK_INDEX
	verdict "amd64 with PRINTK_INDEX: vermagic sees nothing" says '^ +vermagic +6.1'
	test_configuration amd64 "without NETFILTER" 1 'crash +configuration' -d NETFILTER
	verdict "amd64 without NETFILTER: module_layout sees nothing" says '^ +module_layout recomputed +0x'
	if command -v aarch64-linux-gnu-gcc >/dev/null || [ "$native" = arm64 ]; then
		test_configuration arm64 "without KPROBES" 1 'crash +module_layout recomputed' -d KPROBES
	else
		leave_out "arm64 without KPROBES" "no compiler"
	fi
	configuration_verdict='would be refused'
	test_configuration amd64 "without MODULE_UNLOAD" 1 'only the kernel has mod_unload' -d MODULE_UNLOAD
	test_configuration amd64 "without SMP" 1 'only the kernel has SMP' -d SMP
}

# Another kernel of the same series: packages differ by their ABI number.
proof_other_headers() {
	apt_of bookworm/amd64 apt-cache pkgnames linux-headers-6.1.0- 2>/dev/null |
		grep -E -- '-[0-9]+-amd64$' | sort -V | tail -n 4 | head -n 1
}

# The oldest linux-kbuild of the same series.
proof_other_kbuild() {
	apt_of bookworm/amd64 apt-cache madison linux-kbuild-6.1 2>/dev/null |
		awk '{ print $1 "=" $3 }' | sort -V | head -n 1
}

# The oldest story: what a near version brought has this kernel's name, and its
# table of symbols.
test_proof_near_version() {
	proof_other=$(proof_other_headers)
	proof_other_release=${proof_other#linux-headers-}
	rm -rf "$work/other"
	for proof_part in "$proof_other" "${proof_other%-amd64}-common"; do
		package bookworm/amd64 "$proof_part" || {
			leave_out "headers of a near version" "$proof_part could not be had"
			return 0
		}
		dpkg-deb -x "$package" "$work/other"
	done
	proof_case
	cp "$work/other/usr/src/$proof_other/Module.symvers" "$tree/Module.symvers"
	prove
	verdict "Module.symvers of $proof_other: exits 1" exits 1
	verdict "Module.symvers of $proof_other: would be refused" says 'refused +versions of imported symbols'

	proof_case
	cp -p "$tree/Module.symvers" "$work/symvers"
	rm -rf "$tree" "$root/usr/src/linux-headers-${release%-amd64}-common"
	mv "$work/other/usr/src/$proof_other" "$tree"
	mv "$work/other/usr/src/${proof_other%-amd64}-common" "$root/usr/src/linux-headers-${release%-amd64}-common"
	cp -p "$work/symvers" "$tree/Module.symvers"
	for proof_part in Makefile .kernelvariables include/generated/utsrelease.h include/config/kernel.release; do
		[ ! -f "$tree/$proof_part" ] || sed -i "s/$proof_other_release/$release/g; s/${proof_other_release%-amd64}/${release%-amd64}/g" "$tree/$proof_part"
	done
	prove
	verdict "headers of $proof_other_release in $release: exits 1" exits 1
	verdict "headers of $proof_other_release in $release: would load and may crash" says 'a module built here would load and may crash'
	verdict "headers of $proof_other_release in $release: by their version" says 'crash +kernel source'
	verdict "headers of $proof_other_release in $release: by module_layout" says 'crash +module_layout recomputed'
	verdict "headers of $proof_other_release in $release: vermagic sees nothing" says "^ +vermagic +$release SMP"
	verdict "headers of $proof_other_release in $release: the version tables see nothing" says '^ +Module.symvers +[0-9]+ of '
	rm -rf "$work/other"

	# The programs of a near version do the same: that is no fault.
	proof_other=$(proof_other_kbuild)
	package bookworm/amd64 "$proof_other" || {
		leave_out "scripts/ of a near version" "$proof_other could not be had"
		return 0
	}
	dpkg-deb -x "$package" "$work/other"
	proof_case
	rm "$tree/scripts"
	cp -a "$work/other/usr/lib/linux-kbuild-6.1/scripts" "$tree/scripts"
	if cmp -s "$tree/scripts/mod/modpost.real-lsb-64" "$root/usr/lib/linux-kbuild-6.1/scripts/mod/modpost.real-lsb-64"; then
		leave_out "scripts/ of a near version" "$proof_other is this one"
	else
		prove
		verdict "scripts/ of $proof_other: would load" exits 0
	fi
	rm -rf "$work/other"
}

# borrowed_scripts WHAT DIRECTORY: scripts/ is that directory.
borrowed_scripts() {
	proof_case
	rm -rf "$tree/scripts"
	cp -a "$2" "$tree/scripts"
	run check --root "$root" --platform "$native"
	verdict "$1: check exits 4" exits 4
	verdict "$1: check says which" says "$3.*mixed-releases"
	prove
}

test_proof_borrowed_scripts() {
	if made "$cache/proof/5.10-amd64"; then
		borrowed_scripts "scripts/ of 5.10 in 6.1" "$cache/proof/5.10-amd64/usr/lib/linux-kbuild-5.10/scripts" 'before 6.1'
		verdict "scripts/ of 5.10 in 6.1: prove exits 1" exits 1
		verdict "scripts/ of 5.10 in 6.1: what it exports has no version" says 'crash +CRC of an exported symbol'
		verdict "scripts/ of 5.10 in 6.1: vermagic sees nothing" says '^ +vermagic +6.1'
		# modpost alone: nothing of it can be seen but by what it does.
		proof_case
		rm -rf "$root/usr/lib/linux-kbuild-6.1/scripts/mod"
		cp -a "$cache/proof/5.10-amd64/usr/lib/linux-kbuild-5.10/scripts/mod" "$root/usr/lib/linux-kbuild-6.1/scripts/mod"
		prove
		verdict "modpost of 5.10 in 6.1: exits 1" exits 1
		verdict "modpost of 5.10 in 6.1: what it exports has no version" says 'crash +CRC of an exported symbol'
	else
		leave_out "scripts/ of 5.10" "its packages could not be had"
	fi
	if made "$cache/proof/6.12-amd64"; then
		borrowed_scripts "scripts/ of 6.12 in 6.1" "$(echo "$cache"/proof/6.12-amd64/usr/lib/linux-kbuild-*/scripts)" 'since 6.2'
		verdict "scripts/ of 6.12 in 6.1: prove exits 3, since nothing builds" exits 3
		verdict "scripts/ of 6.12 in 6.1: prove says what check says" says 'mixed-releases'
	else
		leave_out "scripts/ of 6.12" "its packages could not be had"
	fi
}

# replaced PROGRAM SCRIPT: a program of the tree does something else; the right
# one lies beside it, with .own behind its name.
replaced() {
	replaced_at=$root/usr/lib/linux-kbuild-6.1/scripts/$1
	mv "$replaced_at" "$replaced_at.own"
	printf '#!/bin/sh\n%s\n' "$2" >"$replaced_at"
	chmod 755 "$replaced_at"
}

test_proof_wrong_tools() {
	proof_case
	replaced genksyms/genksyms 'cat >/dev/null'
	prove
	verdict "genksyms that gives no CRC: exits 1" exits 1
	verdict "genksyms that gives no CRC: what is exported has none" says 'crash +CRC of an exported symbol'

	proof_case
	replaced genksyms/genksyms 'sh -c '\''"$@" | sed "s/0x[0-9a-f]*$/0x00000000/"'\'' sh "$0.own" "$@"'
	prove
	verdict "genksyms that gives 0: exits 1" exits 1
	verdict "genksyms that gives 0: what is exported has 0" says 'tree +0x0$'

	# As modpost of a kernel without MODVERSIONS did, before it was told by -m.
	proof_case
	replaced mod/modpost 'for word; do shift; [ "$word" = -m ] || set -- "$@" "$word"; done; exec "$0.own" "$@"'
	# The wrapper looks for what it starts by its own name.
	for proof_real in lsb-32 lsb-64 msb-32 msb-64; do
		ln "$root/usr/lib/linux-kbuild-6.1/scripts/mod/modpost.real-$proof_real" \
			"$root/usr/lib/linux-kbuild-6.1/scripts/mod/modpost.own.real-$proof_real"
	done
	prove
	verdict "modpost that writes no versions: exits 1" exits 1
	verdict "modpost that writes no versions: would be refused" says 'no symbol version for module_layout'

	proof_case
	rm "$tree/Module.symvers"
	: >"$tree/Module.symvers"
	prove
	verdict "an empty Module.symvers: exits 1" exits 1
	verdict "an empty Module.symvers: would be refused" says 'no symbol version for module_layout'
}

# The tree of one machine, the kernel of another.
test_proof_other_machines() {
	if made "$cache/proof/6.1-arm64" && made "$cache/proof/6.1-armhf"; then
		root=$cache/proof/6.1-armhf
		prove --reference "$cache/proof/6.1-arm64"
		verdict "a tree for armhf, a kernel for arm64: exits 1" exits 1
		verdict "a tree for armhf, a kernel for arm64: would be refused" says 'refused +machine'
	else
		leave_out "a tree for another machine" "the packages of arm64 or armhf could not be had"
	fi
}

test_proof_signatures() {
	proof_case
	proof_own "$root/boot"
	sed -i 's/^# CONFIG_MODULE_SIG_FORCE is not set$/CONFIG_MODULE_SIG_FORCE=y/' "$root/boot/config-$release"
	prove
	verdict "MODULE_SIG_FORCE: exits 1" exits 1
	verdict "MODULE_SIG_FORCE: would be refused" says 'signed modules only'
}

# Modules as distributions pack them, and modules that are damaged.
test_proof_references() {
	for proof_pack in xz:xz zstd:zst gzip:gz; do
		command -v "${proof_pack%:*}" >/dev/null || {
			leave_out "modules in .ko.${proof_pack#*:}" "no ${proof_pack%:*}"
			continue
		}
		proof_case
		proof_own "$root/lib/modules"
		find "$root/lib/modules" -name '*.ko' | while read -r proof_module; do
			"${proof_pack%:*}" -c "$proof_module" >"$proof_module.${proof_pack#*:}" && rm "$proof_module"
		done
		prove
		verdict "modules in .ko.${proof_pack#*:}: would load" exits 0
		verdict "modules in .ko.${proof_pack#*:}: they are what was read" says "^  kernel .*/kernel/.*\\.ko\\.${proof_pack#*:}"
	done
	proof_case
	proof_own "$root/lib/modules"
	find "$root/lib/modules" -name '*.ko' -exec truncate -s 700 '{}' +
	prove
	verdict "modules that are cut: exits 3" exits 3
	verdict "modules that are cut: says so" says 'is damaged'
}

# without_programs NAMES COMMAND...: as on a machine that lacks these of
# /usr/bin.
without_programs() {
	mkdir -p "$work/hidden"
	unshare --mount sh -c '
		mount --make-rprivate / && mount -t tmpfs lab "$1" && mkdir "$1/upper" "$1/work" &&
			mount -t overlay lab -o "lowerdir=/usr/bin,upperdir=$1/upper,workdir=$1/work" /usr/bin || exit 99
		for name in $2; do rm -f /usr/bin/$name; done
		shift 2
		exec "$@"' sh "$work/hidden" "$@"
}

# prove_without NAMES
prove_without() {
	run_line="prove -v --root $root --platform $native   (without $1)"
	run_status=0
	without_programs "$1" timeout -k 30 900 "$product" prove -v --root "$root" --platform "$native" \
		</dev/null >"$work/out" 2>&1 || run_status=$?
}

# as_nobody: prove as a user who may not build in the tree itself.
as_nobody() {
	run_line="prove -v --root $root --platform $native   (as nobody)"
	run_status=0
	# Where nobody can read it.
	mkdir -p "$work/product"
	cp "$product" "$product".* "$work/product/"
	HOME=/nonexistent timeout -k 30 900 setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$work/product/${product##*/}" prove -v --root "$root" --platform "$native" </dev/null >"$work/out" 2>&1 || run_status=$?
}

test_proof_missing() {
	proof_case
	as_nobody
	verdict "Debian's tree in another root, not as root: exits 3" exits 3
	verdict "Debian's tree in another root, not as root: says what it takes" says 'in a copy of the tree'
	proof_case
	rm -rf "$root/lib/modules/$release/kernel"
	prove
	verdict "no module of the kernel: exits 3" exits 3
	verdict "no module of the kernel: says what is missing" says "missing .*no modules in"
	verdict "no module of the kernel: says where to get them" says "fix +dpkg -x .* --reference /tmp/kernel $release"

	without_programs none true || {
		leave_out "programs that are missing" "/usr/bin cannot be laid over here"
		return 0
	}
	proof_case
	proof_own "$root/lib/modules"
	find "$root/lib/modules" -name '*.ko' -exec xz '{}' +
	prove_without "xz xzcat"
	verdict "no xz: exits 3" exits 3
	verdict "no xz: says what to install" says 'apt install xz-utils'
	if [ "$native" != arm64 ] && made "$cache/proof/6.1-arm64"; then
		proof_case 6.1-arm64
		prove_without 'aarch64-linux-gnu-gcc*'
		verdict "no cross compiler: exits 3" exits 3
		verdict "no cross compiler: says what to install" says 'apt install gcc-aarch64-linux-gnu'
	fi
}

# The whole story: Debian's tree in one piece, as a kernel's own packaging makes
# it, with host programs of another machine. It is repaired, and modules built
# in it would load into Debian's kernel.
test_proof_after_repair() {
	if [ "$native" != amd64 ] || ! made "$cache/build/6.1-arm64-$foreign"; then
		leave_out "a repair that ends with a proof" "no scripts of 6.1 for another machine"
		return 0
	fi
	proof_case
	proof_common=$root/usr/src/linux-headers-${release%-amd64}-common
	proof_kbuild=$root/usr/lib/linux-kbuild-6.1
	rm "$tree/scripts" "$tree/tools" "$tree/Makefile"
	cp -a "$proof_common/arch" "$proof_common/include" "$proof_common/Makefile" "$tree/"
	cp -a "$cache/build/6.1-arm64-$foreign/scripts" "$tree/scripts"
	mkdir -p "$tree/tools/objtool"
	cp -a "$proof_kbuild/tools/objtool/objtool" "$tree/tools/objtool/"
	rm -rf "$proof_common" "$proof_kbuild" "$root/lib/modules/$release/source"
	prove
	verdict "Debian's 6.1 with foreign programs: exits 3" exits 3
	verdict "Debian's 6.1 with foreign programs: says what to do" says 'repair --apply'
	run repair --apply --root "$root" --platform "$native"
	verdict "Debian's 6.1 with foreign programs: repair --apply exits 0" exits 0
	verdict "Debian's 6.1 with foreign programs: repair ends with the proof" says 'proof: a module built here would load \('
	as_nobody
	verdict "the same, by a user who is not root: exits 0" exits 0
	# And where the kernel is another one, a good repair is not a good end.
	run undo --root "$root"
	sed -i 's/module_layout/module_layouts/' "$tree/Module.symvers"
	run repair --apply --root "$root" --platform "$native"
	verdict "the same without module_layout: repair --apply exits 1" exits 1
	verdict "the same without module_layout: repair says why" says 'proof: a module built here would be refused'
}
