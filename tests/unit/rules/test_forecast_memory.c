/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/forecast: no case but the first takes memory from the heap. Counts calls by standing in for the allocator;
 * sanitizers bring their own, there the test is left out. */
#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_CALLS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS_CALLS 0
#endif
#endif
#ifndef COUNTS_CALLS
#define COUNTS_CALLS 1
#endif

#if COUNTS_CALLS
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static _Thread_local long calls;

void *malloc(size_t size)
{
	calls++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	calls++;
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	calls++;
	return __libc_realloc(old, size);
}

static const struct forecast_dose doses[] = {{{18700}, "COMIRNATY", NULL}, {{18728}, "COMIRNATY", NULL}, {{14000}, "REPEVAX", NULL},
	{{18800}, "INF-COVID", NULL}, {{10000}, "HEPATITE-A-AUTRE", NULL}};
static const struct forecast_observation facts[] = {{"IMMUNOSUPPRESSED", {INT32_MIN}}, {"REFUSAL:COVID-19", {18990}}};

static void ask(const struct ruleset *rules, struct arena *arena, int32_t day)
{
	const struct forecast_case c = {.birth = {3652 + day % 1000}, .gender = 'F', .assessed = {18990 + day % 365}, .doses = doses,
		.n_doses = (size_t)day % 6, .observations = facts, .n_observations = (size_t)day % 3};
	struct forecast_result result;
	struct fault f = FAULT_NONE;

	cr_assert_eq(forecast_run(rules, &c, arena, &result, &f), 0);
	arena_reset(arena);
}

Test(forecast_memory, a_case_after_the_first_takes_none_from_the_heap)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	long before = calls;
	void *volatile probe = malloc(1);

	cr_assert_eq(calls, before + 1, "the count does not see this program's own calls");
	free(probe);
	ask(rules, &arena, 5);
	before = calls;
	for (int32_t day = 0; day < 5000; day++)
		ask(rules, &arena, day);
	cr_expect_eq(calls - before, 0, "%ld calls", calls - before);
	arena_release(&arena);
	ruleset_drop(rules);
}
#endif
