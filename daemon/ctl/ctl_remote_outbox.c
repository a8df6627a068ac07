/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: letters. */
#include "ctl_remote.h"

#include "ctl_ask.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <planvax/base/alloc.h>

static const char help[] =
	"usage: planvaxctl outbox list [--state pending|sending|retry|held|done|dead] [--service S]\n"
	"       planvaxctl outbox show ID [--bytes]\n"
	"       planvaxctl outbox hold|release|retry|drop ID...\n"
	"       each with [--socket PATH | --config FILE] [--json]\n\n"
	"Letters are the mails to physicians and nurses and the pushes to authorities. show --bytes prints a\n"
	"letter as it is sent.\n\n"
	"Examples:\n"
	"  planvaxctl outbox list --state dead\n"
	"  planvaxctl outbox retry 0190f1c2-7b1e-7cc3-98c4-dc0c0c07398f\n";

struct filter {
	const char *state, *service;
	bool bytes;
};

static void print_line(const struct json_value *l)
{
	printf("%-52s %-5s %-8s %-8s %3lld  %-20s %s%s%s\n", ctl_ask_word(l, "letter_id"), ctl_ask_word(l, "kind"),
		ctl_ask_word(l, "state"), ctl_ask_word(l, "service_id"), (long long)ctl_ask_number(l, "attempts"), ctl_ask_word(l, "due_at"),
		ctl_ask_word(l, "topic"), json_text(json_get(l, "note")) ? " | " : "",
		json_text(json_get(l, "note")) ? json_text(json_get(l, "note")) : "");
}

/* Reads page after page; with --json each page is a line. */
static int list(const struct ctl_ask *a, const struct filter *f)
{
	struct buf target = BUF_INIT, header = BUF_INIT;
	char mark = '?';
	int code;

	buf_puts(&target, "/v1/outbox");
	ctl_ask_query(&target, &mark, "state", f->state);
	ctl_ask_query(&target, &mark, "service", f->service);
	buf_printf(&header, "%-52s %-5s %-8s %-8s %3s  %-20s %s\n", "ID", "KIND", "STATE", "SERVICE", "TRY", "DUE", "TOPIC");
	code = ctl_ask_list(a, &(struct ctl_ask_listing){.target = buf_str(&target), .header = buf_str(&header), .line = print_line});
	buf_release(&target);
	buf_release(&header);
	return code;
}

static int show(struct ctl_ask *a, const char *id, bool bytes)
{
	static const char *const keys[] = {
		"letter_id", "kind", "state", "service_id", "month", "recipient", "topic", "method", "offer", "uid", "created_at", "due_at",
		"done_at", "note",
	};
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code;

	buf_puts(&target, "/v1/outbox/");
	ctl_ask_encode(&target, id);
	if (bytes)
		buf_puts(&target, "?bytes=1");
	a->json = a->json || bytes; /* printed as it came */
	code = ctl_ask_get(a, buf_str(&target), &doc);
	for (size_t i = 0; doc && i < sizeof(keys) / sizeof(keys[0]); i++)
		printf("%-11s %s\n", keys[i], ctl_ask_word(json_root(doc), keys[i]));
	if (doc)
		printf("%-11s %lld\n%-11s %lld\n", "attempts", (long long)ctl_ask_number(json_root(doc), "attempts"), "bytes",
			(long long)ctl_ask_number(json_root(doc), "bytes"));
	json_free(doc);
	buf_release(&target);
	return code;
}

static int do_verb(const struct ctl_ask *a, const char *verb, char *const *ids, int n)
{
	int done = 0;

	if (n == 0)
		return ctl_misuse("outbox", "%s needs the ID of a letter (see planvaxctl outbox list)", verb);
	for (int i = 0; i < n; i++) {
		struct buf target = BUF_INIT;
		struct json_doc *doc = NULL;

		buf_puts(&target, "/v1/outbox/");
		ctl_ask_encode(&target, ids[i]);
		buf_printf(&target, "/%s", verb);
		if (ctl_ask_post(a, buf_str(&target), NULL, &doc) == CTL_DONE)
			done++;
		if (doc)
			printf("%s %s\n", ids[i], ctl_ask_word(json_root(doc), "state"));
		json_free(doc);
		buf_release(&target);
	}
	return done == n ? CTL_DONE : done ? CTL_PARTLY : CTL_FAILED;
}

int ctl_remote_outbox(int argc, char **argv)
{
	struct filter f = {.state = NULL};
	const struct ctl_ask_option options[] = {
		{"state", NULL, &f.state}, {"service", NULL, &f.service}, {"bytes", &f.bytes, NULL}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "outbox"};
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	const char *verb = optind < argc ? argv[optind] : "";
	if (!strcmp(verb, "list") && argc - optind == 1)
		code = list(&a, &f);
	else if (!strcmp(verb, "show") && argc - optind == 2)
		code = show(&a, argv[optind + 1], f.bytes);
	else if (!strcmp(verb, "hold") || !strcmp(verb, "release") || !strcmp(verb, "retry") || !strcmp(verb, "drop"))
		code = do_verb(&a, verb, argv + optind + 1, argc - optind - 1);
	else
		code = ctl_misuse("outbox", "say list, show ID, or hold, release, retry or drop ID");
	ctl_ask_release(&a);
	return code;
}
