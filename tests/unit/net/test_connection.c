/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/connection, through a server and raw clients. */
#include "net_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOST "Host: a\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

static struct net_fixture f;
static struct net_client c;

static void setup(void)
{
	net_fixture_init(&f);
}

static void start(void)
{
	net_fixture_start(&f);
	net_client_open(&c, &f);
}

static void teardown(void)
{
	net_client_close(&c);
	net_fixture_release(&f);
	cr_assert_eq(f.ends, f.heads, "each exchange ends once: %d heads, %d ends", f.heads, f.ends);
}

TestSuite(connection, .init = setup, .fini = teardown);

/* Whether the connection still answers. */
static bool alive(void)
{
	return net_client_ask(&c, GET("/hello"), "\r\n\r\nhello");
}

Test(connection, answers_with_date_and_length_and_stays_open)
{
	start();
	net_client_send(&c, GET("/hello"));
	cr_assert(net_client_wait(&c, "\r\n\r\nhello"));
	cr_assert_eq(strncmp(buf_str(&c.in), "HTTP/1.1 200 OK\r\nDate: ", 23), 0);
	cr_assert_neq(strstr(buf_str(&c.in), "\r\nContent-Type: text/plain\r\n"), NULL);
	cr_assert_neq(strstr(buf_str(&c.in), "\r\nContent-Length: 5\r\n"), NULL);
	cr_assert_null(strstr(buf_str(&c.in), "Connection:"));
	buf_reset(&c.in);
	cr_assert(alive());
	cr_assert_str_eq(f.last_peer, "127.0.0.1");
	cr_assert_eq(server_stats(f.server).requests, 2);
	cr_assert_eq(server_stats(f.server).accepted, 1);
}

