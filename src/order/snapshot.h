/*
 * What is bought and for how much: the part that a quote signs and an order keeps. One writer and one
 * reader serve both, so that an order holds exactly what its quote said.
 *
 * Only the amounts of lines, shipping and fees are written; every total is derived from them, so that no
 * total can disagree with its parts.
 */
#ifndef SC_ORDER_SNAPSHOT_H
#define SC_ORDER_SNAPSHOT_H

#include <shopcore/order.h>

typedef struct sc__snapshot {
	const char *currency;
	const sc_order_line *lines;
	size_t line_count;
	int64_t shipping_minor; /* what the buyer pays for it */
	int64_t shipping_tax_minor;
	int64_t shipping_discount_minor;
	const sc_order_promotion *promotions;
	size_t promotion_count;
	const sc_order_coupon *coupons;
	size_t coupon_count;
	const sc_order_tax *taxes;
	size_t tax_count;
	const sc_order_fee *fees;
	size_t fee_count;
	const sc_order_tender *tenders; /* none in a quote */
	size_t tender_count;
	sc_bytes pricing;         /* the restated document (pricing/document.h), or empty ... */
	const sc_json *priced_by; /* ... when it was read: the same, not written out again */
	/* derived */
	int64_t goods_minor, discount_minor, fees_minor, tax_minor, total_minor;
} sc__snapshot;

/* Fills in what is derived. OUT_OF_RANGE when a total does not fit SC_AMOUNT_MAX. */
sc_status sc__snapshot_derive(sc__snapshot *snapshot, sc_error *err);

/* Writes the members into the object that is open. */
void sc__snapshot_write(sc_json_writer *writer, const sc__snapshot *snapshot);

/* Reads them back, derives the totals. DAMAGED for anything that this writer does not write; NO_MEMORY. */
sc_status sc__snapshot_read(const sc_json *object, sc_arena *arena, sc__snapshot *out, sc_error *err);

#endif
