/* SPDX-License-Identifier: Apache-2.0 */
/* register_check: rules across the cells of a row whose cells are good, and what is plausible. */
#ifndef PLANVAX_INGEST_REGISTER_CHECK_H
#define PLANVAX_INGEST_REGISTER_CHECK_H

#include <planvax/ingest/register_read.h>

/* Checks a row of any register but visits.csv; unsets its links and finishes its position. 0; ERR_INVALID: *column is to blame (f). */
int register_check_row(const struct register_options *o, struct register_row *row, const char **column, struct fault *f);

/* Checks a row of visits.csv and sets its times. 0; ERR_INVALID, ERR_NOT_FOUND: as above. */
int register_check_visit(const struct register_options *o, struct register_visit *v, const char **column, struct fault *f);

#endif
