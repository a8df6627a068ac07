/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the demo data set: valid identifiers, equal bytes, sizes of companies, every kind there. */
#include "ctl_demo.h"
#include "ctl_demo_company.h"
#include "ctl_demo_files.h"
#include "ctl_demo_geo.h"
#include "ctl_demo_id.h"
#include "ctl_demo_run.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <planvax/base/csv.h>
#include <planvax/base/map.h>
#include <planvax/model/hours.h>
#include <planvax/model/ids.h>
#include <planvax/model/registers.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMUNES "conf/geo/communes.csv"

static char folder[64];

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/planvax-demo-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static void remove_tree(const char *path)
{
	DIR *d = opendir(path);
	char below[512];

	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR)
			remove_tree(below);
		else
			unlink(below);
	}
	if (d != NULL)
		closedir(d);
	rmdir(path);
}

static void drop_folder(void)
{
	remove_tree(folder);
}

TestSuite(ctl_demo, .init = make_folder, .fini = drop_folder);

static struct ctl_demo_run_params params(const char *dir)
{
	return (struct ctl_demo_run_params){.dir = dir, .communes = COMMUNES, .services = 5, .people = 400,
		.month = date_of(2022, 1, 10), .seed = 1};
}

static void run(const struct ctl_demo_run_params *p)
{
	struct fault f = FAULT_NONE;

	cr_assert_eq(ctl_demo_run(p, NULL, NULL, &f), 0, "%s", f.what);
}

/* The whole of a file below the folder; owned by the caller. */
static struct buf slurp(const char *dir, const char *name)
{
	struct buf out = BUF_INIT;
	char path[512];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *in = fopen(path, "rb");

	cr_assert_not_null(in, "%s", path);
	do {
		n = fread(buf_reserve(&out, 65536), 1, 65536, in);
		out.len += n;
	} while (n > 0);
	fclose(in);
	buf_putc(&out, '\0');
	buf_truncate(&out, out.len - 1);
	return out;
}

/* The table is read from *text, which is released after it. */
static struct csv *open_table(const char *dir, const char *name, struct buf *text)
{
	struct fault f = FAULT_NONE;
	struct csv *csv;

	*text = slurp(dir, name);
	cr_assert_eq(csv_open(buf_str(text), text->len, name, &csv, &f), 0, "%s", f.what);
	return csv;
}

static const char *cell(const struct csv *csv, const char *column)
{
	int at = csv_column(csv, column);

	cr_assert_geq(at, 0, "no column %s", column);
	return csv_cell(csv, at);
}

/* Calls check for every row; returns their number. */
static size_t each_row(const char *name, void (*check)(const struct csv *csv, void *arg), void *arg)
{
	struct buf text;
	struct csv *csv = open_table(folder, name, &text);
	struct fault f = FAULT_NONE;
	size_t n = 0;
	int rc;

	while ((rc = csv_next(csv, &f)) == 0) {
		check(csv, arg);
		n++;
	}
	cr_assert_eq(rc, ERR_CLOSED, "%s: %s", f.where, f.what);
	csv_close(csv);
	buf_release(&text);
	return n;
}

Test(ctl_demo, identifiers_pass_their_checks_and_never_repeat)
{
	struct map seen = MAP_INIT;
	char siren[10], siret[15], rpps[12];

	for (uint64_t n = 0; n < 3000; n++) {
		ctl_demo_id_siren(7, n, siren);
		ctl_demo_id_siret(siren, 1 + (int)(n % 9999), siret);
		ctl_demo_id_rpps(n, rpps);
		cr_assert(ids_siren(siren, 9), "%s", siren);
		cr_assert(ids_siret(siret, 14), "%s", siret);
		cr_assert(ids_rpps(rpps, 11), "%s", rpps);
		cr_assert(map_put_str(&seen, siren, 0), "%s comes twice", siren);
		cr_assert(map_put_str(&seen, rpps, 0), "%s comes twice", rpps);
		cr_assert(strncmp(siren, "356000000", 9) != 0);
	}
	map_release(&seen);
}

