/* SPDX-License-Identifier: Apache-2.0 */
/* letter: words of a letter's kinds and states. */
#include <planvax/model/letter.h>

#include <stddef.h>

const struct name letter_kind_names[] = {
	{"mail", LETTER_MAIL},
	{"push", LETTER_PUSH},
	{NULL, 0},
};

const struct name letter_state_names[] = {
	{"pending", LETTER_PENDING},
	{"sending", LETTER_SENDING},
	{"retry", LETTER_RETRY},
	{"held", LETTER_HELD},
	{"done", LETTER_DONE},
	{"dead", LETTER_DEAD},
	{NULL, 0},
};
