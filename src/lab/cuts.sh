# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # here, cache, work, product and the board_ settings are set by lab, and read there

# Power cuts on a whole system: QEMU is killed in the middle of repair --apply
# and of undo. The disk is a qcow2 file in clusters of 4 KiB whose tables QEMU
# keeps in memory until the guest asks for a flush: killed, it forgets every
# cluster that was written for the first time since the last one. So what was
# not synced is lost, and of that, blocks that were written before are kept:
# no order is promised, as with a real card. Then the board is started again.

# How often the power is cut, if nobody says; and what is cut. "install" and
# "put-back" are cut once the journal is there, while files are renamed, which
# is short and where most can go wrong; repair and undo at any moment.
cuts_number=5
cuts_kinds="install put-back repair undo install put-back"

# The naive repairs that must be seen to fail: these many.
cuts_naive=2

# How many boards run at a time.
cuts_jobs=2

cuts_board=arm64-512m

cut_overlay() {
	rm -f "$2"
	qemu-img create -q -f qcow2 -o cluster_size=4k -F "$3" -b "$1" "$2"
}

# The tables of 2 GiB in clusters of 4 KiB are 4 MiB: all of them stay in memory.
cut_drive="cache=writeback,l2-cache-size=8M,cache-clean-interval=0"

# As slow as a card while the power is cut: a sync takes its time.
cut_slow="throttling.iops-write=50"

# cut_prepare: $work/installed.qcow2 has the headers, $work/repaired.qcow2 is
# repaired.
cut_prepare() {
	cut_overlay "$board_root" "$work/installed.qcow2" raw
	cut_stage cuts-prepare "$work/installed.qcow2" || return 1
	cut_overlay "$work/installed.qcow2" "$work/repaired.qcow2" qcow2
	cut_stage cuts-repaired "$work/repaired.qcow2"
}

cut_stage() {
	play_from=$(date +%s)
	play_status=0
	board_start "$1" "$cache/boards/$1.log" "$2" || play_status=$?
	play_time=$(($(date +%s) - play_from))
	board_verdicts "$1" "$cache/boards/$1.log" "$play_status"
	grep -q '^LAB end .* 0 failed' "$cache/boards/$1.log"
}

# cut_figure NAME: hundredths of a second that it took in the preparation.
cut_figure() {
	tr -d '\r' <"$cache/boards/cuts-prepare.log" | sed -n "s/^LAB figure $1 //p"
}

# random FROM TO SEED: seconds between the two, given in hundredths.
random() {
	awk -v from="$1" -v to="$2" -v seed="$3" 'BEGIN { srand(seed); printf "%.2f\n", (from + rand() * (to - from)) / 100 }'
}

# cut_power NUMBER KIND: cuts the power once, and writes what became of it to
# $work/cut.NUMBER: KIND WHEN LEFT CHECK THEN.
cut_power() {
	cut_image=$work/cut.$1.qcow2
	cut_log=$work/cut.$1.log
	cut_until='^LAB go'
	case $2 in
	install | put-back)
		cut_until='^LAB journal'
		cut_after=$(random 0 300 "$cut_seed$1")
		;;
	repair) cut_after=$(random 0 "$(($(cut_figure repair) + 300))" "$cut_seed$1") ;;
	undo) cut_after=$(random 0 "$(($(cut_figure undo) + 300))" "$cut_seed$1") ;;
	# Not before ext4 has committed, every 5 seconds: all of it would be lost,
	# and an old tree is a whole one.
	naive) cut_after=$(random 600 1200 "$cut_seed$1") ;;
	# The board ends by itself, after 30 seconds and a sync.
	naive-whole) cut_after=$board_limit ;;
	esac
	cut_base=installed cut_programme=cut-repair
	case $2 in
	undo | put-back) cut_base=repaired cut_programme=cut-undo ;;
	naive*) cut_programme=cut-naive ;;
	esac
	cut_overlay "$work/$cut_base.qcow2" "$cut_image" qcow2
	: >"$cut_log"
	# QEMU itself, not a shell or timeout around it: it is killed by its number.
	board_run='exec'
	board_drive=$cut_drive,$cut_slow
	(board_start "$cut_programme" "$cut_log" "$cut_image") &
	cut_pid=$!
	cut_waited=0
	until grep -q "$cut_until" "$cut_log" || [ "$cut_waited" -ge 3000 ] || ! kill -0 "$cut_pid" 2>/dev/null; do
		sleep 0.1
		cut_waited=$((cut_waited + 1))
	done
	if [ "$2" = naive-whole ]; then
		cut_waited=0
		until [ "$cut_waited" -ge "$board_limit" ] || ! kill -0 "$cut_pid" 2>/dev/null; do
			sleep 1
			cut_waited=$((cut_waited + 1))
		done
	else
		sleep "$cut_after"
	fi
	kill -KILL "$cut_pid" 2>/dev/null || :
	wait "$cut_pid" 2>/dev/null || :
	cut_was=$(grep -q '^LAB done' "$cut_log" && echo ended || echo running)
	board_run=
	board_drive=$cut_drive
	board_start cut-look "$cut_log.look" "$cut_image" || :
	cut_said=$(tr -d '\r' <"$cut_log.look" | sed -n 's/^LAB left //p; s/^LAB check //p; s/^LAB then //p' | tr '\n' ' ')
	echo "$2 $cut_after $cut_was $cut_said" >"$work/cut.$1"
	cat "$cut_log" "$cut_log.look" >"$cache/boards/cut.$1.log"
	rm -f "$cut_image" "$cut_log" "$cut_log.look"
}

