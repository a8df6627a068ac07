/* SPDX-License-Identifier: Apache-2.0 */
/* progress: bars and plain lines. */
#include "progress.h"

#include <inttypes.h>
#include <planvax/base/clock.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define BAR_EVERY_MS 200
#define LINE_EVERY_MS 10000

void progress_start(struct progress *p, FILE *out, const char *what, const char *unit, uint64_t total)
{
	*p = (struct progress){.out = out, .what = what, .unit = unit, .total = total};
	p->terminal = isatty(fileno(out)) == 1;
	p->start_ms = clock_monotonic_ms();
	p->shown_ms = p->start_ms;
}

/* "1 h 05 min", "3 min 20 s", "12 s". */
static void span_text(uint64_t seconds, char *text, size_t size)
{
	if (seconds >= 3600)
		snprintf(text, size, "%" PRIu64 " h %02" PRIu64 " min", seconds / 3600, seconds / 60 % 60);
	else if (seconds >= 60)
		snprintf(text, size, "%" PRIu64 " min %02" PRIu64 " s", seconds / 60, seconds % 60);
	else
		snprintf(text, size, "%" PRIu64 " s", seconds);
}

char *progress_line(const struct progress *p, int64_t elapsed_ms, char *text, size_t size)
{
	uint64_t elapsed = elapsed_ms > 0 ? (uint64_t)elapsed_ms : 1;
	uint64_t tenths = p->done * 10000 / elapsed;
	char bar[BAR_WIDTH + 4] = "", left[48] = "";

	if (p->total != 0 && p->terminal) {
		size_t full = (size_t)(p->done >= p->total ? BAR_WIDTH : p->done * BAR_WIDTH / p->total);

		memset(bar, '#', full);
		memset(bar + full, '.', BAR_WIDTH - full);
		memcpy(bar + BAR_WIDTH, "  ", 3);
	}
	if (p->total > p->done && p->done > 0) {
		char span[32];

		span_text(((p->total - p->done) * elapsed / p->done + 999) / 1000, span, sizeof(span));
		snprintf(left, sizeof(left), ", %s left", span);
	}
	if (p->total != 0)
		snprintf(text, size, "%s: %s%" PRIu64 "/%" PRIu64 " %s, %" PRIu64 ".%" PRIu64 "/s%s", p->what, bar, p->done,
			p->total, p->unit, tenths / 10, tenths % 10, left);
	else
		snprintf(text, size, "%s: %" PRIu64 " %s, %" PRIu64 ".%" PRIu64 "/s", p->what, p->done, p->unit, tenths / 10,
			tenths % 10);
	return text;
}

void progress_set(struct progress *p, uint64_t done)
{
	int64_t now = clock_monotonic_ms();
	char line[256];

	p->done = done;
	if (now - p->shown_ms < (p->terminal ? BAR_EVERY_MS : LINE_EVERY_MS))
		return;
	p->shown_ms = now;
	progress_line(p, now - p->start_ms, line, sizeof(line));
	if (p->terminal)
		fprintf(p->out, "\r%s\033[K", line);
	else
		fprintf(p->out, "%s\n", line);
	fflush(p->out);
	p->drawn = p->terminal;
}

void progress_end(struct progress *p)
{
	if (p->drawn) {
		fputs("\r\033[K", p->out);
		fflush(p->out);
	}
	p->drawn = false;
}
