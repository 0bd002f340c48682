# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, jobs, work and package are set by lab

# A Pi owner's day on whole ARM systems: a header package that was cross-built
# here is installed on a board, a module fails, hdrfix repairs, the module
# builds, loads and greets. QEMU stands in for the boards; kernel, dpkg, JVM
# and compiler are Debian's own for that machine, and run on it.
#
# What runs on the board lies in board/; here is what makes its disks, starts
# it and reads its serial log.

# The boards, in the order of what they are worth.
boards="arm64 arm64-package armhf mixed arm64-16k arm64-512m armhf-256m small armel"

# Each step of a board says within this many seconds what came of it, or QEMU
# is ended: a board under emulation may hang.
board_limit=5400

# board_settings NAME: what the board is.
#   board_arch      its userland, as dpkg calls it
#   board_karch     its kernel's, as dpkg calls it
#   board_kernel    SERIES-FLAVOUR of Debian's stock kernel, or "small"
#   board_layout    how its header package is laid out
#   board_memory    MiB
#   board_programme what is played on it, see board/
#   board_system    its root file system: its userland's, or "arm64-dkms"
#   board_fewer     not empty: its memory has no room for a compiler on each processor
board_settings() {
	board_name=$1
	board_arch=arm64
	board_kernel=6.1-arm64
	board_layout=builddeb
	board_memory=1024
	board_programme=story
	board_system=
	board_fewer=
	case $1 in
	arm64) ;;
	arm64-package) board_programme=package board_system=arm64-dkms ;;
	armhf) board_arch=armhf board_kernel=6.1-armmp ;;
	mixed) board_arch=armhf ;;
	arm64-16k) board_kernel=6.12-arm64-16k board_layout=extmod ;;
	# A Pi Zero 2 W and a Pi 3 A+ have four processors for it.
	arm64-512m) board_layout=extmod board_memory=512 board_fewer=yes ;;
	armhf-256m) board_arch=armhf board_kernel=6.1-armmp board_layout=extmod board_memory=256 ;;
	small) board_kernel=small board_memory=512 ;;
	*) die "no board $1: there are $boards" ;;
	esac
	case $board_kernel in
	*-armmp) board_karch=armhf ;;
	*) board_karch=arm64 ;;
	esac
	case $board_karch in
	# Two processors under TCG make a 32-bit ARM ten times slower than one.
	armhf) board_qemu="qemu-system-arm -M virt -cpu cortex-a15 -smp 1" ;;
	*) board_qemu="qemu-system-aarch64 -M virt -cpu cortex-a72 -smp 2 -accel tcg,thread=multi" ;;
	esac
	# A Pi 5's processor: QEMU's cortex-a72 has no 16 KiB pages.
	case $board_name in
	arm64-16k) board_qemu="qemu-system-aarch64 -M virt -cpu cortex-a76 -smp 2 -accel tcg,thread=multi" ;;
	arm64-512m) board_qemu="qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 4 -accel tcg,thread=multi" ;;
	esac
	board_system=${board_system:-$board_arch}
}

# The lab's apt states of a board.
board_state() { echo "bookworm/$1"; }

# ---------------------------------------------------------------- root file systems

# What a board has installed: a Raspberry Pi OS Lite, less what nobody asks.
board_packages="base-files base-passwd bash coreutils dash debianutils diffutils dpkg findutils grep gzip hostname \
init-system-helpers kmod libc-bin login mawk mount ncurses-base passwd perl-base sed sysvinit-utils tar util-linux xz-utils \
gcc libc6-dev make time openjdk-17-jre-headless"

# What a 32-bit system installs to compile for its 64-bit kernel. Debian has
# no such cross compiler for armhf, but the kernel runs arm64's own.
board_cross_packages="gcc-12 libc6"

# What a system has that builds its modules with DKMS.
board_dkms_packages="apt dkms"

# board_root SYSTEM: the root file system, in $board_root, with all that apt
# would install, and with dpkg's own records of it. Nothing foreign is run:
# what maintainer scripts would have done is done here; dkms's has nothing to do
# in a new system, and apt's makes a user, which the board does.
board_root() {
	board_root=$cache/boards/root-$1.ext4
	made_file "$board_root" && return 0
	root_packages_of=$board_packages
	[ "$1" = "${1%-dkms}" ] || root_packages_of="$board_packages $board_dkms_packages"
	timed "root file system of $1" board_root_make "${1%-dkms}" "$root_packages_of" >"$(log_file "board-root-$1")" 2>&1 || {
		tail -n 20 "$(log_file "board-root-$1")" >&2
		return 1
	}
	say "root file system of $1: $board_root"
}

