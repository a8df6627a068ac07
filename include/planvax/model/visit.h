/* SPDX-License-Identifier: Apache-2.0 */
/* visit: medical visits and other busy time of the staff's calendars. Plain values. */
#ifndef PLANVAX_MODEL_VISIT_H
#define PLANVAX_MODEL_VISIT_H

#include <planvax/base/civil.h>
#include <stdbool.h>
#include <stdint.h>

/* A medical visit. Its ID: visit_id, UID, or UID/RECURRENCE-ID in UTC ("20220112T083000Z"). */
struct visit {
	const char *visit_id;   /* key */
	const char *service_id;
	const char *staff_id;   /* NULL: nobody named */
	const char *person_ref;
	const char *type;       /* visit type code */
	struct instant start, end;
	struct date due;        /* statutory; DATE_NONE unknown */
	bool postponed_before;  /* under ordonnance 2020-1502 */
	const char *place;      /* centre_id or centre name as given; NULL where it names no centre */
	bool from_table;        /* of visits.csv: a calendar that has the visit too counts. Not digested */
	/* links */
	int32_t staff;          /* -1 unknown */
	int32_t person;         /* -1 unknown person */
	int32_t centre;         /* whose doses it uses: its place's, else its practitioner's; -1 none */
};

/* Other busy time of a member of staff. */
struct busy {
	const char *uid;
	const char *service_id;
	const char *staff_id;
	struct instant start, end;
	/* links */
	int32_t staff;
};

#endif
