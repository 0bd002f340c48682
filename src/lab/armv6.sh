# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, root, tree, release, work and package are set by lab

# ARMv6, the processor of a Pi 1 and a Pi Zero: QEMU has no board for it that
# carries a whole system of Debian, so what can be shown is shown with its
# emulation of single programs. Debian's port for it is armel; armhf is ARMv7.

armv6_tree=6.1-arm-builddeb

# armv6 PROGRAM ARGUMENT...: as a Pi Zero's processor would run it.
armv6() {
	timeout -k 10 600 qemu-arm -cpu arm1176 "$@" </dev/null
}

# make_armv6: the tree, and armel's Java.
make_armv6() {
	tree "$armv6_tree" && armv6_java
}

armv6_java() {
	armv6_java=$cache/boards/java-armel
	made "$armv6_java" && return 0
	timed "Java of armel" armv6_java_make >"$(log_file java-armel)" 2>&1 || {
		tail -n 20 "$(log_file java-armel)" >&2
		return 1
	}
}

armv6_java_make() {
	root=$(scratch java)
	root_debs armel openjdk-17-jre-headless || return 1
	for root_deb in "$root_archives"/*.deb; do
		root_extract "$root_deb" || return 1
	done
	# Java's configuration is linked by absolute path: QEMU leaves links to the kernel.
	find "$root/usr/lib/jvm" -lname '/etc/*' | while read -r armv6_link; do
		ln -srfn "$root$(readlink "$armv6_link")" "$armv6_link"
	done
	keep "$root" "$cache/boards/java-armel"
}

play_armv6() {
	can_try "$armv6_tree" armel arm || {
		leave_out "ARMv6" "$machine_lacks"
		return 0
	}
	# 32-bit programs cannot read directories of a 64-bit ext4 under QEMU.
	armv6_place=$(mktemp -d /dev/shm/hdrfix-lab.XXXXXX)
	root=$armv6_place/root
	armv6_armhf
	armv6_fresh
	run repair --apply --root "$root" --platform armel
	verdict "ARMv6: repair for armel exits 0" exits 0
	for armv6_program in scripts/basic/fixdep scripts/mod/modpost scripts/genksyms/genksyms scripts/recordmcount; do
		verdict "ARMv6: $armv6_program starts on an arm1176" armv6_starts "$armv6_program"
	done
	machine_modpost "$armv6_tree" "$cache/trees/$armv6_tree/usr/src/linux-headers-$release/scripts/mod/modpost" native
	verdict "ARMv6: modpost reads a module on an arm1176" \
		machine_modpost "$armv6_tree" "qemu-arm -cpu arm1176 -L /usr/arm-linux-gnueabi $tree/scripts/mod/modpost" there
	verdict "ARMv6: and says the same as on a PC" same "$work/modpost.native" "$work/modpost.there"
	run check --root "$root" --platform armel
	cp "$work/out" "$work/check.native"
	armv6_native=$run_status
	# shellcheck disable=SC2034 # verdict prints it
	run_line="check, by Java on an arm1176"
	run_status=0
	armv6 -L "$armv6_java" "$armv6_java/usr/lib/jvm/java-17-openjdk-armel/bin/java" -jar "$product.jar" \
		check --root "$root" --platform armel >"$work/out" 2>&1 || run_status=$?
	verdict "ARMv6: check exits there as on a PC, in armel's Java" exits "$armv6_native"
	verdict "ARMv6: and says the same" same "$work/check.native" "$work/out"
	verdict "ARMv6: it calls the tree usable" says "^PARTIAL +$release"
	rm -rf "$armv6_place"
}

armv6_fresh() {
	rm -rf "$root"
	cp -a "$cache/trees/$armv6_tree" "$root"
	release=$(release_of "$armv6_tree")
	tree=$root/usr/src/linux-headers-$release
}

# The control: programs for armhf are ARMv7, and die on this processor.
armv6_armhf() {
	armv6_fresh
	run repair --apply --needed-only --root "$root" --platform armhf
	verdict "ARMv6: the control is repaired for armhf" exits 0
	verdict "ARMv6: programs of armhf die there of an illegal instruction" armv6_dies scripts/basic/fixdep
}

armv6_dies() {
	armv6_status=0
	armv6 -L /usr/arm-linux-gnueabihf "$tree/$1" || armv6_status=$?
	[ "$armv6_status" = 132 ]
}

# A program that starts says what it wants, or reads nothing and ends.
armv6_starts() {
	armv6_status=0
	armv6 -L /usr/arm-linux-gnueabi "$tree/$1" || armv6_status=$?
	[ "$armv6_status" -le 1 ]
}