# cut_whole NUMBER: after this cut, and the first check, the tree is old or new,
# and check's exit status says which.
cut_whole() {
	read -r whole_kind whole_after whole_was whole_left whole_check whole_then <"$work/cut.$1"
	case "$whole_check $whole_then" in
	"1 old" | "0 new") return 0 ;;
	esac
	echo "$whole_kind $whole_after $whole_was: left $whole_left, check exits $whole_check, then ${whole_then:-nothing was said}"
	return 1
}

# play_cuts [NUMBER]
play_cuts() {
	find_product cuts
	cuts_number=${1:-$cuts_number}
	lock_cache
	make_board "$cuts_board" || {
		begin_tests
		leave_out "power cuts" "board $cuts_board could not be made"
		end_tests
		return
	}
	begin_tests
	board_files "$work/files"
	board_disk "$work/lab.ext4" "$work/files"
	board_drive=$cut_drive
	cut_seed=$(date +%j%H%M)
	say "power cuts: $cuts_number, seed $cut_seed"
	if cut_prepare; then
		cuts_all
	fi
	end_tests
}

cuts_all() {
	# shellcheck disable=SC2086 # a list of words
	set -- $cuts_kinds
	cuts_count=0
	cuts_list=
	while [ "$cuts_count" -le "$((cuts_number + cuts_naive))" ]; do
		cuts_count=$((cuts_count + 1))
		cuts_kind=naive
		if [ "$cuts_count" -gt "$((cuts_number + cuts_naive))" ]; then
			cuts_kind=naive-whole
		elif [ "$cuts_count" -le "$cuts_number" ]; then
			cuts_kind=$1
			shift
			set -- "$@" "$cuts_kind"
		fi
		cuts_list="$cuts_list $cuts_count:$cuts_kind"
	done
	cuts_worker=0
	while [ "$cuts_worker" -lt "$cuts_jobs" ]; do
		cuts_turn=0
		for cuts_one in $cuts_list; do
			[ "$((cuts_turn % cuts_jobs))" != "$cuts_worker" ] || echo "$cuts_one"
			cuts_turn=$((cuts_turn + 1))
		done >"$work/worker.$cuts_worker"
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
	cuts_torn=0
	cuts_naive_torn=0
	for cuts_one in $cuts_list; do
		number=${cuts_one%:*}
		read -r _ when was left check later <"$work/cut.$number"
		case $cuts_one in
		*:naive-whole)
			verdict "the control: without a power cut a naive repair makes a new tree" [ "$left" = new ]
			;;
		*:naive)
			say "cut $number: a naive repair, $when s ($was): left $left"
			[ "$left" != torn ] || cuts_naive_torn=$((cuts_naive_torn + 1))
			;;
		*)
			[ "$left" != torn ] || cuts_torn=$((cuts_torn + 1))
			verdict "power cut $number in ${cuts_one#*:} after $when s ($was): left $left, then ${later:-?}, check exits ${check:-?}" \
				cut_whole "$number"
			;;
		esac
	done
	verdict "the control: $cuts_naive_torn of $cuts_naive naive repairs leave a torn tree" [ "$cuts_naive_torn" -gt 0 ]
	echo "power cuts: $cuts_number, $cuts_torn of them found a half-done tree"
}
