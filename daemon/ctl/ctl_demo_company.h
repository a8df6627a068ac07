/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_company: the companies of a service of the demo data, sized as the
 * establishments of France are (DOMAIN.md 2). */
#ifndef PLANVAX_CTL_DEMO_COMPANY_H
#define PLANVAX_CTL_DEMO_COMPANY_H

#include "ctl_demo_world.h"

/* What people of an activity meet at work. */
enum ctl_demo_trade {
	CTL_DEMO_TRADE_PLAIN, CTL_DEMO_TRADE_FARM, CTL_DEMO_TRADE_FOREST, CTL_DEMO_TRADE_HEALTH, CTL_DEMO_TRADE_CARE,
	CTL_DEMO_TRADE_WASTE, CTL_DEMO_TRADE_LABORATORY, CTL_DEMO_TRADE_PRIORITY, CTL_DEMO_TRADE_TEMP
};

/* The trade of a company's activity. */
enum ctl_demo_trade ctl_demo_company_trade(const struct ctl_demo_company *c);

/* Draws and writes the companies of a service until its people are all employed. */
void ctl_demo_company_write(struct ctl_demo_world *w, struct ctl_demo_service *s);

/* A headcount by the national distribution, 1 to 1200. */
int ctl_demo_company_size(struct rng *r);

#endif
