#include "payment/attempt.h"

#include "base/error.h"

#include <shopcore/json.h>
#include <shopcore/text.h>

#include <sodium.h>
#include <string.h>

/* Steps of an order's id, apart from the small numbers that its groups may use. */
#define STEP_ATTEMPT 0x10000u
#define STEP_VOID    0x20000u
#define STEP_REFUND  0x30000u

sc_address sc__child_address(sc__child_key *key, uint16_t kind, sc_id order, uint32_t n)
{
	key->order = order;
	key->sub[0] = (char)(n >> 8 & 0xff);
	key->sub[1] = (char)(n & 0xff);
	return (sc_address){
		(const char *)key->order.bytes, key->sub, sizeof(key->order.bytes), sizeof(key->sub), kind, 0
	};
}

sc_id sc__attempt_id(sc_id order, uint32_t n)
{
	return sc_id_step(order, STEP_ATTEMPT + n);
}

sc_id sc__void_id(sc_id order, uint32_t n)
{
	return sc_id_step(order, STEP_VOID + n);
}

sc_id sc__refund_id(sc_id order, uint32_t n)
{
	return sc_id_step(order, STEP_REFUND + n);
}

uint32_t sc__attempt_number(sc_id order, sc_id attempt)
{
	for (uint32_t n = 1; n <= SC_PAYMENT_ATTEMPTS_MAX; n++)
		if (sc_id_equal(sc__attempt_id(order, n), attempt))
			return n;
	return 0;
}

void sc__means_of(sc_id order, const char *token, char out[SC__MEANS_SIZE])
{
	uint8_t hash[(SC__MEANS_SIZE - 1) / 2];
	/* keyed by the order, so that equal tokens of two orders do not look alike */
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token), order.bytes,
	                   sizeof(order.bytes));
	sodium_bin2hex(out, SC__MEANS_SIZE, hash, sizeof(hash));
}

/* ---- reading ----------------------------------------------------------------------------- */

static sc_status damaged(sc_error *err)
{
	return sc__fail(err, SC_DAMAGED, "a payment's row does not read");
}

static const char *member_text(const sc_json *body, const char *key)
{
	sc_bytes text = sc_json_text(sc_json_member(body, key));
	return text.data ? text.data : "";
}

static bool columns_fit(const sc_record *record)
{
	const sc_value *columns = record->columns;
	return columns && columns[SC_PAYMENT_STATE].type == SC_VALUE_INT &&
	       columns[SC_PAYMENT_AMOUNT].type == SC_VALUE_INT && columns[SC_PAYMENT_CURRENCY].type == SC_VALUE_BYTES &&
	       columns[SC_PAYMENT_CURRENCY].bytes.size == 3 &&
	       columns[SC_PAYMENT_STATE].number >= SC_ATTEMPT_PREPARED &&
	       columns[SC_PAYMENT_STATE].number <= SC_ATTEMPT_REFUNDED && record->address.key_size == sizeof(sc_id) &&
	       record->address.sub_size == 2;
}

sc_status sc__attempt_decode(const sc_record *record, sc_arena *arena, sc__attempt *out, sc_error *err)
{
	const sc_json *body;
	char id_text[SC_ID_TEXT_SIZE];
	sc_id order;
	if (record->version == 0) {
		*out = (sc__attempt){ 0 };
		return SC_OK;
	}
	if (!columns_fit(record))
		return damaged(err);
	sc_status status = sc_json_parse(record->body, arena, NULL, &body, err);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : damaged(err);
	memcpy(order.bytes, record->address.key, sizeof(order.bytes));
	const uint8_t *sub = (const uint8_t *)record->address.sub;
	sc__attempt attempt = { .version = record->version, .means = member_text(body, "means") };
	sc_payment *shown = &attempt.shown;
	shown->number = (uint32_t)sub[0] << 8 | sub[1];
	shown->state = (uint32_t)record->columns[SC_PAYMENT_STATE].number;
	shown->amount_minor = record->columns[SC_PAYMENT_AMOUNT].number;
	shown->attempt = sc_arena_dup(arena, sc_id_format(sc__attempt_id(order, shown->number), id_text),
	                              SC_ID_TEXT_SIZE - 1);
	shown->currency = sc_arena_dup(arena, record->columns[SC_PAYMENT_CURRENCY].bytes.data, 3);
	shown->provider_ref = member_text(body, "provider_ref");
	shown->step_url = member_text(body, "step_url");
	shown->decline_code = member_text(body, "decline_code");
	if (!shown->attempt || !shown->currency)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	*out = attempt;
	return SC_OK;
}

