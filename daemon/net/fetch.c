/* SPDX-License-Identifier: Apache-2.0 */
/* fetch: outgoing requests by libcurl's multi interface on our loop. */
#include "address.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/net/fetch.h>

#include <arpa/inet.h>
#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS 60000
#define MAX_ANSWER_BYTES (INT64_C(1) << 20)
#define MAX_HEADERS 64
#define MAX_HEADER_BYTES 65536 /* of all headers of an answer */

/* One request, from start to done. */
struct job {
	struct job *next;
	uint64_t id;
	bool running; /* curl has it */
	CURL *easy;
	struct curl_slist *headers;
	int rc;       /* of preparing it */
	const char *what;
	bool allow_private;
	bool private;    /* refused for its address */
	bool link_local; /* so too, whatever is allowed */
	bool over;    /* the answer is larger than wanted */
	bool sunk;    /* the sink refused */
	int64_t max_answer_bytes, n_sunk;
	int (*sink)(void *arg, const void *bytes, size_t len);
	void *sink_arg;
	fetch_done done;
	void *arg;
	struct arena arena; /* the answer's headers */
	struct http_pair pairs[MAX_HEADERS];
	size_t n_pairs;
	struct buf answer;
	char error[CURL_ERROR_SIZE];
};

struct curl_fetcher {
	struct fetcher base; /* first: the fetcher is this */
	struct loop *loop;
	CURLM *multi;
	struct loop_timer *timer; /* curl's */
	struct loop_timer *kick;  /* begins what waits */
	char *user_agent;
	size_t max_parallel, n_running;
	struct job *first, **last; /* in order of start */
	uint64_t ids;
};

/* ---- answers ---- */

const char *fetch_header(const struct fetch_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->n_headers; i++)
		if (strcmp(answer->headers[i].name, name) == 0)
			return answer->headers[i].value;
	return NULL;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct job *job = arg;
	long status = 0;

	n *= size;
	if (job->sink != NULL)
		curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
	bool sunk = status >= 200 && status < 300;
	/* What a refusal says is of use for a few words only. */
	int64_t max = job->sink != NULL && !sunk && job->max_answer_bytes > MAX_ANSWER_BYTES ? MAX_ANSWER_BYTES : job->max_answer_bytes;
	if ((sunk ? job->n_sunk : (int64_t)job->answer.len) + (int64_t)n > max) {
		job->over = true;
		return 0;
	}
	if (!sunk) {
		buf_put(&job->answer, bytes, n);
		return n;
	}
	job->n_sunk += (int64_t)n;
	job->sunk = job->sink(job->sink_arg, bytes, n) < 0;
	return job->sunk ? 0 : n;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct job *job = arg;
	const char *colon = memchr(bytes, ':', n * size);
	size_t len = n * size;
	const char *value;
	size_t value_len;

	if (len > 5 && memcmp(bytes, "HTTP/", 5) == 0) {
		job->n_pairs = 0; /* what came before was interim */
		return len;
	}
	if (job->arena.used_bytes + len > MAX_HEADER_BYTES) {
		job->over = true;
		return 0;
	}
	if (colon == NULL || job->n_pairs == MAX_HEADERS)
		return len;
	value = colon + 1;
	value_len = len - (size_t)(value - bytes);
	text_trim(&value, &value_len);
	job->pairs[job->n_pairs].name = text_lower(arena_strndup(&job->arena, bytes, (size_t)(colon - bytes)));
	job->pairs[job->n_pairs].value = arena_strndup(&job->arena, value, value_len);
	job->n_pairs++;
	return len;
}

static bool is_redirected(const struct job *job)
{
	long hops = 0;

	curl_easy_getinfo(job->easy, CURLINFO_REDIRECT_COUNT, &hops);
	return hops > 0;
}

