/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/maildir. */
#include "deliver_outside.h"

#include <planvax/base/alloc.h>
#include <planvax/deliver/maildir.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder, *mail;

static char *under(const char *name)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s/%s", mail, name);
	return buf_detach(&b);
}

/* Files in a folder of the Maildir; *last (may be NULL) is the name of one, owned by the caller. */
static int count_files(const char *name, char **last)
{
	char *path = under(name);
	DIR *dir = opendir(path);
	int n = 0;

	cr_assert_not_null(dir, "%s", path);
	for (const struct dirent *e; (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		if (last && n == 0)
			*last = xstrdup(e->d_name);
		n++;
	}
	closedir(dir);
	free(path);
	return n;
}

static void set_up(void)
{
	struct buf path = BUF_INIT;

	folder = deliver_outside_folder();
	buf_printf(&path, "%s/above/mail", folder);
	mail = buf_detach(&path);
}

static void tear_down(void)
{
	deliver_outside_remove(folder);
	free(mail);
}

static struct letter sample(const char *id, const char *text)
{
	return (struct letter){.letter_id = id, .kind = LETTER_MAIL, .bytes = text, .len = strlen(text)};
}

TestSuite(maildir, .init = set_up, .fini = tear_down);

Test(maildir, preparing_makes_what_is_missing_and_keeps_what_is_there)
{
	static const char *const names[] = {"tmp", "new", "cur"};
	struct fault f = FAULT_NONE;
	struct letter letter = sample("a@b", "x\r\n");

	cr_assert_eq(maildir_prepare(mail, &f), 0, "%s", f.what);
	for (size_t i = 0; i < 3; i++) {
		char *path = under(names[i]);
		struct stat st;

		cr_assert_eq(stat(path, &st), 0);
		cr_expect_eq(st.st_mode & 0777, 0700);
		free(path);
	}
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_assert_eq(maildir_prepare(mail, &f), 0);
	cr_expect_eq(count_files("new", NULL), 1);
}

Test(maildir, a_letter_lands_in_new_byte_by_byte)
{
	struct letter letter = {.letter_id = "../../x:y/z@service.example", .bytes = "a\r\nb\0c\r\n", .len = 8};
	struct buf found = BUF_INIT;
	struct fault f = FAULT_NONE;
	char *name = NULL, *path = under("new");

	cr_assert_eq(maildir_prepare(mail, &f), 0);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0, "%s", f.what);
	cr_assert_eq(count_files("new", &name), 1);
	cr_expect_eq(count_files("tmp", NULL), 0);
	cr_expect_null(strpbrk(name, ":/"));
	deliver_outside_read(path, name, &found);
	cr_expect_eq(found.len, 8);
	cr_expect(memcmp(found.data, letter.bytes, 8) == 0);
	free(name);
	free(path);
	buf_release(&found);
}

Test(maildir, delivering_again_never_doubles)
{
	struct letter letter = sample("a@b", "x\r\n"), other = sample("a2@b", "x\r\n");
	struct fault f = FAULT_NONE;
	char *name = NULL;

	cr_assert_eq(maildir_prepare(mail, &f), 0);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_expect_eq(count_files("new", &name), 1);
	cr_assert_eq(maildir_deliver(mail, &other, &f), 0);
	cr_expect_eq(count_files("new", NULL), 2, "another letter has another file");
	free(name);
}

Test(maildir, a_letter_that_was_read_is_not_delivered_again)
{
	struct letter letter = sample("a@b", "x\r\n");
	struct fault f = FAULT_NONE;
	struct buf from = BUF_INIT, to = BUF_INIT;
	char *name = NULL;

	cr_assert_eq(maildir_prepare(mail, &f), 0);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_assert_eq(count_files("new", &name), 1);
	buf_printf(&from, "%s/new/%s", mail, name);
	buf_printf(&to, "%s/cur/%s:2,S", mail, name);
	cr_assert_eq(rename(buf_str(&from), buf_str(&to)), 0);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_expect_eq(count_files("new", NULL), 0);
	cr_expect_eq(count_files("cur", NULL), 1);
	free(name);
	buf_release(&from);
	buf_release(&to);
}

Test(maildir, what_a_crash_left_in_tmp_is_replaced)
{
	struct letter letter = sample("a@b", "whole\r\n");
	struct fault f = FAULT_NONE;
	struct buf found = BUF_INIT;
	char *name = NULL, *tmp = under("tmp"), *new = under("new"), *file;

	cr_assert_eq(maildir_prepare(mail, &f), 0);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_assert_eq(count_files("new", &name), 1);
	deliver_outside_write(tmp, name, "a longer text, never finished", 29);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	cr_expect_eq(count_files("tmp", NULL), 0, "the rest stays when the letter is there");
	deliver_outside_write(tmp, name, "a longer text, never finished", 29);
	file = under("new/");
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s%s", file, name);
	cr_assert_eq(unlink(buf_str(&path)), 0);
	cr_assert_eq(maildir_deliver(mail, &letter, &f), 0);
	deliver_outside_read(new, name, &found);
	cr_expect_str_eq(buf_str(&found), "whole\r\n");
	cr_expect_eq(count_files("tmp", NULL), 0);
	free(name);
	free(tmp);
	free(new);
	free(file);
	buf_release(&path);
	buf_release(&found);
}

Test(maildir, a_folder_that_is_not_there_is_told)
{
	struct letter letter = sample("a@b", "x\r\n");
	struct fault f = FAULT_NONE;

	cr_expect_eq(maildir_deliver(mail, &letter, &f), ERR_IO);
	cr_expect_not_null(strstr(f.where, "/above/mail/tmp"), "%s", f.where);
	cr_expect_not_null(strstr(f.what, "No such file"), "%s", f.what);
}

Test(maildir, a_file_in_the_place_of_the_folder_is_told)
{
	struct fault f = FAULT_NONE;

	deliver_outside_write(folder, "above", "", 0);
	cr_expect_eq(maildir_prepare(mail, &f), ERR_IO);
	cr_expect_not_null(strstr(f.what, "Not a directory"), "%s", f.what);
	fault_clear(&f);
	cr_expect_eq(maildir_prepare("", &f), ERR_IO);
}
