#!/bin/sh
# suite.sh NAME COMMAND...: runs one suite and adds its count to $TALLY.
#
# A suite says "N passed, N failed" on its last such line, or prints
# Criterion's synthesis. One that says neither, or that ends with an error and
# names no failure, counts as one failure.
set -u
name=$1
shift
logs=${LOGS:-build/log}
log=$logs/$(echo "$name" | tr '/' '-').log
mkdir -p "$logs"
rm -f "$log.rc"
{
	timeout -k 10 "${SUITE_TIMEOUT:-900}" "$@" </dev/null 2>&1
	echo $? >"$log.rc"
} | tee "$log" | sed -u '/^\[====\] /d'
rc=$(cat "$log.rc" 2>/dev/null || echo 1)
rm -f "$log.rc"
set -- $(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
	/Synthesis: Tested:/ {
		n = split($0, part, "|"); passed = failed = 0
		for (i = 1; i <= n; i++) {
			v = part[i]; sub(/^.*: */, "", v)
			if (part[i] ~ /Passing/) passed = v + 0
			if (part[i] ~ /Failing|Crashing/) failed += v
		}
		seen = 1
	}
	match($0, /[0-9]+ passed, [0-9]+ failed/) {
		split(substr($0, RSTART, RLENGTH), w, " ")
		passed = w[1]; failed = w[3]; seen = 1
	}
	END { print seen ? passed + 0 : 0, seen ? failed + 0 : 1 }')
passed=$1
failed=$2
if [ "$rc" -ne 0 ] && [ "$failed" -eq 0 ]; then
	failed=1
	echo "$name: ended with status $rc"
fi
[ -z "${TALLY:-}" ] || { mkdir -p "$(dirname "$TALLY")"; echo "$name $passed $failed" >>"$TALLY"; }
echo "$name: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
