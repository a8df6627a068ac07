/* SPDX-License-Identifier: Apache-2.0 */
/* listener: listening sockets: TCP, Unix, and those that systemd passes. */
#ifndef PLANVAX_NET_LISTENER_H
#define PLANVAX_NET_LISTENER_H

#include <planvax/base/fault.h>
#include <planvax/net/http.h>
#include <sys/types.h>

struct listener {
	int fd;
	enum http_peer_kind kind;
	int port;      /* TCP */
	char *name;    /* "127.0.0.1:8080", or the socket's path; owned */
	bool made;     /* the Unix socket's file is ours to remove */
	dev_t device;  /* which file it is */
	ino_t inode;
};

/* Binds and listens on "ADDRESS:PORT". 0; ERR_INVALID: not one; ERR_UNSUPPORTED: the machine lacks the family or
 * the address; ERR_IO (f). */
int listener_tcp(const char *address, struct listener *out, struct fault *f);

/* Binds and listens on a Unix socket of mode 0660. 0; ERR_BUSY: somebody answers there; ERR_EXISTS: it is another
 * kind of file; ERR_INVALID: the path is too long; ERR_IO (f). */
int listener_unix(const char *path, struct listener *out, struct fault *f);

/* Takes over a descriptor that listens. 0; ERR_INVALID: it does not (f). */
int listener_adopt(int fd, struct listener *out, struct fault *f);

/* Descriptors that systemd passed to this process (sd_listen_fds(3)), from 3 on; the variables are unset. 0: none. */
int listener_passed(void);

/* Closes it and removes the file that it made. */
void listener_close(struct listener *l);

#endif
