/*
 * What the documents of orders and of quotes have in common: each writes a member with its list.
 */
#ifndef SC_ORDER_JSON_PARTS_H
#define SC_ORDER_JSON_PARTS_H

#include <shopcore/json.h>
#include <shopcore/order.h>

void sc__json_promotions(sc_json_writer *writer, const sc_order_promotion *promotions, size_t count);
void sc__json_taxes(sc_json_writer *writer, const sc_order_tax *taxes, size_t count);
/* `fees_minor`, which is what they come to, is written before them. */
void sc__json_fees(sc_json_writer *writer, int64_t fees_minor, const sc_order_fee *fees, size_t count);

#endif
