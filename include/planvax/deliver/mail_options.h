/* SPDX-License-Identifier: Apache-2.0 */
/* mail_options: section [mail]. Plain value. Prefixes: mail_options_, mail_transport_. */
#ifndef PLANVAX_DELIVER_MAIL_OPTIONS_H
#define PLANVAX_DELIVER_MAIL_OPTIONS_H

#include <planvax/base/names.h>
#include <planvax/base/option.h>

enum mail_transport { MAIL_MAILDIR, MAIL_SMTP };
extern const struct name mail_transport_names[];

struct mail_options {
	int transport;             /* enum mail_transport */
	const char *maildir;       /* DIR with tmp, new and cur */
	const char *smtp_url;      /* smtps://HOST:PORT or smtp://HOST:PORT */
	const char *username;      /* NULL: no authentication */
	const char *password_file;
	const char *from;          /* mailbox: From of mails and ORGANIZER of invites */
	const char *from_name;     /* display name */
};

/* Rows of the section. */
extern const struct option_row mail_options_rows[];
extern const size_t mail_options_n_rows;

#endif
