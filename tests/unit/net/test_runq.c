/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/runq. */
#include <planvax/base/rng.h>
#include <planvax/net/runq.h>

#include <criterion/criterion.h>

#define MANY 500

Test(runq, takes_items_by_due_time_and_equal_ones_in_order_of_entry)
{
	struct runq_item items[4] = {{0}};
	struct runq q;

	runq_init(&q);
	runq_put(&q, &items[0], 20);
	runq_put(&q, &items[1], 10);
	runq_put(&q, &items[2], 20);
	runq_put(&q, &items[3], 10);
	cr_assert_eq(runq_take(&q, 100), &items[1]);
	cr_assert_eq(runq_take(&q, 100), &items[3]);
	cr_assert_eq(runq_take(&q, 100), &items[0]);
	cr_assert_eq(runq_take(&q, 100), &items[2]);
	cr_assert_null(runq_take(&q, 100));
	runq_release(&q);
}

Test(runq, gives_nothing_before_it_is_due)
{
	struct runq_item item = {0};
	struct runq q;

	runq_init(&q);
	runq_put(&q, &item, 50);
	cr_assert_null(runq_take(&q, 49));
	cr_assert_eq(runq_first(&q), &item);
	cr_assert_eq(runq_take(&q, 50), &item);
	cr_assert_not(runq_holds(&item));
	runq_release(&q);
}

Test(runq, moves_an_item_that_is_put_again)
{
	struct runq_item a = {0};
	struct runq_item b = {0};
	struct runq q;

	runq_init(&q);
	runq_put(&q, &a, 10);
	runq_put(&q, &b, 20);
	runq_put(&q, &a, 30);
	cr_assert_eq(q.len, 2);
	cr_assert_eq(runq_take(&q, 100), &b);
	cr_assert_eq(runq_take(&q, 100), &a);
	runq_release(&q);
}

Test(runq, stays_ordered_over_random_puts_moves_and_removals)
{
	static struct runq_item items[MANY];
	struct rng r;
	struct runq q;
	int64_t last = INT64_MIN;
	size_t held = 0;

	rng_init(&r, 7, NULL);
	runq_init(&q);
	for (int i = 0; i < 10000; i++) {
		struct runq_item *item = &items[rng_below(&r, MANY)];

		if (rng_below(&r, 3) == 0)
			runq_remove(&q, item);
		else
			runq_put(&q, item, rng_range(&r, -1000, 1000));
	}
	for (size_t i = 0; i < MANY; i++)
		held += runq_holds(&items[i]);
	cr_assert_eq(held, q.len);
	cr_assert_gt(held, 0);
	while (q.len > 0) {
		struct runq_item *item = runq_take(&q, INT64_MAX);

		cr_assert_geq(item->due, last);
		last = item->due;
	}
	runq_release(&q);
}

Test(runq, release_lets_go_of_items_so_that_they_can_be_queued_again)
{
	struct runq_item item = {0};
	struct runq q;

	runq_init(&q);
	runq_put(&q, &item, 1);
	runq_release(&q);
	cr_assert_not(runq_holds(&item));
	runq_remove(&q, &item);
	runq_put(&q, &item, 2);
	cr_assert_eq(runq_first(&q), &item);
	runq_release(&q);
}
