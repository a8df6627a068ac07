/* SPDX-License-Identifier: Apache-2.0 */
/* ids: French identifiers: digit counts, Luhn keys and La Poste's exception. */
#include <planvax/model/ids.h>

#include <assert.h>
#include <string.h>

#define SIREN_DIGITS 9
#define SIRET_DIGITS 14
#define RPPS_DIGITS 11
#define FINESS_DIGITS 9
#define INSEE_CHARACTERS 5
#define KEY_MAX_BYTES 64
#define LA_POSTE "356000000"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_digit(text[i]))
			return false;
	return true;
}

/* Sum by Luhn; the last digit counts once, the one before it twice, and so on. */
static int luhn_sum(const char *digits, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int digit = digits[n - 1 - i] - '0';

		if (i % 2 == 1)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum;
}

static bool luhn(const char *text, size_t len, size_t wanted)
{
	return len == wanted && all_digits(text, len) && luhn_sum(text, len) % 10 == 0;
}

bool ids_siren(const char *text, size_t len)
{
	return luhn(text, len, SIREN_DIGITS);
}

bool ids_siret(const char *text, size_t len)
{
	if (len != SIRET_DIGITS || !all_digits(text, len) || !luhn(text, SIREN_DIGITS, SIREN_DIGITS))
		return false;
	if (luhn_sum(text, len) % 10 == 0)
		return true;
	if (memcmp(text, LA_POSTE, SIREN_DIGITS) != 0)
		return false;

	int sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += text[i] - '0';
	return sum % 5 == 0;
}

bool ids_rpps(const char *text, size_t len)
{
	return luhn(text, len, RPPS_DIGITS);
}

static bool is_corsican(const char *text)
{
	return text[0] == '2' && (text[1] == 'A' || text[1] == 'B');
}

bool ids_finess(const char *text, size_t len)
{
	if (len == FINESS_DIGITS && is_corsican(text))
		return all_digits(text + 2, len - 2);
	return luhn(text, len, FINESS_DIGITS);
}

bool ids_insee(const char *text, size_t len)
{
	if (len != INSEE_CHARACTERS)
		return false;
	if (is_corsican(text))
		return all_digits(text + 2, len - 2);
	if (!all_digits(text, len))
		return false;

	int departement = (text[0] - '0') * 10 + text[1] - '0';

	return departement >= 1 && departement <= 98 && departement != 20 && departement != 96;
}

void ids_departement(const char *insee, char out[4])
{
	size_t len = strnlen(insee, 3);

	if (len == 3 && !(insee[0] == '9' && insee[1] >= '7'))
		len = 2;
	memcpy(out, insee, len);
	out[len] = '\0';
}

int ids_luhn_digit(const char *digits, size_t n)
{
	int sum = 0;

	assert(all_digits(digits, n));
	for (size_t i = 0; i < n; i++) {
		int digit = digits[n - 1 - i] - '0';

		if (i % 2 == 0)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return (10 - sum % 10) % 10;
}

bool ids_key(const char *text, size_t len)
{
	if (len == 0 || len > KEY_MAX_BYTES)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f || strchr("\"'`/\\", text[i]) != NULL)
			return false;
	return true;
}
