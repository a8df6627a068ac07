/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/register_read. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ingest/register_read.h>
#include <stdio.h>
#include <string.h>

struct hearing {
	struct buf rows, faults;
};

static void put_person(struct buf *out, const struct person *p)
{
	char birth[11];

	buf_printf(out, "%s %s %c %s %llx %s %d\n", p->person_ref, date_format(p->birth, birth), p->sex, names_word(person_kind_names, (int)p->kind),
		(unsigned long long)p->flags, p->other_flags != NULL ? p->other_flags : "-", (int)p->priority);
}

static int hear_row(void *arg, const struct register_row *row, struct fault *f)
{
	struct hearing *h = arg;
	char at[21];

	switch (row->kind) {
	case REGISTER_PEOPLE:
		if (strcmp(row->person.person_ref, "REFUSED") == 0)
			return fault_set(f, ERR_NOT_FOUND, "refused by the test");
		put_person(&h->rows, &row->person);
		break;
	case REGISTER_CENTRES:
		buf_printf(&h->rows, "%s %s %d %.2f posts %d open %d\n", row->centre.centre_id, row->centre.insee, row->centre.has_position,
			row->centre.at.lat_deg, (int)row->centre.posts, row->centre.hours.n[0]);
		break;
	case REGISTER_STAFF:
		buf_printf(&h->rows, "%s %d %d\n", row->staff.staff_id, row->staff.vaccinates, (int)row->staff.max_days_per_week);
		break;
	case REGISTER_VISITS:
		buf_printf(&h->rows, "%s %s %d%s\n", row->visit.visit_id, instant_format_utc(row->visit.start, at),
			(int)(row->visit.end.utc_s - row->visit.start.utc_s), row->cancelled ? " cancelled" : "");
		break;
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_VEHICLES:
	case REGISTER_COMPANIES:
	case REGISTER_HISTORY:
	case REGISTER_STOCK:
	case REGISTER_PARTNERS:
		buf_printf(&h->rows, "line %d\n", row->line);
		break;
	}
	return 0;
}

static void hear_fault(void *arg, enum register_severity severity, const struct fault *fault)
{
	struct hearing *h = arg;

	buf_puts(&h->faults, severity == REGISTER_NOTE ? "note " : "");
	fault_format(fault, &h->faults);
	buf_putc(&h->faults, '\n');
}

static const struct zone *paris_of_s1(void *arg, const char *service_id)
{
	static struct zone *paris;

	(void)arg;
	if (paris == NULL)
		cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
	return strcmp(service_id, "S1") == 0 ? paris : NULL;
}

/* Reads a register; expects rows, faults and counts. */
static void expect(enum register_kind kind, const char *text, const char *rows, const char *faults, const char *counts)
{
	static const char *const types[] = {"VIP_INITIALE"};
	struct hearing h = {.rows = BUF_INIT, .faults = BUF_INIT};
	struct register_options o = {
		.name = "t.csv", .kind = kind, .visit_types = types, .n_visit_types = 1, .zone = paris_of_s1, .row = hear_row,
		.report = hear_fault, .arg = &h,
	};
	struct register_counts c = {0};
	char got[80];

	register_read(text, strlen(text), &o, &c);
	snprintf(got, sizeof(got), "%d=%d+%d", (int)c.read, (int)c.taken, (int)c.rejected);
	cr_assert_str_eq(buf_str(&h.rows), rows, "%s%s", buf_str(&h.rows), buf_str(&h.faults));
	cr_assert_str_eq(buf_str(&h.faults), faults, "%s", buf_str(&h.faults));
	cr_assert_str_eq(got, counts);
	buf_release(&h.rows);
	buf_release(&h.faults);
}

Test(register_read, finds_columns_by_name_in_any_order_with_french_aliases)
{
	expect(REGISTER_PEOPLE, "sexe;kind;date_naissance;service_id;person_ref\nF;head;03/01/1980;S1;P1\n",
		"P1 1980-01-03 F head 0 - 0\n", "", "1=1+0");
}

