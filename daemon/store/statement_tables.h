/* SPDX-License-Identifier: Apache-2.0 */
/* statement_tables: the statement tables of all stores, in one list that every
 * connection prepares when it opens. A store's own table is declared here too.
 * Prefixes: statement_, register_, visit_, held_, fact_, plan_, outbox_, token_, audit_, snapshot_, move_, source_,
 * absence_. */
#ifndef PLANVAX_STORE_STATEMENT_TABLES_H
#define PLANVAX_STORE_STATEMENT_TABLES_H

#include "tx.h"

extern const struct statement_table register_store_put_statements;
extern const struct statement_table register_store_statements;
extern const struct statement_table register_gone_statements;
extern const struct statement_table visit_store_statements;
extern const struct statement_table held_store_statements;
extern const struct statement_table fact_store_statements;
extern const struct statement_table plan_store_statements;
extern const struct statement_table plan_store_read_statements;
extern const struct statement_table outbox_store_statements;
extern const struct statement_table token_store_statements;
extern const struct statement_table audit_store_statements;
extern const struct statement_table snapshot_load_statements;
extern const struct statement_table move_store_statements;
extern const struct statement_table source_store_statements;
extern const struct statement_table absence_store_statements;

/* All of the above. */
extern const struct statement_table *const statement_tables[];
extern const size_t statement_tables_count;

#endif
