/* SPDX-License-Identifier: Apache-2.0 */
/* names: words of enums. */
#include <planvax/base/names.h>

#include <planvax/base/text.h>

#include <string.h>

const char *names_word(const struct name *table, int value)
{
	for (; table->word != NULL; table++)
		if (table->value == value)
			return table->word;
	return NULL;
}

bool names_value(const struct name *table, const char *word, size_t len, int *value)
{
	for (; table->word != NULL; table++) {
		if (!text_is(word, len, table->word))
			continue;
		*value = table->value;
		return true;
	}
	return false;
}

const char *names_nearest(const struct name *table, const char *word)
{
	const char *nearest = NULL;
	int third = (int)(strnlen(word, 200) / 3);
	int least = (third > 2 ? third : 2) + 1;

	for (; table->word != NULL; table++) {
		int distance = text_distance(table->word, word);

		if (distance >= least || (size_t)distance >= strlen(table->word))
			continue;
		least = distance;
		nearest = table->word;
	}
	return nearest;
}
