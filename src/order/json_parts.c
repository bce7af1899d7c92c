#include "order/json_parts.h"

#include <shopcore/pricing.h>

void sc__json_promotions(sc_json_writer *writer, const sc_order_promotion *promotions, size_t count)
{
	sc_json_put_key(writer, "promotions");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "id", promotions[i].id);
		sc_json_add_int(writer, "discount_minor", promotions[i].discount_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

void sc__json_taxes(sc_json_writer *writer, const sc_order_tax *taxes, size_t count)
{
	sc_json_put_key(writer, "taxes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "rate_ppm", taxes[i].rate / (SC_RATE_ONE / 1000000));
		sc_json_add_int(writer, "net_minor", taxes[i].net_minor);
		sc_json_add_int(writer, "tax_minor", taxes[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

void sc__json_fees(sc_json_writer *writer, int64_t fees_minor, const sc_order_fee *fees, size_t count)
{
	sc_json_add_int(writer, "fees_minor", fees_minor);
	sc_json_put_key(writer, "fees");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", fees[i].code);
		sc_json_add_int(writer, "amount_minor", fees[i].amount_minor);
		sc_json_add_int(writer, "tax_minor", fees[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}
