/* SPDX-License-Identifier: Apache-2.0 */
/* status_document: one item of the status list. */
#include <planvax/view/status_document.h>

#include <string.h>

void status_document_item(const struct status_item *item, struct json_writer *w)
{
	char day[11], at[21];

	json_begin_object(w);
	json_text_member(w, "service_id", item->service_id);
	json_text_member(w, "name", item->name);
	json_text_member(w, "region", item->region);
	json_text_member(w, "month", item->month);
	json_text_member(w, "state", item->state);
	json_put_key(w, "version");
	if (item->version > 0)
		json_put_int(w, item->version);
	else
		json_put_null(w);
	json_text_member(w, "plan_digest", item->plan_digest);
	json_text_member(w, "deadline", date_is_none(item->deadline) ? NULL : date_format(item->deadline, day));
	json_text_member(w, "received_at", item->received_at.utc_s ? instant_format_utc(item->received_at, at) : NULL);
	json_put_key(w, "indicators");
	if (item->indicators_json)
		json_put_raw(w, item->indicators_json, strlen(item->indicators_json));
	else
		json_put_null(w);
	json_end_object(w);
}
