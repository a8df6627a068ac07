/* SPDX-License-Identifier: Apache-2.0 */
/* plan_print: a plan as text, every member of it, for comparisons. */
#ifndef PLANVAX_TESTS_PLAN_PRINT_H
#define PLANVAX_TESTS_PLAN_PRINT_H

#include <planvax/base/buf.h>
#include <planvax/model/plan.h>

/* Appends the whole plan as text, so that equal plans are equal bytes. */
void plan_print_service(const struct plan_service *plan, struct buf *out);

#endif
