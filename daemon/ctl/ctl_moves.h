/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_moves: moved visits on their way back to the agendas. */
#ifndef PLANVAX_CTL_CTL_MOVES_H
#define PLANVAX_CTL_CTL_MOVES_H

/* planvaxctl moves list | export */
int ctl_moves(int argc, char **argv);

#endif
