/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of config: reading, errors, dump, sample. */
#include <criterion/criterion.h>
#include <planvax/base/vec.h>
#include <planvax/config/config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/planvax-config-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

static const char *put(const char *name, const char *text)
{
	static char path[256];
	char at[256];
	FILE *file;

	snprintf(at, sizeof(at), "%s/conf.d", folder);
	mkdir(at, 0700);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void remove_folder(void)
{
	char command[160];

	snprintf(command, sizeof(command), "%s/a.conf", folder);
	unlink(command);
	snprintf(command, sizeof(command), "%s/conf.d/10.conf", folder);
	unlink(command);
	snprintf(command, sizeof(command), "%s/conf.d/20.conf", folder);
	unlink(command);
	snprintf(command, sizeof(command), "%s/conf.d", folder);
	rmdir(command);
	rmdir(folder);
}

TestSuite(config, .init = make_folder, .fini = remove_folder);

static void collect(void *arg, const struct fault *f, const char *line, int column)
{
	struct buf *out = arg;

	config_format_error(f, line, column, out);
	buf_putc(out, '\n');
}

Test(config, defaults_need_no_file)
{
	struct config *c = NULL;

	cr_assert_eq(config_load(NULL, collect, &(struct buf)BUF_INIT, &c), 0);
	cr_assert_str_eq(c->store.path, "/var/lib/planvax/planvax.db");
	cr_assert_eq(c->plan.notice_days, 7);
	cr_assert_eq(c->privacy.min_persons, 11);
	cr_assert_eq(c->http.listen.len, 2);
	cr_assert_eq(c->n_authorities, 0);
	config_free(c);
}

Test(config, reads_sections_quotes_comments_and_named_sections)
{
	struct config *c = NULL;
	struct buf errors = BUF_INIT;
	const char *file = put("a.conf",
		"\xEF\xBB\xBF# comment\r\n[store]  path = /tmp/x.db   # the file\r\n"
		"[mail]\nmaildir = \"/tmp/with # sign\"\n"
		"[authority.84]\nurl = https://example.org/plans\nsecret_file = /k\n"
		"[authority.11]\nurl = https://example.com/plans\nsecret_file = /k\n"
		"[mapping.default]\ntype.VIP_PERIODIQUE = visite, VIP\n"
		"[planning]\nnotice_days = 9\n");

	cr_assert_eq(config_load(file, collect, &errors, &c), 0, "%s", buf_str(&errors));
	cr_assert_str_eq(c->store.path, "/tmp/x.db");
	cr_assert_str_eq(c->mail.maildir, "/tmp/with # sign");
	cr_assert_eq(c->n_authorities, 2);
	cr_assert_str_eq(c->authorities[0].name, "11", "sections are sorted by name");
	cr_assert_str_eq(c->authorities[1].url, "https://example.org/plans");
	cr_assert_eq(c->mappings[0].n_words, 1);
	cr_assert_str_eq(c->mappings[0].words[0].code, "VIP_PERIODIQUE");
	cr_assert_eq(c->plan.notice_days, 9);
	config_free(c);
	buf_release(&errors);
}

Test(config, drop_ins_follow_in_order_of_name)
{
	struct config *c = NULL;

	put("conf.d/20.conf", "[privacy]\nmin_persons = 30\n");
	put("conf.d/10.conf", "[privacy]\nmin_persons = 20\nmin_companies = 4\n");
	cr_assert_eq(config_load(put("a.conf", "[privacy]\nmin_persons = 12\n"), collect, &(struct buf)BUF_INIT, &c), 0);
	cr_assert_eq(c->privacy.min_persons, 30);
	cr_assert_eq(c->privacy.min_companies, 4);
	config_free(c);
}

Test(config, tells_all_errors_with_place_caret_and_nearest_name)
{
	struct config *c = NULL;
	struct buf errors = BUF_INIT;
	const char *file = put("a.conf",
		"[mial]\nfrom = a@b.example\n"
		"[mail]\n  maildr = /x\ntransport = pigeon\n"
		"nonsense\n"
		"[planning]\nnotice_days = many\nmonth = 2022-13\n"
		"[authority.84]\nurl = http://plain.example/\n[http]\nlisten = nowhere, 127.0.0.1:99999\n");
	const char *wanted[] = {
		"a.conf:1:1: unknown section [mial], did you mean [mail]?",
		"a.conf:4:3: unknown key \"maildr\" in [mail], did you mean \"maildir\"?\n      maildr = /x\n      ^",
		"a.conf:5:13: \"pigeon\"", "a.conf:6:1: the line is neither a heading",
		"a.conf:8:15: \"many\" is not a whole number", "a.conf:9:9: planning.month is no month, expected current, next or YYYY-MM\n    month = 2022-13\n            ^",
		"a.conf:10:1: authority.84 has a url that is not https:",
		"has no secret_file", "a.conf:13:10: http.listen holds \"nowhere\", which is no ADDRESS:PORT",
	};

	cr_assert_eq(config_load(file, collect, &errors, &c), ERR_INVALID);
	cr_assert_null(c);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		cr_assert_not_null(strstr(buf_str(&errors), wanted[i]), "%s\nin\n%s", wanted[i], buf_str(&errors));
	buf_release(&errors);
}

Test(config, a_missing_file_is_told_with_its_name)
{
	struct config *c = NULL;
	struct buf errors = BUF_INIT;

	cr_assert_eq(config_load("/nowhere/planvaxd.conf", collect, &errors, &c), ERR_IO);
	cr_assert_not_null(strstr(buf_str(&errors), "/nowhere/planvaxd.conf: cannot be read"));
	buf_release(&errors);
}

Test(config, a_dump_holds_what_differs_and_reads_back_the_same)
{
	struct config *c = NULL, *again = NULL;
	struct buf dump = BUF_INIT, dump_again = BUF_INIT, errors = BUF_INIT;
	const char *text = "[planning]\nmonth = 2022-01\nnotice_days = 9\n[mail]\nmaildir = \"/a # b\"\n"
		"[authority.11]\nurl = https://example.com/\nsecret_file = /k\n[mapping.default]\ntype.REPRISE = reprise\n";

	cr_assert_eq(config_load(put("a.conf", text), collect, &errors, &c), 0, "%s", buf_str(&errors));
	config_dump(c, &dump);
	cr_assert_null(strstr(buf_str(&dump), "smtp_url"), "defaults are left out");
	cr_assert_eq(config_load(put("a.conf", buf_str(&dump)), collect, &errors, &again), 0, "%s\n%s", buf_str(&errors), buf_str(&dump));
	config_dump(again, &dump_again);
	cr_assert_str_eq(buf_str(&dump), buf_str(&dump_again));
	cr_assert_not_null(strstr(buf_str(&dump), "notice_days = 9"));
	cr_assert_not_null(strstr(buf_str(&dump), "type.REPRISE = reprise"));
	config_free(c);
	config_free(again);
	buf_release(&dump);
	buf_release(&dump_again);
	buf_release(&errors);
}

Test(config, the_sample_is_a_valid_file_without_effect)
{
	struct config *c = NULL;
	struct buf sample = BUF_INIT, dump = BUF_INIT, errors = BUF_INIT;

	config_sample(&sample);
	cr_assert_eq(config_load(put("a.conf", buf_str(&sample)), collect, &errors, &c), 0, "%s", buf_str(&errors));
	config_dump(c, &dump);
	cr_assert_eq(dump.len, 0, "%s", buf_str(&dump));
	cr_assert_not_null(strstr(buf_str(&sample), "#maildir = /var/spool/planvax/mail"));
	config_free(c);
	buf_release(&sample);
	buf_release(&dump);
	buf_release(&errors);
}

Test(config, a_difference_says_what_needs_a_restart)
{
	struct config *a = NULL, *b = NULL;
	struct buf diff = BUF_INIT, errors = BUF_INIT;

	cr_assert_eq(config_load(put("a.conf", "[store]\npath = /a\n[privacy]\nmin_persons = 12\n"), collect, &errors, &a), 0);
	cr_assert_eq(config_load(put("a.conf", "[store]\npath = /b\n"), collect, &errors, &b), 0);
	config_diff(a, b, &diff);
	cr_assert_not_null(strstr(buf_str(&diff), "store.path: /a -> /b (needs a restart)"));
	cr_assert_not_null(strstr(buf_str(&diff), "privacy.min_persons: 12 -> 11\n"));
	config_free(a);
	config_free(b);
	buf_release(&diff);
	buf_release(&errors);
}

Test(config, a_setting_before_any_section_is_an_error)
{
	struct config *c = NULL;
	struct buf errors = BUF_INIT;

	cr_assert_eq(config_load(put("a.conf", "month = 2022-01\n[planning]\nmonth = 2022-02\n"), collect, &errors, &c), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&errors), "a.conf:1:1: the setting stands before any [section]"), "%s", buf_str(&errors));
	buf_release(&errors);
}

