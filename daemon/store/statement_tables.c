/* SPDX-License-Identifier: Apache-2.0 */
/* statement_tables: the list. */
#include "statement_tables.h"

const struct statement_table *const statement_tables[] = {
	&register_store_put_statements,
	&register_store_statements,
	&register_gone_statements,
	&visit_store_statements,
	&held_store_statements,
	&fact_store_statements,
	&plan_store_statements,
	&plan_store_read_statements,
	&outbox_store_statements,
	&token_store_statements,
	&audit_store_statements,
	&snapshot_load_statements,
	&move_store_statements,
	&source_store_statements,
	&absence_store_statements,
};
const size_t statement_tables_count = sizeof(statement_tables) / sizeof(statement_tables[0]);
