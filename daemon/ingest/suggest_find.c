/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_find: see suggest_find.h. */
#include "suggest_find.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mapping_text.h"
#include "suggest_token.h"
#include "suggest_words.h"

#define MAX_PATTERNS 20000 /* kept while they are counted */
#define MAX_MEASURED 60    /* that are counted most often are measured */
#define MAX_LABEL 30       /* bytes of a line's label */

/* A source that may tell a role, with how often it was met. */
struct candidate {
	char *source;
	size_t property;
	size_t count;
	size_t last_event;
	double quality;
};

struct search {
	const struct suggest_sample *sample;
	VEC(struct candidate) list;
	struct map at;
	size_t property; /* being read */
	size_t event;    /* being read, from 1 */
};

static void add(struct search *s, const char *source, double quality)
{
	size_t at;

	if (!map_get_str(&s->at, source, &at)) {
		if (s->list.len >= MAX_PATTERNS)
			return;
		at = s->list.len;
		map_put_str(&s->at, source, at);
		struct candidate new = {.source = xstrdup(source), .property = s->property, .quality = quality};
		VEC_PUSH(&s->list, new);
	}
	assert(s->list.items != NULL);
	if (s->list.items[at].last_event != s->event) {
		s->list.items[at].last_event = s->event;
		s->list.items[at].count++;
	}
}

static void search_release(struct search *s)
{
	for (size_t i = 0; i < s->list.len; i++)
		free(s->list.items[i].source);
	VEC_RELEASE(&s->list);
	map_release(&s->at);
}

/* "NAME" or "NAME;PARAMETER". */
static void put_place(const struct suggest_property *p, struct buf *out)
{
	buf_puts(out, p->name);
	if (p->parameter != NULL)
		buf_printf(out, ";%s", p->parameter);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	double p = (double)x->count * (1 + x->quality), q = (double)y->count * (1 + y->quality);

	if (p > q || p < q)
		return p > q ? -1 : 1;
	return strcmp(x->source, y->source);
}

typedef double (*score_fn)(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m);

/* How the candidates of a role are measured and judged. */
struct judging {
	struct suggest_measure_how how;
	bool by_known;      /* what is covered is what the test accepts */
	score_fn score;     /* below 0: no candidate */
	void *arg;
	double least_gain;  /* share of the wanted events that a further alternative must add */
};

static const unsigned char *bits_of(const struct judging *j, const struct suggest_measure *m)
{
	return j->by_known ? m->knows : m->covers;
}

/* Wanted events that m covers and the covered ones do not hold. */
static size_t gain_of(const struct suggest_sample *s, const struct judging *j, const struct suggest_measure *m, const unsigned char *covered)
{
	const unsigned char *bits = bits_of(j, m);
	size_t gain = 0;

	for (size_t e = 0; e < s->events.len; e++)
		gain += bits[e] && !covered[e] && (j->how.wanted == NULL || j->how.wanted[e]);
	return gain;
}

static size_t count_wanted(const struct suggest_sample *s, const unsigned char *wanted)
{
	size_t n = 0;

	for (size_t e = 0; e < s->events.len; e++)
		n += wanted == NULL || wanted[e];
	return n;
}

/* Moves the best measures to out: the highest score first, then what adds most. */
static void choose(const struct suggest_sample *s, const struct judging *j, struct suggest_measure *list, size_t n, struct suggest_choice *out)
{
	unsigned char *covered = xcalloc(s->events.len + 1, 1);
	double least = j->least_gain * (double)count_wanted(s, j->how.wanted);

	*out = (struct suggest_choice){.n = 0};
	while (out->n < 3) {
		size_t best = n, best_gain = 0;
		for (size_t i = 0; i < n; i++) {
			size_t gain = list[i].source != NULL && list[i].score >= 0 ? gain_of(s, j, &list[i], covered) : 0;
			bool better = out->n == 0 ? best == n || list[i].score > list[best].score : gain > best_gain;
			if (gain > 0 && (out->n == 0 || (double)gain >= least) && better) {
				best = i;
				best_gain = gain;
			}
		}
		if (best == n)
			break;
		const unsigned char *bits = bits_of(j, &list[best]);
		for (size_t e = 0; e < s->events.len; e++)
			covered[e] |= bits[e];
		out->covered += best_gain;
		out->list[out->n++] = list[best];
		list[best] = (struct suggest_measure){.source = NULL};
	}
	free(covered);
}

