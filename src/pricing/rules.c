/*
 * Preparing promotions: whatever can be checked or sorted once is done here and not for every price.
 */
#include "pricing/rules.h"

#include "base/error.h"

#include <string.h>

/* The first eight bytes of a text, as a number that sorts as they do. */
#define HEAD 8

static uint64_t head_of(const char *text)
{
	uint64_t head = 0;

	for (unsigned shift = 8 * HEAD; shift > 0 && *text != '\0'; text++)
		head |= (uint64_t)(unsigned char)*text << (shift -= 8);
	return head;
}

/* In front of the texts of a prepared list stand their heads: most searches compare nothing else. */
static const uint64_t *heads_of(const sc_price_texts *texts)
{
	return (const uint64_t *)texts->items - texts->count;
}

bool sc__texts_have(const sc_price_texts *texts, const char *item)
{
	if (item == NULL)
		return false;
	const uint64_t *heads = heads_of(texts), head = head_of(item);
	const bool whole = (head & 0xff) == 0;
	size_t low = 0, high = texts->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		int order = heads[middle] < head ? -1 : heads[middle] > head;

		if (order == 0 && !whole)
			order = strcmp(texts->items[middle] + HEAD, item + HEAD);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool copy_text(sc_arena *arena, const char **text)
{
	if (*text == NULL)
		return true;
	*text = sc_arena_dup(arena, *text, strlen(*text));
	return *text != NULL;
}

static void sort_texts(const char **items, size_t count)
{
	for (size_t gap = count / 2; gap > 0; gap /= 2)
		for (size_t i = gap; i < count; i++) {
			const char *moved = items[i];
			size_t at = i;

			for (; at >= gap && strcmp(items[at - gap], moved) > 0; at -= gap)
				items[at] = items[at - gap];
			items[at] = moved;
		}
}

static bool copy_texts(sc_arena *arena, sc_price_texts *texts)
{
	uint64_t *heads = sc_arena_alloc(arena, texts->count * (sizeof(*heads) + sizeof(*texts->items)));

	if (heads == NULL)
		return false;
	const char **items = (const char **)(heads + texts->count);
	for (size_t i = 0; i < texts->count; i++) {
		items[i] = texts->items[i];
		if (!copy_text(arena, &items[i]))
			return false;
	}
	sort_texts(items, texts->count);
	for (size_t i = 0; i < texts->count; i++)
		heads[i] = head_of(items[i]);
	texts->items = items;
	return true;
}

static bool copy_tiers(sc_arena *arena, sc_promotion *promotion)
{
	const size_t size = promotion->tier_count * sizeof(sc_promotion_tier);
	sc_promotion_tier *tiers = sc_arena_alloc(arena, size);

	if (tiers == NULL)
		return false;
	if (size > 0)
		memcpy(tiers, promotion->tiers, size);
	promotion->tiers = tiers;
	return true;
}

static bool copy_promotion(sc_arena *arena, sc_promotion *to, const sc_promotion *from)
{
	*to = *from;
	return copy_text(arena, &to->id) && copy_text(arena, &to->coupon) && copy_text(arena, &to->group) &&
	       copy_text(arena, &to->attribute.name) && copy_text(arena, &to->attribute.value) &&
	       copy_text(arena, &to->conditions.contains_sku) && copy_text(arena, &to->conditions.customer_group) &&
	       copy_text(arena, &to->conditions.country) && copy_texts(arena, &to->skus) &&
	       copy_texts(arena, &to->categories) && copy_texts(arena, &to->brands) &&
	       copy_texts(arena, &to->sellers) && copy_texts(arena, &to->buy_skus) &&
	       copy_texts(arena, &to->get_skus) && copy_tiers(arena, to);
}

static bool has_conditions(const sc_promotion *promotion)
{
	const sc_promotion_conditions *c = &promotion->conditions;

	return promotion->coupon != NULL || c->min_subtotal > 0 || c->min_quantity > 0 || c->contains_sku != NULL ||
	       c->first_order || c->weekdays != 0 || c->customer_group != NULL || c->country != NULL ||
	       c->from_ms != 0 || c->until_ms != 0;
}

static bool picks_all(const sc_promotion *promotion)
{
	return promotion->skus.count == 0 && promotion->categories.count == 0 && promotion->brands.count == 0 &&
	       promotion->sellers.count == 0 && promotion->attribute.name == NULL && !promotion->exclude_discounted;
}

static sc_promotion_allocation allocation_of(const sc_promotion *promotion)
{
	if (promotion->allocation != SC_PROMOTION_DEFAULT)
		return promotion->allocation;
	return promotion->target == SC_PROMOTION_ITEMS ? SC_PROMOTION_EACH_UNIT : SC_PROMOTION_ACROSS;
}

static bool is_plain(const sc_promotion *promotion, const sc__rule *rule)
{
	if (promotion->type > SC_PROMOTION_FREE || promotion->target > SC_PROMOTION_ORDER ||
	    promotion->max_quantity != 0 || promotion->cap != 0 || promotion->group != NULL ||
	    promotion->tiered != SC_PROMOTION_NO_TIERS || rule->allocation == SC_PROMOTION_CHEAPEST_UNIT_ONCE)
		return false;
	return rule->allocation != SC_PROMOTION_ACROSS || (rule->picks_all && promotion->base == SC_PROMOTION_RUNNING);
}

static bool is_rate(sc_promotion_type type)
{
	return type == SC_PROMOTION_PERCENTAGE || type == SC_PROMOTION_BUY_X_GET_Y;
}

static sc_status check_tiers(const sc_promotion *promotion, int32_t index, sc_error *err)
{
	const int64_t max = is_rate(promotion->type) ? SC_RATE_ONE : SC_AMOUNT_MAX;

	if ((promotion->tiered != SC_PROMOTION_NO_TIERS) != (promotion->tier_count > 0))
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "tiers", "tiers and what they go by belong together");
	for (size_t i = 0; i < promotion->tier_count; i++) {
		if (promotion->tiers[i].from < 0 || (i > 0 && promotion->tiers[i].from <= promotion->tiers[i - 1].from))
			return sc__bad_at(err, SC_BAD_ARGUMENT, index, "tiers", "must rise");
		if (promotion->tiers[i].value < 0 || promotion->tiers[i].value > max)
			return sc__bad_at(err, SC_OUT_OF_RANGE, index, "tiers", "value out of range");
	}
	return SC_OK;
}

