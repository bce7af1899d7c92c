/*
 * What each part of an order cost, as money is given back and booked: the lines, and beside them shipping with the
 * fees. A credit is nothing that could be given back; it has made the lines cheaper, in proportion to what they cost.
 */
#include "ledger/ledger.h"

#include "base/arena.h"

#include <shopcore/money.h>

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* All credits together, as positive amounts. */
static sc__money_part credit_of(const sc_order *order)
{
	sc__money_part credit = { 0, 0 };

	for (size_t i = 0; i < order->fee_count; i++)
		if (order->fees[i].amount_minor < 0) {
			credit.amount -= order->fees[i].amount_minor;
			credit.tax -= order->fees[i].tax_minor;
		}
	return credit;
}

/* Takes what the lines have room for off their amounts, or off their taxes. False: no memory. */
static bool take_off_lines(int64_t amount, bool of_tax, size_t count, sc_arena *arena, sc__money_part *parts)
{
	int64_t *weights = sc__arena_array(arena, count, sizeof(*weights)), sum = 0;
	int64_t *shares = sc__arena_array(arena, count, sizeof(*shares));

	if (weights == NULL || shares == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		weights[i] = of_tax ? parts[i].tax : parts[i].amount;
		sum += weights[i];
	}
	if (sum == 0 || amount == 0)
		return true;
	if (sc_money_allocate(smaller(amount, sum), weights, count, SC_ALLOCATE_LARGEST_REMAINDER, shares) != SC_OK)
		return false;
	for (size_t i = 0; i < count; i++)
		*(of_tax ? &parts[i].tax : &parts[i].amount) -= shares[i];
	return true;
}

bool sc__money_parts(const sc_order *order, sc_arena *arena, sc__money_part *parts)
{
	const size_t count = order->line_count;
	const sc__money_part credit = credit_of(order);

	for (size_t i = 0; i < count; i++)
		parts[i] = (sc__money_part){ order->lines[i].total_minor, order->lines[i].tax_minor };
	if (!take_off_lines(credit.amount, false, count, arena, parts) ||
	    !take_off_lines(credit.tax, true, count, arena, parts))
		return false;
	parts[count] = (sc__money_part){ order->total_minor, order->tax_minor };
	for (size_t i = 0; i < count; i++) {
		parts[count].amount -= parts[i].amount;
		parts[count].tax -= parts[i].tax;
	}
	return true;
}
