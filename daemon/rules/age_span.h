/* SPDX-License-Identifier: Apache-2.0 */
/* age_span: durations of rule files ("28 days - 4 days", "18 years + 1 month")
 * and their sum with a date (RULES.md 2). Pure; any thread. */
#ifndef AGE_SPAN_H
#define AGE_SPAN_H

#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sum of years, months and days; a week is 7 days. months of AGE_SPAN_ABSENT: none is given. */
struct age_span {
	int16_t years, months;
	int32_t days;
};

#define AGE_SPAN_ABSENT INT16_MIN
#define AGE_SPAN_NONE ((struct age_span){.months = AGE_SPAN_ABSENT})

/* Whether a duration is given. */
static inline bool age_span_given(struct age_span s)
{
	return s.months != AGE_SPAN_ABSENT;
}

/* Parses TERM { SIGN TERM }, exactly len bytes. 0; ERR_INVALID; ERR_LIMIT: more than 9999 years. */
int age_span_parse(const char *text, size_t len, struct age_span *out);

/* d and a given duration: years, then months, then days. */
struct date age_span_add(struct date d, struct age_span s);

#endif
