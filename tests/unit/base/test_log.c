/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/log: what arrives on stderr. */
#include <planvax/base/log.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* stderr led into a file while lines are written. */
struct capture {
	FILE *file;
	int saved;
};

static struct capture capture_start(void)
{
	struct capture c = {tmpfile(), dup(STDERR_FILENO)};

	cr_assert_not_null(c.file);
	dup2(fileno(c.file), STDERR_FILENO);
	return c;
}

static const char *capture_end(struct capture *c, char text[8192])
{
	dup2(c->saved, STDERR_FILENO);
	close(c->saved);
	rewind(c->file);
	text[fread(text, 1, 8191, c->file)] = '\0';
	fclose(c->file);
	return text;
}

Test(log, a_line_has_subsystem_verb_and_values)
{
	struct capture c = capture_start();
	char text[8192];

	log_line(LOG_INFO, "outbox", "sent id=%d attempt=%d", 7, 2);
	log_line(LOG_ERROR, "store", "failed code=%s", "io");
	cr_assert_str_eq(capture_end(&c, text), "outbox: sent id=7 attempt=2\nstore: failed code=io\n");
}

Test(log, lines_above_the_level_are_dropped)
{
	struct capture c = capture_start();
	char text[8192];

	log_line(LOG_DEBUG, "a", "dropped");
	log_line(LOG_INFO, "b", "kept");
	log_set_level(LOG_ERROR);
	log_line(LOG_WARNING, "c", "dropped");
	log_line(LOG_ERROR, "d", "kept");
	log_set_level(LOG_DEBUG);
	log_line(LOG_DEBUG, "e", "kept");
	cr_assert_str_eq(capture_end(&c, text), "b: kept\nd: kept\ne: kept\n");
}

Test(log, a_value_cannot_forge_a_line)
{
	struct capture c = capture_start();
	char text[8192];

	log_line(LOG_INFO, "api", "refused path=%s", "/x\nstore: failed\r\x1b[2J\x7f\xc3\xa9");
	cr_assert_str_eq(capture_end(&c, text), "api: refused path=/x?store: failed??[2J?\xc3\xa9\n");
}

Test(log, a_long_line_is_cut_and_still_one_line)
{
	struct capture c = capture_start();
	char text[8192], *value = malloc(5001);

	cr_assert_not_null(value);
	memset(value, 'x', 5000);
	value[5000] = '\0';
	log_line(LOG_INFO, "api", "refused path=%s", value);
	log_line(LOG_INFO, "api", "next");
	capture_end(&c, text);

	const char *end = strchr(text, '\n');

	cr_assert_not_null(end);
	cr_assert_leq((size_t)(end - text), 2048);
	cr_assert_geq((size_t)(end - text), 2000);
	cr_assert_str_eq(end + 1, "api: next\n");
	free(value);
}

Test(log, the_journal_gets_priorities)
{
	struct capture c = capture_start();
	char text[8192], stream[64];
	struct stat st;

	cr_assert_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_set_level(LOG_DEBUG);
	log_line(LOG_ERROR, "a", "x");
	log_line(LOG_WARNING, "b", "x");
	log_line(LOG_INFO, "c", "x");
	log_line(LOG_DEBUG, "d", "x");
	cr_assert_str_eq(capture_end(&c, text), "<3>a: x\n<4>b: x\n<6>c: x\n<7>d: x\n");
}

Test(log, another_stream_than_the_journal_gets_none)
{
	static const char *const streams[] = {"1:2", "", "x", "1", "1:", ":1", "1:2x"};
	struct capture c = capture_start();
	char text[8192];

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		setenv("JOURNAL_STREAM", streams[i], 1);
		log_line(LOG_INFO, "a", "x");
	}
	cr_assert_str_eq(capture_end(&c, text), "a: x\na: x\na: x\na: x\na: x\na: x\na: x\n");
}

Test(log, a_value_keeps_its_quotes_to_itself_and_is_cut)
{
	char out[LOG_VALUE_BYTES], text[2000];

	cr_assert_str_eq(log_value("no \"S9\" here", out), "\"no 'S9' here\"");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_value(text, out);
	cr_assert_eq(strlen(out), LOG_VALUE_BYTES - 1);
	cr_assert_eq(out[LOG_VALUE_BYTES - 2], '"');
}

Test(log, errno_survives)
{
	struct capture c = capture_start();
	char text[8192];

	errno = ENOSPC;
	log_line(LOG_INFO, "a", "x");
	int after = errno;
	capture_end(&c, text);
	cr_assert_eq(after, ENOSPC);
}