/* What curl's result means to callers. */
static int result_code(const struct job *job, CURLcode code)
{
	if (code == CURLE_OK)
		return 0;
	if (job->over)
		return ERR_LIMIT;
	if (job->private)
		return ERR_DENIED;
	if (job->sunk)
		return ERR_IO;
	if (code == CURLE_UNSUPPORTED_PROTOCOL && is_redirected(job))
		return ERR_DENIED;
	switch ((int)code) {
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_TIMEOUT;
	case CURLE_URL_MALFORMAT:
		return ERR_INVALID;
	case CURLE_COULDNT_RESOLVE_HOST:
		return ERR_NOT_FOUND;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
		return ERR_CLOSED;
	case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line: the URL's scheme was checked before */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return ERR_CORRUPT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
		return ERR_CONFLICT;
	}
	return ERR_IO;
}

static void job_free(struct job *job)
{
	if (job->easy != NULL)
		curl_easy_cleanup(job->easy);
	curl_slist_free_all(job->headers);
	arena_release(&job->arena);
	buf_release(&job->answer);
	free(job);
}

/* Takes the job off the list and off curl. */
static void job_unlink(struct curl_fetcher *self, struct job *job)
{
	struct job **at = &self->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	if (self->last == &job->next)
		self->last = at;
	if (job->running) {
		curl_multi_remove_handle(self->multi, job->easy);
		self->n_running--;
	}
	job->running = false;
}

/* Ends a job: its caller is told. */
static void job_end(struct curl_fetcher *self, struct job *job, int rc, const char *what)
{
	struct fetch_answer answer = {.rc = rc, .what = what, .url = ""};
	char *url = NULL;
	long status = 0;

	job_unlink(self, job);
	if (rc == 0) {
		curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
		answer.status = (int)status;
		curl_easy_getinfo(job->easy, CURLINFO_EFFECTIVE_URL, &url);
		answer.url = url != NULL ? url : "";
		answer.headers = job->pairs;
		answer.n_headers = job->n_pairs;
	}
	answer.body = rc == 0 ? buf_str(&job->answer) : "";
	answer.body_len = rc == 0 ? job->answer.len : 0;
	job->done(job->arg, &answer);
	job_free(job);
}

static const char *explain(const struct job *job, CURLcode code, int rc)
{
	if (rc == 0)
		return "";
	if (rc == ERR_DENIED && !job->private)
		return "it leads to an address that is not followed: another scheme, or http from https";
	if (rc == ERR_DENIED)
		return job->link_local ? "the address is link-local, where clouds keep their secrets: it is never asked"
							   : "the address is private; allow_private would allow it";
	if (job->sunk)
		return "the answer cannot be kept: no room for a temporary file";
	if (rc == ERR_LIMIT)
		return "the answer is larger than is taken";
	return job->error[0] != '\0' ? job->error : curl_easy_strerror(code);
}

/* ---- curl on the loop ---- */

static void collect(struct curl_fetcher *self)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct job *job = NULL;
		int rc;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
		rc = result_code(job, code);
		job_end(self, job, rc, explain(job, code, rc));
	}
	if (self->first != NULL && self->n_running < self->max_parallel)
		loop_timer_set(self->kick, 0);
}

/* A descriptor of curl's. */
struct watched {
	struct curl_fetcher *self;
	struct loop_fd *watch;
	curl_socket_t fd;
};

static void on_socket(void *arg, unsigned events)
{
	struct watched *w = arg;
	struct curl_fetcher *self = w->self;
	int running;

	/* w may be gone after this. */
	curl_multi_socket_action(self->multi, w->fd,
		(events & LOOP_READ ? CURL_CSELECT_IN : 0) | (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0), &running);
	collect(self);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct curl_fetcher *self = arg;
	struct watched *w = socket_arg;
	unsigned events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL)
			loop_fd_free(w->watch);
		free(w);
		curl_multi_assign(self->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	if (w == NULL) {
		w = xcalloc(1, sizeof(*w));
		w->self = self;
		w->fd = fd;
		w->watch = loop_fd_new(self->loop, fd, 0, on_socket, w);
		curl_multi_assign(self->multi, fd, w);
	}
	loop_fd_set(w->watch, events);
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct curl_fetcher *self = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_clear(self->timer);
	else
		loop_timer_set(self->timer, ms);
	return 0;
}

