/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_receive: takes pushed documents on the daemon's own HTTP server, verifies
 * them, stores them and prints receipts. Can misbehave on request, for tests. */
#include "ctl_receive.h"

#include "ctl.h"
#include "receipts.h"
#include "webhook_verify.h"

#include <planvax/base/text.h>
#include <planvax/net/server.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BODY (INT64_C(16) << 20)
#define MAX_SECRET_FILE ((size_t)64 << 10)

struct receive {
	struct loop *loop;
	struct server *server;
	struct webhook_verify_keys *keys;
	struct receipts *receipts;
	/* misbehaviour */
	int64_t fail_first;  /* requests that get fail_status, still */
	int64_t fail_status; /* 0: none */
	bool fail_always;
	int64_t retry_after_s; /* -1: not said */
	bool draining;
};

struct receive_options {
	const char *listen, *dir;
	int64_t fail_first, status, retry_after_s;
};

/* ---- requests ---- */

static enum server_verdict on_head(void *arg, struct server_exchange *x)
{
	(void)arg;
	x->max_body = MAX_BODY;
	if (x->request.method == HTTP_POST)
		return SERVER_READ_BODY;
	http_reply_problem(&x->reply, 405, "documents are pushed by POST");
	http_reply_header(&x->reply, "Allow", "POST");
	return SERVER_REPLY_NOW;
}

/* Answers a problem and tells the operator. */
static void refuse(struct server_exchange *x, int status, const struct fault *f)
{
	struct buf text = BUF_INIT;

	fault_format(f, &text);
	fprintf(stderr, "planvaxctl receive: refused status=%d peer=%s: %s\n", status, x->request.peer.address, buf_str(&text));
	http_reply_problem(&x->reply, status, buf_str(&text));
	buf_release(&text);
}

static void misbehave(struct receive *r, struct server_exchange *x)
{
	char seconds[24];

	http_reply_problem(&x->reply, (int)r->fail_status, "this receiver was told to answer so");
	if (r->retry_after_s >= 0) {
		snprintf(seconds, sizeof(seconds), "%lld", (long long)r->retry_after_s);
		http_reply_header(&x->reply, "Retry-After", seconds);
	}
	fprintf(stderr, "planvaxctl receive: misbehaved status=%d\n", (int)r->fail_status);
}

/* The document is in: its receipt is the answer and, if it is new, a line on stdout. */
static void acknowledge(const struct receive *r, struct server_exchange *x, const char *receipt, bool known)
{
	bool own = r->fail_always && r->fail_status < 300;

	http_reply_type(&x->reply, own ? (int)r->fail_status : known ? 200 : 201, "application/json");
	buf_puts(&x->reply.body, receipt);
	buf_putc(&x->reply.body, '\n');
	if (known)
		return;
	printf("%s\n", receipt);
	fflush(stdout);
}

static int verify(const struct receive *r, const struct http_request *request, const char **version, struct fault *f)
{
	const struct webhook_verify_message message = {
		.id = http_header(request, "webhook-id"),
		.timestamp = http_header(request, "webhook-timestamp"),
		.signatures = http_header(request, "webhook-signature"),
		.content_digest = http_header(request, "content-digest"),
		.body = request->body,
		.body_len = request->body_len,
	};
	const char *key = http_header(request, "idempotency-key");
	const char *why;
	int rc = webhook_verify(r->keys, &message, clock_now(), version, &why);

	if (rc != 0)
		return fault_set(f, (enum err)rc, "%s", why);
	if (key != NULL && strcmp(key, message.id) != 0)
		return fault_set(f, ERR_INVALID, "Idempotency-Key differs from webhook-id");
	return 0;
}

static void take(struct receive *r, struct server_exchange *x)
{
	struct receipts_message message = {.body = x->request.body, .len = x->request.body_len, .now = clock_now()};
	struct fault f = FAULT_NONE;
	const char *receipt;
	bool known;
	int rc = verify(r, &x->request, &message.signature, &f);

	if (rc != 0) {
		refuse(x, rc == ERR_DENIED ? 401 : 400, &f);
		return;
	}
	message.id = http_header(&x->request, "webhook-id");
	rc = receipts_take(r->receipts, &message, &receipt, &known, &f);
	if (rc != 0)
		refuse(x, rc == ERR_INVALID ? 400 : 500, &f);
	else
		acknowledge(r, x, receipt, known);
}

static void on_request(void *arg, struct server_exchange *x)
{
	struct receive *r = arg;

	if (r->fail_first > 0) {
		r->fail_first--;
		misbehave(r, x);
	} else if (r->fail_always && r->fail_status >= 300) {
		misbehave(r, x);
	} else {
		take(r, x);
	}
	server_reply(x);
}

/* ---- running ---- */

static void on_drained(void *arg)
{
	struct receive *r = arg;

	loop_stop(r->loop);
}

static void on_stop(void *arg)
{
	struct receive *r = arg;

	if (r->draining)
		return;
	r->draining = true;
	server_drain(r->server, on_drained, r);
}

