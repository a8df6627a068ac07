/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/sorter. */
#include <planvax/base/sorter.h>

#include <planvax/base/rng.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct sorter *s, const char *key, const char *value)
{
	cr_assert_eq(sorter_add(s, &(struct sorter_record){key, strlen(key), value, strlen(value)}), 0);
}

static void expect(struct sorter *s, const char *key, const char *value)
{
	struct sorter_record r;

	cr_assert(sorter_next(s, &r), "no record %s", key);
	cr_assert_eq(r.key_len, strlen(key));
	cr_assert_eq(memcmp(r.key, key, r.key_len), 0, "%.*s for %s", (int)r.key_len, r.key, key);
	cr_assert_eq(r.len, strlen(value));
	cr_assert_eq(memcmp(r.value, value, r.len), 0, "%.*s for %s", (int)r.len, r.value, value);
}

Test(sorter, records_come_by_key_the_shorter_first_equal_ones_as_added)
{
	static const size_t memories[] = {1 << 20, 1, 120};

	for (size_t i = 0; i < sizeof(memories) / sizeof(memories[0]); i++) {
		struct sorter *s = sorter_new(memories[i]);
		struct sorter_record r;

		add(s, "b", "1");
		add(s, "ab", "2");
		add(s, "b", "3");
		add(s, "a", "4");
		add(s, "\xc3\xa9", "5");
		add(s, "b", "");
		add(s, "", "6");
		cr_assert_eq(sorter_count(s), 7);
		cr_assert_eq(sorter_sort(s), 0);
		expect(s, "", "6");
		expect(s, "a", "4");
		expect(s, "ab", "2");
		expect(s, "b", "1");
		expect(s, "b", "3");
		expect(s, "b", "");
		expect(s, "\xc3\xa9", "5");
		cr_assert(!sorter_next(s, &r));
		cr_assert(!sorter_next(s, &r));
		cr_assert_eq(sorter_error(s), 0);
		sorter_free(s);
	}
}

Test(sorter, nothing_added_gives_nothing)
{
	struct sorter *s = sorter_new(100);
	struct sorter_record r;

	cr_assert_eq(sorter_sort(s), 0);
	cr_assert(!sorter_next(s, &r));
	sorter_free(s);
	sorter_free(NULL);
}

Test(sorter, many_records_of_any_size_come_sorted_and_whole_in_little_memory)
{
	enum { RECORDS = 20000 };
	struct sorter *s = sorter_new(64 << 10);
	struct sorter_record r;
	char *value = malloc(70000), last[32] = "";
	struct rng rng;
	size_t n = 0, last_id = 0;

	rng_init(&rng, 7, NULL);
	memset(value, 'x', 70000);
	for (size_t i = 0; i < RECORDS; i++) {
		char key[32];
		size_t len = i % 4001 == 0 ? 70000 : (size_t)rng_below(&rng, 40);

		snprintf(key, sizeof(key), "%05u", (unsigned)rng_below(&rng, 5000));
		len = len < sizeof(i) ? sizeof(i) : len;
		memcpy(value, &i, sizeof(i));
		cr_assert_eq(sorter_add(s, &(struct sorter_record){key, 5, value, len}), 0);
	}
	cr_assert_eq(sorter_sort(s), 0);
	while (sorter_next(s, &r)) {
		size_t id;
		int order = memcmp(last, r.key, 5);

		memcpy(&id, r.value, sizeof(id));
		cr_assert(n == 0 || order < 0 || (order == 0 && last_id < id));
		if (id % 4001 == 0)
			cr_assert(r.len == 70000 && r.value[69999] == 'x');
		memcpy(last, r.key, 5);
		last_id = id;
		n++;
	}
	cr_assert_eq(sorter_error(s), 0);
	cr_assert_eq(n, RECORDS);
	free(value);
	sorter_free(s);
}

Test(sorter, a_record_beyond_the_limit_is_refused)
{
	struct sorter *s = sorter_new(100);

	cr_assert_lt(sorter_add(s, &(struct sorter_record){"k", 1, "v", SORTER_RECORD_MAX_BYTES}), 0);
	cr_assert_eq(sorter_count(s), 0);
	sorter_free(s);
}
