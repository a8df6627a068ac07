/* SPDX-License-Identifier: Apache-2.0 */
/* log: whole lines on stderr. */
#include <planvax/base/log.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 2048 /* below PIPE_BUF, so that a line is written whole */

static atomic_int max_level = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

static int priority(enum log_level level)
{
	switch (level) {
	case LOG_ERROR: return 3;
	case LOG_WARNING: return 4;
	case LOG_INFO: return 6;
	case LOG_DEBUG: return 7;
	}
	return 6;
}

/* Whether stderr is the journal's stream: JOURNAL_STREAM is its "device:inode" (systemd.exec(5)). */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;
	char *end;

	if (stream == NULL || fstat(STDERR_FILENO, &st) < 0)
		return false;
	device = strtoumax(stream, &end, 10);
	if (end == stream || *end != ':')
		return false;
	stream = end + 1;
	inode = strtoumax(stream, &end, 10);
	return end != stream && *end == '\0' && device == st.st_dev && inode == st.st_ino;
}

/* Adds formatted text at *at; what does not fit before the last two bytes is cut. */
static void __attribute__((format(printf, 3, 0)))
append(char line[LINE_BYTES], size_t *at, const char *format, va_list args)
{
	size_t room = LINE_BYTES - 1 - *at;
	int len = vsnprintf(line + *at, room, format, args);

	if (len > 0)
		*at += (size_t)len < room ? (size_t)len : room - 1;
}

static void __attribute__((format(printf, 3, 4)))
append_text(char line[LINE_BYTES], size_t *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(line, at, format, args);
	va_end(args);
}

const char *log_value(const char *text, char out[LOG_VALUE_BYTES])
{
	size_t len = 0;

	out[len++] = '"';
	for (; *text != '\0' && len < LOG_VALUE_BYTES - 2; text++)
		out[len++] = *text == '"' ? '\'' : *text;
	out[len++] = '"';
	out[len] = '\0';
	return out;
}

void log_line(enum log_level level, const char *subsystem, const char *format, ...)
{
	char line[LINE_BYTES];
	size_t len = 0;
	int saved = errno;
	va_list args;

	if ((int)level > atomic_load(&max_level))
		return;
	if (is_journal())
		append_text(line, &len, "<%d>", priority(level));
	append_text(line, &len, "%s: ", subsystem);
	va_start(args, format);
	append(line, &len, format, args);
	va_end(args);
	/* A value must not forge a line of its own. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	for (size_t at = 0; at < len;) {
		ssize_t n = write(STDERR_FILENO, line + at, len - at);

		if (n < 0 && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	errno = saved;
}
