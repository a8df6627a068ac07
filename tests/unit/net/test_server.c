/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/server: listeners, caps, draining, sockets handed over. */
#include "net_fixture.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static struct net_fixture f;
static char directory[] = "/tmp/planvax-net-XXXXXX";
static char path[64];

static void setup(void)
{
	net_fixture_init(&f);
	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/control.sock", directory);
}

static void teardown(void)
{
	net_fixture_release(&f);
	unlink(path);
	cr_assert_eq(rmdir(directory), 0, "nothing is left behind");
}

TestSuite(server, .init = setup, .fini = teardown);

Test(server, takes_a_free_port_and_tells_it)
{
	struct buf name = BUF_INIT;
	char expected[32];

	net_fixture_start(&f);
	cr_assert_gt(server_port(f.server), 0);
	cr_assert_eq(server_n_listeners(f.server), 1);
	server_address(f.server, 0, &name);
	snprintf(expected, sizeof(expected), "127.0.0.1:%d", server_port(f.server));
	cr_assert_str_eq(buf_str(&name), expected);
	buf_release(&name);
}

Test(server, says_which_port_is_taken)
{
	struct fault fault = FAULT_NONE;
	char address[32];

	net_fixture_start(&f);
	snprintf(address, sizeof(address), "127.0.0.1:%d", server_port(f.server));
	cr_assert_eq(server_listen_tcp(f.server, address, &fault), ERR_IO);
	cr_assert_neq(strstr(fault.what, address), NULL);
	cr_assert_neq(fault.hint[0], '\0');
}

Test(server, opens_what_the_options_name_and_skips_an_address_that_the_machine_lacks)
{
	static const char *const listen[] = {"192.0.2.77:0", "127.0.0.1:0"};
	struct server_handler none = {0};
	struct fault fault = FAULT_NONE;

	f.options.listen = (struct option_list){listen, 2};
	f.options.control_socket = path;
	f.server = server_new(f.loop, &f.options, &none);
	cr_assert_eq(server_listen(f.server, &fault), 0, "%s", fault.what);
	cr_assert_eq(server_n_listeners(f.server), 2);
	server_free(f.server);
	f.options.listen.len = 1;
	f.server = server_new(f.loop, &f.options, &none);
	cr_assert_eq(server_listen(f.server, &fault), ERR_IO);
	cr_assert_neq(strstr(fault.what, "192.0.2.77:0"), NULL);
}

Test(server, answers_on_a_unix_socket_of_mode_0660_and_removes_it)
{
	struct net_client c;
	struct stat st;

	net_fixture_start(&f);
	cr_assert_eq(server_listen_unix(f.server, path, NULL), 0);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0660);
	net_client_open_unix(&c, &f, path);
	cr_assert(net_client_ask(&c, GET("/hello"), "\r\n\r\nhello"));
	cr_assert_str_eq(f.last_peer, "unix");
	net_client_close(&c);
	server_free(f.server);
	f.server = NULL;
	cr_assert_neq(stat(path, &st), 0);
}

Test(server, replaces_a_stale_socket_but_neither_a_live_one_nor_a_file)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct fault fault = FAULT_NONE;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	FILE *file;

	net_fixture_start(&f);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(fd, 1), 0);
	cr_assert_eq(server_listen_unix(f.server, path, &fault), ERR_BUSY);
	close(fd);
	cr_assert_eq(server_listen_unix(f.server, path, NULL), 0, "nobody answers any more");
	server_free(f.server);
	f.server = NULL;
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fclose(file);
	net_fixture_start(&f);
	cr_assert_eq(server_listen_unix(f.server, path, NULL), ERR_EXISTS);
	cr_assert_eq(access(path, F_OK), 0);
}

Test(server, refuses_a_path_that_is_too_long)
{
	char longer[200];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	net_fixture_start(&f);
	cr_assert_eq(server_listen_unix(f.server, longer, NULL), ERR_INVALID);
	cr_assert_eq(server_listen_unix(f.server, "", NULL), ERR_INVALID);
}

