/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_absent: says the fact, has the service planned, prints what it changed. */
#include "ctl_absent.h"

#include "ctl_calls.h"

#include <planvax/base/alloc.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char absent_help[] =
	"usage: planvaxctl absent STAFF FROM TO [--reason TEXT]\n"
	"       planvaxctl absent --vehicle ID FROM TO [--reason TEXT]\n"
	"       planvaxctl absent --centre ID FROM TO [--reason TEXT]\n"
	"       planvaxctl absent --list --service S\n"
	"       planvaxctl absent --withdraw ID --service S\n"
	"       each with [--service S] [--socket PATH | --config FILE] [--json]\n\n"
	"A member of staff is away, a vehicle out of use or a centre closed from one day to another, both included.\n"
	"The service is planned at once, with the fewest changes; what they are, whom to tell, companies and\n"
	"persons (references alone) to call and the letters queued are printed. The fact is audited. Visits in the\n"
	"agenda of a member who is away stay there until the agenda moves them; they are listed.\n"
	"Give no medical reason: the text is stored. Fewer or later vials are an import of stock.csv.\n\n"
	"Examples:\n"
	"  planvaxctl absent M001 2022-01-10 2022-01-14 --reason formation\n"
	"  planvaxctl absent --vehicle V1 2022-01-12 2022-01-12 --reason panne\n"
	"  planvaxctl absent --withdraw A51c0ffee0123 --service S001\n";

static const char cancel_help[] =
	"usage: planvaxctl cancel SESSION --reason TEXT [--service S] [--refuses] [--socket PATH | --config FILE] [--json]\n\n"
	"A day, session or stop is not held: its place is not used that day any more. --refuses: the place is not used on any\n"
	"day (a company that refuses to host). The service is planned at once; what changes, whom to tell, companies and\n"
	"persons (references alone) to call and the letters queued are printed. planvaxctl plan allow SERVICE ID takes it\n"
	"back; planvaxctl plan replace SESSION lists replacements.\n\n"
	"Examples:\n"
	"  planvaxctl cancel S-2022-01-12-1 --reason \"inventaire\"\n"
	"  planvaxctl cancel S-2022-01-12-1 --refuses --reason \"refus de l'employeur\"\n";

struct saying {
	const char *service, *reason, *vehicle, *centre, *withdraw;
	bool list, refuses;
};

/* Appends "/v1/services/S/" and a word. */
static void service_target(struct buf *target, const char *service, const char *word)
{
	buf_puts(target, "/v1/services/");
	ctl_ask_encode(target, service);
	buf_printf(target, "/%s", word);
}

/* Plans after a fact was answered by `answer`. */
static int plan_after(const struct ctl_ask *a, const char *service, const struct buf *answer)
{
	struct json_doc *doc = NULL;
	int code = CTL_FAILED;

	if (json_parse(buf_str(answer), answer->len, "answer", &doc, NULL) == 0) {
		const struct json_value *root = json_root(doc);
		const struct ctl_calls_request r = {.service = service, .month = ctl_ask_word(root, "month"), .fact = answer,
			.since = ctl_ask_number(root, "version")};

		if (!a->json)
			printf("%s: %s %s, %s to %s, fact %s\n", service, ctl_ask_word(root, "kind"), ctl_ask_word(root, "subject"),
				ctl_ask_word(root, "from"), ctl_ask_word(root, "to"), ctl_ask_word(root, "id"));
		fflush(stdout);
		code = ctl_calls_replan(a, &r);
	}
	json_free(doc);
	return code;
}

static int post_absence(const struct ctl_ask *a, const struct saying *s, const char *kind, char **args)
{
	const char *subject = s->vehicle ? s->vehicle : s->centre ? s->centre : args[0];
	char **days = s->vehicle || s->centre ? args : args + 1;
	char *service = s->service ? xstrdup(s->service) : NULL;
	struct buf target = BUF_INIT, body = BUF_INIT, answer = BUF_INIT;
	struct json_writer w;
	int code = service ? CTL_DONE : ctl_calls_service(a, kind, subject, &service);

	if (code == CTL_DONE) {
		json_writer_init(&w, &body);
		json_begin_object(&w);
		json_text_member(&w, "kind", kind);
		json_text_member(&w, "id", subject);
		json_text_member(&w, "from", days[0]);
		json_text_member(&w, "to", days[1]);
		if (s->reason)
			json_text_member(&w, "reason", s->reason);
		json_end_object(&w);
		service_target(&target, service, "absences");
		code = ctl_ask_call(a, &(struct ctl_ask_request){"POST", buf_str(&target), "application/json", buf_str(&body), body.len}, &answer);
	}
	if (code == CTL_DONE)
		code = plan_after(a, service, &answer);
	free(service);
	buf_release(&target);
	buf_release(&body);
	buf_release(&answer);
	return code;
}

static int withdraw(const struct ctl_ask *a, const struct saying *s)
{
	char *service = s->service ? xstrdup(s->service) : NULL;
	struct buf target = BUF_INIT, answer = BUF_INIT;
	int code = service ? CTL_DONE : ctl_calls_service(a, NULL, NULL, &service);

	if (code == CTL_DONE) {
		service_target(&target, service, "absences/");
		ctl_ask_encode(&target, s->withdraw);
		code = ctl_ask_call(a, &(struct ctl_ask_request){.method = "DELETE", .target = buf_str(&target)}, &answer);
	}
	if (code == CTL_DONE)
		code = plan_after(a, service, &answer);
	free(service);
	buf_release(&target);
	buf_release(&answer);
	return code;
}