Test(ctl_demo, distances_made_of_integers_are_near_the_true_ones)
{
	static const struct {
		const char *label;
		struct ctl_demo_point a, b;
		int32_t metres;
	} rows[] = {
		{"one degree of latitude", {4500000, 500000}, {4600000, 500000}, 111195},
		{"one tenth of a degree of longitude at 60", {6000000, 0}, {6000000, 10000}, 5560},
		{"the same on the equator", {0, 0}, {0, 10000}, 11120},
		{"south of it", {-2100000, 5550000}, {-2110000, 5560000}, 15234},
		{"Annonay to Tournon", {4523990, 467090}, {4506670, 483330}, 23115},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int32_t got = ctl_demo_geo_metres(rows[i].a, rows[i].b);

		cr_expect_leq(abs(got - rows[i].metres), rows[i].metres / 100, "%s: %d", rows[i].label, got);
		cr_expect_eq(got, ctl_demo_geo_metres(rows[i].b, rows[i].a), "%s", rows[i].label);
	}
}

Test(ctl_demo, the_excerpt_has_areas_of_every_class)
{
	struct ctl_demo_geo g;
	struct fault f = FAULT_NONE;
	size_t classes[5] = {0};

	cr_assert_eq(ctl_demo_geo_load(&g, COMMUNES, &f), 0, "%s", f.what);
	cr_assert_leq(g.n_communes, 3000);
	cr_assert_geq(g.n_areas, 20);
	for (size_t i = 0; i < g.n_areas; i++)
		classes[g.areas[i].class]++;
	for (int c = CTL_DEMO_RURAL; c <= CTL_DEMO_PARIS; c++)
		cr_expect_geq(classes[c], 1, "class %d", c);
	cr_expect_geq(classes[CTL_DEMO_RURAL], 5);
	ctl_demo_geo_release(&g);
}

Test(ctl_demo, a_table_without_positions_is_refused)
{
	struct ctl_demo_geo g;
	struct fault f = FAULT_NONE;
	char path[128];

	snprintf(path, sizeof(path), "%s/communes.csv", folder);
	FILE *out = fopen(path, "w");

	fputs("insee;name;departement;region\n01001;Ici;01;84\n", out);
	fclose(out);
	cr_assert_eq(ctl_demo_geo_load(&g, path, &f), ERR_INVALID);
	cr_assert(strstr(f.what, "no column lat") != NULL, "%s", f.what);
}

Test(ctl_demo, company_sizes_follow_the_national_distribution)
{
	static const struct {
		int from, to, permille, spread;
	} rows[] = {{1, 5, 684, 15}, {6, 9, 131, 10}, {10, 19, 95, 10}, {20, 49, 58, 8}, {50, 99, 19, 5}, {100, 1200, 13, 4}};
	int sizes[1201] = {0};
	struct rng r;

	rng_init(&r, 1, "sizes");
	for (int i = 0; i < 20000; i++) {
		int size = ctl_demo_company_size(&r);

		cr_assert(size >= 1 && size <= 1200);
		sizes[size]++;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int n = 0;

		for (int s = rows[i].from; s <= rows[i].to; s++)
			n += sizes[s];
		cr_expect_leq(abs(n / 20 - rows[i].permille), rows[i].spread, "%d-%d: %d", rows[i].from, rows[i].to, n / 20);
	}
}

/* Whether two folders hold the same files with the same bytes; counts the files. */
static void compare_trees(const char *a, const char *b, size_t *n)
{
	DIR *d = opendir(a);
	char x[512], y[512];

	cr_assert_not_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(x, sizeof(x), "%s/%s", a, e->d_name);
		snprintf(y, sizeof(y), "%s/%s", b, e->d_name);
		if (e->d_type == DT_DIR) {
			compare_trees(x, y, n);
			continue;
		}
		struct buf one = slurp(a, e->d_name), two = slurp(b, e->d_name);

		cr_expect(one.len == two.len && memcmp(buf_str(&one), buf_str(&two), one.len) == 0, "%s differs", x);
		buf_release(&one);
		buf_release(&two);
		(*n)++;
	}
	closedir(d);
}

