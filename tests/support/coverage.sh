#!/bin/sh
# coverage.sh TREE: line coverage of daemon/ by layer and in all, from the
# counts that a run of the tests left in TREE.
tree=$1
find "$tree/obj/daemon" -name '*.gcno' | sort | while read -r notes; do
	gcov -n -o "$(dirname "$notes")" "$notes" 2>/dev/null
done | awk '
	/^File / { file = $2; gsub(/\047/, "", file) }
	/^Lines executed:/ && file ~ /daemon\/.*\.c$/ {
		split($0, w, /[:% ]+/)
		sub(/^.*daemon\//, "", file)
		lines = w[5]; hit = lines * w[3] / 100
		printf "%6.1f %% of %5d  %s\n", w[3], lines, file
		layer = file; sub(/\/.*/, "", layer)
		all[layer] += lines; got[layer] += hit; a += lines; g += hit
		file = ""
	}
	END {
		for (l in all) printf "%6.1f %% of %5d  %s/\n", 100 * got[l] / all[l], all[l], l | "sort -k4"
		close("sort -k4")
		if (a) printf "%6.1f %% of %5d  daemon/\n", 100 * g / a, a
		else print "coverage: no counts in the tree"
	}'
