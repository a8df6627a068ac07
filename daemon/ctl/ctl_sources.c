/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_sources: how sources stand, and a look at one now. */
#include "ctl_sources.h"

#include "ctl_ask.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"usage: planvaxctl sources list\n"
	"       planvaxctl sources show NAME\n"
	"       planvaxctl sources fetch NAME...\n"
	"       planvaxctl sources forget NAME [SERVICE] [--yes]\n"
	"       planvaxctl sources held\n"
	"       planvaxctl sources release|dismiss SOURCE [SERVICE]\n"
	"       each with [--socket PATH | --config FILE] [--json]\n\n"
	"Sources are the sections [source.NAME] of the configuration: HTTP feeds, CalDAV collections and folders.\n"
	"show tells one in full, with what is wrong and what may help. fetch looks at it now; status --wait waits\n"
	"for the end.\n\n"
	"A source whose section was taken out of the configuration is listed as not configured; its events stay until\n"
	"forget removes them: without --yes it says how many there are.\n\n"
	"A calendar that lost suspiciously much removes nothing: held lists such runs, release removes what the run\n"
	"would have removed and has not changed since, dismiss keeps it all. SOURCE is as held shows it.\n\n"
	"Examples:\n"
	"  planvaxctl sources list\n"
	"  planvaxctl sources fetch cabinet-nord && planvaxctl status --wait 60\n";

static void print_line(const struct json_value *s)
{
	const char *problem = json_text(json_get(s, "problem")), *hint = json_text(json_get(s, "hint"));

	printf("%-20s %-8s %-6s %-14s %-20s %-20s %s\n", ctl_ask_word(s, "name"), ctl_ask_word(s, "service_id"), ctl_ask_word(s, "kind"),
		ctl_ask_word(s, "state"), ctl_ask_word(s, "good_at"), ctl_ask_word(s, "next_at"), ctl_ask_word(s, "where"));
	if (problem)
		printf("  %s%s%s\n", problem, hint ? ", " : "", hint ? hint : "");
}

static int list(const struct ctl_ask *a)
{
	struct buf header = BUF_INIT;
	int code;

	buf_printf(&header, "%-20s %-8s %-6s %-14s %-20s %-20s %s\n", "NAME", "SERVICE", "KIND", "STATE", "LAST GOOD", "NEXT", "WHERE");
	code = ctl_ask_list(a, &(struct ctl_ask_listing){.target = "/v1/sources", .header = buf_str(&header), .line = print_line});
	buf_release(&header);
	return code;
}

static void print_source(const struct json_value *s)
{
	static const char *const keys[] = {"name", "service_id", "kind", "where", "state", "good_at", "tried_at", "next_at", "problem", "hint"};
	static const char *const counts[] = {"read", "created", "changed", "unchanged", "cancelled", "rejected"};
	const char *report = json_text(json_get(s, "report"));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf("%-11s %s\n", keys[i], ctl_ask_word(s, keys[i]));
	printf("%-11s %lld\n", "failures", (long long)ctl_ask_number(s, "failures"));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		printf("%-11s %lld\n", counts[i], (long long)ctl_ask_number(json_get(s, "counts"), counts[i]));
	if (report)
		printf("\n%s", report);
}

static int show(const struct ctl_ask *a, const char *name)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	int code;

	buf_puts(&target, "/v1/sources/");
	ctl_ask_encode(&target, name);
	code = ctl_ask_get(a, buf_str(&target), &doc);
	if (doc)
		print_source(json_root(doc));
	json_free(doc);
	buf_release(&target);
	return code;
}

static int fetch(const struct ctl_ask *a, char *const *names, int n)
{
	int done = 0;

	if (n == 0)
		return ctl_misuse("sources", "fetch needs the NAME of a section [source.NAME]");
	for (int i = 0; i < n; i++) {
		struct buf target = BUF_INIT;
		struct json_doc *doc = NULL;

		buf_puts(&target, "/v1/sources/");
		ctl_ask_encode(&target, names[i]);
		buf_puts(&target, "/fetch");
		if (ctl_ask_post(a, buf_str(&target), NULL, &doc) == CTL_DONE)
			done++;
		if (doc)
			printf("%s is looked at\n", names[i]);
		json_free(doc);
		buf_release(&target);
	}
	return done == n ? CTL_DONE : done ? CTL_PARTLY : CTL_FAILED;
}

