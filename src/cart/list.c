/*
 * Abandoned carts, for the back office. A cart is written with every click of a buyer, so it has no index for a list
 * that somebody asks for once a day: the list walks over the carts and leaves out what is still in use.
 */
#include "cart/cart.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"
#include "core/input.h"

static sc_status read_page(const sc_page *page, int64_t before_ms, sc_arena *arena, sc_cart_page *out, sc_error *err)
{
	sc_cart *carts = sc__arena_array(arena, page->count, sizeof(*carts));
	size_t count = 0;
	if (carts == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for carts");
	for (size_t i = 0; i < page->count; i++) {
		sc_status status = sc__cart_decode(&page->records[i], arena, &carts[count], err);
		if (status != SC_OK)
			return status;
		count += carts[count].line_count > 0 && carts[count].changed_ms <= before_ms;
	}
	*out = (sc_cart_page){ .carts = carts, .count = count, .next = page->next };
	return SC_OK;
}

sc_status sc_cart_list_abandoned(sc_shop *shop, const sc_call *call, int64_t idle_ms, uint32_t limit, sc_bytes cursor,
                                 sc_arena *arena, sc_cart_page *out, sc_error *err)
{
	sc_status status = sc__input_range(idle_ms, 0, INT64_MAX, -1, "idle_ms", err);
	if (status == SC_OK)
		status = sc__input_range(limit, 1, SC_PAGE_MAX, -1, "limit", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CART, NULL, err);
	if (status != SC_OK)
		return status;
	const sc_range range = {
		.kind = SC_KIND_CART, .index = SC_BY_ADDRESS, .limit = limit, .cursor = cursor, .mask = SC_READ_BODY
	};
	sc_page page;
	status = sc__range(shop, call, &range, 1, arena, &page, err);
	const int64_t now_ms = shop->env->wall_ms(shop->env->ctx);
	return status == SC_OK ? read_page(&page, now_ms - idle_ms, arena, out, err) : status;
}
