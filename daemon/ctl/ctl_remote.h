/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_remote: the commands that ask the running service over its Unix socket. */
#ifndef PLANVAX_CTL_CTL_REMOTE_H
#define PLANVAX_CTL_CTL_REMOTE_H

/* planvaxctl plan list | show | diff | publish | pin | unpin | forbid | allow | decline | facts ... */
int ctl_remote_plan(int argc, char **argv);
/* planvaxctl import [--dry-run] FILE|DIR... */
int ctl_remote_import(int argc, char **argv);
/* planvaxctl status [--summary] [--wait SECONDS] */
int ctl_remote_status(int argc, char **argv);
/* planvaxctl explain visit|company|session|person ID */
int ctl_remote_explain(int argc, char **argv);
/* planvaxctl outbox list | show | hold | release | retry | drop */
int ctl_remote_outbox(int argc, char **argv);
/* planvaxctl token add | list | revoke */
int ctl_remote_token(int argc, char **argv);
/* planvaxctl reload */
int ctl_remote_reload(int argc, char **argv);

#endif
