# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, jobs and work are set by lab

# hdrfix prove on real kernels: Debian's header packages beside the modules of
# Debian's image packages, and the same trees with what goes wrong in the
# field: another configuration, scripts/ or Module.symvers of another kernel.
# Nothing is compiled but the probe, and nothing is loaded.

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
		cp "$cache/build/6.1-arm/scripts/mod/modpost" "$(echo "$proof_tmp"/usr/lib/linux-kbuild-6.1)/scripts/mod/modpost" || return 1
	fi
	keep "$proof_tmp" "$cache/proof/$1"
}

# make_proofs: all that the tests want of the cache.
make_proofs() {
	for proof_kernel in $proof_kernels; do
		proof_root "$proof_kernel" || :
	done
	# Sources and kconfig for other configurations of 6.1.
	build 6.1 arm64 || :
	for proof_borrowed in bookworm/amd64:$(proof_other_headers) bullseye/amd64:linux-kbuild-5.10; do
		package "${proof_borrowed%%:*}" "${proof_borrowed#*:}" || :
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
	test_proof_borrowed
	test_proof_signatures
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
	verdict "proof of Debian's $1: the configurations are compared" says '^ +configuration +as /boot/config'
	fingerprint "$proof_tree" >"$work/tree.now"
	verdict "proof of Debian's $1 changes nothing in the tree" same "$work/tree.before" "$work/tree.now"
}

# proof_case: a copy of Debian's 6.1 for amd64 in $root, its tree in $tree. What
# is not changed by a case is linked.
proof_case() {
	root=$work/proof
	rm -rf "$root"
	mkdir "$root"
	cp -al "$cache/proof/6.1-amd64/." "$root/"
	tree=$root$(readlink "$(echo "$root"/lib/modules/*/build)")
	proof_own "$tree"
}

# proof_own PATH: a copy of its own in place of links.
proof_own() {
	cp -a "$1" "$1.own"
	rm -rf "$1"
	mv "$1.own" "$1"
}

# proof_configure SETTING...: the tree as it would be had the kernel been
# configured so: by kconfig itself, from the sources of the same version.
# Settings as scripts/config takes them.
proof_configure() (
	proof_sources=$cache/build/6.1-arm64
	cd "$tree" || exit 1
	[ $# -eq 0 ] || "$proof_sources/scripts/config" --file .config "$@" || exit 1
	# Without pahole kconfig would drop BTF, and with it a part of struct module.
	printf '#!/bin/sh\necho v1.24\n' >"$work/pahole"
	chmod 755 "$work/pahole"
	for proof_step in --olddefconfig --syncconfig; do
		env srctree="$proof_sources" SRCARCH=x86 ARCH=x86 CC="$(proof_compiler)" LD=ld NM=nm OBJCOPY=objcopy \
			HOSTCC=gcc HOSTCXX=g++ PAHOLE="$work/pahole" RUSTC=rustc BINDGEN=bindgen CONFIG_SHELL=sh \
			KERNELVERSION="$(sed -n 's/^# Linux\/[^ ]* \([^ ]*\) .*/\1/p' .config | head -n 1)" \
			CC_VERSION_TEXT="$("$(proof_compiler)" --version | head -n 1)" \
			"$proof_sources/scripts/kconfig/conf" -s $proof_step Kconfig </dev/null || exit 1
	done
) >"$work/configure" 2>&1

# The very one that Debian's configuration names, so that nothing else changes.
proof_compiler() {
	command -v x86_64-linux-gnu-gcc-12 || echo gcc
}

# test_configuration WHAT STATUS SAYS SETTING...
test_configuration() {
	configuration_what=$1
	configuration_status=$2
	configuration_says=$3
	shift 3
	proof_case
	run_line="(configure $*)"
	run_status=0
	: >"$work/out"
	verdict "$configuration_what: the tree is configured so" proof_configure "$@" || cat "$work/configure"
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
	test_configuration "the same configuration, made again" 0 'configuration +as /boot'
	configuration_verdict='would load and may crash'
	test_configuration "without FTRACE" 1 'size of struct module' -d FTRACE
	verdict "without FTRACE: vermagic and the version tables see nothing" says '^ +vermagic +6.1'
	test_configuration "without KPROBES" 1 'offset of cleanup_module' -d KPROBES
	verdict "without KPROBES: vermagic and the version tables see nothing" says '^ +Module.symvers +[0-9]+ of '
	test_configuration "without NETFILTER" 1 'crash +configuration' -d NETFILTER
	configuration_verdict='would be refused'
	test_configuration "without MODULE_UNLOAD" 1 'only the kernel has mod_unload' -d MODULE_UNLOAD
	test_configuration "without SMP" 1 'only the kernel has SMP' -d SMP
}

# Another kernel of the same series: packages differ by their ABI number.
proof_other_headers() {
	apt_of bookworm/amd64 apt-cache pkgnames linux-headers-6.1.0- 2>/dev/null |
		grep -E -- '-[0-9]+-amd64$' | sort -V | tail -n 4 | head -n 1
}

test_proof_borrowed() {
	proof_other=$(proof_other_headers)
	if package bookworm/amd64 "$proof_other"; then
		rm -rf "$work/other"
		dpkg-deb -x "$package" "$work/other"
		proof_case
		cp "$work/other/usr/src/$proof_other/Module.symvers" "$tree/Module.symvers"
		prove
		verdict "Module.symvers of $proof_other: exits 1" exits 1
		verdict "Module.symvers of $proof_other: would be refused" says 'refused +versions of imported symbols'
	else
		leave_out "Module.symvers of another kernel" "$proof_other could not be had"
	fi
	if package bullseye/amd64 linux-kbuild-5.10; then
		rm -rf "$work/other"
		dpkg-deb -x "$package" "$work/other"
		proof_case
		rm -rf "$root/usr/lib/linux-kbuild-6.1/scripts/mod"
		cp -a "$work/other/usr/lib/linux-kbuild-5.10/scripts/mod" "$root/usr/lib/linux-kbuild-6.1/scripts/mod"
		prove
		verdict "modpost of 5.10 in 6.1: is not called good" not_zero
	else
		leave_out "scripts/ of another kernel" "linux-kbuild-5.10 could not be had"
	fi
	proof_case
	rm "$tree/Module.symvers"
	: >"$tree/Module.symvers"
	prove
	verdict "an empty Module.symvers: exits 1" exits 1
	verdict "an empty Module.symvers: would be refused" says 'no symbol version for module_layout'
	rm -rf "$work/other"
}

not_zero() {
	[ "$run_status" != 0 ]
}

test_proof_signatures() {
	proof_case
	proof_own "$root/boot"
	echo CONFIG_MODULE_SIG_FORCE=y >>"$(echo "$root"/boot/config-*)"
	prove
	verdict "MODULE_SIG_FORCE: exits 1" exits 1
	verdict "MODULE_SIG_FORCE: would be refused" says 'signed modules only'
	rm -rf "$root"
}