Test(server, adopts_sockets_that_listen_and_only_those)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listening = socket(AF_INET, SOCK_STREAM, 0);
	int other = socket(AF_INET, SOCK_STREAM, 0);
	struct server_handler none = {0};
	struct fault fault = FAULT_NONE;

	cr_assert_eq(bind(listening, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(listening, 5), 0);
	f.server = server_new(f.loop, &f.options, &none);
	cr_assert_eq(server_listen_fds(f.server, listening, 1, &fault), 0);
	cr_assert_gt(server_port(f.server), 0);
	cr_assert_eq(server_listen_fds(f.server, other, 1, &fault), ERR_INVALID);
	cr_assert_eq(server_n_listeners(f.server), 1);
	close(other);
}

Test(server, caps_connections_in_total_and_counts_those_that_end)
{
	struct net_client c[3];

	f.options.max_connections = 2;
	net_fixture_start(&f);
	for (int i = 0; i < 3; i++) {
		net_client_open(&c[i], &f);
		net_client_send(&c[i], i < 2 ? "GET /hello HTTP/1.1\r\n" : "");
	}
	cr_assert(net_client_wait(&c[2], "HTTP/1.1 503 "));
	cr_assert_neq(strstr(buf_str(&c[2].in), "Retry-After"), NULL);
	cr_assert(net_client_ask(&c[0], "Host: a\r\n\r\n", "hello"), "others are served");
	cr_assert_eq(server_stats(f.server).refused, 1);
	net_client_close(&c[0]);
	net_client_close(&c[2]);
	loop_wait(f.loop, 10);
	net_client_open(&c[0], &f);
	cr_assert(net_client_ask(&c[0], GET("/hello"), "hello"), "its place is free again");
	net_client_close(&c[0]);
	net_client_close(&c[1]);
}

Test(server, raises_the_limit_of_descriptors_as_far_as_it_needs)
{
	struct rlimit limit;

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 100;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	f.options.max_connections = 300;
	net_fixture_start(&f);
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	cr_assert_geq(limit.rlim_cur, 300);
}

Test(server, takes_fewer_connections_where_descriptors_are_short)
{
	const struct rlimit limit = {100, 100};
	struct net_client c[9];

	f.options.max_connections = 300;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	net_fixture_start(&f);
	for (int i = 0; i < 9; i++) {
		net_client_open(&c[i], &f);
		net_client_send(&c[i], i < 8 ? "GET /hello HTTP/1.1\r\n" : "");
	}
	cr_assert(net_client_wait(&c[8], "HTTP/1.1 503 "));
	for (int i = 0; i < 9; i++)
		net_client_close(&c[i]);
}

Test(server, gives_the_place_of_the_one_that_waits_longest_to_a_new_one)
{
	struct net_client c[3];

	f.options.max_connections = 2;
	net_fixture_start(&f);
	clock_fix((struct instant){1641000000});
	for (int i = 0; i < 2; i++) {
		net_client_open(&c[i], &f);
		net_client_send(&c[i], GET("/hello"));
		clock_advance(10);
	}
	net_client_open(&c[2], &f);
	net_client_send(&c[2], GET("/hello"));
	clock_unfix();
	cr_assert(net_client_wait(&c[2], "hello"));
	cr_assert(net_client_wait_end(&c[0]));
	cr_assert(net_client_ask(&c[1], GET("/hello"), "hello"));
	cr_assert_eq(server_stats(f.server).refused, 0);
	for (int i = 0; i < 3; i++)
		net_client_close(&c[i]);
}

