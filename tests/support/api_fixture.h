/* SPDX-License-Identifier: Apache-2.0 */
/* api_fixture: the whole api over a real store, without sockets and threads: requests are texts. */
#ifndef PLANVAX_TESTS_API_FIXTURE_H
#define PLANVAX_TESTS_API_FIXTURE_H

#include <planvax/api/api.h>
#include <planvax/base/json.h>
#include <planvax/model/letter.h>
#include <planvax/store/token_store.h>

#include "store_temp.h"

#define API_FIXTURE_MONTH "2022-01"

struct api_fixture {
	struct store_temp store;     /* S001 in region 53 with the sample, S002 in region 11 */
	struct model_sample sample;
	struct loop *loop;
	struct pool *pool;
	struct metrics *metrics;
	struct db *reader;
	struct api_context context;
	struct api *api;
	struct server_handler handler;
	struct settings settings;
	struct api_status status;    /* what the frame answers */
	int changed, planned, reloaded; /* calls back */
	int reload_rc;
	struct arena arena;
	/* the last answer */
	int code;
	struct buf headers, body;
	int64_t max_body;
	struct json_doc *doc;        /* the body, where it is JSON */
};

/* Opens and closes it. */
void api_fixture_open(struct api_fixture *f);
void api_fixture_close(struct api_fixture *f);

/* Makes the api anew from context, after a test changed it. */
void api_fixture_renew(struct api_fixture *f);

/* Who asks: NULL is the operator at the Unix socket; "" is TCP without a token. */
struct api_fixture_ask {
	const char *method, *target, *token;
	const char *headers; /* further lines, each ended by CRLF; or NULL */
	const char *body;    /* or NULL */
};

/* Asks and waits for the answer. Returns its status. */
int api_fixture_ask(struct api_fixture *f, const struct api_fixture_ask *ask);

/* GET as a token (as above). */
int api_fixture_get(struct api_fixture *f, const char *target, const char *token);

/* POST of JSON (NULL: no body) as a token. */
int api_fixture_post(struct api_fixture *f, const char *target, const char *token, const char *json);

/* Value of a header of the last answer, in the fixture's arena, or NULL. */
const char *api_fixture_header(struct api_fixture *f, const char *name);

/* Text at a path such as "items.0.state" of the last answer's JSON, or NULL. */
const char *api_fixture_text(const struct api_fixture *f, const char *path);

/* Number at a path; INT64_MIN if there is none. */
int64_t api_fixture_number(const struct api_fixture *f, const char *path);

/* A new token's text, in the fixture's arena. */
const char *api_fixture_token(struct api_fixture *f, enum token_role role, const char *scope);

/* Publishes (or drafts) the next version of a service's plan: days "day-1" and "day-2" with P1 and N1, a proposal for visit V001,
 * an unserved company; a mail and a push. Returns the version. */
int api_fixture_publish(struct api_fixture *f, const char *service_id, bool draft);

/* Puts a letter of that id and kind for the service's version. */
void api_fixture_letter(struct api_fixture *f, const char *letter_id, enum letter_kind kind);

#endif
