/*
 * The fees of a cart: which of the shop's rules apply, and what each comes to.
 */
#include "checkout/quote.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

/* What a fee looks at: the lines that it counts. */
typedef struct counted {
	int64_t subtotal, units;
} counted;

static bool counts(const sc__fee_rule *fee, const char *sku)
{
	for (size_t i = 0; i < fee->skus.count; i++)
		if (strcmp(fee->skus.items[i], sku) == 0)
			return true;
	return fee->skus.count == 0;
}

/* The sums fit: a shipment was made of all of them before. */
static counted count_lines(const sc__quoting *q, const sc__fee_rule *fee)
{
	counted sum = { 0, 0 };

	for (size_t i = 0; i < q->request.line_count; i++) {
		const sc_price_line *line = &q->request.lines[i];

		if (!counts(fee, line->sku))
			continue;
		sum.subtotal += line->unit_price * line->quantity;
		sum.units += line->quantity;
	}
	return sum;
}

static bool is_same(const char *wanted, const char *given)
{
	return wanted == NULL || (given != NULL && strcmp(wanted, given) == 0);
}

static bool goes_with(const sc__quoting *q, const char *rate)
{
	return rate == NULL || (q->request.shipping_count > 0 && strcmp(q->request.shipping[0].code, rate) == 0);
}

static bool applies(const sc__quoting *q, const sc__fee_rule *fee, const counted *sum)
{
	const char *currency = fee->currency[0] != '\0' ? fee->currency : q->task->shop->settings.currency;

	return sum->units > 0 && strcmp(currency, q->cart.currency) == 0 && sum->subtotal >= fee->min_subtotal &&
	       (fee->below_subtotal == 0 || sum->subtotal < fee->below_subtotal) && q->now_ms >= fee->from_ms &&
	       (fee->until_ms == 0 || q->now_ms < fee->until_ms) && is_same(fee->country, q->options.country) &&
	       is_same(fee->region, q->options.region) && is_same(fee->customer_group, q->options.customer_group) &&
	       goes_with(q, fee->shipping_rate);
}

static sc_status set_fee(sc__quoting *q, const sc__fee_rule *fee, int64_t units, sc_price_fee *out, sc_error *err)
{
	sc_tax_choice tax;
	int64_t amount;

	if (__builtin_mul_overflow(fee->amount, fee->per_unit ? units : 1, &amount) || amount > SC_AMOUNT_MAX ||
	    amount < -SC_AMOUNT_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "fees", "the amount does not fit");
	const sc_status status = sc__quote_tax(q, fee->tax_class, &tax, err);
	if (status != SC_OK)
		return status;
	*out = (sc_price_fee){ .code = fee->code,
		               .amount = tax.exempt ? sc__quote_without_tax(q, amount, &tax) : amount,
		               .tax_rates = tax.rates,
		               .tax_rate_count = tax.exempt ? 0 : tax.count,
		               .tax_inclusive = q->set->policy.tax_included };
	return SC_OK;
}

sc_status sc__quote_fees(sc__quoting *q, sc_error *err)
{
	sc_price_fee *fees = sc_arena_zalloc(q->task->arena, q->set->fee_count * sizeof(*fees));
	size_t count = 0;

	if (fees == NULL)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < q->set->fee_count; i++) {
		const sc__fee_rule *fee = &q->set->fees[i];
		const counted sum = count_lines(q, fee);

		if (!applies(q, fee, &sum))
			continue;
		const sc_status status = set_fee(q, fee, sum.units, &fees[count++], err);
		if (status != SC_OK)
			return status;
	}
	q->request.fees = fees;
	q->request.fee_count = count;
	return SC_OK;
}
