-- Registers. Dates are days since 1970-01-01, instants seconds since then in
-- UTC; NULL where unknown. Words are those of the model's enums. digest is the
-- first half of a SHA-256 over the other members: it tells changed rows from
-- unchanged ones. Links to centres, companies and communes are not enforced:
-- rows come in any order, and sealing a snapshot tells what leads nowhere.

CREATE TABLE commune (
	insee TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	departement TEXT NOT NULL,
	region TEXT NOT NULL,
	lat REAL NOT NULL,
	lon REAL NOT NULL,
	population INTEGER NOT NULL,
	dens7 INTEGER NOT NULL,
	digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE service (
	service_id TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	siret TEXT,
	region TEXT NOT NULL,
	timezone TEXT,
	mobilised INTEGER NOT NULL,
	contact_email TEXT,
	digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX service_region ON service (region, service_id);

CREATE TABLE centre (
	service_id TEXT NOT NULL REFERENCES service,
	centre_id TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	insee TEXT NOT NULL,
	lat REAL,
	lon REAL,
	hours TEXT NOT NULL,
	posts INTEGER NOT NULL,
	opens_on INTEGER,
	closes_on INTEGER,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, centre_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX centre_by_id ON centre (centre_id, service_id);

CREATE TABLE staff (
	service_id TEXT NOT NULL REFERENCES service,
	staff_id TEXT NOT NULL,
	role TEXT NOT NULL,
	vaccinates INTEGER NOT NULL,
	rpps TEXT,
	name TEXT NOT NULL,
	email TEXT,
	centre_id TEXT,
	hours TEXT NOT NULL,
	languages TEXT,
	max_days_per_week INTEGER NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, staff_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE vehicle (
	service_id TEXT NOT NULL REFERENCES service,
	vehicle_id TEXT NOT NULL,
	centre_id TEXT NOT NULL,
	posts INTEGER NOT NULL,
	weekdays INTEGER NOT NULL,
	max_minutes INTEGER NOT NULL,
	setup_min INTEGER NOT NULL,
	pack_min INTEGER NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, vehicle_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE company (
	service_id TEXT NOT NULL REFERENCES service,
	siret TEXT NOT NULL,
	name TEXT NOT NULL,
	insee TEXT NOT NULL,
	lat REAL,
	lon REAL,
	naf TEXT,
	headcount INTEGER NOT NULL,
	regime TEXT NOT NULL,
	kind TEXT NOT NULL,
	works_at TEXT,
	can_host INTEGER NOT NULL,
	expected_takers INTEGER NOT NULL,
	contact_email TEXT,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, siret)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
	service_id TEXT NOT NULL REFERENCES service,
	person_ref TEXT NOT NULL,
	siret TEXT,
	birth INTEGER NOT NULL,
	sex TEXT NOT NULL,
	kind TEXT NOT NULL,
	flags INTEGER NOT NULL,
	other_flags TEXT,
	relative_of TEXT,
	priority INTEGER NOT NULL,
	history_as_of INTEGER,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, person_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_ref ON person (person_ref, service_id);

-- lot is '' where unknown: it is part of the key.
CREATE TABLE history (
	service_id TEXT NOT NULL,
	person_ref TEXT NOT NULL,
	date INTEGER NOT NULL,
	code TEXT NOT NULL,
	lot TEXT NOT NULL,
	PRIMARY KEY (service_id, person_ref, date, code, lot),
	FOREIGN KEY (service_id, person_ref) REFERENCES person ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- centre_id is '' for the service's own stock. ordinal tells equal lines of one file apart.
CREATE TABLE stock (
	service_id TEXT NOT NULL REFERENCES service,
	centre_id TEXT NOT NULL,
	product TEXT NOT NULL,
	delivered_on INTEGER NOT NULL,
	lot TEXT NOT NULL,
	ordinal INTEGER NOT NULL,
	vials INTEGER NOT NULL,
	expires_on INTEGER,
	PRIMARY KEY (service_id, centre_id, product, delivered_on, lot, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE partner (
	region TEXT NOT NULL,
	name TEXT NOT NULL,
	insee TEXT,
	audience TEXT,
	languages TEXT,
	email TEXT,
	digest BLOB NOT NULL,
	PRIMARY KEY (region, name)
) STRICT, WITHOUT ROWID;
