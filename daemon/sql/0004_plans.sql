-- Plans by service, month ('2022-01') and version. plan_current says which
-- version is published and which is the draft (0: none).

CREATE TABLE plan_current (
	service_id TEXT NOT NULL REFERENCES service,
	month TEXT NOT NULL,
	published INTEGER NOT NULL,
	draft INTEGER NOT NULL,
	updated_utc INTEGER NOT NULL,
	PRIMARY KEY (service_id, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_version (
	service_id TEXT NOT NULL REFERENCES service,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	state TEXT NOT NULL,
	revision INTEGER NOT NULL,
	plan_digest TEXT NOT NULL,
	input_digest TEXT NOT NULL,
	rules_digest TEXT NOT NULL,
	seed INTEGER NOT NULL,
	actor TEXT NOT NULL,
	now_utc INTEGER NOT NULL,
	stored_utc INTEGER NOT NULL,
	received_utc INTEGER,
	comment TEXT,
	PRIMARY KEY (service_id, month, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_body (
	service_id TEXT NOT NULL,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	audience TEXT NOT NULL,
	digest BLOB NOT NULL,
	raw_len INTEGER NOT NULL,
	indicators TEXT NOT NULL,
	gzip BLOB NOT NULL,
	PRIMARY KEY (service_id, month, version, audience),
	FOREIGN KEY (service_id, month, version) REFERENCES plan_version ON DELETE CASCADE
) STRICT;

CREATE TABLE plan_input (
	service_id TEXT NOT NULL,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	stored_utc INTEGER NOT NULL,
	gzip BLOB NOT NULL,
	PRIMARY KEY (service_id, month, version),
	FOREIGN KEY (service_id, month, version) REFERENCES plan_version ON DELETE CASCADE
) STRICT;
CREATE INDEX plan_input_age ON plan_input (stored_utc);

-- Offers of the published versions, for queries.
CREATE TABLE plan_item (
	service_id TEXT NOT NULL REFERENCES service,
	offer_id TEXT NOT NULL,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	type TEXT NOT NULL,
	date INTEGER NOT NULL,
	start_utc INTEGER NOT NULL,
	end_utc INTEGER NOT NULL,
	centre_id TEXT,
	siret TEXT,
	vehicle_id TEXT,
	capacity INTEGER NOT NULL,
	expected INTEGER NOT NULL,
	pinned INTEGER NOT NULL,
	PRIMARY KEY (service_id, offer_id, month)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_item_month ON plan_item (service_id, month, date, offer_id);

CREATE TABLE plan_item_staff (
	service_id TEXT NOT NULL REFERENCES service,
	staff_id TEXT NOT NULL,
	month TEXT NOT NULL,
	offer_id TEXT NOT NULL,
	PRIMARY KEY (service_id, staff_id, month, offer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_item_staff_month ON plan_item_staff (service_id, month);

CREATE TABLE plan_change (
	service_id TEXT NOT NULL,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	offer_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	forced INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (service_id, month, version, offer_id),
	FOREIGN KEY (service_id, month, version) REFERENCES plan_version ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
