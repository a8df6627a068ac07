-- What is known of a configured source between its runs. section is the digest of its
-- configuration, identity that of all that decides what its events become: where it changed, tags and tokens are worth nothing. next_utc is when it is looked at again.

CREATE TABLE source (
	service_id TEXT NOT NULL,
	name TEXT NOT NULL,
	section BLOB NOT NULL,
	identity BLOB NOT NULL,
	etag TEXT,
	last_modified TEXT,
	collection TEXT,
	ctag TEXT,
	sync_token TEXT,
	tried_utc INTEGER NOT NULL,
	good_utc INTEGER,
	next_utc INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	held INTEGER NOT NULL,
	n_read INTEGER NOT NULL,
	n_created INTEGER NOT NULL,
	n_changed INTEGER NOT NULL,
	n_unchanged INTEGER NOT NULL,
	n_cancelled INTEGER NOT NULL,
	n_rejected INTEGER NOT NULL,
	problem TEXT,
	hint TEXT,
	report TEXT,
	PRIMARY KEY (service_id, name)
) STRICT, WITHOUT ROWID;

-- Resources of a CalDAV collection, or files of a folder, with the version that was taken. A resource with several UIDs has a row
-- for each, one without any has uid ''.
CREATE TABLE source_item (
	service_id TEXT NOT NULL,
	name TEXT NOT NULL,
	href TEXT NOT NULL,
	uid TEXT NOT NULL,
	etag TEXT NOT NULL,
	PRIMARY KEY (service_id, name, href, uid)
) STRICT, WITHOUT ROWID;
