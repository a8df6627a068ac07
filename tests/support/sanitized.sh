#!/bin/sh
# sanitized.sh SUITE...: runs suites in the tree B of VARIANT asan or tsan.
# Criterion exits 0 after a sanitizer's report, so reports go to files and any
# file is a failure. Before that, mistakes made on purpose must give files.
set -u
: "${B:?}" "${VARIANT:?}" "${MAKE:=make}" "${TALLY:=$B/tally}"
case $B in
/*) reports=$B/reports ;;
*) reports=$PWD/$B/reports ;;
esac
rm -rf "$reports"
mkdir -p "$reports/own" "$reports/suites"
mkdir -p "$(dirname "$TALLY")"
: >"$TALLY"

options() {
	common="log_path=$1/report:exitcode=86"
	ASAN_OPTIONS="$common:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
	UBSAN_OPTIONS="$common:print_stacktrace=1"
	TSAN_OPTIONS="$common:halt_on_error=0:second_deadlock_stack=1"
	export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
}

case $VARIANT in
asan) mistakes='overflow leak undefined' broken=sanitizer-broken ;;
tsan) mistakes=race broken=sanitizer-race ;;
*) echo "sanitized.sh: VARIANT $VARIANT"; exit 2 ;;
esac
"$MAKE" VARIANT="$VARIANT" B="$B" "$B/$broken" || exit 1
seen=0
blind=0
for mistake in $mistakes; do
	mkdir -p "$reports/own/$mistake"
	options "$reports/own/$mistake"
	case $VARIANT in asan) filter="--filter broken/$mistake" ;; *) filter= ;; esac
	"$B/$broken" $filter >"$reports/own/$mistake.out" 2>&1
	rc=$?
	# UBSan ends the test itself, on stderr: that fails the suite.
	if [ -n "$(ls "$reports/own/$mistake")" ] || { [ "$mistake" = undefined ] && [ "$rc" -ne 0 ]; }; then
		seen=$((seen + 1))
	else
		blind=$((blind + 1))
		echo "$VARIANT: the run does not see a mistake made on purpose: $mistake"
		cat "$reports/own/$mistake.out"
	fi
done
echo "sanitizer-sees-mistakes $seen $blind" >>"$TALLY"

options "$reports/suites"
for suite in "$@"; do
	before=$(wc -l <"$TALLY")
	"$MAKE" -k VARIANT="$VARIANT" B="$B" TALLY="$TALLY" "$suite" && continue
	failed=$(tail -n +$((before + 1)) "$TALLY" | awk '{ n += $3 } END { print n + 0 }')
	[ "$failed" -gt 0 ] || echo "$suite-build 0 1" >>"$TALLY"
done

n=0
for report in "$reports"/suites/*; do
	[ -e "$report" ] || continue
	n=$((n + 1))
	[ "$n" -gt 5 ] || { echo "--- $report"; head -n 40 "$report"; }
done
echo "sanitizer-reports $([ "$n" -eq 0 ] && echo 1 || echo 0) $n" >>"$TALLY"
[ "$n" -eq 0 ] || echo "$VARIANT: $n reports in $B/reports/suites"
sh tests/support/tally.sh "$VARIANT" "$TALLY"
