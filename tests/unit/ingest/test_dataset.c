/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/dataset: small directories, written for each test. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ingest/dataset.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static struct buf faults;

static void put(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fwrite(text, 1, strlen(text), f), strlen(text));
	cr_assert_eq(fclose(f), 0);
}

static void make_folder(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(mkdir(path, 0700), 0);
}

#define SERVICES "service_id;name;kind;region\nS1;One;SPSTI;84\nS2;Two;MSA;04\n"
#define VISIT(uid, more) "BEGIN:VEVENT\nUID:" uid "\nDTSTART:20220103T080000Z\nDTEND:20220103T083000Z\nX-PLANVAX-PERSON:P1\nCATEGORIES:VIP\n" more "END:VEVENT\n"

static void write_data_set(void)
{
	snprintf(dir, sizeof(dir), "/tmp/test-dataset-XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	put("services.csv", SERVICES);
	put("communes.csv", "insee;name;departement;region;lat;lon;population;dens7\n07010;A;07;84;45.2;4.6;1;6\n69123;Lyon;69;84;45.7;4.8;1;1\n97411;B;974;04;-21;55;;\n");
	put("centres.csv", "centre_id;service_id;name;kind;insee\nC2;S2;Deux;service;97411\nC1;S1;Un;service;07010\nC3;S1;Trois;msa;69383\nC9;S9;Neuf;msa;07010\n");
	put("staff.csv", "staff_id;service_id;role;name;email\nN1;S1;nurse;N;N1@x\nP1;S1;physician;Dr P;p1@x\nN2;S2;nurse;N;n2@x\n");
	put("companies.csv", "siret;service_id;name;insee;headcount\n38603354200021;S1;E;07010;12\n");
	put("people.csv", "person_ref;service_id;siret;birth_date;kind\nP1;S1;38603354200021;1980-01-01;employee\nP2;S2;;1980-01-01;head\nP3;S1;;1980-31-01;head\n");
	put("history.csv", "person_ref;date;code\nP2;2021-05-01;208\nP1;2021-06-01;208\nP1;2021-05-01;208\nP3;2021-05-01;208\nPX;2021-05-01;208\n");
	put("stock.csv", "centre_id;service_id;product;delivered_on;vials\nC1;;COMIRNATY;2022-01-03;3\n;S2;COMIRNATY;2022-01-03;1\nC8;;COMIRNATY;2022-01-03;1\n");
	put("visits.csv", "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\nV1;S2;N2;2022-01-03T08:30;30;P2;VIP;\nV2;S2;N2;2022-01-03T09:30;30;P2;VIP;cancelled\n");
}

static int drop(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void remove_data_set(void)
{
	nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
	buf_release(&faults);
}

static void hear(void *arg, enum register_severity severity, const struct fault *fault)
{
	(void)arg;
	buf_puts(&faults, severity == REGISTER_NOTE ? "note " : "");
	fault_format(fault, &faults);
	buf_putc(&faults, '\n');
}

static int open_with(struct dataset **d, struct fault *f)
{
	static const char *const codes[] = {"VIP"};
	struct dataset_options o = {
		.visit_types = codes, .n_visit_types = 1, .from = date_of(2022, 1, 1), .to = date_of(2022, 1, 31), .report = hear,
	};

	return dataset_open(dir, &o, d, f);
}

static struct dataset *open_it(void)
{
	struct dataset *d = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(open_with(&d, &f), 0, "%s %s", f.where, f.what);
	return d;
}

static const struct snapshot *load(struct dataset *d, const char *service)
{
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(dataset_load(d, (size_t)dataset_find(d, service), &s, &f), 0, "%s", f.what);
	return s;
}

TestSuite(dataset, .init = write_data_set, .fini = remove_data_set);

Test(dataset, gives_each_service_its_own_rows)
{
	struct dataset *d = open_it();
	const struct snapshot *one = load(d, "S1");
	const struct snapshot *two = load(d, "S2");

	cr_assert_eq(dataset_services(d), 2);
	cr_assert_eq(dataset_find(d, "S3"), -1);
	cr_assert(one->n_centres == 2 && one->n_staff == 2 && one->n_companies == 1 && one->n_people == 1 && one->n_events == 2);
	cr_assert(one->n_stock == 1 && one->n_visits == 0);
	cr_assert(two->n_centres == 1 && two->n_staff == 1 && two->n_people == 1 && two->n_events == 1 && two->n_stock == 1 && two->n_visits == 1);
	cr_assert_eq(two->visits[0].start.utc_s, INT64_C(1641184200)); /* 08:30 in Réunion */
	snapshot_free(one);
	snapshot_free(two);
	dataset_free(d);
}

Test(dataset, reports_rows_that_no_service_or_person_owns_and_the_counts_add_up)
{
	struct dataset *d = open_it();
	const struct dataset_counts *c;

	snapshot_free(load(d, "S1"));
	snapshot_free(load(d, "S2"));
	cr_assert_not_null(strstr(buf_str(&faults), "centres.csv:5: column service_id (cell B5): service S9 is not in services.csv\n"));
	cr_assert_not_null(strstr(buf_str(&faults), "people.csv:4: column birth_date (cell D4): \"1980-31-01\" is not a date"));
	cr_assert_not_null(strstr(buf_str(&faults), "history.csv:5: person P3 was not taken, mend its row in people.csv\n"));
	cr_assert_not_null(strstr(buf_str(&faults), "history.csv:6: column person_ref (cell A6): PX is on no register\n"));
	cr_assert_not_null(strstr(buf_str(&faults), "stock.csv:4: column centre_id (cell A4): C8 is on no register\n"));
	c = dataset_counts(d);
	for (int kind = 0; kind < REGISTER_KINDS; kind++)
		cr_assert_eq(c->registers[kind].read, c->registers[kind].taken + c->registers[kind].rejected, "kind %d", kind);
	cr_assert_eq(c->registers[REGISTER_HISTORY].read, 5);
	cr_assert_eq(c->registers[REGISTER_HISTORY].rejected, 2);
	cr_assert(c->present[REGISTER_PEOPLE] && !c->present[REGISTER_VEHICLES]);
	dataset_free(d);
}

Test(dataset, registers_with_french_headers_in_windows_1252_are_read_and_keys_count_once)
{
	struct dataset *d;
	const struct snapshot *s;

	put("people.csv", "R\xe9" "f. salari\xe9;Service;Date de naissance;Cat\xe9gorie\nP1;S1;01/02/1980;Salari\xe9\n=\"P4\";S1;01/02/1980;Salari\xe9\n"
		"P2;S2;01/02/1980;Salari\xe9\nP1;S1;01/02/1990;Salari\xe9\n");
	put("history.csv", "r\xe9" "f\xe9rence;date;vaccin\nP1;01/06/2021;208\nP4;01/06/1979;208\nP4;02/06/2021;208\n");
	d = open_it();
	s = load(d, "S1");
	cr_assert_eq(s->n_people, 2);
	cr_assert_eq(s->people[snapshot_find_person(s, "P1")].birth.days, date_of(1980, 2, 1).days);
	cr_assert_eq(s->n_events, 2);
	cr_assert_not_null(strstr(buf_str(&faults), "people.csv:5: column R\xc3\xa9" "f. salari\xc3\xa9 (cell A5): \"P1\" stands on line 2 already"), "%s", buf_str(&faults));
	cr_assert_not_null(strstr(buf_str(&faults), "history.csv:3: the date is before the birth of P4"), "%s", buf_str(&faults));
	snapshot_free(s);
	dataset_free(d);
}

Test(dataset, an_arrondissement_falls_back_to_its_city)
{
	struct dataset *d = open_it();
	const struct snapshot *s = load(d, "S1");
	int32_t c3 = snapshot_find_centre(s, "C3");

	cr_assert(c3 >= 0);
	cr_assert_float_eq(s->centres[c3].at.lat_deg, 45.7, 1e-9);
	snapshot_free(s);
	dataset_free(d);
}

Test(dataset, order_delimiter_and_encoding_of_the_rows_change_nothing)
{
	struct dataset *d = open_it();
	const struct snapshot *before = load(d, "S1");
	const struct snapshot *after;

	dataset_free(d);
	put("people.csv", "kind,birth_date,siret,service_id,person_ref\r\nhead,01/01/1980,,S2,P2\r\nemployee,01/01/1980,38603354200021,S1,P1\r\n");
	put("history.csv", "\xef\xbb\xbf" "person_ref\tdate\tcode\nP1\t2021-05-01\t208\nP2\t2021-05-01\t208\nP1\t2021-06-01\t208\n");
	put("centres.csv", "nom;centre_id;service_id;kind;insee\nTrois;C3;S1;msa;69383\nDeux;C2;S2;service;97411\nUn;C1;S1;service;7010\n");
	d = open_it();
	after = load(d, "S1");
	cr_assert_eq(memcmp(before->digest, after->digest, sizeof(before->digest)), 0);
	snapshot_free(before);
	snapshot_free(after);
	dataset_free(d);
}

Test(dataset, reads_calendars_by_staff_named_or_by_file_name)
{
	struct dataset *d;
	const struct snapshot *s;

	make_folder("calendars");
	make_folder("calendars/S1");
	make_folder("calendars/S7");
	put("calendars/S1/N1.ics", "BEGIN:VCALENDAR\n" VISIT("a", "") VISIT("b", "ATTENDEE:mailto:P1@x\nATTENDEE:mailto:n1@x\n") VISIT("c", "STATUS:CANCELLED\n")
		"BEGIN:VEVENT\nUID:m\nDTSTART:20220110T080000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n" VISIT("e", "X-PLANVAX-DUE:never\n") "END:VCALENDAR\n");
	d = open_it();
	s = load(d, "S1");
	cr_assert_eq(s->n_visits, 2);
	cr_assert_str_eq(s->visits[0].staff_id, "N1");
	cr_assert_str_eq(s->visits[1].staff_id, "P1");
	cr_assert_eq(s->n_busy, 5); /* N1 beside P1 at b; four Mondays from 10 to 31 January */
	cr_assert_str_eq(s->busy[1].uid, "m/20220110T080000Z");
	cr_assert_not_null(strstr(buf_str(&faults), "calendars/S1/N1.ics:38:15: X-PLANVAX-DUE: \"never\" is not a date"), "%s", buf_str(&faults));
	cr_assert_not_null(strstr(buf_str(&faults), "note calendars/S7: no service of that name"));
	cr_assert(dataset_counts(d)->calendars.read == 5 && dataset_counts(d)->calendars.rejected == 1);
	snapshot_free(s);
	dataset_free(d);
}

Test(dataset, of_versions_of_one_component_the_newest_counts)
{
	struct dataset *d;
	const struct snapshot *s;

	make_folder("calendars");
	make_folder("calendars/S1");
	put("calendars/S1/N1.ics", "BEGIN:VCALENDAR\n" VISIT("a", "SEQUENCE:2\nATTENDEE:mailto:p1@x\n") VISIT("a", "SEQUENCE:1\n") VISIT("b", "SEQUENCE:1\n")
		VISIT("b", "SEQUENCE:1\nSTATUS:CANCELLED\n") VISIT("c", "SEQUENCE:3\nSTATUS:CANCELLED\n") VISIT("c", "SEQUENCE:2\n") "END:VCALENDAR\n");
	d = open_it();
	s = load(d, "S1");
	cr_assert_eq(s->n_visits, 1);
	cr_assert_str_eq(s->visits[0].visit_id, "a");
	cr_assert_str_eq(s->visits[0].staff_id, "P1");
	snapshot_free(s);
	dataset_free(d);
}

Test(dataset, a_directory_without_services_is_refused)
{
	struct dataset *d = NULL;
	struct fault f = FAULT_NONE;

	put("services.csv", "service_id;name\nS1;One\n");
	cr_assert_eq(open_with(&d, &f), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&faults), "services.csv:1: required column kind is missing"));
	snprintf(dir + strlen(dir), 10, "/none");
	fault_clear(&f);
	cr_assert_eq(open_with(&d, &f), ERR_IO);
	cr_assert_null(d);
	dir[strlen(dir) - 5] = '\0';
}

