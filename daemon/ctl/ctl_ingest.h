/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest: planvaxctl ingest: reads calendars and says what each event becomes. */
#ifndef PLANVAX_CTL_CTL_INGEST_H
#define PLANVAX_CTL_CTL_INGEST_H

/* Runs the command; argv[0] is its word. Returns the exit code. */
int ctl_ingest(int argc, char **argv);

#endif
