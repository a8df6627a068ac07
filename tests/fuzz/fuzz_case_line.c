/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as lines of cases for the project's rules: each answers one JSON object, an error or evaluations and
 * forecasts, whatever stood before it.
 * Layer: ctl */
#include "forecast_line.h"

#include <planvax/base/json.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ruleset *rules_once(void)
{
	static struct ruleset *rules;

	if (!rules && ruleset_load("conf/rules", NULL, NULL, &rules) < 0)
		abort(); /* run it in the project's root */
	return rules;
}

static void check_answer(const struct buf *out, bool good)
{
	struct json_doc *doc = NULL;
	const struct json_value *root;

	assert(out->len > 0 && out->data[out->len - 1] == '\n' && !memchr(out->data, '\n', out->len - 1));
	assert(json_parse(out->data, out->len, "answer", &doc, NULL) == 0);
	root = json_root(doc);
	assert(json_get(root, "id") && (json_get(root, "error") != NULL) == !good);
	assert((json_get(root, "forecasts") != NULL) == good && (json_get(root, "evaluations") != NULL) == good);
	json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;

	for (size_t start = 0, lines = 0; start < size && lines < 16; lines++) {
		const char *end = memchr(text + start, '\n', size - start);
		size_t len = end ? (size_t)(end - text) - start : size - start;
		const struct forecast_line_options options = {rules_once(), NULL, 0, lines % 2 == 1};

		bool good = forecast_line(&options, text + start, len, &arena, &out);

		check_answer(&out, good);
		buf_reset(&out);
		arena_reset(&arena);
		start += len + 1;
	}
	buf_release(&out);
	arena_release(&arena);
	return 0;
}
