/* SPDX-License-Identifier: Apache-2.0 */
/* config_check: settings that must fit together. */
#include "config_check.h"

#include <planvax/base/civil.h>
#include <planvax/base/text.h>

#include <string.h>

#define SOURCE_NAME_MAX 64

struct check {
	const struct config *config;
	config_report report;
	void *arg;
};

static void complain(struct check *c, const char *setting, const char *what, const char *hint)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "%s", what);
	fault_at(&f, "%s", setting);
	fault_hint(&f, "%s", hint);
	c->report(c->arg, &f, NULL, 0);
}

static bool is_month(const char *text)
{
	struct buf day = BUF_INIT;
	struct date d;
	bool fits;

	buf_printf(&day, "%s-01", text);
	fits = day.len == 10 && date_parse(day.data, day.len, &d) == 0;
	buf_release(&day);
	return fits;
}

static bool is_deadline(const char *text)
{
	struct date d;
	int64_t days;

	return date_parse(text, strlen(text), &d) == 0 || text_int(text, strlen(text), -366, 0, &days) == 0;
}

static void check_planning(struct check *c)
{
	const struct job_options *j = &c->config->jobs;
	struct instant now;

	if (strcmp(j->month, "current") != 0 && strcmp(j->month, "next") != 0 && !is_month(j->month))
		complain(c, "planning.month", "is no month", "expected current, next or YYYY-MM");
	if (!is_deadline(j->deadline))
		complain(c, "planning.deadline", "is no deadline", "expected YYYY-MM-DD, or days before the month such as -3");
	if (j->planning_now && instant_parse(j->planning_now, strlen(j->planning_now), &now) < 0)
		complain(c, "clock.planning_now", "is no instant", "expected the form 2021-12-31T12:00:00Z");
}

static void check_mail(struct check *c)
{
	const struct mail_options *m = &c->config->mail;

	if (m->transport == MAIL_SMTP && !m->smtp_url)
		complain(c, "mail.smtp_url", "is not set", "transport = smtp needs smtp_url = smtps://HOST:PORT");
	if (m->smtp_url && !text_starts(m->smtp_url, "smtp://") && !text_starts(m->smtp_url, "smtps://"))
		complain(c, "mail.smtp_url", "is no address of a mail server", "expected smtps://HOST:PORT or smtp://HOST:PORT");
	if (!strchr(m->from, '@') || strpbrk(m->from, " \t<>\r\n"))
		complain(c, "mail.from", "is no mailbox", "expected NAME@DOMAIN");
	if (m->username && !m->password_file)
		complain(c, "mail.password_file", "is not set", "mail.username needs it");
}

static void check_authorities(struct check *c)
{
	for (size_t i = 0; i < c->config->n_authorities; i++) {
		const struct authority_options *a = &c->config->authorities[i];
		struct buf setting = BUF_INIT;

		buf_printf(&setting, "authority.%s", a->name);
		if (!a->url)
			complain(c, buf_str(&setting), "has no url", "add url = https://...");
		else if (!text_starts(a->url, "https://") && !(a->allow_private && text_starts(a->url, "http://")))
			complain(c, buf_str(&setting), "has a url that is not https:", "use https://, or set allow_private = 1 in closed networks");
		if (a->url && !a->secret_file)
			complain(c, buf_str(&setting), "has no secret_file", "pushes are signed: name the file with the whsec_ or whsk_ key");
		buf_release(&setting);
	}
}

static bool has_mapping(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_mappings; i++)
		if (!strcmp(config->mappings[i].name, name))
			return true;
	return !strcmp(name, "default");
}

static bool begins(const char *text, const char *scheme)
{
	return !strncasecmp(text, scheme, strlen(scheme));
}

static void check_source_url(struct check *c, const struct source_options *s, const char *setting)
{
	const char *host = strstr(s->url, "://");

	if (begins(s->url, "http://") && !s->allow_http && !s->allow_private)
		complain(c, setting, "has a url without encryption", "use https://, or set allow_http = 1");
	else if (!begins(s->url, "https://") && !begins(s->url, "http://") && !begins(s->url, "webcal://") && !begins(s->url, "webcals://"))
		complain(c, setting, "has a url that is neither https: nor webcal:", "expected https://HOST/PATH");
	else if (host && memchr(host + 3, '@', strcspn(host + 3, "/?#")))
		complain(c, setting, "has an account in its url", "use the keys username and password_file");
}

static bool is_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (path[len] == '\0' || path[len] == '/');
}

static void check_source(struct check *c, const struct source_options *s, const char *setting)
{
	/* Events are kept under the name; files of the spool are kept under theirs. */
	if (strlen(s->name) > SOURCE_NAME_MAX || strchr(s->name, '/') || text_ends(s->name, ".ics") || text_ends(s->name, ".csv"))
		complain(c, setting, "has a name that cannot be one", "at most 64 bytes, no slash, no .ics or .csv at its end");
	if (s->kind != SOURCE_FOLDER && s->url)
		check_source_url(c, s, setting);
	if (s->kind == SOURCE_FOLDER && s->path && is_inside(s->path, c->config->jobs.spool))
		complain(c, setting, "has its path in the spool", "the spool is read anyway, and its files are moved away");
	if (s->password_file && !s->username)
		complain(c, setting, "has a password_file without a username", "set both, or none");
}

static void check_sources(struct check *c)
{
	for (size_t i = 0; i < c->config->n_sources; i++) {
		const struct source_options *s = &c->config->sources[i];
		struct buf setting = BUF_INIT;

		buf_printf(&setting, "source.%s", s->name);
		if (!s->service)
			complain(c, buf_str(&setting), "names no service", "add service = SERVICE_ID");
		if (s->kind == SOURCE_FOLDER ? !s->path : !s->url)
			complain(c, buf_str(&setting), "says not where it is", "a folder needs path, http and caldav need url");
		if (s->mapping && !has_mapping(c->config, s->mapping))
			complain(c, buf_str(&setting), "names an unknown mapping", "add a section [mapping.NAME]");
		check_source(c, s, buf_str(&setting));
		buf_release(&setting);
	}
}

/* ADDRESS:PORT; whether the machine has the address shows when it is bound. */
static bool is_listener(const char *text)
{
	const char *colon = strrchr(text, ':');
	int64_t port;

	return colon && colon != text && text_int(colon + 1, strlen(colon + 1), 0, 65535, &port) == 0 &&
		(text[0] != '[' || colon[-1] == ']');
}

static void check_http(struct check *c)
{
	const struct http_options *h = &c->config->http;

	for (size_t i = 0; i < h->listen.len; i++) {
		struct buf what = BUF_INIT;

		if (is_listener(h->listen.items[i]))
			continue;
		buf_printf(&what, "holds \"%s\", which is no ADDRESS:PORT", h->listen.items[i]);
		complain(c, "http.listen", buf_str(&what), "write 127.0.0.1:8080 or [::1]:8080; port 0 is a free one");
		buf_release(&what);
	}
	if (!h->tls_certificate != !h->tls_key)
		complain(c, h->tls_certificate ? "http.tls_certificate" : "http.tls_key", "stands alone",
			"http.tls_certificate and http.tls_key go together: set both or none");
}

void config_check(const struct config *config, config_report report, void *arg)
{
	struct check c = {.config = config, .report = report, .arg = arg};

	check_planning(&c);
	check_mail(&c);
	check_authorities(&c);
	check_sources(&c);
	check_http(&c);
}
