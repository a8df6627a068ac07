/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_calls: asks for a plan at once, prints difference and call list. */
#include "ctl_calls.h"

#include <planvax/base/alloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLAN_TIMEOUT_S 120
#define NAMES_MAX 10

/* ---- finding out ---- */

int ctl_calls_month(const struct ctl_ask *a, char **month)
{
	struct ctl_ask quiet = *a;
	struct json_doc *doc = NULL;
	int code;

	quiet.json = false;
	code = ctl_ask_get(&quiet, "/v1/status", &doc);
	if (doc)
		*month = xstrdup(ctl_ask_word(json_root(doc), "month"));
	json_free(doc);
	return code;
}

int ctl_calls_service(const struct ctl_ask *a, const char *kind, const char *id, char **service)
{
	struct ctl_ask quiet = *a;
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	char mark = '?';
	int code;

	quiet.json = false;
	buf_puts(&target, "/v1/services");
	ctl_ask_query(&target, &mark, "kind", kind);
	ctl_ask_query(&target, &mark, "id", kind ? id : NULL);
	code = ctl_ask_get(&quiet, buf_str(&target), &doc);
	if (doc) {
		const struct json_value *items = json_get(json_root(doc), "items");
		size_t n = json_len(items);

		if (n == 1) {
			*service = xstrdup(ctl_ask_word(json_at(items, 0), "service_id"));
		} else {
			code = CTL_FAILED;
			if (n == 0)
				fprintf(stderr, "planvaxctl %s: no service has %s %s\n", a->command, kind ? kind : "been registered", kind ? id : "");
			else
				fprintf(stderr, "planvaxctl %s: several services%s: name one by --service:", a->command, kind ? " have it" : "");
			for (size_t i = 0; n > 1 && i < n && i < NAMES_MAX; i++)
				fprintf(stderr, " %s", ctl_ask_word(json_at(items, i), "service_id"));
			if (n > 1)
				fputs(n > NAMES_MAX ? " ...\n" : "\n", stderr);
		}
	}
	json_free(doc);
	buf_release(&target);
	return code;
}

/* ---- printing ---- */

static void print_team(const struct json_value *staff)
{
	for (size_t i = 0; i < json_len(staff); i++) {
		const struct json_value *m = json_at(staff, i);

		printf("%s%s (%s) %s", i ? ", " : "      tell ", ctl_ask_word(m, "staff_id"), ctl_ask_word(m, "role"), ctl_ask_word(m, "what"));
	}
	if (json_len(staff))
		putchar('\n');
}

static void print_changes(const struct json_value *changes)
{
	printf("changes: %zu\n", json_len(changes));
	for (size_t i = 0; i < json_len(changes); i++) {
		const struct json_value *c = json_at(changes, i);

		printf("  %-8s %-24s %s%s\n", ctl_ask_word(c, "kind"), ctl_ask_word(c, "offer"), ctl_ask_word(c, "text"),
			json_bool(json_get(c, "forced")) ? " (forced)" : "");
		print_team(json_get(json_get(c, "tell"), "staff"));
	}
}

static void print_company(const struct json_value *change, const struct json_value *company)
{
	const struct json_value *instead = json_get(company, "instead");
	const char *contact = json_text(json_get(company, "contact_email"));

	printf("  %s %s%s%s%s: %s %s, %lld expected, now %lld", ctl_ask_word(company, "siret"), ctl_ask_word(company, "name"), contact ? " <" : "",
		contact ? contact : "", contact ? ">" : "", ctl_ask_word(change, "offer"), ctl_ask_word(change, "date"),
		(long long)ctl_ask_number(company, "before"), (long long)ctl_ask_number(company, "after"));
	for (size_t i = 0; i < json_len(instead); i++)
		printf("%s %s on %s", i ? "," : "; also", ctl_ask_word(json_at(instead, i), "offer"), ctl_ask_word(json_at(instead, i), "date"));
	putchar('\n');
}