static void judge(struct search *search, const struct judging *j, struct suggest_choice *out)
{
	struct suggest_measure *list = xcalloc(MAX_MEASURED, sizeof(*list));
	size_t n = 0;

	if (search->list.len > 0)
		qsort(search->list.items, search->list.len, sizeof(search->list.items[0]), compare_candidates);
	for (size_t i = 0; i < search->list.len && n < MAX_MEASURED; i++) {
		const struct candidate *c = &search->list.items[i];
		if (!suggest_measure_source(search->sample, c->source, &j->how, &list[n]))
			continue;
		list[n].property = c->property;
		list[n].score = j->score(j->arg, search->sample, c, &list[n]);
		n++;
	}
	choose(search->sample, j, list, n, out);
	for (size_t i = 0; i < n; i++)
		suggest_measure_release(&list[i]);
	free(list);
}

/* Calls fn with the text of each property, and parameter, of each event. */
static void each_text(struct search *s, void (*fn)(struct search *s, const struct suggest_property *p, const char *text))
{
	for (size_t k = 0; k < s->sample->properties.len; k++) {
		const struct suggest_property *p = &s->sample->properties.items[k];
		s->property = k;
		for (size_t e = 0; e < s->sample->events.len; e++) {
			const struct event *event = &s->sample->events.items[e];
			s->event = e + 1;
			for (size_t i = 0; i < event->n_properties; i++) {
				struct buf text = BUF_INIT;
				const char *value = p->parameter != NULL ? event_param(&event->properties[i], p->parameter) : event->properties[i].value;
				if (strcmp(event->properties[i].name, p->name) == 0 && value != NULL) {
					event_text(value, strlen(value), &text);
					fn(s, p, buf_str(&text));
				}
				buf_release(&text);
			}
		}
	}
}

static double share(size_t part, size_t whole)
{
	return whole > 0 ? (double)part / (double)whole : 0;
}

static bool name_has(const char *name, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strstr(name, *words) != NULL)
			return true;
	}
	return false;
}

/* ---- type ---- */

static bool is_type(void *arg, const char *text)
{
	return mapping_type_of(arg, text, NULL) != NULL;
}

/* The property as a whole, and the lines that a label begins. */
static void propose_type(struct search *s, const struct suggest_property *p, const char *text)
{
	struct buf source = BUF_INIT;

	put_place(p, &source);
	add(s, buf_str(&source), 0);
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n"), label = 0;
		while (label < len && label < MAX_LABEL && line[label] != ':')
			label++;
		if (label == 0 || label >= len || line[label] != ':' || strpbrk(line, "\\") != NULL)
			continue;
		size_t word = label;
		while (word > 0 && line[word - 1] == ' ')
			word--;
		bool plain = word > 0;
		for (size_t i = 0; i < word; i++)
			plain = plain && strchr("[]().*+?{}|^$~\t", line[i]) == NULL;
		if (!plain)
			continue;
		buf_reset(&source);
		put_place(p, &source);
		buf_printf(&source, " ~ ^%.*s *: *(.+)", (int)word, line);
		add(s, buf_str(&source), 0);
	}
	buf_release(&source);
}

static double score_type(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m)
{
	const char *name = s->properties.items[c->property].name;
	static const char *const good[] = {"TYPE", "MOTIF", "ACTE", "NATURE", "CATEGOR", NULL};
	double score = share(m->known, s->events.len);

	(void)arg;
	if (m->known == 0)
		return -1;
	if (name_has(name, good))
		score += 0.03;
	else if (strcmp(name, "SUMMARY") == 0)
		score += 0.02;
	if (strchr(c->source, '~') != NULL) /* a line of its own is surer, where it tells as much */
		score += 0.01;
	return score;
}

void suggest_find_type(const struct suggest_sample *sample, struct mapping *lexicon, struct suggest_choice *out)
{
	struct search s = {.sample = sample};
	const struct judging j = {
		.how = {.known = is_type, .arg = lexicon}, .by_known = true, .score = score_type, .least_gain = 0.04,
	};

	each_text(&s, propose_type);
	judge(&s, &j, out);
	search_release(&s);
}

/* ---- person ---- */

struct token_context {
	struct search *search;
	const struct suggest_property *property;
};