/* Numbers that may not be negative nor too large. */
static sc_status check_numbers(const sc_promotion *promotion, int32_t index, sc_error *err)
{
	const struct {
		const char *field;
		int64_t value, max;
	} numbers[] = {
		{ "value", promotion->value, is_rate(promotion->type) ? SC_RATE_ONE : SC_AMOUNT_MAX },
		{ "max_quantity", promotion->max_quantity, SC_QUANTITY_MAX },
		{ "cap", promotion->cap, SC_PRICE_TOTAL_MAX },
		{ "group_cap", promotion->group_cap, SC_PRICE_TOTAL_MAX },
		{ "buy_quantity", promotion->buy_quantity, SC_QUANTITY_MAX },
		{ "get_quantity", promotion->get_quantity, SC_QUANTITY_MAX },
		{ "repeats", promotion->repeats, SC_QUANTITY_MAX },
		{ "conditions.min_subtotal", promotion->conditions.min_subtotal, SC_PRICE_TOTAL_MAX },
		{ "conditions.min_quantity", promotion->conditions.min_quantity, SC_PRICE_TOTAL_MAX },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].value < 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, index, numbers[i].field, "must not be negative");
		if (numbers[i].value > numbers[i].max)
			return sc__bad_at(err, SC_OUT_OF_RANGE, index, numbers[i].field, "at most %lld",
			                  (long long)numbers[i].max);
	}
	return check_tiers(promotion, index, err);
}

/* A bundle takes one of each; the copy's SKUs are sorted. */
static bool names_twice(const sc_price_texts *skus)
{
	for (size_t i = 1; i < skus->count; i++)
		if (strcmp(skus->items[i - 1], skus->items[i]) == 0)
			return true;
	return false;
}

static sc_status check_promotion(const sc_promotion *promotion, int32_t index, sc_error *err)
{
	if (promotion->id == NULL || promotion->id[0] == '\0')
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "id", "a promotion needs an id");
	if ((unsigned)promotion->type > SC_PROMOTION_BUNDLE)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "type", "no such type");
	if ((unsigned)promotion->target > SC_PROMOTION_ORDER_AND_SHIPPING)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "target", "no such target");
	if ((unsigned)promotion->allocation > SC_PROMOTION_CHEAPEST_UNIT_ONCE)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "allocation", "no such allocation");
	if (promotion->type == SC_PROMOTION_BUY_X_GET_Y && promotion->buy_quantity < 1)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "buy_quantity", "at least 1");
	if (promotion->type == SC_PROMOTION_BUY_X_GET_Y && promotion->get_quantity < 1)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "get_quantity", "at least 1");
	if (promotion->type == SC_PROMOTION_BUNDLE && promotion->skus.count == 0)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "skus", "a bundle needs its SKUs");
	if ((promotion->type == SC_PROMOTION_BUNDLE || promotion->type == SC_PROMOTION_BUY_X_GET_Y) &&
	    promotion->target != SC_PROMOTION_ITEMS)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "target", "only items");
	return check_numbers(promotion, index, err);
}

