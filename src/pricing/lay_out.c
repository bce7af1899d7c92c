/*
 * A request checked, and laid out as what the steps of a price work on.
 *
 * All memory comes from the caller's arena in one piece, so that a loop which resets its arena allocates nothing after
 * its first turns. Each line is looked at once: what its part keeps, what the answer repeats of it, and the sums.
 */
#include "pricing/price.h"

#include "base/error.h"

static sc_status check_rates(const int64_t *rates, size_t count, bool compound, int64_t *sum, const char *list,
                             size_t index, sc_error *err)
{
	if (count == 0) {
		*sum = 0;
		return SC_OK;
	}
	if (count > SC_PRICE_RATES_MAX)
		return sc__bad_at(err, SC_OVER_LIMIT, (int32_t)index, "tax_rates", "%s: at most %d", list,
		                  SC_PRICE_RATES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (rates[i] < 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)index, "tax_rates", "%s: must not be negative",
			                  list);
		if (rates[i] > SC_RATE_MAX)
			return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)index, "tax_rates", "%s: at most 100 %%",
			                  list);
	}
	*sum = count == 1 ? rates[0] : sc__rate_of(rates, count, compound);
	if (*sum < 0)
		return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)index, "tax_rates", "%s: too high together", list);
	return SC_OK;
}

static sc_status check_amount(int64_t amount, const char *field, size_t index, sc_error *err)
{
	if (amount < 0)
		return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)index, field, "must not be negative");
	if (amount > SC_AMOUNT_MAX)
		return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)index, field, "at most %lld",
		                  (long long)SC_AMOUNT_MAX);
	return SC_OK;
}

static sc_status refuse_line(const sc_price_line *line, size_t index, sc_error *err)
{
	if (line->sku == NULL || line->sku[0] == '\0')
		return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)index, "sku", "a line needs a SKU");
	if ((uint64_t)line->unit_price > SC_AMOUNT_MAX)
		return check_amount(line->unit_price, "unit_price", index, err);
	if (line->quantity < 0)
		return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)index, "quantity", "must not be negative");
	if (line->quantity > SC_QUANTITY_MAX)
		return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)index, "quantity", "at most %lld",
		                  (long long)SC_QUANTITY_MAX);
	return check_amount(line->floor_unit_price, "floor_unit_price", index, err);
}

static inline sc_status check_line(const sc_price_line *line, size_t index, sc_error *err)
{
	if (line->sku != NULL && line->sku[0] != '\0' && (uint64_t)line->unit_price <= SC_AMOUNT_MAX &&
	    (uint64_t)line->quantity <= SC_QUANTITY_MAX && (uint64_t)line->floor_unit_price <= SC_AMOUNT_MAX)
		return SC_OK;
	return refuse_line(line, index, err);
}

static inline bool is_policy(const sc_price_policy *policy)
{
	return (unsigned)policy->rounding <= SC_PRICE_UP && (unsigned)policy->discount_sign <= SC_PRICE_SIGNED &&
	       (unsigned)policy->allocation <= SC_PRICE_LAST_GETS_REST &&
	       (unsigned)policy->weights <= SC_PRICE_WEIGHTS_GROSS &&
	       (unsigned)policy->tax_level <= SC_PRICE_TAX_ORDER &&
	       (unsigned)policy->inclusive_split <= SC_PRICE_SPLIT_TAX &&
	       (unsigned)policy->tax_combine <= SC_PRICE_COMBINE_EACH;
}

static sc_status refuse_policy(const sc_price_policy *policy, sc_error *err)
{
	const struct {
		const char *field;
		unsigned value, max;
	} words[] = {
		{ "policy.rounding", policy->rounding, SC_PRICE_UP },
		{ "policy.discount_sign", policy->discount_sign, SC_PRICE_SIGNED },
		{ "policy.allocation", policy->allocation, SC_PRICE_LAST_GETS_REST },
		{ "policy.weights", policy->weights, SC_PRICE_WEIGHTS_GROSS },
		{ "policy.tax_level", policy->tax_level, SC_PRICE_TAX_ORDER },
		{ "policy.inclusive_split", policy->inclusive_split, SC_PRICE_SPLIT_TAX },
		{ "policy.tax_combine", policy->tax_combine, SC_PRICE_COMBINE_EACH },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].value > words[i].max)
			return sc__bad(err, SC_BAD_ARGUMENT, words[i].field, "no such value");
	return SC_OK;
}