sc_status sc__attempts_decode(const sc_page *page, sc_arena *arena, sc__attempt **out, size_t *count, sc_error *err)
{
	sc_status status = SC_OK;
	sc__attempt *attempts = sc_arena_alloc(arena, page->count * sizeof(*attempts));
	if (!attempts)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < page->count && status == SC_OK; i++)
		status = sc__attempt_decode(&page->records[i], arena, &attempts[i], err);
	if (status != SC_OK)
		return status;
	*out = attempts;
	*count = page->count;
	return SC_OK;
}

sc_range sc__attempts_range(const sc_id *order)
{
	return (sc_range){ .kind = SC_KIND_PAYMENT,
		           .index = SC_BY_SUB,
		           .key = { order->bytes, sizeof(order->bytes) },
		           .limit = SC_PAYMENT_ATTEMPTS_MAX,
		           .mask = SC_READ_COLUMNS | SC_READ_BODY };
}

sc_status sc__attempt_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc__attempt **out,
                           size_t *count, sc_error *err)
{
	const sc_range range = sc__attempts_range(&order);
	sc_page page;
	sc_status status = sc__range(shop, call, &range, 1, arena, &page, err);
	return status == SC_OK ? sc__attempts_decode(&page, arena, out, count, err) : status;
}

/* ---- changes ----------------------------------------------------------------------------- */

static bool write_body(sc_arena *arena, const char *provider_ref, const char *step_url, const char *decline_code,
                       const char *means, sc_bytes *out)
{
	const struct {
		const char *key, *text;
	} members[] = { { "provider_ref", provider_ref },
		        { "step_url", step_url },
		        { "decline_code", decline_code },
		        { "means", means } };
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].text && members[i].text[0])
			sc_json_add_text(&writer, members[i].key, members[i].text);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

static bool set_address(sc_arena *arena, sc_id order, uint32_t n, sc_change *change)
{
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	if (key)
		change->address = sc__child_address(key, SC_KIND_PAYMENT, order, n);
	return key != NULL;
}

bool sc__attempt_prepare(sc_id order, uint32_t n, int64_t amount_minor, const char *currency, sc_arena *arena,
                         sc_change *out)
{
	sc_value *columns = sc_arena_zalloc(arena, SC_PAYMENT_COLUMNS * sizeof(*columns));
	sc_change change = { .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .columns = columns };
	change.column_count = SC_PAYMENT_COLUMNS;
	if (!columns || !set_address(arena, order, n, &change) ||
	    !write_body(arena, NULL, NULL, NULL, NULL, &change.body))
		return false;
	columns[SC_PAYMENT_STATE] = SC_VALUE_OF_INT(SC_ATTEMPT_PREPARED);
	columns[SC_PAYMENT_AMOUNT] = SC_VALUE_OF_INT(amount_minor);
	columns[SC_PAYMENT_CURRENCY] = SC_VALUE_OF_BYTES(currency, 3);
	*out = change;
	return true;
}

/* A provider's text that is no UTF-8 is not worth failing a payment for. */
static const char *first_given(const char *a, const char *b)
{
	return a && a[0] && sc_text_is_utf8(a, strlen(a)) ? a : b;
}

bool sc__attempt_move(sc_id order, const sc__attempt *attempt, uint32_t to, const sc_gateway_reply *reply,
                      const char *means, sc_arena *arena, sc_change *out)
{
	const sc_payment *shown = &attempt->shown;
	sc_value *column = sc_arena_zalloc(arena, sizeof(*column));
	sc_change change = { .type = SC_CHANGE_PATCH, .condition = SC_IF_VERSION, .version = attempt->version };
	if (!column || !set_address(arena, order, shown->number, &change))
		return false;
	*column = SC_VALUE_OF_INT(to);
	change.columns = column;
	change.column_count = 1;
	change.column_mask = 1u << SC_PAYMENT_STATE;
	change.flags = SC_PATCH_BODY;
	bool steps = to == SC_ATTEMPT_NEEDS_STEP;
	if (!write_body(arena, first_given(reply ? reply->provider_ref : NULL, shown->provider_ref),
	                steps && reply ? first_given(reply->step_url, NULL) : NULL,
	                first_given(reply ? reply->decline_code : NULL, shown->decline_code), steps ? means : NULL,
	                &change.body))
		return false;
	*out = change;
	return true;
}
