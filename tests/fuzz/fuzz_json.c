/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON: what is taken is found again by key, place and pointer,
 * and written out it reads back as itself.
 * Layer: base */
#include <planvax/base/json.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct json_writer *w, const struct json_value *v);

static void write_members(struct json_writer *w, const struct json_value *v)
{
	int line = json_line(v);

	for (size_t i = 0; i < json_len(v); i++) {
		const struct json_value *item = json_at(v, i);
		assert(json_line(item) >= line && json_column(item) >= 1);
		line = json_line(item);
		if (json_key(v, i) != NULL) {
			assert(json_get(v, json_key(v, i)) == item);
			json_put_key(w, json_key(v, i));
		}
		write_value(w, item);
	}
	assert(json_at(v, json_len(v)) == NULL);
}

static void write_number(struct json_writer *w, const struct json_value *v)
{
	int64_t number;
	double real = 0;
	bool is_number = json_double(v, &real);

	assert(is_number);
	if (json_int(v, INT64_MIN, INT64_MAX, &number))
		json_put_int(w, number);
	else
		json_put_double(w, real);
}

static void write_value(struct json_writer *w, const struct json_value *v)
{
	switch (json_kind(v)) {
	case JSON_NULL_VALUE:
		json_put_null(w);
		return;
	case JSON_BOOL:
		json_put_bool(w, json_bool(v));
		return;
	case JSON_NUMBER:
		write_number(w, v);
		return;
	case JSON_TEXT:
		json_put_text(w, json_text(v));
		return;
	case JSON_ARRAY_VALUE:
		json_begin_array(w);
		write_members(w, v);
		json_end_array(w);
		return;
	case JSON_OBJECT_VALUE:
		json_begin_object(w);
		write_members(w, v);
		json_end_object(w);
		return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf texts[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	struct json_writer w;
	struct fault f = FAULT_NONE;
	struct json_doc *doc;

	/* The writer's depth is one less than the reader's. */
	if (json_parse((const char *)data, size, "f", &doc, &f) < 0) {
		assert(f.code == ERR_INVALID && f.where[0] != '\0' && f.what[0] != '\0');
		return 0;
	}
	size_t depth = 0;
	for (size_t i = 0; i < size; i++)
		depth += data[i] == '[' || data[i] == '{';
	for (int i = 0; i < 3 && depth < JSON_MAX_DEPTH - 1; i++) {
		json_writer_init(&w, &texts[i]);
		write_value(&w, json_root(doc));
		json_free(doc);
		int rc = json_parse(texts[i].data, texts[i].len, "f", &doc, &f);
		assert(rc == 0);
	}
	json_free(doc);
	/* A whole number written as a real ("1.0") comes back as an integer once, then never changes. */
	assert(strcmp(buf_str(&texts[1]), buf_str(&texts[2])) == 0);
	for (int i = 0; i < 3; i++)
		buf_release(&texts[i]);
	return 0;
}
