/* SPDX-License-Identifier: Apache-2.0 */
/* ruleset: loads a rule directory as a whole and counts its references. */
#include <planvax/rules/ruleset.h>

#include "antigen_load.h"
#include "beneficiaries_load.h"
#include "campaigns_load.h"
#include "postponement_load.h"
#include "premises_load.h"
#include "rule_parts.h"
#include "rules_digest.h"
#include "schedule_load.h"
#include "vials_load.h"
#include "visit_types_load.h"

#include <planvax/base/alloc.h>
#include <planvax/base/names.h>
#include <planvax/base/text.h>
#include <planvax/model/registers.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One load of a directory. */
struct loading {
	struct ruleset *rules;
	struct rule_read read;
	struct entry_load entries;
	struct rules_digest digest;
	const char *directory;
};

/* A JSON file of `sub` (NULL: the directory itself) whose format is one of two; NULL if not (reported). */
static struct json_doc *open_file(struct loading *l, const char *sub, const char *name, const char *const formats[2], int *which)
{
	struct buf path = BUF_INIT;
	struct json_doc *doc;
	const struct json_value *format;

	buf_puts(&path, l->directory);
	if (sub)
		buf_printf(&path, "/%s", sub);
	doc = rule_read_file(&l->read, buf_str(&path), name);
	buf_release(&path);
	if (sub)
		l->read.file = arena_printf(l->read.arena, "%s/%s", sub, name);
	if (!doc)
		return NULL;
	format = json_get(json_root(doc), "format");
	for (*which = 0; *which < 2; ++*which) {
		if (formats[*which] && json_text(format) && strcmp(json_text(format), formats[*which]) == 0) {
			rules_digest_add(&l->digest, json_root(doc));
			return doc;
		}
	}
	rule_read_error(&l->read, format ? format : json_root(doc), formats[0], "unknown or missing \"format\"");
	json_free(doc);
	return NULL;
}

static void load_antigen_files(struct loading *l, const char *const *names, size_t n)
{
	static const char *const formats[2] = {"planvax-rules/1", NULL};
	const struct antigen_file **files = xcalloc(n + 1, sizeof(*files));
	size_t count = 0;
	int which;

	for (size_t i = 0; i < n; i++) {
		struct json_doc *doc;

		if (strcmp(names[i], "schedule.json") == 0)
			continue;
		doc = open_file(l, NULL, names[i], formats, &which);
		if (!doc)
			continue;
		files[count] = antigen_load(&l->entries, json_root(doc));
		count += files[count] != NULL;
		json_free(doc);
	}
	antigen_load_link(&l->entries, files, count);
	free(files);
}

static int load_doses(struct loading *l)
{
	static const char *const formats[2] = {"planvax-schedule/1", NULL};
	const char *const *names;
	struct json_doc *doc;
	size_t n;
	int which, rc = rule_read_list(&l->read, l->directory, &names, &n);

	if (rc < 0) {
		rule_read_fail(&l->read, ERR_IO, l->directory, "the directory of rules cannot be read", NULL);
		return ERR_IO;
	}
	doc = open_file(l, NULL, "schedule.json", formats, &which);
	l->read.blind = !doc;
	if (doc)
		schedule_load(&l->entries, json_root(doc));
	json_free(doc);
	load_antigen_files(l, names, n);
	l->rules->schedule->ages = arena_memdup(l->read.arena, l->entries.ages.items,
		l->entries.ages.len * sizeof(*l->entries.ages.items));
	l->rules->schedule->n_ages = l->entries.ages.len;
	return 0;
}

typedef void (*part_loader)(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

/* Files of a sub-directory, by their format. */
static void load_part(struct loading *l, const char *sub, const char *const formats[2], const part_loader loaders[2])
{
	const char *const *names;
	size_t n;
	struct buf path = BUF_INIT;
	int which, rc;

	buf_printf(&path, "%s/%s", l->directory, sub);
	rc = rule_read_list(&l->read, buf_str(&path), &names, &n);
	if (rc == ERR_IO)
		rule_read_fail(&l->read, ERR_IO, buf_str(&path), "the directory cannot be read", NULL);
	buf_release(&path);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct json_doc *doc = open_file(l, sub, names[i], formats, &which);

		if (!doc)
			continue;
		loaders[which](&l->read, json_root(doc), l->rules);
		json_free(doc);
	}
}

