/*
 * Putting rules in, taking them away, listing them. Each edit is one group: the rule's record, and the setting whose
 * version tells every process that what it prepared is old.
 */
#include "rule/rule.h"

#include "base/arena.h"
#include "base/card.h"
#include "base/error.h"
#include "base/text.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

#define POLICY_ID "policy"

static const char *const names[] = {
	NULL, "promotion", "coupon", "tax", "shipping", "price", "policy", "fee", "secret"
};

const char *sc_rule_kind_name(sc_rule_kind kind)
{
	return kind >= SC_RULE_PROMOTION && kind <= SC_RULE_FEE ? names[kind] : NULL;
}

sc_address sc__rule_address(int kind, const char *id)
{
	return (sc_address){ .kind = SC_KIND_RULE,
		             .key = names[kind],
		             .key_size = (uint16_t)strlen(names[kind]),
		             .sub = id,
		             .sub_size = (uint16_t)strlen(id) };
}

static sc_status check(const sc_call *call, sc_rule_kind kind, sc_error *err)
{
	if (sc_rule_kind_name(kind) == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "no such kind of rule");
	return sc__allow(call, SC__EDIT_RULES, NULL, err);
}

/* ---- what a document says, as far as the store has to know ------------------------------- */

static sc_status read_id(sc_rule_kind kind, sc_bytes document, sc_arena *arena, const char **id,
                         sc__coupon_rule *coupon, sc_error *err)
{
	sc_promotion promotion;
	sc__shipping_rule shipping;
	sc__fee_rule fee;
	sc_tax_rule tax;
	sc__policy_rule policy;
	const sc_price_entry *entries;
	size_t count;
	sc_status status = SC_OK;

	memset(&policy, 0, sizeof(policy));
	*id = POLICY_ID;
	switch (kind) {
	case SC_RULE_PROMOTION:
		status = sc__rule_read_promotion(document, arena, &promotion, err);
		*id = promotion.id;
		return status;
	case SC_RULE_COUPON:
		status = sc__rule_read_coupon(document, arena, coupon, err);
		*id = coupon->id;
		return status;
	case SC_RULE_TAX:
		return sc__rule_read_tax(document, arena, id, &tax, err);
	case SC_RULE_SHIPPING:
		status = sc__rule_read_shipping(document, arena, &shipping, err);
		*id = shipping.rate.code;
		return status;
	case SC_RULE_FEE:
		status = sc__rule_read_fee(document, arena, &fee, err);
		*id = fee.code;
		return status;
	case SC_RULE_PRICE:
		return sc__rule_read_prices(document, arena, id, &entries, &count, err);
	case SC_RULE_POLICY:
		break;
	}
	return sc__rule_read_policy(document, arena, &policy, err);
}

/* ---- writing ----------------------------------------------------------------------------- */

enum { CHANGES_MAX = 4 };

/* The rule's change and the setting's; more may follow behind them. */
static sc_status apply(sc_shop *shop, const sc_call *call, sc_change changes[CHANGES_MAX], uint32_t count,
                       sc_error *err)
{
	const sc_group group = {
		.id = sc_id_make(shop->env), .home = SC_HOME_TABLE, .changes = changes, .count = count
	};
	sc_outcome outcome = { 0 };

	changes[1] = (sc_change){ .address = sc__rules_address(), .type = SC_CHANGE_PUT, .condition = SC_IF_ANY };
	return sc__apply_settled(shop, call, &group, NULL, &outcome, err);
}

/* There may be so many of a kind that pricing reads all of them at once. */
static sc_status check_room(const sc__rule_set *set, sc_rule_kind kind, sc_error *err)
{
	const size_t counts[] = { [SC_RULE_PROMOTION] = set->promotion_count,
		                  [SC_RULE_COUPON] = set->coupon_count,
		                  [SC_RULE_TAX] = set->tax_count,
		                  [SC_RULE_SHIPPING] = set->shipping_count,
		                  [SC_RULE_FEE] = set->fee_count };
	static const size_t most[] = { [SC_RULE_PROMOTION] = SC_RULE_PROMOTIONS_MAX,
		                       [SC_RULE_COUPON] = SC_RULE_COUPONS_MAX,
		                       [SC_RULE_TAX] = SC_RULE_TAXES_MAX,
		                       [SC_RULE_SHIPPING] = SC_RULE_SHIPPING_MAX,
		                       [SC_RULE_FEE] = SC_RULE_FEES_MAX };

	if (most[kind] == 0 || counts[kind] < most[kind])
		return SC_OK;
	return sc__short(err, SC_LIMIT_REACHED, -1, (int64_t)counts[kind] + 1, (int64_t)most[kind],
	                 "there are %zu of them already", most[kind]);
}

/* Whether one more fits; one that replaces another always does. */
static sc_status check_count(sc_shop *shop, const sc_call *call, sc_rule_kind kind, const char *id, sc_arena *arena,
                             sc_error *err)
{
	const sc_address addresses[] = { sc__rules_address(), sc__rule_address((int)kind, id) };
	sc_record records[2] = { 0 };
	sc__rule_set *set;
	sc_status status = sc__load(shop, call, addresses, 2, SC_READ_COLUMNS, arena, records, err);

	if (status != SC_OK || records[1].version != 0)
		return status;
	status = sc__rules_get(shop, call, records[0].version, &set, err);
	if (status != SC_OK)
		return status;
	status = check_room(set, kind, err);
	sc__rules_release(shop, set);
	return status;
}

