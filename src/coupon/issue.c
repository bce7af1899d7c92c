/*
 * Codes in bulk: issued by number, which stores nothing, or imported, which stores a claim each.
 */
#include "coupon/coupon.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

#define NUMBER_MAX (1LL << 40)

/* A single-use coupon of that name, copied. NOT_FOUND. */
static sc_status find_coupon(sc_shop *shop, const sc_call *call, const char *coupon, sc_arena *arena,
                             sc__coupon_rule *out, sc_error *err)
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
	if (rule == NULL || !rule->single_use || rule->secret == NULL)
		status = sc__fail(err, SC_NOT_FOUND, "there is no single-use coupon %.64s", coupon);
	else {
		*out = *rule;
		out->id = sc_arena_dup(arena, rule->id, strlen(rule->id));
		out->secret = (const uint8_t *)sc_arena_dup(arena, rule->secret, SC__COUPON_SECRET_SIZE);
		if (out->id == NULL || out->secret == NULL)
			status = sc__fail(err, SC_NO_MEMORY, "no memory for a coupon");
	}
	sc__rules_release(shop, set);
	return status;
}

static sc_status check(const sc_call *call, const char *coupon, size_t count, sc_error *err)
{
	sc_status status = sc__allow(call, SC__EDIT_RULES, NULL, err);

	if (status == SC_OK)
		status = sc__input_text(coupon, SC__TEXT_CODE, SC__COUPON_NAME_MAX, -1, "coupon", err);
	return status == SC_OK ? sc__input_range((int64_t)count, 1, SC_COUPON_CODES_MAX, -1, "count", err) : status;
}

sc_status sc_coupon_issue(sc_shop *shop, const sc_call *call, const char *coupon, int64_t first, size_t count,
                          sc_arena *arena, const char *const **codes, sc_error *err)
{
	sc__coupon_rule rule;
	sc_status status = check(call, coupon, count, err);

	if (status == SC_OK)
		status = sc__input_range(first, 0, NUMBER_MAX - (int64_t)count, -1, "first", err);
	if (status == SC_OK)
		status = find_coupon(shop, call, coupon, arena, &rule, err);
	if (status != SC_OK)
		return status;
	const char **made = sc__arena_array(arena, count, sizeof(*made));
	if (made == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for codes");
	for (size_t i = 0; i < count; i++) {
		char text[SC_COUPON_CODE_MAX + 1];

		sc__code_issue(&rule, first + (int64_t)i, text);
		made[i] = sc_arena_dup(arena, text, strlen(text));
		if (made[i] == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for codes");
	}
	*codes = made;
	return SC_OK;
}

/* One group of claims, each skipped when it is there. */
static sc_status import(sc_shop *shop, const sc_call *call, const char *coupon, const char *const *codes, size_t count,
                        sc_arena *arena, sc_error *err)
{
	sc__code_key *keys = sc__arena_array(arena, count, sizeof(*keys));
	sc_change *changes = sc_arena_zalloc(arena, count * sizeof(*changes));
	char code[SC_COUPON_CODE_MAX + 1];
	sc_outcome outcome = { 0 };

	if (keys == NULL || changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for codes");
	for (size_t i = 0; i < count; i++) {
		sc_status status = sc__coupon_normalise(codes[i], (int32_t)i, code, err);
		if (status != SC_OK)
			return status;
		changes[i].address = sc__code_address(&keys[i], code);
		changes[i].type = SC_CHANGE_PUT;
		changes[i].condition = SC_IF_ABSENT;
		changes[i].flags = SC_SKIP;
		changes[i].body = (sc_bytes){ coupon, strlen(coupon) };
	}
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = (uint32_t)count };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_coupon_import(sc_shop *shop, const sc_call *call, const char *coupon, const char *const *codes,
                           size_t count, sc_error *err)
{
	sc__coupon_rule rule;
	sc_arena arena;
	sc_status status = check(call, coupon, count, err);

	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = find_coupon(shop, call, coupon, &arena, &rule, err);
	if (status == SC_OK)
		status = import(shop, call, coupon, codes, count, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