static int list(const struct ctl_ask *a, const struct saying *s)
{
	char *service = s->service ? xstrdup(s->service) : NULL;
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code = service ? CTL_DONE : ctl_calls_service(a, NULL, NULL, &service);

	if (code == CTL_DONE) {
		service_target(&target, service, "absences");
		code = ctl_ask_get(a, buf_str(&target), &doc);
	}
	if (doc) {
		const struct json_value *items = json_get(json_root(doc), "items");

		printf("%-14s %-8s %-16s %-10s %-10s %s\n", "ID", "KIND", "SUBJECT", "FROM", "TO", "REASON");
		for (size_t i = 0; i < json_len(items); i++) {
			const struct json_value *x = json_at(items, i);

			printf("%-14s %-8s %-16s %-10s %-10s %s\n", ctl_ask_word(x, "id"), ctl_ask_word(x, "kind"), ctl_ask_word(x, "subject"),
				ctl_ask_word(x, "from"), ctl_ask_word(x, "to"), ctl_ask_word(x, "reason"));
		}
	}
	json_free(doc);
	free(service);
	buf_release(&target);
	return code;
}

static int run_absent(const struct ctl_ask *a, const struct saying *s, char **args, int n)
{
	bool thing = s->vehicle || s->centre;

	if ((s->vehicle && s->centre) || (s->list + (s->withdraw != NULL) + thing) > 1)
		return ctl_misuse("absent", "give one of STAFF, --vehicle, --centre, --list and --withdraw");
	if ((s->list || s->withdraw) && n == 0)
		return s->list ? list(a, s) : withdraw(a, s);
	if (s->list || s->withdraw || n != (thing ? 2 : 3))
		return ctl_misuse("absent", thing ? "needs FROM TO" : "needs STAFF FROM TO");
	return post_absence(a, s, s->vehicle ? "vehicle" : s->centre ? "centre" : "staff", args);
}

int ctl_absent(int argc, char **argv)
{
	struct saying s = {.service = NULL};
	const struct ctl_ask_option options[] = {
		{"service", NULL, &s.service}, {"reason", NULL, &s.reason}, {"vehicle", NULL, &s.vehicle}, {"centre", NULL, &s.centre},
		{"withdraw", NULL, &s.withdraw}, {"list", &s.list, NULL}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "absent"};
	int code = ctl_ask_options(&a, argc, argv, options, absent_help);

	if (code != CTL_ASK_GO_ON)
		return code;
	code = run_absent(&a, &s, argv + optind, argc - optind);
	ctl_ask_release(&a);
	return code;
}

/* ---- cancel ---- */

/* The offer as published, from its explanation. *doc is owned by the caller. */
static int find_offer(const struct ctl_ask *a, const struct saying *s, const char *offer, struct json_doc **doc)
{
	struct ctl_ask quiet = *a;
	struct buf target = BUF_INIT;
	char mark = '?';
	int code;

	quiet.json = false;
	buf_puts(&target, "/v1/explain/session/");
	ctl_ask_encode(&target, offer);
	ctl_ask_query(&target, &mark, "service", s->service);
	code = ctl_ask_get(&quiet, buf_str(&target), doc);
	buf_release(&target);
	return code;
}

static void write_forbid(const struct saying *s, const struct json_value *offer, struct json_writer *w)
{
	const char *siret = json_text(json_get(offer, "siret"));

	json_begin_object(w);
	json_text_member(w, "kind", "forbid");
	json_text_member(w, siret ? "siret" : "centre_id", siret ? siret : ctl_ask_word(offer, "centre_id"));
	if (!s->refuses)
		json_text_member(w, "date", ctl_ask_word(offer, "date"));
	json_text_member(w, "reason", s->reason);
	json_end_object(w);
}

static int cancel(const struct ctl_ask *a, const struct saying *s, const char *offer)
{
	struct json_doc *doc = NULL;
	struct buf target = BUF_INIT, body = BUF_INIT, answer = BUF_INIT;
	struct json_writer w;
	int code = find_offer(a, s, offer, &doc);

	if (code == CTL_DONE) {
		const struct json_value *o = json_root(doc), *published = json_get(o, "offer");

		json_writer_init(&w, &body);
		write_forbid(s, published, &w);
		service_target(&target, ctl_ask_word(o, "service_id"), "facts");
		code = ctl_ask_call(a, &(struct ctl_ask_request){"POST", buf_str(&target), "application/json", buf_str(&body), body.len}, &answer);
		if (code == CTL_DONE) {
			const struct ctl_calls_request r = {.service = ctl_ask_word(o, "service_id"), .month = ctl_ask_word(o, "month"),
				.since = ctl_ask_number(o, "version"), .fact = &answer};

			if (!a->json)
				printf("%s: %s on %s is cancelled\n", r.service, offer, ctl_ask_word(published, "date"));
			fflush(stdout);
			code = ctl_calls_replan(a, &r);
		}
	}
	json_free(doc);
	buf_release(&target);
	buf_release(&body);
	buf_release(&answer);
	return code;
}

int ctl_absent_cancel(int argc, char **argv)
{
	struct saying s = {.service = NULL};
	const struct ctl_ask_option options[] = {
		{"service", NULL, &s.service}, {"reason", NULL, &s.reason}, {"refuses", &s.refuses, NULL}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "cancel"};
	int code = ctl_ask_options(&a, argc, argv, options, cancel_help);

	if (code != CTL_ASK_GO_ON)
		return code;
	if (argc - optind != 1)
		code = ctl_misuse("cancel", "needs SESSION");
	else if (!s.reason)
		code = ctl_misuse("cancel", "--reason is needed");
	else
		code = cancel(&a, &s, argv[optind]);
	ctl_ask_release(&a);
	return code;
}
