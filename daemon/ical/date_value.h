/* SPDX-License-Identifier: Apache-2.0 */
/* date_value: DATE, DATE-TIME, DURATION and UTC-OFFSET values (RFC 5545 3.3). Pure. */
#ifndef PLANVAX_ICAL_DATE_VALUE_H
#define PLANVAX_ICAL_DATE_VALUE_H

#include <planvax/base/civil.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct date_value {
	struct date date;
	int32_t second; /* of the day; 0 for a DATE */
	bool is_date;
	bool is_utc;
};

/* "20220103", "20220103T083000", "20220103T083000Z", any case. 0; ERR_INVALID: not of that form; ERR_NOT_FOUND: no such day or time. */
int date_value_parse(const char *text, size_t len, struct date_value *out);

/* "P1DT2H", "-PT15M", "P2W": days and seconds, both with the sign. 0; ERR_INVALID. */
int date_value_duration(const char *text, size_t len, int32_t *days, int32_t *seconds);

/* "+0100", "-033000": seconds east of Greenwich. 0; ERR_INVALID. */
int date_value_offset(const char *text, size_t len, int32_t *seconds);

#endif
