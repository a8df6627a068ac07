/* SPDX-License-Identifier: Apache-2.0 */
/* source_folder: runs over a folder of other software. */
#ifndef PLANVAX_JOBS_SOURCE_FOLDER_H
#define PLANVAX_JOBS_SOURCE_FOLDER_H

#include "source_run.h"

/* The one step of a run of kind folder. */
enum source_step source_folder_step(struct source_run *run);

#endif
