/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_files: which calendars to read, and what the registers beside them say of
 * their staff and zones. Filled by one thread, then read by any. */
#ifndef PLANVAX_CTL_CTL_INGEST_FILES_H
#define PLANVAX_CTL_CTL_INGEST_FILES_H

#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <stdbool.h>

/* A service of a services.csv. */
struct ctl_ingest_service {
	char *id, *zone; /* zone: its IANA name */
};

struct ctl_ingest_files {
	VEC(char *) list;    /* "-" is standard input */
	VEC(char *) staff;   /* staff_ids */
	struct map staff_at; /* staff_id, e-mail address, name -> index of staff; lower case but for the id */
	bool has_register;   /* a staff.csv was found */
	struct map places;   /* centre_ids and names of centres, lower case */
	bool has_centres;    /* a centres.csv was found */
	VEC(struct ctl_ingest_service) services;
	size_t failed;       /* paths that could not be read; each was told */
};

/* Adds a file, "-", or the *.ics of a directory and those below it; registers of the directory itself are read. */
void ctl_ingest_files_collect(struct ctl_ingest_files *f, const char *path);

/* Frees what it holds. */
void ctl_ingest_files_release(struct ctl_ingest_files *f);

/* staff_id of an id, e-mail address or name (of the registers); NULL: nobody. arg is the files. */
const char *ctl_ingest_files_staff(void *arg, const char *text);

/* staff_id that a file's name gives, if the register has it; NULL: none. */
const char *ctl_ingest_files_default_staff(const struct ctl_ingest_files *f, const char *file);

/* Whether a text is a centre_id or the name of a centre; true where there is no centres.csv to tell. */
bool ctl_ingest_files_place(const struct ctl_ingest_files *f, const char *text);

/* IANA zone of the service whose directory a file is in; NULL: unknown. */
const char *ctl_ingest_files_zone(const struct ctl_ingest_files *f, const char *file);

#endif
