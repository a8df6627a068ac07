-- Calendar entries. recurrence is the original start in UTC, '' for a single
-- event or the mark of a cancelled series. staff are ids, separated by blanks,
-- a visit's own first.

CREATE TABLE agenda (
	service_id TEXT NOT NULL REFERENCES service,
	source TEXT NOT NULL,
	uid TEXT NOT NULL,
	recurrence TEXT NOT NULL,
	status TEXT NOT NULL,
	visit_id TEXT NOT NULL,
	staff TEXT NOT NULL,
	person_ref TEXT,
	type TEXT,
	start_utc INTEGER NOT NULL,
	end_utc INTEGER NOT NULL,
	due INTEGER,
	postponed_before INTEGER NOT NULL,
	place TEXT,
	sequence INTEGER NOT NULL,
	stamp_utc INTEGER NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, source, uid, recurrence)
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_time ON agenda (service_id, start_utc) WHERE status IN ('visit', 'busy');
CREATE INDEX agenda_visit ON agenda (service_id, visit_id) WHERE status = 'visit';
