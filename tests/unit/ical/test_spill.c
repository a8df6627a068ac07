/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/spill. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spill.h"

#include <planvax/base/err.h>

/* Adds records n-1..0 in a scattered order; values of record i are i % 50 bytes and the number. */
static void fill(struct spill *s, int n)
{
	struct buf value = BUF_INIT;

	for (int i = 0; i < n; i++) {
		int number = (int)((int64_t)i * 7919 % n);
		char key[32];
		int len = snprintf(key, sizeof(key), "%c%06d", 'a' + number % 3, number);
		buf_reset(&value);
		for (int k = 0; k < number % 50; k++)
			buf_putc(&value, '.');
		buf_put_int(&value, number);
		cr_assert_eq(spill_put(s, key, (size_t)len, &value), 0);
	}
	buf_release(&value);
}

/* Reads all; each key greater than the one before, with its own value. */
static int check_order(struct spill *s)
{
	char before[32] = "";
	struct spill_record r;
	int n = 0;
	int rc;

	cr_assert_eq(spill_rewind(s), 0);
	while ((rc = spill_next(s, &r)) == 1) {
		char key[32];
		cr_assert_lt(r.key_len, sizeof(key));
		memcpy(key, r.key, r.key_len);
		key[r.key_len] = '\0';
		cr_assert_lt(strcmp(before, key), 0, "%s after %s", key, before);
		int number = (int)strtol(key + 1, NULL, 10);
		char want[16];
		int digits = snprintf(want, sizeof(want), "%d", number);
		cr_assert_eq(r.len, (size_t)(number % 50 + digits));
		cr_assert_eq(memcmp(r.value + number % 50, want, (size_t)digits), 0);
		memcpy(before, key, sizeof(before));
		n++;
	}
	cr_assert_eq(rc, 0);
	return n;
}

Test(spill, sorts_in_memory_what_fits)
{
	struct spill s;

	spill_init(&s, 1 << 20);
	fill(&s, 1009);
	cr_assert_eq(check_order(&s), 1009);
	cr_assert(!spill_is_on_disk(&s));
	spill_release(&s);
}

Test(spill, sorts_by_a_file_what_does_not_fit)
{
	struct spill s;

	spill_init(&s, 20000);
	fill(&s, 20011);
	cr_assert_eq(check_order(&s), 20011);
	cr_assert(spill_is_on_disk(&s));
	spill_release(&s);
}

Test(spill, joins_runs_when_there_are_many)
{
	struct spill s;

	spill_init(&s, 300); /* thousands of runs: several levels */
	fill(&s, 30011);
	cr_assert_lt(s.runs.len, 200);
	cr_assert_eq(check_order(&s), 30011);
	spill_release(&s);
}

Test(spill, a_value_may_be_longer_than_buffer_and_window)
{
	struct spill s;
	struct spill_record r;
	struct buf value = BUF_INIT;

	spill_init(&s, 1000);
	for (int i = 0; i < 200000; i++)
		buf_putc(&value, (char)('a' + i % 26));
	cr_assert_eq(spill_put(&s, "b", 1, &value), 0);
	cr_assert_eq(spill_put(&s, "c", 1, &(struct buf)BUF_INIT), 0);
	cr_assert_eq(spill_put(&s, "a", 1, &value), 0);
	cr_assert_eq(spill_rewind(&s), 0);
	cr_assert(spill_is_on_disk(&s));
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(spill_next(&s, &r), 1);
		cr_assert(r.key_len == 1 && r.key[0] == 'a' + i && r.len == value.len && memcmp(r.value, value.data, r.len) == 0);
	}
	cr_assert(spill_next(&s, &r) == 1 && r.key[0] == 'c' && r.len == 0);
	cr_assert_eq(spill_next(&s, &r), 0);
	buf_release(&value);
	spill_release(&s);
}

Test(spill, a_file_that_cannot_be_written_is_told)
{
	struct spill s;
	struct buf value = BUF_INIT;
	int rc = 0;

	spill_init(&s, 1000);
	for (int i = 0; i < 500; i++)
		buf_putc(&value, 'x');
	s.fd = open("/dev/full", O_RDWR | O_CLOEXEC); /* each write: no space left */
	cr_assert_geq(s.fd, 0);
	for (int i = 0; i < 100 && rc == 0; i++)
		rc = spill_put(&s, "a", 1, &value);
	cr_assert_eq(rc, ERR_IO);
	cr_assert_neq(s.error, 0);
	cr_assert_eq(spill_rewind(&s), ERR_IO);
	buf_release(&value);
	spill_release(&s);
}
