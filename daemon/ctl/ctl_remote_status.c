/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: what the service does, and what the month's plans hold. */
#include "ctl_remote.h"

#include "ctl_ask.h"
#include "ctl_http.h"

#include <planvax/base/clock.h>
#include <planvax/base/text.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POLL_US 250000

static const char help[] =
	"usage: planvaxctl status [--summary] [--wait SECONDS] [--socket PATH | --config FILE] [--json]\n\n"
	"--summary: the six actions of 10 January 2022 in figures, missing weekly days and why, letters.\n"
	"--wait: returns as soon as nothing waits any more (drop folder empty, all planned, letters out);\n"
	"        after SECONDS exits 1 and tells the stand.\n\n"
	"Examples:\n"
	"  planvaxctl status\n"
	"  planvaxctl status --wait 60 && planvaxctl status --summary\n";

/* One row of the figures: title, then up to four indicators, each with its word for one and for several. */
struct action_line {
	const char *title;
	const char *keys[4];
	const char *one[4], *several[4];
};

static const struct action_line lines[] = {
	{"1. Proposition de vaccination à chaque visite médicale", {"action_1_visits", "action_1_proposed", "action_1_at_visit", NULL},
		{"visite", "proposition", "pendant la visite", NULL}, {"visites", "propositions", "pendant la visite", NULL}},
	{"2. Une journée de vaccination par semaine", {"action_2_days", "action_2_expected", NULL, NULL},
		{"journée", "personne attendue", NULL, NULL}, {"journées", "personnes attendues", NULL, NULL}},
	{"3. Séances en entreprise, d'abord rurales isolées et TPE/PME", {"action_3_sessions", "action_3_rural_sessions", "action_3_expected", NULL},
		{"séance", "en milieu rural", "personne attendue", NULL}, {"séances", "en milieu rural", "personnes attendues", NULL}},
	{"4. Séances dans les centres MSA", {"action_4_sessions", "action_4_expected", NULL, NULL},
		{"séance", "personne attendue", NULL, NULL}, {"séances", "personnes attendues", NULL, NULL}},
	{"5. Au-delà des salariés", {"action_5_temporary", "action_5_contractor", "action_5_head", "action_5_relative"},
		{"intérimaire", "prestataire", "chef d'entreprise", "proche"}, {"intérimaires", "prestataires", "chefs d'entreprise", "proches"}},
	{"6. Vaccibus", {"action_6_tours", "action_6_stops", NULL, NULL}, {"tournée", "étape", NULL, NULL}, {"tournées", "étapes", NULL, NULL}},
};

static void print_actions(const struct json_value *indicators)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		printf("  %s\n      ", lines[i].title);
		for (size_t k = 0; k < 4 && lines[i].keys[k]; k++) {
			int64_t n = ctl_ask_number(indicators, lines[i].keys[k]);

			printf("%s%lld %s", k ? ", " : "", (long long)n, n > 1 ? lines[i].several[k] : lines[i].one[k]);
		}
		putchar('\n');
	}
}

static void print_weeks(const struct json_value *services)
{
	size_t n_missing = 0;

	for (size_t i = 0; i < json_len(services); i++) {
		const struct json_value *s = json_at(services, i), *weeks = json_get(s, "missing_weeks");

		for (size_t k = 0; k < json_len(weeks); k++, n_missing++) {
			if (!n_missing)
				printf("Semaines sans journée de vaccination\n");
			printf("  %s %s : %s (%s)\n", ctl_ask_word(s, "service_id"), ctl_ask_word(json_at(weeks, k), "week"),
				ctl_ask_word(json_at(weeks, k), "text"), ctl_ask_word(json_at(weeks, k), "reason"));
		}
	}
	if (!n_missing)
		printf("Chaque service mobilisé a sa journée chaque semaine.\n");
}

static void print_services(const struct json_value *services)
{
	size_t without = 0;

	for (size_t i = 0; i < json_len(services); i++)
		without += !strcmp(ctl_ask_word(json_at(services, i), "state"), "missing");
	if (without)
		printf("Services sans plan : %zu sur %zu\n", without, json_len(services));
}

static void print_letters(const char *title, const struct json_value *counts)
{
	int64_t waiting = ctl_ask_number(counts, "pending") + ctl_ask_number(counts, "sending") + ctl_ask_number(counts, "retry");

	printf("%s : %lld remis, %lld en attente, %lld retenus, %lld abandonnés\n", title, (long long)ctl_ask_number(counts, "done"),
		(long long)waiting, (long long)ctl_ask_number(counts, "held"), (long long)ctl_ask_number(counts, "dead"));
}

static void print_summary(const struct json_value *root)
{
	const struct json_value *services = json_get(root, "services"), *letters = json_get(root, "letters");

	printf("Plan de %s, %zu services : les six actions du 10 janvier 2022\n", ctl_ask_word(root, "month"), json_len(services));
	print_actions(json_get(root, "indicators"));
	print_services(services);
	print_weeks(services);
	print_letters("Courriels", json_get(letters, "mail"));
	print_letters("Envois aux autorités", json_get(letters, "push"));
}

