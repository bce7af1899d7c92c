/*
 * What one use of a coupon counts against, and the holds that claim it.
 *
 * Uses lie on accounts of their own, in a hold beside that on the goods: when the goods leave, the units leave the
 * books, but what was used of a coupon stays used. Those of a period are a second hold, because their accounts vanish
 * some time after the period and the lifetime of an account belongs to the hold that makes it.
 */
#include "coupon/coupon.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/digest.h"
#include "payment/attempt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void sc__coupon_whom(const char *owner, const char *email, char out[SC__WHOM_SIZE])
{
	uint8_t hash[SC__DIGEST_SIZE];
	sc__digest digest;

	out[0] = '\0';
	if (owner[0] == 'u') {
		snprintf(out, SC__WHOM_SIZE, "%s", owner);
		return;
	}
	if (email == NULL || email[0] == '\0')
		return;
	/* a reference, so that a person can be erased */
	sc__digest_init(&digest);
	sc__digest_text(&digest, email);
	sc__digest_final(&digest, hash);
	memcpy(out, "e:", 2);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(out + 2 + 2 * i, 3, "%02x", hash[i]);
}

/* ---- bounds ------------------------------------------------------------------------------ */

static void add(sc__coupon_bound *out, size_t *count, sc_coupon_scope scope, const char *whom, int64_t limit,
                sc_coupon_verdict verdict)
{
	if (limit == 0)
		return;
	out[(*count)++] = (sc__coupon_bound){ { .scope = scope, .whom = whom, .limit = limit }, verdict };
}

sc_status sc__coupon_bounds(const sc__coupon_rule *rule, const char *code, const char *whom, int64_t now_ms,
                            sc_arena *arena, sc__coupon_bound out[SC__COUPON_BOUNDS_MAX], size_t *count, sc_error *err)
{
	char period[24] = "";

	*count = 0;
	if (rule == NULL)
		return SC_OK;
	if (rule->period_s != 0)
		snprintf(period, sizeof(period), "%" PRId64, now_ms / 1000 / rule->period_s);
	const char *kept = sc_arena_dup(arena, period, strlen(period));
	if (kept == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a coupon");
	add(out, count, SC_COUPON_IN_ALL, "", rule->limit, SC_COUPON_USED_UP);
	add(out, count, SC_COUPON_OF_CODE, code, rule->single_use ? 1 : 0, SC_COUPON_CODE_USED);
	if (whom[0] != '\0')
		add(out, count, SC_COUPON_OF_CUSTOMER, whom, rule->customer_limit, SC_COUPON_CUSTOMER_USED_UP);
	add(out, count, SC_COUPON_OF_PERIOD, kept, rule->period_limit, SC_COUPON_PERIOD_USED_UP);
	for (size_t i = 0; i < *count; i++)
		if (out[i].use.scope == SC_COUPON_OF_PERIOD)
			out[i].use.lifetime_ms = 2 * rule->period_s * 1000;
	return SC_OK;
}

sc_address sc__coupon_use_account(sc__coupon_key *key, const char *coupon, const sc_coupon_use *use)
{
	return sc__coupon_account(key, (int)use->scope, coupon, use->whom);
}

/* ---- holds ------------------------------------------------------------------------------- */

/* Storage of one line of a hold. */
typedef struct claim {
	sc__coupon_key key;
	sc_address account;
} claim;

static sc_address hold_address(sc__child_key *key, sc_id order, bool of_period, uint32_t n)
{
	const uint32_t first = (uint32_t)(of_period ? SC__PERIOD_USES_HOLD : SC__USES_HOLD);

	return sc__child_address(key, SC_KIND_HOLD, order, first << 8 | n);
}

static size_t count_uses(const sc_order_coupon *coupons, size_t count, bool of_period)
{
	size_t uses = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < coupons[i].use_count; k++)
			uses += (coupons[i].uses[k].lifetime_ms != 0) == of_period ? 1 : 0;
	return uses;
}

/* One hold over all uses of the sort; before it what sets limits that changed. */
static bool hold_uses(sc_id order, uint32_t n, const sc_order_coupon *coupons, size_t count, bool of_period,
                      int64_t ttl_ms, sc_arena *arena, sc_change *changes, uint32_t *change_count)
{
	const size_t uses = count_uses(coupons, count, of_period);
	claim *claims = sc__arena_array(arena, uses, sizeof(*claims));
	sc_hold_line *lines = sc__arena_array(arena, uses, sizeof(*lines));
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	int64_t lifetime_ms = 0;
	size_t at = 0;

	if (claims == NULL || lines == NULL || key == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < coupons[i].use_count; k++) {
			const sc_coupon_use *use = &coupons[i].uses[k];

			if ((use->lifetime_ms != 0) != of_period)
				continue;
			claims[at].account = sc__coupon_use_account(&claims[at].key, coupons[i].coupon, use);
			lines[at] = (sc_hold_line){ .sources = &claims[at].account,
				                    .source_count = 1,
				                    .flags = SC_LINE_LIMIT,
				                    .quantity = 1,
				                    .limit = use->limit };
			lifetime_ms = use->lifetime_ms > lifetime_ms ? use->lifetime_ms : lifetime_ms;
			if (use->reset) {
				changes[*change_count] = (sc_change){ .address = claims[at].account,
					                              .type = SC_CHANGE_SET,
					                              .flags = SC_SET_ON_HAND,
					                              .topic = SC_BYTES("limit") };
				changes[(*change_count)++].counters.on_hand = use->limit;
			}
			at++;
		}
	if (uses > 0)
		changes[(*change_count)++] = (sc_change){ .address = hold_address(key, order, of_period, n),
			                                  .type = SC_CHANGE_HOLD,
			                                  .lines = lines,
			                                  .line_count = (uint32_t)uses,
			                                  .ttl_ms = ttl_ms,
			                                  .lifetime_ms = lifetime_ms };
	return true;
}

bool sc__coupon_uses_hold(sc_id order, uint32_t n, const sc_order_coupon *coupons, size_t count, int64_t ttl_ms,
                          sc_arena *arena, sc_change *changes, uint32_t *change_count)
{
	return hold_uses(order, n, coupons, count, false, ttl_ms, arena, changes, change_count) &&
	       hold_uses(order, n, coupons, count, true, ttl_ms, arena, changes, change_count);
}

size_t sc__coupon_of_use(const sc_order_coupon *coupons, size_t count, const sc_change *hold, uint32_t line)
{
	const bool of_period = hold->address.sub_size == 2 && hold->address.sub[0] == SC__PERIOD_USES_HOLD;
	uint32_t at = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < coupons[i].use_count; k++)
			if ((coupons[i].uses[k].lifetime_ms != 0) == of_period && at++ == line)
				return i;
	return count;
}

bool sc__coupon_uses_settle(sc_id order, uint32_t n, const sc_order_coupon *coupons, size_t count, sc_change_type type,
                            uint32_t flags, sc_arena *arena, sc_change *changes, uint32_t *change_count)
{
	for (int of_period = 0; of_period < 2; of_period++) {
		if (count_uses(coupons, count, of_period) == 0)
			continue;
		sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
		if (key == NULL)
			return false;
		changes[(*change_count)++] = (sc_change){ .address = hold_address(key, order, of_period, n),
			                                  .type = (uint16_t)type,
			                                  .flags = flags };
	}
	return true;
}
