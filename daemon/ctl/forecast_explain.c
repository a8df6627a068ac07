/* SPDX-License-Identifier: Apache-2.0 */
/* forecast_explain: a forecast in words: what holds, by which rule, source and
 * date, and what would change it. */
#include "forecast_explain.h"

enum language { FRENCH, ENGLISH };

struct speech {
	struct json_writer *w;
	struct buf text;
	enum language language;
};

static void say(struct speech *s, const char *french, const char *english)
{
	buf_puts(&s->text, s->language == FRENCH ? french : english);
}

static void say_date(struct speech *s, struct date d)
{
	struct date_parts p = date_split(d);
	char text[11];

	if (s->language == FRENCH)
		buf_printf(&s->text, "%02d/%02d/%04d", p.day, p.month, p.year);
	else
		buf_puts(&s->text, date_format(d, text));
}

static void end_sentence(struct speech *s)
{
	buf_putc(&s->text, '.');
	json_put_text(s->w, buf_str(&s->text));
	buf_reset(&s->text);
}

static void say_status(struct speech *s, const struct forecast_answer *a)
{
	static const char *const french[] = {[FORECAST_NOT_COMPLETE] = "schéma à poursuivre", [FORECAST_COMPLETE] = "schéma complet",
		[FORECAST_IMMUNE] = "personne immunisée", [FORECAST_CONTRAINDICATED] = "vaccination contre-indiquée",
		[FORECAST_NOT_RECOMMENDED] = "vaccination non recommandée", [FORECAST_AGED_OUT] = "âge limite dépassé",
		[FORECAST_UNDETERMINED] = "réponse indéterminée, un élément manque"};
	static const char *const english[] = {[FORECAST_NOT_COMPLETE] = "the series is to be continued",
		[FORECAST_COMPLETE] = "the series is complete", [FORECAST_IMMUNE] = "the person is immune",
		[FORECAST_CONTRAINDICATED] = "vaccination is contraindicated", [FORECAST_NOT_RECOMMENDED] = "vaccination is not recommended",
		[FORECAST_AGED_OUT] = "the age limit has passed", [FORECAST_UNDETERMINED] = "undetermined, a fact is missing"};

	buf_puts(&s->text, a->group);
	say(s, " : ", ": ");
	say(s, french[a->status], english[a->status]);
	if (a->status == FORECAST_NOT_COMPLETE && a->dose > 0) {
		say(s, ", dose ", ", dose ");
		buf_put_int(&s->text, a->dose);
		if (a->kind == DOSE_BOOSTER)
			say(s, " (rappel)", " (booster)");
		if (a->kind == DOSE_ADDITIONAL)
			say(s, " (dose additionnelle)", " (additional dose)");
	}
	end_sentence(s);
}

static void say_when(struct speech *s, const struct forecast_answer *a, const struct forecast_case *c)
{
	struct date from = date_is_none(a->open_from) ? a->earliest : a->open_from;

	if (a->status != FORECAST_NOT_COMPLETE)
		return;
	if (from.days <= c->assessed.days)
		say(s, "Possible depuis le ", "Possible since ");
	else
		say(s, "Pas encore possible : au plus tôt le ", "Not yet possible: at the earliest on ");
	say_date(s, from);
	if (!date_is_none(a->limit)) {
		say(s, " ; échéance légale le ", "; legal limit on ");
		say_date(s, a->limit);
	}
	end_sentence(s);
}

static void say_why(struct speech *s, const struct forecast_answer *a)
{
	for (size_t i = 0; i < a->n_why; i++) {
		say(s, "Règle ", "Rule ");
		buf_puts(&s->text, a->why[i].rule);
		if (*a->why[i].source) {
			say(s, ", source : ", ", source: ");
			buf_puts(&s->text, a->why[i].source);
		}
		if (!date_is_none(a->why[i].date)) {
			say(s, ", donne le ", ", gives ");
			say_date(s, a->why[i].date);
		}
		end_sentence(s);
	}
}

static void say_products(struct speech *s, const struct forecast_answer *a)
{
	if (a->n_products == 0)
		return;
	say(s, "Produits, par ordre de préférence : ", "Products, in order of preference: ");
	for (size_t i = 0; i < a->n_products; i++)
		buf_printf(&s->text, "%s%s", i > 0 ? ", " : "", a->products[i].code);
	end_sentence(s);
}

static void say_refusal(struct speech *s, const struct forecast_answer *a)
{
	if (date_is_none(a->refused_on))
		return;
	say(s, "Refus enregistré le ", "Refusal on record of ");
	say_date(s, a->refused_on);
	say(s, " : rien n'est proposé de nouveau avant le délai fixé par le service", ": nothing is offered again before the delay set by the service");
	end_sentence(s);
}

/* What would change the answer. */
static void say_change(struct speech *s, const struct forecast_answer *a, const struct forecast_case *c)
{
	struct date from = date_is_none(a->open_from) ? a->earliest : a->open_from;

	switch (a->status) {
	case FORECAST_NOT_COMPLETE:
		if (from.days > c->assessed.days) {
			say(s, "Changera : la date du ", "Will change it: the day ");
			say_date(s, from);
		} else {
			say(s, "Changerait la réponse : une dose, une infection ou un refus enregistré",
				"Would change it: a dose, an infection or a refusal on record");
		}
		break;
	case FORECAST_UNDETERMINED:
		say(s, "Changera la réponse, une fois connu : ", "Will change it, once known: ");
		for (size_t i = 0; i < a->n_needs; i++)
			buf_printf(&s->text, "%s%s", i > 0 ? " ; " : "", a->needs[i]);
		break;
	case FORECAST_COMPLETE:
	case FORECAST_IMMUNE:
		say(s, "Changerait la réponse : une nouvelle version des règles", "Would change it: another version of the rules");
		break;
	case FORECAST_CONTRAINDICATED:
		say(s, "Changerait la réponse : la levée de la contre-indication", "Would change it: the contraindication being lifted");
		break;
	case FORECAST_NOT_RECOMMENDED:
	case FORECAST_AGED_OUT:
		say(s, "Changerait la réponse : un autre âge, une indication ou une autre version des règles",
			"Would change it: another age, an indication or another version of the rules");
		break;
	}
	end_sentence(s);
}

void forecast_explain(struct json_writer *w, const struct forecast_answer *a, const struct forecast_case *c)
{
	json_put_key(w, "explain");
	json_begin_object(w);
	for (int language = FRENCH; language <= ENGLISH; language++) {
		struct speech s = {.w = w, .text = BUF_INIT, .language = (enum language)language};

		json_put_key(w, language == FRENCH ? "fr" : "en");
		json_begin_array(w);
		say_status(&s, a);
		say_when(&s, a, c);
		say_why(&s, a);
		say_products(&s, a);
		say_refusal(&s, a);
		say_change(&s, a, c);
		json_end_array(w);
		buf_release(&s.text);
	}
	json_end_object(w);
}
