/* SPDX-License-Identifier: Apache-2.0 */
/* horizon: what holds for one person on each day of a horizon, found by as few
 * forecasts as there are days on which something changes. */
#ifndef HORIZON_H
#define HORIZON_H

#include <planvax/rules/forecast.h>

struct horizon_case {
	const struct person *person;
	const struct history_event *events; /* person->n_events of them */
	struct date from, to;
};

/* As forecast_horizon. */
void horizon_make(const struct ruleset *rules, const struct horizon_case *in, struct arena *arena,
	const struct forecast_span **spans, size_t *n_spans);

#endif
