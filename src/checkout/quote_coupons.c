/*
 * The codes of a cart in a quote: which of them may still be used, and what became of them.
 *
 * Accounts are looked at, not claimed: a quote promises a price, and the last use goes to whoever places first.
 */
#include "checkout/quote.h"

#include "base/arena.h"
#include "base/error.h"
#include "pricing/names.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

sc_status sc__quote_coupons_begin(sc__quoting *q, sc_address *addresses, size_t *count, sc_error *err)
{
	const size_t codes = q->cart.coupon_count;

	q->codes = sc_arena_zalloc(q->task->arena, codes * sizeof(*q->codes));
	q->coupons = sc_arena_zalloc(q->task->arena, codes * sizeof(*q->coupons));
	if (q->codes == NULL || q->coupons == NULL)
		return no_memory(err);
	for (size_t i = 0; i < codes; i++) {
		sc__quoted_code *code = &q->codes[i];
		const sc_cart_coupon *given = &q->cart.coupons[i];

		q->coupons[i] = (sc_quote_coupon){ .code = given->code, .coupon = given->coupon, .promotion = "" };
		code->rule = sc__rules_coupon(q->set, given->coupon);
		sc_status status = sc__coupon_bounds(code->rule, given->code, q->whom, q->now_ms, q->task->arena,
		                                     code->bounds, &code->bound_count, err);
		if (status != SC_OK)
			return status;
		for (size_t k = 0; k < code->bound_count; k++)
			addresses[(*count)++] = sc__coupon_use_account(&code->keys[k], given->coupon,
			                                               &code->bounds[k].use);
	}
	return SC_OK;
}

/* ---- which may be used ------------------------------------------------------------------- */

static void judge_time(const sc__quoting *q, const sc__coupon_rule *rule, sc_quote_coupon *out)
{
	out->available = q->now_ms;
	if (rule->from_ms != 0 && q->now_ms < rule->from_ms) {
		out->verdict = SC_COUPON_TOO_EARLY;
		out->wanted = rule->from_ms;
	} else if (rule->until_ms != 0 && q->now_ms >= rule->until_ms) {
		out->verdict = SC_COUPON_TOO_LATE;
		out->wanted = rule->until_ms;
	} else {
		out->available = 0;
	}
}

/* A limit that was changed counts from now on, whatever the account was made with. */
static void judge_bound(sc__coupon_bound *bound, const sc_record *account, sc_quote_coupon *out)
{
	sc_counters counters = account->counters;

	if (account->version == 0)
		return;
	if (bound->use.scope != SC_COUPON_IN_ALL && counters.on_hand != bound->use.limit) {
		bound->use.reset = true;
		counters.on_hand = bound->use.limit;
	}
	if (out->verdict == SC_COUPON_APPLIED && sc_counters_free(&counters) < 1) {
		out->verdict = bound->verdict;
		out->wanted = 1;
	}
}

static bool is_doubled(const sc__quoting *q, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (q->coupons[i].verdict == SC_COUPON_APPLIED &&
		    strcmp(q->coupons[i].coupon, q->coupons[at].coupon) == 0)
			return true;
	return false;
}

void sc__quote_coupons_judge(sc__quoting *q, const sc_record *accounts)
{
	for (size_t i = 0; i < q->cart.coupon_count; i++) {
		sc__quoted_code *code = &q->codes[i];

		if (code->rule != NULL)
			judge_time(q, code->rule, &q->coupons[i]);
		for (size_t k = 0; k < code->bound_count; k++)
			judge_bound(&code->bounds[k], accounts++, &q->coupons[i]);
		if (q->coupons[i].verdict == SC_COUPON_APPLIED && is_doubled(q, i))
			q->coupons[i].verdict = SC_COUPON_DOUBLED;
	}
}

/* ---- what became of them ----------------------------------------------------------------- */

/* What all promotions of a coupon took off, or the last one's reason for nothing. */
static void look_up(const sc__quoting *q, sc_quote_coupon *coupon)
{
	bool known = false;

	for (size_t i = 0; i < q->set->promotion_count; i++) {
		const sc_priced_promotion *priced = &q->breakdown->promotions[i];

		if (q->set->listed[i].coupon == NULL || strcmp(q->set->listed[i].coupon, coupon->coupon) != 0)
			continue;
		known = true;
		coupon->discount_minor += priced->discount;
		if (priced->reason == SC_PROMOTION_APPLIED)
			continue;
		coupon->promotion = priced->id;
		coupon->reason = priced->reason;
		coupon->wanted = priced->wanted;
		coupon->available = priced->available;
	}
	if (!known)
		coupon->verdict = SC_COUPON_UNKNOWN;
	else if (coupon->discount_minor == 0)
		coupon->verdict = SC_COUPON_NOT_MET;
	if (coupon->verdict == SC_COUPON_NOT_MET)
		return;
	coupon->promotion = "";
	coupon->reason = 0;
	coupon->wanted = coupon->available = 0;
}

static const char *text_of(const sc_quote_coupon *coupon)
{
	static const char *const texts[] = {
		[SC_COUPON_APPLIED] = "applied",
		[SC_COUPON_UNKNOWN] = "nothing is offered for it any more",
		[SC_COUPON_TOO_EARLY] = "it has not begun yet",
		[SC_COUPON_TOO_LATE] = "it is over",
		[SC_COUPON_USED_UP] = "it is used up",
		[SC_COUPON_CUSTOMER_USED_UP] = "you have used it already",
		[SC_COUPON_PERIOD_USED_UP] = "it is used up for now",
		[SC_COUPON_CODE_USED] = "this code was used already",
		[SC_COUPON_DOUBLED] = "another code of the same coupon is used",
	};

	return coupon->verdict == SC_COUPON_NOT_MET ? sc__reason_text((sc_promotion_reason)coupon->reason)
	                                            : texts[coupon->verdict];
}

static bool use(const sc__quoting *q, size_t at, sc_order_coupon *out)
{
	const sc__quoted_code *code = &q->codes[at];
	sc_coupon_use *uses = sc__arena_array(q->task->arena, code->bound_count, sizeof(*uses));

	if (uses == NULL)
		return false;
	for (size_t k = 0; k < code->bound_count; k++)
		uses[k] = code->bounds[k].use;
	*out = (sc_order_coupon){ .code = q->coupons[at].code,
		                  .coupon = q->coupons[at].coupon,
		                  .discount_minor = q->coupons[at].discount_minor,
		                  .uses = uses,
		                  .use_count = code->bound_count };
	return true;
}

sc_status sc__quote_coupons_end(sc__quoting *q, sc__snapshot *snapshot, sc_error *err)
{
	sc_order_coupon *used = sc__arena_array(q->task->arena, q->cart.coupon_count, sizeof(*used));
	size_t count = 0;

	if (used == NULL)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.coupon_count; i++) {
		if (q->coupons[i].verdict == SC_COUPON_APPLIED)
			look_up(q, &q->coupons[i]);
		if (q->coupons[i].verdict == SC_COUPON_APPLIED && !use(q, i, &used[count++]))
			return no_memory(err);
		q->coupons[i].text = text_of(&q->coupons[i]);
	}
	snapshot->coupons = used;
	snapshot->coupon_count = count;
	return SC_OK;
}
