# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# A mirror is a tree whose host programs and stale objects are foreign on this
# machine: built once more, by the commands that kbuild itself has noted in
# the .cmd files, with another machine's compiler. So a repair can be tried
# here, with this machine's own compiler, without an emulator.
#
# On amd64 the other machine is arm64, and an arm64 kernel's own objects and
# the stale host objects are then of one machine. That is meant: a tool that
# looks at the machine alone would take scripts/mod/empty.o away.

make_mirrors() {
	need_root mirror
	mirror_names=$(checked_names "$@")
	lock_cache
	for mirror_name in $mirror_names; do
		mirror "$mirror_name" || skipped "mirror $mirror_name"
	done
}

mirror() {
	made "$cache/mirrors/$1" && return 0
	tree "$1" || return 1
	mirror_build=$(kernel_of "$1")-$(arch_of "$1")
	mirror_programs "$mirror_build" || return 1
	timed "mirror $1" mirror_tree "$1" "$mirror_build" || return 1
	say "mirror $1: $cache/mirrors/$1"
}

# mirror_programs BUILD: the scripts directory of that build, made anew for
# the other machine, beside the build.
mirror_programs() {
	made "$cache/build/$1-$foreign" && return 0
	mirror_cc=$(compiler "$foreign")
	command -v "$mirror_cc" >/dev/null || {
		skipped "programs foreign on $native: $mirror_cc is not installed (lab install-tools)"
		return 1
	}
	foreign_sysroot || return 1
	mirror_tmp=$(scratch mirror)
	# All that the commands read is where they expect it; what they write is
	# a copy. kbuild's objects for host programs lie in scripts only, as far
	# as a header tree has them.
	for mirror_entry in "$cache/build/$1"/*; do
		case ${mirror_entry##*/} in
		scripts) cp -a "$mirror_entry" "$mirror_tmp/scripts" ;;
		*) ln -s "$mirror_entry" "$mirror_tmp/" ;;
		esac
	done
	timed "programs of $1 for $foreign" mirror_replay "$mirror_tmp" >"$(log_file "mirror-$1")" 2>&1 || {
		tail -n 30 "$(log_file "mirror-$1")" >&2
		return 1
	}
	keep "$mirror_tmp" "$cache/build/$1-$foreign"
}

# Headers and libraries of the other machine for the programs that take one:
# sign-file wants libcrypto. They are unpacked in the cache, since to install
# them the machine's dpkg would have to know another architecture.
foreign_sysroot() {
	sysroot=$cache/sysroot/$foreign
	made "$sysroot" && return 0
	sysroot_tmp=$(scratch sysroot)
	for sysroot_package in libssl-dev libssl3 libdw-dev libdw1 libelf-dev libelf1 zlib1g-dev zlib1g; do
		if package "bookworm/$foreign" "$sysroot_package"; then
			dpkg-deb -x "$package" "$sysroot_tmp" || return 1
		fi
	done
	keep "$sysroot_tmp" "$sysroot"
}

mirror_replay() (
	cd "$1" || exit 1
	mirror_commands=$(mktemp -d) || exit 1
	trap 'rm -rf "$mirror_commands"' EXIT
	# Objects first, then the programs that are linked from them.
	find scripts -name '.*.cmd' -type f | sort >"$mirror_commands/cmd"
	while read -r cmd; do
		# cmd_PATH := gcc ... since 3.x, savedcmd_PATH since 6.3. In make's
		# spelling $ is $$ and # is \#.
		line=$(sed -n -E 's/^(saved)?cmd_[^ ]* := (gcc |g\+\+ )/\2/p' "$cmd" | head -n 1 | sed -e 's/\$\$/$/g' -e 's/\\#/#/g')
		[ -n "$line" ] || continue
		target=${cmd%.cmd}
		target=${target%/*}/${target##*/.}
		[ -f "$target" ] || continue
		case $target in
		*.o) echo "$target" >>"$mirror_commands/objects" ;;
		*) echo "$target" >>"$mirror_commands/programs" ;;
		esac
		mkdir -p "$mirror_commands/${target%/*}"
		cat >"$mirror_commands/$target.sh" <<-SH
			gcc() { $mirror_cc -idirafter '$sysroot/usr/include' -I '$sysroot/usr/include/$(gnu_type "$foreign")' "\$@" -L '$sysroot/usr/lib/$(gnu_type "$foreign")'; }
			touch -r '$target' '$mirror_commands/$target.time'
			rm -f '$target'
			$line || {
				# Without the library it is still a program of the other
				# machine, and nothing here could run it anyway.
				gcc() { $mirror_cc -idirafter /usr/include -idirafter '/usr/include/$(gnu_type "$native")' "\$@" -Wl,--unresolved-symbols=ignore-all; }
				$(echo "$line" | sed 's/ -l[a-z]*//g')
			} || exit 255
			touch -r '$mirror_commands/$target.time' '$target'
			rm -f '${cmd%.cmd}.d'
		SH
	done <"$mirror_commands/cmd"
	for kind in objects programs; do
		[ -s "$mirror_commands/$kind" ] || exit 1
		xargs -P "$jobs" -I '{}' sh "$mirror_commands/{}.sh" <"$mirror_commands/$kind" || exit 1
	done
)

# mirror_elf: what this machine's compiler made for itself. scripts/mod/empty.o
# is the kernel's, which may be of this machine too.
mirror_elf() {
	native_elf scripts | grep -vx scripts/mod/empty.o || :
}

# mirror_tree NAME BUILD: a copy of the tree with the other machine's files in
# place of this machine's. The names come from the tree, not from the build:
# layouts differ in what they take along.
mirror_tree() {
	mirror_copy=$(scratch mirror)
	cp -a "$cache/trees/$1/." "$mirror_copy/"
	(
		cd "$mirror_copy/usr/src/linux-headers-$(release_of "$1")" || exit 1
		touch -r scripts "$mirror_copy.times" || exit 1
		mirror_elf | while read -r elf; do
			other=$cache/build/$2-$foreign/$elf
			[ -f "$other" ] || {
				echo "no $elf for the other machine"
				exit 1
			}
			directory=${elf%/*}
			touch -r "$directory" "$mirror_copy.times"
			touch -r "$elf" "$mirror_copy.time"
			mode=$(stat -c %a "$elf")
			rm "$elf" && cp "$other" "$elf" && chmod "$mode" "$elf" || exit 1
			touch -r "$mirror_copy.time" "$elf"
			touch -r "$mirror_copy.times" "$directory"
		done || exit 1
		rm -f "$mirror_copy.times" "$mirror_copy.time"
		[ -z "$(mirror_elf)" ]
	) >"$(log_file "mirror-tree-$1")" 2>&1 || {
		cat "$(log_file "mirror-tree-$1")" >&2
		return 1
	}
	keep "$mirror_copy" "$cache/mirrors/$1"
}
