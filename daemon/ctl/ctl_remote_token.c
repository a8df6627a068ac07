/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: access tokens. */
#include "ctl_remote.h"

#include "ctl_ask.h"

#include <planvax/base/names.h>
#include <planvax/store/token_store.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"usage: planvaxctl token add --role service|region|national|operator [--service S | --region C]\n"
	"                        [--expires DATE] [--note TEXT]\n"
	"       planvaxctl token list\n"
	"       planvaxctl token revoke ID...\n"
	"       each with [--socket PATH | --config FILE] [--json]\n\n"
	"add prints the token alone, once: only its digest is stored.\n\n"
	"Examples:\n"
	"  planvaxctl token add --role region --region 53 --expires 2022-12-31 > token\n"
	"  planvaxctl token add --role service --service S001\n"
	"  planvaxctl token list\n";

struct new_token {
	const char *role, *region, *service, *expires, *note;
};

static void put_member(struct json_writer *w, const char *key, const char *text)
{
	if (text)
		json_text_member(w, key, text);
}

static int add(const struct ctl_ask *a, const struct new_token *t)
{
	struct buf body = BUF_INIT;
	struct json_writer w;
	struct json_doc *doc = NULL;
	int code, role = 0;

	if (!t->role)
		return ctl_misuse("token", "--role is missing");
	if (!names_value(token_store_role_names, t->role, strlen(t->role), &role))
		return ctl_misuse("token", "--role is not service, region, national or operator");
	if ((role == TOKEN_REGION) != (t->region != NULL))
		return ctl_misuse("token", role == TOKEN_REGION ? "the role region needs --region" : "--region goes with the role region only");
	if ((role == TOKEN_SERVICE) != (t->service != NULL))
		return ctl_misuse("token", role == TOKEN_SERVICE ? "the role service needs --service" : "--service goes with the role service only");
	json_writer_init(&w, &body);
	json_begin_object(&w);
	put_member(&w, "role", t->role);
	put_member(&w, "region", t->region);
	put_member(&w, "service", t->service);
	put_member(&w, "expires", t->expires);
	put_member(&w, "note", t->note);
	json_end_object(&w);
	code = ctl_ask_post(a, "/v1/tokens", &body, &doc);
	if (doc)
		printf("%s\n", ctl_ask_word(json_root(doc), "token"));
	json_free(doc);
	buf_release(&body);
	return code;
}

static int list(const struct ctl_ask *a)
{
	struct json_doc *doc = NULL;
	int code = ctl_ask_get(a, "/v1/tokens", &doc);

	if (doc) {
		const struct json_value *items = json_get(json_root(doc), "items");

		printf("%-38s %-9s %-10s %-20s %-20s %s\n", "ID", "ROLE", "SCOPE", "EXPIRES", "REVOKED", "NOTE");
		for (size_t i = 0; i < json_len(items); i++) {
			const struct json_value *t = json_at(items, i);
			const char *region = json_text(json_get(t, "region"));

			printf("%-38s %-9s %-10s %-20s %-20s %s\n", ctl_ask_word(t, "token_id"), ctl_ask_word(t, "role"),
				region ? region : ctl_ask_word(t, "service"), ctl_ask_word(t, "expires_at"), ctl_ask_word(t, "revoked_at"),
				ctl_ask_word(t, "note"));
		}
	}
	json_free(doc);
	return code;
}

static int revoke(const struct ctl_ask *a, char *const *ids, int n)
{
	int done = 0;

	if (n == 0)
		return ctl_misuse("token", "revoke needs the ID of a token (see planvaxctl token list)");
	for (int i = 0; i < n; i++) {
		struct buf target = BUF_INIT;

		buf_puts(&target, "/v1/tokens/");
		ctl_ask_encode(&target, ids[i]);
		if (ctl_ask_call(a, &(struct ctl_ask_request){.method = "DELETE", .target = buf_str(&target)}, NULL) == CTL_DONE)
			done++;
		buf_release(&target);
	}
	return done == n ? CTL_DONE : done ? CTL_PARTLY : CTL_FAILED;
}

int ctl_remote_token(int argc, char **argv)
{
	struct new_token t = {.role = NULL};
	const struct ctl_ask_option options[] = {
		{"role", NULL, &t.role}, {"region", NULL, &t.region}, {"service", NULL, &t.service}, {"expires", NULL, &t.expires},
		{"note", NULL, &t.note}, {NULL, NULL, NULL},
	};
	struct ctl_ask a = {.command = "token"};
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	const char *verb = optind < argc ? argv[optind] : "";
	if (!strcmp(verb, "add") && argc - optind == 1)
		code = add(&a, &t);
	else if (!strcmp(verb, "list") && argc - optind == 1)
		code = list(&a);
	else if (!strcmp(verb, "revoke"))
		code = revoke(&a, argv + optind + 1, argc - optind - 1);
	else
		code = ctl_misuse("token", "say add, list or revoke ID");
	ctl_ask_release(&a);
	return code;
}
