/* SPDX-License-Identifier: Apache-2.0 */
/* dav_xml: reads the XML answers of WebDAV and CalDAV servers (RFC 4918 multistatus, RFC 6578 sync-token, RFC 4791
 * calendar-data) in blocks, with bounded memory: one response at a time. A DOCTYPE ends it: no entities. Properties count
 * where their propstat's status is 2xx. Pure; one thread a reader. */
#ifndef PLANVAX_NET_DAV_XML_H
#define PLANVAX_NET_DAV_XML_H

#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>

#define DAV_XML_MAX_VALUE_BYTES 16384      /* of a property; longer ones are an error */
#define DAV_XML_MAX_DATA_BYTES (16 << 20)  /* of one resource's calendar-data */
#define DAV_XML_MAX_DEPTH 64

/* One resource of a multistatus. Texts are valid during the call; NULL: not told. */
struct dav_response {
	const char *href;          /* as the server wrote it */
	int status;                /* of the resource as a whole; 0: none, its properties say */
	const char *etag, *ctag, *sync_token;
	const char *data;          /* calendar-data, NUL-terminated */
	size_t data_len;
	const char *principal;     /* href of current-user-principal */
	const char *home;          /* first href of calendar-home-set */
	bool collection, calendar; /* resourcetype */
	bool syncs;                /* supported-report-set names sync-collection */
	bool events;               /* supported-calendar-component-set names VEVENT, or is not told */
};

/* What an answer says as a whole. */
struct dav_answer {
	bool multistatus;          /* its root is one; else DAV:error or anything */
	size_t n_responses;
	const char *sync_token;    /* NULL: none; valid until the reader is freed */
	bool bad_token;            /* DAV:error names valid-sync-token */
	bool too_many;             /* DAV:error names number-of-matches-within-limits */
};

struct dav_xml;

/* Starts an answer; each(arg) gets every response. Owned by the caller. */
struct dav_xml *dav_xml_new(void (*each)(void *arg, const struct dav_response *response), void *arg);

/* Takes the next len bytes. 0; ERR_CORRUPT: no XML (f); ERR_LIMIT. After an error it takes nothing any more. */
int dav_xml_feed(struct dav_xml *x, const char *bytes, size_t len, struct fault *f);

/* Ends the answer. 0 and *answer; ERR_CORRUPT: it was cut, or is no XML (f). What was given to each before is to be forgotten then. */
int dav_xml_end(struct dav_xml *x, struct dav_answer *answer, struct fault *f);

/* Frees it; NULL allowed. */
void dav_xml_free(struct dav_xml *x);

#endif
