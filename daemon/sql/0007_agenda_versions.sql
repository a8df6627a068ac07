-- Calendar entries know two more states: 'gone' (its source no longer has it; no cancellation came) and 'series'
-- (recurrence '': the version of a recurring event whose instances have rows of their own). The index finds every
-- source's version of an entry.
DROP INDEX agenda_visit;
CREATE INDEX agenda_visit ON agenda (service_id, visit_id);

-- Runs over a source that would have removed suspiciously much: nothing was removed until the operator says so.
CREATE TABLE held_run (
	service_id TEXT NOT NULL REFERENCES service,
	source TEXT NOT NULL,
	file TEXT NOT NULL,
	digest BLOB NOT NULL,
	held_utc INTEGER NOT NULL,
	known INTEGER NOT NULL,
	gone INTEGER NOT NULL,
	PRIMARY KEY (service_id, source)
) STRICT, WITHOUT ROWID;

-- What it would have removed, as it was known then.
CREATE TABLE held_entry (
	service_id TEXT NOT NULL,
	source TEXT NOT NULL,
	uid TEXT NOT NULL,
	recurrence TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	stamp_utc INTEGER NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (service_id, source, uid, recurrence),
	FOREIGN KEY (service_id, source) REFERENCES held_run ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
