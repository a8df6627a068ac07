/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_forecast: planvaxctl forecast. */
#ifndef PLANVAX_CTL_CTL_FORECAST_H
#define PLANVAX_CTL_CTL_FORECAST_H

/* Runs the command; argv[0] is its word. Returns the exit code. */
int ctl_forecast(int argc, char **argv);

#endif
