/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_http: a small blocking client. The daemon's answers carry Content-Length, and the connection ends after one. */
#include "ctl_http.h"

#include <planvax/base/text.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)1 << 30)
#define CHUNK 65536
#define TIMEOUT_S 120

static int connect_to(const char *path, int timeout_s, int *fd, struct fault *f)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval limit = {.tv_sec = timeout_s ? timeout_s : TIMEOUT_S};
	enum err code = ERR_IO;
	int s;

	if (strlen(path) >= sizeof(address.sun_path)) {
		fault_set(f, ERR_INVALID, "the socket's path is longer than %zu bytes", sizeof(address.sun_path) - 1);
		fault_at(f, "%s", path);
		return ERR_INVALID;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s >= 0 && connect(s, (const struct sockaddr *)&address, sizeof(address)) == 0) {
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		*fd = s;
		return 0;
	}
	if (errno == ENOENT || errno == ECONNREFUSED) {
		code = ERR_NOT_FOUND;
		fault_set(f, code, "the service does not run (nobody answers on %s)", path);
		fault_hint(f, "start planvaxd, or name its socket by --socket PATH or --config FILE");
	} else if (errno == EACCES || errno == EPERM) {
		code = ERR_DENIED;
		fault_set(f, code, "%s may not be used by this user", path);
		fault_hint(f, "join the group of the socket, or become its owner");
	} else {
		fault_set(f, code, "%s: %s", path, strerror(errno));
	}
	if (s >= 0)
		close(s);
	return code;
}

/* Sends all; a peer that answers early and closes is no error here: its answer is read. */
static int send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE || errno == ECONNRESET ? 0 : errno == EAGAIN || errno == EWOULDBLOCK ? ERR_TIMEOUT : ERR_IO;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int receive_all(int fd, struct buf *in)
{
	for (;;) {
		ssize_t n = recv(fd, buf_reserve(in, CHUNK), CHUNK, 0);

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_TIMEOUT : in->len ? 0 : ERR_IO;
		in->len += (size_t)n;
		in->data[in->len] = '\0';
		if (in->len > ANSWER_MAX)
			return ERR_LIMIT;
	}
}

/* Length of a head at p with its empty line; 0: it is not whole. */
static size_t head_length(const char *p, size_t len)
{
	const char *end = memmem(p, len, "\r\n\r\n", 4);

	return end ? (size_t)(end - p) + 4 : 0;
}

static int content_length(const char *head, size_t len, int64_t *out)
{
	static const char name[] = "content-length:";

	for (const char *p = head; p < head + len;) {
		const char *end = memmem(p, (size_t)(head + len - p), "\r\n", 2);
		size_t line = end ? (size_t)(end - p) : (size_t)(head + len - p);

		if (line >= sizeof(name) && !strncasecmp(p, name, sizeof(name) - 1)) {
			const char *value = p + sizeof(name) - 1;
			size_t value_len = line - (sizeof(name) - 1);

			text_trim(&value, &value_len);
			return text_int(value, value_len, 0, (int64_t)ANSWER_MAX, out);
		}
		p += line + 2;
	}
	return ERR_NOT_FOUND;
}

int ctl_http_parse(const char *bytes, size_t len, struct ctl_http_answer *answer)
{
	int64_t status = 0, body = 0;

	for (;;) {
		size_t head = head_length(bytes, len);

		if (!head)
			return len < CHUNK ? ERR_TRUNCATED : ERR_INVALID;
		if (head < 13 || memcmp(bytes, "HTTP/1.", 7) != 0 || bytes[8] != ' ' || text_int(bytes + 9, 3, 100, 599, &status) < 0)
			return ERR_INVALID;
		if (status >= 200) {
			int rc = content_length(bytes, head, &body);

			if (rc == ERR_NOT_FOUND)
				body = status == 204 || status == 304 ? 0 : (int64_t)(len - head);
			else if (rc < 0)
				return ERR_INVALID;
			if ((int64_t)(len - head) < body)
				return ERR_TRUNCATED;
			answer->status = (int)status;
			buf_put(&answer->body, bytes + head, (size_t)body);
			return 0;
		}
		bytes += head; /* 100 Continue */
		len -= head;
	}
}

static void put_head(const struct ctl_http_request *request, struct buf *out)
{
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", request->method, request->target);
	if (request->type)
		buf_printf(out, "Content-Type: %s\r\n", request->type);
	if (request->type || strcmp(request->method, "GET") != 0)
		buf_printf(out, "Content-Length: %zu\r\n", request->type ? request->body_len : 0);
	buf_puts(out, "\r\n");
}

int ctl_http_call(const struct ctl_http_request *request, struct ctl_http_answer *answer, struct fault *f)
{
	struct buf head = BUF_INIT, in = BUF_INIT;
	int fd = -1, rc = connect_to(request->socket, request->timeout_s, &fd, f);

	if (rc < 0)
		return rc;
	put_head(request, &head);
	rc = send_all(fd, head.data, head.len);
	if (rc == 0 && request->type)
		rc = send_all(fd, request->body, request->body_len);
	if (rc == 0)
		rc = receive_all(fd, &in);
	if (rc == 0)
		rc = ctl_http_parse(buf_str(&in), in.len, answer);
	if (rc == ERR_TIMEOUT)
		fault_set(f, ERR_TIMEOUT, "the service did not answer in time");
	else if (rc == ERR_TRUNCATED)
		fault_set(f, ERR_TRUNCATED, "the service ended before it answered");
	else if (rc < 0)
		fault_set(f, (enum err)rc, "the service did not answer as expected: %s", err_name(rc));
	buf_release(&head);
	buf_release(&in);
	close(fd);
	return rc;
}
