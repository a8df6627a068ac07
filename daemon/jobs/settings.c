/* SPDX-License-Identifier: Apache-2.0 */
/* settings: one immutable set of configuration and rules. */
#include <planvax/base/alloc.h>
#include <planvax/base/resource.h>
#include <planvax/jobs/settings.h>
#include <planvax/rules/visit_types.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_MAX_BYTES 65536

struct report {
	settings_report call;
	void *arg;
	size_t errors;
};

static void tell(void *arg, const struct fault *f)
{
	struct report *r = arg;

	r->errors++;
	if (r->call)
		r->call(r->arg, f);
}

static int load_rules(struct settings *s, struct report *r)
{
	struct buf path = BUF_INIT;
	struct fault f = FAULT_NONE;
	int rc = 0;

	if (s->parts.jobs->rules && *s->parts.jobs->rules)
		buf_puts(&path, s->parts.jobs->rules);
	else
		rc = resource_find("rules", &path);
	if (rc < 0) {
		fault_set(&f, ERR_NOT_FOUND, "no rule files found");
		fault_hint(&f, "set directory in [rules]");
		tell(r, &f);
	} else {
		rc = ruleset_load(buf_str(&path), tell, r, &s->rules);
	}
	buf_release(&path);
	return rc;
}

static struct mapping *new_mapping(const struct settings *s)
{
	struct mapping *m = mapping_new();

	mapping_set_types(m, s->visit_types, s->n_visit_types);
	return m;
}

static void build_mappings(struct settings *s, struct report *r)
{
	size_t n = 0;
	const struct visit_type *types = visit_types_all(s->rules, &n);

	s->visit_types = xcalloc(n + 1, sizeof(*s->visit_types));
	for (size_t i = 0; i < n; i++)
		s->visit_types[i] = types[i].code;
	s->n_visit_types = n;
	s->mapping = new_mapping(s);
	s->mappings = xcalloc(s->parts.n_mappings + 1, sizeof(struct mapping *));
	for (size_t i = 0; i < s->parts.n_mappings; i++) {
		const struct mapping_options *o = &s->parts.mappings[i];

		s->mappings[i] = !strcmp(o->name, "default") ? s->mapping : new_mapping(s);
		mapping_configure(s->mappings[i], o, tell, r);
	}
}

static void add_keys(const char *path, struct push_keys **keys, struct report *r)
{
	char text[SECRET_MAX_BYTES];
	struct fault f = FAULT_NONE;
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(text, 1, sizeof(text), file) : 0;

	if (!file)
		fault_set(&f, ERR_IO, "cannot be read: %s", strerror(errno));
	else if (len == sizeof(text))
		fault_set(&f, ERR_LIMIT, "is larger than 64 KiB");
	else
		push_keys_read(text, len, keys, &f);
	if (file)
		fclose(file);
	explicit_bzero(text, sizeof(text));
	if (f.code != ERR_NONE) {
		fault_at(&f, "%s", path);
		tell(r, &f);
	}
}

static void load_keys(struct settings *s, struct report *r)
{
	s->keys = xcalloc(s->parts.n_authorities + 1, sizeof(*s->keys));
	for (size_t i = 0; i < s->parts.n_authorities; i++) {
		const struct authority_options *a = &s->parts.authorities[i];

		if (a->url && a->secret_file)
			add_keys(a->secret_file, &s->keys[i], r);
		if (a->url && a->previous_secret_file)
			add_keys(a->previous_secret_file, &s->keys[i], r);
	}
}

static void make_digest(struct settings *s)
{
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES];
	struct buf options = BUF_INIT;

	plan_options_json(s->parts.plan, &options);
	digest_add_text(d, ruleset_digest(s->rules));
	digest_add_text(d, buf_str(&options));
	digest_add_int(d, s->parts.jobs->seed);
	digest_add_int(d, s->parts.jobs->iterations);
	digest_add_int(d, s->planning_now.utc_s);
	digest_finish(d, sum);
	digest_text(sum, s->digest);
	buf_release(&options);
}