static void on_timer(void *arg)
{
	struct curl_fetcher *self = arg;
	int running;

	curl_multi_socket_action(self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(self);
}

/* ---- refusing addresses ---- */

/* A server of one's own network may redirect too: not to what answers without asking who asks. */
static bool is_refused(struct job *job, const struct sockaddr *sa)
{
	job->link_local = address_is_link_local(sa);
	job->private = job->link_local || (!job->allow_private && address_is_private(sa));
	return job->private;
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct job *job = arg;

	(void)purpose;
	if (is_refused(job, &address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A connection that was kept may have been opened for a request that was allowed more. */
static int before_request(void *arg, char *remote, char *local, int remote_port, int local_port)
{
	struct job *job = arg;
	struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
	struct sockaddr_in *four = (struct sockaddr_in *)&storage;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&storage;

	(void)local;
	(void)remote_port;
	(void)local_port;
	if (inet_pton(AF_INET, remote, &four->sin_addr) == 1)
		storage.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, remote, &six->sin6_addr) == 1)
		storage.ss_family = AF_INET6;
	/* Over a Unix socket there is no address. */
	if (storage.ss_family == AF_UNSPEC && job->allow_private)
		return CURL_PREREQFUNC_OK;
	return is_refused(job, (struct sockaddr *)&storage) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* ---- starting ---- */

static int check_url(const struct fetch_request *request, const char **what)
{
	if (strncasecmp(request->url, "https://", 8) == 0)
		return 0;
	if (strncasecmp(request->url, "http://", 7) == 0) {
		*what = "http without TLS is refused; allow_private would allow it";
		return request->allow_http ? 0 : ERR_DENIED;
	}
	*what = "only https and http URLs are fetched";
	return strstr(request->url, "://") != NULL ? ERR_UNSUPPORTED : ERR_INVALID;
}

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static int add_headers(struct job *job, const struct fetch_request *request)
{
	struct buf line = BUF_INIT;

	/* No "Expect: 100-continue": it costs a round trip, or a second with old servers. */
	job->headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < request->n_headers; i++) {
		if (has_controls(request->headers[i].name) || has_controls(request->headers[i].value)) {
			buf_release(&line);
			job->what = "a header holds control characters";
			return ERR_INVALID;
		}
		buf_reset(&line);
		/* curl writes a header without value only in this form. */
		buf_printf(&line, *request->headers[i].value != '\0' ? "%s: %s" : "%s;", request->headers[i].name,
			request->headers[i].value);
		job->headers = curl_slist_append(job->headers, buf_str(&line));
	}
	buf_release(&line);
	assert(job->headers != NULL);
	curl_easy_setopt(job->easy, CURLOPT_HTTPHEADER, job->headers);
	return 0;
}

static void set_method(CURL *easy, const struct fetch_request *request)
{
	if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (request->body != NULL || strcmp(request->method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	} else if (strcmp(request->method, "GET") != 0) {
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
}

static void set_limits(CURL *easy, const struct fetch_request *request)
{
	int64_t connect_ms = request->connect_timeout_ms > 0 ? request->connect_timeout_ms : CONNECT_TIMEOUT_MS;
	int64_t whole_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;

	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)whole_ms);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request->max_redirects > 0 ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)request->max_redirects);
	curl_easy_setopt(easy, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL);
	curl_easy_setopt(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, strncasecmp(request->url, "https://", 8) == 0 ? "https" : "http,https");
	if (request->stall_ms > 0) {
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((request->stall_ms + 999) / 1000));
	}
	if (request->accept_packed)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, request->allow_http ? "http,https" : "https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* the environment has no say */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* does not wait for a hanging resolver */
	if (request->unix_socket != NULL)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
	if (request->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
	if (request->username != NULL) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, request->username);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password != NULL ? request->password : "");
	}
}

