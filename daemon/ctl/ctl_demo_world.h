/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_world: the plain values that the parts of the demo generator share: the
 * run, one service with its profile, centres, staff, companies and people. All
 * memory of a service is freed before the next one begins. */
#ifndef PLANVAX_CTL_DEMO_WORLD_H
#define PLANVAX_CTL_DEMO_WORLD_H

#include "ctl_demo_files.h"
#include "ctl_demo_geo.h"

#include <planvax/base/civil.h>
#include <planvax/base/rng.h>
#include <planvax/base/vec.h>
#include <planvax/model/registers.h>
#include <stdbool.h>
#include <stdint.h>

#define CTL_DEMO_ID 24

/* One run of the command. */
struct ctl_demo_world {
	struct ctl_demo_geo geo;
	struct ctl_demo_files files;
	uint64_t seed;
	struct date first, last;    /* of the month */
	int n_services, mean_people;
	uint64_t next_siren, next_rpps, next_company;
	uint64_t visits;            /* in calendars and visits.csv */
	char regions_done[32][3];   /* whose partners are written */
	size_t n_regions_done;
};

/* What makes a service special, so that every kind of answer occurs in the five services of the default run. */
struct ctl_demo_profile {
	enum service_kind kind;
	enum ctl_demo_area_class class;
	bool vehicle;         /* has a vaccibus */
	bool short_driver;    /* whose driver is there until the 6th only: too early for companies to be told */
	bool visit_table;     /* its visits are rows of visits.csv */
	bool product_codes;   /* histories name products, not CVX codes */
	bool mobilised;
	bool seconded;        /* those who vaccinate are lent to a vaccination centre from the 7th */
	int visits_pct;       /* visits of the month, per cent of its people */
	int vials_pct;        /* stock, per cent of what is enough */
	int rural_pct;        /* companies in rural communes, at least */
	int isolated_pct;     /* companies far from every vaccination place */
};

struct ctl_demo_centre {
	char id[CTL_DEMO_ID];
	char name[112];
	enum centre_kind kind;
	uint32_t commune;
	struct ctl_demo_point at;
};

/* Hours of a member of staff: two ranges a day. */
struct ctl_demo_hours {
	const char *text;      /* for the register; "" is the default */
	int from[2], to[2];    /* minutes of the morning and of the afternoon */
	unsigned weekdays;     /* bit 0 Monday */
};

struct ctl_demo_staff {
	char id[CTL_DEMO_ID];
	char email[64];
	enum staff_role role;
	bool vaccinates;
	size_t centre;
	const struct ctl_demo_hours *hours;
};

struct ctl_demo_company {
	char siret[15];
	uint64_t number;       /* part of its invented name */
	uint32_t commune;
	struct ctl_demo_point at;
	bool has_position;
	size_t naf;            /* row of the table of activities */
	int headcount, heads, relatives;
	bool agricultural, temp_agency, can_host;
	int32_t works_at;      /* index of the host, or -1 */
	int expected;          /* -1 blank */
};

struct ctl_demo_person {
	uint32_t number;       /* person_ref is SERVICE-number */
	int32_t company;       /* or -1 */
	struct date birth;
	uint64_t flags;        /* bits 1 << FLAG_... */
	char sex;
	uint8_t kind;          /* enum person_kind */
};

struct ctl_demo_service {
	char id[CTL_DEMO_ID];
	int number;            /* from 0 */
	int people_target;
	struct ctl_demo_profile profile;
	const struct ctl_demo_area *area;
	const char *region, *departement;
	const char *zone;      /* IANA name */
	uint32_t *members;     /* communes of the area; owned */
	size_t n_members;
	uint32_t second_town;  /* commune of the second centre */
	uint32_t shut_town;    /* commune of the town hall that opens in the evening only, or next month */
	uint32_t remote_town;  /* commune far from all centres */
	VEC(struct ctl_demo_centre) centres;
	VEC(struct ctl_demo_staff) staff;
	VEC(struct ctl_demo_company) companies;
	VEC(struct ctl_demo_person) people;
};

#endif
