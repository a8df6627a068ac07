/* SPDX-License-Identifier: Apache-2.0 */
/* scenario: replays *.scn files: the life of a month told line by line, with a fixed clock and scripted peers.
 *
 *   # a comment                            title TEXT
 *   clock INSTANT                          advance 5 min
 *   config <<END ... END                   more configuration, before start
 *   drop-data [NAME]                       drop NAME <<END ... END
 *   start | stop | crash | reload          settle
 *   push STATUS [retry-after=S]            how the authority answers from now on (0: not at all)
 *   ask METHOD PATH [as NAME] [<<END ... END]   a request over the operator's socket, or with a token
 *   token NAME ROLE [SCOPE]                makes a token
 *   expect status N                        of the last request
 *   expect answer [not] TEXT               its body holds TEXT (rest of the line)
 *   expect file PATH [not]                 a file is there, or not
 *   expect mails|requests|cancels|pushes|acknowledged OP N|NAME[+N]
 *   note NAME mails|requests|cancels|pushes|acknowledged    remembers a figure
 *   pick NAME /json/pointer                remembers a text of the last answer; {NAME} stands for it later
 *   keep NAME                              remembers the last answer
 *   same NAME | differs NAME               the last answer is, or is not, what was kept
 *   keep-push NAME | same-push NAME        the same for the webhook-id of the last push
 *
 * Each expectation counts as one check; the first that fails ends its scenario. */
#include "world.h"

#include <planvax/base/alloc.h>
#include <planvax/base/json.h>
#include <planvax/base/log.h>
#include <planvax/base/text.h>

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct named {
	char *name, *text;
};

struct scenario {
	const char *file;
	const char *text, *at;    /* whole file; where reading goes on */
	int line;
	struct world world;
	VEC(struct named) names;
	bool failed;
	int passed;
};

static const char *find_name(const struct scenario *s, const char *name, size_t len)
{
	for (size_t i = s->names.len; i-- > 0;)
		if (strlen(s->names.items[i].name) == len && !strncmp(s->names.items[i].name, name, len))
			return s->names.items[i].text;
	return NULL;
}

static void keep_name(struct scenario *s, const char *name, const char *text)
{
	struct named one = {xstrdup(name), xstrdup(text)};

	VEC_PUSH(&s->names, one);
}

static void fail(struct scenario *s, const char *what, const char *detail)
{
	printf("%s:%d: %s%s%s\n", s->file, s->line, what, detail && *detail ? ": " : "", detail ? detail : "");
	s->failed = true;
}

static void check(struct scenario *s, bool holds, const char *what, const char *detail)
{
	if (holds)
		s->passed++;
	else
		fail(s, what, detail);
}

/* Appends text with {NAME} replaced. */
static void expand(struct scenario *s, const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		const char *close = text[i] == '{' ? memchr(text + i, '}', len - i) : NULL;
		const char *value = close ? find_name(s, text + i + 1, (size_t)(close - text - (ptrdiff_t)i) - 1) : NULL;

		if (!value) {
			buf_putc(out, text[i]);
			continue;
		}
		buf_puts(out, value);
		i = (size_t)(close - text);
	}
}

/* The next line, names replaced; false at the end. */
static bool next_line(struct scenario *s, struct buf *line)
{
	const char *end;

	buf_reset(line);
	if (!*s->at)
		return false;
	end = strchrnul(s->at, '\n');
	expand(s, s->at, (size_t)(end - s->at), line);
	s->at = *end ? end + 1 : end;
	s->line++;
	buf_putc(line, '\0');
	buf_truncate(line, line->len - 1);
	return true;
}

/* A block follows where the line ends in <<END; cuts that off. */
static void read_block(struct scenario *s, struct buf *line, struct buf *block)
{
	struct buf next = BUF_INIT;
	char *mark = line->len ? strstr(line->data, "<<END") : NULL;

	if (!mark)
		return;
	buf_truncate(line, (size_t)(mark - line->data));
	while (line->len && line->data[line->len - 1] == ' ')
		buf_truncate(line, line->len - 1);
	while (next_line(s, &next) && strcmp(buf_str(&next), "END") != 0) {
		buf_put(block, next.data, next.len);
		buf_putc(block, '\n');
	}
	buf_release(&next);
}

