/* SPDX-License-Identifier: Apache-2.0 */
/* The client of the control socket: answers taken apart, peers that are not there, closed or slow. */
#include "ctl_ask.h"
#include "ctl_http.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[80];

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/planvax-http-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/s", folder);
}

static void drop_folder(void)
{
	unlink(path);
	rmdir(folder);
}

TestSuite(ctl_http, .init = make_folder, .fini = drop_folder);

Test(ctl_http, answers_are_taken_apart_or_refused)
{
	static const struct {
		const char *text;
		int rc, status;
		const char *body;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 0, 200, "hi"},
		{"HTTP/1.1 200 OK\r\ncontent-length:2 \r\n\r\nhi and more", 0, 200, "hi"},
		{"HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", 0, 204, ""},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, 404, ""},
		{"HTTP/1.1 200 OK\r\n\r\nto the end", 0, 200, "to the end"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", ERR_TRUNCATED, 0, ""},
		{"HTTP/1.1 200 OK\r\nContent-Le", ERR_TRUNCATED, 0, ""},
		{"", ERR_TRUNCATED, 0, ""},
		{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", ERR_INVALID, 0, ""},
		{"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", ERR_INVALID, 0, ""},
		{"SSH-2.0-OpenSSH\r\n\r\n", ERR_INVALID, 0, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ctl_http_answer answer = {.status = 0};

		cr_expect_eq(ctl_http_parse(rows[i].text, strlen(rows[i].text), &answer), rows[i].rc, "%s", rows[i].text);
		cr_expect_eq(answer.status, rows[i].status, "%s", rows[i].text);
		cr_expect_str_eq(buf_str(&answer.body), rows[i].body, "%s", rows[i].text);
		buf_release(&answer.body);
	}
}

/* A peer in a process of its own: reads up to `take` bytes, answers, ends. */
static pid_t serve(const char *answer, size_t take)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, path, strlen(path) + 1);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(fd, 1), 0);
	pid_t pid = fork();
	if (pid == 0) {
		static char text[4096];
		int peer = accept(fd, NULL, NULL);
		size_t got = 0;

		alarm(20);
		for (ssize_t n = 1; n > 0 && got < take; got += n > 0 ? (size_t)n : 0)
			n = read(peer, text, take - got < sizeof(text) ? take - got : sizeof(text));
		_exit(write(peer, answer, strlen(answer)) < 0);
	}
	close(fd);
	return pid;
}

static int call(struct ctl_http_answer *answer, struct fault *f, const char *body, size_t len)
{
	const struct ctl_http_request request = {.socket = path, .method = body ? "POST" : "GET", .target = "/x", .type = body ? "text/csv" : NULL,
		.body = body, .body_len = len, .timeout_s = 1};

	return ctl_http_call(&request, answer, f);
}

Test(ctl_http, a_request_is_answered)
{
	struct ctl_http_answer answer = {.status = 0};
	struct fault f = FAULT_NONE;
	pid_t pid = serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", strlen("GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

	cr_assert_eq(call(&answer, &f, NULL, 0), 0, "%s", f.what);
	cr_assert_eq(answer.status, 200);
	cr_assert_str_eq(answer.body.data, "hi");
	buf_release(&answer.body);
	waitpid(pid, NULL, 0);
}

Test(ctl_http, an_early_answer_to_a_long_body_is_read)
{
	struct ctl_http_answer answer = {.status = 0};
	struct fault f = FAULT_NONE;
	size_t len = 8 << 20;
	char *body = calloc(1, len);
	pid_t pid = serve("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", 100);
	int rc;

	rc = call(&answer, &f, body, len);
	/* Whether the answer survives the reset is the kernel's choice; that nothing hangs or crashes is ours. */
	cr_assert(rc == 0 ? answer.status == 413 : f.what[0] != '\0', "%d", rc);
	buf_release(&answer.body);
	free(body);
	waitpid(pid, NULL, 0);
}

Test(ctl_http, a_service_that_is_not_there_is_told_with_a_hint)
{
	struct ctl_http_answer answer = {.status = 0};
	struct fault f = FAULT_NONE;

	cr_assert_eq(call(&answer, &f, NULL, 0), ERR_NOT_FOUND);
	cr_assert_not_null(strstr(f.what, "does not run"));
	cr_assert_not_null(strstr(f.hint, "planvaxd"));
}

