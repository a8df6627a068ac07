/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/verdict. */
#include <planvax/base/err.h>
#include <planvax/deliver/backoff.h>
#include <planvax/deliver/verdict.h>

#include <criterion/criterion.h>

#define MIDDLE 0x80000000u

Test(verdict, an_answer_decides_what_becomes_of_a_push)
{
	static const struct {
		struct verdict_input in;
		enum letter_state state;
		int64_t wait_s;
		const char *note;
	} rows[] = {
		{{.status = 200, .attempts = 1}, LETTER_DONE, 0, "HTTP 200"},
		{{.status = 204, .attempts = BACKOFF_ATTEMPTS}, LETTER_DONE, 0, "HTTP 204"},
		{{.status = 299, .attempts = 3}, LETTER_DONE, 0, "HTTP 299"},
		{{.status = 410, .attempts = 1}, LETTER_DEAD, 0, "HTTP 410: the endpoint wants no more"},
		{{.status = 302, .attempts = 1}, LETTER_RETRY, 5, "HTTP 302: redirect refused"},
		{{.status = 308, .attempts = 2}, LETTER_RETRY, 300, "HTTP 308: redirect refused"},
		{{.status = 400, .attempts = 2}, LETTER_RETRY, 300, "HTTP 400"},
		{{.status = 503, .attempts = 1, .retry_after_s = 60}, LETTER_RETRY, 60, "HTTP 503"},
		{{.status = 503, .attempts = 10}, LETTER_DEAD, 0, "HTTP 503; given up after 10 attempts"},
		{{.status = 199, .attempts = 1}, LETTER_RETRY, 5, "HTTP 199"},
		{{.rc = ERR_IO, .attempts = 1}, LETTER_RETRY, 5, "no connection"},
		{{.rc = ERR_CLOSED, .attempts = 1}, LETTER_RETRY, 5, "connection lost"},
		{{.rc = ERR_CORRUPT, .attempts = 1}, LETTER_RETRY, 5, "the answer is not HTTP"},
		{{.rc = ERR_CONFLICT, .attempts = 1}, LETTER_RETRY, 5, "TLS or certificate refused"},
		{{.rc = ERR_TIMEOUT, .status = 200, .attempts = 1}, LETTER_RETRY, 5, "no answer in time"},
		{{.rc = ERR_DENIED, .attempts = 9}, LETTER_RETRY, 86400, "address not allowed"},
		{{.rc = ERR_NOT_FOUND, .attempts = 10}, LETTER_DEAD, 0, "host name unknown; given up after 10 attempts"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct verdict_input in = rows[i].in;

		in.jitter = MIDDLE;
		struct verdict v = verdict_push(&in);

		cr_expect_eq(v.state, rows[i].state, "row %zu", i);
		cr_expect_eq(v.wait_s, rows[i].wait_s, "row %zu: %lld", i, (long long)v.wait_s);
		cr_expect_str_eq(v.note, rows[i].note, "row %zu: %s", i, v.note);
	}
}

Test(verdict, every_transport_error_has_a_note_and_is_retried)
{
	for (int rc = ERR_INVALID; rc >= ERR_AGAIN; rc--) {
		const struct verdict_input in = {.rc = rc, .attempts = 1, .jitter = MIDDLE};
		struct verdict push = verdict_push(&in), mail = verdict_maildir(&in);

		cr_expect_eq(push.state, LETTER_RETRY, "rc %d", rc);
		cr_expect_eq(mail.state, LETTER_RETRY, "rc %d", rc);
		cr_expect(push.note[0] && mail.note[0], "rc %d", rc);
	}
}

Test(verdict, a_mail_in_the_folder_is_done)
{
	const struct verdict_input good = {.attempts = 4}, full = {.rc = ERR_IO, .attempts = 2, .jitter = MIDDLE},
		last = {.rc = ERR_IO, .attempts = 10};

	cr_expect_eq(verdict_maildir(&good).state, LETTER_DONE);
	cr_expect_eq(verdict_maildir(&full).state, LETTER_RETRY);
	cr_expect_eq(verdict_maildir(&full).wait_s, 300);
	cr_expect_eq(verdict_maildir(&last).state, LETTER_DEAD);
}
