#include "order/digest.h"

#include "store/kinds.h"

#include <sodium.h>
#include <string.h>

#define HALF (SC__ORDER_DIGEST_SIZE / 2)

void sc__order_digest(sc_bytes body, sc_bytes personal, uint8_t out[SC__ORDER_DIGEST_SIZE])
{
	crypto_generichash(out, HALF, body.data, body.size, NULL, 0);
	crypto_generichash(out + HALF, HALF, personal.data, personal.size, NULL, 0);
}

bool sc__order_digest_matches(const sc_record *order)
{
	const sc_value *column = &order->columns[SC_ORDER_DIGEST];
	if (column->type != SC_VALUE_BYTES || column->bytes.size != SC__ORDER_DIGEST_SIZE)
		return false;
	uint8_t found[SC__ORDER_DIGEST_SIZE];
	sc__order_digest(order->body, order->personal, found);
	const size_t checked = order->personal.size == 0 ? HALF : SC__ORDER_DIGEST_SIZE;
	return memcmp(found, column->bytes.data, checked) == 0;
}