Test(ctl_http, a_service_that_ends_or_sleeps_is_told)
{
	struct ctl_http_answer answer = {.status = 0};
	struct fault f = FAULT_NONE;
	pid_t pid = serve("", 10);

	cr_assert_lt(call(&answer, &f, NULL, 0), 0);
	waitpid(pid, NULL, 0);
	unlink(path);
	fault_clear(&f);
	pid = serve("late", 1000000);
	cr_assert_eq(call(&answer, &f, NULL, 0), ERR_TIMEOUT);
	waitpid(pid, NULL, 0);
}

/* A peer that gives each caller the next answer. */
static pid_t serve_all(const char *const *answers, int n)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path, path, strlen(path) + 1);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(fd, 4), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char text[4096];

		alarm(20);
		for (int i = 0; i < n; i++) {
			int peer = accept(fd, NULL, NULL);

			if (read(peer, text, sizeof(text)) <= 0 || dprintf(peer, "HTTP/1.1 200 OK\r\n\r\n%s", answers[i]) < 0)
				_exit(1);
			close(peer);
		}
		_exit(0);
	}
	close(fd);
	return pid;
}

static void print_id(const struct json_value *item)
{
	printf("%s\n", ctl_ask_word(item, "id"));
}

/* What a listing prints to standard output; its exit code in *code. */
static const char *list(const char *const *answers, int n, bool json, int *code)
{
	static char out[4096];
	const struct ctl_ask ask = {.command = "test", .json = json, .socket = path, .timeout_s = 5};
	char file[90];
	pid_t pid = serve_all(answers, n);

	snprintf(file, sizeof(file), "%s.out", path);
	cr_assert_not_null(freopen(file, "w", stdout));
	*code = ctl_ask_list(&ask, &(struct ctl_ask_listing){.target = "/v1/x?a=b", .header = "ID\n", .line = print_id});
	fflush(stdout);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	FILE *in = fopen(file, "r");
	cr_assert_not_null(in);
	out[fread(out, 1, sizeof(out) - 1, in)] = '\0';
	fclose(in);
	unlink(file);
	unlink(path);
	return out;
}

Test(ctl_http, pages_of_a_listing_are_one_document)
{
	static const char *const pages[] = {"{\"items\":[{\"id\":\"a\"},{\"id\":\"],\"}],\"next\":\"c1\"}\n", "{\"items\":[{\"id\":\"z\"}],\"next\":null}\n"};
	int code;

	cr_assert_str_eq(list(pages, 2, true, &code), "{\"items\":[{\"id\":\"a\"},{\"id\":\"],\"},{\"id\":\"z\"}],\"next\":null}\n");
	cr_assert_eq(code, CTL_DONE);
	cr_assert_str_eq(list(pages, 2, false, &code), "ID\na\n],\nz\n");
	cr_assert_eq(code, CTL_DONE);
	cr_assert_str_eq(list((const char *const[]){"{\"items\":[],\"next\":null}\n"}, 1, true, &code), "{\"items\":[],\"next\":null}\n");
}

Test(ctl_http, an_answer_that_is_no_listing_fails)
{
	int code;

	cr_assert_str_eq(list((const char *const[]){"hello"}, 1, false, &code), "");
	cr_assert_eq(code, CTL_FAILED);
	cr_assert_str_eq(list((const char *const[]){"{}"}, 1, true, &code), "");
	cr_assert_eq(code, CTL_FAILED);
}

Test(ctl_http, names_are_encoded_for_addresses)
{
	struct buf out = BUF_INIT;
	char mark = '?';

	ctl_ask_encode(&out, "a/b c@d.e-f_g~é");
	ctl_ask_query(&out, &mark, "x", "1&2");
	ctl_ask_query(&out, &mark, "none", NULL);
	ctl_ask_query(&out, &mark, "y", "z");
	cr_assert_str_eq(out.data, "a%2Fb%20c%40d.e-f_g~%C3%A9?x=1%262&y=z");
	buf_release(&out);
}
