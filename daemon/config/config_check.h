/* SPDX-License-Identifier: Apache-2.0 */
/* config_check: what single settings cannot tell: that settings fit together. Private to config. */
#ifndef PLANVAX_CONFIG_CONFIG_CHECK_H
#define PLANVAX_CONFIG_CONFIG_CHECK_H

#include <planvax/config/config.h>

/* Reports each setting that does not fit; where is its name ("planning.month", "authority.11"). */
void config_check(const struct config *config, config_report report, void *arg);

#endif
