/* SPDX-License-Identifier: Apache-2.0 */
/* ids: checks of French identifiers (DOMAIN.md 6): SIREN, SIRET (La Poste),
 * RPPS, FINESS, INSEE commune codes. Pure; any thread. */
#ifndef PLANVAX_MODEL_IDS_H
#define PLANVAX_MODEL_IDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether len bytes are a SIREN: 9 digits, Luhn. */
bool ids_siren(const char *text, size_t len);

/* Whether len bytes are a SIRET: 14 digits, Luhn, as its SIREN; La Poste's (356000000) by Luhn or digit sum. */
bool ids_siret(const char *text, size_t len);

/* Whether len bytes are an RPPS number: 11 digits, Luhn. */
bool ids_rpps(const char *text, size_t len);

/* Whether len bytes are a FINESS number: 9 characters, Luhn; with Corsica's letters the shape only. */
bool ids_finess(const char *text, size_t len);

/* Whether len bytes have the shape of an INSEE commune code: 5 characters, 2A and 2B allowed. */
bool ids_insee(const char *text, size_t len);

/* Department of a commune code: first 2 characters, first 3 from 97 on; a NUL-terminated text in out. */
void ids_departement(const char *insee, char out[4]);

/* The check digit (0 to 9) that completes n digits by Luhn. */
int ids_luhn_digit(const char *digits, size_t n);

/* A key is 1 to 64 bytes of printable ASCII without blanks, quotes, slash or backslash. */
bool ids_key(const char *text, size_t len);

#endif