Test(ctl_demo, equal_arguments_give_equal_bytes_and_another_seed_others)
{
	char one[80], two[80], three[80];
	size_t n = 0;

	snprintf(one, sizeof(one), "%s/one", folder);
	snprintf(two, sizeof(two), "%s/two", folder);
	snprintf(three, sizeof(three), "%s/three", folder);
	struct ctl_demo_run_params p = params(one);

	run(&p);
	p.dir = two;
	run(&p);
	p.dir = three;
	p.seed = 2;
	run(&p);
	compare_trees(one, two, &n);
	cr_assert_geq(n, 25);
	struct buf a = slurp(one, "people.csv"), b = slurp(three, "people.csv");

	cr_assert(a.len != b.len || memcmp(buf_str(&a), buf_str(&b), a.len) != 0);
	buf_release(&a);
	buf_release(&b);
}

Test(ctl_demo, a_folder_that_holds_something_is_refused_without_force)
{
	struct ctl_demo_run_params p = params(folder);
	struct fault f = FAULT_NONE;
	char stale[160];

	run(&p);
	cr_assert_eq(ctl_demo_run(&p, NULL, NULL, &f), ERR_EXISTS);
	snprintf(stale, sizeof(stale), "%s/calendars/S002/S002-P01.ics", folder);
	cr_assert_eq(access(stale, F_OK), 0);
	p.force = true;
	p.services = 1;
	run(&p);
	cr_assert_neq(access(stale, F_OK), 0, "a calendar of the older data set is still there");
}

/* Which words of a table occurred in a column. */
struct occurrence {
	const char *column;
	const struct name *words;
	bool seen[32];
};

static void note_word(const struct csv *csv, void *arg)
{
	struct occurrence *o = arg;
	const char *word = cell(csv, o->column);
	int value;

	cr_assert(names_value(o->words, word, strlen(word), &value), "line %d: %s %s", csv_line(csv), o->column, word);
	cr_assert(value >= 0 && value < 32);
	o->seen[value] = true;
}

Test(ctl_demo, every_kind_of_service_centre_staff_company_and_person_occurs)
{
	const struct {
		const char *file, *column;
		const struct name *words;
	} rows[] = {
		{"services.csv", "kind", service_kind_names}, {"centres.csv", "kind", centre_kind_names},
		{"staff.csv", "role", staff_role_names}, {"companies.csv", "kind", company_kind_names},
		{"companies.csv", "regime", company_regime_names}, {"people.csv", "kind", person_kind_names},
	};
	struct ctl_demo_run_params p = params(folder);

	run(&p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct occurrence o = {.column = rows[i].column, .words = rows[i].words};

		each_row(rows[i].file, note_word, &o);
		for (const struct name *n = rows[i].words; n->word != NULL; n++)
			cr_expect(o.seen[n->value], "%s: no %s", rows[i].file, n->word);
	}
}

/* What of the companies must hold together. */
struct company_facts {
	struct map sirets;
	size_t expected, blank, works_at, hosts, small, n, people;
};

static void check_company(const struct csv *csv, void *arg)
{
	struct company_facts *facts = arg;
	const char *siret = cell(csv, "siret"), *host = cell(csv, "works_at");
	int headcount = (int)strtol(cell(csv, "headcount"), NULL, 10);

	cr_assert(ids_siret(siret, strlen(siret)), "%s", siret);
	cr_assert(map_put_str(&facts->sirets, siret, 0), "%s comes twice", siret);
	cr_assert(host[0] == '\0' || map_get_str(&facts->sirets, host, NULL), "host %s is unknown", host);
	cr_assert(strcmp(cell(csv, "regime"), "agricultural") != 0 || strncmp(cell(csv, "naf"), "0", 1) == 0);
	cr_assert_geq(headcount, 1);
	facts->works_at += host[0] != '\0';
	facts->blank += cell(csv, "expected_takers")[0] == '\0';
	facts->hosts += cell(csv, "can_host")[0] == '1';
	facts->small += headcount <= 5;
	facts->people += (size_t)headcount;
	facts->n++;
}

Test(ctl_demo, companies_are_valid_mostly_small_and_their_takers_mostly_blank)
{
	struct company_facts facts = {.n = 0};
	struct ctl_demo_run_params p = params(folder);

	map_init(&facts.sirets);
	p.people = 2000;
	run(&p);
	each_row("companies.csv", check_company, &facts);
	cr_expect(facts.small * 100 >= facts.n * 58 && facts.small * 100 <= facts.n * 76, "%zu of %zu are small", facts.small,
		facts.n);
	cr_expect_gt(facts.blank * 2, facts.n);
	cr_expect_lt(facts.blank, facts.n);
	cr_expect_geq(facts.works_at, 5);
	cr_expect_geq(facts.hosts, 50);
	map_release(&facts.sirets);
}

