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

enum reconcile_verdict reconcile_decide(const struct reconcile_version *known, const struct reconcile_version *seen)
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
	if (memcmp(known->digest, seen->digest, sizeof(known->digest)) == 0)
		return RECONCILE_UNCHANGED;
	return RECONCILE_CHANGED;
}

void reconcile_version_of(const struct calendar_row *row, struct reconcile_version *out)
{
	struct digest *d = digest_new();

	digest_add_int(d, row->status);
	digest_add_int(d, row->has_time);
	digest_add_int(d, row->start.utc_s);
	digest_add_int(d, row->end.utc_s);
	digest_add_int(d, (int64_t)row->n_staff);
	for (size_t i = 0; i < row->n_staff; i++)
		digest_add_text(d, row->staff[i]);
	digest_add_text(d, row->person);
	digest_add_text(d, row->type);
	digest_add_text(d, row->place);
	digest_add_int(d, row->due.days);
	digest_finish(d, out->digest);
	out->sequence = row->sequence;
	out->stamp = row->stamp;
	out->cancelled = row->status == CALENDAR_CANCELLED;
}

bool reconcile_suspicious(const struct reconcile_run *run)
{
	return run->known >= 20 && 2 * run->gone > run->known;
}