Test(server, caps_connections_of_one_address_but_not_of_the_unix_socket)
{
	struct net_client c[2], operator;

	f.options.max_per_address = 1;
	net_fixture_start(&f);
	cr_assert_eq(server_listen_unix(f.server, path, NULL), 0);
	net_client_open(&c[0], &f);
	net_client_open(&c[1], &f);
	cr_assert(net_client_wait(&c[1], "HTTP/1.1 503 "));
	net_client_open_unix(&operator, &f, path);
	cr_assert(net_client_ask(&operator, GET("/hello"), "hello"));
	net_client_close(&operator);
	net_client_close(&c[0]);
	net_client_close(&c[1]);
}

static void set_flag(void *arg)
{
	*(bool *)arg = true;
}

Test(server, drains_idle_ones_at_once_and_running_ones_with_their_answer)
{
	struct net_client idle, running, fresh;
	bool done = false;

	net_fixture_start(&f);
	net_client_open(&idle, &f);
	cr_assert(net_client_ask(&idle, GET("/hello"), "hello"));
	net_client_open(&running, &f);
	net_client_send(&running, GET("/never"));
	net_client_open(&fresh, &f);
	server_drain(f.server, set_flag, &done);
	cr_assert(net_client_wait_end(&idle));
	cr_assert(net_client_wait_end(&fresh));
	cr_assert_not(done);
	f.kept->reply.status = 200;
	server_reply(f.kept);
	f.kept = NULL;
	cr_assert(net_client_wait(&running, "HTTP/1.1 200 OK"));
	cr_assert(net_client_wait_end(&running));
	cr_assert_neq(strstr(buf_str(&running.in), "Connection: close\r\n"), NULL);
	loop_wait(f.loop, 10);
	cr_assert(done);
	cr_assert_eq(server_n_listeners(f.server), 0);
	net_client_close(&idle);
	net_client_close(&running);
	net_client_close(&fresh);
}

Test(server, answers_what_was_sent_before_it_drains)
{
	struct net_client c;
	bool done = false;

	net_fixture_start(&f);
	net_client_open(&c, &f);
	cr_assert(net_client_ask(&c, GET("/hello"), "hello"));
	cr_assert_gt(send(c.fd, GET("/hello"), strlen(GET("/hello")), 0), 0);
	server_drain(f.server, set_flag, &done);
	cr_assert(net_client_wait(&c, "\r\n\r\nhello"));
	cr_assert_neq(strstr(buf_str(&c.in), "Connection: close\r\n"), NULL);
	cr_assert(net_client_wait_end(&c));
	net_client_close(&c);
}

Test(server, ends_draining_at_its_deadline)
{
	struct net_client c;
	bool done = false;

	f.options.drain_deadline_ms = 50;
	net_fixture_start(&f);
	net_client_open(&c, &f);
	net_client_send(&c, GET("/never"));
	server_drain(f.server, set_flag, &done);
	for (int i = 0; i < 100 && !done; i++)
		loop_wait(f.loop, 10);
	cr_assert(done);
	cr_assert(net_client_wait_end(&c));
	net_client_close(&c);
}

Test(server, tells_draining_done_when_nobody_is_there)
{
	bool done = false;

	net_fixture_start(&f);
	server_drain(f.server, set_flag, &done);
	cr_assert_not(done, "not from within the call");
	loop_turn(f.loop);
	cr_assert(done);
}

Test(server, makes_an_exchange_from_text_for_tests_of_handlers)
{
	static const char text[] = "POST /v1/import HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
	struct http_peer peer = {.kind = HTTP_PEER_UNIX, .uid = 0};
	struct server_exchange x;

	net_fixture_start(&f);
	cr_assert_eq(server_exchange_init(&x, text, sizeof(text) - 1, &peer), 0);
	cr_assert(http_segment_is(&x.request, 1, "import"));
	cr_assert_str_eq(x.request.body, "body");
	cr_assert_eq(x.request.peer.kind, HTTP_PEER_UNIX);
	server_reply(&x);
	cr_assert(x.replied);
	server_exchange_release(&x);
	cr_assert_eq(server_exchange_init(&x, "GET /", 5, &peer), ERR_INVALID);
}
