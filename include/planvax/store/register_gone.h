/* SPDX-License-Identifier: Apache-2.0 */
/* register_gone: what registers held before, for finding what a file no longer names, and for taking it out. Rows are named
 * by a key, which is one text: the row's own id; of history and stock the members of its key, one a line. */
#ifndef PLANVAX_STORE_REGISTER_GONE_H
#define PLANVAX_STORE_REGISTER_GONE_H

#include <planvax/base/buf.h>
#include <planvax/store/register_store.h>

/* Registers whose rows can be taken out again. Numbers count from 0 and index statements. */
enum register_table {
	REGISTER_TABLE_CENTRES, REGISTER_TABLE_STAFF, REGISTER_TABLE_VEHICLES, REGISTER_TABLE_COMPANIES, REGISTER_TABLE_PEOPLE,
	REGISTER_TABLE_HISTORY, REGISTER_TABLE_STOCK,
	REGISTER_TABLE_VISITS /* of visits.csv: those planned that are not past */
};

/* One register of one service. */
struct register_scope {
	enum register_table table;
	const char *service_id;
	struct instant now; /* of visits */
};

/* Appends the key of a line of history. */
void register_gone_event_key(const struct history_event *row, struct buf *out);

/* Appends the key of a delivery. */
void register_gone_stock_key(const struct stock_lot *row, int32_t ordinal, struct buf *out);

/* Calls each(arg) with the key of every row; a key is valid until it returns. Reads the whole register. */
int register_gone_keys(struct tx *tx, const struct register_scope *scope, void (*each)(void *arg, const char *key), void *arg);

/* How many rows there are. */
int register_gone_count(struct tx *tx, const struct register_scope *scope, int64_t *n);

/* Takes a row out, a person's history with it; the service's revision is raised. What names it otherwise stays and leads
 * nowhere, which sealing tells. 0, also if it is not there. */
int register_gone_remove(struct tx *tx, const struct register_scope *scope, const char *key);

/* Calls each(arg) for what names rows of the register that are not there ("members of staff", how many), where there are some. */
int register_gone_links(struct tx *tx, const struct register_scope *scope, void (*each)(void *arg, const char *what, int64_t n), void *arg);

#endif