Test(connection, answers_head_without_the_body)
{
	start();
	cr_assert(net_client_ask(&c, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n", "Content-Length: 5\r\n\r\n"));
	cr_assert_eq(c.in.len, 0);
	cr_assert(alive());
}

Test(connection, answers_no_content_without_length)
{
	start();
	net_client_send(&c, GET("/empty"));
	cr_assert(net_client_wait(&c, "\r\n\r\n"));
	cr_assert_null(strstr(buf_str(&c.in), "Content-Length"));
	buf_reset(&c.in);
	cr_assert(alive());
}

Test(connection, closes_when_the_client_or_the_handler_asks)
{
	start();
	net_client_send(&c, "GET /hello HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	cr_assert(net_client_wait_end(&c));
	cr_assert_neq(strstr(buf_str(&c.in), "Connection: close\r\n"), NULL);
	net_client_close(&c);
	net_client_open(&c, &f);
	net_client_send(&c, GET("/close"));
	cr_assert(net_client_wait_end(&c));
	cr_assert_neq(strstr(buf_str(&c.in), "Connection: close\r\n"), NULL);
}

Test(connection, speaks_http_1_0_too)
{
	start();
	cr_assert(net_client_ask(&c, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive\r\n\r\nhello"));
	net_client_send(&c, "GET /hello HTTP/1.0\r\n\r\n");
	cr_assert(net_client_wait_end(&c));
	cr_assert_neq(strstr(buf_str(&c.in), "hello"), NULL);
}

Test(connection, reads_a_body_by_length_and_in_chunks_byte_by_byte)
{
	static const char text[] = "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

	start();
	cr_assert(net_client_ask(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nwxyz", "\r\n\r\nwxyz"));
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char one[2] = {text[i], '\0'};

		net_client_send(&c, one);
	}
	cr_assert(net_client_wait(&c, "\r\n\r\nabcde"));
}

Test(connection, answers_pipelined_requests_in_order)
{
	struct buf text = BUF_INIT;

	start();
	for (int i = 0; i < 100; i++)
		buf_puts(&text, i % 3 == 0 ? GET("/later") : i % 3 == 1 ? "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi" : GET("/hello"));
	net_client_send(&c, buf_str(&text));
	for (int i = 0; i < 100; i++)
		cr_assert(net_client_ask(&c, "", i % 3 == 0 ? "\r\n\r\nlater" : i % 3 == 1 ? "\r\n\r\nhi" : "\r\n\r\nhello"), "reply %d", i);
	cr_assert_eq(c.in.len, 0);
	buf_release(&text);
}

Test(connection, answers_what_a_client_sent_before_it_stopped_sending)
{
	start();
	net_client_send(&c, GET("/later") GET("/hello"));
	shutdown(c.fd, SHUT_WR);
	cr_assert(net_client_wait_end(&c));
	cr_assert_neq(strstr(buf_str(&c.in), "\r\n\r\nlater"), NULL);
	cr_assert_neq(strstr(buf_str(&c.in), "\r\n\r\nhello"), NULL);
}

Test(connection, refuses_rubbish_as_a_problem_and_closes)
{
	static const struct {
		const char *text, *status;
	} cases[] = {
		{"\x16\x03\x01", "HTTP/1.1 400 "},
		{"GET / HTTP/1.1\n", "HTTP/1.1 400 "},
		{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
		{"BREW / HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 501 "},
		{"GET / HTTP/3.0\r\n\r\n", "HTTP/1.1 505 "},
		{"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nExpect: x\r\n\r\n", "HTTP/1.1 417 "},
		{"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nZ\r\n", "HTTP/1.1 400 "},
	};

	start();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		net_client_close(&c);
		net_client_open(&c, &f);
		net_client_send(&c, cases[i].text);
		cr_assert(net_client_wait_end(&c), "case %zu", i);
		cr_assert_eq(strncmp(buf_str(&c.in), cases[i].status, strlen(cases[i].status)), 0, "case %zu: %s", i, buf_str(&c.in));
		cr_assert_neq(strstr(buf_str(&c.in), "application/problem+json"), NULL);
		cr_assert_neq(strstr(buf_str(&c.in), "Connection: close\r\n"), NULL);
	}
	cr_assert_eq(server_stats(f.server).bad, (int64_t)(sizeof(cases) / sizeof(cases[0])));
}

Test(connection, refuses_a_body_at_its_head)
{
	start();
	net_client_send(&c, "POST /denied HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 401 Unauthorized"));
	cr_assert(net_client_wait_end(&c));
	net_client_close(&c);
	net_client_open(&c, &f);
	net_client_send(&c, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 11\r\n\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 413 "));
	net_client_close(&c);
	net_client_open(&c, &f);
	net_client_send(&c, "POST /small HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 413 "));
	net_client_close(&c);
	net_client_open(&c, &f);
	cr_assert(net_client_ask(&c, "POST /small HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\n0123456789", "\r\n\r\n0123456789"));
}

Test(connection, lets_a_client_that_sends_on_read_the_refusal)
{
	struct buf body = BUF_INIT;

	start();
	for (int i = 0; i < 20000; i++)
		buf_puts(&body, "0123456789");
	net_client_send(&c, "POST /denied HTTP/1.1\r\n" HOST "Content-Length: 200000\r\n\r\n");
	net_client_send(&c, buf_str(&body));
	shutdown(c.fd, SHUT_WR);
	cr_assert(net_client_wait_end(&c));
	cr_assert_eq(strncmp(buf_str(&c.in), "HTTP/1.1 401 ", 13), 0);
	cr_assert_neq(strstr(buf_str(&c.in), "a token is needed"), NULL, "the whole reply arrives");
	buf_release(&body);
}

Test(connection, says_continue_only_where_a_body_is_welcome)
{
	start();
	net_client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 100 Continue\r\n\r\n"));
	cr_assert(net_client_ask(&c, "ok", "\r\n\r\nok"));
	net_client_send(&c, "POST /denied HTTP/1.1\r\n" HOST "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	cr_assert(net_client_wait_end(&c));
	cr_assert_eq(strncmp(buf_str(&c.in), "HTTP/1.1 401 ", 13), 0, "%s", buf_str(&c.in));
}

Test(connection, ends_a_head_that_takes_too_long)
{
	f.options.head_deadline_ms = 60;
	start();
	net_client_send(&c, "GET /hello HTTP/1.1\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 408 "));
	cr_assert_eq(server_stats(f.server).expired, 1);
}

Test(connection, does_not_let_trickled_bytes_move_the_deadline)
{
	int64_t begin = clock_monotonic_ms();

	f.options.head_deadline_ms = 100;
	start();
	while (server_stats(f.server).expired == 0 && clock_monotonic_ms() - begin < 2000) {
		net_client_send(&c, "a");
		loop_wait(f.loop, 10);
	}
	cr_assert_eq(server_stats(f.server).expired, 1);
	cr_assert_lt(clock_monotonic_ms() - begin, 1000);
	cr_assert(net_client_wait(&c, "HTTP/1.1 408 "));
}

Test(connection, closes_one_that_says_nothing_without_an_answer)
{
	f.options.head_deadline_ms = 40;
	start();
	cr_assert(net_client_wait_end(&c));
	cr_assert_eq(c.in.len, 0);
}

Test(connection, ends_a_body_that_takes_too_long)
{
	f.options.body_deadline_ms = 60;
	start();
	net_client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nabc");
	cr_assert(net_client_wait(&c, "HTTP/1.1 408 "));
}

Test(connection, ends_a_body_that_goes_on_for_ever_at_the_transfer_deadline)
{
	struct buf chunk = BUF_INIT;

	f.options.transfer_deadline_ms = 150;
	f.options.max_body = 1 << 30;
	start();
	buf_puts(&chunk, "10000\r\n");
	for (int i = 0; i < 65536; i++)
		buf_putc(&chunk, 'x');
	buf_puts(&chunk, "\r\n");
	net_client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 200 && server_stats(f.server).expired == 0; i++) {
		net_client_send(&c, buf_str(&chunk));
		loop_wait(f.loop, 5);
	}
	cr_assert_eq(server_stats(f.server).expired, 1);
	buf_release(&chunk);
}

Test(connection, closes_an_idle_one)
{
	f.options.idle_deadline_ms = 40;
	start();
	cr_assert(alive());
	cr_assert(net_client_wait_end(&c));
	cr_assert_eq(c.in.len, 0);
}

Test(connection, writes_a_large_reply_whole_and_closes_on_a_client_that_does_not_read)
{
	size_t head;

	f.options.reply_deadline_ms = 100;
	f.big_bytes = 16 << 20;
	start();
	net_client_send(&c, "GET /big HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	cr_assert(net_client_wait_end(&c));
	head = (size_t)(strstr(buf_str(&c.in), "\r\n\r\n") - c.in.data) + 4;
	cr_assert_eq(c.in.len - head, f.big_bytes);
	cr_assert_eq(f.broken, 0);
	net_client_close(&c);
	net_client_open(&c, &f);
	net_client_send(&c, GET("/big"));
	for (int i = 0; i < 200 && f.broken == 0; i++)
		loop_wait(f.loop, 10);
	cr_assert_eq(f.broken, 1);
	cr_assert_eq(server_stats(f.server).open, 0);
}

Test(connection, answers_503_for_a_handler_that_takes_too_long_and_drops_its_late_reply)
{
	f.options.handler_deadline_ms = 50;
	start();
	net_client_send(&c, GET("/never"));
	cr_assert(net_client_wait(&c, "HTTP/1.1 503 "));
	cr_assert_not_null(f.kept);
	cr_assert_eq(f.ends, 0);
	f.kept->reply.status = 200;
	server_reply(f.kept);
	f.kept = NULL;
	cr_assert_eq(f.ends, 1);
	cr_assert_eq(f.broken, 1);
}

Test(connection, drops_the_reply_to_a_client_that_left)
{
	start();
	net_client_send(&c, GET("/never"));
	cr_assert_not_null(f.kept);
	shutdown(c.fd, SHUT_RDWR);
	net_client_close(&c);
	loop_wait(f.loop, 10);
	f.kept->reply.status = 200;
	server_reply(f.kept);
	f.kept = NULL;
	for (int i = 0; i < 100 && server_stats(f.server).open > 0; i++)
		loop_wait(f.loop, 10);
	cr_assert_eq(server_stats(f.server).open, 0);
	cr_assert_eq(f.ends, 1);
	net_client_open(&c, &f);
	cr_assert(alive());
}

Test(connection, survives_a_server_that_goes_before_its_handler_answers)
{
	start();
	net_client_send(&c, GET("/never"));
	cr_assert_not_null(f.kept);
	server_free(f.server);
	f.server = NULL;
	cr_assert_null(f.kept->connection);
	cr_assert_eq(f.ends, 0);
}

Test(connection, bounds_what_all_bodies_and_replies_hold_together)
{
	f.options.max_buffered = 1 << 20;
	f.options.max_body = 4 << 20;
	start();
	net_client_send(&c, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2000000\r\n\r\n");
	cr_assert(net_client_wait(&c, "HTTP/1.1 503 "));
	cr_assert_neq(strstr(buf_str(&c.in), "Retry-After: 5\r\n"), NULL);
	net_client_close(&c);
	net_client_open(&c, &f);
	cr_assert(net_client_ask(&c, GET("/big"), "HTTP/1.1 503 "));
	cr_assert(net_client_ask(&c, "", "}\n"));
	cr_assert(alive(), "what was refused is no longer counted");
}

Test(connection, ends_after_the_number_of_requests_that_is_allowed)
{
	f.options.max_requests = 2;
	start();
	cr_assert(alive());
	net_client_send(&c, GET("/hello"));
	cr_assert(net_client_wait_end(&c));
	cr_assert_neq(strstr(buf_str(&c.in), "Connection: close\r\n"), NULL);
}