/* ---- figures ---- */

static int64_t figure(struct scenario *s, const char *word)
{
	const struct world *w = &s->world;

	if (!strcmp(word, "mails"))
		return (int64_t)world_mails(w, NULL);
	if (!strcmp(word, "requests"))
		return (int64_t)world_mails(w, "REQUEST");
	if (!strcmp(word, "cancels"))
		return (int64_t)world_mails(w, "CANCEL");
	if (!strcmp(word, "doubled-mails"))
		return (int64_t)world_doubled_mails(w);
	if (!strcmp(word, "pushes"))
		return w->pushes;
	if (!strcmp(word, "acknowledged"))
		return w->acknowledged;
	fail(s, "unknown figure", word);
	return -1;
}

/* "5", or the sum "3+2" that a replaced name gives. */
static int64_t sum_of(const char *text)
{
	int64_t sum = 0;

	for (const char *at = text; *at;) {
		size_t len = strcspn(at, "+");
		int64_t value = 0;

		if (text_int(at, len, INT32_MIN, INT32_MAX, &value) == 0)
			sum += value;
		at += len + (at[len] == '+');
	}
	return sum;
}

static void expect_figure(struct scenario *s, const char *word, const char *op, const char *text)
{
	int64_t is = figure(s, word), wanted = sum_of(text);
	bool holds = !strcmp(op, "=") ? is == wanted : !strcmp(op, ">") ? is > wanted : !strcmp(op, ">=") ? is >= wanted : !strcmp(op, "<") && is < wanted;
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "%s is %lld, expected %s %lld", word, (long long)is, op, (long long)wanted);
	check(s, holds, "figure", buf_str(&detail));
	buf_release(&detail);
}

/* ---- steps ---- */

static const struct json_value *resolve(const struct json_value *v, const char *pointer)
{
	while (v && *pointer == '/') {
		size_t len = strcspn(pointer + 1, "/");
		char key[128];
		int64_t index;

		if (len >= sizeof(key))
			return NULL;
		memcpy(key, pointer + 1, len);
		key[len] = '\0';
		if (json_kind(v) == JSON_ARRAY_VALUE)
			v = text_int(key, len, 0, INT32_MAX, &index) == 0 && (size_t)index < json_len(v) ? json_at(v, (size_t)index) : NULL;
		else
			v = json_get(v, key);
		pointer += len + 1;
	}
	return v;
}

static void step_pick(struct scenario *s, const char *name, const char *pointer)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;
	struct buf number = BUF_INIT;
	const struct json_value *v;
	int64_t value;

	if (json_parse(buf_str(&s->world.answer), s->world.answer.len, "answer", &doc, &f) < 0) {
		fail(s, "the answer is no JSON", f.what);
		return;
	}
	v = resolve(json_root(doc), pointer);
	if (json_text(v))
		keep_name(s, name, json_text(v));
	else if (json_int(v, INT64_MIN, INT64_MAX, &value)) {
		buf_put_int(&number, value);
		keep_name(s, name, buf_str(&number));
	} else {
		fail(s, "the answer has no such value", pointer);
	}
	buf_release(&number);
	json_free(doc);
}

static void step_ask(struct scenario *s, char *rest, const struct buf *block)
{
	char *save = NULL, *method = strtok_r(rest, " ", &save), *path = strtok_r(NULL, " ", &save);
	char *as = strtok_r(NULL, " ", &save), *name = as ? strtok_r(NULL, " ", &save) : NULL;
	const char *token = name ? find_name(s, name, strlen(name)) : NULL;

	if (!method || !path || (as && (!name || !token)))
		fail(s, "ask METHOD PATH [as NAME]", as);
	else
		world_request(&s->world, method, path, token, block);
}

static void step_token(struct scenario *s, char *rest)
{
	char *save = NULL, *name = strtok_r(rest, " ", &save), *role = strtok_r(NULL, " ", &save), *scope = strtok_r(NULL, " ", &save);
	struct buf body = BUF_INIT;

	buf_printf(&body, "{\"role\":\"%s\"", role ? role : "");
	if (scope)
		buf_printf(&body, ",\"%s\":\"%s\"", role && !strcmp(role, "region") ? "region" : "service", scope);
	buf_puts(&body, "}");
	world_request(&s->world, "POST", "/v1/tokens", NULL, &body);
	if (s->world.status >= 300 || !name)
		fail(s, "no token", buf_str(&s->world.answer));
	else
		step_pick(s, name, "/token");
	buf_release(&body);
}

