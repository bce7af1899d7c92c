/*
 * Splitting an amount so that the shares add up to it. Everything is done on magnitudes, so that a refund
 * splits as the charge did. Nothing is allocated: the shares' own room holds the remainders meanwhile.
 *
 * Each method cuts or rounds every share first. That leaves fewer units over than there are weights above 0,
 * so the second pass gives or takes one unit each and never has to come round again.
 */
#include "base/money.h"

struct split {
	uint64_t amount;
	const int64_t *weights; /* NULL: all alike */
	size_t count;
	uint64_t total; /* of the weights */
};

static uint64_t weight_at(const struct split *split, size_t i)
{
	return split->weights == NULL ? 1 : (uint64_t)split->weights[i];
}

/* The share cut toward zero, and what was cut off in parts of `total`. */
static uint64_t cut_share(const struct split *split, size_t i, uint64_t *rest)
{
	sc__u128 product = (sc__u128)split->amount * weight_at(split, i);
	*rest = (uint64_t)(product % split->total);
	return (uint64_t)(product / split->total);
}

static uint64_t rounded_share(const struct split *split, size_t i)
{
	uint64_t rest;
	uint64_t share = cut_share(split, i, &rest);
	return rest > 0 && rest >= split->total - rest ? share + 1 : share;
}

/* Cuts every share and gives back how many units are left over. */
static uint64_t cut_all(const struct split *split, uint64_t *shares)
{
	uint64_t left = split->amount, rest;
	for (size_t i = 0; i < split->count; i++) {
		shares[i] = cut_share(split, i, &rest);
		left -= shares[i];
	}
	return left;
}

/* The smallest remainder that at most `units` others exceed. Found by halving, because sorting needs room. */
static uint64_t threshold(const struct split *split, const uint64_t *rests, uint64_t units)
{
	uint64_t low = 0, high = split->total;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2, above = 0;
		for (size_t i = 0; i < split->count; i++)
			above += rests[i] > middle;
		if (above > units)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void largest_remainder(const struct split *split, uint64_t *shares)
{
	uint64_t units = split->amount;
	uint64_t *rests = shares;
	for (size_t i = 0; i < split->count; i++)
		units -= cut_share(split, i, &rests[i]);
	uint64_t bar = threshold(split, rests, units), ties = units, rest;
	for (size_t i = 0; i < split->count; i++)
		ties -= rests[i] > bar;
	for (size_t i = 0; i < split->count; i++) {
		shares[i] = cut_share(split, i, &rest);
		if (rest > bar) {
			shares[i]++;
		} else if (rest == bar && ties > 0) {
			shares[i]++;
			ties--;
		}
	}
}

static void floor_then_first(const struct split *split, uint64_t *shares)
{
	uint64_t units = cut_all(split, shares);
	for (size_t i = 0; units > 0; i++) {
		if (weight_at(split, i) > 0) {
			shares[i]++;
			units--;
		}
	}
}

static void floor_then_last(const struct split *split, uint64_t *shares)
{
	uint64_t units = cut_all(split, shares);
	for (size_t i = split->count; units > 0; i--) {
		if (weight_at(split, i - 1) > 0) {
			shares[i - 1]++;
			units--;
		}
	}
}

static void round_then_first(const struct split *split, uint64_t *shares)
{
	sc__u128 given = 0; /* may pass the amount, and 64 bits with it */
	for (size_t i = 0; i < split->count; i++) {
		shares[i] = rounded_share(split, i);
		given += shares[i];
	}
	for (size_t i = 0; given < split->amount; i++) {
		if (weight_at(split, i) > 0) {
			shares[i]++;
			given++;
		}
	}
	for (size_t i = 0; given > split->amount; i++) {
		if (shares[i] > 0) {
			shares[i]--;
			given--;
		}
	}
}

static void last_gets_rest(const struct split *split, uint64_t *shares)
{
	uint64_t left = split->amount;
	size_t last = split->count - 1;
	while (weight_at(split, last) == 0)
		shares[last--] = 0;
	for (size_t i = 0; i < last; i++) {
		uint64_t share = rounded_share(split, i);
		shares[i] = share < left ? share : left;
		left -= shares[i];
	}
	shares[last] = left;
}

static sc_status add_up(const int64_t *weights, size_t count, uint64_t *out)
{
	int64_t total = 0;
	bool fits = true;
	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0)
			return SC_BAD_ARGUMENT;
		fits = fits && !__builtin_add_overflow(total, weights[i], &total);
	}
	*out = (uint64_t)total;
	return fits ? SC_OK : SC_OUT_OF_RANGE;
}

sc_status sc_money_allocate(int64_t amount, const int64_t *weights, size_t count, sc_allocation method, int64_t *out)
{
	typedef void allocate(const struct split *split, uint64_t *shares);
	static allocate *const methods[] = {
		[SC_ALLOCATE_LARGEST_REMAINDER] = largest_remainder, [SC_ALLOCATE_FLOOR_THEN_FIRST] = floor_then_first,
		[SC_ALLOCATE_FLOOR_THEN_LAST] = floor_then_last,     [SC_ALLOCATE_ROUND_THEN_FIRST] = round_then_first,
		[SC_ALLOCATE_LAST_GETS_REST] = last_gets_rest,
	};
	if (count == 0 || (unsigned)method >= sizeof methods / sizeof methods[0] || methods[method] == NULL)
		return SC_BAD_ARGUMENT;
	struct split split = { sc__magnitude(amount), weights, count, 0 };
	sc_status status = add_up(weights, count, &split.total);
	if (status != SC_OK)
		return status;
	if (split.total == 0) {
		split.weights = NULL;
		split.total = count;
	}
	uint64_t *shares = (uint64_t *)out; /* the same room: signed and unsigned twins may alias */
	methods[method](&split, shares);
	for (size_t i = 0; i < count; i++)
		out[i] = sc__with_sign(shares[i], amount < 0);
	return SC_OK;
}
