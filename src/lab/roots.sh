# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, recipe and work are set by lab

# Root directories of whole Debian systems, in which packages are installed with
# the real apt, dpkg and dkms. Each release is made once and kept unpacked in the
# cache; a test works on an overlay of it, which is thrown away.

root_suites="bookworm trixie"

# What a board with DKMS has: a JVM, dkms, a compiler. busybox is there as a
# second shell; logrotate reads what the package gives it.
root_packages="default-jre-headless dkms gcc libc6-dev make kmod xz-utils busybox logrotate"

make_roots() {
	need_root root
	lock_cache
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $root_suites
	for root_suite in "$@"; do
		make_root "$root_suite" || skipped "a root directory of $root_suite"
	done
}

# make_root SUITE: the system of that release, in $cache/roots/SUITE.
make_root() {
	made "$cache/roots/$1" && return 0
	command -v mmdebstrap >/dev/null || {
		skipped "a root directory of $1: no mmdebstrap"
		return 1
	}
	timed "root directory of $1" bootstrap "$1" || return 1
	say "root directory of $1: $cache/roots/$1"
}

bootstrap() {
	bootstrap_tmp=$(scratch root)
	chmod 755 "$bootstrap_tmp"
	write_sources "$bootstrap_tmp.list" "$1" || return 1
	# How this machine reaches the archive holds in there too.
	apt-config dump | grep -E '^Acquire::(https?::([^ ]*::)?Proxy|Check-)' >"$bootstrap_tmp.conf" || :
	# shellcheck disable=SC2086 # a list of names
	mmdebstrap --mode=root --variant=minbase --architectures="$native" --aptopt="$bootstrap_tmp.conf" \
		--include="$(echo $root_packages | tr ' ' ,)" \
		"$1" "$bootstrap_tmp" "$bootstrap_tmp.list" >"$(log_file "root-$1")" 2>&1 || {
		tail -n 20 "$(log_file "root-$1")" >&2
		return 1
	}
	keep "$bootstrap_tmp" "$cache/roots/$1"
}

# can_use_roots: overlays and namespaces are to be had, as they are not in every
# container.
can_use_roots() {
	mkdir -p "$work/can/lower" "$work/can/layer" "$work/can/root"
	unshare --mount --pid --net --fork sh -ec "
		mount -t tmpfs hdrfix-lab '$work/can/layer'
		mkdir '$work/can/layer/upper' '$work/can/layer/work'
		mount -t overlay -o 'lowerdir=$work/can/lower,upperdir=$work/can/layer/upper,workdir=$work/can/layer/work' \
			hdrfix-lab '$work/can/root'" 2>/dev/null
}

# open_root SUITE LAYER...: a fresh system of that release in $system, until
# close_root, on layers that prepare has made. All that is written in it goes to
# memory.
open_root() {
	close_root
	system=$work/system/root
	open_lower=$cache/roots/$1
	shift
	for open_layer in "$@"; do
		open_lower=$work/layers/$open_layer:$open_lower
	done
	mkdir -p "$work/system/layer" "$system"
	mount -t tmpfs -o mode=755 hdrfix-lab "$work/system/layer"
	mkdir "$work/system/layer/upper" "$work/system/layer/work"
	mount -t overlay -o "lowerdir=$open_lower,upperdir=$work/system/layer/upper,workdir=$work/system/layer/work" \
		hdrfix-lab "$system"
}

close_root() {
	for close_mount in root layer; do
		while mountpoint -q "$work/system/$close_mount"; do
			umount "$work/system/$close_mount" || umount -l "$work/system/$close_mount"
		done
	done
}

# in_root COMMAND...: runs it in $system as a machine of its own would: no
# network, no process of ours in sight, a clean environment, no terminal but
# those that apt opens itself.
in_root() {
	unshare --mount --pid --net --ipc --uts --fork --kill-child --mount-proc="$system/proc" \
		sh -c 'mount -t devpts -o newinstance,ptmxmode=0666 hdrfix-lab "$0/dev/pts" && exec chroot "$0" "$@"' "$system" \
		/usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}
