/* SPDX-License-Identifier: Apache-2.0 */
/* api_fixture: requests as texts, answers as they would be sent. */
#include "api_fixture.h"

#include <planvax/base/gzip.h>
#include <planvax/base/text.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>
#include <planvax/store/register_store.h>
#include <planvax/view/plan_document.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_DIGEST "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct settings *hold(void *arg)
{
	return settings_hold(&((struct api_fixture *)arg)->settings);
}

static void tell_status(void *arg, struct api_status *out)
{
	*out = ((struct api_fixture *)arg)->status;
}

static int reload(void *arg, struct buf *report)
{
	struct api_fixture *f = arg;

	f->reloaded++;
	buf_puts(report, f->reload_rc < 0 ? "planvaxd.conf:3:1: unknown key" : "http.max_body: 1 -> 2\n");
	return f->reload_rc;
}

static void hear_changed(void *arg)
{
	((struct api_fixture *)arg)->changed++;
}

static void plan_now(void *arg)
{
	((struct api_fixture *)arg)->planned++;
}

static int put_second_service(struct tx *tx, void *arg)
{
	struct service row = model_build_service("S002");
	enum row_verdict verdict;

	row.region = "11";
	(void)arg;
	return register_store_put_service(tx, &row, &verdict, NULL);
}

/* Settings as a configuration without files would give them: no rules, which these tests do not need. */
static void make_settings(struct api_fixture *f)
{
	static const struct job_options jobs = {.month = API_FIXTURE_MONTH, .deadline = "-3", .seed = 1};
	static const struct privacy_options privacy = {.min_persons = 11, .min_companies = 3};
	static const struct mail_options mail = {.from = "vaccination@service.example"};
	struct plan_options *plan = ARENA_NEW(&f->arena, struct plan_options, 1);

	plan_options_init(plan);
	f->settings = (struct settings){.parts = {.jobs = &jobs, .plan = plan, .privacy = &privacy, .mail = &mail},
		.mapping = mapping_new(), .planning_now = model_build_instant("2021-12-31", "12:00")};
	atomic_init(&f->settings.references, 1000000);
}

void api_fixture_open(struct api_fixture *f)
{
	struct fault fault = FAULT_NONE;

	*f = (struct api_fixture){.code = 0};
	store_temp_open(&f->store);
	model_build_sample(&f->sample);
	store_temp_fill(&f->store, &f->sample);
	int rc = store_temp_run(&f->store, put_second_service, NULL);
	assert(rc == 0);
	make_settings(f);
	f->loop = loop_new();
	f->pool = pool_new(0, 1);
	f->metrics = metrics_new();
	rc = readers_take(f->store.readers, &f->reader, &fault);
	assert(rc == 0);
	f->status = (struct api_status){.ready = true, .listen = {"127.0.0.1:8080"}, .n_listen = 1};
	f->context = (struct api_context){
		.loop = f->loop, .reader = f->reader, .readers = f->store.readers, .writer = f->store.writer, .pool = f->pool, .pool_places = 4,
		.metrics = f->metrics, .version = "0.1", .arg = f, .settings = hold, .status = tell_status, .reload = reload,
		.changed = hear_changed, .plan_now = plan_now,
	};
	api_fixture_renew(f);
}

void api_fixture_renew(struct api_fixture *f)
{
	api_free(f->api);
	f->api = api_new(&f->context);
	f->handler = api_handler(f->api);
}

static void forget_answer(struct api_fixture *f)
{
	json_free(f->doc);
	f->doc = NULL;
	buf_reset(&f->headers);
	buf_reset(&f->body);
}

void api_fixture_close(struct api_fixture *f)
{
	forget_answer(f);
	api_free(f->api);
	metrics_free(f->metrics);
	pool_free(f->pool);
	readers_give(f->store.readers, f->reader);
	loop_free(f->loop);
	store_temp_close(&f->store);
	mapping_free(f->settings.mapping);
	buf_release(&f->headers);
	buf_release(&f->body);
	arena_release(&f->arena);
}

static void write_request(const struct api_fixture_ask *ask, struct buf *out)
{
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: localhost\r\n", ask->method, ask->target);
	if (ask->token && *ask->token)
		buf_printf(out, "Authorization: Bearer %s\r\n", ask->token);
	if (ask->headers)
		buf_puts(out, ask->headers);
	if (ask->body)
		buf_printf(out, "Content-Length: %zu\r\n", strlen(ask->body));
	buf_puts(out, "\r\n");
	if (ask->body)
		buf_puts(out, ask->body);
}

static void keep_answer(struct api_fixture *f, const struct server_exchange *x)
{
	size_t len = 0, encoded = 0;
	const void *body = http_reply_body(&x->reply, &len);
	const char *encoding = http_reply_find(&x->reply, "Content-Encoding", &encoded);

	f->code = x->reply.status;
	f->max_body = x->max_body;
	buf_puts(&f->headers, buf_str(&x->reply.headers));
	if (encoding) {
		int rc = gzip_expand(body, len, 1 << 24, &f->body);
		assert(rc == 0 && encoded == 4);
	} else {
		buf_put(&f->body, body, len);
	}
	if (f->body.len && json_parse(buf_str(&f->body), f->body.len, "answer", &f->doc, NULL) < 0)
		f->doc = NULL;
}

