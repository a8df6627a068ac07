/* SPDX-License-Identifier: Apache-2.0 */
/* registers: the rows of a data set (INTERFACE.md 2) as plain structs, one per
 * thing, used by intake, store and planner alike. Texts are borrowed from
 * whoever made the row; an optional text is NULL when blank. Members under
 * "links" are filled by snapshot_seal and -1 or unset before; indexes point
 * into the arrays of the same snapshot. Prefixes: registers_, service_kind_, centre_kind_,
 * staff_role_, company_regime_, company_kind_, person_kind_, person_flag_. */
#ifndef PLANVAX_MODEL_REGISTERS_H
#define PLANVAX_MODEL_REGISTERS_H

#include <planvax/base/civil.h>
#include <planvax/base/geo.h>
#include <planvax/base/names.h>
#include <planvax/model/hours.h>
#include <stdbool.h>
#include <stdint.h>

enum service_kind { SERVICE_SPSTI, SERVICE_SPSTA, SERVICE_MSA };
extern const struct name service_kind_names[];

enum centre_kind {
	CENTRE_SERVICE, CENTRE_MSA, CENTRE_TOWN_HALL, CENTRE_HEALTH_CENTRE, CENTRE_HOSPITAL,
	CENTRE_PHARMACY, CENTRE_CEGIDD, CENTRE_VACCINATION_CENTRE
};
extern const struct name centre_kind_names[];

enum staff_role { STAFF_PHYSICIAN, STAFF_NURSE, STAFF_ASSISTANT, STAFF_DRIVER, STAFF_MEDIATOR, STAFF_INTERPRETER };
extern const struct name staff_role_names[];

enum company_regime { REGIME_GENERAL, REGIME_AGRICULTURAL };
extern const struct name company_regime_names[];

enum company_kind { COMPANY_PLAIN, COMPANY_TEMP_AGENCY };
extern const struct name company_kind_names[];

enum person_kind { PERSON_EMPLOYEE, PERSON_TEMPORARY, PERSON_CONTRACTOR, PERSON_HEAD, PERSON_RELATIVE, PERSON_SELF_EMPLOYED };
#define PERSON_KINDS 6
extern const struct name person_kind_names[];

/* Bits of struct person.flags, in the order of person_flag_names (values are bit numbers). */
enum person_flag {
	FLAG_DISABLED, FLAG_INVALIDITY_PENSION, FLAG_UNDER_18, FLAG_PREGNANT, FLAG_PREGNANT_POSTPARTUM_BREASTFEEDING,
	FLAG_NIGHT_WORKER, FLAG_EMF_ABOVE_LIMIT, FLAG_BIO_GROUP_2, FLAG_IONISING_CAT_A, FLAG_IMMUNOSUPPRESSED,
	FLAG_SEVERE_RISK, FLAG_PRIORITY_OCCUPATION, FLAG_HEALTH_WORKER, FLAG_CARE_WORKER, FLAG_SEWAGE_WATER,
	FLAG_ANIMAL_CONTACT, FLAG_LABORATORY, FLAG_FORESTRY, FLAG_TRAVEL_ENDEMIC, FLAG_MPOX_RISK, FLAG_MPOX_CONTACT,
	FLAG_SMALLPOX_VACCINATED, FLAG_CAPILLARY_LEAK, FLAG_ANAPHYLAXIS_MRNA
};
extern const struct name person_flag_names[];

struct service {
	const char *service_id; /* key */
	const char *name;
	enum service_kind kind;
	const char *siret;      /* or NULL */
	const char *region;     /* INSEE code */
	const char *timezone;   /* IANA name; NULL: the region's */
	bool mobilised;
	const char *contact_email; /* or NULL */
};

/* IANA zone of a region without a timezone of its own (PLANNING.md 1). Static text. */
const char *registers_region_zone(const char *region);

struct commune {
	const char *insee; /* key */
	const char *name;
	const char *departement;
	const char *region;
	struct geo_point at;
	int32_t population; /* -1 unknown */
	int8_t dens7;       /* INSEE density level 1-7; 0 unknown (not rural); 5-7 rural */
};

