/* SPDX-License-Identifier: Apache-2.0 */
/* err: the few ways in which planvax functions fail. Fallible functions
 * return 0 or one of these negative codes. Any thread. */
#ifndef PLANVAX_BASE_ERR_H
#define PLANVAX_BASE_ERR_H

enum err {
	ERR_NONE = 0,
	ERR_INVALID = -1,      /* input is not what its contract says */
	ERR_NOT_FOUND = -2,    /* no such thing */
	ERR_CONFLICT = -3,     /* somebody else changed it first */
	ERR_LIMIT = -4,        /* input exceeds a documented limit */
	ERR_IO = -5,           /* the operating system refused */
	ERR_BUSY = -6,         /* try again later */
	ERR_STOPPED = -7,      /* asked to stop */
	ERR_DENIED = -8,       /* the caller may not */
	ERR_UNSUPPORTED = -9,  /* understood, but declined */
	ERR_TRUNCATED = -10,   /* input ends too early */
	ERR_CLOSED = -11,      /* the other side is gone */
	ERR_TIMEOUT = -12,     /* a deadline passed */
	ERR_CORRUPT = -13,     /* stored data fails its check */
	ERR_EXISTS = -14,      /* already there */
	ERR_AGAIN = -15        /* more input is needed */
};

/* Word for a code, as logs write it ("conflict"); "unknown" for others. Static text. */
const char *err_name(int code);

#endif
