/*
 * Applying promotions one after the other, each to what the former left.
 *
 * For each one: does it apply at all, which parts is it about, what does it take off each of them,
 * which caps cut that, and then it is written down. Whatever is asked of the request is asked here;
 * how much is taken is takes.c.
 */
#include "pricing/engine.h"

#include <string.h>

/* Whether a line stands in one of the promotion's categories. */
static bool is_in(const sc_price_texts *wanted, const sc_price_line *line)
{
	if (sc__texts_have(wanted, line->category))
		return true;
	for (size_t i = 0; i < line->categories.count; i++)
		if (sc__texts_have(wanted, line->categories.items[i]))
			return true;
	return false;
}

static bool matches(const sc_promotion *promotion, const sc_price_line *line, const sc__part *part)
{
	if (promotion->exclude_discounted && part->discounted)
		return false;
	if (promotion->skus.count > 0 && !sc__texts_have(&promotion->skus, line->sku))
		return false;
	if (promotion->categories.count > 0 && !is_in(&promotion->categories, line))
		return false;
	if (promotion->brands.count > 0 && !sc__texts_have(&promotion->brands, line->brand))
		return false;
	if (promotion->sellers.count > 0 && !sc__texts_have(&promotion->sellers, line->seller))
		return false;
	if (promotion->attribute.name == NULL)
		return true;
	for (size_t i = 0; i < line->attribute_count; i++)
		if (strcmp(line->attributes[i].name, promotion->attribute.name) == 0 &&
		    (promotion->attribute.value == NULL ||
		     strcmp(line->attributes[i].value, promotion->attribute.value) == 0))
			return true;
	return false;
}

/* The parts that a promotion is about, lines first. For shipments its SKUs are their codes. */
static void pick(sc__pricing *p, const sc__rule *rule, sc__taking *taking)
{
	const sc_promotion *promotion = &rule->promotion;
	uint32_t *picked = p->picked;
	size_t count = 0;

	if (promotion->target != SC_PROMOTION_SHIPPING && rule->picks_all)
		for (const size_t lines = p->line_count; count < lines; count++)
			picked[count] = (uint32_t)count;
	else if (promotion->target != SC_PROMOTION_SHIPPING)
		for (size_t i = 0; i < p->line_count; i++)
			if (matches(promotion, &p->request->lines[i], &p->parts[i]))
				picked[count++] = (uint32_t)i;
	if (promotion->target == SC_PROMOTION_SHIPPING || promotion->target == SC_PROMOTION_ORDER_AND_SHIPPING)
		for (size_t i = p->line_count; i < p->part_count; i++)
			if (promotion->target != SC_PROMOTION_SHIPPING || promotion->skus.count == 0 ||
			    sc__texts_have(&promotion->skus, p->request->shipping[i - p->line_count].code))
				picked[count++] = (uint32_t)i;
	taking->count = count;
}

/* The promotion's value, or that of the highest tier that is reached. */
static int64_t value_of(const sc__pricing *p, const sc__taking *taking)
{
	const sc_promotion *promotion = taking->promotion;
	const bool original = promotion->base == SC_PROMOTION_ORIGINAL;
	int64_t reached = 0, value = promotion->value;

	if (promotion->tiered == SC_PROMOTION_NO_TIERS)
		return value;
	for (size_t k = 0; k < taking->count; k++) {
		const sc__part *part = &p->parts[p->picked[k]];

		if (p->picked[k] >= p->line_count)
			break;
		if (promotion->tiered == SC_PROMOTION_BY_QUANTITY)
			reached += part->quantity;
		else
			reached += original ? part->listed : part->left;
	}
	for (size_t i = 0; i < promotion->tier_count && promotion->tiers[i].from <= reached; i++)
		value = promotion->tiers[i].value;
	return value;
}

static int64_t total_of(const int64_t *takes, size_t count)
{
	int64_t total = 0;

	for (size_t k = 0; k < count; k++)
		total += takes[k];
	return total;
}

