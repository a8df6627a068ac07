/* SPDX-License-Identifier: Apache-2.0 */
/* schedule_jobs: what runs when. Loop thread. */
#ifndef PLANVAX_APP_SCHEDULE_JOBS_H
#define PLANVAX_APP_SCHEDULE_JOBS_H

#include "app.h"

/* One look at everything that may be due: files, services, letters. Sets the next look. Takes a struct app. */
void schedule_jobs_tick(void *app);

/* Frees what the schedule holds. */
void schedule_jobs_release(struct app *app);

/* Makes the calling thread give way to the loop's, if it is one of the pool's: planning may take all cores, answers
 * must not wait. Begins each long job. */
void schedule_jobs_give_way(const struct app *app);

#endif
