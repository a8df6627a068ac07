-- Sealed letters. due_utc is when a letter may be claimed: for one that waits,
-- its next attempt; for one being sent, the end of the lease.

CREATE TABLE outbox (
	service_id TEXT NOT NULL REFERENCES service,
	letter_id TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	recipient TEXT NOT NULL,
	topic TEXT NOT NULL,
	offer_id TEXT,
	uid TEXT,
	sequence INTEGER NOT NULL,
	method TEXT,
	month TEXT NOT NULL,
	version INTEGER NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	created_utc INTEGER NOT NULL,
	due_utc INTEGER NOT NULL,
	done_utc INTEGER,
	note TEXT,
	digest BLOB NOT NULL,
	len INTEGER NOT NULL,
	body BLOB,
	PRIMARY KEY (service_id, letter_id)
) STRICT;
CREATE INDEX outbox_due ON outbox (due_utc) WHERE state IN ('pending', 'sending', 'retry');
CREATE INDEX outbox_uid ON outbox (service_id, recipient, uid, sequence) WHERE uid IS NOT NULL;
CREATE INDEX outbox_plan ON outbox (service_id, month, version);
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_old ON outbox (done_utc) WHERE body IS NOT NULL AND done_utc IS NOT NULL;
