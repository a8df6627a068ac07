# Writes sql_embedded.c: the migrations given as arguments, in that order, as
# C strings. Run with LC_ALL=C, so that a byte is a character.
BEGIN {
	print "/* Generated from daemon/sql by daemon/sql/embed.awk. */"
	print "#include \"sql_embedded.h\"\n"
	print "const struct sql_migration sql_embedded[] = {"
	for (i = 1; i < ARGC; i++) {
		name = ARGV[i]
		sub(/^.*\//, "", name)
		sub(/\.sql$/, "", name)
		printf "\t{ \"%s\",\n", name
		while ((got = (getline line < ARGV[i])) > 0) {
			gsub(/\\/, "\\\\&", line)
			gsub(/"/, "\\\"", line)
			gsub(/\t/, "\\t", line)
			gsub(/\?\?/, "?\"\"?", line)
			printf "\t\t\"%s\\n\"\n", line
		}
		if (got < 0) {
			print "embed.awk: cannot read " ARGV[i] > "/dev/stderr"
			exit 1
		}
		print "\t},"
	}
	print "\t{ NULL, NULL },\n};"
	printf "const size_t sql_embedded_count = %d;\n", ARGC - 1
	exit 0
}