/* Cuts what the promotion takes to its own cap and its group's. Returns what it takes then. */
static int64_t apply_caps(sc__pricing *p, const sc_price_rules *rules, const sc__rule *rule, sc__taking *taking,
                          bool *capped)
{
	const int64_t total = total_of(p->takes, taking->count);
	int64_t cap = rule->promotion.cap != 0 ? rule->promotion.cap : total;

	if (rule->group != SC__NO_GROUP && rules->group_caps[rule->group] != 0) {
		const int64_t room = rules->group_caps[rule->group] - p->group_used[rule->group];

		cap = room < cap ? room : cap;
	}
	*capped = cap < total;
	if (!*capped)
		return total;
	for (size_t k = 0; k < taking->count; k++)
		if (p->unit_counts[k] == SC__BY_UNIT) {
			p->unit_counts[k] = p->parts[p->picked[k]].quantity;
			p->skips[k] = 0;
		}
	taking->weights_total = sc__share_over_parts(p, cap, 0, taking->count);
	taking->across = true;
	taking->amount = cap;
	return total_of(p->takes, taking->count);
}

/* Room for one more share of every part. */
static bool reserve_shares(sc__pricing *p, size_t count)
{
	while (p->share_room - p->share_count < count) {
		size_t room = p->share_room;
		sc__spread *spreads = sc__grow(p->arena, p->spreads, p->share_count, &room, sizeof(*spreads));
		sc_promotion_share *shares = sc__grow(p->arena, p->shares, p->share_count, &p->share_room,
		                                      sizeof(*shares));

		if (spreads == NULL || shares == NULL)
			return false;
		p->spreads = spreads;
		p->shares = shares;
	}
	return true;
}

/* Takes unit by unit: the runs change in place. */
static bool take_by_unit(sc__pricing *p, const sc__taking *taking, size_t k, size_t which)
{
	const uint32_t at = p->picked[k];
	sc__part *part = &p->parts[at];
	sc__run *runs = sc__units_of(p, part);

	for (size_t i = 0; i < part->run_count; i++) {
		const int64_t take = part->run_count == 1 ? p->skips[k] : sc__unit_take(p, taking, part, runs[i].left);

		if (p->explain && take > 0 && !sc__explain_unit(p, taking, at, which, &runs[i], take))
			return false;
		runs[i].left -= take;
	}
	return true;
}

/* Writes down what the promotion takes off every part. */
static bool write_takes(sc__pricing *p, const sc__taking *taking, size_t which, bool capped)
{
	if (!reserve_shares(p, taking->count) ||
	    (p->explain && taking->across && !sc__explain_amount(p, taking, which, capped)))
		return false;
	const uint32_t lines = (uint32_t)p->line_count;
	const int64_t *takes = p->takes, *unit_counts = p->unit_counts, *skips = p->skips;
	const uint32_t *picked = p->picked;
	sc_promotion_share *shares = p->shares;
	sc__part *parts = p->parts;
	size_t count = p->share_count;
	int64_t of_lines = 0;

	for (size_t k = 0; k < taking->count; k++) {
		const int64_t amount = takes[k];
		const uint32_t at = picked[k];
		sc__part *part = &parts[at];

		if (amount == 0)
			continue;
		shares[count].is_shipping = at >= lines;
		shares[count].index = at >= lines ? at - lines : at;
		shares[count].amount = amount;
		if (unit_counts[k] == SC__BY_UNIT) {
			if (!take_by_unit(p, taking, k, which))
				return false;
		} else {
			if (p->explain && !sc__explain_share(p, taking, k, which))
				return false;
			sc__units_postpone(p, part, (uint32_t)count, skips[k], unit_counts[k]);
			p->spread = true;
		}
		count++;
		part->left -= amount;
		of_lines += at < lines ? amount : 0;
	}
	p->share_count = count;
	p->left -= of_lines;
	return true;
}

static sc_promotion_allocation allocation_of(const sc_promotion *promotion)
{
	if (promotion->allocation != SC_PROMOTION_DEFAULT)
		return promotion->allocation;
	return promotion->target == SC_PROMOTION_ITEMS ? SC_PROMOTION_EACH_UNIT : SC_PROMOTION_ACROSS;
}

/* What it takes off each part, or why nothing. False: no memory. */
static bool work_out(sc__pricing *p, const sc__rule *rule, sc__taking *taking, sc_priced_promotion *out)
{
	bool no_memory = false;

	if (rule->promotion.type == SC_PROMOTION_BUY_X_GET_Y) {
		out->reason = sc__buy_get(p, taking, out, &no_memory);
		return !no_memory;
	}
	if (rule->promotion.type == SC_PROMOTION_BUNDLE) {
		out->reason = sc__bundle(p, taking, out);
		return true;
	}
	pick(p, rule, taking);
	if (taking->count == 0) {
		out->reason = SC_PROMOTION_NOTHING_MATCHES;
		return true;
	}
	taking->value = value_of(p, taking);
	return sc__takes(p, taking);
}

