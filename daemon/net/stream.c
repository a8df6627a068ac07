/* SPDX-License-Identifier: Apache-2.0 */
/* stream: reads and writes a socket without waiting and without signals. */
#include "stream.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

void stream_init(struct stream *s, int fd)
{
	s->fd = fd;
}

/* ERR_AGAIN or ERR_CLOSED for the errno of a failed call. */
static int failure(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? ERR_AGAIN : ERR_CLOSED;
}

int64_t stream_read(struct stream *s, void *out, size_t len)
{
	ssize_t n = recv(s->fd, out, len, 0);

	return n >= 0 ? n : failure();
}

int64_t stream_write(struct stream *s, const struct iovec *parts, size_t n)
{
	struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n};
	ssize_t sent = sendmsg(s->fd, &message, MSG_NOSIGNAL);

	return sent >= 0 ? sent : failure();
}

void stream_end(struct stream *s)
{
	shutdown(s->fd, SHUT_WR);
}

void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
