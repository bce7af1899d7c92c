/*
 * Choosing one of several prices of a SKU, and saying of every other one why it was not it.
 */
#include <shopcore/price_tables.h>

#include "base/error.h"

#include <string.h>

static bool is_for(const char *wanted, const char *actual)
{
	return wanted == NULL || (actual != NULL && strcmp(wanted, actual) == 0);
}

/* SC_PRICE_CHOSEN: it applies. */
static sc_price_verdict applies(const sc_price_entry *entry, const sc_price_query *query)
{
	if (entry->sku == NULL || strcmp(entry->sku, query->sku) != 0)
		return SC_PRICE_OTHER_SKU;
	if (strncmp(entry->currency, query->currency, sizeof(entry->currency)) != 0)
		return SC_PRICE_OTHER_CURRENCY;
	if (!is_for(entry->customer_group, query->customer_group))
		return SC_PRICE_OTHER_GROUP;
	if (!is_for(entry->channel, query->channel))
		return SC_PRICE_OTHER_CHANNEL;
	if (entry->from_ms != 0 && query->time_ms < entry->from_ms)
		return SC_PRICE_NOT_YET;
	if (entry->until_ms != 0 && query->time_ms >= entry->until_ms)
		return SC_PRICE_OVER;
	return query->quantity < entry->min_quantity ? SC_PRICE_TOO_FEW : SC_PRICE_CHOSEN;
}

static int precision(const sc_price_entry *entry)
{
	return (entry->customer_group != NULL ? 2 : 0) + (entry->channel != NULL ? 1 : 0);
}

/* Why `entry` loses to `other`, which is listed before it; SC_PRICE_CHOSEN: it wins. */
static sc_price_verdict against(const sc_price_entry *entry, const sc_price_entry *other)
{
	if (precision(entry) != precision(other))
		return precision(entry) > precision(other) ? SC_PRICE_CHOSEN : SC_PRICE_LESS_SPECIFIC;
	if (entry->priority != other->priority)
		return entry->priority > other->priority ? SC_PRICE_CHOSEN : SC_PRICE_LOWER_PRIORITY;
	if (entry->min_quantity != other->min_quantity)
		return entry->min_quantity > other->min_quantity ? SC_PRICE_CHOSEN : SC_PRICE_LOWER_TIER;
	if (entry->amount != other->amount)
		return entry->amount < other->amount ? SC_PRICE_CHOSEN : SC_PRICE_DEARER;
	return SC_PRICE_LISTED_LATER;
}

/* The best entry, or `count`. Fills the verdicts of all. */
static size_t choose(const sc_price_entry *entries, size_t count, const sc_price_query *query,
                     sc_price_verdict *verdicts)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		verdicts[i] = applies(&entries[i], query);
		if (verdicts[i] == SC_PRICE_CHOSEN &&
		    (best == count || against(&entries[i], &entries[best]) == SC_PRICE_CHOSEN))
			best = i;
	}
	for (size_t i = 0; i < count && best < count; i++)
		if (i != best && verdicts[i] == SC_PRICE_CHOSEN)
			verdicts[i] = against(&entries[i], &entries[best]);
	return best;
}

sc_status sc_price_choose(const sc_price_entry *entries, size_t count, const sc_price_query *query, sc_arena *arena,
                          sc_price_choice *out, sc_error *err)
{
	if (query->sku == NULL || query->sku[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "sku", "must not be empty");
	if (query->override_reason != NULL && query->override_amount < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "override_amount", "must not be negative");
	sc_price_verdict *verdicts = sc_arena_alloc(arena, count * sizeof(*verdicts));
	if (verdicts == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the verdicts");
	const size_t best = choose(entries, count, query, verdicts);
	if (query->override_reason == NULL && best == count)
		return sc__fail(err, SC_NOT_FOUND, "no price of %s applies", query->sku);
	*out = (sc_price_choice){ .entry = -1, .verdicts = verdicts };
	if (best < count) {
		const sc_price_entry *entry = &entries[best];

		out->entry = (int32_t)best;
		out->unit_price = entry->amount;
		out->compare_at = entry->compare_at > entry->amount ? entry->compare_at : 0;
		out->on_sale = entry->sale;
		out->tax_inclusive = entry->tax_inclusive;
	}
	if (query->override_reason != NULL) {
		if (best < count)
			verdicts[best] = SC_PRICE_OVERRIDDEN;
		out->entry = -1;
		out->unit_price = query->override_amount;
		out->compare_at = 0;
		out->on_sale = false;
		out->reason = query->override_reason;
	}
	return SC_OK;
}