static int forget(const struct ctl_ask *a, const char *name, const char *service, bool yes)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	char mark = '?';
	int code;

	buf_puts(&target, "/v1/sources/");
	ctl_ask_encode(&target, name);
	buf_puts(&target, "/forget");
	ctl_ask_query(&target, &mark, "service", service);
	ctl_ask_query(&target, &mark, "confirm", yes ? "1" : NULL);
	code = ctl_ask_post(a, buf_str(&target), NULL, &doc);
	if (doc) {
		const struct json_value *r = json_root(doc);

		printf("%s: %lld visits, %lld busy, %lld entries in all%s\n", name, (long long)ctl_ask_number(r, "visits"),
			(long long)ctl_ask_number(r, "busy"), (long long)ctl_ask_number(r, "entries"), yes ? " forgotten" : " would be forgotten: say --yes");
	}
	json_free(doc);
	buf_release(&target);
	return code;
}

static void print_held(const struct json_value *s)
{
	printf("%-8s %-32s %-20s %8lld of %8lld  %s\n", ctl_ask_word(s, "service_id"), ctl_ask_word(s, "source"), ctl_ask_word(s, "held_at"),
		(long long)ctl_ask_number(s, "gone"), (long long)ctl_ask_number(s, "known"), ctl_ask_word(s, "file"));
}

static int held(const struct ctl_ask *a)
{
	struct buf header = BUF_INIT;
	int code;

	buf_printf(&header, "%-8s %-32s %-20s %20s  %s\n", "SERVICE", "SOURCE", "HELD", "GONE", "FILE");
	code = ctl_ask_list(a, &(struct ctl_ask_listing){.target = "/v1/held", .header = buf_str(&header), .line = print_held});
	buf_release(&header);
	return code;
}

static int decide(const struct ctl_ask *a, const char *verb, const char *source, const char *service)
{
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	char mark = '?';
	int code;

	buf_printf(&target, "/v1/held/%s", verb);
	ctl_ask_query(&target, &mark, "source", source);
	ctl_ask_query(&target, &mark, "service", service);
	code = ctl_ask_post(a, buf_str(&target), NULL, &doc);
	if (doc)
		printf("%s: %lld removed\n", source, (long long)ctl_ask_number(json_root(doc), "removed"));
	json_free(doc);
	buf_release(&target);
	return code;
}

int ctl_sources(int argc, char **argv)
{
	bool yes = false;
	const struct ctl_ask_option options[] = {{"yes", &yes, NULL}, {NULL, NULL, NULL}};
	struct ctl_ask a = {.command = "sources"};
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	const char *verb = optind < argc ? argv[optind] : "";
	if (!strcmp(verb, "list") && argc - optind == 1)
		code = list(&a);
	else if (!strcmp(verb, "show") && argc - optind == 2)
		code = show(&a, argv[optind + 1]);
	else if (!strcmp(verb, "fetch"))
		code = fetch(&a, argv + optind + 1, argc - optind - 1);
	else if (!strcmp(verb, "forget") && (argc - optind == 2 || argc - optind == 3))
		code = forget(&a, argv[optind + 1], argc - optind == 3 ? argv[optind + 2] : NULL, yes);
	else if (!strcmp(verb, "held") && argc - optind == 1)
		code = held(&a);
	else if ((!strcmp(verb, "release") || !strcmp(verb, "dismiss")) && (argc - optind == 2 || argc - optind == 3))
		code = decide(&a, verb, argv[optind + 1], argc - optind == 3 ? argv[optind + 2] : NULL);
	else
		code = ctl_misuse("sources", "say list, show NAME, fetch NAME, forget NAME, held, release SOURCE or dismiss SOURCE");
	ctl_ask_release(&a);
	return code;
}
