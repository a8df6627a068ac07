/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_team: who works in a service of the demo data, and with what. */
#include "ctl_demo_team.h"

#include "ctl_demo_id.h"

#include <string.h>

#define M(h, m) ((h) * 60 + (m))
#define MON_FRI 0x1fu

static const struct ctl_demo_hours hours[] = {
	{"", {M(8, 30), M(13, 30)}, {M(12, 30), M(17, 30)}, MON_FRI},
	{"mon-fri 08:00-12:00,13:00-17:00", {M(8, 0), M(13, 0)}, {M(12, 0), M(17, 0)}, MON_FRI},
	{"mon-fri 09:00-12:30,13:30-18:00", {M(9, 0), M(13, 30)}, {M(12, 30), M(18, 0)}, MON_FRI},
	{"mon-fri 08:30-12:30,13:30-17:30", {M(8, 30), M(13, 30)}, {M(12, 30), M(17, 30)}, MON_FRI},
	{"mon-thu 08:30-12:30,13:30-17:30", {M(8, 30), M(13, 30)}, {M(12, 30), M(17, 30)}, 0x0fu},
	{"mon-tue 08:30-12:30,13:00-17:00|thu-fri 08:30-12:30,13:00-17:00", {M(8, 30), M(13, 0)}, {M(12, 30), M(17, 0)},
		0x1bu},
};
static const struct ctl_demo_hours driver_hours = {
	"mon-fri 08:00-12:00,13:00-18:00", {M(8, 0), M(13, 0)}, {M(12, 0), M(18, 0)}, MON_FRI};

static const struct {
	const char *letter, *title;
} roles[] = {[STAFF_PHYSICIAN] = {"P", "Médecin"}, [STAFF_NURSE] = {"N", "Infirmier"},
	[STAFF_ASSISTANT] = {"A", "Assistant"}, [STAFF_DRIVER] = {"D", "Conducteur"},
	[STAFF_MEDIATOR] = {"M", "Médiateur"}, [STAFF_INTERPRETER] = {"I", "Interprète"}};

static void add_member(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r, enum staff_role role, int n)
{
	struct ctl_demo_staff m = {.role = role, .vaccinates = true};
	bool medical = role == STAFF_PHYSICIAN || role == STAFF_NURSE;
	char rpps[12] = "", days[12] = "";
	size_t n_own = 0;

	while (n_own < s->centres.len && s->centres.items[n_own].kind == CENTRE_SERVICE)
		n_own++;
	snprintf(m.id, sizeof(m.id), "%.8s-%s%02d", s->id, roles[role].letter, n);
	snprintf(m.email, sizeof(m.email), "s%03d-%c%02d@s%03d.example", s->number + 1, roles[role].letter[0] | 0x20, n,
		s->number + 1);
	m.centre = role == STAFF_DRIVER || n_own == 0 ? 0 : (size_t)(n - 1) % n_own;
	m.hours = role == STAFF_DRIVER ? &driver_hours : &hours[rng_below(r, sizeof(hours) / sizeof(hours[0]))];
	if (n == 1 && medical) /* there every day, so that a weekly day is possible */
		m.hours = &hours[rng_below(r, 4)];
	if (role == STAFF_PHYSICIAN)
		m.vaccinates = !(n == 3 || (s->profile.seconded && n == 2));
	if (medical) {
		ctl_demo_id_rpps(w->next_rpps++, rpps);
		if (s->profile.seconded)
			snprintf(days, sizeof(days), "1");
		else if (rng_below(r, 3) == 0)
			snprintf(days, sizeof(days), "%d", (int)rng_range(r, 2, 4));
	}
	bool polyglot = role == STAFF_MEDIATOR || role == STAFF_INTERPRETER || rng_below(r, 4) == 0;
	/* A driver is told no centre of his own now and then: then it is the service's first. */
	ctl_demo_files_row(&w->files, CTL_DEMO_STAFF, "%s;%s;%s;%s;%s %s;%s;%s;%s;%s;%s;%d", m.id, s->id,
		names_word(staff_role_names, (int)role), rpps, roles[role].title, m.id, m.email,
		role == STAFF_ASSISTANT && n == 1 ? "" : s->centres.items[m.centre].id, m.hours->text,
		role == STAFF_INTERPRETER ? "fr|ar|en|pt" : polyglot ? "fr|en" : "fr", days, m.vaccinates);
	VEC_PUSH(&s->staff, m);
}

static void add_staff(struct ctl_demo_world *w, struct ctl_demo_service *s, struct rng *r)
{
	bool autonomous = s->profile.kind == SERVICE_SPSTA;
	int people = s->people_target;
	const int wanted[] = {
		[STAFF_PHYSICIAN] = (autonomous ? 2 : 3) + people / 6000,
		[STAFF_NURSE] = (autonomous ? 1 : 2) + people / 9000,
		[STAFF_ASSISTANT] = (autonomous ? 1 : 2) + people / 9000,
		[STAFF_DRIVER] = s->profile.vehicle ? 1 + people / 30000 : 0,
		[STAFF_MEDIATOR] = s->number % 3 == 0,
		[STAFF_INTERPRETER] = s->number % 3 == 1,
	};

	for (int role = STAFF_PHYSICIAN; role <= STAFF_INTERPRETER; role++)
		for (int n = 1; n <= wanted[role] && n <= 99; n++)
			add_member(w, s, r, (enum staff_role)role, n);
}

