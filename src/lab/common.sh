# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

say() {
	printf 'lab: %s\n' "$*" >&2
}

# What cannot be had on this machine is said and left out: the rest of the lab
# is still worth running.
skipped() {
	say "skipped: $*"
}

die() {
	say "$*"
	exit 1
}

need_root() {
	# Header trees belong to root, and apt-get installs only for root.
	[ "$(id -u)" = 0 ] || die "$1 needs root"
}

# timed WHAT COMMAND...: runs the command and notes how long it took.
timed() {
	timed_what=$1
	shift
	timed_from=$(date +%s)
	timed_status=0
	"$@" || timed_status=$?
	timed_time=$(($(date +%s) - timed_from))
	[ "$timed_status" = 0 ] || timed_what="$timed_what (failed)"
	printf '%5d s  %d cores  %s\n' "$timed_time" "$jobs" "$timed_what" >>"$cache/times"
	return "$timed_status"
}

# One lab at a time works in a cache: two would build the same tree twice and
# rename one into the other. Descriptor 9 holds the lock until the lab ends.
lock_cache() {
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock -n 9 || {
		say "waiting for another lab that works in $cache"
		flock -w 3600 9 || die "the other lab did not end within an hour"
	}
	# What a lab that was killed has left half done.
	rm -rf "$cache/tmp"
}

# made DIRECTORY: whether the cache holds it, made by this version of the lab.
# What is made is renamed into place when complete, so a directory that is
# there is whole; the stamp says which recipe made it.
made() {
	[ -d "$1" ] && [ "$(cat "$1.recipe" 2>/dev/null)" = "$recipe" ]
}

# keep SCRATCH DIRECTORY: the end of making something.
keep() {
	rm -rf "$2" "$2.recipe"
	mkdir -p "$(dirname "$2")"
	mv "$1" "$2"
	printf '%s\n' "$recipe" >"$2.recipe"
}

# Raise it when trees made by an older lab would not be the ones described
# here: they are made again then.
recipe=1

scratch() {
	mkdir -p "$cache/tmp"
	mktemp -d "$cache/tmp/$1.XXXXXX"
}

clean_cache() {
	[ -d "$cache" ] || return 0
	lock_cache
	# Only what the lab makes: HDRFIX_LAB may have been set to a directory
	# with other things in it.
	for clean_part in apt debs boards build trees mirrors healthy proof roots sysroot tmp times log lock; do
		rm -rf "${cache:?}/$clean_part"
	done
	rmdir "$cache" 2>/dev/null || say "$cache holds other things: left"
}
