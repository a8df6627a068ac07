/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_id: valid, invented identifiers of the demo data: equal numbers give
 * equal identifiers, different ones different identifiers. Pure. */
#ifndef PLANVAX_CTL_DEMO_ID_H
#define PLANVAX_CTL_DEMO_ID_H

#include <stdint.h>

/* SIREN of the n-th legal unit (n < 60,000,000) of a seed; 9 digits and a NUL. Never La Poste's. */
void ctl_demo_id_siren(uint64_t seed, uint64_t n, char siren[10]);

/* SIRET of establishment nic (1 to 9999) of a SIREN; 14 digits and a NUL. */
void ctl_demo_id_siret(const char siren[10], int nic, char siret[15]);

/* RPPS number of the n-th professional (n < 100,000,000); 11 digits and a NUL. */
void ctl_demo_id_rpps(uint64_t n, char rpps[12]);

#endif