static void add_vehicles(struct ctl_demo_world *w, const struct ctl_demo_service *s)
{
	if (!s->profile.vehicle)
		return;
	for (int n = 1; n <= 1 + s->people_target / 30000; n++)
		ctl_demo_files_row(&w->files, CTL_DEMO_VEHICLES, "%.8s-V%02d;%s;%s;%d;%s;%d;%d;15", s->id, n, s->id,
			s->centres.items[0].id, 1 + (s->number + n) % 2, n % 2 == 1 ? "mon-fri" : "tue-thu", n % 2 == 1 ? 480 : 420,
			s->number % 2 == 0 ? 30 : 25);
}

/* A delivery to a centre, or to the service as a whole (centre NULL). */
struct delivery {
	const struct ctl_demo_centre *centre;
	const char *product, *lot_prefix;
	int vials, day, expires_day; /* days from the first of the month; expires_day 0: none told */
};

static void add_delivery(struct ctl_demo_world *w, const struct ctl_demo_service *s, const struct delivery *d)
{
	char delivered[11], expires[11] = "";

	if (d->vials <= 0)
		return;
	if (d->expires_day != 0)
		date_format(date_add_days(w->first, d->expires_day), expires);
	ctl_demo_files_row(&w->files, CTL_DEMO_STOCK, "%s;%s;%s;%s;%d;%s%03d%02d;%s",
		d->centre != NULL ? d->centre->id : "", d->centre != NULL ? "" : s->id, d->product,
		date_format(date_add_days(w->first, d->day), delivered), d->vials, d->lot_prefix, s->number + 1, d->day + 10,
		expires);
}

/* Weekly deliveries: Comirnaty everywhere, some Spikevax and Janssen; a week is skipped, a lot expires early. */
static void add_stock(struct ctl_demo_world *w, const struct ctl_demo_service *s, struct rng *r)
{
	static const int days[] = {-3, 3, 10, 17, 24};
	/* One dose a month for every twelfth person is plenty; six in a vial. */
	int month = (int)((int64_t)s->people_target * s->profile.vials_pct / 100 / 12 / 6) + 1;
	size_t n_own = 0;

	while (n_own < s->centres.len && s->centres.items[n_own].kind == CENTRE_SERVICE)
		n_own++;
	for (size_t wave = 0; wave < sizeof(days) / sizeof(days[0]); wave++) {
		bool skipped = wave == 1 + (size_t)s->number % 3;
		int day = days[wave], vials = month / 5 + (rng_below(r, 5) < (uint32_t)(month % 5));

		for (size_t c = 0; c < n_own && !skipped; c++) {
			int share = c == 0 ? vials * 55 / 100 + 1 : vials * 45 / 100 / (int)(n_own - 1);
			bool early = c == 1 && wave == 0;

			add_delivery(w, s, &(struct delivery){.centre = c == 1 && wave == 3 ? NULL : &s->centres.items[c],
				.product = s->number % 4 == 3 ? "208" : "COMIRNATY", .lot_prefix = c == 1 ? "CB" : "CA", .vials = share,
				.day = day, .expires_day = early ? 11 : day + 31});
		}
		if (wave % 3 == 0 && s->profile.kind != SERVICE_SPSTA)
			add_delivery(w, s, &(struct delivery){.centre = &s->centres.items[0], .product = "SPIKEVAX",
				.lot_prefix = "SP", .vials = month / 25 + (s->number % 2 == 0), .day = day,
				.expires_day = wave == 0 ? 12 : day + 45});
	}
	if (s->number % 2 == 1)
		add_delivery(w, s, &(struct delivery){.centre = &s->centres.items[0], .product = "JANSSEN", .lot_prefix = "JA",
			.vials = 1 + month / 60, .day = 3, .expires_day = 120});
}

static void add_partners(struct ctl_demo_world *w, const struct ctl_demo_service *s)
{
	const struct ctl_demo_commune *seat = &w->geo.communes[s->area->seat];

	for (size_t i = 0; i < w->n_regions_done; i++)
		if (strcmp(w->regions_done[i], s->region) == 0)
			return;
	if (w->n_regions_done == sizeof(w->regions_done) / sizeof(w->regions_done[0]))
		return;
	memcpy(w->regions_done[w->n_regions_done++], s->region, 3);
	ctl_demo_files_row(&w->files, CTL_DEMO_PARTNERS, "Relais Santé %s;%s;%s;précarité|migrants;fr|ar|en;contact@relais-%s.example",
		s->region, s->region, seat->insee, s->region);
	ctl_demo_files_row(&w->files, CTL_DEMO_PARTNERS, "Collectif Aller-vers %s;%s;;travailleurs saisonniers;fr;", s->region,
		s->region);
}

void ctl_demo_team_write(struct ctl_demo_world *w, struct ctl_demo_service *s)
{
	char stream[CTL_DEMO_ID + 8];
	struct rng r;

	snprintf(stream, sizeof(stream), "%s/team", s->id);
	rng_init(&r, w->seed, stream);
	add_staff(w, s, &r);
	add_vehicles(w, s);
	add_stock(w, s, &r);
	add_partners(w, s);
}
