/* SPDX-License-Identifier: Apache-2.0 */
/* stream: reads and writes a socket without waiting. */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORD_BYTES 16384 /* of a TLS record */

void stream_init(struct stream *s, int fd, const struct tls_context *context)
{
	*s = (struct stream){.fd = fd};
	if (context != NULL)
		s->tls = tls_new(context, fd);
}

/* ERR_AGAIN or ERR_CLOSED for the errno of a failed call. */
static int failure(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? ERR_AGAIN : ERR_CLOSED;
}

int64_t stream_read(struct stream *s, void *out, size_t len)
{
	ssize_t n;

	if (s->tls != NULL)
		return tls_read(s->tls, out, len, &s->wants);
	n = recv(s->fd, out, len, 0);
	return n >= 0 ? n : failure();
}

/* One record of the parts' beginning: head and body of a short reply go out together. */
static int64_t write_record(struct stream *s, const struct iovec *parts, size_t n)
{
	char record[RECORD_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		size_t room = sizeof(record) - len;
		size_t take = parts[i].iov_len < room ? parts[i].iov_len : room;

		if (take > 0)
			memcpy(record + len, parts[i].iov_base, take);
		len += take;
	}
	return len > 0 ? tls_write(s->tls, record, len, &s->wants) : 0;
}

int64_t stream_write(struct stream *s, const struct iovec *parts, size_t n)
{
	struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n};
	ssize_t sent;

	if (s->tls != NULL)
		return write_record(s, parts, n);
	sent = sendmsg(s->fd, &message, MSG_NOSIGNAL);
	return sent >= 0 ? sent : failure();
}

void stream_end(struct stream *s)
{
	if (s->tls != NULL)
		tls_end(s->tls);
	shutdown(s->fd, SHUT_WR);
}

void stream_close(struct stream *s)
{
	tls_free(s->tls);
	s->tls = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