Test(config, a_difference_names_sections_that_came_went_and_changed)
{
	struct config *before = NULL, *after = NULL;
	struct buf diff = BUF_INIT;

	cr_assert_eq(config_load(put("a.conf",
		"[authority.11]\nurl = https://example.com/plans\nsecret_file = /k\n[authority.24]\nurl = https://example.com/a\nsecret_file = /k\n"
		"[mapping.default]\ntype.VIP = visite\n[authority.84]\nurl = https://example.org/\nsecret_file = /k\n"),
		collect, &(struct buf)BUF_INIT, &before), 0);
	cr_assert_eq(config_load(put("a.conf",
		"[authority.11]\nurl = https://example.com/plans\nsecret_file = /k2\n[authority.27]\nurl = https://example.com/a\nsecret_file = /k\n"
		"[mapping.default]\ntype.VIP = visite, VIP\n[authority.84]\nurl = https://example.org/\nsecret_file = /k\n"),
		collect, &(struct buf)BUF_INIT, &after), 0);
	config_diff(before, after, &diff);
	cr_assert_str_eq(buf_str(&diff), "authority.11: changed\nauthority.24: removed\nauthority.27: added\nmapping.default: changed\n");
	buf_release(&diff);
	config_free(before);
	config_free(after);
}

Test(config, what_needs_a_restart_is_kept_by_a_reload)
{
	struct config *running = NULL, *next = NULL;

	cr_assert_eq(config_load(put("a.conf", "[spool]\ndirectory = /tmp/one\n[planning]\nmonth = 2022-01\nworkers = 3\n"),
		collect, &(struct buf)BUF_INIT, &running), 0);
	cr_assert_eq(config_load(put("a.conf", "[spool]\ndirectory = /tmp/two\n[planning]\nmonth = 2022-02\nworkers = 4\n"),
		collect, &(struct buf)BUF_INIT, &next), 0);
	config_keep(next, running);
	cr_assert_str_eq(next->jobs.spool, "/tmp/one");
	cr_assert_eq(next->jobs.workers, 3);
	cr_assert_str_eq(next->jobs.month, "2022-02");
	config_free(next);
	config_free(running);
}

