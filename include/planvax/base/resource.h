/* SPDX-License-Identifier: Apache-2.0 */
/* resource: finds what ships beside the program: rule files, the table of communes. */
#ifndef PLANVAX_BASE_RESOURCE_H
#define PLANVAX_BASE_RESOURCE_H

#include <planvax/base/buf.h>

/* Path of "rules", "geo/communes.csv" ...: PREFIX/share/planvax/NAME of the program's PREFIX/bin (or sbin), else conf/NAME
 * in a folder above the program, else /usr/share/planvax/NAME. Appends to out. 0; ERR_NOT_FOUND. */
int resource_find(const char *name, struct buf *out);

#endif
