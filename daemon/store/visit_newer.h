/* SPDX-License-Identifier: Apache-2.0 */
/* visit_newer: which of several sources' versions of one visit counts. */
#ifndef PLANVAX_STORE_VISIT_NEWER_H
#define PLANVAX_STORE_VISIT_NEWER_H

#include <planvax/store/db.h>

/* Rows that overrule row a of agenda, a visit: a newer version of it in another source (of two that no number tells
 * apart the cancelled one, then the last by source), or a newer cancellation of its series. Whatever a calendar says counts before visits.csv, which has no
 * versions: a calendar is where a visit is moved. Busy time is everyone's own: a
 * meeting stands in the calendar of each who comes to it. */
#define VISIT_STORE_NEWER \
	"SELECT 1 FROM agenda AS n WHERE n.service_id = a.service_id AND n.visit_id IN (a.visit_id, a.uid)" \
	" AND n.status IN ('visit', 'cancelled') AND n.source <> a.source" \
	" AND (n.visit_id = a.visit_id OR n.status = 'cancelled')" \
	" AND (n.source <> 'visits.csv', n.sequence, n.stamp_utc, n.status = 'cancelled', n.source)" \
	" > (a.source <> 'visits.csv', a.sequence, a.stamp_utc, a.status = 'cancelled', a.source)"

/* Rows that make row a of agenda, busy time, a second copy of a visit. */
#define VISIT_STORE_COPY \
	"SELECT 1 FROM agenda AS n WHERE n.service_id = a.service_id AND n.visit_id = a.visit_id AND n.status = 'visit'" \
	" AND n.staff = a.staff AND n.start_utc = a.start_utc AND n.source <> a.source"

#endif