static void load_campaigns(struct loading *l)
{
	static const char *const formats[2] = {"planvax-campaign/1", NULL};
	const char *const *names;
	struct buf path = BUF_INIT;
	struct campaign *campaigns;
	size_t n, count = 0;
	int which, rc;

	buf_printf(&path, "%s/campaigns", l->directory);
	rc = rule_read_list(&l->read, buf_str(&path), &names, &n);
	if (rc == ERR_IO)
		rule_read_fail(&l->read, ERR_IO, buf_str(&path), "the directory cannot be read", NULL);
	buf_release(&path);
	if (rc < 0)
		return;
	campaigns = ARENA_NEW(l->read.arena, struct campaign, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct json_doc *doc = open_file(l, "campaigns", names[i], formats, &which);

		if (!doc)
			continue;
		campaigns_load(&l->read, json_root(doc), l->rules, &campaigns[count++]);
		json_free(doc);
	}
	if (l->read.n_errors == 0)
		campaigns_load_all(&l->read, l->rules, campaigns, count);
}

static void load_parts(struct loading *l)
{
	static const char *const visits[2] = {"planvax-visit-types/1", "planvax-postponement/1"};
	static const part_loader visit_loaders[2] = {visit_types_load, postponement_load};
	static const char *const postponement[2] = {"planvax-postponement/1", NULL};
	static const part_loader postponement_loaders[2] = {postponement_load, NULL};
	static const char *const vials[2] = {"planvax-vials/1", NULL};
	static const part_loader vial_loaders[2] = {vials_load, NULL};
	static const char *const premises[2] = {"planvax-premises/1", NULL};
	static const part_loader premises_loaders[2] = {premises_load, NULL};
	static const char *const beneficiaries[2] = {"planvax-beneficiaries/1", NULL};
	static const part_loader beneficiaries_loaders[2] = {beneficiaries_load, NULL};

	load_part(l, "visits", visits, visit_loaders);
	load_part(l, "postponement", postponement, postponement_loaders);
	load_part(l, "vials", vials, vial_loaders);
	load_part(l, "premises", premises, premises_loaders);
	load_part(l, "beneficiaries", beneficiaries, beneficiaries_loaders);
	load_campaigns(l);
}

/* A flag of people.csv is the observation of the same name. */
static void link_flags(struct ruleset *rules)
{
	for (int bit = 0; bit < 64; bit++) {
		const char *word = names_word(person_flag_names, bit);

		rules->flag_observation[bit] = (int16_t)(word ? schedule_observation(rules->schedule, word) : -1);
	}
}

int ruleset_load(const char *directory, ruleset_report report, void *arg, struct ruleset **ruleset)
{
	struct ruleset *rules = xcalloc(1, sizeof(*rules));
	struct loading l = {.rules = rules, .directory = directory};
	int rc;

	atomic_init(&rules->references, 1);
	arena_init(&rules->arena);
	l.read = (struct rule_read){.report = report, .arg = arg, .arena = &rules->arena, .file = ""};
	rules->schedule = ARENA_NEW(&rules->arena, struct schedule, 1);
	entry_load_init(&l.entries, &l.read, rules->schedule);
	rules_digest_init(&l.digest);
	rc = load_doses(&l);
	if (rc == 0)
		load_parts(&l);
	link_flags(rules);
	rules_digest_text(&l.digest, rules->digest);
	if (rc == 0 && l.read.n_errors > 0)
		rc = ERR_INVALID;
	entry_load_release(&l.entries);
	rules_digest_release(&l.digest);
	if (rc < 0)
		ruleset_drop(rules);
	else
		*ruleset = rules;
	return rc;
}

struct ruleset *ruleset_hold(struct ruleset *r)
{
	atomic_fetch_add_explicit(&r->references, 1, memory_order_relaxed);
	return r;
}

void ruleset_drop(struct ruleset *r)
{
	if (!r || atomic_fetch_sub_explicit(&r->references, 1, memory_order_acq_rel) > 1)
		return;
	schedule_release(r->schedule);
	arena_release(&r->arena);
	free(r);
}

const char *ruleset_digest(const struct ruleset *r)
{
	return r->digest;
}