struct centre {
	const char *centre_id; /* key */
	const char *service_id;
	const char *name;
	enum centre_kind kind;
	const char *insee;
	bool has_position;
	struct geo_point at;   /* given, or after sealing the commune's */
	struct hours hours;
	int32_t posts;         /* vaccination posts, >= 1 */
	struct date opens_on;  /* first open day; DATE_NONE: always was */
	struct date closes_on; /* last open day; DATE_NONE: no end */
	/* links */
	int32_t commune;       /* -1: unknown; then it has a position of its own */
};

struct staff {
	const char *staff_id; /* key */
	const char *service_id;
	enum staff_role role;
	bool vaccinates;
	const char *rpps;      /* or NULL */
	const char *name;
	const char *email;     /* or NULL; compared in lower case */
	const char *centre_id; /* NULL: the service's first centre of kind service */
	struct hours hours;
	const char *languages; /* pipe-separated, or NULL */
	int32_t max_days_per_week; /* days with offers; -1: by role (1, 3, 5) */
	/* links */
	int32_t centre;        /* -1: the service has no centre */
};

struct vehicle {
	const char *vehicle_id; /* key */
	const char *service_id;
	const char *centre_id;  /* base */
	int32_t posts;
	unsigned weekdays;      /* bit 0 Monday */
	int32_t max_minutes, setup_min, pack_min;
	/* links */
	int32_t centre;
};

struct company {
	const char *siret; /* key, with service_id */
	const char *service_id;
	const char *name;
	const char *insee;
	bool has_position;
	struct geo_point at;    /* given, its host's, or after sealing the commune's */
	const char *naf;        /* or NULL */
	int32_t headcount;
	enum company_regime regime;
	enum company_kind kind;
	const char *works_at;   /* SIRET of the host, or NULL */
	bool can_host;
	int32_t expected_takers; /* -1: by the uptake model */
	const char *contact_email; /* or NULL */
	/* links */
	struct geo_point own_at; /* of its own row, where has_position; `at` may be its host's */
	int32_t host;           /* company of works_at; -1 none, or not of this service */
	int32_t commune;        /* where it lies: its host's, if it has one; -1 unknown, then it has a position of its own */
	int32_t first_person, n_persons; /* range in snapshot.people_by_company */
};

struct person {
	const char *person_ref; /* key */
	const char *service_id;
	const char *siret;      /* or NULL */
	struct date birth;
	char sex;               /* 'F', 'M' or 'U' */
	enum person_kind kind;
	uint64_t flags;         /* bits 1 << FLAG_... */
	const char *other_flags; /* unknown flags, pipe-separated, kept; or NULL */
	const char *relative_of; /* person_ref, or NULL */
	int32_t priority;       /* 1-9; 0: by rules */
	struct date history_as_of; /* DATE_NONE: unknown */
	/* links */
	int32_t company;        /* -1 none */
	int32_t first_event, n_events; /* range in snapshot.events, by date */
	int32_t first_visit, n_visits; /* range in snapshot.visits_by_person, by start */
};

/* One line of history.csv: a dose, an infection, an observation or a refusal. */
struct history_event {
	const char *person_ref;
	struct date date;
	const char *code;
	const char *lot;        /* or NULL */
};

struct stock_lot {
	const char *centre_id;  /* NULL: the service's own stock */
	const char *service_id; /* never NULL after sealing */
	const char *product;    /* as given: product or CVX code */
	struct date delivered_on;
	int32_t vials;
	const char *lot;        /* or NULL */
	struct date expires_on; /* last day; DATE_NONE: no end */
	/* links */
	int32_t centre;         /* -1: the service's own */
};

struct partner {
	const char *name;      /* key, with region */
	const char *region;
	const char *insee;     /* or NULL */
	const char *audience;  /* pipe-separated, or NULL */
	const char *languages; /* pipe-separated, or NULL */
	const char *email;     /* or NULL */
};

#endif
