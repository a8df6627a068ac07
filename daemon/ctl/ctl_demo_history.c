/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_history: draws vaccination histories. */
#include "ctl_demo_history.h"

#include <stdio.h>

enum product { COMIRNATY, SPIKEVAX, VAXZEVRIA, JANSSEN };

static const struct {
	const char *cvx, *name;
} products[] = {[COMIRNATY] = {"208", "COMIRNATY"}, [SPIKEVAX] = {"207", "SPIKEVAX"},
	[VAXZEVRIA] = {"210", "VAXZEVRIA"}, [JANSSEN] = {"212", "JANSSEN"}};

/* Where a person stands, with its share in thousandths. */
enum standing {
	STANDING_NONE,           /* never vaccinated */
	STANDING_REFUSED,        /* refused lately */
	STANDING_REFUSED_ONCE,   /* refused long ago */
	STANDING_FIRST,          /* one dose, the second is due */
	STANDING_FIRST_NEW,      /* one dose a few days ago */
	STANDING_TWO,            /* two doses in summer or before: a booster is due */
	STANDING_TWO_REFUSED,    /* the same, and refused the booster lately */
	STANDING_TWO_RECENT,     /* two doses in autumn: due later, or in the month */
	STANDING_BOOSTED,
	STANDING_JANSSEN,        /* Janssen alone */
	STANDING_JANSSEN_MRNA,   /* and mRNA after */
	STANDING_RECOVERED,      /* infection before, then one dose */
	STANDING_INFECTED_AFTER, /* one dose, then the infection */
	STANDING_TWO_INFECTED,   /* two doses, infected in December */
	STANDING_INFECTED,       /* infected in December, no dose */
	STANDINGS
};
static const uint16_t shares[STANDINGS] = {
	[STANDING_NONE] = 62, [STANDING_REFUSED] = 20, [STANDING_REFUSED_ONCE] = 14, [STANDING_FIRST] = 26,
	[STANDING_FIRST_NEW] = 14, [STANDING_TWO] = 332, [STANDING_TWO_REFUSED] = 28, [STANDING_TWO_RECENT] = 110,
	[STANDING_BOOSTED] = 290, [STANDING_JANSSEN] = 12, [STANDING_JANSSEN_MRNA] = 8, [STANDING_RECOVERED] = 42,
	[STANDING_INFECTED_AFTER] = 12, [STANDING_TWO_INFECTED] = 22, [STANDING_INFECTED] = 8,
};

static enum standing draw_standing(struct rng *r)
{
	uint32_t draw = rng_below(r, 1000);

	for (int i = 0; i < STANDINGS; i++) {
		if (draw < shares[i])
			return (enum standing)i;
		draw -= shares[i];
	}
	return STANDING_TWO;
}

/* The history of one person, written line by line. */
struct teller {
	struct ctl_demo_world *w;
	const struct ctl_demo_service *s;
	const struct ctl_demo_person *p;
	struct rng *r;
};

static void tell(struct teller *t, int days_before, const char *code, const char *lot)
{
	char date[11];

	ctl_demo_files_row(&t->w->files, CTL_DEMO_HISTORY, "%s-%06u;%s;%s;%s", t->s->id, t->p->number,
		date_format(date_add_days(t->w->first, -days_before), date), code, lot);
}

static void dose(struct teller *t, int days_before, enum product product)
{
	char lot[16] = "";

	if (rng_below(t->r, 8) == 0)
		snprintf(lot, sizeof(lot), "DX%05u", rng_below(t->r, 100000));
	tell(t, days_before, t->s->profile.product_codes ? products[product].name : products[product].cvx, lot);
}

static int days(struct teller *t, int from, int to)
{
	return (int)rng_range(t->r, from, to);
}

/* mRNA vaccine of a primary series. */
static enum product mrna(struct teller *t, int age)
{
	return age >= 30 && rng_below(t->r, 100) < 17 ? SPIKEVAX : COMIRNATY;
}

/* Two doses, the second `last` days before the month. */
static void two_doses(struct teller *t, int age, int last)
{
	if (age >= 56 && last > 100 && rng_below(t->r, 100) < 18) {
		dose(t, last + days(t, 63, 84), VAXZEVRIA);
		dose(t, last, VAXZEVRIA);
		return;
	}
	enum product product = mrna(t, age);

	dose(t, last + days(t, product == COMIRNATY ? 21 : 28, 42), product);
	dose(t, last, product);
}

