/* SPDX-License-Identifier: Apache-2.0 */
/* forecast_explain: a forecast in words, French and English. */
#ifndef PLANVAX_CTL_FORECAST_EXPLAIN_H
#define PLANVAX_CTL_FORECAST_EXPLAIN_H

#include <planvax/base/json.h>
#include <planvax/rules/forecast.h>

/* Writes the member "explain": {"fr": [TEXT...], "en": [TEXT...]}. */
void forecast_explain(struct json_writer *w, const struct forecast_answer *a, const struct forecast_case *c);

#endif