static void step_expect(struct scenario *s, char *rest)
{
	char *word = rest, *more = strchr(rest, ' ');

	if (more)
		*more++ = '\0';
	more = more ? more : rest + strlen(rest);
	if (!strcmp(word, "status")) {
		struct buf is = BUF_INIT;

		buf_printf(&is, "%d", s->world.status);
		check(s, !strcmp(buf_str(&is), more), "status", buf_str(&is));
		if (s->failed)
			puts(buf_str(&s->world.answer));
		buf_release(&is);
	} else if (!strcmp(word, "answer")) {
		bool negated = text_starts(more, "not ");
		const char *wanted = negated ? more + 4 : more;

		check(s, (strstr(buf_str(&s->world.answer), wanted) != NULL) != negated, "answer", buf_str(&s->world.answer));
	} else if (!strcmp(word, "file")) {
		struct buf path = BUF_INIT;
		char *blank = strchr(more, ' ');
		bool negated = blank && !strcmp(blank, " not");

		buf_printf(&path, "%s/%.*s", s->world.folder, (int)strcspn(more, " "), more);
		check(s, (access(buf_str(&path), F_OK) == 0) != negated, "file", more);
		buf_release(&path);
	} else {
		char *save = NULL, *op = strtok_r(more, " ", &save), *value = strtok_r(NULL, " ", &save);

		if (!op || !value)
			fail(s, "expect FIGURE OP N", word);
		else
			expect_figure(s, word, op, value);
	}
}

static void step_note(struct scenario *s, char *rest)
{
	char *save = NULL, *name = strtok_r(rest, " ", &save), *word = strtok_r(NULL, " ", &save);
	struct buf value = BUF_INIT;

	if (name && word) {
		buf_put_int(&value, figure(s, word));
		keep_name(s, name, buf_str(&value));
	} else {
		fail(s, "note NAME FIGURE", NULL);
	}
	buf_release(&value);
}

static void step_push(struct scenario *s, const char *rest)
{
	const char *retry = strstr(rest, "retry-after=");
	int64_t status = 0, seconds = 0;

	if (text_int(rest, strcspn(rest, " "), 0, 599, &status) < 0 ||
		(retry && text_int(retry + 12, strlen(retry + 12), 0, 86400, &seconds) < 0))
		fail(s, "push STATUS [retry-after=S]", rest);
	s->world.peer = (struct world_peer){(int)status, (int)seconds};
}

static void step_clock(struct scenario *s, const char *rest)
{
	struct instant at;

	if (instant_parse(rest, strlen(rest), &at) < 0)
		fail(s, "clock INSTANT", rest);
	else
		clock_fix(at);
}

static void step_advance(struct scenario *s, const char *rest)
{
	int64_t ms;

	if (text_duration_ms(rest, strlen(rest), &ms) < 0)
		fail(s, "advance DURATION", rest);
	else if (!world_advance(&s->world, ms))
		fail(s, "the daemon does not come to rest", rest);
}

/* The steps without an argument, and those of the daemon's life. True: it was one. */
static bool step_life(struct scenario *s, const char *word)
{
	struct world *w = &s->world;

	if (!strcmp(word, "start"))
		check(s, world_start(w), "start", "the daemon refused to start");
	else if (!strcmp(word, "stop"))
		world_stop(w);
	else if (!strcmp(word, "crash"))
		world_crash(w);
	else if (!strcmp(word, "settle"))
		check(s, world_settle(w), "settle", "the daemon does not come to rest");
	else
		return false;
	return true;
}