/* The stacking group's number. The first promotion of a group that names a cap sets it. */
static uint32_t group_of(sc_price_rules *rules, const uint32_t *firsts, size_t at)
{
	const sc_promotion *promotion = &rules->rules[at].promotion;
	uint32_t group = 0;

	if (promotion->group == NULL)
		return SC__NO_GROUP;
	while (group < rules->group_count && strcmp(rules->rules[firsts[group]].promotion.group, promotion->group) != 0)
		group++;
	return group;
}

static void number_groups(sc_price_rules *rules, uint32_t *firsts)
{
	for (size_t i = 0; i < rules->count; i++) {
		const uint32_t group = group_of(rules, firsts, i);

		rules->rules[i].group = group;
		if (group == SC__NO_GROUP)
			continue;
		if (group == rules->group_count) {
			firsts[rules->group_count++] = (uint32_t)i;
			rules->group_caps[group] = 0;
		}
		if (rules->group_caps[group] == 0)
			rules->group_caps[group] = rules->rules[i].promotion.group_cap;
	}
}

static void order_rules(sc_price_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		size_t at = i;

		for (; at > 0 &&
		       rules->rules[rules->order[at - 1]].promotion.priority < rules->rules[i].promotion.priority;
		     at--)
			rules->order[at] = rules->order[at - 1];
		rules->order[at] = (uint32_t)i;
	}
}

static bool fill_rules(sc_price_rules *rules, const sc_promotion *promotions, size_t count)
{
	uint32_t *firsts = sc_arena_alloc(&rules->arena, count * sizeof(*firsts));

	rules->rules = sc_arena_zalloc(&rules->arena, count * sizeof(*rules->rules));
	rules->order = sc_arena_alloc(&rules->arena, count * sizeof(*rules->order));
	rules->group_caps = sc_arena_zalloc(&rules->arena, count * sizeof(*rules->group_caps));
	if (firsts == NULL || rules->rules == NULL || rules->order == NULL || rules->group_caps == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		sc__rule *rule = &rules->rules[i];

		if (!copy_promotion(&rules->arena, &rule->promotion, &promotions[i]))
			return false;
		rule->has_conditions = has_conditions(&rule->promotion);
		rule->picks_all = picks_all(&rule->promotion);
		rule->allocation = allocation_of(&rule->promotion);
		rule->plain = is_plain(&rule->promotion, rule);
	}
	rules->count = count;
	order_rules(rules);
	number_groups(rules, firsts);
	return true;
}

sc_status sc_price_rules_new(const sc_env *env, const sc_promotion *promotions, size_t count, sc_price_rules **out,
                             sc_error *err)
{
	if (count > SC_PRICE_PROMOTIONS_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "promotions", "at most %d", SC_PRICE_PROMOTIONS_MAX);
	for (size_t i = 0; i < count; i++) {
		const sc_status status = check_promotion(&promotions[i], (int32_t)i, err);

		if (status != SC_OK)
			return status;
	}
	sc_price_rules *rules = env->resize(env->ctx, NULL, sizeof(*rules));
	if (rules == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for promotions");
	*rules = (sc_price_rules){ .env = env };
	sc_arena_init(&rules->arena, env);
	if (!fill_rules(rules, promotions, count)) {
		sc_price_rules_free(rules);
		return sc__fail(err, SC_NO_MEMORY, "no memory for promotions");
	}
	for (size_t i = 0; i < count; i++)
		if (rules->rules[i].promotion.type == SC_PROMOTION_BUNDLE &&
		    names_twice(&rules->rules[i].promotion.skus)) {
			sc_price_rules_free(rules);
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "skus", "a bundle has one of each");
		}
	*out = rules;
	return SC_OK;
}

void sc_price_rules_free(sc_price_rules *rules)
{
	if (rules == NULL)
		return;
	const sc_env *env = rules->env;
	sc_arena_clear(&rules->arena);
	env->resize(env->ctx, rules, 0);
}
