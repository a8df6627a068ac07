/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_absent: facts that must be planned at once: who or what is absent, which session is cancelled. */
#ifndef PLANVAX_CTL_CTL_ABSENT_H
#define PLANVAX_CTL_CTL_ABSENT_H

/* planvaxctl absent STAFF FROM TO | --vehicle V FROM TO | --centre C FROM TO | --list | --withdraw ID */
int ctl_absent(int argc, char **argv);
/* planvaxctl cancel SESSION --reason TEXT */
int ctl_absent_cancel(int argc, char **argv);

#endif
