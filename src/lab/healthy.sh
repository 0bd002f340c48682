# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# Debian's own header packages, unpacked: nothing is wrong with them, and
# nothing may be found. Each root has the libraries that the programs of
# linux-kbuild want, so that it can be judged as a system.

# The header package of each kernel and architecture, by the name that always
# depends on the newest one.
healthy_names="6.1-amd64 6.1-arm64 6.1-armhf 6.12-amd64 6.12-arm64 6.12-armhf"

newest_headers() {
	case $1 in
	6.1-armhf) echo linux-headers-armmp ;;
	6.1-*) echo "linux-headers-${1#*-}" ;;
	*-armhf) echo "linux-headers-${1%-*}-armmp" ;;
	*) echo "linux-headers-$1" ;;
	esac
}

make_healthy() {
	need_root healthy
	lock_cache
	# shellcheck disable=SC2086 # a list of names
	[ $# -gt 0 ] || set -- $healthy_names
	for healthy_name in "$@"; do
		healthy "$healthy_name" || skipped "healthy packages $healthy_name"
	done
}

healthy() {
	made "$cache/healthy/$1" && return 0
	timed "healthy packages $1" healthy_unpack "$1" || return 1
	say "healthy packages $1: $cache/healthy/$1"
}

# depends_of STATE PACKAGE PATTERN: the packages it depends on that match.
depends_of() {
	apt_of "$1" apt-cache depends --no-recommends --no-suggests "$2" 2>/dev/null |
		sed -n 's/^  Depends: \([a-z0-9][^ ]*\)$/\1/p' | grep -E "$3" || :
}

healthy_unpack() {
	healthy_state=bookworm/${1#*-}
	apt_known "$healthy_state" || return 1
	headers=$(depends_of "$healthy_state" "$(newest_headers "$1")" '^linux-headers-')
	[ -n "$headers" ] || {
		skipped "$(newest_headers "$1") of $healthy_state: not to be had"
		return 1
	}
	parts=$(depends_of "$healthy_state" "$headers" '^linux-(headers|kbuild)-')
	libraries=
	for part in $parts; do
		libraries="$libraries $(depends_of "$healthy_state" "$part" '^(lib|zlib)')"
	done
	healthy_tmp=$(scratch healthy)
	# shellcheck disable=SC2086 # lists of package names. zlib1g is what libelf1 wants.
	for part in $headers $parts $(printf '%s\n' $libraries zlib1g | sort -u); do
		package "$healthy_state" "$part" && dpkg-deb -x "$package" "$healthy_tmp" || return 1
	done
	keep "$healthy_tmp" "$cache/healthy/$1"
}
