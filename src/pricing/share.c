/*
 * The five ways to share an amount out.
 *
 * Each begins with exact shares cut or rounded to whole units and then hands out what is left over, so
 * the shares always add up. Picking the largest remainders uses a heap instead of a sort: qsort() may
 * allocate, and a price must grow linearly with its lines.
 */
#include "pricing/share.h"

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

/* Up to so many, looking through all of them for each unit is quicker than a heap. */
#define FEW 16

/* Remainders below 2^58 carry their index in the low bits, so that one comparison decides. */
static void give_to_few(int64_t left, const sc__cut *cuts, size_t count, bool ties_to_last, int64_t *shares)
{
	uint64_t keys[FEW];

	for (size_t i = 0; i < count; i++)
		keys[i] = cuts[i].rest << 6 | (ties_to_last ? i : FEW - i);
	for (; left > 0; left--) {
		uint64_t best = 0;

		for (size_t i = 0; i < count; i++)
			best = keys[i] > best ? keys[i] : best;
		const size_t at = ties_to_last ? best & 63 : FEW - (best & 63);
		shares[at]++;
		keys[at] = 0;
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

static void give_to_largest(int64_t left, sc__cut *cuts, size_t count, int64_t total, bool ties_to_last,
                            int64_t *shares)
{
	if (count <= FEW && total >> 58 == 0)
		give_to_few(left, cuts, count, ties_to_last, shares);
	else if (ties_to_last)
		give_by(left, cuts, count, before_ties_last, shares);
	else
		give_by(left, cuts, count, before_ties_first, shares);
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

/* Cuts every share and returns what is left over: less than one unit for each. */
static int64_t cut_all(int64_t amount, const int64_t *weights, int64_t total, size_t count, sc__cut *cuts,
                       int64_t *shares)
{
	const sc__divisor by = sc__divisor_of((uint64_t)total);
	int64_t left = amount;

	for (size_t i = 0; i < count; i++) {
		const uint64_t weight = weights != NULL ? (uint64_t)weights[i] : 1;
		const sc__quotient q = sc__divide_by((uint64_t)amount, weight, &by);

		shares[i] = (int64_t)q.value;
		cuts[i] = (sc__cut){ q.rest, (uint32_t)i };
		left -= shares[i];
	}
	return left;
}

static bool counts(const int64_t *weights, size_t i)
{
	return weights == NULL || weights[i] > 0;
}

static void round_then_first(int64_t amount, const int64_t *weights, int64_t total, size_t count, int64_t *shares)
{
	int64_t left = amount;

	for (size_t i = 0; i < count; i++) {
		shares[i] = sc__scale(amount, weights != NULL ? weights[i] : 1, total, SC__HALF_DOWN);
		left -= shares[i];
	}
	for (size_t i = 0; i < count && left != 0; i++) {
		if (left > 0 && counts(weights, i)) {
			shares[i]++;
			left--;
		} else if (left < 0 && shares[i] > 0) {
			shares[i]--;
			left++;
		}
	}
}

static void last_gets_rest(int64_t amount, const int64_t *weights, int64_t total, size_t count, unsigned rounding,
                           int64_t *shares)
{
	size_t last = count - 1;
	int64_t left = amount;

	while (last > 0 && !counts(weights, last))
		last--;
	for (size_t i = 0; i < count; i++) {
		shares[i] = i == last ? left : sc__scale(amount, weights != NULL ? weights[i] : 1, total, rounding);
		if (shares[i] > left)
			shares[i] = left;
		left -= shares[i];
	}
}

/* Shares without regard to rooms. `weights` NULL: all alike. */
static void share_freely(int64_t amount, const int64_t *weights, int64_t total, size_t count, const sc__sharing *how,
                         sc__cut *cuts, int64_t *shares)
{
	if (how->method == SC_PRICE_ROUND_THEN_FIRST) {
		round_then_first(amount, weights, total, count, shares);
		return;
	}
	if (how->method == SC_PRICE_LAST_GETS_REST) {
		last_gets_rest(amount, weights, total, count, how->rounding, shares);
		return;
	}
	int64_t left = cut_all(amount, weights, total, count, cuts, shares);
	if (how->method == SC_PRICE_LARGEST_REMAINDER) {
		give_to_largest(left, cuts, count, total, how->ties_to_last, shares);
		return;
	}
	const bool from_last = how->method == SC_PRICE_FLOOR_THEN_LAST;
	for (size_t i = 0; i < count && left > 0; i++) {
		const size_t at = from_last ? count - 1 - i : i;

		if (counts(weights, at)) {
			shares[at]++;
			left--;
		}
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
	int64_t left = 0;

	if (total == 0 && how->method == SC_PRICE_ROUND_THEN_FIRST) {
		for (size_t i = 0; i < count; i++)
			shares[i] = 0;
		return amount;
	}
	share_freely(amount, total > 0 ? weights : NULL, total > 0 ? total : (int64_t)count, count, how, cuts, shares);
	if (rooms == NULL)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (shares[i] > rooms[i]) {
			left += shares[i] - rooms[i];
			shares[i] = rooms[i];
		}
	return left > 0 ? share_rest(left, weights, rooms, count, shares) : 0;
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
