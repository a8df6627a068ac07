/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_id: numbers spread over the space of SIREN, completed by Luhn. */
#include "ctl_demo_id.h"

#include <assert.h>
#include <inttypes.h>
#include <planvax/model/ids.h>
#include <stdio.h>
#include <string.h>

#define SIREN_SPACE 60000000u      /* first eight digits from 30000000 to 89999999 */
#define SIREN_STEP 23456789u       /* has no factor of SIREN_SPACE, so that n -> n * step is one to one */
#define LA_POSTE 35600000u         /* first eight digits; its SIRET follow a rule of their own */

void ctl_demo_id_siren(uint64_t seed, uint64_t n, char siren[10])
{
	assert(n < SIREN_SPACE - 1);
	uint64_t at = (n * SIREN_STEP + seed % SIREN_SPACE * 7919) % SIREN_SPACE;
	uint64_t eight = 30000000u + at;

	if (eight == LA_POSTE) /* the number that n = SIREN_SPACE - 1 would have had is free */
		eight = 30000000u + ((SIREN_SPACE - 1) * (uint64_t)SIREN_STEP + seed % SIREN_SPACE * 7919) % SIREN_SPACE;
	snprintf(siren, 10, "%08" PRIu64, eight % 100000000u);
	siren[8] = (char)('0' + ids_luhn_digit(siren, 8));
	siren[9] = '\0';
}

void ctl_demo_id_siret(const char siren[10], int nic, char siret[15])
{
	assert(nic >= 1 && nic <= 9999);
	memcpy(siret, siren, 9);
	snprintf(siret + 9, 6, "%04d", nic);
	siret[13] = (char)('0' + ids_luhn_digit(siret, 13));
	siret[14] = '\0';
}

void ctl_demo_id_rpps(uint64_t n, char rpps[12])
{
	snprintf(rpps, 12, "10%08" PRIu64, n % 100000000u);
	rpps[10] = (char)('0' + ids_luhn_digit(rpps, 10));
	rpps[11] = '\0';
}
