/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile: see reconcile.h. */
#include <planvax/ingest/reconcile.h>

#include <stddef.h>
#include <string.h>

const struct name reconcile_verdict_names[] = {
	{"created", RECONCILE_CREATED},
	{"changed", RECONCILE_CHANGED},
	{"unchanged", RECONCILE_UNCHANGED},
	{"cancelled", RECONCILE_CANCELLED},
	{"ignored", RECONCILE_IGNORED},
	{NULL, 0},
};

int reconcile_order(const struct reconcile_version *a, const struct reconcile_version *b)
{
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return (a->stamp.utc_s > b->stamp.utc_s) - (a->stamp.utc_s < b->stamp.utc_s);
}

int reconcile_compare(const struct reconcile_version *a, const struct reconcile_version *b)
{
	int order = reconcile_order(a, b);

	if (order != 0)
		return order;
	if (a->cancelled != b->cancelled)
		return a->cancelled ? 1 : -1;
	return a->cancelled ? 0 : memcmp(a->digest, b->digest, sizeof(a->digest));
}

enum reconcile_verdict reconcile_decide(const struct reconcile_version *known, const struct reconcile_version *seen, enum reconcile_tie tie)
{
	int order;

	if (known == NULL)
		return seen->cancelled ? RECONCILE_CANCELLED : RECONCILE_CREATED;
	order = reconcile_order(seen, known);
	if (order < 0)
		return RECONCILE_IGNORED;
	if (known->cancelled && seen->cancelled)
		return RECONCILE_UNCHANGED;
	if (seen->cancelled)
		return RECONCILE_CANCELLED;
	if (known->cancelled)
		return order > 0 ? RECONCILE_CHANGED : RECONCILE_IGNORED;
	if (known->gone)
		return RECONCILE_CHANGED;

	int content = memcmp(seen->digest, known->digest, sizeof(known->digest));

	if (content == 0)
		return RECONCILE_UNCHANGED;
	return order > 0 || tie == RECONCILE_BY_ARRIVAL || content > 0 ? RECONCILE_CHANGED : RECONCILE_IGNORED;
}

bool reconcile_blocked(const struct reconcile_version *seen, bool instance, const struct reconcile_version *series)
{
	int order = reconcile_order(seen, series);

	return series->cancelled ? order <= 0 : instance && order < 0;
}

bool reconcile_dropped(const struct reconcile_version *known, const struct reconcile_version *series, enum reconcile_tie tie)
{
	int order = reconcile_order(known, series);

	return order < 0 || (tie == RECONCILE_BY_ARRIVAL && order == 0);
}

void reconcile_version_of(const struct calendar_row *row, struct digest *digest, struct buf *scratch, struct reconcile_version *out)
{
	buf_reset(scratch);
	digest_put_int(scratch, row->status);
	digest_put_int(scratch, row->has_time);
	digest_put_int(scratch, row->start.utc_s);
	digest_put_int(scratch, row->end.utc_s);
	digest_put_int(scratch, (int64_t)row->n_staff);
	for (size_t i = 0; i < row->n_staff; i++)
		digest_put_text(scratch, row->staff[i]);
	digest_put_text(scratch, row->person);
	digest_put_text(scratch, row->type);
	digest_put_text(scratch, row->place);
	digest_put_int(scratch, row->due.days);
	digest_add(digest, scratch->data, scratch->len);
	digest_take(digest, out->digest);
	out->sequence = row->sequence;
	out->stamp = row->stamp;
	out->cancelled = row->status == CALENDAR_CANCELLED;
	out->gone = false;
}

/* ---- what is gone ---- */

bool reconcile_suspicious(const struct reconcile_run *run)
{
	return (run->known >= 20 && 2 * run->gone > run->known) || (run->empty && run->gone >= 5);
}
