# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # here, cache, work, product and the board_ settings are set by lab, and read there

# Power cuts on a whole system: QEMU is killed in the middle of repair --apply,
# of undo, and of the check that puts back what a cut has left. The disk is a
# qcow2 file in clusters of 4 KiB whose tables QEMU keeps in memory until the
# guest asks for a flush: killed, it forgets every cluster that was written for
# the first time since the last one. So what was not synced is lost, and of
# that, blocks that were written before are kept: no order is promised, as with
# a real card. Then the board is started again.
#
# A board takes minutes to come to where it is interesting. So it is played
# once, and its memory and its disk are kept at several moments (a migration to
# a file, and a copy of the image). A cut begins with one of these, on a disk
# of its own above the copy: what the board had not synced until then is on the
# copy, what it writes from then on is forgotten unless it is synced.

# How often the power is cut, if nobody says; and what is cut, in turns:
#   repair, undo  at any moment, the build included
#   install       repair --apply once the journal is there, while files are renamed
#   put-back      the same of undo
#   recover       the check that puts a half-done tree back
# The last three are short, and where most can go wrong.
cuts_number=5
cuts_kinds="install put-back recover repair undo install put-back"

# The naive repairs that must be seen to fail: one for so many cuts, and these
# many at least.
cuts_naive_share=7
cuts_naive_least=2

# How many boards run at a time.
cuts_jobs=2

# Seconds of the board between two snapshots while it builds.
cuts_apart=40

cuts_board=arm64-512m

# The tables of 2 GiB in clusters of 4 KiB are 4 MiB: all of them stay in memory.
cut_drive="cache=writeback,l2-cache-size=8M,cache-clean-interval=0"

# As slow as a card: a sync takes its time.
cut_writes=50
cut_slow="throttling.iops-write=$cut_writes"

cut_overlay() {
	rm -f "$2"
	qemu-img create -q -f qcow2 -o cluster_size=4k -F "$3" -b "$1" "$2"
}

# said LOG PATTERN: whether the board has said it.
said() {
	tr -d '\r' <"$1" 2>/dev/null | grep -q "^LAB $2"
}

# random FROM TO SEED: seconds between the two, given in hundredths.
random() {
	awk -v from="$1" -v to="$2" -v seed="$3" 'BEGIN { srand(seed); printf "%.2f\n", (from + rand() * (to - from)) / 100 }'
}

# ---------------------------------------------------------------- snapshots

# cuts_stamp: what the snapshots are of; others are made when it changes.
cuts_stamp() {
	cat "$product" "$product.jar" "$here"/board/cut* "$here/board/common" "$here/board/init" "$board_headers.recipe" |
		sha256sum | cut -d ' ' -f 1
}

# cuts_prepare: the snapshots, in $cuts. They are some gigabytes, and kept.
cuts_prepare() {
	cuts=$cache/boards/cuts
	cuts_stamp=$(cuts_stamp)
	[ "$(cat "$cuts.stamp" 2>/dev/null)" != "$cuts_stamp" ] || {
		say "power cuts: the snapshots in $cuts are of this product"
		return 0
	}
	rm -rf "$cuts" "$cuts.stamp"
	mkdir -p "$cuts"
	board_files "$work/files"
	mv "$work/initrd" "$cuts/initrd"
	board_initrd=$cuts/initrd
	board_lab=$cuts/lab.ext4
	board_disk "$board_lab" "$work/files"
	cut_overlay "$board_root" "$work/prepare.qcow2" raw
	cut_play cuts-prepare "$work/prepare.qcow2" || return 1
	cuts_known || return 1
	cuts_half_done || return 1
	echo "$cuts_stamp" >"$cuts.stamp"
}

# cuts_known: what the tree was and becomes, for those who look after a cut, in
# $cuts/look.ext4.
cuts_known() {
	qemu-img convert -O raw "$work/prepare.qcow2" "$work/prepare.raw" || return 1
	# The last changes are in the journal of the file system.
	e2fsck -p "$work/prepare.raw" >/dev/null 2>&1 || [ $? = 1 ] || return 1
	for known in old new; do
		debugfs -R "dump /var/lib/lab/$known $work/files/$known" "$work/prepare.raw" 2>/dev/null
		[ -s "$work/files/$known" ] || return 1
	done
	rm -f "$work/prepare.raw" "$work/prepare.qcow2"
	board_disk "$cuts/look.ext4" "$work/files"
}

