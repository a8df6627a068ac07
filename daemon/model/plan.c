/* SPDX-License-Identifier: Apache-2.0 */
/* plan: words of a plan's enums. */
#include <planvax/model/plan.h>

#include <stddef.h>

const struct name proposal_status_names[] = {
	{"propose", PROPOSAL_PROPOSE},
	{"verify", PROPOSAL_VERIFY},
	{"proposed_elsewhere", PROPOSAL_PROPOSED_ELSEWHERE},
	{"not_due", PROPOSAL_NOT_DUE},
	{"ineligible", PROPOSAL_INELIGIBLE},
	{"complete", PROPOSAL_COMPLETE},
	{"undetermined", PROPOSAL_UNDETERMINED},
	{"no_dose", PROPOSAL_NO_DOSE},
	{"no_time", PROPOSAL_NO_TIME},
	{NULL, 0},
};

const struct name dose_kind_names[] = {
	{"primary", DOSE_PRIMARY},
	{"additional", DOSE_ADDITIONAL},
	{"booster", DOSE_BOOSTER},
	{NULL, 0},
};

const struct name unserved_reason_names[] = {
	{"distance", UNSERVED_DISTANCE},
	{"capacity", UNSERVED_CAPACITY},
	{"doses", UNSERVED_DOSES},
	{"staff", UNSERVED_STAFF},
	{"hours", UNSERVED_HOURS},
	{"notice", UNSERVED_NOTICE},
	{"pinned", UNSERVED_PINNED},
	{"too_small", UNSERVED_TOO_SMALL},
	{"no_host", UNSERVED_NO_HOST},
	{"not_worth", UNSERVED_NOT_WORTH},
	{NULL, 0},
};
