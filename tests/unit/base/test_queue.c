/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/queue in one thread; threads_queue.c has those of many. */
#include <criterion/criterion.h>
#include <planvax/base/err.h>
#include <planvax/base/queue.h>

Test(queue, gives_items_in_the_order_they_came)
{
	struct queue *q = queue_new(3);
	int items[10];
	void *got = NULL;

	for (int round = 0; round < 5; round++) { /* goes round the ring */
		cr_assert_eq(queue_put(q, &items[0]), 0);
		cr_assert_eq(queue_put(q, &items[1]), 0);
		cr_assert_eq(queue_len(q), 2);
		cr_assert_eq(queue_take(q, &got), 0);
		cr_assert_eq(got, &items[0]);
		cr_assert_eq(queue_take(q, &got), 0);
		cr_assert_eq(got, &items[1]);
		cr_assert_eq(queue_len(q), 0);
	}
	queue_free(q);
}

Test(queue, trying_never_waits)
{
	struct queue *q = queue_new(2);
	int item;
	void *got = q;

	cr_assert_eq(queue_try_take(q, &got), ERR_AGAIN);
	cr_assert_eq(got, q);
	cr_assert_eq(queue_try_put(q, &item), 0);
	cr_assert_eq(queue_try_put(q, &item), 0);
	cr_assert_eq(queue_try_put(q, &item), ERR_BUSY);
	cr_assert_eq(queue_len(q), 2);
	cr_assert_eq(queue_try_take(q, &got), 0);
	cr_assert_eq(got, &item);
	cr_assert_eq(queue_try_put(q, &item), 0);
	queue_free(q);
}

Test(queue, closed_it_refuses_items_and_gives_what_it_holds)
{
	struct queue *q = queue_new(2);
	int item;
	void *got = NULL;

	cr_assert_eq(queue_put(q, &item), 0);
	queue_close(q);
	queue_close(q);
	cr_assert_eq(queue_put(q, &item), ERR_CLOSED);
	cr_assert_eq(queue_try_put(q, &item), ERR_CLOSED);
	cr_assert_eq(queue_take(q, &got), 0);
	cr_assert_eq(got, &item);
	got = q;
	cr_assert_eq(queue_take(q, &got), ERR_CLOSED);
	cr_assert_eq(queue_try_take(q, &got), ERR_CLOSED);
	cr_assert_eq(got, q);
	queue_free(q);
}

Test(queue, a_full_closed_queue_is_closed_not_busy)
{
	struct queue *q = queue_new(1);
	int item;

	cr_assert_eq(queue_put(q, &item), 0);
	queue_close(q);
	cr_assert_eq(queue_try_put(q, &item), ERR_CLOSED);
	queue_free(q);
	queue_free(NULL);
}