static void propose_pattern(void *arg, const char *pattern, double quality)
{
	struct token_context *t = arg;
	struct buf source = BUF_INIT;

	put_place(t->property, &source);
	buf_printf(&source, " ~ %s", pattern);
	add(t->search, buf_str(&source), quality);
	buf_release(&source);
}

static void propose_person(struct search *s, const struct suggest_property *p, const char *text)
{
	static const char *const never[] = {"SIRET", "SIREN", "TEL", "PHONE", "RPPS", "NIR", "NSS", "MAIL", "URL", NULL};
	struct token_context t = {s, p};

	if (name_has(p->name, never) || (p->parameter != NULL && name_has(p->parameter, never)) || strncasecmp(text, "mailto:", 7) == 0)
		return;
	if (suggest_token_is_reference(text)) {
		struct buf source = BUF_INIT;
		put_place(p, &source);
		add(s, buf_str(&source), text_starts(p->name, "X-") ? 0.15 : 0.05);
		buf_release(&source);
	} else {
		suggest_token_patterns(text, propose_pattern, &t);
	}
}

/* Persons come once or twice: many values; and not where no visit is. */
static double score_person(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m)
{
	static const char *const good[] = {"PERSON", "PATIENT", "SALARIE", "DOSSIER", "MATRICULE", "BENEFICIAIRE", "WORKER", "EMPLOYEE", NULL};
	static const char *const bad[] = {"COMPANY", "ENTREPRISE", "ADHERENT", "CENTRE", "ROOM", "SALLE", "STAFF", "MEDECIN", NULL};
	const unsigned char *visits = arg;
	const char *name = s->properties.items[c->property].name;
	double covers = share(m->wanted, count_wanted(s, visits)), varied = share(m->distinct, m->events);
	double exact = share(m->wanted, m->events), score;
	bool label = c->quality < 0;

	if (covers < 0.02 || varied < 0.25 || (m->distinct < 3 && m->events > 5) || (label && m->events < 10))
		return -1;
	score = covers * (varied < 0.7 ? varied + 0.3 : 1) * (0.4 + 0.6 * exact) + c->quality;
	if (name_has(name, good))
		score += 0.2;
	if (name_has(name, bad) || strcmp(name, "LOCATION") == 0)
		score -= 0.4;
	return score;
}

void suggest_find_person(const struct suggest_sample *sample, unsigned char *visits, struct suggest_choice *out)
{
	struct search s = {.sample = sample};
	const struct judging j = {.how = {.wanted = visits}, .score = score_person, .arg = visits, .least_gain = 0.04};

	each_text(&s, propose_person);
	judge(&s, &j, out);
	search_release(&s);
}

/* ---- staff ---- */

static void propose_staff(struct search *s, const struct suggest_property *p, const char *text)
{
	static const char *const never[] = {
		"SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "COMMENT", "PERSON", "PATIENT", "SALARIE", "PLANVAX-DUE", "TYPE", "MOTIF", "ECHEANCE", NULL,
	};
	static const char prefix[] = " ~ ^(?:Agenda|Planning|Calendrier)[ :-]*(?:de |du )?(.+)";
	struct buf source = BUF_INIT;

	if (!name_has(p->name, never) && *text != '\0') {
		put_place(p, &source);
		add(s, buf_str(&source), 0);
		if (strcmp(p->name, "VCALENDAR.X-WR-CALNAME") == 0 || strcmp(p->name, "VCALENDAR.NAME") == 0) {
			buf_puts(&source, prefix);
			add(s, buf_str(&source), 0.1);
		}
	}
	buf_release(&source);
}

/* Staff are few, and come again and again; those of the register are the best proof. */
static double score_staff(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m)
{
	static const char *const good[] = {"MEDECIN", "PRATICIEN", "INTERVENANT", "STAFF", "DOCTOR", "INFIRMI", "PROVIDER", "AGENDA", "ORGANIZER", "ATTENDEE", NULL};
	static const char *const rooms[] = {"SALLE", "ROOM", "LIEU", "CENTRE", "SITE", "VEHIC", "SIRET", "ENTREPRISE", NULL};
	const struct suggest_property *p = &s->properties.items[c->property];
	const struct judging *j = arg;
	double covers = share(m->events, s->events.len), few = 1 - share(m->distinct, m->events);

	if (j->how.known != NULL)
		return m->known > 0 ? share(m->known, s->events.len) + (p->parameter == NULL ? 0.01 : 0) + c->quality / 10 : -1;
	if (covers < 0.2 || (m->events > 5 && few < 0.66) || name_has(p->name, rooms))
		return -1;
	return covers * few + (name_has(p->name, good) ? 0.2 : 0) + (p->parameter == NULL ? 0.05 : 0) +
		(strcmp(p->name, "RESOURCES") == 0 ? -0.2 : 0) + c->quality;
}

