-- Tokens (digests only) and the chained audit trail.

CREATE TABLE token (
	token_id TEXT NOT NULL PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	role TEXT NOT NULL,
	region TEXT,
	service_id TEXT,
	created_utc INTEGER NOT NULL,
	expires_utc INTEGER,
	revoked_utc INTEGER,
	note TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
	number INTEGER NOT NULL PRIMARY KEY,
	at_utc INTEGER NOT NULL,
	actor TEXT NOT NULL,
	action TEXT NOT NULL,
	service_id TEXT,
	subject TEXT,
	detail TEXT,
	digest BLOB NOT NULL
) STRICT;
CREATE INDEX audit_service ON audit (service_id, number);
