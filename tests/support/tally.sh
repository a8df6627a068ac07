#!/bin/sh
# tally.sh NAME FILE...: prints "NAME: N passed, N failed" over tally files
# (lines "suite passed failed"); fails if a suite failed or nothing ran.
name=$1
shift
cat "$@" 2>/dev/null | awk -v name="$name" '
	NF == 3 { passed += $2; failed += $3; if ($3 > 0) bad = bad " " $1 }
	END {
		if (bad != "") print name ": failed in" bad
		printf "%s: %d passed, %d failed\n", name, passed, failed
		exit (failed > 0 || passed == 0)
	}'