struct people_facts {
	struct map refs, sirets;
	size_t verify, relatives;
};

static void note_siret(const struct csv *csv, void *arg)
{
	map_put_str(arg, cell(csv, "siret"), 0);
}

static void check_person(const struct csv *csv, void *arg)
{
	struct people_facts *facts = arg;
	const char *ref = cell(csv, "person_ref"), *siret = cell(csv, "siret"), *relative_of = cell(csv, "relative_of");
	struct date birth;

	cr_assert(map_put_str(&facts->refs, ref, 0), "%s comes twice", ref);
	cr_assert(siret[0] == '\0' || map_get_str(&facts->sirets, siret, NULL), "%s works nowhere", ref);
	cr_assert(relative_of[0] == '\0' || map_get_str(&facts->refs, relative_of, NULL), "%s", relative_of);
	cr_assert_eq(relative_of[0] != '\0', strcmp(cell(csv, "kind"), "relative") == 0, "%s", ref);
	cr_assert_eq(date_parse(cell(csv, "birth_date"), 10, &birth), 0);
	facts->verify += cell(csv, "history_as_of")[0] == '\0';
	facts->relatives += relative_of[0] != '\0';
}

/* Histories in order, of known people, before the month. */
struct history_facts {
	const struct people_facts *people;
	struct date last;
	char person[64];
	size_t refusals, infections, doses;
};

static void check_history(const struct csv *csv, void *arg)
{
	struct history_facts *facts = arg;
	const char *ref = cell(csv, "person_ref"), *code = cell(csv, "code");
	struct date date;

	cr_assert(map_get_str(&facts->people->refs, ref, NULL), "%s is unknown", ref);
	cr_assert_eq(date_parse(cell(csv, "date"), 10, &date), 0);
	cr_assert_lt(date.days, date_of(2022, 1, 1).days);
	cr_assert(strcmp(facts->person, ref) != 0 || date.days > facts->last.days, "%s: not in order", ref);
	snprintf(facts->person, sizeof(facts->person), "%s", ref);
	facts->last = date;
	facts->refusals += strcmp(code, "REFUSAL:COVID-19") == 0;
	facts->infections += strcmp(code, "INF-COVID") == 0;
	facts->doses += strcmp(code, "208") == 0 || strcmp(code, "COMIRNATY") == 0;
}

Test(ctl_demo, people_and_histories_hold_together)
{
	struct people_facts facts = {.verify = 0};
	struct history_facts history = {.people = &facts, .last = DATE_NONE};
	struct ctl_demo_run_params p = params(folder);
	struct ctl_demo_run_counts counts;
	struct fault f = FAULT_NONE;

	map_init(&facts.refs);
	map_init(&facts.sirets);
	cr_assert_eq(ctl_demo_run(&p, NULL, &counts, &f), 0, "%s", f.what);
	each_row("companies.csv", note_siret, &facts.sirets);
	cr_expect_eq(each_row("people.csv", check_person, &facts), counts.people);
	cr_expect(counts.people >= 1900 && counts.people <= 2100, "%lu people", (unsigned long)counts.people);
	cr_expect_geq(facts.relatives, 5);
	cr_expect_geq(facts.verify, 100);
	each_row("history.csv", check_history, &history);
	cr_expect_geq(history.refusals, 30);
	cr_expect_geq(history.infections, 30);
	cr_expect_geq(history.doses, 1500);
	map_release(&facts.refs);
	map_release(&facts.sirets);
}

static void check_centre(const struct csv *csv, void *arg)
{
	struct fault f = FAULT_NONE;
	struct hours hours;
	const char *text = cell(csv, "hours");

	cr_assert_eq(hours_parse(text, strlen(text), &hours, &f), 0, "%s: %s", text, f.what);
	cr_assert(map_get_str(arg, cell(csv, "insee"), NULL), "%s is no commune of the data set", cell(csv, "insee"));
}

static void note_commune(const struct csv *csv, void *arg)
{
	map_put_str(arg, cell(csv, "insee"), 0);
}