Test(register_read, reports_each_bad_cell_and_takes_the_other_rows)
{
	expect(REGISTER_PEOPLE,
		"person_ref,service_id,siret,birth_date,kind,priority\n"
		"P1,S1,,1980-02-29,employee,\n"
		"P2,S1,,31/02/1980,employee,12\n"
		"P3,S1,38603354200022,1980-01-01,\"employe\",\n"
		",S1,,1980-01-01,head,9\n",
		"P1 1980-02-29 U employee 0 - 0\n",
		"t.csv:3: column birth_date (cell D3): \"31/02/1980\" is not a date, expected YYYY-MM-DD or DD/MM/YYYY\n"
		"t.csv:3: column priority (cell F3): 12 is out of range, expected 1 to 9\n"
		"t.csv:4: column siret (cell C4): \"38603354200022\" is not a SIRET: its check digit is wrong, look for a mistyped digit\n"
		"t.csv:4: column kind (cell E4): \"employe\" is not a known word, did you mean employee? expected one of employee, temporary, contractor, head, relative, self_employed\n"
		"t.csv:5: column person_ref (cell A5): the cell is blank, person_ref is required\n",
		"4=1+3");
}

Test(register_read, an_unknown_column_and_flag_are_told_once)
{
	expect(REGISTER_PEOPLE,
		"person_ref;service_id;birth_date;kind;flags;couleur\nP1;S1;1980-01-01;employee;DISABLED|NEW_FLAG|night_worker;x\nP2;S1;1980-01-01;employee;NEW_FLAG;x\n",
		"P1 1980-01-01 U employee 21 NEW_FLAG 0\nP2 1980-01-01 U employee 0 NEW_FLAG 0\n",
		"note t.csv:1: unknown column couleur is ignored\n"
		"note t.csv:2: column flags (cell E2): unknown flag \"NEW_FLAG\" is kept without effect\n",
		"2=2+0");
}

Test(register_read, a_missing_required_column_rejects_every_row)
{
	expect(REGISTER_COMPANIES, "siret;service_id;insee\n1;S1;2\n3;S1;4\n", "",
		"t.csv:1: required column name is missing, it may also be called raison_sociale\n"
		"t.csv:1: required column headcount is missing, it may also be called effectif\n",
		"2=0+2");
}

Test(register_read, a_broken_row_does_not_cost_the_next)
{
	expect(REGISTER_PEOPLE, "person_ref;service_id;birth_date;kind\n\"P1;S1;1980-01-01;employee\nP2;S1;1980-01-01;head\n",
		"P2 1980-01-01 U head 0 - 0\n", "t.csv:2: column person_ref (cell A2): a quoted cell that is not closed, "
		"close it with \"; inside it a quote is written twice\n", "2=1+1");
}

Test(register_read, a_row_that_its_taker_refuses_counts_as_rejected)
{
	expect(REGISTER_PEOPLE, "person_ref;service_id;birth_date;kind\nREFUSED;S1;1980-01-01;head\n", "", "t.csv:2: refused by the test\n", "1=0+1");
}

Test(register_read, blank_cells_take_their_defaults)
{
	expect(REGISTER_CENTRES, "centre_id;service_id;name;insee;lat;lon;hours;posts\nC1;S1;Centre;1004;;;;\nC2;S1;Centre;01004;45,5;4.5;mon 09:00-10:00;3\n",
		"C1 01004 0 nan posts 1 open 2\nC2 01004 1 45.50 posts 3 open 1\n", "", "2=2+0");
	expect(REGISTER_STAFF, "staff_id;service_id;role;name\nN1;S1;nurse;N\n", "N1 1 -1\n", "", "1=1+0");
}

Test(register_read, a_position_needs_both_coordinates)
{
	expect(REGISTER_CENTRES, "centre_id;service_id;name;insee;lat;lon\nC1;S1;Centre;01004;45.5;\n", "",
		"t.csv:2: column lon (cell F2): the cell is blank, but lat is given, give both, or neither: then the commune's position counts\n",
		"1=0+1");
}

Test(register_read, a_lot_needs_a_centre_or_a_service)
{
	expect(REGISTER_STOCK, "centre_id;service_id;product;delivered_on;vials\n;;COMIRNATY;2022-01-03;3\nC1;;COMIRNATY;2022-01-03;3\n", "line 3\n",
		"t.csv:2: column centre_id (cell A2): neither centre_id nor service_id is given, name the centre that holds the lot, or the service\n",
		"2=1+1");
}

