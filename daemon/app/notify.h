/* SPDX-License-Identifier: Apache-2.0 */
/* notify: tells systemd how the service is (sd_notify(3)), where NOTIFY_SOCKET is set; else does nothing. */
#ifndef PLANVAX_APP_NOTIFY_H
#define PLANVAX_APP_NOTIFY_H

/* Sends "READY=1", "STOPPING=1" ...; lines joined by newlines. Errors are ignored: nobody depends on them. */
void notify_send(const char *state);

/* "RELOADING=1" with the monotonic time that systemd wants beside it. */
void notify_reloading(void);

#endif