static void check_member(const struct csv *csv, void *arg)
{
	struct fault f = FAULT_NONE;
	struct hours hours;
	const char *text = cell(csv, "hours"), *rpps = cell(csv, "rpps"), *email = cell(csv, "email");
	bool medical = strcmp(cell(csv, "role"), "physician") == 0 || strcmp(cell(csv, "role"), "nurse") == 0;

	cr_assert_eq(hours_parse(text, strlen(text), &hours, &f), 0, "%s: %s", text, f.what);
	cr_assert_eq(rpps[0] != '\0', medical);
	cr_assert(!medical || ids_rpps(rpps, strlen(rpps)), "%s", rpps);
	cr_assert(strlen(email) > 8 && strcmp(email + strlen(email) - 8, ".example") == 0, "%s", email);
	cr_assert(map_put_str(arg, email, 0), "%s comes twice", email);
}

Test(ctl_demo, centres_lie_in_known_communes_and_staff_can_be_reached)
{
	struct ctl_demo_run_params p = params(folder);
	struct map communes = MAP_INIT, emails = MAP_INIT;

	p.services = 12;
	run(&p);
	each_row("communes.csv", note_commune, &communes);
	cr_expect_geq(each_row("centres.csv", check_centre, &communes), 80);
	cr_expect_geq(each_row("staff.csv", check_member, &emails), 60);
	map_release(&communes);
	map_release(&emails);
}

/* Number of times a text occurs in a service's calendars. */
static size_t count_in_calendars(const char *service, const char *text)
{
	char dir[128];
	size_t n = 0;

	snprintf(dir, sizeof(dir), "%s/calendars/%s", folder, service);
	DIR *d = opendir(dir);

	cr_assert_not_null(d, "%s", dir);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		struct buf calendar = slurp(dir, e->d_name);

		for (const char *at = buf_str(&calendar); (at = strstr(at, text)) != NULL; at++)
			n++;
		buf_release(&calendar);
	}
	closedir(d);
	return n;
}

static void count_row(const struct csv *csv, void *arg)
{
	cr_assert_str_eq(cell(csv, "service_id"), "S003");
	*(size_t *)arg += strcmp(cell(csv, "status"), "cancelled") == 0;
}

Test(ctl_demo, calendars_hold_visits_and_every_sort_of_busy_time)
{
	static const char *const texts[] = {"X-PLANVAX-PERSON:S002-0", "X-PLANVAX-PERSON:S002-X", "CATEGORIES:REPRISE",
		"CATEGORIES:VIP_INITIALE", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "RRULE:FREQ=WEEKLY", "EXDATE;",
		"RECURRENCE-ID;", "DTSTART;VALUE=DATE:", "DURATION:PT", "LOCATION:Centre d", "LOCATION:S002-C01",
		"mailto:s002-n01@s002.example"};
	struct ctl_demo_run_params p = params(folder);
	size_t cancelled = 0;

	p.people = 2000;
	run(&p);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_expect_geq(count_in_calendars("S002", texts[i]), 1, "%s", texts[i]);
	cr_expect_eq(count_in_calendars("S002", "BEGIN:VEVENT\r\n"), count_in_calendars("S002", "END:VEVENT\r\n"));
	cr_expect_eq(count_in_calendars("S003", "X-PLANVAX-PERSON"), 0, "S003 tells its visits in visits.csv");
	cr_expect_geq(each_row("visits.csv", count_row, &cancelled), 100);
	cr_expect_geq(cancelled, 1);
}

Test(ctl_demo, wrong_usage_ends_with_2)
{
	static const struct {
		const char *label;
		const char *words[5];
	} rows[] = {
		{"no folder", {"demo"}}, {"no services", {"demo", "--dir", "x", "--services", "0"}},
		{"no month", {"demo", "--dir", "x", "--month", "2022-13"}}, {"an argument", {"demo", "--dir", "x", "y"}},
		{"unknown option", {"demo", "--dir", "x", "--colour"}},
	};

	cr_assert_not_null(freopen("/dev/null", "w", stderr));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char words[5][32], *argv[6] = {NULL};
		int argc = 0;

		for (; argc < 5 && rows[i].words[argc] != NULL; argc++) {
			snprintf(words[argc], sizeof(words[argc]), "%s", rows[i].words[argc]);
			argv[argc] = words[argc];
		}
		cr_expect_eq(ctl_demo(argc, argv), 2, "%s", rows[i].label);
	}
}
