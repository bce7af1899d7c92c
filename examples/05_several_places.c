/*
 * 05_several_places.c - stock in a shop and in an annex: who serves, who keeps some back, what may be sold ahead.
 *
 * First use of sc_inventory_get_reservation(), sc_inventory_set_safety() and sc_inventory_transfer(). A line that names
 * several places is decided inside the store, in the same step that takes the units: there is no moment in which the
 * place that was chosen has already sold them to somebody else. Carts follow the places that the shop was opened with.
 */
#include <inttypes.h>
#include <shopcore/shopcore.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const places[] = { "shop", "annex" }; /* in order of preference */

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

static sc_shop *open_with_lamps(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.locations = places;
	options.location_count = 2;
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	const sc_stock_change delivery[] = { { "lamp", "shop", 3 }, { "lamp", "annex", 5 } };
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, delivery, 2, "delivery", &err), &err);
	return shop;
}

static void show_levels(sc_shop *shop, const char *when)
{
	sc_error err = SC_ERROR_INIT;
	const sc_stock_ref refs[] = { { "lamp", "shop" }, { "lamp", "annex" } };
	sc_level levels[2];
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	must(sc_inventory_levels(shop, SC_CALL_SYSTEM, refs, 2, &arena, levels, &err), &err);
	printf("%-34s shop %" PRId64 ", annex %" PRId64 " can be sold\n", when, levels[0].available,
	       levels[1].available);
	sc_arena_clear(&arena);
}

static void show_takes(sc_shop *shop, sc_id id)
{
	sc_error err = SC_ERROR_INIT;
	sc_reservation_detail detail;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	must(sc_inventory_get_reservation(shop, SC_CALL_SYSTEM, id, &arena, &detail, &err), &err);
	for (size_t i = 0; i < detail.take_count; i++)
		printf("    %" PRId64 " from the %s\n", detail.takes[i].quantity, detail.takes[i].location);
	sc_arena_clear(&arena);
}

/* Reserve lamps from anywhere and tell what came from where, or how many there were. A refusal is an answer. */
static sc_id reserve(sc_shop *shop, int64_t quantity, uint32_t flags)
{
	sc_error err = SC_ERROR_INIT;
	const sc_reserve_line line = {
		.sku = "lamp", .quantity = quantity, .locations = places, .location_count = 2, .flags = flags
	};
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation reservation = { .state = SC_HOLD_NONE };
	request.lines = &line;
	request.line_count = 1;
	sc_status status = sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, &reservation, &err);
	printf("reserve %" PRId64 "%s:\n", quantity, (flags & SC_RESERVE_SPLIT) != 0 ? ", split if need be" : "");
	if (status == SC_OUT_OF_STOCK) {
		printf("    refused: %" PRId64 " wanted, %" PRId64 " available\n", err.wanted, err.available);
		return reservation.id;
	}
	must(status, &err);
	show_takes(shop, reservation.id);
	return reservation.id;
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = open_with_lamps();
	show_levels(shop, "delivered:");

	reserve(shop, 2, 0);                             /* the first place that has them all */
	reserve(shop, 4, 0);                             /* which for four is the annex */
	reserve(shop, 2, 0);                             /* each place has one: nobody has two */
	sc_id both = reserve(shop, 2, SC_RESERVE_SPLIT); /* unless they may come in two parcels */
	must(sc_inventory_release(shop, SC_CALL_SYSTEM, both, &err), &err);
	show_levels(shop, "the two parcels given back:");

	/* One step for both accounts: no unit is ever in neither place, or in both. */
	const sc_stock_move move = { .sku = "lamp", .from = "annex", .to = "shop", .quantity = 1 };
	must(sc_inventory_transfer(shop, SC_CALL_SYSTEM, &move, 1, "van of the morning", &err), &err);
	show_levels(shop, "one brought over:");

	const sc_stock_change window = { "lamp", "shop", 1 };
	must(sc_inventory_set_safety(shop, SC_CALL_SYSTEM, &window, 1, "for the window", &err), &err);
	show_levels(shop, "one kept back for the window:");
	reserve(shop, 2, SC_RESERVE_SPLIT);

	const sc_stock_change ahead = { "lamp", "annex", -3 };
	must(sc_inventory_set_safety(shop, SC_CALL_SYSTEM, &ahead, 1, "three are on order", &err), &err);
	show_levels(shop, "three may be sold ahead:");
	reserve(shop, 4, SC_RESERVE_SPLIT);
	sc_shop_close(shop);
	return 0;
}

/*
 * It prints:
 *
 *   delivered:                         shop 3, annex 5 can be sold
 *   reserve 2:
 *       2 from the shop
 *   reserve 4:
 *       4 from the annex
 *   reserve 2:
 *       refused: 2 wanted, 1 available
 *   reserve 2, split if need be:
 *       1 from the shop
 *       1 from the annex
 *   the two parcels given back:        shop 1, annex 1 can be sold
 *   one brought over:                  shop 2, annex 0 can be sold
 *   one kept back for the window:      shop 1, annex 0 can be sold
 *   reserve 2, split if need be:
 *       refused: 2 wanted, 1 available
 *   three may be sold ahead:           shop 1, annex 3 can be sold
 *   reserve 4, split if need be:
 *       1 from the shop
 *       3 from the annex
 */
