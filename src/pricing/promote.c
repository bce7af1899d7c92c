/*
 * Applying promotions one after the other, each to what the former left.
 *
 * For each one: does it apply at all, which parts is it about, what does it take off each of them,
 * which caps cut that, and then it is written down. Whatever is asked of the request is asked here;
 * how much is taken is takes.c.
 */
#include "pricing/formula.h"

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

static bool has_attribute(const sc_price_attribute *wanted, const sc_price_line *line)
{
	for (size_t i = 0; i < line->attribute_count; i++)
		if (strcmp(line->attributes[i].name, wanted->name) == 0 &&
		    (wanted->value == NULL || strcmp(line->attributes[i].value, wanted->value) == 0))
			return true;
	return false;
}

bool sc__rule_matches(const sc__rule *rule, const sc_price_line *line)
{
	const sc_promotion *promotion = &rule->promotion;

	return !(promotion->exclude_discounted && line->already_discounted) &&
	       (promotion->skus.count == 0 || sc__texts_have(&promotion->skus, line->sku)) &&
	       (promotion->categories.count == 0 || is_in(&promotion->categories, line)) &&
	       (promotion->brands.count == 0 || sc__texts_have(&promotion->brands, line->brand)) &&
	       (promotion->sellers.count == 0 || sc__texts_have(&promotion->sellers, line->seller)) &&
	       (promotion->attribute.name == NULL || has_attribute(&promotion->attribute, line));
}

/* The parts that a promotion is about, lines first. For shipments its SKUs are their codes. */
static void pick(sc__pricing *p, const sc__rule *rule, sc__taking *taking)
{
	const sc_promotion *promotion = &rule->promotion;
	sc__claim *claims = p->claims;
	size_t count = 0;

	const size_t lines = promotion->target != SC_PROMOTION_SHIPPING ? p->line_count : 0;
	for (size_t i = 0; i < lines; i++)
		if (rule->picks_all || sc__rule_matches(rule, &p->request->lines[i]))
			claims[count++].part = (uint32_t)i;
	if (promotion->target == SC_PROMOTION_SHIPPING || promotion->target == SC_PROMOTION_ORDER_AND_SHIPPING)
		for (size_t i = p->line_count; i < p->part_count; i++)
			if (promotion->target != SC_PROMOTION_SHIPPING || promotion->skus.count == 0 ||
			    sc__texts_have(&promotion->skus, p->request->shipping[i - p->line_count].code))
				claims[count++].part = (uint32_t)i;
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
		const uint32_t at = p->claims[k].part;

		if (at >= p->line_count)
			break;
		if (promotion->tiered == SC_PROMOTION_BY_QUANTITY)
			reached += p->parts[at].quantity;
		else
			reached += original ? p->parts[at].listed : p->lefts[at];
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

/* Cuts what the promotion takes to its own cap and its group's. */
static void apply_caps(sc__pricing *p, const sc_price_rules *rules, const sc__rule *rule, sc__taking *taking)
{
	const int64_t group_cap = rule->group != SC__NO_GROUP ? rules->group_caps[rule->group] : 0;
	int64_t cap = rule->promotion.cap;

	if (cap == 0 && group_cap == 0)
		return;
	const int64_t total = total_of(p->takes, taking->count);
	cap = cap != 0 ? cap : total;
	if (group_cap != 0 && group_cap - p->group_used[rule->group] < cap)
		cap = group_cap - p->group_used[rule->group];
	if (cap >= total)
		return;
	for (size_t k = 0; k < taking->count; k++)
		if (p->claims[k].spread.units == SC__BY_UNIT)
			p->claims[k].spread.units = p->parts[p->claims[k].part].quantity;
	sc__take_shares(p, taking, cap);
	taking->capped = true;
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
static void take_by_unit(sc__pricing *p, sc__formula f, sc__part *part)
{
	sc__run *runs = sc__units_of(p, part);

	for (size_t i = 0; i < part->run_count; i++)
		runs[i].left -= sc__unit_take(f, part, runs[i].left);
}

/* Writes down what the promotion takes off every part. Returns what that is in all. */
static int64_t write_takes(sc__pricing *p, const sc__taking *taking)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	const uint32_t lines = (uint32_t)p->line_count;
	const int64_t *takes = p->takes;
	const sc__claim *claim = p->claims;
	sc_promotion_share *share = p->shares + p->share_count;
	sc__spread *spread = p->spreads + p->share_count;
	bool all_settled = p->settled == p->share_count;
	int64_t of_lines = 0, total = 0;

	for (size_t k = 0, count = taking->count; k < count; k++, claim++) {
		const uint32_t part = claim->part;
		const bool is_line = part < lines;

		if (takes[k] == 0)
			continue;
		*share++ = (sc_promotion_share){ !is_line, is_line ? part : part - lines, takes[k] };
		*spread++ = claim->spread;
		if (claim->spread.units == SC__BY_UNIT)
			take_by_unit(p, f, &p->parts[part]);
		else
			all_settled = false;
		p->lefts[part] -= takes[k];
		of_lines += is_line ? takes[k] : 0;
		total += takes[k];
	}
	p->share_count = (size_t)(share - p->shares);
	p->settled = all_settled ? p->share_count : p->settled;
	p->left -= of_lines;
	return total;
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
	return sc__takes(p, rule->allocation, taking);
}

/* Any promotion that is not plain. */
static bool apply_any(sc__pricing *p, const sc_price_rules *rules, const sc__rule *rule, sc_priced_promotion *out)
{
	sc__taking taking = { .promotion = &rule->promotion, .value = rule->promotion.value };

	if (!work_out(p, rule, &taking, out))
		return false;
	if (out->reason != SC_PROMOTION_APPLIED)
		return true;
	apply_caps(p, rules, rule, &taking);
	if (!reserve_shares(p, taking.count) ||
	    (p->explain && !sc__explain_takes(p, &taking, (int32_t)(out - p->promotions))))
		return false;
	out->discount = write_takes(p, &taking);
	if (out->discount == 0)
		out->reason = SC_PROMOTION_NOTHING_LEFT;
	if (rule->group != SC__NO_GROUP)
		p->group_used[rule->group] += out->discount;
	return true;
}

static bool apply_one(sc__pricing *p, const sc_price_rules *rules, size_t which)
{
	const sc__rule *rule = &rules->rules[which];
	sc_priced_promotion *out = &p->promotions[which];
	const bool plain = rule->plain && !p->explain && !(p->floors && rule->allocation == SC_PROMOTION_ACROSS);

	if (rule->has_conditions)
		out->reason = sc__conditions_check(p, rule, out);
	if (out->reason != SC_PROMOTION_APPLIED)
		return true;
	const size_t first = p->share_count;
	if (plain ? !reserve_shares(p, p->line_count) || !sc__plain(p, rule, out) : !apply_any(p, rules, rule, out))
		return false;
	p->first_share[which] = first;
	out->share_count = p->share_count - first;
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
