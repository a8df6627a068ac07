/* SPDX-License-Identifier: Apache-2.0 */
/* explain: see explain.h. */
#include "explain.h"

#include <limits.h>

/* How many constraints must be lifted. */
static int count(unsigned bars)
{
	int n = 0;

	for (; bars; bars &= bars - 1)
		n++;
	return n;
}

/* The first of the bars. */
static unsigned first(unsigned bars)
{
	return bars & (~bars + 1);
}

bool explain_nearer(const struct explain_finding *x, const struct explain_finding *y)
{
	int nx = count(x->bars);
	int ny = count(y->bars);

	if (nx != ny)
		return nx < ny;
	if (first(x->bars) != first(y->bars))
		return first(x->bars) < first(y->bars);
	if (first(x->bars) & (EXPLAIN_CAPACITY | EXPLAIN_TOO_SMALL) && x->missing != y->missing)
		return x->missing < y->missing;
	if (x->fresh != y->fresh)
		return !x->fresh;
	return x->distance_m < y->distance_m;
}

/* ---- words */

static const char *place(const struct solution *s, struct arena *arena, const struct explain_finding *x)
{
	const struct site *site;
	const char *name;
	char date[11];

	if (x->site < 0)
		return "";
	site = &s->sites->items[x->site];
	name = site->centre >= 0 ? s->p->s->centres[site->centre].name : s->p->s->companies[site->company].name;
	if (x->day < 0)
		return arena_printf(arena, "%s (%d,%d km) : ", name, (int)(x->distance_m / 1000), (int)(x->distance_m % 1000 / 100));
	return arena_printf(arena, "%s, le %s (%d,%d km) : ", name, date_format(s->p->days[x->day].date, date), (int)(x->distance_m / 1000),
		(int)(x->distance_m % 1000 / 100));
}

static const char *reaches(struct arena *arena, const struct explain_finding *x)
{
	if (x->reached <= 1)
		return "";
	return arena_printf(arena, " et atteindrait %d personnes", (int)x->reached);
}

static const char *bar_text(const struct solution *s, struct arena *arena, const struct explain_finding *x, unsigned bar)
{
	const struct plan_options *o = s->p->o;

	switch ((enum explain_bar)bar) {
	case EXPLAIN_DOSES:
		if (x->product < 0)
			return "aucune dose en stock ne convient à ces personnes";
		return arena_printf(arena, "il manque %d flacon%s de %s ce jour-là", (int)x->vials, x->vials > 1 ? "s" : "",
			s->p->products[x->product].product);
	case EXPLAIN_CAPACITY:
		return arena_printf(arena, "toutes les places sont prises, il en manque %d", (int)x->missing);
	case EXPLAIN_STAFF:
		if (x->vehicle)
			return arena_printf(arena, "aucun équipage n'est libre ; une journée de vaccibus de plus y suffirait%s", reaches(arena, x));
		return arena_printf(arena, "aucune équipe n'est libre ; une équipe de plus ce jour-là y suffirait%s", reaches(arena, x));
	case EXPLAIN_NOTICE:
		return "le délai d'annonce ne suffit plus";
	case EXPLAIN_HOURS:
		return "le lieu n'est pas ouvert, ou rien n'est attendu ce jour-là";
	case EXPLAIN_PINNED:
		return x->fresh ? "une interdiction exclut ce lieu ou ce jour" : "l'offre publiée est figée";
	case EXPLAIN_TOO_SMALL:
		return arena_printf(arena, "trop peu de personnes seraient attendues, il en manque %d", (int)x->missing);
	case EXPLAIN_DISTANCE:
		return arena_printf(arena, "plus de %d,%d km par la route", (int)(o->distance_limit_m / 1000), (int)(o->distance_limit_m % 1000 / 100));
	case EXPLAIN_NOT_WORTH:
		return "l'offre coûterait plus qu'elle n'apporte";
	case EXPLAIN_NO_HOST:
		return "assez de personnes pour une séance, mais ni salle dans l'entreprise ou à proximité, ni véhicule";
	}
	return "";
}

static enum unserved_reason reason_of(unsigned bar)
{
	switch ((enum explain_bar)bar) {
	case EXPLAIN_DOSES:
		return UNSERVED_DOSES;
	case EXPLAIN_CAPACITY:
		return UNSERVED_CAPACITY;
	case EXPLAIN_STAFF:
		return UNSERVED_STAFF;
	case EXPLAIN_NOTICE:
		return UNSERVED_NOTICE;
	case EXPLAIN_HOURS:
		return UNSERVED_HOURS;
	case EXPLAIN_PINNED:
		return UNSERVED_PINNED;
	case EXPLAIN_TOO_SMALL:
		return UNSERVED_TOO_SMALL;
	case EXPLAIN_DISTANCE:
		return UNSERVED_DISTANCE;
	case EXPLAIN_NO_HOST:
		return UNSERVED_NO_HOST;
	case EXPLAIN_NOT_WORTH:
		return UNSERVED_NOT_WORTH;
	}
	return UNSERVED_NOT_WORTH;
}

void explain_tell(const struct solution *s, struct arena *arena, const struct explain_finding *x, struct plan_unserved *out)
{
	const char *where = place(s, arena, x);
	const char *also = "";

	for (unsigned rest = x->bars & (x->bars - 1); rest; rest &= rest - 1)
		also = arena_printf(arena, "%s ; en outre, %s", also, bar_text(s, arena, x, first(rest)));
	out->reason = reason_of(first(x->bars));
	out->detail = arena_printf(arena, "%s%s%s.", where, bar_text(s, arena, x, first(x->bars)), also);
}
