/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/tls: our own client, libcurl, against our own server. */
#include "net_fixture.h"
#include "tls.h"

#include <planvax/net/fetch.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct result {
	int calls, rc, status;
	char body[64];
	size_t body_len;
};

static struct net_fixture f;
static struct fetcher *fetcher;
static char directory[] = "/tmp/planvax-tls-XXXXXX";
static char certificate[64], key[64], other_key[64];
static char url[128];

static void add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	cr_assert_not_null(extension);
	X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
}

static EVP_PKEY *write_key(const char *path)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	FILE *file = fopen(path, "w");

	cr_assert(file != NULL && pair != NULL);
	cr_assert_eq(PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	return pair;
}

/* A certificate of 127.0.0.1 that vouches for itself. */
static void write_certificate(const char *path, EVP_PKEY *pair, long number)
{
	X509 *x = X509_new();
	FILE *file = fopen(path, "w");

	cr_assert(file != NULL && x != NULL);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), number);
	X509_gmtime_adj(X509_getm_notBefore(x), -86400);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, pair);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"planvax test", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x, NID_subject_alt_name, "IP:127.0.0.1");
	cr_assert_gt(X509_sign(x, pair, EVP_sha256()), 0);
	cr_assert_eq(PEM_write_X509(file, x), 1);
	fclose(file);
	X509_free(x);
}

static void setup(void)
{
	EVP_PKEY *pair;

	signal(SIGPIPE, SIG_IGN);
	cr_assert_not_null(mkdtemp(directory));
	snprintf(certificate, sizeof(certificate), "%s/certificate.pem", directory);
	snprintf(key, sizeof(key), "%s/key.pem", directory);
	snprintf(other_key, sizeof(other_key), "%s/other.pem", directory);
	pair = write_key(key);
	write_certificate(certificate, pair, 1);
	EVP_PKEY_free(pair);
	EVP_PKEY_free(write_key(other_key));
	net_fixture_init(&f);
	fetcher = fetch_new(f.loop, "planvax-test/1", 4);
}

static void teardown(void)
{
	fetch_free(fetcher);
	net_fixture_release(&f);
	unlink(certificate);
	unlink(key);
	unlink(other_key);
	rmdir(directory);
	cr_assert_eq(f.ends, f.heads);
}

TestSuite(tls, .init = setup, .fini = teardown);

static void start(void)
{
	struct fault fault = FAULT_NONE;

	f.options.tls_certificate = certificate;
	f.options.tls_key = key;
	net_fixture_start(&f);
	cr_assert_eq(server_load_tls(f.server, &fault), 0, "%s", fault.what);
}

static void on_done(void *arg, const struct fetch_answer *answer)
{
	struct result *r = arg;

	r->calls++;
	r->rc = answer->rc;
	r->status = answer->status;
	r->body_len = answer->body_len;
	snprintf(r->body, sizeof(r->body), "%s", answer->rc == 0 ? answer->body : answer->what);
}

static struct fetch_request request_to(const char *path)
{
	snprintf(url, sizeof(url), "https://127.0.0.1:%d%s", server_port(f.server), path);
	return (struct fetch_request){.method = "GET", .url = url, .allow_private = true, .ca_file = certificate, .timeout_ms = 5000,
		.max_answer_bytes = 8 << 20};
}

static struct result run(const struct fetch_request *request)
{
	int64_t end = clock_monotonic_ms() + 5000;
	struct result r = {0};

	fetcher->start(fetcher, request, on_done, &r);
	while (r.calls == 0 && clock_monotonic_ms() < end)
		loop_wait(f.loop, 10);
	cr_assert_eq(r.calls, 1);
	return r;
}

Test(tls, answers_and_keeps_the_connection)
{
	start();
	for (int i = 0; i < 3; i++) {
		struct fetch_request request = request_to(i == 1 ? "/later" : "/hello");
		struct result r = run(&request);

		cr_assert_eq(r.rc, 0, "%s", r.body);
		cr_assert_str_eq(r.body, i == 1 ? "later" : "hello");
	}
	cr_assert_eq(server_stats(f.server).accepted, 1);
}

Test(tls, carries_large_bodies_both_ways)
{
	struct buf body = BUF_INIT;

	f.options.max_body = 4 << 20;
	start();
	struct fetch_request request = request_to("/big");
	struct result r = run(&request);
	cr_assert_eq(r.body_len, f.big_bytes);
	memset(buf_reserve(&body, 3000000), 'y', 3000000);
	body.len = 3000000;
	request = request_to("/echo");
	request.method = "POST";
	request.body = body.data;
	request.body_len = body.len;
	r = run(&request);
	cr_assert_eq(r.rc, 0, "%s", r.body);
	cr_assert_eq(r.body_len, body.len);
	buf_release(&body);
}

Test(tls, is_refused_by_a_client_that_does_not_know_the_certificate)
{
	start();
	struct fetch_request request = request_to("/hello");
	request.ca_file = NULL;
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_CONFLICT);
	cr_assert_eq(f.heads, 0);
}

Test(tls, closes_on_a_client_that_speaks_plain_http)
{
	struct net_client c;

	start();
	net_client_open(&c, &f);
	net_client_send(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	cr_assert(net_client_wait_end(&c));
	cr_assert_null(strstr(buf_str(&c.in), "HTTP/1.1 200"));
	net_client_close(&c);
}

Test(tls, ends_a_handshake_that_takes_too_long)
{
	struct net_client c;

	f.options.head_deadline_ms = 50;
	start();
	net_client_open(&c, &f);
	net_client_send(&c, "\x16\x03\x01");
	cr_assert(net_client_wait_end(&c));
	net_client_close(&c);
}

Test(tls, refuses_files_that_do_not_fit_and_keeps_those_in_use)
{
	struct fault fault = FAULT_NONE;

	start();
	f.options.tls_key = other_key;
	cr_assert_eq(server_load_tls(f.server, &fault), ERR_INVALID);
	cr_assert_neq(strstr(fault.where, other_key), NULL);
	f.options.tls_key = NULL;
	cr_assert_eq(server_load_tls(f.server, NULL), ERR_INVALID);
	f.options.tls_key = key;
	f.options.tls_certificate = "/nonexistent.pem";
	fault_clear(&fault);
	cr_assert_eq(server_load_tls(f.server, &fault), ERR_INVALID);
	cr_assert_neq(strstr(fault.where, "/nonexistent.pem"), NULL);
	struct fetch_request request = request_to("/hello");
	cr_assert_str_eq(run(&request).body, "hello");
}

Test(tls, serves_a_renewed_certificate_to_new_connections)
{
	start();
	struct fetch_request request = request_to("/close");
	cr_assert_eq(run(&request).status, 200);
	EVP_PKEY *pair = write_key(key);
	write_certificate(certificate, pair, 2);
	EVP_PKEY_free(pair);
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_CONFLICT, "the old one is still served: %s", r.body);
	cr_assert_eq(server_load_tls(f.server, NULL), 0);
	r = run(&request);
	cr_assert_eq(r.rc, 0, "%s", r.body);
}
