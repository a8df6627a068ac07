/* SPDX-License-Identifier: Apache-2.0 */
/* main of planvaxd. */
#include "app.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_FILE "/etc/planvax/planvaxd.conf"

static int help(FILE *out)
{
	fputs("usage: planvaxd [--config FILE] [--check-config]\n\n"
		"  --config FILE     configuration (" DEFAULT_FILE ", if it is there)\n"
		"  --check-config    tell all errors of the configuration and end\n\n"
		"Runs in the foreground. SIGHUP reads the configuration again, SIGTERM ends it.\n"
		"planvaxctl talks to it; planvaxctl config sample prints every setting.\n", out);
	return out == stdout ? 0 : 2;
}

static int check_config(const char *file)
{
	if (app_check(file) < 0)
		return 1;
	printf("%s: no errors\n", file ? file : "defaults");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'}, {"check-config", no_argument, NULL, 'C'}, {"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct app_options options = {.config_file = access(DEFAULT_FILE, F_OK) == 0 ? DEFAULT_FILE : NULL};
	bool check = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		if (c == 'c')
			options.config_file = optarg;
		else if (c == 'C')
			check = true;
		else
			return help(c == 'h' ? stdout : stderr);
	}
	if (optind < argc) {
		fprintf(stderr, "planvaxd: unexpected \"%s\"\n", argv[optind]);
		return 2;
	}
	if (check)
		return check_config(options.config_file);
	struct app *app = app_new(&options);
	if (!app)
		return 1;
	app_run(app);
	app_free(app);
	return 0;
}
