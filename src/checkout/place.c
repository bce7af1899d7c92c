/*
 * Placing: one group makes the order, its hold, the caller's key and the first payment's row, or
 * nothing.
 *
 * The key's row names the order and the hash of the request. Whoever comes second with the same key
 * finds it, before or inside the group, and gets the answer that is written from the order's snapshot:
 * the same bytes each time.
 */
#include "base/error.h"
#include "cart/cart.h"
#include "checkout/quote.h"
#include "checkout/request.h"
#include "core/input.h"
#include "order/holds.h"
#include "order/journal.h"
#include "order/record.h"

#include <string.h>

#define OPERATION "place"
/* owner NUL operation NUL key */
#define KEY_ROOM (SC__OWNER_SIZE + sizeof(OPERATION) + SC_ID_TEXT_MAX)

/* How often a placing follows a cart that keeps changing. */
#define TURNS_MAX 8

/* What the key's row holds. */
struct key_body {
	uint8_t digest[SC__DIGEST_SIZE];
	sc_id order;
};

struct placing {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	const sc__wish *wish;
	char key_text[KEY_ROOM];
	sc_address key;
	sc_id cart_hold; /* zero: the cart holds nothing */
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static void set_key(struct placing *p, const char *owner)
{
	size_t owner_size = strlen(owner) + 1, key_size = strlen(p->call->key);
	memcpy(p->key_text, owner, owner_size);
	memcpy(p->key_text + owner_size, OPERATION, sizeof(OPERATION));
	memcpy(p->key_text + owner_size + sizeof(OPERATION), p->call->key, key_size);
	p->key = (sc_address){ .key = p->key_text, .kind = SC_KIND_KEY };
	p->key.key_size = (uint16_t)(owner_size + sizeof(OPERATION) + key_size);
}

/* ---- the answer -------------------------------------------------------------------------- */

static sc_status write_placement(const sc_order *order, sc_arena *arena, sc_placement *out, sc_error *err)
{
	sc_json_writer writer;
	sc_bytes json;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "order_id", order->id);
	sc_json_add_int(&writer, "placed_ms", order->created_ms);
	sc_json_add_text(&writer, "currency", order->currency);
	sc_json_add_int(&writer, "total_minor", order->total_minor);
	sc_json_put_key(&writer, "lines");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < order->line_count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "sku", order->lines[i].sku);
		sc_json_add_int(&writer, "quantity", order->lines[i].quantity);
		sc_json_add_int(&writer, "unit_price_minor", order->lines[i].unit_price_minor);
		sc_json_add_int(&writer, "total_minor", order->lines[i].total_minor);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, &json, err);
	if (status != SC_OK)
		return status;
	*out = (sc_placement){ .order_id = order->id,
		               .currency = order->currency,
		               .total_minor = order->total_minor,
		               .placed_ms = order->created_ms,
		               .json = json.data,
		               .json_size = json.size };
	return SC_OK;
}

/* ---- the key ----------------------------------------------------------------------------- */

static sc_status load_key(struct placing *p, bool *found, struct key_body *out, sc_error *err)
{
	sc_record record;
	sc_status status = sc__load(p->shop, p->call, &p->key, 1, SC_READ_BODY, p->arena, &record, err);
	if (status != SC_OK)
		return status;
	*found = record.version != 0;
	if (!*found)
		return SC_OK;
	if (record.body.size != sizeof(*out))
		return sc__fail(err, SC_DAMAGED, "a key's row does not read");
	memcpy(out, record.body.data, sizeof(*out));
	return SC_OK;
}

static sc_status answer_again(struct placing *p, const struct key_body *body, sc_placement *out, sc_error *err)
{
	sc_address address = sc__order_address(&body->order);
	sc_record record;
	sc_order order;
	if (p->wish && memcmp(body->digest, p->wish->digest, sizeof(body->digest)) != 0)
		return sc__fail(err, SC_KEY_REUSED, "the key was used for another request");
	sc_status status = sc__load(p->shop, p->call, &address, 1, SC_READ_ALL, p->arena, &record, err);
	if (status == SC_OK)
		status = sc__order_decode(&record, p->arena, &order, err);
	return status == SC_OK ? write_placement(&order, p->arena, out, err) : status;
}

