/*
 * 02_never_oversold.c - reservations: hold stock, then take it or give it back.
 *
 * First use of sc_inventory_reserve(), sc_inventory_commit(), sc_inventory_release() and sc_inventory_levels(). A
 * refusal is an answer that carries numbers: which line, how many were wanted, how many there are.
 */
#include <inttypes.h>
#include <shopcore/shopcore.h>
#include <stdio.h>
#include <stdlib.h>

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s\n", sc_status_name(status), err->text);
	exit(1);
}

static void show(sc_shop *shop, const char *when)
{
	sc_error err = SC_ERROR_INIT;
	const sc_stock_ref mug = { "mug", NULL };
	sc_level level;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &mug, 1, &arena, &level, &err), &err);
	printf("%-28s %" PRId64 " on the shelf, %" PRId64 " held, %" PRId64 " sold, %" PRId64 " available\n", when,
	       level.on_hand, level.held, level.committed, level.available);
	sc_arena_clear(&arena);
}

/* Ask for `quantity` mugs. On SC_OK `out` names the reservation. */
static sc_status reserve(sc_shop *shop, int64_t quantity, sc_reservation *out, sc_error *err)
{
	/* Two lines that name one SKU are counted together. */
	const sc_reserve_line lines[] = { { .sku = "mug", .quantity = 1 }, { .sku = "mug", .quantity = quantity - 1 } };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = lines;
	request.line_count = 2;
	return sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, out, err);
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	const sc_stock_change delivery = { .sku = "mug", .quantity = 5 };
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err);
	show(shop, "delivered:");

	sc_reservation first, second;
	must(reserve(shop, 3, &first, &err), &err);
	show(shop, "three reserved:");

	sc_status status = reserve(shop, 3, &second, &err);
	if (status != SC_OUT_OF_STOCK)
		must(SC_OUTCOME_UNKNOWN, &err);
	printf("%-28s wanted %" PRId64 ", available %" PRId64 "\n", "three more are refused:", err.wanted,
	       err.available);

	must(sc_inventory_commit(shop, SC_CALL_SYSTEM, first.id, NULL, 0, &err), &err);
	show(shop, "the first three sold:");

	must(reserve(shop, 2, &second, &err), &err);
	must(sc_inventory_release(shop, SC_CALL_SYSTEM, second.id, &err), &err);
	show(shop, "two reserved, given back:");
	sc_shop_close(shop);
	return 0;
}

/*
 * It prints:
 *
 *   delivered:                   5 on the shelf, 0 held, 0 sold, 5 available
 *   three reserved:              5 on the shelf, 3 held, 0 sold, 2 available
 *   three more are refused:      wanted 3, available 2
 *   the first three sold:        5 on the shelf, 0 held, 3 sold, 2 available
 *   two reserved, given back:    5 on the shelf, 0 held, 3 sold, 2 available
 */
