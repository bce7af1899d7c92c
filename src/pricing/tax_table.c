/*
 * Choosing the taxes of a place: for each level the rule that names the place most precisely.
 */
#include <shopcore/price_tables.h>

#include "base/error.h"

#include <string.h>

static bool is_at(const char *wanted, const char *actual)
{
	return wanted == NULL || (actual != NULL && strcmp(wanted, actual) == 0);
}

static bool applies(const sc_tax_rule *rule, const sc_tax_query *query)
{
	const char *prefix = rule->postal_prefix;

	if (prefix != NULL && (query->postal == NULL || strncmp(query->postal, prefix, strlen(prefix)) != 0))
		return false;
	return is_at(rule->country, query->country) && is_at(rule->region, query->region) &&
	       is_at(rule->tax_class, query->tax_class);
}

/* How precisely a rule names place and class; the place counts first. */
static size_t precision(const sc_tax_rule *rule)
{
	const size_t postal = rule->postal_prefix != NULL ? strlen(rule->postal_prefix) : 0;

	return postal * 8 + (rule->region != NULL ? 4 : 0) + (rule->country != NULL ? 2 : 0) +
	       (rule->tax_class != NULL ? 1 : 0);
}

/* The chosen rules, lowest level first. */
typedef struct chosen {
	uint32_t rules[SC_PRICE_RATES_MAX];
	size_t count;
} chosen;

/* False: there are too many levels. */
static bool choose(chosen *c, const sc_tax_rule *rules, uint32_t candidate)
{
	size_t at = 0;

	while (at < c->count && rules[c->rules[at]].level < rules[candidate].level)
		at++;
	if (at < c->count && rules[c->rules[at]].level == rules[candidate].level) {
		if (precision(&rules[candidate]) > precision(&rules[c->rules[at]]))
			c->rules[at] = candidate;
		return true;
	}
	if (c->count == SC_PRICE_RATES_MAX)
		return false;
	memmove(&c->rules[at + 1], &c->rules[at], (c->count - at) * sizeof(c->rules[0]));
	c->rules[at] = candidate;
	c->count++;
	return true;
}

sc_status sc_tax_choose(const sc_tax_rule *rules, size_t count, const sc_tax_query *query, sc_arena *arena,
                        sc_tax_choice *out, sc_error *err)
{
	const bool abroad = query->country != NULL && query->home_country != NULL &&
	                    strcmp(query->country, query->home_country) != 0;
	chosen c = { .count = 0 };

	for (size_t i = 0; i < count; i++)
		if (applies(&rules[i], query) && !choose(&c, rules, (uint32_t)i))
			return sc__bad(err, SC_OVER_LIMIT, "rules", "at most %d levels", SC_PRICE_RATES_MAX);
	int64_t *rates = sc_arena_alloc(arena, c.count * sizeof(*rates));
	uint32_t *which = sc_arena_alloc(arena, c.count * sizeof(*which));
	if (rates == NULL || which == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the rates");
	*out = (sc_tax_choice){ .rates = rates, .rules = which, .count = c.count };
	out->exempt = query->exempt || (query->business && abroad);
	for (size_t i = 0; i < c.count; i++) {
		rates[i] = rules[c.rules[i]].rate;
		which[i] = c.rules[i];
		out->compound = out->compound || rules[c.rules[i]].compound;
	}
	return SC_OK;
}
