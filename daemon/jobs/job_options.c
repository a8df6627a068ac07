/* SPDX-License-Identifier: Apache-2.0 */
/* job_options: rows of sections [spool], [planning], [moves], [rules] and [clock]. */
#include <planvax/ical/ical_write.h>
#include <planvax/jobs/job_options.h>

const struct name job_publish_names[] = {{"automatic", PUBLISH_AUTOMATIC}, {"approval", PUBLISH_APPROVAL}, {NULL, 0}};

/* Of the methods that ical_write knows, those of worklists. */
static const struct name move_methods[] = {{"PUBLISH", ICAL_WRITE_PUBLISH}, {"REQUEST", ICAL_WRITE_REQUEST}, {NULL, 0}};

#define DAY_MS INT64_C(86400000)
#define AT(member) offsetof(struct job_options, member)

const struct option_row job_options_rows[] = {
	{"spool", "directory", OPTION_PATH, AT(spool), "/var/spool/planvax", 0, 0, NULL, 0, NULL,
		"Drop folder: registers in it or in SERVICE_ID/, calendars in SERVICE_ID/. What was taken goes to done/ with a report, the rest to failed/."},
	{"spool", "keep", OPTION_DURATION, AT(spool_keep_ms), "30 days", 0, INT64_C(315360000000), NULL, OPTION_RELOADABLE, NULL,
		"How long files stay in done/ and failed/, with their reports; exports hold names that planvax itself does not keep. 0: for ever."},
	{"planning", "month", OPTION_TEXT, AT(month), "next", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Month that is planned: current, next or YYYY-MM; from its first to its last calendar day."},
	{"planning", "publish", OPTION_WORD, AT(publish), "automatic", 0, 0, NULL, OPTION_RELOADABLE, job_publish_names,
		"automatic: a new plan is published at once; approval: a coordinator does it (planvaxctl plan publish)."},
	{"planning", "deadline", OPTION_TEXT, AT(deadline), "-3", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"When authorities expect the plan: a date, or days before the month as a negative number."},
	{"planning", "settle", OPTION_DURATION, AT(settle_ms), "5 s", 0, 3600000, NULL, OPTION_RELOADABLE, NULL,
		"Quiet time after the last change of a service before it is planned again."},
	{"planning", "seed", OPTION_INT, AT(seed), "1", 0, INT32_MAX, NULL, OPTION_RELOADABLE | OPTION_ADVANCED, NULL,
		"Seed of the search; equal input and seed give equal plans."},
	{"planning", "iterations", OPTION_INT, AT(iterations), "0", 0, 1000000000, NULL, OPTION_RELOADABLE | OPTION_ADVANCED, NULL,
		"Search effort a service; 0 is the default of about two seconds."},
	{"planning", "workers", OPTION_INT, AT(workers), "0", 0, 256, "threads", OPTION_ADVANCED, NULL,
		"Threads for reading and planning; 0: one a core."},
	{"moves", "method", OPTION_WORD, AT(move_method), "PUBLISH", 0, 0, NULL, OPTION_RELOADABLE, move_methods,
		"METHOD of the calendars of moved visits (planvaxctl moves export): PUBLISH for an import, REQUEST for software that answers invitations."},
	{"moves", "remind_after", OPTION_DURATION, AT(remind_after_ms), "3 days", 0, 365 * DAY_MS, NULL, OPTION_RELOADABLE, NULL,
		"After this time a moved visit that an export of its agenda still shows at the old time is overdue, and the service's contact_email is reminded."},
	{"moves", "remind_every", OPTION_DURATION, AT(remind_every_ms), "3 days", 60000, 365 * DAY_MS, NULL, OPTION_RELOADABLE, NULL,
		"Time between two reminders; one mail a service."},
	{"rules", "directory", OPTION_PATH, AT(rules), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Rule files. Unset: the installed ones, else conf/rules found from the program."},
	{"rules", "communes", OPTION_PATH, AT(communes), NULL, 0, 0, NULL, OPTION_ADVANCED, NULL,
		"Table of communes, used for those that no imported communes.csv has. Unset: the one that ships."},
	{"clock", "planning_now", OPTION_TEXT, AT(planning_now), NULL, 0, 0, NULL, OPTION_RELOADABLE | OPTION_ADVANCED, NULL,
		"Replays: an instant such as 2021-12-31T12:00:00Z at which the planning clock stands still. Everything else keeps real time."},
};
const size_t job_options_n_rows = sizeof(job_options_rows) / sizeof(job_options_rows[0]);