# cuts_half_done: a disk that a cut has left half done, and snapshots of the
# board that finds it.
cuts_half_done() {
	for half_try in 1 2 3 4 5 6 7 8; do
		half_log=$work/half.log
		cut_start install "$work/half.qcow2" "$half_log"
		cut_await "$half_log" journal
		sleep "$(random 0 "$(cut_figure window-repair)" "$cut_seed$half_try")"
		cut_kill
		board_lab=$cuts/look.ext4
		if cut_play cut-recover "$work/half.qcow2" && said "$cache/boards/cut-recover.log" 'go recover'; then
			return 0
		fi
		rm -f "$cuts"/recover.*
	done
	say "power cuts: no cut has left a half-done tree"
	return 1
}

# cut_play PROGRAMME IMAGE: plays it to its end; wherever it asks for a snapshot,
# and every $cuts_apart seconds of a repair, one is taken.
cut_play() {
	play_log=$cache/boards/$1.log
	play_from=$(date +%s)
	rm -f "$work/monitor.in" "$work/monitor.out"
	mkfifo "$work/monitor.in" "$work/monitor.out"
	: >"$play_log"
	board_run='exec'
	board_drive=$cut_drive
	(board_start "$1" "$play_log" "$2" -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor) 9>&- &
	play_pid=$!
	# Both ends are opened by QEMU too: nobody waits for the other.
	cat "$work/monitor.out" >"$work/monitor.log" 9>&- &
	exec 8>"$work/monitor.in"
	play_taken=
	play_repair=
	play_since=0
	while kill -0 "$play_pid" 2>/dev/null && [ "$(($(date +%s) - play_from))" -lt "$board_limit" ]; do
		sleep 0.1
		play_asked=$(tr -d '\r' <"$play_log" | sed -n 's/^LAB snapshot //p')
		for play_name in $play_asked; do
			case " $play_taken " in
			*" $play_name "*) ;;
			*)
				play_taken="$play_taken $play_name"
				cut_snapshot "$play_name" "$2"
				[ "$play_name" != repair ] || play_repair=$(date +%s)
				;;
			esac
		done
		! said "$play_log" 'done repair' || play_repair=
		if [ -n "$play_repair" ] && [ "$(($(date +%s) - play_repair))" -ge "$cuts_apart" ]; then
			play_since=$((play_since + $(date +%s) - play_repair))
			cut_snapshot "repair-$play_since" "$2"
			play_repair=$(date +%s)
		fi
	done
	exec 8>&-
	kill -KILL "$play_pid" 2>/dev/null || :
	play_status=0
	wait "$play_pid" 2>/dev/null || play_status=$?
	play_time=$(($(date +%s) - play_from))
	board_run=
	board_verdicts "$1" "$play_log" "$play_status"
	tr -d '\r' <"$play_log" | sed -n 's/^LAB figure //p' >>"$cuts/figures"
	said "$play_log" 'end .* 0 failed'
}

# cut_snapshot NAME IMAGE: memory in $cuts/NAME.state, disk in $cuts/NAME.qcow2.
# A migration that has come to its end has written all to the image, and the
# board stands still until it is told to go on.
cut_snapshot() {
	snapshot_from=$(date +%s)
	printf '%s\n' "block_set_io_throttle system 0 0 0 0 0 $cut_writes" 'migrate_set_parameter max-bandwidth 10G' \
		"migrate \"exec:cat >$cuts/$1.part && mv $cuts/$1.part $cuts/$1.state\"" >&8
	until [ -f "$cuts/$1.state" ] || [ "$(($(date +%s) - snapshot_from))" -gt 120 ]; do
		sleep 0.1
	done
	cp "$2" "$cuts/$1.qcow2"
	# The monitor reads it when the migration is over.
	echo cont >&8
	say "power cuts: snapshot $1, $(($(date +%s) - snapshot_from)) s"
}

# cut_figure NAME: hundredths of a second that it took on the board.
cut_figure() {
	sed -n "s/^$1 //p" "$cuts/figures" | tail -n 1
}

# ---------------------------------------------------------------- cuts

