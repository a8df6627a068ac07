/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_calls: what a fact changed, for people: the difference, whom to tell, the call list, letters. Shared by the commands that
 * have a service planned at once. */
#ifndef PLANVAX_CTL_CTL_CALLS_H
#define PLANVAX_CTL_CTL_CALLS_H

#include "ctl_ask.h"

/* Has the service planned at once and prints what changed since a version; fact (may be NULL; --json alone) is told as member "fact".
 * Returns the exit code. */
struct ctl_calls_request {
	const char *service, *month;
	int64_t since;
	const struct buf *fact;
};
int ctl_calls_replan(const struct ctl_ask *a, const struct ctl_calls_request *r);

/* Prints an answer of /calls or /replan. */
void ctl_calls_print(const struct json_value *root);

/* The month planned now, owned by the caller. Returns the exit code. */
int ctl_calls_month(const struct ctl_ask *a, char **month);

/* The one service whose register has a "staff", "vehicle" or "centre" of that id (kind NULL: the only service); told on stderr where
 * there is none or several. *service is owned by the caller. Returns the exit code. */
int ctl_calls_service(const struct ctl_ask *a, const char *kind, const char *id, char **service);

#endif