static void step_reload(struct scenario *s, const struct buf *block)
{
	struct buf path = BUF_INIT, report = BUF_INIT;
	FILE *f;

	/* The file is written anew with these lines, then read as on SIGHUP. */
	buf_printf(&path, "%s/planvaxd.conf", s->world.folder);
	f = fopen(buf_str(&path), "ae");
	if (f) {
		fputs(buf_str(block), f);
		fclose(f);
	}
	s->world.status = app_reload(s->world.app, &report);
	buf_reset(&s->world.answer);
	buf_puts(&s->world.answer, buf_str(&report));
	buf_release(&path);
	buf_release(&report);
}

static void run_step(struct scenario *s, char *word, char *rest, const struct buf *block)
{
	struct world *w = &s->world;

	if (step_life(s, word))
		return;
	if (!strcmp(word, "title"))
		return;
	if (!strcmp(word, "clock"))
		step_clock(s, rest);
	else if (!strcmp(word, "advance"))
		step_advance(s, rest);
	else if (!strcmp(word, "config"))
		buf_put(&w->config, buf_str(block), block->len);
	else if (!strcmp(word, "reload"))
		step_reload(s, block);
	else if (!strcmp(word, "drop-data"))
		check(s, world_drop_data(w, *rest ? rest : NULL), "no such file", rest);
	else if (!strcmp(word, "drop"))
		world_drop(w, rest, buf_str(block), block->len);
	else if (!strcmp(word, "push"))
		step_push(s, rest);
	else if (!strcmp(word, "ask"))
		step_ask(s, rest, block);
	else if (!strcmp(word, "token"))
		step_token(s, rest);
	else if (!strcmp(word, "expect"))
		step_expect(s, rest);
	else if (!strcmp(word, "note"))
		step_note(s, rest);
	else if (!strcmp(word, "pick") && strchr(rest, ' ')) {
		char *pointer = strchr(rest, ' ');

		*pointer = '\0';
		step_pick(s, rest, pointer + 1);
	} else if (!strcmp(word, "keep"))
		keep_name(s, rest, buf_str(&w->answer));
	else if (!strcmp(word, "keep-push"))
		keep_name(s, rest, buf_str(&w->push_id));
	else if (!strcmp(word, "same") || !strcmp(word, "differs") || !strcmp(word, "same-push")) {
		const char *kept = find_name(s, rest, strlen(rest));
		const struct buf *is = !strcmp(word, "same-push") ? &w->push_id : &w->answer;

		check(s, kept && (strcmp(kept, buf_str(is)) == 0) != !strcmp(word, "differs"), word, rest);
	} else
		fail(s, "unknown step", word);
}

static bool load(const char *file, struct buf *out)
{
	FILE *f = fopen(file, "re");

	if (!f)
		return false;
	out->len = fread(buf_reserve(out, 1 << 20), 1, 1 << 20, f);
	fclose(f);
	buf_putc(out, '\0');
	return true;
}

/* Replays one file. Returns whether every check held. */
static bool replay(const char *file, int *passed)
{
	struct buf text = BUF_INIT, line = BUF_INIT, block = BUF_INIT, data = BUF_INIT;
	struct scenario s = {.file = file};
	char *copy = xstrdup(file);

	buf_printf(&data, "%s/data", dirname(copy));
	if (!load(file, &text)) {
		printf("%s: cannot be read\n", file);
		return false;
	}
	s.text = s.at = buf_str(&text);
	world_init(&s.world, buf_str(&data));
	while (!s.failed && next_line(&s, &line)) {
		buf_reset(&block);
		read_block(&s, &line, &block);
		if (line.len == 0 || line.data[0] == '#')
			continue;
		char *rest = strchr(line.data, ' ');
		if (rest)
			*rest++ = '\0';
		run_step(&s, line.data, rest ? rest : line.data + line.len, &block);
	}
	world_release(&s.world);
	clock_unfix();
	for (size_t i = 0; i < s.names.len; i++) {
		free(s.names.items[i].name);
		free(s.names.items[i].text);
	}
	VEC_RELEASE(&s.names);
	buf_release(&text);
	buf_release(&line);
	buf_release(&block);
	buf_release(&data);
	free(copy);
	*passed += s.passed;
	return !s.failed;
}

int main(int argc, char **argv)
{
	int passed = 0, failed = 0;

	log_set_level(LOG_ERROR);

	for (int i = 1; i < argc; i++)
		failed += !replay(argv[i], &passed);
	printf("scenarios: %d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}