/* Whether every unit of a line loses the same and nothing limits that: most promotions. */
static bool is_plain(const sc__pricing *p, const sc__rule *rule, const sc__taking *taking)
{
	const sc_promotion *promotion = &rule->promotion;

	return taking->allocation == SC_PROMOTION_EACH_UNIT && promotion->target <= SC_PROMOTION_ORDER &&
	       promotion->type <= SC_PROMOTION_FREE && promotion->max_quantity == 0 && promotion->cap == 0 &&
	       promotion->tiered == SC_PROMOTION_NO_TIERS && rule->group == SC__NO_GROUP && !p->spread && !p->explain;
}

/* A plain promotion in one pass, without the arrays that the others need. Returns what it takes. */
static int64_t apply_plain(sc__pricing *p, const sc__rule *rule, const sc__taking *taking, bool *matched)
{
	sc_promotion_share *shares = p->shares;
	size_t count = p->share_count;
	int64_t total = 0;

	for (size_t i = 0; i < p->line_count; i++) {
		sc__part *part = &p->parts[i];

		if (!rule->picks_all && !matches(&rule->promotion, &p->request->lines[i], part))
			continue;
		*matched = true;
		const int64_t of_each = sc__unit_take(p, taking, part, part->only.left);
		const int64_t amount = of_each * part->quantity;
		if (amount == 0)
			continue;
		part->only.left -= of_each;
		part->left -= amount;
		total += amount;
		shares[count].is_shipping = false;
		shares[count].index = (uint32_t)i;
		shares[count++].amount = amount;
	}
	p->share_count = count;
	p->left -= total;
	return total;
}

static bool apply_one(sc__pricing *p, const sc_price_rules *rules, size_t which)
{
	const sc__rule *rule = &rules->rules[which];
	sc_priced_promotion *out = &p->promotions[which];
	sc__taking taking = {
		.promotion = &rule->promotion,
		.allocation = allocation_of(&rule->promotion),
		.value = rule->promotion.value,
	};
	bool capped;

	out->reason = sc__conditions_check(p, rule, out);
	if (out->reason != SC_PROMOTION_APPLIED)
		return true;
	if (is_plain(p, rule, &taking)) {
		bool matched = false;

		p->first_share[which] = p->share_count;
		if (!reserve_shares(p, p->line_count))
			return false;
		out->discount = apply_plain(p, rule, &taking, &matched);
		out->share_count = p->share_count - p->first_share[which];
		out->reason = !matched             ? SC_PROMOTION_NOTHING_MATCHES
		              : out->discount == 0 ? SC_PROMOTION_NOTHING_LEFT
		                                   : SC_PROMOTION_APPLIED;
		return true;
	}
	if (!work_out(p, rule, &taking, out))
		return false;
	if (out->reason != SC_PROMOTION_APPLIED)
		return true;
	out->discount = apply_caps(p, rules, rule, &taking, &capped);
	if (out->discount == 0) {
		out->reason = SC_PROMOTION_NOTHING_LEFT;
		return true;
	}
	p->first_share[which] = p->share_count;
	if (!write_takes(p, &taking, which, capped))
		return false;
	out->share_count = p->share_count - p->first_share[which];
	if (rule->group != SC__NO_GROUP)
		p->group_used[rule->group] += out->discount;
	return true;
}

bool sc__promote(sc__pricing *p, const sc_price_rules *rules, const bool *mask)
{
	bool any = false, closed = false;

	for (size_t i = 0; i < rules->count; i++) {
		const size_t which = rules->order[i];
		const sc__rule *rule = &rules->rules[which];

		p->promotions[which] = (sc_priced_promotion){ .id = rule->promotion.id };
		if (mask != NULL && !mask[which]) {
			p->promotions[which].reason = SC_PROMOTION_NOT_CHOSEN;
			continue;
		}
		if (closed || (any && rule->promotion.exclusive)) {
			p->promotions[which].reason = SC_PROMOTION_EXCLUDED;
			continue;
		}
		if (!apply_one(p, rules, which))
			return false;
		if (p->promotions[which].reason != SC_PROMOTION_APPLIED)
			continue;
		any = true;
		closed = rule->promotion.exclusive;
	}
	return true;
}