static void print_calls(const struct json_value *changes)
{
	size_t n = 0;

	for (size_t i = 0; i < json_len(changes); i++) {
		const struct json_value *tell = json_get(json_at(changes, i), "tell");
		const struct json_value *companies = json_get(tell, "companies");

		for (size_t k = 0; k < json_len(companies); k++) {
			if (n++ == 0)
				puts("companies to call:");
			print_company(json_at(changes, i), json_at(companies, k));
		}
	}
	n = 0;
	for (size_t i = 0; i < json_len(changes); i++) {
		const struct json_value *people = json_get(json_get(json_at(changes, i), "tell"), "people");

		for (size_t k = 0; k < json_len(people); k++) {
			const struct json_value *p = json_at(people, k);
			const char *place = json_text(json_get(p, "instead"));

			if (n++ == 0)
				puts("persons to call (references):");
			printf("  %s: %s%s%s\n", ctl_ask_word(p, "person"), place ? place : "no place", place ? " on " : "",
				place ? ctl_ask_word(p, "date") : "");
		}
	}
}

static void print_visits(const struct json_value *root)
{
	const struct json_value *visits = json_get(root, "visits_of_absent");

	if (ctl_ask_number(root, "moved_visits"))
		printf("visits with another time: %lld (see planvaxctl moves list)\n", (long long)ctl_ask_number(root, "moved_visits"));
	if (json_len(visits))
		puts("visits of absent members, to be given another time in their agenda:");
	for (size_t i = 0; i < json_len(visits); i++)
		printf("  %s  %-12s %.16s\n", ctl_ask_word(json_at(visits, i), "visit"), ctl_ask_word(json_at(visits, i), "staff_id"),
			ctl_ask_word(json_at(visits, i), "start"));
}

static void print_letters(const struct json_value *root)
{
	const struct json_value *letters = json_get(root, "letters");
	size_t mails = 0;

	for (size_t i = 0; i < json_len(letters); i++)
		mails += strcmp(ctl_ask_word(json_at(letters, i), "kind"), "mail") == 0;
	if (strcmp(ctl_ask_word(root, "state"), "draft") == 0)
		puts("letters: none before the draft is approved (planvaxctl plan publish)");
	else
		printf("letters queued: %zu (%zu mails, %zu pushes)\n", json_len(letters), mails, json_len(letters) - mails);
}

void ctl_calls_print(const struct json_value *root)
{
	const struct json_value *changes = json_get(root, "changes");
	long long from = ctl_ask_number(root, "from"), version = ctl_ask_number(root, "version");

	if (from == version)
		printf("%s %s: version %lld stands, nothing had to change\n", ctl_ask_word(root, "service_id"), ctl_ask_word(root, "month"), version);
	else
		printf("%s %s: version %lld (%s) instead of %lld\n", ctl_ask_word(root, "service_id"), ctl_ask_word(root, "month"), version,
			ctl_ask_word(root, "state"), from);
	print_changes(changes);
	print_calls(changes);
	print_visits(root);
	print_letters(root);
}

/* ---- planning ---- */

static void print_json(const struct ctl_calls_request *r, const struct buf *answer)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_begin_object(&w);
	if (r->fact) {
		json_put_key(&w, "fact");
		json_put_raw(&w, r->fact->data, r->fact->len);
	}
	json_put_key(&w, "plan");
	json_put_raw(&w, answer->data, answer->len);
	json_end_object(&w);
	puts(buf_str(&out));
	buf_release(&out);
}

int ctl_calls_replan(const struct ctl_ask *a, const struct ctl_calls_request *r)
{
	struct ctl_ask patient = *a;
	struct buf target = BUF_INIT, answer = BUF_INIT;
	struct json_doc *doc = NULL;
	int code;

	patient.timeout_s = REPLAN_TIMEOUT_S;
	buf_puts(&target, "/v1/plans/");
	ctl_ask_encode(&target, r->service);
	buf_putc(&target, '/');
	ctl_ask_encode(&target, r->month);
	buf_printf(&target, "/replan?since=%lld", (long long)r->since);
	code = ctl_ask_call(&patient, &(struct ctl_ask_request){.method = "POST", .target = buf_str(&target)}, &answer);
	if (code == CTL_DONE && a->json)
		print_json(r, &answer);
	else if (code == CTL_DONE && json_parse(buf_str(&answer), answer.len, "answer", &doc, NULL) == 0)
		ctl_calls_print(json_root(doc));
	if (code != CTL_DONE)
		fprintf(stderr, "planvaxctl %s: the fact is kept and will be planned; planvaxctl plan calls --service %s --since %lld tells the rest\n",
			a->command, r->service, (long long)r->since);
	json_free(doc);
	buf_release(&target);
	buf_release(&answer);
	return code;
}
