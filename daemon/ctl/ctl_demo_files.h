/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_files: the files of a data set (INTERFACE.md 2): every register is opened
 * once and appended to, calendars are written one by one. A write that fails is
 * remembered and told by ctl_demo_files_failed and _close. */
#ifndef PLANVAX_CTL_DEMO_FILES_H
#define PLANVAX_CTL_DEMO_FILES_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum ctl_demo_table {
	CTL_DEMO_SERVICES, CTL_DEMO_CENTRES, CTL_DEMO_STAFF, CTL_DEMO_VEHICLES, CTL_DEMO_COMPANIES, CTL_DEMO_PEOPLE,
	CTL_DEMO_HISTORY, CTL_DEMO_STOCK, CTL_DEMO_PARTNERS, CTL_DEMO_COMMUNES, CTL_DEMO_VISITS, CTL_DEMO_TABLES
};

struct ctl_demo_files {
	const char *dir;                  /* borrowed */
	FILE *tables[CTL_DEMO_TABLES];    /* owned */
	uint64_t rows[CTL_DEMO_TABLES];   /* rows written, headers not counted */
	uint64_t calendar_visits, calendars;
	int failed;                       /* errno of the first write that failed; 0 none */
};

/* Makes dir (parents must exist), refuses one that holds anything unless force, which removes an older data set's
 * registers and calendars; writes the headers. 0; ERR_EXISTS: not empty; ERR_IO (f). */
int ctl_demo_files_open(struct ctl_demo_files *files, const char *dir, bool force, struct fault *f);

/* Appends a row, printf form without the line end. */
void ctl_demo_files_row(struct ctl_demo_files *files, enum ctl_demo_table table, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes calendars/service_id/stem.ics. */
void ctl_demo_files_calendar(struct ctl_demo_files *files, const char *service_id, const char *stem,
	const struct buf *text);

/* Whether a write has failed. */
bool ctl_demo_files_failed(const struct ctl_demo_files *files);

/* Closes all. 0; ERR_IO: something could not be written (f). */
int ctl_demo_files_close(struct ctl_demo_files *files, struct fault *f);

#endif