sc_status sc_checkout_find(sc_shop *shop, const sc_call *call, sc_arena *arena, sc_placement *out, sc_error *err)
{
	struct placing p = { .shop = shop, .call = call, .arena = arena };
	struct key_body body;
	char owner[SC__OWNER_SIZE];
	bool found;
	sc_status status = sc__owner_of(call, owner, err);
	if (status == SC_OK)
		status = sc__input_id(call->key, -1, "call.key", err);
	if (status != SC_OK)
		return status;
	set_key(&p, owner);
	status = load_key(&p, &found, &body, err);
	if (status != SC_OK)
		return status;
	if (!found)
		return sc__fail(err, SC_NOT_FOUND, "nothing was placed under this key");
	return answer_again(&p, &body, out, err);
}

/* ---- what is bought ---------------------------------------------------------------------- */

static sc_status offer_of_token(struct placing *p, sc__offer *out, sc_error *err)
{
	sc_status status = sc__token_read(p->shop, p->wish->request->quote, p->arena, out, err);
	if (status != SC_OK)
		return status;
	if (strcmp(out->owner, p->wish->owner) != 0)
		return sc__bad(err, SC_BAD_SIGNATURE, "quote", "was made for somebody else");
	if (out->expires_ms <= p->shop->env->wall_ms(p->shop->env->ctx))
		return sc__fail(err, SC_QUOTE_EXPIRED, "the quote ran out");
	return SC_OK;
}

static sc_status offer_of_cart(struct placing *p, sc__offer *out, sc_error *err)
{
	sc__quoted quoted;
	sc_status status = sc__quote_cart(p->shop, p->call, p->wish->owner, NULL, p->arena, &quoted, err);
	if (status != SC_OK)
		return status;
	if (quoted.blocked >= 0)
		return sc__bad_at(err, SC_NOT_FOR_SALE, quoted.blocked, "lines", "%s is not for sale",
		                  quoted.quote.lines[quoted.blocked].sku);
	*out = quoted.offer;
	return SC_OK;
}

static sc_status choose_offer(struct placing *p, sc__offer *out, sc_error *err)
{
	const char *quote = p->wish->request->quote;
	sc_status status = quote && quote[0] ? offer_of_token(p, out, err) : offer_of_cart(p, out, err);
	if (status == SC_OK && out->needs_consent && !p->wish->request->consent)
		return sc__fail(err, SC_CONSENT_NEEDED, "a price rose since the buyer saw it");
	return status;
}

/* ---- the group --------------------------------------------------------------------------- */

enum { CHANGES_MAX = 6 };

static bool key_change(const struct placing *p, sc_id order, sc_change *out)
{
	struct key_body *body = sc_arena_alloc(p->arena, sizeof(*body));
	if (!body)
		return false;
	memcpy(body->digest, p->wish->digest, sizeof(body->digest));
	body->order = order;
	*out = (sc_change){ .address = p->key, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT };
	out->body = (sc_bytes){ body, sizeof(*body) };
	out->lifetime_ms = p->shop->settings.key_lifetime_ms;
	return true;
}

/* The units of a cart that holds them go over to the order in one step and are never free in between. */
static sc_status find_cart_hold(struct placing *p, sc_error *err)
{
	sc_record record = { 0 };
	const sc_address address = sc__cart_address(p->wish->owner);
	if (p->shop->settings.hold_on_add_ms == 0)
		return SC_OK;
	sc_status status = sc__load(p->shop, p->call, &address, 1, SC_READ_BODY, p->arena, &record, err);
	return status == SC_OK ? sc__cart_hold_of(&record, p->arena, &p->cart_hold, err) : status;
}

/* The order comes first: it is the home of the group's id. The key comes before the hold, so that a repeat is never
 * told that the goods are gone which its first call took. */
static bool fill_group(const struct placing *p, const sc__order_content *content, sc_change *changes, uint32_t *count)
{
	const sc__snapshot *bought = content->snapshot;
	const sc__settings *settings = &p->shop->settings;
	uint32_t n = 2;
	if (!sc__order_put(content, p->arena, &changes[0]) || !key_change(p, content->id, &changes[1]))
		return false;
	if (!sc_id_is_zero(p->cart_hold))
		changes[n++] = sc__cart_hold_release(&p->cart_hold);
	if (!sc__order_hold_make(settings, content->id, 0, bought->lines, bought->line_count, settings->hold_ttl_ms,
	                         p->arena, &changes[n++]) ||
	    !sc__order_event(&content->id, "order.placed", "", p->call, p->arena, &changes[n++]))
		return false;
	if (bought->total_minor != 0 &&
	    !sc__attempt_prepare(content->id, 1, bought->total_minor, bought->currency, p->arena, &changes[n++]))
		return false;
	*count = n;
	return true;
}

