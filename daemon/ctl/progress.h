/* SPDX-License-Identifier: Apache-2.0 */
/* progress: how far long work is, on stderr: a bar with rate and remaining time
 * on a terminal, else a plain line every 10 s. One thread at a time. */
#ifndef PLANVAX_CTL_PROGRESS_H
#define PLANVAX_CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;          /* borrowed */
	const char *what;   /* "demo"; borrowed */
	const char *unit;   /* "services"; borrowed */
	uint64_t total;     /* 0: unknown */
	uint64_t done;
	int64_t start_ms, shown_ms; /* monotonic */
	bool terminal;
	bool drawn;         /* a bar stands on the terminal's last line */
};

/* Begins; nothing is shown before some time has passed. total 0: unknown. */
void progress_start(struct progress *p, FILE *out, const char *what, const char *unit, uint64_t total);

/* Tells that done of total are ready; shows it when due. */
void progress_set(struct progress *p, uint64_t done);

/* Ends: wipes a bar, so that what is printed next stands alone. */
void progress_end(struct progress *p);

/* The line for a moment, elapsed_ms after the start, in text (size bytes); for a terminal with a bar. Pure. Returns text. */
char *progress_line(const struct progress *p, int64_t elapsed_ms, char *text, size_t size);

#endif
