/*
 * More was promised than there is: a count found fewer units than confirmed orders wait for, goods broke on the shelf,
 * a delivery that was sold ahead never came. Nothing in the library sells what is not there; this is about shelves that
 * turned out emptier than the books.
 *
 *     sc_shortage_settle(shop, &office, SC_SHORTAGE_REPORT, 0, &arena, &found, &count, &err);       // who is short?
 *     sc_shortage_settle(shop, &office, SC_SHORTAGE_CANCEL_UNITS, 1000, &arena, &found, &count, &err);
 */
#ifndef SHOPCORE_SHORTAGE_H
#define SHOPCORE_SHORTAGE_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

/** What becomes of orders that cannot be served. The latest give way first. */
typedef enum sc_shortage_policy {
	SC_SHORTAGE_REPORT = 0,       /* nothing */
	SC_SHORTAGE_CANCEL_UNITS = 1, /* they lose the units that are missing, and the money for those goes back */
	SC_SHORTAGE_CANCEL_ORDERS = 2 /* they are cancelled whole, and all of their money goes back */
} sc_shortage_policy;

/** A SKU at a location with fewer units than are committed to confirmed orders. */
typedef struct sc_shortage {
	const char *sku, *location;
	int64_t on_hand, committed; /* units, as they were found */
	int64_t missing;            /* committed, but neither there nor within the backorders that are allowed */
	int64_t cancelled;          /* units of it that orders lost in this call */
	uint32_t orders;            /* how many orders those were */
	uint32_t reserved0;
	uint64_t reserved[2];
} sc_shortage;

/**
 * Find what is short, and by policy cancel the latest orders that wait for it, newest first, until the rest can be
 * served. Their units are free again and their money becomes refunds in progress, as sc_order_cancel_lines() and
 * sc_order_cancel() do it. SKUs that are not tracked are never short. Reads all accounts of stock, at most SC_PAGE_MAX
 * short ones, and up to `orders_max` orders (0: all). Orders that move meanwhile are left alone: call again.
 *
 * Ownership: `out` is in the arena. Threads: any, one per arena. Returns, in this order: SC_BAD_ARGUMENT for an unknown
 * policy; SC_NOT_ALLOWED unless system or admin; SC_DAMAGED; SC_NO_MEMORY; the store's failures and unknowns, with what
 * was cancelled so far cancelled; SC_OK. Idempotent: yes, what was settled is short no more. Since: 0.1.
 */
SC_API sc_status sc_shortage_settle(sc_shop *shop, const sc_call *call, sc_shortage_policy policy, size_t orders_max,
                                    sc_arena *arena, sc_shortage **out, size_t *count, sc_error *err);

SC_END_DECLS

#endif
