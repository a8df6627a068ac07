/* SPDX-License-Identifier: Apache-2.0 */
/* Any keys, expressions and values of a mapping: lines "key=value" up to an empty one, then lines "PROPERTY:value" of one
 * event. What is accepted is applied, explained and sampled; an expression must not take long.
 * Layer: ingest */
#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/mapping_suggest.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const codes[] = {"REPRISE", "VIP_INITIALE"};
static const char *const names[] = {"examen de reprise", NULL};

static void hear(void *arg, enum mapping_role role, const char *sentence)
{
	size_t *said = arg;

	assert((int)role < MAPPING_ROLES && sentence[0] != '\0');
	++*said;
}

static void apply(const struct mapping *m, const struct event *e)
{
	struct arena arena = ARENA_INIT;
	struct mapping_result r = {.person = "untouched"};
	const struct event_property *at = NULL;
	size_t said = 0;

	if (mapping_apply(m, e, &arena, &r, &at) == 0) {
		assert(r.person == NULL || r.person[0] != '\0');
		assert(r.person == NULL || r.person_property != NULL);
		for (size_t i = 0; i < r.n_staff; i++)
			assert(r.staff[i][0] != '\0');
	} else {
		assert(at != NULL && strcmp(r.person, "untouched") == 0);
	}
	mapping_explain(m, e, hear, &said);
	assert(said >= MAPPING_ROLES - 1 && said <= MAPPING_ROLES);
	arena_release(&arena);
}

/* What is proposed is text that the proposed mapping agrees with, each time the same. */
static void suggest(const struct event *e)
{
	const struct mapping_suggest_options o = {.codes = codes, .names = names, .n_codes = 2};
	struct mapping_suggest *s = mapping_suggest_new(&o);
	struct buf once = BUF_INIT, again = BUF_INIT;

	for (int i = 0; i < 3; i++)
		mapping_suggest_event(s, e);
	mapping_suggest_judge(s);
	mapping_suggest_text(s, &once);
	mapping_suggest_text(s, &again);
	assert(once.len > 0 && strcmp(buf_str(&once), buf_str(&again)) == 0);
	mapping_free(mapping_suggest_mapping(s));
	mapping_suggest_free(s);
	buf_release(&once);
	buf_release(&again);
}

static void take_key(struct mapping *m, char *line)
{
	char *equals = strchr(line, '=');
	struct fault f = FAULT_NONE;
	int rc;

	if (equals == NULL)
		return;
	*equals = '\0';
	rc = mapping_set(m, line, equals + 1, &f);
	assert(rc == 0 || rc == ERR_NOT_FOUND || (rc < 0 && f.what[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, strnlen((const char *)data, size < 20000 ? size : 20000)), *rest = text, *line;
	struct mapping *m = mapping_new();
	VEC(struct event_property) list = VEC_INIT;
	bool keys = true;

	mapping_set_types(m, codes, 2);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (keys && *line == '\0') {
			keys = false;
		} else if (keys) {
			take_key(m, line);
		} else if (list.len < 50) {
			char *colon = strchr(line, ':');
			struct event_property p = {.name = line, .value = colon != NULL ? colon + 1 : ""};
			if (colon != NULL)
				*colon = '\0';
			VEC_PUSH(&list, p);
		}
	}
	const struct event e = {.properties = list.items, .n_properties = list.len, .line = 1};
	apply(m, &e);
	if (text_is_utf8(text, strlen(text)))
		suggest(&e);
	VEC_RELEASE(&list);
	mapping_free(m);
	free(text);
	return 0;
}
