/* SPDX-License-Identifier: Apache-2.0 */
/* premises: which places may be used for vaccination, by date and kind of service
 * (DOMAIN.md 4; data under conf/rules/premises). Any thread. */
#ifndef PLANVAX_RULES_PREMISES_H
#define PLANVAX_RULES_PREMISES_H

#include <planvax/base/civil.h>
#include <planvax/model/registers.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>

/* Whether a service of that kind may vaccinate at a company on that day. */
bool premises_company_allowed(const struct ruleset *rules, enum service_kind kind, struct date day);

/* Whether it may vaccinate at a centre of that kind on that day. */
bool premises_centre_allowed(const struct ruleset *rules, enum service_kind kind, enum centre_kind centre, struct date day);

#endif