static void free_settings(struct settings *s)
{
	for (size_t i = 0; s->keys && i < s->parts.n_authorities; i++)
		push_keys_free(s->keys[i]);
	free(s->keys);
	for (size_t i = 0; s->mappings && i < s->parts.n_mappings; i++)
		if (s->mappings[i] != s->mapping)
			mapping_free(s->mappings[i]);
	free(s->mappings);
	mapping_free(s->mapping);
	free(s->visit_types);
	ruleset_drop(s->rules);
	free(s);
}

int settings_new(const struct settings_parts *parts, settings_report report, void *arg, struct settings **settings)
{
	struct settings *s = xcalloc(1, sizeof(*s));
	struct report r = {.call = report, .arg = arg};
	const char *now = parts->jobs->planning_now;
	int rc;

	s->parts = *parts;
	atomic_init(&s->references, 1);
	if (now && *now && instant_parse(now, strlen(now), &s->planning_now) < 0)
		s->planning_now.utc_s = 0; /* config_check refuses it before */
	rc = load_rules(s, &r);
	if (rc == 0) {
		build_mappings(s, &r);
		load_keys(s, &r);
		make_digest(s);
	}
	if (rc == 0 && r.errors)
		rc = ERR_INVALID;
	if (rc < 0)
		free_settings(s);
	else
		*settings = s;
	return rc;
}

struct settings *settings_hold(struct settings *s)
{
	atomic_fetch_add(&s->references, 1);
	return s;
}

void settings_drop(struct settings *s)
{
	if (!s || atomic_fetch_sub(&s->references, 1) != 1)
		return;
	void *owner = s->parts.owner;
	void (*release)(void *) = s->parts.release;
	free_settings(s);
	if (release)
		release(owner);
}

const struct mapping *settings_mapping(const struct settings *s, const char *name)
{
	for (size_t i = 0; name && i < s->parts.n_mappings; i++)
		if (!strcmp(s->parts.mappings[i].name, name))
			return s->mappings[i];
	return s->mapping;
}

struct instant settings_now(const struct settings *s)
{
	return s->planning_now.utc_s ? s->planning_now : clock_now();
}

int settings_month_days(const char *text, struct date *first, struct date *last)
{
	char day[11];
	struct date d;

	if (strlen(text) != 7)
		return ERR_INVALID;
	memcpy(day, text, 7);
	memcpy(day + 7, "-01", 4);
	if (date_parse(day, 10, &d) < 0)
		return ERR_INVALID;
	*first = d;
	*last = date_month_last(d);
	return 0;
}

void settings_month(const struct settings *s, struct settings_month *out)
{
	const struct job_options *jobs = s->parts.jobs;
	struct date today = instant_utc_date(settings_now(s));
	int64_t days = 0;
	char text[11];

	if (settings_month_days(jobs->month, &out->first, &out->last) < 0) {
		out->first = date_month_first(today);
		if (!strcmp(jobs->month, "next"))
			out->first = date_month_first(date_add_days(date_month_last(today), 1));
		out->last = date_month_last(out->first);
	}
	date_format(out->first, text);
	memcpy(out->text, text, 7);
	out->text[7] = '\0';
	out->deadline = out->first;
	if (date_parse(jobs->deadline, strlen(jobs->deadline), &out->deadline) < 0) {
		days = strtol(jobs->deadline, NULL, 10); /* config_check has seen that it is a number */
		out->deadline = date_add_days(out->first, (int)days);
	}
}

int settings_authority(const struct settings *s, const char *region)
{
	int fallback = -1;

	for (size_t i = 0; i < s->parts.n_authorities; i++) {
		if (!s->parts.authorities[i].url)
			continue;
		if (!strcmp(s->parts.authorities[i].name, region))
			return (int)i;
		if (!strcmp(s->parts.authorities[i].name, "default"))
			fallback = (int)i;
	}
	return fallback;
}