/* A coupon's limit is its account's, from the first use or from now on; codes are signed with a secret of its own that
 * is made once. */
static sc_status add_coupon(sc_shop *shop, const sc__coupon_rule *coupon, sc_arena *arena, sc_change *changes,
                            uint32_t *count, sc_error *err)
{
	uint8_t *secret = sc_arena_alloc(arena, SC__COUPON_SECRET_SIZE);
	sc__coupon_key *key = sc_arena_alloc(arena, sizeof(*key));

	if (secret == NULL || key == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a coupon");
	shop->env->random(shop->env->ctx, secret, SC__COUPON_SECRET_SIZE);
	if (coupon->single_use)
		changes[(*count)++] = (sc_change){ .address = sc__rule_address(SC__RULE_SECRET, coupon->id),
			                           .type = SC_CHANGE_PUT,
			                           .condition = SC_IF_ABSENT,
			                           .flags = SC_SKIP,
			                           .body = { secret, SC__COUPON_SECRET_SIZE } };
	if (coupon->limit == 0)
		return SC_OK;
	changes[*count] = (sc_change){ .address = sc__coupon_account(key, SC_COUPON_IN_ALL, coupon->id, ""),
		                       .type = SC_CHANGE_SET,
		                       .flags = SC_SET_ON_HAND,
		                       .topic = SC_BYTES("limit") };
	changes[(*count)++].counters.on_hand = coupon->limit;
	return SC_OK;
}

/* A document is kept as it came, so it is looked at as a whole. */
static sc_status check_cards(sc_bytes document, sc_error *err)
{
	sc_bytes card;
	if (sc__card_find(document, SC__CARD_IN_CODE, &card))
		return sc__bad(err, SC_BAD_TEXT, "document", "has what reads like a card number");
	return SC_OK;
}

static sc_status put(sc_shop *shop, const sc_call *call, sc_rule_kind kind, sc_bytes document, sc_arena *arena,
                     sc_error *err)
{
	sc_change changes[CHANGES_MAX];
	sc__coupon_rule coupon = { .id = NULL };
	uint32_t count = 2;
	const char *id;
	sc_status status = read_id(kind, document, arena, &id, &coupon, err);

	if (status == SC_OK)
		status = check_cards(document, err);
	if (status == SC_OK)
		status = check_count(shop, call, kind, id, arena, err);
	if (status == SC_OK && kind == SC_RULE_COUPON)
		status = add_coupon(shop, &coupon, arena, changes, &count, err);
	if (status != SC_OK)
		return status;
	changes[0] = (sc_change){ .address = sc__rule_address((int)kind, id),
		                  .type = SC_CHANGE_PUT,
		                  .condition = SC_IF_ANY,
		                  .body = document };
	return apply(shop, call, changes, count, err);
}

sc_status sc_rule_put(sc_shop *shop, const sc_call *call, sc_rule_kind kind, sc_bytes document, sc_error *err)
{
	sc_arena arena;
	sc_status status = check(call, kind, err);

	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = put(shop, call, kind, document, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_rule_delete(sc_shop *shop, const sc_call *call, sc_rule_kind kind, const char *id, sc_error *err)
{
	sc_change changes[CHANGES_MAX];
	sc_status status = check(call, kind, err);

	if (status == SC_OK)
		status = sc__input_id(id, -1, "id", err);
	if (status != SC_OK)
		return status;
	changes[0] = (sc_change){ .address = sc__rule_address((int)kind, id),
		                  .type = SC_CHANGE_DELETE,
		                  .condition = SC_IF_PRESENT };
	return apply(shop, call, changes, 2, err);
}

/* ---- listing ----------------------------------------------------------------------------- */

sc_status sc_rule_list(sc_shop *shop, const sc_call *call, sc_rule_kind kind, uint32_t limit, sc_bytes cursor,
                       sc_arena *arena, sc_rule_page *out, sc_error *err)
{
	sc_page page;
	sc_status status = check(call, kind, err);

	if (status == SC_OK)
		status = sc__input_range(limit, 1, SC_PAGE_MAX, -1, "limit", err);
	if (status != SC_OK)
		return status;
	const sc_range range = { .kind = SC_KIND_RULE,
		                 .index = SC_BY_SUB,
		                 .key = { names[kind], strlen(names[kind]) },
		                 .limit = limit,
		                 .cursor = cursor,
		                 .mask = SC_READ_BODY };
	status = sc__range(shop, call, &range, 1, arena, &page, err);
	if (status != SC_OK)
		return status;
	sc_rule *rules = sc__arena_array(arena, page.count, sizeof(*rules));
	if (rules == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a list of rules");
	for (size_t i = 0; i < page.count; i++) {
		const sc_address *at = &page.records[i].address;

		rules[i] = (sc_rule){ .id = sc_arena_dup(arena, at->sub, at->sub_size),
			              .document = page.records[i].body,
			              .version = page.records[i].version };
		if (rules[i].id == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a list of rules");
	}
	*out = (sc_rule_page){ .rules = rules, .count = page.count, .next = page.next };
	return SC_OK;
}
