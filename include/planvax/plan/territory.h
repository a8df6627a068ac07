/* SPDX-License-Identifier: Apache-2.0 */
/* territory: the plans of services that share communes, side by side: offers of
 * two services close in place and date, communes that no offer reaches, and
 * free places near companies that stay without. Services are added one after
 * the other and leave nothing behind but their offers and sums a commune. For
 * the operator alone. One thread; pure but for what it holds. */
#ifndef PLANVAX_PLAN_TERRITORY_H
#define PLANVAX_PLAN_TERRITORY_H

#include <planvax/base/json.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>

#define TERRITORY_CLOSE_M 5000   /* road metres between duplicate offers, at most */
#define TERRITORY_CLOSE_DAYS 7   /* days between their dates, at most */

struct territory;

/* detour_pct and limit_m: the options `detour_pct` and `distance_limit_m`. Owned by the caller. */
struct territory *territory_new(int detour_pct, int32_t limit_m);

/* Frees; NULL allowed. */
void territory_free(struct territory *t);

/* Adds a service; plan and snapshot are not kept. plan NULL: it has none, its communes count. */
void territory_add(struct territory *t, const struct plan_service *plan, const struct snapshot *s);

/* Appends "services":[{"service_id","offers","capacity","expected","unserved"}], "duplicates":[{"a","a_offer","a_date","b","b_offer","b_date",
 * "insee","distance_m"}] (of different services), "communes_without":[{"insee","services":[],"companies","headcount","nearest_m"}]
 * (nearest_m null: no offer at all; beyond the limit else), "unused":[{"service_id","offer","date","insee","free","near_own","near_others"}]
 * (takers that `unserved` lists in communes within the limit) to an open object. Sorted by service, date and id; by commune. */
void territory_write(struct territory *t, struct json_writer *w);

#endif
