-- Visits that published plans move or postpone, until the agenda agrees.
-- number counts in the service. to_* and new_due exclude each other. An
-- instant that did not come yet is NULL.

CREATE TABLE move (
	service_id TEXT NOT NULL REFERENCES service,
	number INTEGER NOT NULL,
	month TEXT NOT NULL,
	visit_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	source TEXT NOT NULL,
	uid TEXT NOT NULL,
	recurrence TEXT NOT NULL,
	staff TEXT NOT NULL,
	to_staff TEXT,
	from_utc INTEGER NOT NULL,
	to_utc INTEGER,
	new_due INTEGER,
	regime TEXT,
	offer_id TEXT,
	first_version INTEGER NOT NULL,
	version INTEGER NOT NULL,
	updates INTEGER NOT NULL,
	before_utc INTEGER,
	opened_utc INTEGER NOT NULL,
	since_utc INTEGER NOT NULL,
	seen_utc INTEGER,
	told_utc INTEGER,
	reminded_utc INTEGER,
	reminders INTEGER NOT NULL,
	announce INTEGER NOT NULL,
	PRIMARY KEY (service_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX move_open ON move (service_id, month, visit_id) WHERE state = 'open';
CREATE INDEX move_watched ON move (service_id, number) WHERE state IN ('open', 'conflict');
CREATE INDEX move_announced ON move (service_id, number) WHERE announce = 1;