static void print_counts(const char *title, const struct json_value *counts)
{
	printf("%-12s", title);
	for (size_t i = 0; i < json_len(counts); i++) {
		int64_t n = 0;

		json_int(json_at(counts, i), 0, INT64_MAX, &n);
		printf("%s%lld %s", i ? ", " : "", (long long)n, json_key(counts, i));
	}
	putchar('\n');
}

static void print_stand(const struct json_value *root)
{
	const struct json_value *listen = json_get(root, "listen");

	printf("%-12s%s\n", "state", ctl_ask_word(root, "state"));
	printf("%-12s%s\n", "version", ctl_ask_word(root, "version"));
	printf("%-12s%s\n", "month", ctl_ask_word(root, "month"));
	for (size_t i = 0; i < json_len(listen); i++) {
		const char *address = json_text(json_at(listen, i));

		printf("%-12s%s\n", i ? "" : "listen", address ? address : "");
	}
	printf("%-12s%lld files\n", "spool", (long long)ctl_ask_number(root, "spool"));
	printf("%-12s%lld running, %lld services to plan, %lld failing\n", "jobs", (long long)ctl_ask_number(root, "jobs"),
		(long long)ctl_ask_number(root, "dirty"), (long long)ctl_ask_number(root, "failing"));
	print_counts("sources", json_get(root, "sources"));
	if (ctl_ask_number(root, "held"))
		printf("%-12s%lld removals wait: planvaxctl sources held\n", "held", (long long)ctl_ask_number(root, "held"));
	print_counts("plans", json_get(root, "plans"));
	print_counts("outbox", json_get(root, "outbox"));
	print_counts("moves", json_get(root, "moves"));
	if (json_text(json_get(root, "next_due")))
		printf("%-12s%s\n", "next letter", ctl_ask_word(root, "next_due"));
}

/* Asks until nothing waits any more; a service that is starting is waited for too. */
static int wait_idle(const struct ctl_ask *a, int64_t seconds)
{
	int64_t end_ms = clock_monotonic_ms() + seconds * 1000;
	char stand[400] = "";

	for (;;) {
		const struct ctl_http_request request = {.socket = a->socket, .method = "GET", .target = "/v1/status"};
		struct ctl_http_answer answer = {.status = 0};
		struct json_doc *doc = NULL;
		struct fault f = FAULT_NONE;
		bool idle = false;

		if (ctl_http_call(&request, &answer, &f) < 0) {
			snprintf(stand, sizeof(stand), "%s", f.what);
		} else if (answer.status != 200 || json_parse(buf_str(&answer.body), answer.body.len, "answer", &doc, NULL) < 0) {
			snprintf(stand, sizeof(stand), "the service answered %d", answer.status);
		} else {
			const struct json_value *root = json_root(doc), *outbox = json_get(root, "outbox");

			idle = !strcmp(ctl_ask_word(root, "state"), "idle");
			snprintf(stand, sizeof(stand), "%lld files in the drop folder, %lld jobs, %lld services to plan (%lld failing), "
				"%lld letters to send, %lld to send again", (long long)ctl_ask_number(root, "spool"),
				(long long)ctl_ask_number(root, "jobs"), (long long)ctl_ask_number(root, "dirty"),
				(long long)ctl_ask_number(root, "failing"),
				(long long)ctl_ask_number(outbox, "pending") + (long long)ctl_ask_number(outbox, "sending"),
				(long long)ctl_ask_number(outbox, "retry"));
		}
		json_free(doc);
		buf_release(&answer.body);
		if (idle)
			return CTL_DONE;
		if (clock_monotonic_ms() >= end_ms)
			break;
		usleep(POLL_US);
	}
	fprintf(stderr, "planvaxctl status: not done after %lld s: %s\n", (long long)seconds, stand);
	return CTL_FAILED;
}

int ctl_remote_status(int argc, char **argv)
{
	bool summary = false;
	const char *wait = NULL;
	const struct ctl_ask_option options[] = {{"summary", &summary, NULL}, {"wait", NULL, &wait}, {NULL, NULL, NULL}};
	struct ctl_ask a = {.command = "status"};
	struct json_doc *doc = NULL;
	int64_t seconds = 0;
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	if (optind != argc)
		code = ctl_misuse("status", "takes no arguments");
	else if (wait && text_int(wait, strlen(wait), 0, 86400, &seconds) < 0)
		code = ctl_misuse("status", "--wait is a number of seconds, at most 86400");
	else
		code = wait ? wait_idle(&a, seconds) : CTL_DONE;
	if (code == CTL_DONE)
		code = ctl_ask_get(&a, summary ? "/v1/status?summary=1" : "/v1/status", &doc);
	if (doc && summary)
		print_summary(json_root(doc));
	else if (doc)
		print_stand(json_root(doc));
	json_free(doc);
	ctl_ask_release(&a);
	return code;
}