Test(register_read, visits_are_read_in_their_services_zone)
{
	expect(REGISTER_VISITS,
		"visit_id;service_id;staff_id;start;end;minutes;person_ref;type;status\n"
		"V1;S1;N1;2022-01-03T08:30;;30;P1;VIP_INITIALE;\n"
		"V2;S1;N1;2022-07-03 08:30;2022-07-03 09:15;;P1;VIP_INITIALE;cancelled\n"
		"V3;S2;N1;2022-01-03T08:30;;30;P1;VIP_INITIALE;\n"
		"V4;S1;N1;2022-01-03T08:30;;30;P1;MEETING;\n"
		"V5;S1;N1;2022-01-03T08:30;;;P1;VIP_INITIALE;\n"
		"V6;S1;N1;2022-01-03T08:30;2022-01-03T08:00;;P1;VIP_INITIALE;\n",
		"V1 2022-01-03T07:30:00Z 1800\nV2 2022-07-03T06:30:00Z 2700 cancelled\n",
		"t.csv:4: column service_id (cell B4): service S2 is not in services.csv\n"
		"t.csv:5: column type (cell H5): \"MEETING\" is no type of visit, use a code such as VIP_PERIODIQUE\n"
		"t.csv:6: column minutes (cell F6): neither end nor minutes is given\n"
		"t.csv:7: column end (cell E7): the visit ends before it starts\n",
		"6=2+4");
}

Test(register_read, date_and_time_of_a_visit_may_stand_in_two_columns)
{
	expect(REGISTER_VISITS,
		"N\xc2\xb0 rendez-vous;Code service;M\xc3\xa9" "decin;Date;Heure;Dur\xc3\xa9" "e;N\xc2\xb0 dossier;Type\n"
		"V1;S1;N1;03/01/2022;08:30;30;P1;VIP_INITIALE\n"
		"V2;S1;N1;03/07/2022 00:00:00;8h30;30;P1;VIP_INITIALE\n"
		"V3;S1;N1;2022-01-03 10:00;08:30;30;P1;VIP_INITIALE\n"
		"V4;S1;N1;2022-01-03;;30;P1;VIP_INITIALE\n"
		"V5;S1;N1;2022-01-03;25:00;30;P1;VIP_INITIALE\n",
		"V1 2022-01-03T07:30:00Z 1800\nV2 2022-07-03T06:30:00Z 1800\nV3 2022-01-03T09:00:00Z 1800\n",
		"t.csv:5: column Date (cell D5): \"2022-01-03\" is not a date and time, expected 2022-01-03T08:30, local time, or a date with the time in a column heure\n"
		"t.csv:6: column Date (cell D6): \"2022-01-03 25:00\" is not a date and time, expected 2022-01-03T08:30, local time, or a date with the time in a column heure\n",
		"5=3+2");
}

Test(register_read, headers_as_people_write_them_are_found)
{
	static const char *const headers[] = {
		"Matricule;Service;Date de naissance;Type", "\xef\xbb\xbf\"R\xc3\xa9" "f\xc3\xa9rence salari\xc3\xa9\";\"ID_SERVICE\";\"N\xc3\xa9(e) le\";\"Cat\xc3\xa9gorie\"",
		"PERSON_REF,SERVICE-ID,Birth date,KIND", "N\xc2\xb0 de dossier\tcode service\tDATE_NAISS\tstatut",
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		char mark = strchr(headers[i], '\t') ? '\t' : strchr(headers[i], ',') ? ',' : ';';
		char text[300];
		snprintf(text, sizeof(text), "%s\nP1%cS1%c03/01/1980%cSalari\xc3\xa9\n", headers[i], mark, mark, mark);
		expect(REGISTER_PEOPLE, text, "P1 1980-01-03 U employee 0 - 0\n", "", "1=1+0");
	}
}

Test(register_read, of_two_names_of_a_column_one_gives_it_and_a_near_name_is_guessed)
{
	expect(REGISTER_COMPANIES, "siret;service_id;nom;raison_sociale;code commune;commune;effectif;regimee\n"
		"38603354200021;S1;N;R;1004;Amb;12;\n", "line 2\n",
		"note t.csv:1: column nom is ignored: raison_sociale gives name\n"
		"note t.csv:1: column commune is ignored: code commune gives insee\n"
		"note t.csv:1: unknown column regimee is ignored, did you mean regime?\n", "1=1+0");
}

