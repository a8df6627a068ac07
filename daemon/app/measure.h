/* SPDX-License-Identifier: Apache-2.0 */
/* measure: the daemon's own figures. Loop thread. */
#ifndef PLANVAX_APP_MEASURE_H
#define PLANVAX_APP_MEASURE_H

#include "app.h"

/* Brings the gauges up to date, when somebody asks for them. Takes a struct app. */
void measure_app(void *app);

#endif
