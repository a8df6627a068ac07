/* SPDX-License-Identifier: Apache-2.0 */
/* source_name: under which name the events of a calendar file are kept. Names that differ only by a date, a time
 * beside it or the number of a copy are one source: agenda.ics, agenda_2022-01-10.ics, agenda-20220110T0830.ics,
 * "10.01.2022 agenda.ics", "agenda (1).ics", "agenda - Copie.ics". Digits that are no date stay (DR12.ics,
 * agenda_2022-01.ics: months are calendars of their own). */
#ifndef PLANVAX_INGEST_SOURCE_NAME_H
#define PLANVAX_INGEST_SOURCE_NAME_H

#include <planvax/base/buf.h>

/* Appends the source's name of a file, of whose path the last part counts. A name that is nothing but a date gives "export.ics". */
void source_name(const char *path, struct buf *out);

#endif
