/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: the short ones: reload, explain. */
#include "ctl_remote.h"

#include "ctl_ask.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

int ctl_remote_reload(int argc, char **argv)
{
	static const char help[] =
		"usage: planvaxctl reload [--socket PATH | --config FILE] [--json]\n\n"
		"Has the running service read its configuration and rules again. Where they hold an error,\n"
		"it keeps the old ones and the errors are told.\n\n"
		"Example:\n"
		"  planvaxctl config check && planvaxctl reload\n";
	static const struct ctl_ask_option options[] = {{NULL, NULL, NULL}};
	struct ctl_ask a = {.command = "reload"};
	struct json_doc *doc = NULL;
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	if (optind != argc)
		code = ctl_misuse("reload", "takes no arguments");
	else
		code = ctl_ask_post(&a, "/v1/reload", NULL, &doc);
	if (doc) {
		const char *text = json_text(json_get(json_root(doc), "report"));

		fputs(text && *text ? text : "reloaded\n", stdout);
	}
	json_free(doc);
	ctl_ask_release(&a);
	return code;
}

int ctl_remote_explain(int argc, char **argv)
{
	static const char help[] =
		"usage: planvaxctl explain visit|company|session|person ID [--service S] [--month YYYY-MM]\n"
		"                          [--socket PATH | --config FILE] [--json]\n\n"
		"Says from the published plan why a visit carries its proposal, which offers a company (SIRET) has\n"
		"or why none, what a day or session is for, or what a person is proposed (this is audited).\n\n"
		"Examples:\n"
		"  planvaxctl explain visit V000123\n"
		"  planvaxctl explain company 90000037300010 --service S001\n"
		"  planvaxctl explain session D-S001-2022-01-12\n";
	const char *service = NULL, *month = NULL;
	const struct ctl_ask_option options[] = {{"service", NULL, &service}, {"month", NULL, &month}, {NULL, NULL, NULL}};
	struct ctl_ask a = {.command = "explain"};
	struct buf target = BUF_INIT;
	struct json_doc *doc = NULL;
	char mark = '?';
	int code = ctl_ask_options(&a, argc, argv, options, help);

	if (code != CTL_ASK_GO_ON)
		return code;
	if (argc - optind != 2 || (strcmp(argv[optind], "visit") != 0 && strcmp(argv[optind], "company") != 0 &&
		strcmp(argv[optind], "session") != 0 && strcmp(argv[optind], "person") != 0)) {
		ctl_ask_release(&a);
		return ctl_misuse("explain", "say visit, company, session or person, and an ID");
	}
	buf_printf(&target, "/v1/explain/%s/", argv[optind]);
	ctl_ask_encode(&target, argv[optind + 1]);
	ctl_ask_query(&target, &mark, "service", service);
	ctl_ask_query(&target, &mark, "month", month);
	code = ctl_ask_get(&a, buf_str(&target), &doc);
	if (doc) {
		const struct json_value *root = json_root(doc);

		printf("%s, %s, version %lld\n%s", ctl_ask_word(root, "service_id"), ctl_ask_word(root, "month"),
			(long long)ctl_ask_number(root, "version"), ctl_ask_word(root, "text"));
	}
	json_free(doc);
	buf_release(&target);
	ctl_ask_release(&a);
	return code;
}