static sc_status check_request(const sc_price_request *request, sc_error *err)
{
	if (request->currency[0] == '\0' || request->currency[3] != '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "currency", "three letters");
	if (request->line_count > SC_PRICE_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "lines", "at most %d", SC_PRICE_LINES_MAX);
	if (request->shipping_count > SC_PRICE_SHIPPING_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "shipping", "at most %d", SC_PRICE_SHIPPING_MAX);
	if (request->fee_count > SC_PRICE_FEES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "fees", "at most %d", SC_PRICE_FEES_MAX);
	return is_policy(&request->policy) ? SC_OK : refuse_policy(&request->policy, err);
}

static sc_status too_much(sc_error *err)
{
	return sc__bad(err, SC_OUT_OF_RANGE, "lines", "together at most %lld", (long long)SC_PRICE_TOTAL_MAX);
}

/* A part at its listed price. */
static inline void restart_part(sc__part *part)
{
	part->reserved = 0;
	part->only = (sc__run){ part->quantity, part->unit_price };
	part->run_count = 1;
}

static inline sc_status lay_out_line(const sc_price_line *line, size_t index, sc__part *part, sc_error *err)
{
	const int64_t price = line->unit_price, quantity = line->quantity, floor = line->floor_unit_price;
	const bool one_rate = line->tax_rate_count == 1;
	const sc_status status = check_line(line, index, err);

	if (status != SC_OK)
		return status;
	if (one_rate && (uint64_t)line->tax_rates[0] <= SC_RATE_MAX) {
		part->rate = line->tax_rates[0];
	} else {
		const sc_status bad = check_rates(line->tax_rates, line->tax_rate_count, line->tax_compound,
		                                  &part->rate, "lines", index, err);

		if (bad != SC_OK)
			return bad;
	}
	if (__builtin_mul_overflow(price, quantity, &part->listed))
		return too_much(err);
	part->inclusive = line->tax_inclusive;
	part->one_rate = one_rate && !line->tax_exempt;
	part->unit_price = price;
	part->quantity = quantity;
	part->unit_floor = floor < price ? floor : price;
	part->floor = part->unit_floor * quantity;
	restart_part(part);
	return SC_OK;
}

/* What the answer repeats of a line. */
static inline void start_line(const sc_price_line *line, sc_priced_line *out)
{
	const char *id = line->id, *sku = line->sku;
	const int64_t price = line->unit_price, quantity = line->quantity;

	out->id = id != NULL ? id : sku;
	out->sku = sku;
	out->unit_price = price;
	out->quantity = quantity;
	out->units = NULL;
	out->unit_runs = 0;
}

static sc_status lay_out_lines(sc__pricing *p, sc_error *err)
{
	const sc_price_line *input = p->request->lines;
	const size_t count = p->line_count;
	sc__part *part = p->parts;
	sc_priced_line *line = p->lines;
	int64_t *lefts = p->lefts, total = 0, units = 0, floors = 0;

	for (size_t i = 0; i < count; i++, input++, part++, line++) {
		const sc_status status = lay_out_line(input, i, part, err);

		if (status != SC_OK)
			return status;
		const int64_t listed = part->listed;
		if (listed > SC_PRICE_TOTAL_MAX - total)
			return too_much(err);
		lefts[i] = listed;
		total += listed;
		units += part->quantity;
		floors |= part->unit_floor;
		start_line(input, line);
	}
	p->listed = p->left = total;
	p->units = units;
	p->floors = floors != 0;
	return SC_OK;
}

static sc_status lay_out_shipping(sc__pricing *p, sc_error *err)
{
	int64_t listed = p->listed;

	for (size_t i = 0; i < p->request->shipping_count; i++) {
		const sc_price_shipping *shipping = &p->request->shipping[i];
		sc__part *part = &p->parts[p->line_count + i];
		sc_status status = check_amount(shipping->amount, "amount", i, err);

		if (shipping->code == NULL)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "code", "shipping needs a code");
		if (status == SC_OK)
			status = check_rates(shipping->tax_rates, shipping->tax_rate_count, false, &part->rate,
			                     "shipping", i, err);
		if (status != SC_OK)
			return status;
		part->unit_price = part->listed = shipping->amount;
		part->quantity = 1;
		part->floor = part->unit_floor = 0;
		part->inclusive = shipping->tax_inclusive;
		restart_part(part);
		p->lefts[p->line_count + i] = part->listed;
		if (part->listed > SC_PRICE_TOTAL_MAX - listed)
			return too_much(err);
		listed += part->listed;
	}
	return SC_OK;
}

