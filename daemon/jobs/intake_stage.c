/* SPDX-License-Identifier: Apache-2.0 */
/* intake_stage: the key is "UID NUL RECURRENCE NUL", which sorts as the store does; the
 * value is the numbers, then the texts. */
#include "intake_stage.h"

#include <planvax/base/buf.h>

#include <string.h>

/* What precedes the texts. */
struct numbers {
	int64_t stamp, start, end;
	int32_t sequence, due;
	unsigned char kind, status, instance, given; /* given: which texts are not NULL */
	unsigned char digest[DIGEST_BYTES];
};

enum { TEXTS = 4 };

int intake_stage_add(struct sorter *sorter, const struct intake_stage *s, struct buf *scratch)
{
	const char *texts[TEXTS] = {s->staff, s->person, s->type, s->place};
	struct numbers n;

	memset(&n, 0, sizeof(n));
	n.kind = (unsigned char)s->kind;
	n.status = (unsigned char)s->version.status;
	n.instance = s->instance;
	n.sequence = s->version.sequence;
	n.stamp = s->version.stamp.utc_s;
	n.start = s->start.utc_s;
	n.end = s->end.utc_s;
	n.due = s->due.days;
	memcpy(n.digest, s->version.digest, DIGEST_BYTES);
	for (int i = 0; i < TEXTS; i++)
		n.given = (unsigned char)(n.given | (texts[i] != NULL) << i);
	buf_reset(scratch);
	buf_put(scratch, s->uid, strlen(s->uid) + 1);
	buf_put(scratch, s->recurrence, strlen(s->recurrence) + 1);

	size_t key_len = scratch->len;

	buf_put(scratch, &n, sizeof(n));
	for (int i = 0; i < TEXTS; i++)
		if (texts[i] != NULL)
			buf_put(scratch, texts[i], strlen(texts[i]) + 1);
	return sorter_add(sorter, &(struct sorter_record){scratch->data, key_len, scratch->data + key_len, scratch->len - key_len});
}

void intake_stage_read(const struct sorter_record *record, struct intake_stage *out)
{
	const char *next = record->value + sizeof(struct numbers), *texts[TEXTS] = {NULL};
	struct numbers n;

	memcpy(&n, record->value, sizeof(n));
	for (int i = 0; i < TEXTS; i++) {
		if (!(n.given & 1 << i))
			continue;
		texts[i] = next;
		next += strlen(next) + 1;
	}
	*out = (struct intake_stage){
		.kind = (enum intake_stage_kind)n.kind, .uid = record->key, .recurrence = record->key + strlen(record->key) + 1,
		.instance = n.instance != 0, .start = {n.start}, .end = {n.end}, .due = {n.due},
		.version = {.status = (enum agenda_status)n.status, .sequence = n.sequence, .stamp = {n.stamp}},
		.staff = texts[0], .person = texts[1], .type = texts[2], .place = texts[3],
	};
	memcpy(out->version.digest, n.digest, DIGEST_BYTES);
}