Test(register_read, a_column_that_stands_twice_is_one_fault_and_no_row_is_read)
{
	expect(REGISTER_HISTORY, "person_ref;date;code;Date\nP1;2021-01-01;208;2021-02-02\nP2;2021-01-01;208;2021-02-02\n", "",
		"note t.csv:1: column Date is ignored: date gives date\n"
		"t.csv:1: column date stands twice in the header, keep the one that holds date\n", "2=0+2");
	expect(REGISTER_HISTORY, "person_ref;date;code;x;x\nP1;2021-01-01;208;;\n", "line 2\n",
		"note t.csv:1: unknown column x is ignored\nnote t.csv:1: unknown column x is ignored\n", "1=1+0");
}

Test(register_read, a_header_of_one_column_says_what_separates_cells)
{
	expect(REGISTER_HISTORY, "person_ref|date|code\nP1|2021-01-01|208\n", "",
		"note t.csv:1: unknown column person_ref|date|code is ignored\n"
		"t.csv:1: required column person_ref is missing, the header has one column only: cells are separated by ; or , or a tab\n"
		"t.csv:1: required column date is missing, the header has one column only: cells are separated by ; or , or a tab\n"
		"t.csv:1: required column code is missing, the header has one column only: cells are separated by ; or , or a tab\n", "1=0+1");
}

Test(register_read, a_key_that_stands_twice_is_told_with_both_lines_and_the_first_row_counts)
{
	expect(REGISTER_PEOPLE, "person_ref;service_id;birth_date;kind\nP1;S1;1980-01-01;head\nP1;S2;1981-01-01;head\nP2;S1;bad;head\n"
		"P1;S1;1982-01-01;head\nP2;S1;1983-01-01;head\n",
		"P1 1980-01-01 U head 0 - 0\nP1 1981-01-01 U head 0 - 0\nP2 1983-01-01 U head 0 - 0\n",
		"t.csv:4: column birth_date (cell C4): \"bad\" is not a date, expected YYYY-MM-DD or DD/MM/YYYY\n"
		"t.csv:5: column person_ref (cell A5): \"P1\" stands on line 2 already, that row counts; remove one of them\n", "5=3+2");
	expect(REGISTER_HISTORY, "person_ref;date;code\nP1;2021-01-01;208\nP1;2021-01-01;208\n", "line 2\nline 3\n", "", "2=2+0");
}

Test(register_read, what_is_not_plausible_is_refused)
{
	expect(REGISTER_PEOPLE, "person_ref;service_id;birth_date;kind;history_as_of\nP1;S1;17/03/1780;head;\nP2;S1;1980-01-01;head;1979-12-31\n", "",
		"t.csv:2: column birth_date (cell C2): the birth date is before 1900, look for a mistyped year\n"
		"t.csv:3: column history_as_of (cell E3): history_as_of is before the birth, the day up to which the history is complete\n", "2=0+2");
	expect(REGISTER_STOCK, "centre_id;product;delivered_on;vials;expires_on\nC1;COMIRNATY;2022-02-01;3;2022-01-31\nC1;COMIRNATY;2022-02-01;3;2022-02-01\n", "line 3\n",
		"t.csv:2: column expires_on (cell E2): expires_on is before delivered_on, look for exchanged columns\n", "2=1+1");
	expect(REGISTER_VISITS, "visit_id;service_id;staff_id;start;end;person_ref;type;due\n"
		"V1;S1;N1;2022-01-03 8h30;9h;P1;VIP_INITIALE;1922-01-01\nV2;S1;N1;2022-01-03 8h30;2022-01-05 9h;P1;VIP_INITIALE;\n"
		"V3;S1;N1;2022-03-27 02:30;4h;P1;VIP_INITIALE;\nV4;S1;N1;2022-01-03 8h30;9h;P1;VIP_INITIALE;2022-02-01\n",
		"V4 2022-01-03T07:30:00Z 1800\n",
		"t.csv:2: column due (cell H2): the due date is before 1990, look for a mistyped year\n"
		"t.csv:3: column end (cell E3): the visit lasts longer than a day, look for a mistyped date\n"
		"t.csv:4: column start (cell D4): \"2022-03-27 02:30\" is a time that does not exist, the clocks went forward over it that day\n", "4=1+3");
}

