/* SPDX-License-Identifier: Apache-2.0 */
/* tls: OpenSSL, with what Mozilla calls the intermediate configuration. */
#include "tls.h"

#include <planvax/base/alloc.h>

#include <assert.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

struct tls_context {
	SSL_CTX *ctx;
};

struct tls {
	SSL *ssl;
	bool broken; /* nothing may be written any more */
	bool ended;  /* goodbye is said */
};

static const char ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
	"ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/* Sets f to OpenSSL's reason. */
static int tls_fail(const char *what, const char *path, struct fault *f)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	fault_set(f, ERR_INVALID, "%s: %s", what, reason != NULL ? reason : "unknown reason");
	fault_at(f, "%s", path);
	fault_hint(f, "tls_certificate is a PEM chain with the server's certificate first, tls_key its key, both readable by the service");
	ERR_clear_error();
	return ERR_INVALID;
}

int tls_context_new(const char *certificate, const char *key, struct tls_context **context, struct fault *f)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	int rc = 0;

	assert(ctx != NULL);
	ERR_clear_error();
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(ctx, ciphers);
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets resume; no table to bound */
	if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1)
		rc = tls_fail("the certificate cannot be used", certificate, f);
	else if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(ctx) != 1)
		rc = tls_fail("the key cannot be used", key, f);
	if (rc != 0) {
		SSL_CTX_free(ctx);
		return rc;
	}
	*context = xcalloc(1, sizeof(**context));
	(*context)->ctx = ctx;
	return 0;
}

void tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ctx);
	free(context);
}

struct tls *tls_new(const struct tls_context *context, int fd)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));
	int ok;

	tls->ssl = SSL_new(context->ctx);
	assert(tls->ssl != NULL);
	ok = SSL_set_fd(tls->ssl, fd);
	assert(ok == 1);
	(void)ok;
	SSL_set_accept_state(tls->ssl);
	return tls;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	tls_end(tls);
	SSL_free(tls->ssl);
	free(tls);
}

/* What a call that returned no bytes means. */
static int64_t tls_result(struct tls *tls, int returned, struct tls_wants *wants)
{
	int error = SSL_get_error(tls->ssl, returned);

	ERR_clear_error();
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		wants->read = error == SSL_ERROR_WANT_READ;
		wants->write = error == SSL_ERROR_WANT_WRITE;
		return ERR_AGAIN;
	}
	if (error == SSL_ERROR_ZERO_RETURN)
		return 0;
	tls->broken = true;
	return ERR_CLOSED;
}

int64_t tls_read(struct tls *tls, void *out, size_t len, struct tls_wants *wants)
{
	int n;

	*wants = (struct tls_wants){false, false};
	ERR_clear_error();
	n = SSL_read(tls->ssl, out, len < INT_MAX ? (int)len : INT_MAX);
	return n > 0 ? n : tls_result(tls, n, wants);
}

int64_t tls_write(struct tls *tls, const void *bytes, size_t len, struct tls_wants *wants)
{
	int64_t result;
	int n;

	*wants = (struct tls_wants){false, false};
	ERR_clear_error();
	n = SSL_write(tls->ssl, bytes, len < INT_MAX ? (int)len : INT_MAX);
	if (n > 0)
		return n;
	result = tls_result(tls, n, wants);
	return result == 0 ? ERR_CLOSED : result;
}

void tls_end(struct tls *tls)
{
	if (tls->broken || tls->ended || !SSL_is_init_finished(tls->ssl))
		return;
	tls->ended = true;
	ERR_clear_error();
	SSL_shutdown(tls->ssl);
	ERR_clear_error();
}
