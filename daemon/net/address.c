/* SPDX-License-Identifier: Apache-2.0 */
/* address: text and kinds of IP addresses. */
#include "address.h"

#include <planvax/base/text.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- text ---- */

static int bad(const char *text, struct fault *f)
{
	fault_set(f, ERR_INVALID, "\"%s\" is not an address with a port", text);
	fault_hint(f, "expected ADDRESS:PORT or [ADDRESS]:PORT, as 127.0.0.1:8080 or [::1]:8080");
	return ERR_INVALID;
}

int address_parse(const char *text, struct address *out, struct fault *f)
{
	const char *colon = strrchr(text, ':');
	struct address address = {.len = 0};
	char host[INET6_ADDRSTRLEN];
	size_t host_len;
	int64_t port;

	if (colon == NULL || text_int(colon + 1, strlen(colon + 1), 0, 65535, &port) != 0 || colon[1] == '-')
		return bad(text, f);
	host_len = (size_t)(colon - text);
	if (host_len >= 2 && text[0] == '[' && colon[-1] == ']') {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address.storage;

		host_len -= 2;
		if (host_len >= sizeof(host))
			return bad(text, f);
		memcpy(host, text + 1, host_len);
		host[host_len] = '\0';
		if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1)
			return bad(text, f);
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		address.len = sizeof(*six);
	} else {
		struct sockaddr_in *four = (struct sockaddr_in *)&address.storage;

		if (host_len >= sizeof(host))
			return bad(text, f);
		memcpy(host, text, host_len);
		host[host_len] = '\0';
		if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &four->sin_addr) != 1)
			return bad(text, f);
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		address.len = sizeof(*four);
	}
	*out = address;
	return 0;
}

char *address_text(const struct sockaddr *sa, char text[64])
{
	const char *done = NULL;

	if (sa->sa_family == AF_INET) {
		done = inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, text, 64);
	} else if (sa->sa_family == AF_INET6) {
		const struct in6_addr *six = &((const struct sockaddr_in6 *)sa)->sin6_addr;

		if (IN6_IS_ADDR_V4MAPPED(six))
			done = inet_ntop(AF_INET, six->s6_addr + 12, text, 64);
		else
			done = inet_ntop(AF_INET6, six, text, 64);
	}
	if (done == NULL)
		snprintf(text, 64, "unknown");
	return text;
}

int address_port(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)sa)->sin_port);
	if (sa->sa_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)sa)->sin6_port);
	return 0;
}

void address_format(const struct sockaddr *sa, struct buf *out)
{
	char text[64];

	address_text(sa, text);
	buf_printf(out, strchr(text, ':') != NULL ? "[%s]:%d" : "%s:%d", text, address_port(sa));
}

/* ---- kinds ---- */

struct range {
	unsigned char first[16];
	int bits;
};

/* Not global or not unicast: IANA IPv4 Special-Purpose Address Registry, and multicast. */
static const struct range private_four[] = {
	{{0}, 8},
	{{10}, 8},
	{{100, 64}, 10},
	{{127}, 8},
	{{169, 254}, 16},
	{{172, 16}, 12},
	{{192, 0, 0}, 24},
	{{192, 0, 2}, 24},
	{{192, 88, 99}, 24},
	{{192, 168}, 16},
	{{198, 18}, 15},
	{{198, 51, 100}, 24},
	{{203, 0, 113}, 24},
	{{224}, 3},
};

/* Inside 2000::/3, outside of which nothing is global: IANA IPv6 Special-Purpose Address Registry. */
static const struct range private_six[] = {
	{{0x20, 0x01, 0x00}, 23},
	{{0x20, 0x01, 0x0d, 0xb8}, 32},
	{{0x3f, 0xff, 0x00}, 20},
};

static const struct range global_six = {{0x20}, 3};
static const struct range nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
static const struct range six_to_four = {{0x20, 0x02}, 16};

static bool within(const unsigned char *bytes, const struct range *range)
{
	int whole = range->bits / 8;
	int rest = range->bits % 8;

	if (memcmp(bytes, range->first, (size_t)whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ range->first[whole]) >> (8 - rest) == 0;
}

static bool four_is_private(const unsigned char *bytes)
{
	for (size_t i = 0; i < sizeof(private_four) / sizeof(private_four[0]); i++)
		if (within(bytes, &private_four[i]))
			return true;
	return false;
}

static bool six_is_private(const struct in6_addr *six)
{
	const unsigned char *bytes = six->s6_addr;

	if (IN6_IS_ADDR_V4MAPPED(six) || within(bytes, &nat64))
		return four_is_private(bytes + 12);
	if (within(bytes, &six_to_four))
		return four_is_private(bytes + 2);
	if (!within(bytes, &global_six))
		return true;
	for (size_t i = 0; i < sizeof(private_six) / sizeof(private_six[0]); i++)
		if (within(bytes, &private_six[i]))
			return true;
	return false;
}

bool address_is_private(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return four_is_private((const unsigned char *)&((const struct sockaddr_in *)sa)->sin_addr);
	if (sa->sa_family == AF_INET6)
		return six_is_private(&((const struct sockaddr_in6 *)sa)->sin6_addr);
	return true;
}

bool address_is_link_local(const struct sockaddr *sa)
{
	static const struct range four = {{169, 254}, 16}, six = {{0xfe, 0x80}, 10};

	if (sa->sa_family == AF_INET)
		return within((const unsigned char *)&((const struct sockaddr_in *)sa)->sin_addr, &four);
	if (sa->sa_family != AF_INET6)
		return false;
	const struct in6_addr *in = &((const struct sockaddr_in6 *)sa)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(in) || within(in->s6_addr, &nat64))
		return within(in->s6_addr + 12, &four);
	return within(in->s6_addr, &six_to_four) ? within(in->s6_addr + 2, &four) : within(in->s6_addr, &six);
}

size_t address_key(const struct sockaddr *sa, char key[ADDRESS_KEY_BYTES])
{
	const unsigned char *bytes = NULL;
	size_t len = 0;

	if (sa->sa_family == AF_INET) {
		bytes = (const unsigned char *)&((const struct sockaddr_in *)sa)->sin_addr;
		len = 4;
	} else if (sa->sa_family == AF_INET6) {
		const struct in6_addr *six = &((const struct sockaddr_in6 *)sa)->sin6_addr;

		bytes = six->s6_addr;
		len = 8;
		if (IN6_IS_ADDR_V4MAPPED(six)) {
			bytes += 12;
			len = 4;
		}
	}
	key[0] = (char)len;
	if (len > 0)
		memcpy(key + 1, bytes, len);
	return len + 1;
}
