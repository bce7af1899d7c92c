/*
 * How often a coupon was used: what its accounts say.
 */
#include "coupon/coupon.h"

#include "base/error.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

/* The accounts of all uses and of the period that runs; whoever has none of them is left at zero. */
static sc_status count_uses(sc_shop *shop, const sc_call *call, const sc__coupon_rule *rule, sc_arena *arena,
                            sc_coupon_usage *out, sc_error *err)
{
	sc__coupon_bound bounds[SC__COUPON_BOUNDS_MAX];
	sc__coupon_key keys[SC__COUPON_BOUNDS_MAX];
	sc_address addresses[SC__COUPON_BOUNDS_MAX];
	sc_record records[SC__COUPON_BOUNDS_MAX] = { 0 };
	size_t count;
	sc_status status = sc__coupon_bounds(rule, "", "", shop->env->wall_ms(shop->env->ctx), arena, bounds, &count,
	                                     err);

	for (size_t i = 0; i < count; i++)
		addresses[i] = sc__coupon_use_account(&keys[i], rule->id, &bounds[i].use);
	if (status == SC_OK)
		status = sc__load(shop, call, addresses, count, SC_READ_COLUMNS, arena, records, err);
	if (status != SC_OK)
		return status;
	*out = (sc_coupon_usage){ .limit = rule->limit, .period_limit = rule->period_limit };
	for (size_t i = 0; i < count; i++) {
		const sc_counters *counters = &records[i].counters;

		if (records[i].version == 0)
			continue;
		if (bounds[i].use.scope == SC_COUPON_IN_ALL) {
			out->used = counters->committed;
			out->held = counters->held;
		} else if (bounds[i].use.scope == SC_COUPON_OF_PERIOD) {
			out->period_used = counters->committed;
			out->period_held = counters->held;
		}
	}
	return SC_OK;
}

static sc_status count_in(sc_shop *shop, const sc_call *call, const char *coupon, sc_arena *arena, sc_coupon_usage *out,
                          sc_error *err)
{
	const sc_address address = sc__rules_address();
	sc_record record = { 0 };
	sc__rule_set *set;
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_COLUMNS, arena, &record, err);

	if (status == SC_OK)
		status = sc__rules_get(shop, call, record.version, &set, err);
	if (status != SC_OK)
		return status;
	const sc__coupon_rule *rule = sc__rules_coupon(set, coupon);
	status = rule != NULL ? count_uses(shop, call, rule, arena, out, err)
	                      : sc__fail(err, SC_NOT_FOUND, "no rule limits the coupon %.64s", coupon);
	sc__rules_release(shop, set);
	return status;
}

sc_status sc_coupon_count(sc_shop *shop, const sc_call *call, const char *coupon, sc_coupon_usage *out, sc_error *err)
{
	sc_arena arena;
	sc_status status = sc__allow(call, SC__EDIT_RULES, NULL, err);

	if (status == SC_OK)
		status = sc__input_text(coupon, SC__TEXT_CODE, SC__COUPON_NAME_MAX, -1, "coupon", err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = count_in(shop, call, coupon, &arena, out, err);
	sc_arena_clear(&arena);
	return status;
}
