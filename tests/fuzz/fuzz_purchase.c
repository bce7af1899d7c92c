/*
 * What a checkout reads from outside and from rows: tokens of quotes, bodies of orders, bodies of
 * payments. Whatever the bytes are, the answer is a status; what reads, is written and reads again as
 * the same; and no token opens that this shop's key did not sign.
 */
#include "check.h"

#include "checkout/token.h"
#include "order/digest.h"
#include "order/record.h"
#include "payment/attempt.h"

#include <string.h>

static sc_bytes write_snapshot(sc_arena *arena, const sc__snapshot *snapshot)
{
	sc_json_writer writer;
	sc_bytes json = { NULL, 0 };
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc__snapshot_write(&writer, snapshot);
	sc_json_end_object(&writer);
	CHECK(sc_json_finish(&writer, &json, NULL) == SC_OK);
	return json;
}

static void check_snapshot(sc_arena *arena, const sc_json *json)
{
	sc__snapshot first, again;
	const sc_json *parsed;
	sc_status status = sc__snapshot_read(json, arena, &first, NULL);
	if (status != SC_OK) {
		CHECK(status == SC_DAMAGED);
		return;
	}
	sc_bytes written = write_snapshot(arena, &first);
	CHECK(sc_json_parse(written, arena, NULL, &parsed, NULL) == SC_OK);
	CHECK(sc__snapshot_read(parsed, arena, &again, NULL) == SC_OK);
	CHECK(again.total_minor == first.total_minor && again.line_count == first.line_count);
	sc_bytes rewritten = write_snapshot(arena, &again);
	CHECK(rewritten.size == written.size && memcmp(rewritten.data, written.data, written.size) == 0);
}

/* The bytes as the body of a row whose digest is right: the reader's own checks are what is left. */
static void check_order(sc_arena *arena, sc_bytes body)
{
	uint8_t digest[SC__ORDER_DIGEST_SIZE];
	sc_value columns[SC_ORDER_COLUMNS] = { 0 };
	sc_id id = { { 1 } };
	sc_order order;
	sc__order_digest(body, body, digest);
	columns[SC_ORDER_OWNER] = SC_VALUE_OF_BYTES("u:ada", 5);
	columns[SC_ORDER_STATE] = SC_VALUE_OF_INT(SC_ORDER_PENDING);
	columns[SC_ORDER_PAYMENT] = SC_VALUE_OF_INT(SC_PAID_OPEN);
	columns[SC_ORDER_FULFILMENT] = SC_VALUE_OF_INT(SC_FULFILMENT_WAITING);
	columns[SC_ORDER_TOTAL] = SC_VALUE_OF_INT(1680);
	columns[SC_ORDER_CURRENCY] = SC_VALUE_OF_BYTES("USD", 3);
	columns[SC_ORDER_CREATED] = SC_VALUE_OF_INT(1735689600000);
	columns[SC_ORDER_DIGEST] = SC_VALUE_OF_BYTES(digest, sizeof(digest));
	CHECK(sc_id_parse("01941f29-7c00-7000-8000-00000000abcd", &id) == SC_OK);
	const sc_record record = {
		.address = sc__order_address(&id), .version = 1, .columns = columns, .body = body, .personal = body
	};
	sc_status status = sc__order_decode(&record, arena, &order, NULL);
	CHECK(status == SC_OK || status == SC_DAMAGED);
	CHECK(status != SC_OK || (order.total_minor == 1680 && order.status == SC_STATUS_PENDING));
}

static void check_attempt(sc_arena *arena, sc_bytes body)
{
	sc_value columns[SC_PAYMENT_COLUMNS] = { 0 };
	sc__child_key key;
	sc__attempt attempt;
	columns[SC_PAYMENT_STATE] = SC_VALUE_OF_INT(SC_ATTEMPT_PREPARED);
	columns[SC_PAYMENT_AMOUNT] = SC_VALUE_OF_INT(1680);
	columns[SC_PAYMENT_CURRENCY] = SC_VALUE_OF_BYTES("USD", 3);
	const sc_record record = { .address = sc__child_address(&key, SC_KIND_PAYMENT, (sc_id){ { 1 } }, 1),
		                   .version = 1,
		                   .columns = columns,
		                   .body = body };
	sc_status status = sc__attempt_decode(&record, arena, &attempt, NULL);
	CHECK(status == SC_OK || status == SC_DAMAGED);
	CHECK(status != SC_OK || (attempt.shown.number == 1 && attempt.shown.provider_ref && attempt.means));
}

static void check_token(sc_arena *arena, const uint8_t *data, size_t size)
{
	sc_shop shop = { .env = sc_env_default() };
	sc__offer offer;
	shop.settings.quote_keys[0] = (sc_quote_key){ .id = 1, .bytes = { 7 } };
	shop.settings.quote_key_count = 1;
	const char *token = sc_arena_dup(arena, data, size);
	CHECK(token != NULL);
	CHECK(sc__token_read(&shop, token, arena, &offer, NULL) == SC_BAD_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const sc_bytes bytes = { data, size };
	const sc_json *json;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	if (sc_json_parse(bytes, &arena, NULL, &json, NULL) == SC_OK)
		check_snapshot(&arena, json);
	check_order(&arena, bytes);
	check_attempt(&arena, bytes);
	check_token(&arena, data, size);
	sc_arena_clear(&arena);
	return 0;
}