int api_fixture_ask(struct api_fixture *f, const struct api_fixture_ask *ask)
{
	const struct http_peer peer = {.kind = ask->token ? HTTP_PEER_TCP : HTTP_PEER_UNIX, .address = "unix", .uid = ask->token ? -1 : 0};
	struct server_exchange x;
	struct buf text = BUF_INIT;

	forget_answer(f);
	write_request(ask, &text);
	int rc = server_exchange_init(&x, buf_str(&text), text.len, &peer);
	assert(rc == 0);
	x.started_ms = clock_monotonic_ms();
	if (f->handler.on_head(f->handler.arg, &x) == SERVER_READ_BODY) {
		f->handler.on_request(f->handler.arg, &x);
		while (!x.replied && loop_turn(f->loop))
			continue;
		assert(x.replied);
	}
	keep_answer(f, &x);
	f->handler.on_end(f->handler.arg, &x);
	server_exchange_release(&x);
	buf_release(&text);
	return f->code;
}

int api_fixture_get(struct api_fixture *f, const char *target, const char *token)
{
	return api_fixture_ask(f, &(struct api_fixture_ask){.method = "GET", .target = target, .token = token});
}

int api_fixture_post(struct api_fixture *f, const char *target, const char *token, const char *json)
{
	return api_fixture_ask(f, &(struct api_fixture_ask){.method = "POST", .target = target, .token = token,
		.headers = json ? "Content-Type: application/json\r\n" : NULL, .body = json});
}

const char *api_fixture_header(struct api_fixture *f, const char *name)
{
	const struct http_reply reply = {.headers = f->headers};
	size_t len = 0;
	const char *value = http_reply_find(&reply, name, &len);

	return value ? arena_strndup(&f->arena, value, len) : NULL;
}

static const struct json_value *find(const struct api_fixture *f, const char *path)
{
	const struct json_value *v = f->doc ? json_root(f->doc) : NULL;

	while (v && *path) {
		size_t len = strcspn(path, ".");
		char key[80];
		int64_t index;

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		v = text_int(key, len, 0, 1000000, &index) == 0 ? json_at(v, (size_t)index) : json_get(v, key);
		path += len + (path[len] == '.');
	}
	return v;
}

const char *api_fixture_text(const struct api_fixture *f, const char *path)
{
	return json_text(find(f, path));
}

int64_t api_fixture_number(const struct api_fixture *f, const char *path)
{
	int64_t n = INT64_MIN;

	json_int(find(f, path), INT64_MIN, INT64_MAX, &n);
	return n;
}

/* ---- what is stored ---- */

struct new_token {
	struct token row;
	struct arena *arena;
	char text[TOKEN_TEXT_BYTES];
};

static int add_token(struct tx *tx, void *arg)
{
	struct new_token *t = arg;
	const char *id;

	return token_store_add(tx, &t->row, t->arena, t->text, &id);
}

const char *api_fixture_token(struct api_fixture *f, enum token_role role, const char *scope)
{
	struct new_token t = {.row = {.role = role, .region = role == TOKEN_REGION ? scope : NULL,
		.service_id = role == TOKEN_SERVICE ? scope : NULL}, .arena = &f->arena};
	int rc = store_temp_run(&f->store, add_token, &t);

	assert(rc == 0);
	return arena_strdup(&f->arena, t.text);
}

static int put_publication(struct tx *tx, void *arg)
{
	const struct publication *p = arg;

	plan_store_advance(tx, p);
	plan_store_put(tx, p);
	plan_store_put_items(tx, p);
	plan_store_put_changes(tx, p);
	fact_store_planned(tx, p->service_id, p->month, p->revision);
	return tx_error(tx);
}

static int put_draft(struct tx *tx, void *arg)
{
	return plan_store_put_draft(tx, arg);
}

static struct plan_service make_plan(struct api_fixture *f, const char *service_id, int version)
{
	static const char *const staff[] = {"N1", "P1"};
	static const char *const people[] = {"E007"};
	struct plan_offer *days = ARENA_NEW(&f->arena, struct plan_offer, 2);
	struct plan_proposal *proposal = ARENA_NEW(&f->arena, struct plan_proposal, 1);
	struct plan_why *why = ARENA_NEW(&f->arena, struct plan_why, 1);
	struct plan_line *line = ARENA_NEW(&f->arena, struct plan_line, 1);
	struct plan_unserved *unserved = ARENA_NEW(&f->arena, struct plan_unserved, 1);