static int serve(struct receive *r, const char *address)
{
	const struct server_handler handler = {.arg = r, .on_head = on_head, .on_request = on_request};
	struct arena arena = ARENA_INIT;
	struct http_options options;
	struct loop_signal *terminate, *interrupt;
	struct buf name = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc;

	memset(&options, 0, sizeof(options));
	option_defaults(http_options_rows, http_options_n_rows, &options, &arena);
	r->loop = loop_new();
	r->server = server_new(r->loop, &options, &handler);
	terminate = loop_signal_new(r->loop, SIGTERM, on_stop, r);
	interrupt = loop_signal_new(r->loop, SIGINT, on_stop, r);
	rc = server_listen_tcp(r->server, address, &f);
	if (rc == 0) {
		server_address(r->server, 0, &name);
		printf("listening %s\n", buf_str(&name));
		fflush(stdout);
		loop_run(r->loop);
	} else {
		ctl_complain(&f);
	}
	server_free(r->server);
	loop_signal_free(terminate);
	loop_signal_free(interrupt);
	loop_free(r->loop);
	buf_release(&name);
	arena_release(&arena);
	return rc == 0 ? CTL_DONE : CTL_FAILED;
}

/* ---- command line ---- */

static int help(void)
{
	fputs("usage: planvaxctl receive --listen ADDRESS:PORT --secret-file FILE --dir DIR\n\n"
		"A sample authority: takes pushed documents by POST, verifies their Standard Webhooks signature,\n"
		"stores each as DIR/SERVICE-MONTH-vN.json, answers and prints a receipt (one JSON object a line;\n"
		"the first line is \"listening ADDRESS:PORT\"). A message that comes again is stored once.\n\n"
		"  --listen ADDRESS:PORT  where to listen; port 0 takes a free one\n"
		"  --secret-file FILE     keys, one a line: whsec_... (v1), whpk_... or whsk_... (v1a); may be given again\n"
		"  --dir DIR              where documents and receipts.jsonl go; made if it is not there\n\n"
		"To try a sender:\n"
		"  --fail-first N         answer the first N requests with an error\n"
		"  --status CODE          which one (503 by default); without --fail-first, answer it always\n"
		"  --retry-after SECONDS  say so in these answers\n\n"
		"Examples:\n"
		"  planvaxctl receive --listen 127.0.0.1:9000 --secret-file authority.secret --dir received\n"
		"  planvaxctl receive --listen '[::1]:0' --secret-file authority.secret --dir received --fail-first 2\n", stdout);
	return CTL_DONE;
}

static int read_keys(const char *path, struct webhook_verify_keys **keys)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc = ctl_read_file(path, MAX_SECRET_FILE, &text, &f);

	if (rc == 0) {
		rc = webhook_verify_read(text.data, text.len, keys, &f);
		fault_at(&f, "%s", path);
	}
	if (rc != 0)
		ctl_complain(&f);
	if (text.data != NULL)
		explicit_bzero(text.data, text.cap);
	buf_release(&text);
	return rc;
}

static bool number(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return text_int(text, strlen(text), min, max, out) == 0;
}

static const struct option longs[] = {
	{"listen", required_argument, NULL, 'l'},
	{"secret-file", required_argument, NULL, 'k'},
	{"dir", required_argument, NULL, 'd'},
	{"fail-first", required_argument, NULL, 'f'},
	{"status", required_argument, NULL, 's'},
	{"retry-after", required_argument, NULL, 'r'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Reads the options. Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct receive_options *o, struct webhook_verify_keys **keys)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		bool right = true;

		if (c == 'h')
			return help();
		if (c == 'l')
			o->listen = optarg;
		else if (c == 'd')
			o->dir = optarg;
		else if (c == 'k' && read_keys(optarg, keys) != 0)
			return CTL_FAILED;
		else if (c == 'f')
			right = number(optarg, 0, INT32_MAX, &o->fail_first);
		else if (c == 's')
			right = number(optarg, 200, 599, &o->status);
		else if (c == 'r')
			right = number(optarg, 0, INT32_MAX, &o->retry_after_s);
		else if (c != 'k')
			return ctl_misuse("receive", "unknown option");
		if (!right)
			return ctl_misuse("receive", "\"%s\" is out of range", optarg);
	}
	if (optind < argc)
		return ctl_misuse("receive", "\"%s\" is not an option", argv[optind]);
	if (o->listen == NULL || o->dir == NULL || *keys == NULL)
		return ctl_misuse("receive", "--listen, --secret-file and --dir are needed");
	return -1;
}

int ctl_receive(int argc, char **argv)
{
	struct receive_options o = {.retry_after_s = -1};
	struct receive r = {.fail_first = 0};
	struct fault f = FAULT_NONE;
	int code = read_options(argc, argv, &o, &r.keys);

	if (code >= 0)
		goto out;
	r.fail_first = o.fail_first;
	r.fail_status = o.status > 0 ? o.status : 503;
	r.fail_always = o.status > 0 && o.fail_first == 0;
	r.retry_after_s = o.retry_after_s;
	if (receipts_open(o.dir, &r.receipts, &f) != 0) {
		ctl_complain(&f);
		code = CTL_FAILED;
		goto out;
	}
	code = serve(&r, o.listen);
out:
	receipts_close(r.receipts);
	webhook_verify_free(r.keys);
	return code;
}