Test(register_read, days_to_come_are_no_birth_and_no_dose)
{
	static const char text[] = "person_ref;date;code\nP1;2022-01-03;208\nP1;2022-01-04;208\n";
	struct hearing h = {.rows = BUF_INIT, .faults = BUF_INIT};
	struct register_counts counts = {0, 0, 0};
	struct register_options options = {
		.name = "history.csv", .kind = REGISTER_HISTORY, .row = hear_row, .report = hear_fault, .arg = &h, .today = date_of(2022, 1, 3),
	};

	cr_assert_eq(register_read(text, strlen(text), &options, &counts), 0);
	cr_assert_str_eq(buf_str(&h.rows), "line 2\n");
	cr_assert_not_null(strstr(buf_str(&h.faults), "history.csv:3: column date (cell B3): the date is in the future"), "%s", buf_str(&h.faults));
	buf_release(&h.rows);
	buf_release(&h.faults);
}

Test(register_read, cells_that_programs_guard_from_spreadsheets_are_read)
{
	expect(REGISTER_CENTRES, "centre_id;service_id;name;insee\nC1;S1;Centre;=\"01004\"\n=\"C2\";S1;Centre;'01004\n",
		"C1 01004 0 nan posts 1 open 2\nC2 01004 0 nan posts 1 open 2\n", "", "2=2+0");
}

Test(register_read, a_text_that_ceases_to_be_of_one_encoding_is_told_once_where)
{
	expect(REGISTER_STAFF, "staff_id;service_id;role;name\nN1;S1;nurse;Z\xc3\xa9ro\nN2;S1;nurse;Z\xe9ro\nN3;S1;infirmi\xe8re;Z\n",
		"N1 1 -1\nN2 1 -1\nN3 1 -1\n",
		"note t.csv:3: bytes that do not fit the encoding of the text before, they are read as Windows-1252 or UTF-8, letter by letter; check the accents of this row\n"
		"note t.csv: 2 letters in all do not fit its encoding, export it in one encoding, UTF-8 at best\n", "3=3+0");
}

static int fail_read(void *arg, char *out, size_t size, size_t *n)
{
	int *blocks = arg;

	if ((*blocks)++ > 0)
		return ERR_IO;
	memset(out, 'x', size);
	memcpy(out, "person_ref;date;code\nP1;2021-01-01;208\nP2;2021-01-01;208\n", 57);
	out[57] = '\n';
	*n = size;
	return 0;
}

Test(register_read, a_source_that_fails_is_told_after_the_rows_that_came)
{
	struct hearing h = {.rows = BUF_INIT, .faults = BUF_INIT};
	struct register_counts counts = {0, 0, 0};
	int blocks = 0;
	const struct csv_source source = {fail_read, &blocks};
	struct register_options options = {.name = "history.csv", .kind = REGISTER_HISTORY, .row = hear_row, .report = hear_fault, .arg = &h};

	cr_assert_eq(register_read_source(&source, &options, &counts), ERR_IO);
	cr_assert_geq(counts.taken, 2);
	cr_assert_eq(counts.read, counts.taken + counts.rejected);
	cr_assert_not_null(strstr(buf_str(&h.faults), "cannot be read on from here"), "%s", buf_str(&h.faults));
	buf_release(&h.rows);
	buf_release(&h.faults);
}

Test(register_read, a_file_that_is_no_table_is_told)
{
	expect(REGISTER_PEOPLE, "", "", "t.csv:1: no header row: the file is empty\n", "0=0+0");
}

static bool only_comirnaty(const void *arg, const char *code)
{
	(void)arg;
	return strcmp(code, "COMIRNATY") == 0;
}

Test(register_read, a_delivery_of_an_unknown_product_is_rejected_with_its_cell)
{
	static const char text[] = "centre_id;product;delivered_on;vials\nC1;COMIRNATY;2022-01-03;5\nC1;ELIXIR;2022-01-03;5\n";
	struct hearing h = {.rows = BUF_INIT, .faults = BUF_INIT};
	struct register_counts counts = {0, 0, 0};
	struct register_options options = {
		.name = "stock.csv", .kind = REGISTER_STOCK, .row = hear_row, .report = hear_fault, .arg = &h, .known_product = only_comirnaty,
	};

	cr_assert_eq(register_read(text, strlen(text), &options, &counts), 0);
	cr_assert_eq(counts.taken, 1);
	cr_assert_eq(counts.rejected, 1);
	cr_assert_not_null(strstr(buf_str(&h.faults), "stock.csv:3: column product (cell B3): \"ELIXIR\""), "%s", buf_str(&h.faults));
	buf_release(&h.rows);
	buf_release(&h.faults);
}