# board_root_make ARCH PACKAGES: makes $board_root.
board_root_make() {
	root_tmp=$(scratch board)
	root=$root_tmp/root
	mkdir -p "$root"
	for root_directory in bin sbin lib; do
		mkdir -p "$root/usr/$root_directory"
		ln -s "usr/$root_directory" "$root/$root_directory"
	done
	mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/lab" "$root/mnt" "$root/root" \
		"$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
	chmod 1777 "$root/tmp"
	# The foreign compiler first: the links without a machine's name are then
	# the system's own.
	if [ "$1" = armhf ]; then
		root_debs arm64 "$board_cross_packages" || return 1
		for root_deb in "$root_archives"/*.deb; do
			root_extract "$root_deb" || return 1
		done
		ln -sfn aarch64-linux-gnu-gcc-12 "$root/usr/bin/aarch64-linux-gnu-gcc"
		# Where a compiler that is not the system's own looks for its assembler.
		mkdir -p "$root/usr/aarch64-linux-gnu/bin"
		for root_tool in as ld nm objcopy; do
			ln -s "../../bin/aarch64-linux-gnu-$root_tool" "$root/usr/aarch64-linux-gnu/bin/$root_tool"
		done
		[ -e "$root/lib/ld-linux-aarch64.so.1" ] || return 1
	fi
	root_debs "$1" "$2" || return 1
	for root_deb in "$root_archives"/*.deb; do
		root_extract "$root_deb" || return 1
		root_record "$root_deb" "$root/var/lib/dpkg" || return 1
	done
	# base-passwd, debianutils and the alternatives.
	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	ln -sfn dash "$root/usr/bin/sh"
	ln -sfn mawk "$root/usr/bin/awk"
	ln -sfn gcc "$root/usr/bin/cc"
	ln -sfn "/usr/lib/jvm/java-17-openjdk-$1/bin/java" "$root/usr/bin/java"
	echo board >"$root/etc/hostname"
	: >"$root/etc/fstab"
	echo "$1" >"$root/var/lib/dpkg/arch"
	# Not asked for on a board, and half of its size.
	rm -rf "$root/usr/share/doc" "$root/usr/share/locale" "$root/usr/share/man"
	mkdir -p "$root/usr/share/man/man1"
	truncate -s 1500M "$root_tmp/image"
	mke2fs -q -t ext4 -E lazy_itable_init=0,lazy_journal_init=0 -d "$root" "$root_tmp/image" || return 1
	keep_file "$root_tmp/image" "$board_root"
	rm -rf "$root_tmp"
}

# root_debs ARCH PACKAGES: the packages and what they depend on, in
# $root_archives.
root_debs() {
	apt_known "$(board_state "$1")" || return 1
	root_archives=$cache/apt/$(board_state "$1")/cache/archives
	# Only what this list needs: the directory is what is unpacked.
	apt_of "$(board_state "$1")" apt-get clean
	# shellcheck disable=SC2086 # a list of package names
	apt_of "$(board_state "$1")" apt-get -y -q --no-install-recommends --download-only install $2 || {
		apt_update "$(board_state "$1")"
		# shellcheck disable=SC2086
		apt_of "$(board_state "$1")" apt-get -y -q --no-install-recommends --download-only install $2
	}
}

# Not dpkg-deb -x: it would put a directory in place of the /lib link.
root_extract() {
	dpkg-deb --fsys-tarfile "$1" | tar -x -p -C "$root" --keep-directory-symlink
}

# root_record DEB ADMINDIR: what dpkg would remember of the package.
root_record() {
	record_name=$(dpkg-deb -f "$1" Package)
	[ "$(dpkg-deb -f "$1" Multi-Arch)" != same ] || record_name=$record_name:$(dpkg-deb -f "$1" Architecture)
	{
		dpkg-deb -f "$1" | sed '1a Status: install ok installed'
		echo
	} >>"$2/status"
	dpkg-deb --fsys-tarfile "$1" | tar -t | sed -e 's,^\./,/,' -e 's,\(.\)/$,\1,' -e 's,^/$,/.,' >"$2/info/$record_name.list"
}

# Images are files, and stamped as directories are.
made_file() {
	[ -f "$1" ] && [ "$(cat "$1.recipe" 2>/dev/null)" = "$recipe" ]
}

keep_file() {
	mkdir -p "$(dirname "$2")"
	rm -f "$2.recipe"
	mv "$1" "$2"
	printf '%s\n' "$recipe" >"$2.recipe"
}

# ---------------------------------------------------------------- kernels

# board_kernel: the kernel of the board, in $board_boot: vmlinuz, initrd,
# modules/ and release.
board_kernel() {
	board_boot=$cache/boards/kernel-$board_kernel
	made "$board_boot" && return 0
	board_how=board_kernel_make
	[ "$board_kernel" != small ] || board_how=board_small_make
	timed "kernel $board_kernel" "$board_how" >"$(log_file "board-kernel-$board_kernel")" 2>&1 || {
		tail -n 20 "$(log_file "board-kernel-$board_kernel")" >&2
		return 1
	}
	say "kernel $board_kernel: $board_boot"
}

# kernel_headers: the name of Debian's header package of the newest kernel of
# that series and flavour.
kernel_headers() {
	case $board_kernel in
	6.1-*) kernel_newest=linux-headers-${board_kernel#*-} ;;
	*) kernel_newest=linux-headers-$board_kernel ;;
	esac
	apt_known "$(board_state "$board_karch")" || return 1
	depends_of "$(board_state "$board_karch")" "$kernel_newest" '^linux-headers-'
}

board_kernel_make() {
	kernel_tmp=$(scratch kernel)
	kernel_release=$(kernel_headers)
	kernel_release=${kernel_release#linux-headers-}
	[ -n "$kernel_release" ] || return 1
	# From 6.12 on the signed image is built from the unsigned one: either is the kernel.
	package "$(board_state "$board_karch")" "linux-image-$kernel_release" || return 1
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$kernel_tmp" || return 1
	echo "$kernel_release" >"$kernel_tmp/release"
	dpkg-deb -f "$package" Version >"$kernel_tmp/version"
	kernel_keep "$kernel_tmp" "$kernel_release"
}

# kernel_keep DIRECTORY RELEASE: the unpacked image package becomes what boards
# are started with.
kernel_keep() {
	mv "$1/boot/vmlinuz-$2" "$1/vmlinuz"
	kernel_modules "$1" "$2" || return 1
	kernel_initrd "$1" "$2" || return 1
	rm -rf "${1:?}/lib" "${1:?}/usr"
	keep "$1" "$cache/boards/kernel-$board_kernel"
}

# A kernel of the lab's own configuration, packaged by its own bindeb-pkg: the
# image package and the header package are what a vendor would have. Kernel
# sources but for large drivers that it has not.
board_small_make() {
	small_tmp=$(scratch small)
	mkdir "$small_tmp/linux" "$small_tmp/image"
	package "$(suite_of 6.1)/$native" linux-source-6.1 || return 1
	dpkg-deb --fsys-tarfile "$package" | tar -x -O ./usr/src/linux-source-6.1.tar.xz >"$small_tmp/linux.tar.xz" || return 1
	tar -x -I 'xz -T0' -C "$small_tmp/linux" --strip-components=1 --no-same-owner \
		--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/Documentation/*.txt' \
		--exclude='*.dts' --exclude='*.dtsi' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' \
		--exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/net/*/*.c' --exclude='*/sound/*.c' \
		--exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/media/*.c' --exclude='*/drivers/scsi/*.c' \
		-f "$small_tmp/linux.tar.xz" || return 1
	small_build "$small_tmp/linux" || return 1
	for small_deb in "$small_tmp"/linux-image-*_1-lab_arm64.deb; do
		case $small_deb in
		*-dbg_*) ;;
		*) dpkg-deb --fsys-tarfile "$small_deb" | tar -x -C "$small_tmp/image" || return 1 ;;
		esac
	done
	small_release=$(cat "$small_tmp/linux/include/config/kernel.release")
	echo "$small_release" >"$small_tmp/image/release"
	echo 1-lab >"$small_tmp/image/version"
	kernel_keep "$small_tmp/image" "$small_release" || return 1
	keep_file "$small_tmp/linux-headers-${small_release}_1-lab_arm64.deb" "$cache/boards/headers-small-$board_layout.deb"
	rm -rf "$small_tmp"
}

small_build() (
	cd "$1" || exit 1
	small_make() {
		make -j "$jobs" ARCH=arm64 CROSS_COMPILE="$(gnu_type arm64)-" LOCALVERSION=-lab-small RUSTC=none BINDGEN=none \
			KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=lab KDEB_PKGVERSION=1-lab KDEB_COMPRESS=gzip DPKG_FLAGS=-d "$1" </dev/null
	}
	small_make allnoconfig || exit 1
	cat "$here/board/small.config" >>.config
	small_make olddefconfig || exit 1
	grep '^CONFIG_' "$here/board/small.config" | while read -r small_option; do
		grep -qx "$small_option" .config || {
			echo "$small_option did not stay"
			exit 1
		}
	done || exit 1
	! grep -qE '^CONFIG_(NAMESPACES|OVERLAY_FS)=' .config || exit 1
	small_make bindeb-pkg
)

# kernel_modules DIRECTORY RELEASE: the modules that a board needs, and some
# for hdrfix to compare with; the others are most of the package.
kernel_modules() {
	modules_from=$1/lib/modules/$2
	modules_to=$1/modules/lib/modules/$2
	mkdir -p "$modules_to"
	(
		cd "$modules_from" || exit 1
		cp modules.builtin modules.builtin.modinfo modules.order "$modules_to/" || exit 1
		find kernel -path '*/fs/ext4/*' -o -path '*/fs/jbd2/*' -o -path '*/fs/mbcache.*' -o -path '*/fs/overlayfs/*' \
			-o -path '*/drivers/virtio/*' -o -path '*/block/virtio_blk.*' -o -path '*/crypto/crc32c*' \
			-o -path '*/lib/crc*' -o -path '*/lib/libcrc*' -o -path '*/fs/nls/*' -o -path '*/kernel/lib/*' >"$1/modules.list"
		cpio -pdm --quiet "$modules_to" <"$1/modules.list"
	) || return 1
	rm -f "$1/modules.list"
	mkdir -p "$1/modules/boot"
	cp "$1/boot/config-$2" "$1/modules/boot/"
	depmod -b "$1/modules" "$2"
}

# kernel_initrd DIRECTORY RELEASE: busybox and the modules; board_start adds the
# first program.
kernel_initrd() {
	initrd=$1/initrd.tmp
	mkdir -p "$initrd/bin" "$initrd/dev" "$initrd/proc" "$initrd/sys" "$initrd/root" "$initrd/lib"
	package "$(board_state "$board_karch")" busybox-static || return 1
	dpkg-deb --fsys-tarfile "$package" | tar -x -O ./bin/busybox >"$initrd/bin/busybox" || return 1
	chmod 755 "$initrd/bin/busybox"
	cp -a "$1/modules/lib/modules" "$initrd/lib/"
	(cd "$initrd" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >"$1/initrd" || return 1
	rm -rf "$initrd"
}

# ---------------------------------------------------------------- headers

# board_headers: the header package of the board's kernel, as a PC builds it,
# in $board_headers. The kernel is Debian's and is not compiled: the tree gets
# its configuration, its symbol versions and its release.
board_headers() {
	board_headers=$cache/boards/headers-$board_kernel-$board_layout.deb
	made_file "$board_headers" && return 0
	# The small kernel's own packaging made it, with the kernel.
	[ "$board_kernel" != small ] || return 1
	board_tree || return 1
	timed "header package $board_kernel $board_layout" board_headers_make >"$(log_file "board-headers-$board_kernel")" 2>&1 || {
		tail -n 20 "$(log_file "board-headers-$board_kernel")" >&2
		return 1
	}
	say "header package of $board_kernel, $board_layout: $board_headers"
}

# kbuild's name of the kernel's architecture.
board_kbuild_arch() {
	case $board_karch in
	armhf) echo arm ;;
	*) echo "$board_karch" ;;
	esac
}

# board_tree: the kernel's sources, configured as the stock kernel, with the
# host programs of this machine.
board_tree() {
	board_tree=$cache/boards/build/$board_kernel
	made "$board_tree" && return 0
	say "building host programs of $board_kernel"
	tree_tmp=$(scratch build)
	timed "tree of $board_kernel" board_tree_make "$tree_tmp" >"$(log_file "board-tree-$board_kernel")" 2>&1 || {
		tail -n 20 "$(log_file "board-tree-$board_kernel")" >&2
		return 1
	}
	keep "$tree_tmp" "$board_tree"
}

board_tree_make() {
	command -v pahole >/dev/null || {
		# Without it kconfig drops BTF, and with it a part of struct module.
		skipped "kernel $board_kernel: no pahole"
		return 1
	}
	tree_headers=$(kernel_headers)
	tree_stock=$(scratch stock)
	package "$(board_state "$board_karch")" "$tree_headers" && dpkg-deb -x "$package" "$tree_stock" || return 1
	tree_stock=$tree_stock/usr/src/$tree_headers
	# The sources of that very version: an armhf kernel may be older than the newest.
	unpack "${board_kernel%%-*}" "$1" '' "$(dpkg-deb -f "$package" Version)" || return 1
	(
		cd "$1" || exit 1
		cp "$tree_stock/.config" .config || exit 1
		for tree_step in olddefconfig modules_prepare; do
			make -j "$jobs" ARCH="$(board_kbuild_arch)" CROSS_COMPILE="$(gnu_type "$board_karch")-" \
				CROSS_COMPILE_COMPAT="$(gnu_type armhf)-" RUSTC=none BINDGEN=none \
				KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=lab "$tree_step" </dev/null || exit 1
		done
		# An option that did not stay would be a module that does not load.
		grep -v '^CONFIG_CC_VERSION_TEXT=' "$tree_stock/.config" >../stock.config
		grep -v '^CONFIG_CC_VERSION_TEXT=' .config | diff ../stock.config - || exit 1
		cp "$tree_stock/Module.symvers" Module.symvers || exit 1
		echo "${tree_headers#linux-headers-}" >include/config/kernel.release
		echo "#define UTS_RELEASE \"${tree_headers#linux-headers-}\"" >include/generated/utsrelease.h
	) || return 1
	rm -rf "${tree_stock%/usr/src/*}"
}

board_headers_make() {
	# shellcheck disable=SC2034 # the layouts choose the kernel's list by it
	lay_build=$board_tree
	headers_tmp=$(scratch headers)
	"lay_out_$board_layout" "$board_tree" "$(board_kbuild_arch)" "$headers_tmp/data" || return 1
	board_release=$(cat "$board_tree/include/config/kernel.release")
	mkdir -p "$headers_tmp/data/DEBIAN"
	# As builddeb writes it: no maintainer scripts at all.
	cat >"$headers_tmp/data/DEBIAN/control" <<-CONTROL
		Package: linux-headers-$board_release
		Version: 1-lab
		Architecture: $board_karch
		Maintainer: lab <lab@localhost>
		Section: kernel
		Priority: optional
		Description: Linux kernel headers for $board_release on $board_karch
		 Cross-built, with host programs for $native.
	CONTROL
	chown -R root:root "$headers_tmp/data"
	chmod -R go-w,a+rX,ug-s "$headers_tmp/data"
	dpkg-deb -Zgzip -z1 --build "$headers_tmp/data" "$headers_tmp/headers.deb" || return 1
	keep_file "$headers_tmp/headers.deb" "$board_headers"
	rm -rf "$headers_tmp"
}

# ---------------------------------------------------------------- playing

# board_disk FILE DIRECTORY: an ext4 image of the directory.
board_disk() {
	disk_size=$(du -sm "$2" | cut -f 1)
	rm -f "$1"
	truncate -s "$((disk_size + disk_size / 4 + 16))M" "$1"
	mke2fs -q -t ext4 -O ^has_journal -d "$2" "$1"
}

# board_files DIRECTORY: what the board finds in /lab.
board_files() {
	mkdir -p "$1"
	cp "$here"/board/* "$1/"
	# The kernel takes several archives one after the other.
	{
		(cd "$here/board" && echo init | cpio -o -H newc -R 0:0 --quiet)
		cat "$board_boot/initrd"
	} >"$work/initrd"
	cp -r "$here/module" "$1/module"
	[ "$board_programme" != package ] || board_dkms "$1/dkms.deb"
	cp -a "$board_boot/modules" "$1/modules"
	cp "$board_headers" "$1/headers.deb"
	files_deb=$(find "${product%/*}" -maxdepth 1 -name 'hdrfix*.deb' | sort | tail -n 1)
	files_kind=jar
	if [ -n "$files_deb" ]; then
		files_kind=deb
		cp "$files_deb" "$1/hdrfix.deb"
	fi
	cp "$product" "$product.jar" "$1/"
	files_make=
	[ "$board_arch" = "$board_karch" ] ||
		files_make="ARCH=$(board_kbuild_arch) CROSS_COMPILE=$(gnu_type "$board_karch")-"
	files_stage='overlayfs in private namespaces'
	files_namespaces=yes
	[ "$board_name" != small ] || files_stage='a copy' files_namespaces=no
	cat >"$1/settings" <<-SETTINGS
		release='$(cat "$board_boot/release")'
		package='linux-headers-$(cat "$board_boot/release")'
		package_arch='$board_karch'
		karch='$(board_kbuild_arch)'
		make_words='$files_make'
		hdrfix='$files_kind'
		stage='$files_stage'
		namespaces='$files_namespaces'
		fewer='$board_fewer'
		compare='${HDRFIX_COMPARE:-yes}'
	SETTINGS
}

# board_dkms FILE: the module of the story, as a package for DKMS.
board_dkms() {
	dkms_dir=$work/packages/lab-probe
	mkdir -p "$dkms_dir/usr/src/lab-probe-1.0"
	cp "$here"/module/* "$dkms_dir/usr/src/lab-probe-1.0/"
	dkms_package "$dkms_dir" lab-probe lab_probe "$1"
}

# board_start PROGRAMME LOG SYSTEM-IMAGE: runs the board until it resets, at
# most $board_limit seconds. The programmes are in $board_lab. EXTRA words go
# to QEMU.
board_start() {
	start_programme=$1
	start_log=$2
	start_system=$3
	shift 3
	# shellcheck disable=SC2086 # words of QEMU's
	${board_run:-timeout -k 10 $board_limit} $board_qemu -m "$board_memory" \
		-nographic -nodefaults -monitor none -no-reboot -serial "file:$start_log" \
		-kernel "$board_boot/vmlinuz" -initrd "${board_initrd:-$work/initrd}" \
		-drive "file=$start_system,if=none,id=system,${board_drive:-cache=unsafe}" -device virtio-blk-device,drive=system \
		-drive "file=${board_lab:-$work/lab.ext4},format=raw,if=none,id=lab,readonly=on" -device virtio-blk-device,drive=lab \
		-append "console=ttyAMA0 quiet panic=-1 lab.time=$(date +%s) lab.run=$start_programme" "$@" </dev/null
}

# make_board NAME: all that the board needs is in the cache.
make_board() {
	if [ "$1" = armel ]; then
		make_armv6
		return
	fi
	board_settings "$1"
	board_root "$board_system" && board_kernel && board_headers
}

# board_overlay IMAGE: an image that holds what is written, and nothing of it is
# written to the root file system in the cache.
board_overlay() {
	rm -f "$1"
	qemu-img create -q -f qcow2 -F raw -b "$board_root" "$1"
}

# play_board NAME: the board's programme on it. Its verdicts are counted with the
# lab's, its figures go to the cache.
play_board() {
	board_files "$work/$1"
	board_disk "$work/lab.ext4" "$work/$1"
	board_overlay "$work/system.qcow2"
	play_log=$cache/boards/$1.log
	say "board $1: the serial log is $play_log"
	play_from=$(date +%s)
	play_status=0
	board_start "$board_programme" "$play_log" "$work/system.qcow2" || play_status=$?
	play_time=$(($(date +%s) - play_from))
	board_verdicts "$1" "$play_log" "$play_status"
	board_figures "$1" "$play_log" >"$cache/boards/$1.figures"
	rm -rf "${work:?}/$1" "$work/lab.ext4" "$work/system.qcow2"
}

# board_verdicts NAME LOG STATUS: the board's verdict lines become the lab's.
board_verdicts() {
	tr -d '\r' <"$2" | sed -n -E '/^LAB (not )?ok - /{s/^LAB (not )?ok - /&'"$1"': /;s/^LAB //;p}; /^# /p' >"$work/verdicts"
	cat "$work/verdicts"
	passed=$((passed + $(grep -c '^ok - ' "$work/verdicts" || :)))
	failed=$((failed + $(grep -c '^not ok - ' "$work/verdicts" || :)))
	# A board that stops in the middle has not played its story.
	# shellcheck disable=SC2034 # verdict prints it
	run_line="board $1, $play_time s" run_status=$3
	tail -n 30 "$2" >"$work/out"
	verdict "$1: the $board_programme was played to its end ($play_time s)" grep -q '^LAB end [1-9]' "$2"
}

board_figures() {
	tr -d '\r' <"$2" | sed -n 's/^LAB figure //p; s/^LAB end /verdict /p'
	echo "date $(date -u +%Y-%m-%d)"
	echo "story $play_time"
	echo "programme $board_programme"
	echo "kernel $(cat "$board_boot/version")"
	echo "layout $board_layout"
	echo "userland $board_arch"
	echo "qemu $(${board_qemu%% *} --version | sed -n 's/.*version \([^ ]*\).*/\1/p')"
}

