/* SPDX-License-Identifier: Apache-2.0 */
/* zone_lookup: see zone_lookup.h. */
#include "zone_lookup.h"

#include <planvax/base/text.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define MAX_CITIES 16
#define NO_OFFSET INT32_MAX

/* Words that are not looked up by city: display names of Windows (English, French, German), which may have more text around. */
static const struct {
	const char *words;
	const char *iana;
} display_names[] = {
	{"Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"}, /* the zone that Windows means, not the first city */
	{"Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"},
	{"Paris, Madrid", "Europe/Paris"},
	{"Amsterdam, Berlin, Bern", "Europe/Berlin"},
	{"Belgrade, Bratislava, Budapest, Ljubljana, Prague", "Europe/Budapest"},
	{"Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw"},
	{"Dublin, Edinburgh, Lisbon, London", "Europe/London"},
	{"Dublin, Édimbourg, Lisbonne, Londres", "Europe/London"},
	{"Coordinated Universal Time+12", "Etc/GMT-12"},
	{"Coordinated Universal Time-11", "Etc/GMT+11"},
	{"Coordinated Universal Time-02", "Etc/GMT+2"},
	{"Coordinated Universal Time", "Etc/UTC"},
	{"Temps universel coordonné", "Etc/UTC"},
	{"Europe de l'Ouest", "Europe/Berlin"},
	{"Europe de l’Ouest", "Europe/Berlin"},
	{"Europe centrale", "Europe/Budapest"},
	{"Mitteleuropäische Zeit", "Europe/Berlin"},
	{"Eastern Time (US & Canada)", "America/New_York"},
	{"Central Time (US & Canada)", "America/Chicago"},
	{"Mountain Time (US & Canada)", "America/Denver"},
	{"Pacific Time (US & Canada)", "America/Los_Angeles"},
	{"Atlantic Time (Canada)", "America/Halifax"},
	{"New Caledonia", "Pacific/Noumea"},
	{"Saint Pierre and Miquelon", "America/Miquelon"},
	{"Saint-Pierre-et-Miquelon", "America/Miquelon"},
	{"Port Louis", "Indian/Mauritius"},
};

/* Whole names. */
static const struct {
	const char *name;
	const char *iana;
} vendor_names[] = {
	{"Z", "Etc/UTC"},
	{"tzone://Microsoft/Utc", "Etc/UTC"},
	{"Mountain Standard Time (Mexico)", "America/Mazatlan"}, /* CLDR since 2022; Debian 12's ICU still says Chihuahua */
	{"Western/Central Europe", "Europe/Berlin"}, /* Notes */
	{"GMT +0100 (Standard) / GMT +0200 (Daylight)", "Europe/Paris"}, /* every zone with these two changes as it does */
};

static struct zone *load(const char *name)
{
	struct zone *zone;

	return zone_load(name, &zone) == 0 ? zone : NULL;
}

/* "/vendor.org/2005/Europe/Paris": the longest end of it that is a zone. */
static struct zone *load_behind_prefix(const char *tzid)
{
	struct zone *zone = NULL;

	for (const char *slash = strchr(tzid, '/'); slash != NULL && zone == NULL; slash = strchr(slash + 1, '/')) {
		if (strchr(slash + 1, '/') != NULL)
			zone = load(slash + 1);
	}
	return zone;
}

/* ---- Windows names ---- */

static struct zone *load_windows_name(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar windows[2 * ZONE_LOOKUP_MAX_BYTES];
	UChar id[ZONE_LOOKUP_MAX_BYTES + 1];
	char iana[ZONE_LOOKUP_MAX_BYTES + 1];
	int32_t n = 0;
	int32_t len;

	u_strFromUTF8(windows, 2 * ZONE_LOOKUP_MAX_BYTES, &n, name, -1, &status);
	if (U_FAILURE(status))
		return NULL;
	len = ucal_getTimeZoneIDForWindowsID(windows, n, NULL, id, ZONE_LOOKUP_MAX_BYTES, &status);
	if (U_FAILURE(status) || len <= 0)
		return NULL;
	for (int32_t i = 0; i < len; i++)
		iana[i] = (char)id[i]; /* zone ids are ASCII */
	iana[len] = '\0';
	return load(iana);
}

