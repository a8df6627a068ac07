/* SPDX-License-Identifier: Apache-2.0 */
/* err: words of the error codes. */
#include <planvax/base/err.h>

const char *err_name(int code)
{
	switch ((enum err)code) {
	case ERR_NONE: return "none";
	case ERR_INVALID: return "invalid";
	case ERR_NOT_FOUND: return "not_found";
	case ERR_CONFLICT: return "conflict";
	case ERR_LIMIT: return "limit";
	case ERR_IO: return "io";
	case ERR_BUSY: return "busy";
	case ERR_STOPPED: return "stopped";
	case ERR_DENIED: return "denied";
	case ERR_UNSUPPORTED: return "unsupported";
	case ERR_TRUNCATED: return "truncated";
	case ERR_CLOSED: return "closed";
	case ERR_TIMEOUT: return "timeout";
	case ERR_CORRUPT: return "corrupt";
	case ERR_EXISTS: return "exists";
	case ERR_AGAIN: return "again";
	}
	return "unknown";
}
