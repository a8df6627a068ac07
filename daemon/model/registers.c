/* SPDX-License-Identifier: Apache-2.0 */
/* registers: words of the registers' enums, and zones of the regions. */
#include <planvax/model/registers.h>

#include <stddef.h>
#include <string.h>

const struct name service_kind_names[] = {
	{"SPSTI", SERVICE_SPSTI},
	{"SPSTA", SERVICE_SPSTA},
	{"MSA", SERVICE_MSA},
	{NULL, 0},
};

const struct name centre_kind_names[] = {
	{"service", CENTRE_SERVICE},
	{"msa", CENTRE_MSA},
	{"town_hall", CENTRE_TOWN_HALL},
	{"health_centre", CENTRE_HEALTH_CENTRE},
	{"hospital", CENTRE_HOSPITAL},
	{"pharmacy", CENTRE_PHARMACY},
	{"cegidd", CENTRE_CEGIDD},
	{"vaccination_centre", CENTRE_VACCINATION_CENTRE},
	{NULL, 0},
};

const struct name staff_role_names[] = {
	{"physician", STAFF_PHYSICIAN},
	{"nurse", STAFF_NURSE},
	{"assistant", STAFF_ASSISTANT},
	{"driver", STAFF_DRIVER},
	{"mediator", STAFF_MEDIATOR},
	{"interpreter", STAFF_INTERPRETER},
	{NULL, 0},
};

const struct name company_regime_names[] = {
	{"general", REGIME_GENERAL},
	{"agricultural", REGIME_AGRICULTURAL},
	{NULL, 0},
};

const struct name company_kind_names[] = {
	{"company", COMPANY_PLAIN},
	{"temp_agency", COMPANY_TEMP_AGENCY},
	{NULL, 0},
};

const struct name person_kind_names[] = {
	{"employee", PERSON_EMPLOYEE},
	{"temporary", PERSON_TEMPORARY},
	{"contractor", PERSON_CONTRACTOR},
	{"head", PERSON_HEAD},
	{"relative", PERSON_RELATIVE},
	{"self_employed", PERSON_SELF_EMPLOYED},
	{NULL, 0},
};

const struct name person_flag_names[] = {
	{"DISABLED", FLAG_DISABLED},
	{"INVALIDITY_PENSION", FLAG_INVALIDITY_PENSION},
	{"UNDER_18", FLAG_UNDER_18},
	{"PREGNANT", FLAG_PREGNANT},
	{"PREGNANT_POSTPARTUM_BREASTFEEDING", FLAG_PREGNANT_POSTPARTUM_BREASTFEEDING},
	{"NIGHT_WORKER", FLAG_NIGHT_WORKER},
	{"EMF_ABOVE_LIMIT", FLAG_EMF_ABOVE_LIMIT},
	{"BIO_GROUP_2", FLAG_BIO_GROUP_2},
	{"IONISING_CAT_A", FLAG_IONISING_CAT_A},
	{"IMMUNOSUPPRESSED", FLAG_IMMUNOSUPPRESSED},
	{"SEVERE_RISK", FLAG_SEVERE_RISK},
	{"PRIORITY_OCCUPATION", FLAG_PRIORITY_OCCUPATION},
	{"HEALTH_WORKER", FLAG_HEALTH_WORKER},
	{"CARE_WORKER", FLAG_CARE_WORKER},
	{"SEWAGE_WATER", FLAG_SEWAGE_WATER},
	{"ANIMAL_CONTACT", FLAG_ANIMAL_CONTACT},
	{"LABORATORY", FLAG_LABORATORY},
	{"FORESTRY", FLAG_FORESTRY},
	{"TRAVEL_ENDEMIC", FLAG_TRAVEL_ENDEMIC},
	{"MPOX_RISK", FLAG_MPOX_RISK},
	{"MPOX_CONTACT", FLAG_MPOX_CONTACT},
	{"SMALLPOX_VACCINATED", FLAG_SMALLPOX_VACCINATED},
	{"CAPILLARY_LEAK", FLAG_CAPILLARY_LEAK},
	{"ANAPHYLAXIS_MRNA", FLAG_ANAPHYLAXIS_MRNA},
	{NULL, 0},
};

const char *registers_region_zone(const char *region)
{
	static const struct {
		const char *region, *zone;
	} overseas[] = {
		{"01", "America/Guadeloupe"},
		{"02", "America/Martinique"},
		{"03", "America/Cayenne"},
		{"04", "Indian/Reunion"},
		{"06", "Indian/Mayotte"},
	};

	for (size_t i = 0; region != NULL && i < sizeof(overseas) / sizeof(overseas[0]); i++)
		if (strcmp(region, overseas[i].region) == 0)
			return overseas[i].zone;
	return "Europe/Paris";
}