play_boards() {
	find_product board
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $boards
	lock_cache
	boards_ready=
	for play_name in "$@"; do
		if make_board "$play_name"; then
			boards_ready="$boards_ready $play_name"
		fi
	done
	begin_tests
	for play_name in "$@"; do
		case " $boards_ready " in
		*" $play_name "*)
			# All of it is in the cache: this only says where.
			make_board "$play_name"
			case $play_name in
			armel) play_armv6 ;;
			*) play_board "$play_name" ;;
			esac
			;;
		*) leave_out "board $play_name" "it could not be made" ;;
		esac
	done
	board_table
	end_tests
}

# board_table: the figures of the boards that were played, for the README: the
# story, and the package path.
board_table() {
	echo "| board | kernel, headers | userland | pages | memory | story | check | repair --apply | bare make scripts | compilers at once | most memory in repair (of it the JVM) |"
	echo "|---|---|---|---|---|---|---|---|---|---|---|"
	board_rows story
	echo
	echo "| board | kernel, headers | memory | verdicts | apt install of the headers, no hdrfix | apt install of hdrfix after them | apt install, hooks | dpkg -i, hooks | repair --apply | dkms autoinstall |"
	echo "|---|---|---|---|---|---|---|---|---|---|"
	board_rows package
}

# board_rows PROGRAMME: the rows of the boards that play it.
board_rows() {
	for table_name in $boards; do
		[ ! -f "$cache/boards/$table_name.figures" ] || awk -v board="$table_name" -v programme="$1" '
			{ name = $1; sub(/^[^ ]* /, ""); of[name] = $0 }
			function has(name) { return name in of ? of[name] : "-" }
			function seconds(name) { return name in of ? of[name] " s" : "-" }
			END {
				if (("programme" in of ? of["programme"] : "story") != programme)
					exit
				kernel = has("release") ", " has("layout")
				verdict = "verdict" in of ? of["verdict"] : "not played to its end"
				if (programme == "package") {
					printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", board, kernel, has("memory"), verdict,
						seconds("apt-without"), seconds("hdrfix-after"), seconds("apt-hooks"), seconds("dpkg-hooks"),
						seconds("repair"), seconds("dkms-build")
				} else {
					by_hand = "not run"
					if ("make-scripts" in of)
						by_hand = of["make-scripts"] " s, status " of["make-scripts-status"] ", modpost " of["make-scripts-modpost"]
					memory = "-"
					if ("anonymous" in of)
						memory = sprintf("%d MiB (%d)", of["anonymous"] / 1024, of["java-anonymous"] / 1024)
					printf "| %s | %s | %s | %d KiB | %s | %s | %s | %s | %s | %s | %s |\n", board, kernel, has("userland"),
						of["pages"] / 1024, has("memory"), verdict, seconds("check"), seconds("repair"), by_hand, has("compilers"), memory
				}
				printf "%s %s: QEMU %s, kernel %s, Java %s, gcc %s, hdrfix from its %s, processor time of repair %s\n", board, has("date"),
					has("qemu"), has("kernel"), has("java"), has("gcc"), has("hdrfix"), has("repair-cpu") > "/dev/stderr"
			}' "$cache/boards/$table_name.figures"
	done
}