/* "Romance Standard Time"; also "Romance Standard Time 1" of Exchange, "Romance Daylight Time", "Romance". */
static struct zone *load_windows(const char *tzid)
{
	static const char daylight[] = " Daylight Time";
	static const char standard[] = " Standard Time";
	char name[ZONE_LOOKUP_MAX_BYTES + sizeof(standard)];
	size_t len = strlen(tzid);
	struct zone *zone = load_windows_name(tzid);

	if (zone != NULL)
		return zone;
	memcpy(name, tzid, len + 1);
	if (len > 2 && name[len - 2] == ' ' && name[len - 1] >= '1' && name[len - 1] <= '9') {
		name[len -= 2] = '\0';
		zone = load_windows_name(name);
	}
	if (len >= sizeof(daylight) && strcmp(name + len - (sizeof(daylight) - 1), daylight) == 0)
		name[len -= sizeof(daylight) - 1] = '\0';
	if (zone == NULL) {
		memcpy(name + len, standard, sizeof(standard));
		zone = load_windows_name(name);
	}
	return zone;
}

/* ---- display names ---- */

static struct zone *load_display_name(const char *tzid)
{
	for (size_t i = 0; i < sizeof(vendor_names) / sizeof(vendor_names[0]); i++) {
		if (strcmp(tzid, vendor_names[i].name) == 0)
			return load(vendor_names[i].iana);
	}
	for (size_t i = 0; i < sizeof(display_names) / sizeof(display_names[0]); i++) {
		if (strstr(tzid, display_names[i].words) != NULL)
			return load(display_names[i].iana);
	}
	return NULL;
}

/* Up to two digits. */
static int read_digits(const char **p)
{
	int value = 0;
	int n = 0;

	for (; n < 2 && **p >= '0' && **p <= '9'; n++)
		value = value * 10 + (*(*p)++ - '0');
	return n > 0 ? value : -1;
}

/* "UTC+01:00", "GMT +01.00", "UTC-3", "GMT": seconds east of Greenwich; moves *p behind it. NO_OFFSET: there is none. */
static int32_t read_offset(const char **p)
{
	const char *at = *p;
	int sign, hours, minutes = 0;

	if (strncasecmp(at, "UTC", 3) != 0 && strncasecmp(at, "GMT", 3) != 0)
		return NO_OFFSET;
	at += 3;
	*p = at;
	at += *at == ' ';
	if (*at != '+' && *at != '-')
		return 0;
	sign = *at++ == '-' ? -1 : 1;
	hours = read_digits(&at);
	if (*at == ':' || *at == '.')
		at++;
	if (*at >= '0' && *at <= '9')
		minutes = read_digits(&at);
	if (hours < 0 || hours > 14 || minutes > 59)
		return NO_OFFSET;
	*p = at;
	return sign * (hours * 3600 + minutes * 60);
}

/* "UTC+01", "(GMT +01:00)": nothing but an offset of whole hours, which tzdata names Etc/GMT-1. */
static struct zone *load_offset(const char *tzid)
{
	const char *p = tzid + (tzid[0] == '(');
	int32_t offset_s = read_offset(&p);
	char name[16];

	p += *p == ')' && tzid[0] == '(';
	if (offset_s == NO_OFFSET || *p != '\0' || offset_s % 3600 != 0)
		return NULL;
	snprintf(name, sizeof(name), "Etc/GMT%+d", -(int)offset_s / 3600); /* POSIX counts westward */
	return load(name);
}

/* Offsets of a zone in the middle of two seasons. */
struct seasons {
	int january_s, july_s;
};

static struct seasons seasons_of(const struct zone *zone)
{
	const int64_t january = INT64_C(1673740800); /* 2023-01-15 */
	const int64_t july = INT64_C(1689379200);    /* 2023-07-15 */

