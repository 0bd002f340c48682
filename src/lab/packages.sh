# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# ---------------------------------------------------------------- tools

# The other machine whose programs make a tree foreign here.
case $native in
arm64) foreign=amd64 ;;
*) foreign=arm64 ;;
esac

# gnu_type ARCH: the prefix of its cross compiler.
gnu_type() {
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	armhf | arm) echo arm-linux-gnueabihf ;;
	armel) echo arm-linux-gnueabi ;;
	s390x) echo s390x-linux-gnu ;;
	*) die "no compiler known for $1" ;;
	esac
}

# compiler ARCH: the compiler of that architecture on this machine.
compiler() {
	if [ "$1" = "$native" ]; then
		echo gcc
	else
		echo "$(gnu_type "$1")-gcc"
	fi
}

tools="gcc make libc6-dev flex bison bc kmod xz-utils libssl-dev libelf-dev libdw-dev zlib1g-dev binutils perl qemu-user mmdebstrap apt-utils lintian"

cross_tools() {
	for cross_arch in amd64 arm64 armhf armel s390x; do
		[ "$cross_arch" = "$native" ] || echo "gcc-$(gnu_type $cross_arch | tr _ -) libc6-dev-$cross_arch-cross"
	done
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# What boards need beyond that: whole machines, and what makes disks and
# kernels of them.
board_tools="qemu-system-arm qemu-utils e2fsprogs cpio pahole dpkg-dev rsync"

install_tools() {
	need_root install-tools
	# shellcheck disable=SC2046,SC2086 # lists of package names
	install_missing $tools $fault_tools $power_tools $(cross_tools)
}

install_board_tools() {
	need_root install-board-tools
	# shellcheck disable=SC2046,SC2086 # lists of package names
	install_missing $tools $(cross_tools) $board_tools
}

# install_missing PACKAGE...
install_missing() {
	missing=
	for tool in "$@"; do
		installed "$tool" || missing="$missing $tool"
	done
	if [ -z "$missing" ]; then
		say "every tool is installed"
		return 0
	fi
	apt-get -qq update || say "apt-get update failed: trying with what is known"
	wanted=
	for tool in $missing; do
		if apt-cache show "$tool" >/dev/null 2>&1; then
			wanted="$wanted $tool"
		else
			skipped "$tool: this machine's apt does not know it"
		fi
	done
	[ -n "$wanted" ] || return 0
	say "installing$wanted"
	# shellcheck disable=SC2086 # a list of package names
	DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends install $wanted >"$(log_file install-tools)" 2>&1 || {
		tail -n 20 "$(log_file install-tools)" >&2
		die "apt-get could not install$wanted"
	}
}

log_file() {
	mkdir -p "$cache/log"
	echo "$cache/log/$1.log"
}

# ---------------------------------------------------------------- packages

# Packages are fetched with apt states of the lab's own, one for each Debian
# release and architecture: the machine's sources, package lists and
# architectures stay as they are. Mirror, proxy and keys are the machine's.
# One state for all architectures would lose them all when one list cannot be
# had, as happens while a mirror is being synchronized.

# archive_of main|security: the address from which this machine gets Debian.
archive_of() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Identifier: Packages' 'Origin: Debian' |
		case $1 in
		main) awk '$2 !~ /-/ { print $1; exit }' ;;
		security) awk '$2 ~ /-security$/ { print $1; exit }' ;;
		esac
}

# apt_of STATE COMMAND ARGUMENT...: apt as a machine of that release and
# architecture would run it. STATE is SUITE/ARCH.
apt_of() {
	apt_state=$cache/apt/$1
	apt_arch=${1#*/}
	apt_command=$2
	shift 2
	"$apt_command" \
		-o Dir::State="$apt_state" \
		-o Dir::State::status="$apt_state/status" \
		-o Dir::Cache="$apt_state/cache" \
		-o Dir::Etc::sourcelist="$apt_state/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Architecture="$apt_arch" \
		-o APT::Architectures::="$apt_arch" \
		-o APT::Sandbox::User=root \
		-o Acquire::Retries=2 \
		"$@"
}

# write_sources FILE SUITE [OPTIONS]: a sources.list by which this machine gets
# that release.
write_sources() {
	sources_main=$(archive_of main)
	if [ -z "$sources_main" ]; then
		# A machine without package lists does not know whose its sources are.
		apt-get -qq update || :
		sources_main=$(archive_of main)
	fi
	[ -n "$sources_main" ] || {
		skipped "$2: this machine's apt has no Debian archive"
		return 1
	}
	sources_security=$(archive_of security)
	{
		echo "deb ${3:+[$3] }$sources_main $2 main"
		[ -z "$sources_security" ] || echo "deb ${3:+[$3] }$sources_security $2-security main"
	} >"$1"
}

# apt_update STATE: makes its package lists known.
apt_update() {
	state_dir=$cache/apt/$1
	state_suite=${1%/*}
	state_key=/usr/share/keyrings/debian-archive-keyring.gpg
	state_options="arch=${1#*/}"
	[ ! -f "$state_key" ] || state_options="$state_options signed-by=$state_key"
	mkdir -p "$state_dir/lists/partial" "$state_dir/cache/archives/partial"
	: >"$state_dir/status"
	write_sources "$state_dir/sources.list" "$state_suite" "$state_options" || return 1
	apt_of "$1" apt-get -qq update >"$(log_file "apt-$state_suite")" 2>&1 ||
		say "some package lists of $1 could not be had: $(grep -m 1 '^[EW]:' "$(log_file "apt-$state_suite")")"
}

# apt_known STATE: the package lists are there, from whatever day.
apt_known() {
	[ -f "$cache/apt/$1/sources.list" ] || apt_update "$1"
}

# package STATE NAME: fetches it once; its file is then in $package.
package() {
	package_dir=$cache/debs/$1/$2
	if [ ! -d "$package_dir" ]; then
		package_tmp=$(scratch deb)
		apt_known "$1" || return 1
		download "$1" "$2" "$package_tmp" || {
			# Lists older than the archive name versions that are gone.
			apt_update "$1" && download "$1" "$2" "$package_tmp"
		} || {
			skipped "$2 of $1: $(grep -m 1 '^E:' "$(log_file download)")"
			return 1
		}
		mkdir -p "$cache/debs/$1"
		mv "$package_tmp" "$package_dir"
	fi
	package=$(echo "$package_dir"/*.deb)
	[ -f "$package" ]
}

download() (
	cd "$3" && apt_of "$1" apt-get -q download "$2" >"$(log_file download)" 2>&1
)
