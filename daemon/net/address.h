/* SPDX-License-Identifier: Apache-2.0 */
/* address: IP addresses with ports: reading, writing, and which of them are not
 * of the public Internet. Pure; any thread. */
#ifndef PLANVAX_NET_ADDRESS_H
#define PLANVAX_NET_ADDRESS_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define ADDRESS_KEY_BYTES 9

struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};

/* Reads "192.0.2.1:80", "[2001:db8::1]:80" or "localhost:80" (127.0.0.1). 0; ERR_INVALID (f). */
int address_parse(const char *text, struct address *out, struct fault *f);

/* Appends "192.0.2.1:80", "[2001:db8::1]:80"; a mapped IPv4 address as IPv4. */
void address_format(const struct sockaddr *sa, struct buf *out);

/* Writes the address without port and a NUL; "unknown" for other families. Returns text. */
char *address_text(const struct sockaddr *sa, char text[64]);

/* Its port; 0 for other families. */
int address_port(const struct sockaddr *sa);

/* Whether the address is not a public unicast one: private, loopback, link-local, shared, documentation, multicast,
 * unspecified ... (IANA special-purpose registries), also inside a mapped, NAT64 or 6to4 address; other families are. */
bool address_is_private(const struct sockaddr *sa);

/* Whether it is of 169.254.0.0/16 or fe80::/10, also inside a mapped, NAT64 or 6to4 address: there clouds hand out
 * credentials to whoever asks. Other families are not. */
bool address_is_link_local(const struct sockaddr *sa);

/* Writes what caps count by: the IPv4 address, or the /64 of an IPv6 one. Returns its length. */
size_t address_key(const struct sockaddr *sa, char key[ADDRESS_KEY_BYTES]);

#endif
