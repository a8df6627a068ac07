/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_text: see mapping_text.h. */
#include "mapping_text.h"

#include <string.h>

bool mapping_text_holds(const char *text, const char *words, bool open)
{
	size_t len = strlen(words);

	for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
		if ((at == text || at[-1] == ' ') && (open || at[len] == '\0' || at[len] == ' '))
			return true;
	}
	return false;
}

size_t mapping_text_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}
