/* SPDX-License-Identifier: Apache-2.0 */
/* fault: a mistake told to whoever made it. */
#include <planvax/base/fault.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Formats into text, which has cap bytes; what is too long is cut before a UTF-8 character. */
static void __attribute__((format(printf, 3, 0)))
fill(char *text, size_t cap, const char *format, va_list args)
{
	int len = vsnprintf(text, cap, format, args);

	if (len < 0) {
		text[0] = '\0';
		return;
	}
	if ((size_t)len < cap)
		return;

	size_t end = cap - 1;
	size_t lead = end;

	while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0 || (unsigned char)text[lead - 1] < 0xc0)
		return;

	unsigned char c = (unsigned char)text[lead - 1];
	size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

	if (end - (lead - 1) < wanted)
		text[lead - 1] = '\0';
}

void fault_clear(struct fault *f)
{
	f->code = ERR_NONE;
	f->where[0] = f->what[0] = f->hint[0] = '\0';
}

int fault_set(struct fault *f, enum err code, const char *what, ...)
{
	va_list args;

	if (f == NULL || f->code != ERR_NONE)
		return code;
	fault_clear(f);
	f->code = code;
	va_start(args, what);
	fill(f->what, sizeof(f->what), what, args);
	va_end(args);
	return code;
}

void fault_at(struct fault *f, const char *where, ...)
{
	va_list args;

	if (f == NULL || f->where[0] != '\0')
		return;
	va_start(args, where);
	fill(f->where, sizeof(f->where), where, args);
	va_end(args);
}

void fault_hint(struct fault *f, const char *hint, ...)
{
	va_list args;

	if (f == NULL || f->hint[0] != '\0')
		return;
	va_start(args, hint);
	fill(f->hint, sizeof(f->hint), hint, args);
	va_end(args);
}

void fault_format(const struct fault *f, struct buf *out)
{
	if (f->where[0] != '\0')
		buf_puts(out, f->where);
	if (f->where[0] != '\0' && (f->what[0] != '\0' || f->hint[0] != '\0'))
		buf_puts(out, ": ");
	buf_puts(out, f->what);
	if (f->what[0] != '\0' && f->hint[0] != '\0')
		buf_puts(out, ", ");
	buf_puts(out, f->hint);
}
