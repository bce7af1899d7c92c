/*
 * The five ways to share an amount out.
 *
 * Each begins with exact shares cut or rounded to whole units and then hands out what is left over, so
 * the shares always add up. Picking the largest remainders uses a heap instead of a sort: qsort() may
 * allocate, and a price must grow linearly with its lines.
 */
#include "pricing/share.h"

#include "base/error.h"
#include "pricing/round.h"

typedef bool (*cut_order)(const sc__cut *a, const sc__cut *b);

static bool before_ties_first(const sc__cut *a, const sc__cut *b)
{
	return a->rest != b->rest ? a->rest > b->rest : a->index < b->index;
}

static bool before_ties_last(const sc__cut *a, const sc__cut *b)
{
	return a->rest != b->rest ? a->rest > b->rest : a->index > b->index;
}

static bool behind_ties_first(const sc__cut *a, const sc__cut *b)
{
	return before_ties_first(b, a);
}

/* A heap whose top is before all others. */
static inline void sift_down(sc__cut *heap, size_t count, size_t at, cut_order before)
{
	for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &heap[at]))
			return;
		const sc__cut moved = heap[at];
		heap[at] = heap[child];
		heap[child] = moved;
		at = child;
	}
}

/* One more unit each for the `left` largest remainders. */
static inline __attribute__((always_inline)) void give_by(int64_t left, sc__cut *cuts, size_t count, cut_order before,
                                                          int64_t *shares)
{
	for (size_t i = count / 2; i-- > 0;)
		sift_down(cuts, count, i, before);
	for (; left > 0 && count > 0; left--) {
		shares[cuts[0].index]++;
		cuts[0] = cuts[--count];
		sift_down(cuts, count, 0, before);
	}
}

void sc__sort_cuts(sc__cut *cuts, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sift_down(cuts, count, i, behind_ties_first);
	while (count > 1) {
		const sc__cut last = cuts[0];

		cuts[0] = cuts[--count];
		cuts[count] = last;
		sift_down(cuts, count, 0, behind_ties_first);
	}
}

/* An amount and what it is shared out by. */
typedef struct split {
	int64_t amount;
	const int64_t *weights; /* NULL: all alike */
	sc__divisor total;
	size_t count;
} split;

static inline uint64_t weight_of(const split *what, size_t i)
{
	return what->weights != NULL ? (uint64_t)what->weights[i] : 1;
}

static inline sc__quotient cut_one(const split *what, size_t i)
{
	return sc__divide_by((uint64_t)what->amount, weight_of(what, i), &what->total);
}

/* Up to so many, looking through all of them for each unit is quicker than a heap. */
#define FEW 16

/* Largest remainders below 2^58, of few. They carry their index in the low bits, so that one comparison decides. As
 * about half of them go up, every share is first rounded to the nearest; then the next ones follow, or the last ones
 * step back, until all adds up. */
static void share_to_few(const split *given, bool ties_to_last, int64_t *shares)
{
	const split what = *given;
	const uint64_t first = ties_to_last ? 0 : FEW - 1, half = (what.total.whole + 1) / 2 << 4;
	int64_t left = what.amount;
	uint64_t keys[FEW];

	for (size_t i = 0; i < what.count; i++) {
		const sc__quotient q = cut_one(&what, i);

		keys[i] = q.rest << 4 | (i ^ first);
		shares[i] = (int64_t)(q.value + (keys[i] >= half ? 1 : 0));
		left -= shares[i];
	}
	const bool follow = left > 0;
	const int64_t step = follow ? 1 : -1;
	const uint64_t turned = follow ? 0 : UINT64_MAX;
	for (size_t i = 0; left != 0 && i < what.count; i++)
		keys[i] = (keys[i] < half) == follow ? keys[i] ^ turned : 0;
	for (; left != 0; left -= step) {
		uint64_t best = 0;

		for (size_t i = 0; i < what.count; i++)
			best = keys[i] > best ? keys[i] : best;
		const size_t at = ((best ^ turned) & (FEW - 1)) ^ first;
		shares[at] += step;
		keys[at] = 0;
	}
}

