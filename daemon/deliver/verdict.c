/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: answer -> done, retry, dead. */
#include <planvax/base/err.h>
#include <planvax/deliver/backoff.h>
#include <planvax/deliver/verdict.h>

#include <stdbool.h>
#include <stdio.h>

#define HTTP_GONE 410

/* Why no answer came, in words for the outbox. */
static const char *transport_word(int rc)
{
	switch ((enum err)rc) {
	case ERR_IO:
		return "no connection";
	case ERR_TIMEOUT:
		return "no answer in time";
	case ERR_NOT_FOUND:
		return "host name unknown";
	case ERR_DENIED:
		return "address not allowed";
	case ERR_INVALID:
		return "not a URL";
	case ERR_UNSUPPORTED:
		return "scheme not supported";
	case ERR_LIMIT:
		return "answer too large";
	case ERR_CLOSED:
	case ERR_TRUNCATED:
		return "connection lost";
	case ERR_STOPPED:
		return "stopped";
	case ERR_CORRUPT:
		return "the answer is not HTTP";
	case ERR_CONFLICT:
		return "TLS or certificate refused";
	case ERR_NONE:
	case ERR_BUSY:
	case ERR_EXISTS:
	case ERR_AGAIN:
		break;
	}
	return err_name(rc);
}

/* Retry after the wait that is due, or dead. note is complete but for "given up". */
static void retry_or_end(const struct verdict_input *in, struct verdict *v, const char *what)
{
	if (backoff_next(in->attempts, in->retry_after_s, in->jitter, &v->wait_s)) {
		v->state = LETTER_RETRY;
		snprintf(v->note, sizeof(v->note), "%s", what);
	} else {
		v->state = LETTER_DEAD;
		snprintf(v->note, sizeof(v->note), "%s; given up after %d attempts", what, (int)in->attempts);
	}
}

struct verdict verdict_push(const struct verdict_input *in)
{
	struct verdict v = {.state = LETTER_DONE};
	char what[48];

	if (in->rc != 0) {
		retry_or_end(in, &v, transport_word(in->rc));
		return v;
	}
	if (in->status >= 200 && in->status <= 299) {
		snprintf(v.note, sizeof(v.note), "HTTP %d", in->status);
		return v;
	}
	if (in->status == HTTP_GONE) {
		v.state = LETTER_DEAD;
		snprintf(v.note, sizeof(v.note), "HTTP %d: the endpoint wants no more", in->status);
		return v;
	}
	bool redirect = in->status >= 300 && in->status <= 399 && in->status != 304;

	snprintf(what, sizeof(what), "HTTP %d%s", in->status, redirect ? ": redirect refused" : "");
	retry_or_end(in, &v, what);
	return v;
}

struct verdict verdict_maildir(const struct verdict_input *in)
{
	struct verdict v = {.state = LETTER_DONE};

	if (in->rc == 0)
		snprintf(v.note, sizeof(v.note), "delivered");
	else
		retry_or_end(in, &v, in->rc == ERR_IO ? "the mail folder cannot be written" : err_name(in->rc));
	return v;
}
