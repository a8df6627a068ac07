/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_people: draws the people of each company. */
#include "ctl_demo_people.h"

#include "ctl_demo_company.h"
#include "ctl_demo_history.h"

#include <string.h>

#define FLAG(name) (UINT64_C(1) << FLAG_##name)

/* Flags that chance gives, in ten thousandths, at any age and to anyone. */
static const struct {
	enum person_flag flag;
	uint32_t chance;
} common[] = {
	{FLAG_NIGHT_WORKER, 600}, {FLAG_DISABLED, 330}, {FLAG_INVALIDITY_PENSION, 70}, {FLAG_EMF_ABOVE_LIMIT, 30},
	{FLAG_IONISING_CAT_A, 50}, {FLAG_IMMUNOSUPPRESSED, 90}, {FLAG_TRAVEL_ENDEMIC, 30}, {FLAG_CAPILLARY_LEAK, 6},
	{FLAG_ANAPHYLAXIS_MRNA, 90},
};

static uint64_t trade_flags(struct rng *r, enum ctl_demo_trade trade)
{
	uint32_t draw = rng_below(r, 100);

	switch (trade) {
	case CTL_DEMO_TRADE_PLAIN: case CTL_DEMO_TRADE_TEMP:
		return 0;
	case CTL_DEMO_TRADE_FARM:
		return draw < 30 ? FLAG(ANIMAL_CONTACT) : 0;
	case CTL_DEMO_TRADE_FOREST:
		return draw < 80 ? FLAG(FORESTRY) : 0;
	case CTL_DEMO_TRADE_HEALTH:
		return draw < 75 ? FLAG(HEALTH_WORKER) | (draw < 25 ? FLAG(BIO_GROUP_2) : 0) : 0;
	case CTL_DEMO_TRADE_CARE:
		return draw < 75 ? FLAG(CARE_WORKER) : 0;
	case CTL_DEMO_TRADE_WASTE:
		return draw < 70 ? FLAG(SEWAGE_WATER) : 0;
	case CTL_DEMO_TRADE_LABORATORY:
		return draw < 60 ? FLAG(LABORATORY) | (draw < 20 ? FLAG(BIO_GROUP_2) : 0) : 0;
	case CTL_DEMO_TRADE_PRIORITY:
		return draw < 60 ? FLAG(PRIORITY_OCCUPATION) : 0;
	}
	return 0;
}

static uint64_t draw_flags(struct rng *r, const struct ctl_demo_person *p, int age, enum ctl_demo_trade trade)
{
	uint64_t flags = trade_flags(r, trade);

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (rng_below(r, 10000) < common[i].chance)
			flags |= UINT64_C(1) << common[i].flag;
	if (rng_below(r, 1000) < (age >= 50 ? 110u : 35u))
		flags |= FLAG(SEVERE_RISK);
	if (age < 18)
		flags |= FLAG(UNDER_18);
	if (p->sex == 'F' && age >= 20 && age <= 42) {
		uint32_t draw = rng_below(r, 1000);

		flags |= draw < 18 ? FLAG(PREGNANT) : draw < 40 ? FLAG(PREGNANT_POSTPARTUM_BREASTFEEDING) : 0;
	}
	return flags;
}

static int draw_age(struct rng *r, enum person_kind kind)
{
	switch (kind) {
	case PERSON_EMPLOYEE: case PERSON_CONTRACTOR:
		return rng_below(r, 1000) < 8 ? (int)rng_range(r, 16, 17) : (int)rng_range(r, 18, 64);
	case PERSON_TEMPORARY:
		return (int)rng_range(r, 18, 58);
	case PERSON_HEAD:
		return (int)rng_range(r, 27, 69);
	case PERSON_RELATIVE:
		return (int)rng_range(r, 18, 82);
	case PERSON_SELF_EMPLOYED:
		return (int)rng_range(r, 22, 72);
	}
	return 40;
}

static void flags_text(uint64_t flags, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (const struct name *n = person_flag_names; n->word != NULL; n++)
		if ((flags >> n->value & 1) != 0 && at < size) {
			int len = snprintf(text + at, size - at, "%s%s", at > 0 ? "|" : "", n->word);

			at += len > 0 ? (size_t)len : 0;
		}
}