# cut_start SNAPSHOT IMAGE LOG: goes on from there, in $cut_pid.
cut_start() {
	cut_overlay "$cuts/$1.qcow2" "$2" qcow2
	: >"$3"
	# QEMU itself, not a shell or timeout around it: it is killed by its number.
	board_run='exec'
	board_drive=$cut_drive,$cut_slow
	board_lab=$cuts/lab.ext4
	[ "$1" != recover ] || board_lab=$cuts/look.ext4
	(board_start snapshot "$3" "$2" -incoming "exec:cat $cuts/$1.state") &
	cut_pid=$!
	board_run=
}

# cut_await LOG PATTERN: until the board has said it, or has ended.
cut_await() {
	cut_waited=0
	until said "$1" "$2" || [ "$cut_waited" -ge 6000 ] || ! kill -0 "$cut_pid" 2>/dev/null; do
		sleep 0.05
		cut_waited=$((cut_waited + 1))
	done
}

cut_kill() {
	kill -KILL "$cut_pid" 2>/dev/null || :
	wait "$cut_pid" 2>/dev/null || :
}

# cut_choose KIND SEED: the snapshot, what to wait for, and for how long then.
cut_choose() {
	cut_from=$1 cut_until=journal
	case $1 in
	install) cut_after=$(random 0 "$(($(cut_figure window-repair) + 100))" "$2") ;;
	put-back)
		cut_from=undo
		cut_after=$(random 0 "$(($(cut_figure window-undo) + 100))" "$2")
		;;
	recover) cut_after=$(random 0 "$(($(cut_figure window-recover) + 100))" "$2") ;;
	naive) cut_after=$(random 0 "$(cut_figure window-naive)" "$2") ;;
	undo)
		cut_until='go undo'
		cut_after=$(random 0 "$(($(cut_figure undo) + 100))" "$2")
		;;
	repair)
		# The last snapshot before that moment.
		cut_until=
		cut_after=$(random 0 "$(($(cut_figure repair) + 100))" "$2")
		cut_from=$({
			echo "0 repair"
			find "$cuts" -name 'repair-*.state' | sed -E 's,.*/(repair-([0-9]*)).state,\2 \1,'
		} | sort -n | awk -v at="$cut_after" '$1 <= at + 0 { last = $2 } END { print last }')
		cut_since=${cut_from#repair}
		[ -n "$cut_since" ] || cut_until='go repair'
		cut_after=$(awk -v at="$cut_after" -v since="${cut_since#-}" 'BEGIN { printf "%.2f\n", at - since }')
		;;
	esac
}

# cut_power NUMBER KIND: cuts the power once, and writes what became of it to
# $work/cut.NUMBER: KIND SNAPSHOT AFTER WAS LEFT JOURNAL CHECK THEN JOURNAL.
cut_power() {
	cut_image=$work/cut.$1.qcow2
	cut_log=$work/cut.$1.log
	cut_choose "$2" "$cut_seed$1"
	cut_start "$cut_from" "$cut_image" "$cut_log"
	cut_await "$cut_log" "$cut_until"
	sleep "$cut_after"
	cut_kill
	cut_was=building
	if said "$cut_log" "done"; then
		cut_was=ended
	elif said "$cut_log" 'figure window'; then
		cut_was=complete
	elif said "$cut_log" journal; then
		cut_was=journal
	elif [ "$2" != repair ]; then
		cut_was=before
	fi
	board_drive=$cut_drive
	board_lab=$cuts/look.ext4
	board_start cut-look "$cut_log.look" "$cut_image" || :
	cut_found=$(tr -d '\r' <"$cut_log.look" | sed -n -E 's/^LAB (left|journal|check|then|after) //p' | tr '\n' ' ')
	echo "$2 $cut_from $cut_after $cut_was $cut_found" >"$work/cut.$1"
	cat "$cut_log" "$cut_log.look" >"$cache/boards/cut.$1.log"
	say "power cut $1: $(cat "$work/cut.$1")"
	rm -f "$cut_image" "$cut_log" "$cut_log.look"
}

