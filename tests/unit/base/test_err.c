/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/err. */
#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <limits.h>
#include <string.h>

Test(err, every_code_has_a_word_of_its_own)
{
	for (int a = ERR_AGAIN; a <= ERR_NONE; a++) {
		cr_assert_str_neq(err_name(a), "unknown", "code %d", a);
		for (int b = ERR_AGAIN; b < a; b++)
			cr_assert_str_neq(err_name(a), err_name(b), "codes %d and %d", a, b);
	}
}

Test(err, words_are_those_that_logs_promise)
{
	cr_assert_str_eq(err_name(ERR_CONFLICT), "conflict");
	cr_assert_str_eq(err_name(ERR_NOT_FOUND), "not_found");
	cr_assert_str_eq(err_name(ERR_NONE), "none");
}

Test(err, other_numbers_are_unknown)
{
	cr_assert_str_eq(err_name(1), "unknown");
	cr_assert_str_eq(err_name(ERR_AGAIN - 1), "unknown");
	cr_assert_str_eq(err_name(INT_MIN), "unknown");
}
