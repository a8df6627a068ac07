/* SPDX-License-Identifier: Apache-2.0 */
/* main of planvaxctl. */
#include "ctl.h"

int main(int argc, char **argv)
{
	return ctl_run(argc, argv);
}