static void largest_remainder(const split *what, const sc__sharing *how, sc__cut *cuts, int64_t *shares)
{
	int64_t left = what->amount;

	if (what->count <= FEW && what->total.whole >> 58 == 0) {
		share_to_few(what, how->ties_to_last, shares);
		return;
	}
	for (size_t i = 0; i < what->count; i++) {
		const sc__quotient q = cut_one(what, i);

		shares[i] = (int64_t)q.value;
		cuts[i] = (sc__cut){ q.rest, (uint32_t)i };
		left -= shares[i];
	}
	if (how->ties_to_last)
		give_by(left, cuts, what->count, before_ties_last, shares);
	else
		give_by(left, cuts, what->count, before_ties_first, shares);
}

/* Cuts every share; then one unit each, from one end on, to those that weigh something. */
static void floor_then(const split *what, bool from_last, int64_t *shares)
{
	int64_t left = what->amount;

	for (size_t i = 0; i < what->count; i++) {
		shares[i] = (int64_t)cut_one(what, i).value;
		left -= shares[i];
	}
	for (size_t i = 0; i < what->count && left > 0; i++) {
		const size_t at = from_last ? what->count - 1 - i : i;
		const int64_t more = weight_of(what, at) > 0 ? 1 : 0;

		shares[at] += more;
		left -= more;
	}
}

static int64_t rounded_share(const split *what, size_t i, unsigned rounding)
{
	return sc__rounded(cut_one(what, i), what->total.whole, rounding);
}

static void round_then_first(const split *what, int64_t *shares)
{
	int64_t left = what->amount;

	for (size_t i = 0; i < what->count; i++) {
		shares[i] = rounded_share(what, i, SC__HALF_DOWN);
		left -= shares[i];
	}
	for (size_t i = 0; i < what->count && left != 0; i++) {
		if (left > 0 && weight_of(what, i) > 0) {
			shares[i]++;
			left--;
		} else if (left < 0 && shares[i] > 0) {
			shares[i]--;
			left++;
		}
	}
}

static void last_gets_rest(const split *what, unsigned rounding, int64_t *shares)
{
	size_t last = what->count - 1;
	int64_t left = what->amount;

	while (last > 0 && weight_of(what, last) == 0)
		last--;
	for (size_t i = 0; i < what->count; i++) {
		const int64_t share = i == last ? left : rounded_share(what, i, rounding);

		shares[i] = share < left ? share : left;
		left -= shares[i];
	}
}

/* Shares without regard to rooms. */
static void share_freely(const split *what, const sc__sharing *how, sc__cut *cuts, int64_t *shares)
{
	switch (how->method) {
	case SC_PRICE_LARGEST_REMAINDER:
		largest_remainder(what, how, cuts, shares);
		break;
	case SC_PRICE_FLOOR_THEN_FIRST:
	case SC_PRICE_FLOOR_THEN_LAST:
		floor_then(what, how->method == SC_PRICE_FLOOR_THEN_LAST, shares);
		break;
	case SC_PRICE_ROUND_THEN_FIRST:
		round_then_first(what, shares);
		break;
	case SC_PRICE_LAST_GETS_REST:
		last_gets_rest(what, how->rounding, shares);
		break;
	}
}

/* Shares out again what did not fit, among those that still have room and weight. Returns what still does not fit. */
static int64_t share_rest(int64_t left, const int64_t *weights, const int64_t *rooms, size_t count, int64_t *shares)
{
	while (left > 0) {
		const int64_t before = left;
		int64_t total = 0;

		for (size_t i = 0; i < count; i++)
			if (shares[i] < rooms[i])
				total += weights[i];
		if (total == 0)
			return left;
		for (size_t i = 0; i < count; i++) {
			const int64_t room = rooms[i] - shares[i];
			const int64_t part = room > 0 ? sc__scale(before, weights[i], total, SC_PRICE_DOWN) : 0;

			shares[i] += part < room ? part : room;
			left -= part < room ? part : room;
		}
		const bool too_little = left == before;
		for (size_t i = 0; i < count && too_little && left > 0; i++)
			if (shares[i] < rooms[i] && weights[i] > 0) {
				shares[i]++;
				left--;
			}
	}
	return 0;
}