	*line = (struct plan_line){.siret = MODEL_SIRET_HOST, .expected = 12, .distance_m = 3400, .kinds = {12}};
	for (int i = 0; i < 2; i++)
		days[i] = (struct plan_offer){.id = i ? "day-2" : "day-1", .type = OFFER_DAY, .date = model_build_date(i ? "2022-01-19" : "2022-01-12"),
			.start = model_build_instant(i ? "2022-01-19" : "2022-01-12", "08:00"),
			.end = model_build_instant(i ? "2022-01-19" : "2022-01-12", "11:00"), .centre_id = "C1", .insee = "35238", .staff = staff,
			.n_staff = 2, .posts = 1, .capacity = 30, .expected = 13, .people = people, .n_people = i == 0, .companies = line,
			.n_companies = 1};
	*why = (struct plan_why){.rule = "booster-92", .source = "DGS-URGENT 2021-132", .date = model_build_date("2022-01-05")};
	*proposal = (struct plan_proposal){.visit_id = f->sample.visits[0].visit_id, .person_ref = f->sample.visits[0].person_ref,
		.date = model_build_date("2022-01-12"), .status = PROPOSAL_PROPOSE, .antigen = "COVID-19", .product = "COMIRNATY", .dose = 3,
		.dose_kind = DOSE_BOOSTER, .place = PLACE_DAY, .offer_id = "day-1", .why = why, .n_why = 1};
	*unserved = (struct plan_unserved){.siret = MODEL_SIRET_RURAL, .expected = 4, .reason = UNSERVED_DISTANCE, .detail = "hôte le plus proche à 41 km"};
	return (struct plan_service){.service_id = service_id, .version = version, .days = days, .n_days = 2, .proposals = proposal,
		.n_proposals = 1, .unserved = unserved, .n_unserved = 1};
}

static void seal(struct api_fixture *f, const struct plan_service *plan, struct publication *p)
{
	static const char masked[] = "{\"format\":\"planvax-authority/1\",\"missing_weeks\":[{\"week\":\"2022-W02\",\"reason\":\"staff\"}]}\n";
	struct plan *head = ARENA_NEW(&f->arena, struct plan, 1);
	struct buf part = BUF_INIT, out = BUF_INIT;
	struct zone *zone = NULL;
	int rc = zone_load("Europe/Paris", &zone);

	assert(rc == 0);
	*head = (struct plan){.input_digest = SAMPLE_DIGEST, .rules_digest = SAMPLE_DIGEST, .from = model_build_date("2022-01-01"),
		.to = model_build_date("2022-01-31"), .now = model_build_instant("2021-12-31", "12:00"), .seed = 1, .options_json = "{}",
		.indicators = {.action_1_visits = 1, .action_2_days = 2}};
	plan_document_service(plan, zone, &part);
	const struct plan_document_part parts[1] = {{plan->service_id, buf_str(&part), part.len}};
	plan_document_write(head, parts, 1, &out);
	plan_store_seal(AUDIENCE_SERVICE, out.data, out.len, &f->arena, &p->bodies[0]);
	p->bodies[0].indicators = "{\"action_1_visits\":1,\"action_2_days\":2}";
	plan_store_seal(AUDIENCE_AUTHORITY, masked, strlen(masked), &f->arena, &p->bodies[1]);
	p->bodies[1].indicators = "{\"action_1_visits\":null,\"action_2_days\":2}";
	p->plan_digest = head->plan_digest;
	zone_free(zone);
	buf_release(&part);
	buf_release(&out);
}

int api_fixture_publish(struct api_fixture *f, const char *service_id, bool draft)
{
	struct plan_version current = {.version = 0};
	const struct plan_key key = {.service_id = service_id, .month = API_FIXTURE_MONTH};
	struct tx *tx = store_temp_read(&f->store);

	if (plan_store_version(tx, &key, &f->arena, &current) < 0)
		current.version = 0;
	store_temp_end(&f->store, tx);
	const struct plan_service plan = make_plan(f, service_id, current.version + 1);
	const struct plan_change change = {.kind = CHANGE_ADDED, .offer_id = "day-1", .text = "nouvelle journée"};
	struct publication p = {.service_id = service_id, .month = API_FIXTURE_MONTH, .base = current.version, .revision = 1000, .actor = "daemon",
		.now = model_build_instant("2021-12-31", "12:00"), .input_digest = SAMPLE_DIGEST, .rules_digest = SAMPLE_DIGEST, .seed = 1, .plan = &plan,
		.changes = &change, .n_changes = 1};

	seal(f, &plan, &p);
	int rc = store_temp_run(&f->store, draft ? put_draft : put_publication, &p);
	assert(rc == 0);
	return current.version + 1;
}

static int put_letter(struct tx *tx, void *arg)
{
	const struct outbox_origin origin = {"S001", API_FIXTURE_MONTH, 1};

	outbox_store_put(tx, &origin, arg);
	return tx_error(tx);
}

void api_fixture_letter(struct api_fixture *f, const char *letter_id, enum letter_kind kind)
{
	struct letter letter = {.letter_id = letter_id, .kind = kind, .recipient = kind == LETTER_MAIL ? "p1@service.example" : "53",
		.topic = "offer day-1", .bytes = "Subject: x\r\n\r\nbody", .len = 18};
	int rc = store_temp_run(&f->store, put_letter, &letter);

	assert(rc == 0);
}
