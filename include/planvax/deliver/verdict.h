/* SPDX-License-Identifier: Apache-2.0 */
/* verdict: what an answer means for a letter: done, retry, dead, and why. Pure; any thread. */
#ifndef PLANVAX_DELIVER_VERDICT_H
#define PLANVAX_DELIVER_VERDICT_H

#include <planvax/model/letter.h>
#include <stdint.h>

/* How an attempt ended. */
struct verdict_input {
	int rc;                  /* 0: an answer came; else the transport's error (enum err) */
	int status;              /* HTTP status */
	int64_t retry_after_s;   /* of the answer; 0: none */
	int32_t attempts;        /* made, this one included */
	uint32_t jitter;
};

struct verdict {
	enum letter_state state; /* LETTER_DONE, LETTER_RETRY, LETTER_DEAD */
	int64_t wait_s;          /* LETTER_RETRY: before the next attempt */
	char note[96];           /* "HTTP 503", "no connection"; no address, no person */
};

/* A push: any 2xx is done; 410 is dead; redirects and all else are retried until the attempts are exhausted. */
struct verdict verdict_push(const struct verdict_input *in);

/* A mail into a Maildir: rc 0 is done, else retried. */
struct verdict verdict_maildir(const struct verdict_input *in);

#endif