int64_t sc__share_out(int64_t amount, const int64_t *weights, int64_t total, const int64_t *rooms, size_t count,
                      const sc__sharing *how, sc__cut *cuts, int64_t *shares)
{
	const split what = { amount, total > 0 ? weights : NULL, sc__divisor_of(total > 0 ? (uint64_t)total : count),
		             count };
	int64_t left = 0;

	if (total == 0 && how->method == SC_PRICE_ROUND_THEN_FIRST) {
		for (size_t i = 0; i < count; i++)
			shares[i] = 0;
		return amount;
	}
	share_freely(&what, how, cuts, shares);
	for (size_t i = 0; rooms != NULL && i < count; i++)
		if (shares[i] > rooms[i]) {
			left += shares[i] - rooms[i];
			shares[i] = rooms[i];
		}
	return left > 0 ? share_rest(left, weights, rooms, count, shares) : 0;
}

sc_status sc_price_share(int64_t amount, const int64_t *weights, size_t count, sc_price_allocation method,
                         sc_arena *arena, int64_t *shares, sc_error *err)
{
	const sc__sharing how = { .method = method };
	int64_t total = 0;

	if (count == 0 || (unsigned)method > SC_PRICE_LAST_GETS_REST)
		return sc__bad(err, SC_BAD_ARGUMENT, count == 0 ? "weights" : "method", "at least one is needed");
	if (amount > SC_PRICE_TOTAL_MAX || amount < -SC_PRICE_TOTAL_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "amount", "at most %lld", (long long)SC_PRICE_TOTAL_MAX);
	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "weights", "must not be negative");
		if (weights[i] > SC_PRICE_TOTAL_MAX - total)
			return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)i, "weights", "together at most %lld",
			                  (long long)SC_PRICE_TOTAL_MAX);
		total += weights[i];
	}
	sc__cut *cuts = sc_arena_alloc(arena, count * sizeof(*cuts));
	if (cuts == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for shares");
	sc__share_out(amount < 0 ? -amount : amount, weights, total, NULL, count, &how, cuts, shares);
	for (size_t i = 0; amount < 0 && i < count; i++)
		shares[i] = -shares[i];
	return SC_OK;
}

bool sc__extra_is_last(const sc__sharing *how)
{
	return how->method == SC_PRICE_FLOOR_THEN_LAST || how->method == SC_PRICE_LAST_GETS_REST ||
	       (how->method == SC_PRICE_LARGEST_REMAINDER && how->ties_to_last);
}

/* The run whose units are next to get one more, or `count`. */
static size_t next_run(const sc__unit_run *runs, const uint64_t *rests, const int64_t *extra, size_t count,
                       const sc__sharing *how)
{
	const bool largest = how->method == SC_PRICE_LARGEST_REMAINDER;
	const bool last = sc__extra_is_last(how);
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		if (extra[i] > 0 || runs[i].weight == 0)
			continue;
		if (best == count || (largest && rests[i] > rests[best]) ||
		    (last && (!largest || rests[i] == rests[best])))
			best = i;
	}
	return best;
}

void sc__share_over_units(int64_t amount, const sc__unit_run *runs, size_t count, const sc__sharing *how,
                          uint64_t *rests, int64_t *low, int64_t *extra)
{
	int64_t total = 0, left = amount;

	for (size_t i = 0; i < count; i++)
		total += runs[i].count * runs[i].weight;
	for (size_t i = 0; i < count; i++) {
		const sc__quotient q = sc__divide((uint64_t)amount, (uint64_t)runs[i].weight, (uint64_t)total);

		low[i] = (int64_t)q.value;
		rests[i] = q.rest;
		extra[i] = 0;
		left -= low[i] * runs[i].count;
	}
	while (left > 0) {
		const size_t at = next_run(runs, rests, extra, count, how);

		extra[at] = left < runs[at].count ? left : runs[at].count;
		left -= extra[at];
	}
}