static sc_status check_fees(const sc_price_request *request, sc_error *err)
{
	for (size_t i = 0; i < request->fee_count; i++) {
		const sc_price_fee *fee = &request->fees[i];
		const int64_t amount = fee->amount < 0 && fee->amount >= -SC_AMOUNT_MAX ? -fee->amount : fee->amount;
		int64_t sum;
		sc_status status = check_amount(amount, "amount", i, err);

		if (fee->code == NULL)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "code", "a fee needs a code");
		if (status == SC_OK)
			status = check_rates(fee->tax_rates, fee->tax_rate_count, false, &sum, "fees", i, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* No promotion has left a mark yet. */
static void start_empty(sc__pricing *p)
{
	p->share_count = p->settled = p->pool_count = p->step_count = 0;
	for (size_t i = 0; p->request->rules != NULL && i < p->request->rules->group_count; i++)
		p->group_used[i] = 0;
}

void sc__price_restart(sc__pricing *p)
{
	start_empty(p);
	p->left = p->listed;
	for (size_t i = 0; i < p->part_count; i++) {
		restart_part(&p->parts[i]);
		p->lefts[i] = p->parts[i].listed;
	}
}

/* The state's arrays, out of one piece of memory. */
static bool lay_out_memory(sc__pricing *p)
{
	const size_t charges = p->request->shipping_count + p->request->fee_count;
	const size_t parts = p->part_count;
	const size_t promotions = p->request->rules != NULL ? p->request->rules->count : 0;
	const size_t scratch = promotions > 0 || p->policy.tax_level == SC_PRICE_TAX_ORDER ? parts : 0;
	const size_t shares = promotions > 4 ? 4 * parts : promotions * parts;
	char *at = sc_arena_alloc(
		p->arena, parts * (sizeof(sc__part) + sizeof(int64_t)) + p->line_count * sizeof(sc_priced_line) +
				  charges * sizeof(sc_priced_charge) +
				  SC_PRICE_TAXES_MAX * (sizeof(sc_priced_tax) + sizeof(sc__divisor)) +
				  scratch * (sizeof(sc__claim) + 3 * sizeof(int64_t) + sizeof(sc__cut)) +
				  shares * (sizeof(sc__spread) + sizeof(sc_promotion_share)) +
				  promotions * (sizeof(sc_priced_promotion) + sizeof(size_t) + sizeof(int64_t)));

	if (at == NULL)
		return false;
#define TAKE(array, count) ((array) = (void *)at, at += (count) * sizeof(*(array)))
	TAKE(p->parts, parts);
	TAKE(p->lefts, parts);
	TAKE(p->lines, p->line_count);
	TAKE(p->shipping, p->request->shipping_count);
	TAKE(p->fees, p->request->fee_count);
	TAKE(p->tax_rows, SC_PRICE_TAXES_MAX);
	TAKE(p->tax_inside, SC_PRICE_TAXES_MAX);
	TAKE(p->promotions, promotions);
	TAKE(p->first_share, promotions);
	TAKE(p->group_used, promotions);
	TAKE(p->claims, scratch);
	TAKE(p->takes, scratch);
	TAKE(p->weights, scratch);
	TAKE(p->rooms, scratch);
	TAKE(p->cuts, scratch);
	TAKE(p->spreads, shares);
	TAKE(p->shares, shares);
#undef TAKE
	p->share_room = shares;
	return true;
}

static void set_policy(sc__pricing *p, const sc_price_policy *policy)
{
	const bool is_signed = policy->discount_sign == SC_PRICE_SIGNED;

	p->policy = *policy;
	p->rounding = policy->rounding;
	p->discount_rounding = is_signed ? sc__mirrored(policy->rounding) : policy->rounding;
	p->at_rate = sc__rate_rounding_of(p->rounding);
	p->discount_at_rate = sc__rate_rounding_of(p->discount_rounding);
	p->sharing = (sc__sharing){ policy->allocation, p->discount_rounding, is_signed };
}

/* What is only had when somebody needs it. */
static void set_later(sc__pricing *p)
{
	p->pool = NULL;
	p->pool_room = 0;
	p->unit_scratch = NULL;
	p->unit_scratch_room = 0;
	p->taxed = NULL;
	p->deals = NULL;
	p->steps = NULL;
	p->step_room = 0;
	p->explain = false;
}

/* Member by member: clearing all of `p` first would take longer than a line. */
sc_status sc__price_lay_out(sc__pricing *p, const sc_price_request *request, sc_arena *arena, sc_error *err)
{
	sc_status status = check_request(request, err);

	if (status != SC_OK)
		return status;
	p->request = request;
	p->arena = arena;
	p->line_count = request->line_count;
	p->part_count = request->line_count + request->shipping_count;
	set_policy(p, &request->policy);
	set_later(p);
	if (!lay_out_memory(p))
		return sc__fail(err, SC_NO_MEMORY, "no memory for the lines");
	start_empty(p);
	status = lay_out_lines(p, err);
	if (status == SC_OK)
		status = lay_out_shipping(p, err);
	if (status == SC_OK)
		status = check_fees(request, err);
	return status;
}
