/* SPDX-License-Identifier: Apache-2.0 */
/* resource: looks around the running program. */
#include <planvax/base/err.h>
#include <planvax/base/resource.h>

#include <string.h>
#include <unistd.h>

/* Takes "FOLDER/BETWEEN/NAME" if it is there. */
static int try_path(const char *folder, const char *between, const char *name, struct buf *out)
{
	struct buf path = BUF_INIT;
	int rc = ERR_NOT_FOUND;

	buf_printf(&path, "%s/%s/%s", folder, between, name);
	if (access(path.data, R_OK) == 0) {
		buf_put(out, path.data, path.len);
		rc = 0;
	}
	buf_release(&path);
	return rc;
}

int resource_find(const char *name, struct buf *out)
{
	char folder[4096];
	ssize_t len = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash;

	folder[len > 0 ? len : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	if (try_path(folder, "../share/planvax", name, out) == 0)
		return 0;
	while (*folder) {
		if (try_path(folder, "conf", name, out) == 0)
			return 0;
		slash = strrchr(folder, '/');
		*(slash ? slash : folder) = '\0';
	}
	return try_path("/usr/share", "planvax", name, out);
}
