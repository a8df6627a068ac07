/* SPDX-License-Identifier: Apache-2.0 */
/* source_http: runs over a feed. */
#ifndef PLANVAX_JOBS_SOURCE_HTTP_H
#define PLANVAX_JOBS_SOURCE_HTTP_H

#include "source_run.h"

/* The next step of a run of kind http. */
enum source_step source_http_step(struct source_run *run);

#endif