/* When the history was last known to be complete: blank for some, long ago for a few. */
static void as_of_text(const struct ctl_demo_world *w, struct rng *r, char text[11])
{
	uint32_t draw = rng_below(r, 100);

	text[0] = '\0';
	if (draw < 76)
		date_format(date_add_days(w->first, -4), text);
	else if (draw < 84)
		date_format(date_add_days(w->first, -(int)rng_range(r, 5, 120)), text);
	else if (draw < 88)
		date_format(date_add_days(w->first, -(int)rng_range(r, 370, 700)), text);
}

/* Writes a person and the history. Returns the number. */
static uint32_t add_person(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r, int32_t company,
	struct ctl_demo_person *p)
{
	const struct ctl_demo_company *c = company >= 0 ? &s->companies.items[company] : NULL;
	char flags[512], birth[11], as_of[11], priority[12] = "", relative[CTL_DEMO_ID + 16] = "";
	enum person_kind kind = (enum person_kind)p->kind;
	uint32_t relative_of = p->number; /* of a relative: whose */
	int age = draw_age(r, kind);

	p->number = (uint32_t)s->people.len + 1;
	p->company = company;
	p->sex = rng_below(r, 100) < 48 ? 'F' : 'M';
	p->birth = date_add_days(date_add_rolled(w->first, -age, 0, 0), -(int)rng_below(r, 365));
	enum ctl_demo_trade trade = c == NULL ? CTL_DEMO_TRADE_FARM :
		kind == PERSON_RELATIVE ? CTL_DEMO_TRADE_PLAIN : ctl_demo_company_trade(c);

	p->flags = draw_flags(r, p, age, trade);
	if (rng_below(r, 100) < 3)
		snprintf(priority, sizeof(priority), "%d", 1 + (int)rng_below(r, 5));
	if (kind == PERSON_RELATIVE && relative_of != 0)
		snprintf(relative, sizeof(relative), "%s-%06u", s->id, relative_of);
	flags_text(p->flags, flags, sizeof(flags));
	as_of_text(w, r, as_of);
	ctl_demo_files_row(&w->files, CTL_DEMO_PEOPLE, "%s-%06u;%s;%s;%s;%c;%s;%s;%s;%s;%s", s->id, p->number, s->id,
		c != NULL ? c->siret : "", date_format(p->birth, birth), p->sex, names_word(person_kind_names, (int)kind),
		flags, relative, priority, as_of);
	ctl_demo_history_write(w, s, r, p, age);
	VEC_PUSH(&s->people, *p);
	return p->number;
}

static void add_company_people(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r, int32_t company)
{
	const struct ctl_demo_company c = s->companies.items[company];
	enum person_kind kind = c.temp_agency ? PERSON_TEMPORARY : c.works_at >= 0 ? PERSON_CONTRACTOR : PERSON_EMPLOYEE;
	uint32_t first = 0;

	for (int i = 0; i < c.headcount + c.heads; i++) {
		struct ctl_demo_person p = {.kind = (uint8_t)(i < c.headcount ? kind : PERSON_HEAD)};
		uint32_t number = add_person(w, s, r, company, &p);

		first = first == 0 ? number : first;
	}
	for (int i = 0; i < c.relatives; i++) {
		struct ctl_demo_person p = {.kind = PERSON_RELATIVE,
			.number = first + rng_below(r, (uint32_t)(c.headcount + c.heads))};

		add_person(w, s, r, company, &p);
	}
}

int ctl_demo_people_self_employed(const struct ctl_demo_service *s)
{
	return s->profile.kind == SERVICE_MSA ? s->people_target / 25 + 1 : s->people_target / 400 + 1;
}

void ctl_demo_people_write(struct ctl_demo_world *w, struct ctl_demo_service *s)
{
	char stream[CTL_DEMO_ID + 16];
	struct rng r;
	int self_employed = ctl_demo_people_self_employed(s);

	snprintf(stream, sizeof(stream), "%s/people", s->id);
	rng_init(&r, w->seed, stream);
	for (size_t i = 0; i < s->companies.len; i++)
		add_company_people(w, s, &r, (int32_t)i);
	for (int i = 0; i < self_employed; i++) {
		struct ctl_demo_person p = {.kind = PERSON_SELF_EMPLOYED};

		add_person(w, s, &r, i % 3 == 0 && s->companies.len > 0 ? (int32_t)rng_below(&r, (uint32_t)s->companies.len) : -1, &p);
	}
}
