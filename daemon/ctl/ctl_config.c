/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_config: planvaxctl config check | dump | sample [--config FILE]. */
#include "ctl_config.h"

#include "ctl.h"

#include <planvax/config/config.h>
#include <planvax/ingest/mapping.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_FILE "/etc/planvax/planvaxd.conf"

static int help(void)
{
	fputs("usage: planvaxctl config check  [--config FILE]   tell all errors, with place and hint\n"
		"       planvaxctl config dump   [--config FILE]   print what differs from the defaults\n"
		"       planvaxctl config sample                   print every setting, commented\n\n"
		"  --config FILE   (" DEFAULT_FILE ", if it is there; else the defaults)\n\n"
		"Examples:\n"
		"  planvaxctl config check --config conf/planvaxd.conf\n"
		"  planvaxctl config sample > planvaxd.conf\n", stdout);
	return CTL_DONE;
}

static void report(void *arg, const struct fault *f, const char *line, int column)
{
	struct buf text = BUF_INIT;

	(void)arg;
	config_format_error(f, line, column, &text);
	fprintf(stderr, "%s\n", buf_str(&text));
	buf_release(&text);
}

static void report_mapping(void *arg, const struct fault *f)
{
	(void)arg;
	ctl_complain(f);
}

/* Whether all mappings can be used; whether there are such types of visit the rules tell, which are not read here. */
static bool mappings_fit(const struct config *config)
{
	bool fit = true;

	for (size_t i = 0; i < config->n_mappings; i++) {
		struct mapping *m = mapping_new();

		fit &= mapping_configure(m, &config->mappings[i], report_mapping, NULL) == 0;
		mapping_free(m);
	}
	return fit;
}

int ctl_config(int argc, char **argv)
{
	static const struct option longs[] = {{"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	const char *file = access(DEFAULT_FILE, F_OK) == 0 ? DEFAULT_FILE : NULL, *verb; /* as the service does */
	struct buf out = BUF_INIT;
	struct config *config = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", longs, NULL)) != -1) {
		if (c == 'h')
			return help();
		if (c != 'c')
			return CTL_USAGE;
		file = optarg;
	}
	if (argc - optind != 1)
		return ctl_misuse("config", "say check, dump or sample");
	verb = argv[optind];
	if (!strcmp(verb, "sample")) {
		config_sample(&out);
	} else if (!strcmp(verb, "check") || !strcmp(verb, "dump")) {
		if (config_load(file, report, NULL, &config) < 0)
			return CTL_FAILED;
		if (!strcmp(verb, "check") && !mappings_fit(config)) {
			config_free(config);
			return CTL_FAILED;
		}
		if (!strcmp(verb, "dump"))
			config_dump(config, &out);
		else
			buf_printf(&out, "%s: no errors\n", file ? file : "defaults");
		config_free(config);
	} else {
		return ctl_misuse("config", "unknown verb \"%s\"", verb);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	return CTL_DONE;
}
