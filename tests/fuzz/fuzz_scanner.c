/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a content line: what is cut lies in the line, the name is that of the quick look, parameters are
 * texts without quotes, and nothing of the value is lost.
 * Layer: ical */
#include "scanner.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_params(const struct scanner_line *line)
{
	assert(line->n_params <= SCANNER_MAX_PARAMS);
	for (size_t i = 0; i < line->n_params; i++) {
		const struct event_param *p = &line->params[i];
		assert(p->name >= line->texts && p->name + strlen(p->name) < line->texts + line->texts_len);
		assert(p->value >= line->texts && p->value + strlen(p->value) < line->texts + line->texts_len);
		for (const char *c = p->name; *c != '\0'; c++)
			assert(*c < 'a' || *c > 'z');
		assert(scanner_param(line, p->name) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmalloc(size); /* a copy of its own size, so that reading beyond it is found */
	struct scanner s;
	struct scanner_line line;
	char name[64];
	size_t n;

	scanner_init(&s);
	memcpy(text, data, size);
	if (memchr(text, '\0', size) != NULL)
		goto out;
	n = scanner_name(text, size, name, sizeof(name));
	if (scanner_scan(&s, text, size, &line) == 0) {
		assert(line.name_len > 0 && strlen(line.name) == line.name_len);
		assert(n == (line.name_len < sizeof(name) ? line.name_len : sizeof(name) - 1) && memcmp(name, line.name, n) == 0);
		assert(line.value == text + line.value_offset && line.value_offset + line.value_len == size);
		assert(text[line.value_offset - 1] == ':');
		check_params(&line);
	} else {
		assert(n == 0 || memchr(text, ':', size) == NULL || memchr(text, '"', size) != NULL || memchr(text, ';', size) != NULL);
	}
out:
	scanner_release(&s);
	free(text);
	return 0;
}