	return (struct seasons){zone_offset_s(zone, (struct instant){january}), zone_offset_s(zone, (struct instant){july})};
}

static bool same_seasons(const struct zone *a, const struct zone *b)
{
	struct seasons x = seasons_of(a);
	struct seasons y = seasons_of(b);

	return x.january_s == y.january_s && x.july_s == y.july_s;
}

/* The zone that is named after a city of len bytes. */
static struct zone *load_city(const char *city, size_t len)
{
	static const char *const areas[] = {"Europe", "America", "Africa", "Asia", "Australia", "Pacific", "Indian", "Atlantic"};
	char name[96];
	struct zone *zone = NULL;

	if (len < 3 || len > 60)
		return NULL;
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]) && zone == NULL; i++) {
		int at = snprintf(name, sizeof(name), "%s/", areas[i]);
		for (size_t k = 0; k < len; k++)
			name[(size_t)at + k] = city[k] == ' ' ? '_' : city[k];
		name[(size_t)at + len] = '\0';
		zone = load(name);
	}
	return zone;
}

/* Goes through the cities of a list. The first zone, if all that are found agree, and with the offset; *n: how many. */
static struct zone *agreed_city(const char *text, int32_t offset_s, int *n)
{
	struct zone *found = NULL;
	bool agreed = true;

	*n = 0;
	for (int i = 0; *text != '\0' && i < MAX_CITIES && agreed; i++) {
		size_t len = strcspn(text, ",;/");
		const char *city = text;
		size_t city_len = len;
		text_trim(&city, &city_len);
		struct zone *zone = load_city(city, city_len);
		text += len + (text[len] != '\0');
		if (zone == NULL)
			continue;
		struct seasons s = seasons_of(zone);
		agreed = offset_s == NO_OFFSET || (s.january_s < s.july_s ? s.january_s : s.july_s) == offset_s;
		(*n)++;
		if (found == NULL) {
			found = zone;
			continue;
		}
		agreed = agreed && same_seasons(found, zone);
		zone_free(zone);
	}
	if (!agreed) {
		zone_free(found);
		found = NULL;
	}
	return found;
}

/* "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris": an offset and a city, or two cities, that agree. */
static struct zone *load_cities(const char *tzid)
{
	const char *p = tzid;
	int32_t offset_s = NO_OFFSET;
	struct zone *zone;
	int n;

	if (*p == '(') {
		p++;
		offset_s = read_offset(&p);
		if (offset_s == NO_OFFSET || *p != ')')
			return NULL;
		p++;
	}
	zone = agreed_city(p, offset_s, &n);
	if (zone != NULL && offset_s == NO_OFFSET && n < 2) {
		zone_free(zone);
		zone = NULL;
	}
	return zone;
}

/* "europe/paris", "EUROPE/PARIS": the usual capitals. */
static struct zone *load_capitals(const char *tzid)
{
	char name[ZONE_LOOKUP_MAX_BYTES + 1];
	bool first = true;

	if (strchr(tzid, '/') == NULL)
		return NULL;
	for (size_t i = 0; i <= strlen(tzid); i++) {
		char c = tzid[i];
		bool lower = c >= 'a' && c <= 'z';
		bool upper = c >= 'A' && c <= 'Z';
		if (first && lower)
			c = (char)(c - 'a' + 'A');
		else if (!first && upper)
			c = (char)(c - 'A' + 'a');
		name[i] = c;
		first = !lower && !upper;
	}
	return strcmp(name, tzid) != 0 ? load(name) : NULL;
}

struct zone *zone_lookup(const char *tzid)
{
	static struct zone *(*const ways[])(const char *tzid) = {
		load, load_behind_prefix, load_display_name, load_windows, load_offset, load_cities, load_capitals,
	};
	struct zone *zone = NULL;

	if (strlen(tzid) > ZONE_LOOKUP_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && zone == NULL; i++)
		zone = ways[i](tzid);
	return zone;
}
