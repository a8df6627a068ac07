-- Members of staff who are away, vehicles out of use, centres closed: from one
-- day to another, both included. Who withdraws one drops its row; the audit
-- trail keeps both.

CREATE TABLE absence (
	service_id TEXT NOT NULL REFERENCES service,
	absence_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject_id TEXT NOT NULL,
	first_day INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	reason TEXT,
	actor TEXT,
	PRIMARY KEY (service_id, absence_id)
) STRICT, WITHOUT ROWID;