/* Boosters before 24 December 2021 came 153 days after the last dose at the earliest. */
static void boosted(struct teller *t, int age)
{
	int booster = age >= 65 ? days(t, 6, 85) : days(t, 4, 33);

	two_doses(t, age, booster + days(t, 156, 200));
	dose(t, booster, age >= 30 && rng_below(t->r, 100) < 25 ? SPIKEVAX : COMIRNATY);
}

static void one_dose(struct teller *t, enum standing standing, int age)
{
	int last;

	switch (standing) {
	case STANDING_FIRST:
		dose(t, days(t, 30, 60), mrna(t, age));
		break;
	case STANDING_FIRST_NEW:
		dose(t, days(t, 3, 12), mrna(t, age));
		break;
	case STANDING_JANSSEN:
		dose(t, days(t, 40, 180), age >= 55 ? JANSSEN : COMIRNATY);
		break;
	case STANDING_JANSSEN_MRNA:
		last = days(t, 30, 80);
		dose(t, last + days(t, 40, 100), age >= 55 ? JANSSEN : COMIRNATY);
		dose(t, last, COMIRNATY);
		break;
	case STANDING_RECOVERED:
		last = days(t, 60, 250);
		tell(t, last + days(t, 70, 200), "INF-COVID", "");
		dose(t, last, mrna(t, age));
		break;
	case STANDING_INFECTED_AFTER:
		last = days(t, 40, 200);
		dose(t, last + days(t, 20, 60), mrna(t, age));
		tell(t, last, "INF-COVID", "");
		break;
	case STANDING_NONE: case STANDING_REFUSED: case STANDING_REFUSED_ONCE: case STANDING_TWO:
	case STANDING_TWO_REFUSED: case STANDING_TWO_RECENT: case STANDING_BOOSTED: case STANDING_TWO_INFECTED:
	case STANDING_INFECTED: case STANDINGS:
		break;
	}
}

void ctl_demo_history_write(struct ctl_demo_world *w, const struct ctl_demo_service *s, struct rng *r,
	const struct ctl_demo_person *p, int age)
{
	struct teller t = {.w = w, .s = s, .p = p, .r = r};
	enum standing standing = draw_standing(r);

	/* Few with weak defences went without. */
	if ((p->flags & 1u << FLAG_IMMUNOSUPPRESSED) != 0 && standing < STANDING_TWO)
		standing = STANDING_TWO;
	if (age >= 65 && standing == STANDING_TWO && rng_below(r, 3) != 0)
		standing = STANDING_BOOSTED;
	if (age < 18 && standing == STANDING_BOOSTED)
		standing = STANDING_TWO_RECENT;
	switch (standing) {
	case STANDING_NONE:
		break;
	case STANDING_REFUSED:
		tell(&t, days(&t, 3, 55), "REFUSAL:COVID-19", "");
		break;
	case STANDING_REFUSED_ONCE:
		tell(&t, days(&t, 95, 260), "REFUSAL:COVID-19", "");
		break;
	case STANDING_TWO:
		two_doses(&t, age, days(&t, 95, 215));
		break;
	case STANDING_TWO_REFUSED:
		two_doses(&t, age, days(&t, 120, 215));
		tell(&t, days(&t, 5, 50), "REFUSAL:COVID-19", "");
		break;
	case STANDING_TWO_RECENT:
		two_doses(&t, age, days(&t, 15, 92));
		break;
	case STANDING_BOOSTED:
		boosted(&t, age);
		break;
	case STANDING_TWO_INFECTED:
		two_doses(&t, age, days(&t, 110, 215));
		tell(&t, days(&t, 5, 75), "INF-COVID", "");
		break;
	case STANDING_INFECTED:
		tell(&t, days(&t, 5, 75), "INF-COVID", "");
		break;
	case STANDING_FIRST: case STANDING_FIRST_NEW: case STANDING_JANSSEN: case STANDING_JANSSEN_MRNA:
	case STANDING_RECOVERED: case STANDING_INFECTED_AFTER: case STANDINGS:
		one_dose(&t, standing, age);
		break;
	}
}
