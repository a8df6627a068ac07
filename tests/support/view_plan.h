/* SPDX-License-Identifier: Apache-2.0 */
/* view_plan: a small published plan of the sample service (model_build), written by hand: every part of a document
 * occurs in it. For tests of what audiences see. */
#ifndef PLANVAX_TESTS_VIEW_PLAN_H
#define PLANVAX_TESTS_VIEW_PLAN_H

#include <planvax/model/plan.h>

/* The plan; its texts and arrays are static, to be read, or changed by one test. */
struct plan_service *view_plan(void);

/* Its first day, and its session at a company, to be changed. */
struct plan_offer *view_plan_day(void);
struct plan_offer *view_plan_session(void);

#endif
