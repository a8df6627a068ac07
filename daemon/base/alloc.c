/* SPDX-License-Identifier: Apache-2.0 */
/* alloc: heap memory or abort. */
#include <planvax/base/alloc.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Says so in one line, without allocating, and ends the program. */
static _Noreturn void out_of_memory(void)
{
	static const char line[] = "alloc: failed reason=out_of_memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written;
	abort();
}

/* Bytes of n members, at least 1; ends the program where no object may be so large. */
static size_t bytes_of(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
		out_of_memory();
	return bytes > 0 ? bytes : 1;
}

void *xmalloc(size_t size)
{
	void *p = malloc(bytes_of(1, size));

	if (p == NULL)
		out_of_memory();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(1, bytes_of(n, size));

	if (p == NULL)
		out_of_memory();
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	void *bigger = realloc(p, bytes_of(n, size));

	if (bigger == NULL)
		out_of_memory();
	return bigger;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t len)
{
	if (len == SIZE_MAX)
		out_of_memory();

	char *copy = xmalloc(len + 1);

	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}
