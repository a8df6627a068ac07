/* SPDX-License-Identifier: Apache-2.0 */
/* mail_options: rows of section [mail]. */
#include <planvax/deliver/mail_options.h>

const struct name mail_transport_names[] = {{"maildir", MAIL_MAILDIR}, {"smtp", MAIL_SMTP}, {NULL, 0}};

#define AT(member) offsetof(struct mail_options, member)

const struct option_row mail_options_rows[] = {
	{"mail", "transport", OPTION_WORD, AT(transport), "maildir", 0, 0, NULL, 0, mail_transport_names,
		"How mails leave: maildir writes them to a folder, smtp hands them to a server."},
	{"mail", "maildir", OPTION_PATH, AT(maildir), "/var/spool/planvax/mail", 0, 0, NULL, 0, NULL,
		"Folder for transport = maildir; a mail is written to tmp/ and moved to new/."},
	{"mail", "smtp_url", OPTION_TEXT, AT(smtp_url), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Server for transport = smtp: smtps://HOST:PORT, or smtp://HOST:PORT for STARTTLS."},
	{"mail", "username", OPTION_TEXT, AT(username), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL, "Account on that server, if it wants one."},
	{"mail", "password_file", OPTION_PATH, AT(password_file), NULL, 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"File that holds the account's password; a systemd credential may be named by its path."},
	{"mail", "from", OPTION_TEXT, AT(from), "planvax@localhost", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Mailbox that mails come from; also the organizer of invitations, so answers go there."},
	{"mail", "from_name", OPTION_TEXT, AT(from_name), "Planification de la vaccination", 0, 0, NULL, OPTION_RELOADABLE, NULL,
		"Name shown with that mailbox."},
};
const size_t mail_options_n_rows = sizeof(mail_options_rows) / sizeof(mail_options_rows[0]);
