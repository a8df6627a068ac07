-- The revision of each service, what was planned from it, and facts.

CREATE TABLE service_state (
	service_id TEXT NOT NULL PRIMARY KEY REFERENCES service,
	revision INTEGER NOT NULL,
	changed_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE service_planned (
	service_id TEXT NOT NULL REFERENCES service,
	month TEXT NOT NULL,
	revision INTEGER NOT NULL,
	PRIMARY KEY (service_id, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE forbid (
	service_id TEXT NOT NULL REFERENCES service,
	forbid_id TEXT NOT NULL,
	centre_id TEXT,
	siret TEXT,
	staff_id TEXT,
	vehicle_id TEXT,
	date INTEGER,
	reason TEXT,
	actor TEXT,
	PRIMARY KEY (service_id, forbid_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pin (
	service_id TEXT NOT NULL REFERENCES service,
	offer_id TEXT NOT NULL,
	PRIMARY KEY (service_id, offer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
	service_id TEXT NOT NULL REFERENCES service,
	offer_id TEXT NOT NULL,
	staff_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	stamp_utc INTEGER NOT NULL,
	date INTEGER,
	comment TEXT,
	PRIMARY KEY (service_id, offer_id, staff_id)
) STRICT, WITHOUT ROWID;