static int prepare(struct job *job, const struct fetch_request *request, const char *user_agent)
{
	int rc = check_url(request, &job->what);

	if (rc != 0)
		return rc;
	job->easy = curl_easy_init();
	assert(job->easy != NULL);
	curl_easy_setopt(job->easy, CURLOPT_URL, request->url);
	curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job);
	curl_easy_setopt(job->easy, CURLOPT_ERRORBUFFER, job->error);
	curl_easy_setopt(job->easy, CURLOPT_USERAGENT, user_agent);
	curl_easy_setopt(job->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(job->easy, CURLOPT_WRITEDATA, job);
	curl_easy_setopt(job->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(job->easy, CURLOPT_HEADERDATA, job);
	curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(job->easy, CURLOPT_OPENSOCKETDATA, job);
	curl_easy_setopt(job->easy, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(job->easy, CURLOPT_PREREQDATA, job);
	set_limits(job->easy, request);
	set_method(job->easy, request);
	return add_headers(job, request);
}

/* Begins what waits, as far as there is room; tells those that could not be prepared. */
static void on_kick(void *arg)
{
	struct curl_fetcher *self = arg;
	struct job *job = self->first;

	while (job != NULL && (job->running || (job->rc == 0 && self->n_running >= self->max_parallel)))
		job = job->next;
	if (job == NULL)
		return;
	loop_timer_set(self->kick, 0); /* for the next one */
	if (job->rc != 0) {
		job_end(self, job, job->rc, job->what);
		return;
	}
	job->running = true;
	self->n_running++;
	curl_multi_add_handle(self->multi, job->easy);
}

static uint64_t fetcher_start(struct fetcher *base, const struct fetch_request *request, fetch_done done, void *arg)
{
	struct curl_fetcher *self = (struct curl_fetcher *)base;
	struct job *job = xcalloc(1, sizeof(*job));

	job->id = ++self->ids;
	job->done = done;
	job->arg = arg;
	job->allow_private = request->allow_private;
	job->max_answer_bytes = request->max_answer_bytes > 0 ? request->max_answer_bytes : MAX_ANSWER_BYTES;
	job->sink = request->sink;
	job->sink_arg = request->sink_arg;
	job->rc = prepare(job, request, self->user_agent);
	*self->last = job;
	self->last = &job->next;
	loop_timer_set(self->kick, 0);
	return job->id;
}

static void fetcher_cancel(struct fetcher *base, uint64_t id)
{
	struct curl_fetcher *self = (struct curl_fetcher *)base;
	struct job *job = self->first;

	while (job != NULL && job->id != id)
		job = job->next;
	if (job == NULL)
		return;
	job_unlink(self, job);
	job_free(job);
	loop_timer_set(self->kick, 0);
}

static void fetcher_free(struct fetcher *base)
{
	struct curl_fetcher *self = (struct curl_fetcher *)base;

	while (self->first != NULL)
		job_end(self, self->first, ERR_STOPPED, "stopped");
	curl_multi_cleanup(self->multi);
	loop_timer_free(self->timer);
	loop_timer_free(self->kick);
	free(self->user_agent);
	free(self);
	curl_global_cleanup();
}

struct fetcher *fetch_new(struct loop *loop, const char *user_agent, size_t max_parallel)
{
	struct curl_fetcher *self = xcalloc(1, sizeof(*self));
	CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);

	assert(rc == CURLE_OK && max_parallel > 0);
	self->base = (struct fetcher){.start = fetcher_start, .cancel = fetcher_cancel, .free = fetcher_free};
	self->loop = loop;
	self->max_parallel = max_parallel;
	self->user_agent = xstrdup(user_agent);
	self->last = &self->first;
	self->timer = loop_timer_new(loop, on_timer, self);
	self->kick = loop_timer_new(loop, on_kick, self);
	self->multi = curl_multi_init();
	assert(self->multi != NULL);
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
	curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, 16L);
	return &self->base;
}

void fetch_free(struct fetcher *fetcher)
{
	if (fetcher != NULL && fetcher->free != NULL)
		fetcher->free(fetcher);
}
