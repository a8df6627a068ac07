/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo: the command line of `planvaxctl demo`. */
#include "ctl_demo.h"

#include "ctl.h"
#include "ctl_demo_run.h"

#include <getopt.h>
#include <inttypes.h>
#include <planvax/base/resource.h>
#include <planvax/base/text.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"Usage: planvaxctl demo --dir DIR [OPTION]...\n"
	"Writes a realistic, complete data set with invented people and companies.\n"
	"The same options give the same bytes.\n"
	"\n"
	"  --dir DIR         where to; made if missing, must be empty\n"
	"  --services N      number of services (1 to 5000; default 5)\n"
	"  --people N        mean number of people of a service (20 to 500000; default 2000)\n"
	"  --month YYYY-MM   month of the calendars (default 2022-01)\n"
	"  --seed S          another data set (a number; default 1)\n"
	"  --reference DIR   use DIR/communes.csv instead of the excerpt that ships\n"
	"  --force           replace a data set that DIR holds\n"
	"  --help            this text\n"
	"\n"
	"Examples:\n"
	"  planvaxctl demo --dir demo\n"
	"  planvaxctl demo --dir big --services 800 --seed 7\n"
	"  planvaxctl demo --dir may --month 2022-05 --reference /srv/insee\n";

static bool parse_month(const char *text, struct date *month)
{
	int64_t year, number;

	if (strlen(text) != 7 || text[4] != '-' || text_int(text, 4, 2021, 2099, &year) < 0 ||
		text_int(text + 5, 2, 1, 12, &number) < 0)
		return false;
	*month = date_of((int)year, (int)number, 1);
	return true;
}

/* A number option of the command line. 0, or the exit code. */
static int take_number(const char *option, int64_t min, int64_t max, int64_t *out)
{
	if (text_int(optarg, strlen(optarg), min, max, out) < 0)
		return ctl_misuse("demo", "--%s %.40s: expected a number from %" PRId64 " to %" PRId64, option, optarg, min, max);
	return 0;
}

enum { OPT_DIR = 1, OPT_SERVICES, OPT_PEOPLE, OPT_MONTH, OPT_SEED, OPT_REFERENCE, OPT_FORCE, OPT_HELP };

static const struct option options[] = {
	{"dir", required_argument, NULL, OPT_DIR}, {"services", required_argument, NULL, OPT_SERVICES},
	{"people", required_argument, NULL, OPT_PEOPLE}, {"month", required_argument, NULL, OPT_MONTH},
	{"seed", required_argument, NULL, OPT_SEED}, {"reference", required_argument, NULL, OPT_REFERENCE},
	{"force", no_argument, NULL, OPT_FORCE}, {"help", no_argument, NULL, OPT_HELP}, {NULL, 0, NULL, 0}};

/* Reads the options. 0: go on; else the exit code plus one. */
static int parse(int argc, char **argv, struct ctl_demo_run_params *p, const char **reference)
{
	int64_t services = 5, people = 2000, seed = 1;
	int rc = 0;

	optind = 0;
	for (int o; rc == 0 && (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (o == OPT_DIR)
			p->dir = optarg;
		else if (o == OPT_SERVICES)
			rc = take_number("services", 1, CTL_DEMO_RUN_MAX_SERVICES, &services);
		else if (o == OPT_PEOPLE)
			rc = take_number("people", 20, CTL_DEMO_RUN_MAX_PEOPLE, &people);
		else if (o == OPT_MONTH)
			rc = parse_month(optarg, &p->month) ? 0 : ctl_misuse("demo", "--month %.40s: expected YYYY-MM, from 2021-01 to 2099-12", optarg);
		else if (o == OPT_SEED)
			rc = take_number("seed", 0, INT64_MAX, &seed);
		else if (o == OPT_REFERENCE)
			*reference = optarg;
		else if (o == OPT_FORCE)
			p->force = true;
		else if (o == OPT_HELP)
			return fputs(usage, stdout), 1;
		else
			rc = CTL_USAGE; /* getopt_long has said why */
	}
	if (rc == 0 && optind < argc)
		rc = ctl_misuse("demo", "it takes no arguments besides its options");
	if (rc == 0 && (p->dir == NULL || p->dir[0] == '\0'))
		rc = ctl_misuse("demo", "--dir is missing: where shall the data set be written?");
	p->services = (int)services;
	p->people = (int)people;
	p->seed = (uint64_t)seed;
	return rc == 0 ? 0 : rc + 1;
}

static int fail(const struct fault *f)
{
	ctl_complain(f);
	return CTL_FAILED;
}

/* Path of the table of communes. 0; an error (f). */
static int find_communes(const char *reference, struct buf *path, struct fault *f)
{
	if (reference != NULL) {
		buf_printf(path, "%s/communes.csv", reference);
		return 0;
	}
	if (resource_find("geo/communes.csv", path) == 0)
		return 0;
	fault_set(f, ERR_NOT_FOUND, "cannot find geo/communes.csv, which ships with planvax");
	fault_hint(f, "give a folder that holds communes.csv with --reference");
	return ERR_NOT_FOUND;
}

int ctl_demo(int argc, char **argv)
{
	struct ctl_demo_run_params p = {.month = date_of(2022, 1, 1)};
	struct ctl_demo_run_counts counts;
	struct fault f = FAULT_NONE;
	struct buf communes = BUF_INIT;
	const char *reference = NULL;
	struct progress progress;
	int rc = parse(argc, argv, &p, &reference);

	if (rc != 0)
		return rc - 1;
	rc = find_communes(reference, &communes, &f);
	if (rc == 0) {
		p.communes = buf_str(&communes);
		progress_start(&progress, stderr, "demo", "services", (uint64_t)p.services);
		rc = ctl_demo_run(&p, &progress, &counts, &f);
		progress_end(&progress);
	}
	if (rc == 0)
		fprintf(stderr, "demo: %" PRIu64 " services, %" PRIu64 " centres, %" PRIu64 " companies, %" PRIu64
			" people, %" PRIu64 " visits written to %s\n", counts.services, counts.centres, counts.companies,
			counts.people, counts.visits, p.dir);
	buf_release(&communes);
	return rc == 0 ? CTL_DONE : fail(&f);
}