Test(config, sources_must_be_ones_that_can_be_asked)
{
	static const struct {
		const char *name, *section, *told; /* "": it is fine */
	} rows[] = {
		{"feed", "kind = http\nurl = https://feeds.example/a.ics\n", ""},
		{"feed", "kind = http\nurl = webcal://feeds.example/a.ics\n", ""},
		{"feed", "kind = http\nurl = http://feeds.example/a.ics\n", "without encryption"},
		{"feed", "kind = http\nurl = http://feeds.example/a.ics\nallow_http = 1\n", ""},
		{"feed", "kind = caldav\nurl = http://127.0.0.1:5232/u/c/\nallow_private = 1\n", ""},
		{"feed", "kind = http\nurl = file:///etc/passwd\n", "neither https: nor webcal:"},
		{"feed", "kind = http\nurl = https://user:secret@feeds.example/a.ics\n", "account in its url"},
		{"feed", "kind = http\nurl = https://feeds.example/@user/a.ics\n", ""},
		{"feed", "kind = http\nurl = https://feeds.example/a.ics\npassword_file = /etc/p\n", "without a username"},
		{"a/b", "kind = http\nurl = https://feeds.example/a.ics\n", "a name that cannot be one"},
		{"agenda.ics", "kind = http\nurl = https://feeds.example/a.ics\n", "a name that cannot be one"},
		{"files", "kind = folder\npath = /srv/exports\n", ""},
		{"files", "kind = folder\npath = /var/spool/planvax/S001\n", "path in the spool"},
		{"files", "kind = folder\nurl = https://feeds.example/a.ics\n", "says not where it is"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf errors = BUF_INIT, text = BUF_INIT;
		struct config *config = NULL;

		buf_printf(&text, "[source.%s]\nservice = S001\n%s", rows[i].name, rows[i].section);
		int rc = config_load(put("a.conf", buf_str(&text)), collect, &errors, &config);
		cr_expect_eq(rc, *rows[i].told ? ERR_INVALID : 0, "row %zu: %s", i, buf_str(&errors));
		cr_expect_not_null(strstr(buf_str(&errors), rows[i].told), "row %zu: %s", i, buf_str(&errors));
		config_free(config);
		buf_release(&errors);
		buf_release(&text);
	}
}