# cut_whole NUMBER: after this cut, and the first check, the tree is old or new,
# check's exit status says which, and nothing is left to be put back.
cut_whole() {
	read -r whole_kind whole_from whole_after whole_was whole_left whole_journal whole_check whole_then whole_last <"$work/cut.$1"
	case "$whole_check $whole_then $whole_last" in
	"1 old none" | "0 new none") return 0 ;;
	esac
	echo "$whole_kind $whole_from+$whole_after $whole_was: left $whole_left, journal $whole_journal," \
		"check exits $whole_check, then ${whole_then:-nothing was said}, journal $whole_last"
	return 1
}

# play_cuts [NUMBER [KIND...]]
play_cuts() {
	find_product cuts
	cuts_number=${1:-$cuts_number}
	[ $# -lt 2 ] || {
		shift
		cuts_kinds=$*
	}
	lock_cache
	make_board "$cuts_board" || {
		begin_tests
		leave_out "power cuts" "board $cuts_board could not be made"
		end_tests
		return
	}
	cut_seed=${HDRFIX_CUTS_SEED:-$(date +%j%H%M)}
	make_work
	test_from=$(date +%s)
	say "power cuts: $cuts_number, seed $cut_seed"
	if cuts_prepare; then
		board_initrd=$cuts/initrd
		say "power cuts: prepared after $(($(date +%s) - test_from)) s"
		exec 9>&-
		cuts_all
	fi
	end_tests
}

# cuts_list: what is cut, NUMBER:KIND, the naive ones among the others.
cuts_list() {
	# shellcheck disable=SC2086 # a list of words
	set -- $cuts_kinds
	list_naive=$((cuts_number / cuts_naive_share))
	[ "$list_naive" -ge "$cuts_naive_least" ] || list_naive=$cuts_naive_least
	list_number=0
	while [ "$list_number" -lt "$cuts_number" ]; do
		list_number=$((list_number + 1))
		echo "$list_number:$1"
		set -- "$@" "$1"
		shift
	done
	while [ "$list_naive" -gt 0 ]; do
		list_naive=$((list_naive - 1))
		list_number=$((list_number + 1))
		echo "$list_number:naive"
	done
}

cuts_all() {
	cuts_list >"$work/cuts"
	cuts_worker=0
	while [ "$cuts_worker" -lt "$cuts_jobs" ]; do
		awk -v jobs="$cuts_jobs" -v worker="$cuts_worker" 'NR % jobs == worker' "$work/cuts" >"$work/worker.$cuts_worker"
		(
			while IFS=: read -r number kind; do
				cut_power "$number" "$kind"
			done <"$work/worker.$cuts_worker"
		) &
		cuts_worker=$((cuts_worker + 1))
	done
	wait
	cuts_verdicts
}

cuts_verdicts() {
	run_line="cuts"
	run_status=0
	: >"$work/out"
	while IFS=: read -r number kind; do
		read -r _ from after was left journal check later last <"$work/cut.$number"
		if [ "$kind" = naive ]; then
			echo "# cut $number: a naive repair, $after s after it began: left $left"
			continue
		fi
		verdict "power cut $number in $kind, $from and $after s ($was): left $left, journal $journal, then ${later:-?}, check exits ${check:-?}" \
			cut_whole "$number"
	done <"$work/cuts"
	cat "$work"/cut.[0-9]* >"$cache/boards/cuts.results"
	cuts_torn=$(grep -c '^naive .* torn ' "$cache/boards/cuts.results" || :)
	verdict "the control: $cuts_torn of $(grep -c '^naive ' "$cache/boards/cuts.results") naive repairs leave a torn tree" \
		[ "$cuts_torn" -gt 0 ]
	cuts_figures <"$cache/boards/cuts.results"
}

# cuts_figures: the results of the standard input, a line for each kind.
cuts_figures() {
	awk '
		$1 == "naive" { next }
		function count(kind) {
			all[kind]++
			if ($5 == "torn") torn[kind]++
			if ($6 == "unfinished") unfinished[kind]++
			if ($6 == "unfinished" && $8 == "old" && $9 == "none") back[kind]++
			then[kind, $8]++
		}
		{ count($1); count("all") }
		END {
			for (kind in all)
				printf "power cuts, %s: %d, %d found unfinished (%d of them torn) and %d of these put back by the next check, then %d old and %d new\n",
					kind, all[kind], unfinished[kind], torn[kind], back[kind], then[kind, "old"], then[kind, "new"]
		}' | sort
}
