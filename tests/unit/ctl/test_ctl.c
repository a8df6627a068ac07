/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ctl/ctl: what all commands share. */
#include <criterion/criterion.h>

#include "ctl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[96];

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/planvax-ctl-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out", folder);
}

static void remove_folder(void)
{
	unlink(path);
	cr_assert_eq(rmdir(folder), 0, "nothing else is left there");
}

TestSuite(ctl, .init = make_folder, .fini = remove_folder);

Test(ctl, a_file_is_replaced_as_a_whole)
{
	struct fault f = FAULT_NONE;
	struct buf text = BUF_INIT;

	cr_assert_eq(ctl_write_file(path, "first, longer", 13, &f), 0, "%s", f.what);
	cr_assert_eq(ctl_write_file(path, "second", 6, &f), 0, "%s", f.what);
	cr_assert_eq(ctl_read_file(path, 100, &text, &f), 0, "%s", f.what);
	cr_assert_str_eq(buf_str(&text), "second");
	buf_release(&text);
}

Test(ctl, a_pipe_is_written_to_and_not_replaced)
{
	struct fault f = FAULT_NONE;
	struct stat st;
	char got[16] = "";

	cr_assert_eq(mkfifo(path, 0600), 0);
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	cr_assert_eq(ctl_write_file(path, "plan", 4, &f), 0, "%s", f.what);
	cr_assert_eq(read(fd, got, sizeof(got)), 4);
	cr_assert_str_eq(got, "plan");
	cr_assert_eq(stat(path, &st), 0);
	cr_assert(S_ISFIFO(st.st_mode));
	close(fd);
}

Test(ctl, a_file_that_cannot_be_written_or_is_too_large_is_told)
{
	struct fault f = FAULT_NONE;
	struct buf text = BUF_INIT;

	cr_assert_eq(ctl_write_file("/nowhere/out", "x", 1, &f), ERR_IO);
	cr_assert_str_eq(f.where, "/nowhere/out");
	fault_clear(&f);
	cr_assert_eq(ctl_write_file(path, "12345", 5, &f), 0);
	cr_assert_eq(ctl_read_file(path, 4, &text, &f), ERR_LIMIT);
	cr_assert_str_eq(f.where, path);
	buf_release(&text);
}