/* The answer comes from what was written, read as a repeat will read it. */
static sc_status answer_first(const struct placing *p, const sc__order_content *content, const sc_change *put,
                              sc_placement *out, sc_error *err)
{
	const sc_record record = { .address = sc__order_address(&content->id),
		                   .version = 1,
		                   .columns = put->columns,
		                   .body = put->body,
		                   .personal = put->personal };
	sc_order order;
	sc_status status = sc__order_decode(&record, p->arena, &order, err);
	return status == SC_OK ? write_placement(&order, p->arena, out, err) : status;
}

static sc_id make_order_id(const struct placing *p)
{
	/* the owner's shard, so that everything of one purchase has one route */
	const sc_address owner = { .key = p->wish->owner,
		                   .key_size = (uint16_t)strlen(p->wish->owner),
		                   .kind = SC_KIND_CART };
	return sc_id_with_tail(sc_id_make(p->shop->env), sc_address_route(&owner));
}

static sc_status place_new(struct placing *p, const sc__offer *offer, sc_placement *out, sc_error *err)
{
	const int64_t now_ms = p->shop->env->wall_ms(p->shop->env->ctx);
	const sc__order_content content = { .id = make_order_id(p),
		                            .owner = p->wish->owner,
		                            .created_ms = now_ms,
		                            .due_ms = now_ms + p->shop->settings.payment_resume_ms,
		                            .snapshot = &offer->snapshot,
		                            .email = p->wish->email,
		                            .shipping = &p->wish->request->shipping,
		                            .billing = p->wish->billing };
	sc_change changes[CHANGES_MAX];
	sc_group group = { .id = content.id, .home = SC_HOME_FIRST, .changes = changes };
	sc_outcome outcome = { 0 };
	sc_placement placement;
	if (!fill_group(p, &content, changes, &group.count))
		return no_memory(err);
	/* before it is written, so that nothing can fail between the commit and the answer */
	sc_status status = answer_first(p, &content, &changes[0], &placement, err);
	if (status == SC_OK)
		status = sc__apply_one(p->shop, p->call, &group, &outcome, err);
	if (status == SC_OK)
		*out = placement;
	return status;
}

/* A cart that changed between its reading and the placing holds its units under another name by now: then once more. */
static sc_status place_taking_over(struct placing *p, const sc__offer *offer, sc_placement *out, sc_error *err)
{
	for (int turn = 0;; turn++) {
		sc_status status = find_cart_hold(p, err);
		if (status != SC_OK)
			return status;
		status = place_new(p, offer, out, err);
		const sc_id tried = p->cart_hold;
		if (status != SC_OUT_OF_STOCK || sc_id_is_zero(tried) || turn == TURNS_MAX ||
		    find_cart_hold(p, NULL) != SC_OK || sc_id_equal(tried, p->cart_hold))
			return status;
	}
}

sc_status sc_checkout_place(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                            sc_placement *out, sc_error *err)
{
	sc__wish wish;
	struct placing p = { .shop = shop, .call = call, .arena = arena, .wish = &wish };
	struct key_body body;
	sc__offer offer;
	bool found;
	sc_status status = sc__wish_read(call, request, &wish, err);
	if (status != SC_OK)
		return status;
	set_key(&p, wish.owner);
	status = load_key(&p, &found, &body, err);
	if (status != SC_OK || found)
		return status == SC_OK ? answer_again(&p, &body, out, err) : status;
	status = choose_offer(&p, &offer, err);
	if (status == SC_OK)
		status = place_taking_over(&p, &offer, out, err);
	if (status != SC_EXISTS && status != SC_CART_EMPTY)
		return status;
	/* another caller with the same key was faster by a moment, and may even have emptied the cart */
	sc_status again = load_key(&p, &found, &body, err);
	if (again != SC_OK)
		return again;
	if (found)
		return answer_again(&p, &body, out, err);
	return sc__fail(err, status == SC_EXISTS ? SC_CHANGED : status, "%s", sc_status_text(status));
}