void suggest_find_staff(const struct suggest_sample *sample, suggest_measure_test known, void *arg, struct suggest_choice *out)
{
	struct search s = {.sample = sample};
	struct judging j = {.how = {.known = known, .arg = arg}, .by_known = known != NULL, .score = score_staff, .least_gain = 0.05};

	j.arg = &j;
	each_text(&s, propose_staff);
	judge(&s, &j, out);
	if (known == NULL) { /* without a register nothing tells whether a second one is staff */
		while (out->n > 1)
			suggest_measure_release(&out->list[--out->n]);
	}
	search_release(&s);
}

/* ---- place and due date ---- */

static void propose_place(struct search *s, const struct suggest_property *p, const char *text)
{
	static const char *const good[] = {"LOCATION", "LIEU", "CENTRE", "SALLE", "SITE", "RESOURCES", "ROOM", NULL};
	struct buf source = BUF_INIT;

	if (*text != '\0' && p->parameter == NULL && name_has(p->name, good) && !text_starts(p->name, "VCALENDAR.")) {
		put_place(p, &source);
		add(s, buf_str(&source), strcmp(p->name, "LOCATION") == 0 ? 0.1 : 0);
	}
	buf_release(&source);
}

static double score_place(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m)
{
	double few = 1 - share(m->distinct, m->events);

	(void)s;
	(void)arg;
	if (m->events > 5 && few < 0.5)
		return -1;
	return share(m->events, s->events.len) * (0.5 + few / 2) + c->quality;
}

void suggest_find_place(const struct suggest_sample *sample, const unsigned char *visits, struct suggest_choice *out)
{
	struct search s = {.sample = sample};
	const struct judging j = {.how = {.wanted = visits}, .score = score_place, .least_gain = 0.2};

	each_text(&s, propose_place);
	judge(&s, &j, out);
	search_release(&s);
}

static void propose_due(struct search *s, const struct suggest_property *p, const char *text)
{
	static const char *const good[] = {"DUE", "ECHEANCE", "LIMITE", "DEADLINE", NULL};
	static const char *const labels[] = {
		"(?:É|é|E|e)ch(?:é|e)ance[^0-9]{0,20}", "(?:A|a)vant le *", "(?:L|l)imite[^0-9]{0,20}", "(?:D|d)ue[^0-9]{0,20}",
	};
	struct buf source = BUF_INIT;

	if (name_has(p->name, good)) {
		put_place(p, &source);
		add(s, buf_str(&source), 0.1);
	} else if (strpbrk(text, "/-") != NULL) {
		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
			buf_reset(&source);
			put_place(p, &source);
			buf_printf(&source, " ~ %s([0-9]{2}/[0-9]{2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})", labels[i]);
			add(s, buf_str(&source), 0);
		}
	}
	buf_release(&source);
}

static double score_due(void *arg, const struct suggest_sample *s, const struct candidate *c, const struct suggest_measure *m)
{
	(void)arg;
	return m->wanted > 0 ? share(m->wanted, s->events.len) + c->quality : -1;
}

void suggest_find_due(const struct suggest_sample *sample, const unsigned char *visits, struct suggest_choice *out)
{
	struct search s = {.sample = sample};
	const struct judging j = {.how = {.wanted = visits}, .score = score_due, .least_gain = 0.04};

	each_text(&s, propose_due);
	judge(&s, &j, out);
	search_release(&s);
}

size_t suggest_find_nir(const struct suggest_sample *s)
{
	size_t n = 0;

	for (size_t e = 0; e < s->events.len; e++) {
		const struct event *event = &s->events.items[e];
		bool found = false;
		for (size_t i = 0; i < event->n_properties && !found; i++)
			found = suggest_token_holds_nir(event->properties[i].value);
		n += found;
	}
	return n;
}

void suggest_find_release(struct suggest_choice *c)
{
	for (size_t i = 0; i < c->n; i++)
		suggest_measure_release(&c->list[i]);
	c->n = 0;
}
