/* SPDX-License-Identifier: Apache-2.0 */
/* drop_folder: when the spool is looked at, and the job that takes its files. Loop thread. */
#ifndef PLANVAX_APP_DROP_FOLDER_H
#define PLANVAX_APP_DROP_FOLDER_H

#include "app.h"

/* Watches the spool and the folders in it; without inotify it is looked at every few seconds all the same. */
void drop_folder_watch(struct app *app);

/* Ends the watch. */
void drop_folder_unwatch(struct app *app);

/* Starts taking files if some may be there and none are being taken. */
void drop_folder_tick(struct app *app);

#endif