Test(dataset, a_table_of_communes_may_come_from_elsewhere)
{
	struct dataset *d = NULL;
	struct fault f = FAULT_NONE;
	char path[200], elsewhere[200];

	snprintf(path, sizeof(path), "%s/communes.csv", dir);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere.csv", dir);
	cr_assert_eq(rename(path, elsewhere), 0);
	struct dataset_options o = {.from = DATE_NONE, .to = DATE_NONE, .communes = elsewhere, .report = hear};
	cr_assert_eq(dataset_open(dir, &o, &d, &f), 0);
	const struct snapshot *s = load(d, "S1");
	cr_assert_eq(s->n_centres, 2);
	snapshot_free(s);
	dataset_free(d);
}

Test(dataset, a_visit_of_the_table_and_of_a_calendar_is_one_and_the_calendar_counts)
{
	struct dataset *d;
	const struct snapshot *s;

	make_folder("calendars");
	make_folder("calendars/S2");
	put("calendars/S2/N9.ics", "BEGIN:VCALENDAR\nVERSION:2.0\n" VISIT("V1", "") VISIT("V3", "STATUS:CANCELLED\n") "END:VCALENDAR\n");
	put("visits.csv", "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\n"
		"V1;S2;N2;2022-01-03T15:30;30;P2;VIP;\n"   /* the same id at another time */
		"V2;S2;N2;2022-01-03T12:00;30;P1;VIP;\n"   /* another id is another visit */
		"V3;S2;N2;2022-01-03T16:30;30;P2;VIP;\n"   /* the calendar cancels it */
		"V4;S2;N2;2022-01-03T17:30;30;P2;VIP;\n"
		"V5;S2;N2;2022-02-01T17:30;30;P2;VIP;\n"); /* outside the window */
	d = open_it();
	s = load(d, "S2");
	cr_assert_eq(s->n_visits, 3, "%zu", s->n_visits);
	cr_expect_str_eq(s->visits[0].visit_id, "V1");
	cr_expect_eq(s->visits[0].start.utc_s, INT64_C(1641196800));
	cr_expect_str_eq(s->visits[1].visit_id, "V2");
	cr_expect_str_eq(s->visits[2].visit_id, "V4");
	cr_expect_not_null(strstr(buf_str(&faults), "note visits.csv: 2 visits of service S2 are in a calendar too: the calendar counts\n"), "%s",
		buf_str(&faults));
	snapshot_free(s);
	dataset_free(d);
}
