/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_print: tables. */
#include "ctl_plan_print.h"

#include "ctl_ask.h"

#include <stdio.h>
#include <string.h>

static long long number(const struct json_value *v, const char *key)
{
	return (long long)ctl_ask_number(v, key);
}

static void head(const struct json_value *root)
{
	printf("%s, %s", ctl_ask_word(root, "service_id"), ctl_ask_word(root, "month"));
	if (number(root, "version"))
		printf(", version %lld", number(root, "version"));
	putchar('\n');
}

/* ---- fairness */

void ctl_plan_print_fairness(const struct json_value *root)
{
	const struct json_value *staff = json_get(root, "staff"), *roles = json_get(root, "roles");

	head(root);
	printf("%-14s %-12s %5s %6s %8s %9s %6s %6s %6s %8s\n", "STAFF", "ROLE", "DAYS", "OFFERS", "EVENINGS", "SATURDAYS", "HOURS", "KM", "VISITS",
		"OF MEAN");
	for (size_t i = 0; i < json_len(staff); i++) {
		const struct json_value *m = json_at(staff, i);

		printf("%-14s %-12s %5lld %6lld %8lld %9lld %6.1f %6lld %6lld %7lld%%\n", ctl_ask_word(m, "staff_id"), ctl_ask_word(m, "role"),
			number(m, "days"), number(m, "offers"), number(m, "evenings"), number(m, "saturdays"), (double)number(m, "minutes") / 60,
			number(m, "km"), number(m, "taken_over"), number(m, "share_pct"));
	}
	for (size_t i = 0; i < json_len(roles); i++) {
		const struct json_value *r = json_at(roles, i);

		printf("%s: %lld members, %lld days, mean %.2f, from %lld to %lld\n", ctl_ask_word(r, "role"), number(r, "members"), number(r, "days"),
			(double)number(r, "mean_hundredths") / 100, number(r, "least"), number(r, "most"));
	}
}

/* ---- orders */

static const char *centre(const struct json_value *v)
{
	const char *id = json_text(json_get(v, "centre_id"));

	return id ? id : "(service)";
}

void ctl_plan_print_orders(const struct json_value *root)
{
	const struct json_value *needs = json_get(root, "needs"), *risks = json_get(root, "at_risk");

	head(root);
	printf("%-12s %-12s %-9s %-11s %6s %10s %10s %8s\n", "CENTRE", "PRODUCT", "WEEK", "FIRST USE", "VIALS", "OWN STOCK", "ELSEWHERE", "MISSING");
	for (size_t i = 0; i < json_len(needs); i++) {
		const struct json_value *n = json_at(needs, i);

		printf("%-12s %-12s %-9s %-11s %6lld %10lld %10lld %8lld\n", centre(n), ctl_ask_word(n, "product"), ctl_ask_word(n, "week"),
			ctl_ask_word(n, "first_use"), number(n, "vials"), number(n, "own"), number(n, "other"), number(n, "missing"));
	}
	if (json_len(risks))
		puts("at risk:");
	for (size_t i = 0; i < json_len(risks); i++) {
		const struct json_value *r = json_at(risks, i);
		const char *offer = json_text(json_get(r, "offer"));

		printf("  %s  %-24s %s, %s: %lld vials missing, %lld %s\n", ctl_ask_word(r, "date"), offer ? offer : "doses at visits", centre(r),
			ctl_ask_word(r, "product"), number(r, "missing"), number(r, "expected"), offer ? "expected" : "doses");
	}
}

/* ---- what-if */

static void print_pair(const char *name, long long a, long long b)
{
	if (a != b)
		printf("  %-28s %12lld %12lld %+12lld\n", name, a, b, b - a);
	else
		printf("  %-28s %12lld %12lld\n", name, a, b);
}

/* Members of two objects with the same keys. */
static void print_members(const char *title, const struct json_value *a, const struct json_value *b)
{
	puts(title);
	for (size_t i = 0; i < json_len(a); i++)
		print_pair(json_key(a, i), number(a, json_key(a, i)), number(b, json_key(a, i)));
}

static void print_option(const char *key, const struct json_value *a, const struct json_value *b)
{
	int64_t x = 0, y = 0;
	const char *s = json_text(a), *t = json_text(b);

	if (json_kind(a) == JSON_OBJECT_VALUE && json_kind(b) == JSON_OBJECT_VALUE) {
		for (size_t i = 0; i < json_len(a); i++)
			print_option(json_key(a, i), json_at(a, i), json_get(b, json_key(a, i)));
		return;
	}
	if (json_int(a, INT64_MIN, INT64_MAX, &x) && json_int(b, INT64_MIN, INT64_MAX, &y)) {
		if (x != y)
			print_pair(key, (long long)x, (long long)y);
	} else if (s && t) {
		if (strcmp(s, t) != 0)
			printf("  %-28s %12s %12s\n", key, s, t);
	} else if (json_kind(a) != json_kind(b) || json_len(a) != json_len(b)) {
		printf("  %-28s %12s %12s\n", key, "(one)", "(another)");
	}
}

static const struct json_value *of_reason(const struct json_value *list, const char *reason)
{
	for (size_t i = 0; i < json_len(list); i++)
		if (!strcmp(ctl_ask_word(json_at(list, i), "reason"), reason))
			return json_at(list, i);
	return NULL;
}

