# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, foreign and work are set by lab

# Systems of another kind than this machine: programs are rebuilt for them by a
# cross compiler, and what they then do is seen with QEMU's emulation of a
# single program. A machine of the other byte order; and a 32-bit userland
# under a 64-bit kernel, as 32-bit Raspberry Pi OS is.

test_machines() {
	test_machine 6.1-arm64-extmod s390x s390x
	test_byte_order_control 6.1-arm64-extmod
	test_machine 6.1-arm64-builddeb armhf arm
	test_mixed_report 6.1-arm64-builddeb
}

# can_try NAME ARCH CPU
can_try() {
	if ! made "$cache/trees/$1"; then
		machine_lacks="tree $1 could not be had"
	elif ! command -v "$(gnu_type "$2")-gcc" >/dev/null; then
		machine_lacks="no $(gnu_type "$2")-gcc"
	elif ! command -v "qemu-$3" >/dev/null; then
		machine_lacks="no qemu-$3"
	else
		return 0
	fi
	return 1
}

# test_machine NAME ARCH CPU: the tree is repaired for a system of that
# architecture, and its modpost says of a module what this machine's says.
test_machine() {
	can_try "$@" || {
		leave_out "$1 repaired for $2" "$machine_lacks"
		return 0
	}
	lay_out trees "$1"
	run repair --apply --needed-only --root "$root" --platform "$2"
	verdict "$1 repaired for $2: repair exits 0" exits 0
	machine_modpost "$1" "$cache/trees/$1/usr/src/linux-headers-$release/scripts/mod/modpost" native
	verdict "$1 repaired for $2: modpost is of that machine" not_native "$tree/scripts/mod/modpost"
	verdict "$1 repaired for $2: modpost runs there" machine_modpost "$1" "qemu-$3 -L /usr/$(gnu_type "$2") $tree/scripts/mod/modpost" there
	verdict "$1 repaired for $2: modpost says the same there" same "$work/modpost.native" "$work/modpost.there"
	verdict "$1 repaired for $2: it says something" grep -q MODULE_INFO "$work/modpost.there"
}

not_native() {
	machine=$(readelf -hW "$1" | sed -n 's/^ *Machine: *//p')
	[ -n "$machine" ] && [ "$machine" != "$(readelf -hW "$(command -v readelf)" | sed -n 's/^ *Machine: *//p')" ]
}

# machine_modpost NAME COMMAND INTO: what that modpost writes of the lab's module.
machine_modpost() {
	module "$cache/trees/$1/usr/src/linux-headers-$release" "$1" "$work/module" >/dev/null 2>&1 || return 1
	(
		cd "$work/module" || exit 1
		rm -f lab_probe.mod.c
		# shellcheck disable=SC2086 # a command line
		timeout -k 10 120 $2 -m -w -o "$work/symvers" -i "$tree/Module.symvers" lab_probe.o </dev/null || exit 1
		cat lab_probe.mod.c "$work/symvers"
	) >"$work/modpost.$3"
}

# The same sources, compiled with the settings of the machine that built the
# tree: on a machine of the other byte order this must go wrong, or the test
# above shows nothing.
test_byte_order_control() {
	can_try "$1" s390x s390x || return 0
	lay_out trees "$1"
	(
		cd "$tree" || exit 1
		s390x-linux-gnu-gcc -O0 -w -Iscripts/mod -o "$work/modpost" \
			scripts/mod/modpost.c scripts/mod/file2alias.c scripts/mod/sumversion.c
	)
	verdict "$1: a modpost with the other byte order's settings fails" \
		no_machine_modpost "$1" "qemu-s390x -L /usr/s390x-linux-gnu $work/modpost"
}

no_machine_modpost() {
	[ -x "$work/modpost" ] && ! machine_modpost "$1" "$2" control
}

# test_mixed_report NAME: what a 32-bit system with a 64-bit kernel is told.
test_mixed_report() {
	made "$cache/mirrors/$1" || {
		leave_out "$1 on a 32-bit system" "the mirror could not be had"
		return 0
	}
	place "$1"
	mkdir -p "$root/var/lib/dpkg"
	echo armhf >"$root/var/lib/dpkg/arch"
	run check -v --root "$root"
	verdict "$1 on an armhf system: check exits 1" exits 1
	verdict "$1 on an armhf system: programs of arm64 are foreign" says 'built for arm64, this system is armhf'
	verdict "$1 on an armhf system: the compiler for modules is named" says 'gcc-aarch64-linux-gnu'
	verdict "$1 on an armhf system: and the make line" says 'ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-'
}
