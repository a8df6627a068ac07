/* SPDX-License-Identifier: Apache-2.0 */
/* listener: makes and adopts listening sockets. */
#include "listener.h"

#include "address.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 511
#define SOCKET_MODE 0660

static int listener_fail(struct fault *f, int saved, const char *what, const char *where)
{
	enum err code = saved == EAFNOSUPPORT || saved == EADDRNOTAVAIL || saved == EPROTONOSUPPORT ? ERR_UNSUPPORTED : ERR_IO;

	fault_set(f, code, "cannot %s %s: %s", what, where, strerror(saved));
	if (saved == EADDRINUSE)
		fault_hint(f, "another program listens there; stop it, or choose another address or port");
	else if (saved == EACCES)
		fault_hint(f, "ports below 1024 and other users' folders need a privilege");
	return code;
}

/* Sets port and name from what the socket is bound to. */
static void name_tcp(struct listener *l)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	struct buf name = BUF_INIT;

	memset(&bound, 0, sizeof(bound));
	getsockname(l->fd, (struct sockaddr *)&bound, &len);
	address_format((struct sockaddr *)&bound, &name);
	l->port = address_port((struct sockaddr *)&bound);
	l->name = buf_detach(&name);
}

int listener_tcp(const char *address, struct listener *out, struct fault *f)
{
	struct listener l = {.fd = -1, .kind = HTTP_PEER_TCP};
	struct address bound;
	int on = 1;
	int rc = address_parse(address, &bound, f);

	if (rc != 0)
		return rc;
	l.fd = socket(bound.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l.fd < 0)
		return listener_fail(f, errno, "open a socket for", address);
	setsockopt(l.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Inherited by what is accepted: replies go out at once. */
	setsockopt(l.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bound.storage.ss_family == AF_INET6)
		setsockopt(l.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(l.fd, (struct sockaddr *)&bound.storage, bound.len) < 0 || listen(l.fd, BACKLOG) < 0) {
		rc = listener_fail(f, errno, "listen on", address);
		close(l.fd);
		return rc;
	}
	name_tcp(&l);
	*out = l;
	return 0;
}

/* Makes room for the socket: what nobody answers on is removed. */
static int remove_stale(const struct sockaddr_un *address, struct fault *f)
{
	struct stat st;
	int fd, rc, saved;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : listener_fail(f, errno, "look at", address->sun_path);
	if (!S_ISSOCK(st.st_mode)) {
		fault_set(f, ERR_EXISTS, "%s is there and is no socket", address->sun_path);
		fault_hint(f, "choose another path for the socket");
		return ERR_EXISTS;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return listener_fail(f, errno, "open a socket for", address->sun_path);
	rc = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	saved = errno;
	close(fd);
	if (rc == 0 || saved == EAGAIN) {
		fault_set(f, ERR_BUSY, "somebody listens on %s already", address->sun_path);
		fault_hint(f, "stop the service that runs, or choose another path");
		return ERR_BUSY;
	}
	if (saved != ECONNREFUSED)
		return listener_fail(f, saved, "connect to", address->sun_path);
	return unlink(address->sun_path) == 0 ? 0 : listener_fail(f, errno, "remove", address->sun_path);
}

int listener_unix(const char *path, struct listener *out, struct fault *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct listener l = {.fd = -1, .kind = HTTP_PEER_UNIX, .made = true};
	struct stat st;
	int rc;

	if (*path == '\0' || strlen(path) >= sizeof(address.sun_path)) {
		fault_set(f, ERR_INVALID, "the socket's path \"%s\" is empty or too long", path);
		fault_hint(f, "at most %zu bytes", sizeof(address.sun_path) - 1);
		return ERR_INVALID;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	rc = remove_stale(&address, f);
	if (rc != 0)
		return rc;
	l.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l.fd < 0)
		return listener_fail(f, errno, "open a socket for", path);
	/* Nobody can connect before listen(), so the mode is right in time. */
	if (bind(l.fd, (struct sockaddr *)&address, sizeof(address)) < 0 || chmod(path, SOCKET_MODE) < 0 ||
		stat(path, &st) < 0 || listen(l.fd, BACKLOG) < 0) {
		rc = listener_fail(f, errno, "listen on", path);
		close(l.fd);
		return rc;
	}
	l.device = st.st_dev;
	l.inode = st.st_ino;
	l.name = xstrdup(path);
	*out = l;
	return 0;
}

int listener_adopt(int fd, struct listener *out, struct fault *f)
{
	struct listener l = {.fd = fd, .kind = HTTP_PEER_TCP};
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	int listens = 0;
	socklen_t listens_len = sizeof(listens);
	int flags = fcntl(fd, F_GETFL);

	memset(&bound, 0, sizeof(bound));
	if (flags < 0 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_len) < 0 || !listens ||
		getsockname(fd, (struct sockaddr *)&bound, &len) < 0)
		return fault_set(f, ERR_INVALID, "descriptor %d is no listening socket", fd);
	if (bound.ss_family == AF_UNIX) {
		const struct sockaddr_un *address = (struct sockaddr_un *)&bound;
		size_t path_len = len > offsetof(struct sockaddr_un, sun_path) ? len - offsetof(struct sockaddr_un, sun_path) : 0;

		l.kind = HTTP_PEER_UNIX;
		l.name = xstrndup(address->sun_path, strnlen(address->sun_path, path_len));
	} else if (bound.ss_family == AF_INET || bound.ss_family == AF_INET6) {
		int on = 1;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		name_tcp(&l);
	} else {
		return fault_set(f, ERR_INVALID, "descriptor %d is neither a TCP nor a Unix socket", fd);
	}
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	*out = l;
	return 0;
}

int listener_passed(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *fds = getenv("LISTEN_FDS");
	int64_t number = 0;
	int64_t n = 0;

	if (pid == NULL || fds == NULL || text_int(pid, strlen(pid), 1, INT32_MAX, &number) != 0 || number != getpid() ||
		text_int(fds, strlen(fds), 1, 1024, &n) != 0)
		n = 0;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return (int)n;
}

void listener_close(struct listener *l)
{
	struct stat st;

	if (l->fd < 0)
		return;
	close(l->fd);
	l->fd = -1;
	if (l->made && stat(l->name, &st) == 0 && st.st_dev == l->device && st.st_ino == l->inode)
		unlink(l->name);
	free(l->name);
	l->name = NULL;
}
