/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as any register: rows are taken or rejected with a reason and the
 * counts add up. The first byte says which register.
 * Layer: ingest */
#include <planvax/ingest/register_read.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hearing {
	int64_t taken, faults;
};

static int take(void *arg, const struct register_row *row, struct fault *f)
{
	struct hearing *h = arg;

	(void)f;
	assert(row->line >= 2);
	h->taken++;
	return 0;
}

static void hear(void *arg, enum register_severity severity, const struct fault *fault)
{
	struct hearing *h = arg;

	assert(fault->code != ERR_NONE && fault->what[0] != '\0');
	h->faults += severity == REGISTER_REJECTED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hearing h = {0};
	struct register_counts c = {0};

	if (size < 1)
		return 0;
	const struct register_options o = {
		.name = "t.csv", .kind = (enum register_kind)(data[0] % REGISTER_KINDS), .row = take, .report = hear, .arg = &h,
	};
	register_read((const char *)data + 1, size - 1, &o, &c);
	assert(c.read == c.taken + c.rejected && c.taken == h.taken);
	assert(c.rejected == 0 || h.faults > 0);
	return 0;
}
