/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_print: answers about plans as tables for people; each takes one answer's object (jobs/consult). */
#ifndef PLANVAX_CTL_CTL_PLAN_PRINT_H
#define PLANVAX_CTL_CTL_PLAN_PRINT_H

#include <planvax/base/json.h>

/* How the load lies on the staff. */
void ctl_plan_print_fairness(const struct json_value *root);
/* Vials by centre, product and week; what is at risk. */
void ctl_plan_print_orders(const struct json_value *root);
/* Two option sets side by side. */
void ctl_plan_print_what_if(const struct json_value *root);
/* A region's plans side by side. */
void ctl_plan_print_territory(const struct json_value *root);
/* Up to three replacements, numbered. */
void ctl_plan_print_replacements(const struct json_value *root);

#endif
