/*
 * Where stock and reservations are kept.
 */
#ifndef SC_INVENTORY_ACCOUNTS_H
#define SC_INVENTORY_ACCOUNTS_H

#include "core/access.h"
#include "core/handle.h"

#include <shopcore/inventory.h>

/* The reason of every movement that mends a damage; no caller may give it. */
#define SC__REPAIR_REASON "repair"

/* A reservation may be held at most this long: ten years. */
#define SC__TTL_MAX_MS (10LL * 366 * 86400 * 1000)

/* The account of a SKU at a location (NULL: main); texts stay borrowed. */
sc_address sc__stock_address(const char *sku, const char *location);

/* The hold of a reservation outside a checkout. Its sub differs from those of orders, so that nobody looks for an order
 * to it. `id` stays borrowed. */
sc_address sc__reservation_address(const sc_id *id);
/* Whether a hold belongs to no order: a reservation's, a cart's, or that of a try at a code. */
bool sc__is_orderless(const sc_address *hold);
/* Whether an order's hold is on uses of coupons. */
bool sc__is_of_uses(const sc_address *hold);

/* Whether an order's hold is on gift cards and store credit. */
bool sc__is_of_tenders(const sc_address *hold);

/* SKU and location are well-formed. BAD_ARGUMENT, OVER_LIMIT or BAD_TEXT, with index and field. */
sc_status sc__stock_check(const char *sku, const char *location, int32_t index, sc_error *err);

/* `operation` is allowed on all of these SKUs: for a seller, every one of them has to be that seller's. */
sc_status sc__stock_allow(sc_shop *shop, const sc_call *call, sc__operation operation, const char *const *skus,
                          size_t count, sc_error *err);

#endif
