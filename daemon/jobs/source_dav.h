/* SPDX-License-Identifier: Apache-2.0 */
/* source_dav: the state of a run over a CalDAV collection, shared by what finds out what changed (source_dav), what takes
 * it (source_dav_take) and what removes (source_dav_gone). */
#ifndef PLANVAX_JOBS_SOURCE_DAV_H
#define PLANVAX_JOBS_SOURCE_DAV_H

#include "source_run.h"

#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/net/dav_xml.h>

#define SOURCE_DAV_BATCH 50 /* resources of one calendar-multiget */

enum source_dav_phase {
	SOURCE_DAV_LOOK,      /* PROPFIND of the address: what is it, and did it change? */
	SOURCE_DAV_ACCOUNT,   /* PROPFIND of it again: whose account is it? Servers refuse that question to strangers */
	SOURCE_DAV_PRINCIPAL, /* PROPFIND of the account: where are its calendars? */
	SOURCE_DAV_HOME,      /* PROPFIND of these */
	SOURCE_DAV_SYNC,      /* REPORT sync-collection, page by page */
	SOURCE_DAV_LIST,      /* PROPFIND of all members: everything is compared */
	SOURCE_DAV_FETCH      /* REPORT calendar-multiget, batch by batch */
};

/* A resource that the server named; texts in the run's arena. */
struct source_dav_member {
	const char *href;     /* as the server wrote it */
	const char *key;      /* its path in one spelling */
	const char *etag;     /* NULL: not told */
	bool gone;            /* no longer there */
	bool fetched;         /* its calendar came */
	bool unread;          /* it is there, and cannot be looked at */
};

struct source_dav {
	enum source_dav_phase phase;
	int hops;                           /* of discovery */
	const char *collection;             /* URL */
	const char *collection_key;
	const struct source_item *items;    /* as stored: by href, then uid */
	size_t n_items, n_known;            /* rows; resources */
	struct map known;                   /* key -> index of its first row */
	VEC(struct source_dav_member) members; /* named in this run; the last word on each */
	struct map named;                   /* key -> index in members */
	bool refetch;                       /* known tags count for nothing */
	bool full;                          /* members are all that there are */
	bool more;                          /* the server has further pages */
	bool paged;                         /* sync-collection from the beginning was asked for */
	bool syncs;                         /* the server knows sync-collection */
	const char *token, *ctag;           /* that hold once all is taken */
	/* Of the answer that is being read. */
	const char *principal, *home, *calendar;
	size_t n_calendars;
	bool is_calendar, self;             /* the address itself answered */
	/* Taking. */
	VEC(size_t) wanted;                 /* indexes of members to fetch */
	size_t at, n_batch;                 /* in wanted */
	struct buf text;                    /* calendars of the batch */
	VEC(struct source_item) taken;      /* rows of the batch */
	struct map held_uids;               /* UIDs of resources that were fetched */
	VEC(const char *) lone;             /* UIDs of the batch that came as overrides without their series, and were known before */
	VEC(const char *) stale;            /* UIDs that fetched resources no longer hold */
	int64_t n_gone;                     /* known resources that are no longer there */
	int64_t unread;                     /* resources that could not be read: the token is not kept */
};

/* The next step of a run of kind caldav. */
enum source_step source_dav_step(struct source_run *run);

/* Frees the state of a run; NULL allowed. */
void source_dav_free(struct source_dav *dav);

/* Reads the answer of a multistatus. 0; negative: the run has failed. */
int source_dav_read(struct source_run *run, void (*each)(void *arg, const struct dav_response *response), struct dav_answer *answer);

/* The member of an href; NULL: none that was named. */
struct source_dav_member *source_dav_find(struct source_run *run, const char *href);

/* Notes what the server says of a member; NULL: it is the collection itself, or nothing that can be asked for. */
struct source_dav_member *source_dav_note(struct source_run *run, const char *href);

/* Decides what to fetch and asks for the first batch, or ends. */
enum source_step source_dav_take_begin(struct source_run *run);

/* Takes a batch that came, and goes on. */
enum source_step source_dav_take_step(struct source_run *run);

/* Adds the UIDs that a resource held when it was fetched last to those that may be stale. */
void source_dav_add_stale(struct source_dav *d, const char *key);

/* Removes what no resource holds any more, and forgets resources that are gone; where suspiciously much is gone, keeps the list for
 * the operator instead. Sets n_gone, counts, held and note. 0; negative: the run has failed. */
int source_dav_remove(struct source_run *run);

#endif