static void print_unserved(const struct json_value *a, const struct json_value *b)
{
	puts("companies unserved, by reason");
	for (size_t i = 0; i < json_len(a); i++) {
		const char *reason = ctl_ask_word(json_at(a, i), "reason");

		print_pair(reason, number(json_at(a, i), "companies"), number(of_reason(b, reason), "companies"));
	}
	for (size_t i = 0; i < json_len(b); i++)
		if (!of_reason(a, ctl_ask_word(json_at(b, i), "reason")))
			print_pair(ctl_ask_word(json_at(b, i), "reason"), 0, number(json_at(b, i), "companies"));
}

static void print_weeks(const char *side, const struct json_value *weeks)
{
	for (size_t i = 0; i < json_len(weeks); i++)
		printf("  %s: %s without a day (%s): %s\n", side, ctl_ask_word(json_at(weeks, i), "week"), ctl_ask_word(json_at(weeks, i), "reason"),
			ctl_ask_word(json_at(weeks, i), "detail"));
}

void ctl_plan_print_what_if(const struct json_value *root)
{
	const struct json_value *a = json_get(root, "a"), *b = json_get(root, "b"), *options = json_get(a, "options");
	static const char *const counts[] = {"days", "sessions", "tours", "expected", "changes"};

	head(root);
	printf("%-30s %12s %12s\n", json_bool(json_get(root, "fresh")) ? "planned as if for the first time" : "planned from the published plan", "A: IN FORCE",
		"B: FILE");
	puts("options that differ");
	for (size_t i = 0; i < json_len(options); i++)
		print_option(json_key(options, i), json_at(options, i), json_get(json_get(b, "options"), json_key(options, i)));
	puts("plan");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		print_pair(counts[i], number(a, counts[i]), number(b, counts[i]));
	print_members("indicators", json_get(a, "indicators"), json_get(b, "indicators"));
	print_members("score", json_get(a, "score"), json_get(b, "score"));
	print_members("bound", json_get(a, "bound"), json_get(b, "bound"));
	print_unserved(json_get(a, "unserved"), json_get(b, "unserved"));
	print_weeks("A", json_get(a, "missing_weeks"));
	print_weeks("B", json_get(b, "missing_weeks"));
}

/* ---- territory */

static void print_duplicates(const struct json_value *list)
{
	printf("offers of two services within 5 km and a week: %zu\n", json_len(list));
	for (size_t i = 0; i < json_len(list); i++) {
		const struct json_value *d = json_at(list, i);

		printf("  %s %s on %s and %s %s on %s: %lld m (commune %s)\n", ctl_ask_word(d, "a"), ctl_ask_word(d, "a_offer"), ctl_ask_word(d, "a_date"),
			ctl_ask_word(d, "b"), ctl_ask_word(d, "b_offer"), ctl_ask_word(d, "b_date"), number(d, "distance_m"), ctl_ask_word(d, "insee"));
	}
}

static void print_communes(const struct json_value *list)
{
	printf("communes without any offer within the limit: %zu\n", json_len(list));
	for (size_t i = 0; i < json_len(list); i++) {
		const struct json_value *c = json_at(list, i), *services = json_get(c, "services");

		printf("  %s: %lld companies, %lld people, nearest offer at %lld km;", ctl_ask_word(c, "insee"), number(c, "companies"),
			number(c, "headcount"), number(c, "nearest_m") / 1000);
		for (size_t k = 0; k < json_len(services); k++)
			printf(" %s", json_text(json_at(services, k)));
		putchar('\n');
	}
}

void ctl_plan_print_territory(const struct json_value *root)
{
	const struct json_value *services = json_get(root, "services"), *unused = json_get(root, "unused");

	printf("region %s, %s\n%-12s %7s %9s %9s %9s\n", ctl_ask_word(root, "region"), ctl_ask_word(root, "month"), "SERVICE", "OFFERS", "CAPACITY",
		"EXPECTED", "UNSERVED");
	for (size_t i = 0; i < json_len(services); i++) {
		const struct json_value *s = json_at(services, i);

		printf("%-12s %7lld %9lld %9lld %9lld\n", ctl_ask_word(s, "service_id"), number(s, "offers"), number(s, "capacity"), number(s, "expected"),
			number(s, "unserved"));
	}
	print_duplicates(json_get(root, "duplicates"));
	print_communes(json_get(root, "communes_without"));
	printf("offers with free places near people who have none: %zu\n", json_len(unused));
	for (size_t i = 0; i < json_len(unused); i++) {
		const struct json_value *u = json_at(unused, i);

		printf("  %s %s on %s (%s): %lld free; unserved nearby: %lld of its own, %lld of others\n", ctl_ask_word(u, "service_id"),
			ctl_ask_word(u, "offer"), ctl_ask_word(u, "date"), ctl_ask_word(u, "insee"), number(u, "free"), number(u, "near_own"),
			number(u, "near_others"));
	}
}

/* ---- replacements */

void ctl_plan_print_replacements(const struct json_value *root)
{
	const struct json_value *proposals = json_get(root, "proposals"), *refused = json_get(root, "refused");

	printf("%s\n", ctl_ask_word(root, "text"));
	for (size_t i = 0; i < json_len(proposals); i++)
		printf("  %lld. %s\n", number(json_at(proposals, i), "number"), ctl_ask_word(json_at(proposals, i), "text"));
	for (size_t i = 0; i < json_len(refused); i++)
		printf("  -  %s\n", json_text(json_at(refused, i)));
	if (json_len(proposals))
		puts("--accept NUMBER makes one of them a fact and plans the service.");
}
