/*
 * Placing: one group makes the order, its hold, the caller's key and the first payment's row, or
 * nothing.
 *
 * The key's row names the order and the hash of the request. Whoever comes second with the same key
 * finds it, before or inside the group, and gets the answer that is written from the order's snapshot:
 * the same bytes each time. A quote that is accepted carries all that is bought, so nothing is read before its
 * group; only what is refused looks the key up.
 */
#include "checkout/place.h"

#include "base/error.h"
#include "cart/cart.h"
#include "core/input.h"
#include "order/holds.h"
#include "order/journal.h"

#include <string.h>

#define OPERATION "place"
/* owner NUL operation NUL key */
#define KEY_ROOM (SC__OWNER_SIZE + sizeof(OPERATION) + SC_ID_TEXT_MAX)

/* How often a placing follows a cart that keeps changing. */
#define TURNS_MAX 8

enum { KEY, CART, RULES };

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status finish(sc__placing *p, sc_status status)
{
	return p->then.step(p->then.self, status);
}

static bool set_key(sc__placing *p)
{
	const char *key = p->task->call->key;
	size_t owner_size = strlen(p->owner) + 1, key_size = strlen(key);
	char *text = sc_arena_alloc(p->task->arena, KEY_ROOM);
	if (!text)
		return false;
	memcpy(text, p->owner, owner_size);
	memcpy(text + owner_size, OPERATION, sizeof(OPERATION));
	memcpy(text + owner_size + sizeof(OPERATION), key, key_size);
	p->addresses[KEY] = (sc_address){ .key = text, .kind = SC_KIND_KEY };
	p->addresses[KEY].key_size = (uint16_t)(owner_size + sizeof(OPERATION) + key_size);
	return true;
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
	if (order->tender_count > 0)
		sc_json_add_int(&writer, "due_minor", sc__order_due(order));
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
		               .due_minor = sc__order_due(order),
		               .placed_ms = order->created_ms,
		               .json = json.data,
		               .json_size = json.size };
	return SC_OK;
}

/* ---- placed before ----------------------------------------------------------------------- */

static sc_status order_read(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status == SC_OK)
		status = sc__order_decode(&p->records[KEY], p->task->arena, &p->order, p->task->err);
	if (status == SC_OK)
		status = write_placement(&p->order, p->task->arena, p->out, p->task->err);
	return finish(p, status);
}

/* The key's row is there: answers from the order that it names. */
static sc_status answer_again(sc__placing *p)
{
	const sc_record *key = &p->records[KEY];
	if (key->body.size != sizeof(p->note))
		return finish(p, sc__fail(p->task->err, SC_DAMAGED, "a key's row does not read"));
	memcpy(&p->note, key->body.data, sizeof(p->note));
	if (p->wish && memcmp(p->note.digest, p->wish->digest, sizeof(p->note.digest)) != 0)
		return finish(p, sc__fail(p->task->err, SC_KEY_REUSED, "the key was used for another request"));
	p->address = sc__order_address(&p->note.order);
	return sc__want_rows(p->task, &p->address, 1, SC_READ_ALL, &p->records[KEY], (sc__then){ order_read, p });
}

static sc_status key_read_again(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status != SC_OK)
		return finish(p, status);
	if (p->records[KEY].version != 0)
		return answer_again(p);
	if (p->refused == SC_EXISTS)
		return finish(p, sc__fail(p->task->err, SC_CHANGED, "%s", sc_status_text(SC_EXISTS)));
	if (p->task->err)
		*p->task->err = p->why;
	return finish(p, p->refused);
}

/* Another caller with the same key may have been faster by a moment, and may even have emptied the cart. */
static sc_status look_again(sc__placing *p, sc_status refused)
{
	p->refused = refused;
	if (p->task->err)
		p->why = *p->task->err;
	return sc__want_rows(p->task, &p->addresses[KEY], 1, SC_READ_BODY, &p->records[KEY],
	                     (sc__then){ key_read_again, p });
}

/* An offer that does not stand, or goods that somebody in front of the record says are gone: neither is told to whom
 * the key has an order. */
static sc_status refuse(sc__placing *p, sc_status status)
{
	const bool is_answer = sc_status_is_refusal(status) || sc_status_is_bad_input(status);
	return p->unlooked && is_answer ? look_again(p, status) : finish(p, status);
}

/* ---- what is bought ---------------------------------------------------------------------- */

static bool same_place(const char *quoted, const char *given)
{
	return !quoted || strcmp(quoted, given ? given : "") == 0;
}

/* Taxes and shipping of a quote are those of the place it was made for, as far as that decided. */
static sc_status check_place(const sc__offer *offer, const sc_postal_address *address, sc_error *err)
{
	const char *field = NULL;
	if (!same_place(offer->postal_code, address->postal_code))
		field = "shipping.postal_code";
	if (!same_place(offer->region, address->region))
		field = "shipping.region";
	if (!same_place(offer->country, address->country))
		field = "shipping.country";
	return field ? sc__bad(err, SC_CHANGED, field, "the quote was made for another place") : SC_OK;
}

static sc_status offer_of_token(sc__placing *p, sc_error *err)
{
	const sc_env *env = p->task->shop->env;
	sc_status status = sc__token_read(p->task->shop, p->wish->request->quote, p->task->arena, &p->offer, err);
	if (status != SC_OK)
		return status;
	if (strcmp(p->offer.owner, p->owner) != 0)
		return sc__bad(err, SC_BAD_SIGNATURE, "quote", "was made for somebody else");
	if (p->offer.expires_ms <= env->wall_ms(env->ctx))
		return sc__fail(err, SC_QUOTE_EXPIRED, "the quote ran out");
	return check_place(&p->offer, &p->wish->request->shipping, err);
}

static sc_status offer_of_quoted(sc__placing *p, sc_error *err)
{
	const int32_t blocked = p->quoted.blocked;
	if (blocked >= 0)
		return sc__bad_at(err, SC_NOT_FOR_SALE, blocked, "lines", "%s is not for sale",
		                  p->quoted.quote.lines[blocked].sku);
	p->offer = p->quoted.offer;
	return SC_OK;
}

static sc_status place_offer(sc__placing *p);

static sc_status offer_made(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status == SC_CART_EMPTY)
		return look_again(p, status);
	if (status == SC_OK)
		status = offer_of_quoted(p, p->task->err);
	return status == SC_OK ? place_offer(p) : finish(p, status);
}

static bool has_token(const sc__placing *p)
{
	const char *quote = p->wish->request->quote;
	return quote && quote[0];
}

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static sc_quote_options options_of(const sc__wish *wish)
{
	const sc_checkout_request *request = wish->request;
	return (sc_quote_options){ .size = sizeof(sc_quote_options),
		                   .country = request->shipping.country,
		                   .region = or_null(request->shipping.region),
		                   .postal_code = or_null(request->shipping.postal_code),
		                   .shipping_rate = or_null(request->shipping_rate),
		                   .customer_group = or_null(request->customer_group),
		                   .channel = or_null(request->channel),
		                   .email = wish->email,
		                   .business = request->business,
		                   .tax_exempt = request->tax_exempt,
		                   .utc_offset_s = request->utc_offset_s };
}

static sc_status choose_offer(sc__placing *p)
{
	if (!has_token(p)) {
		p->quoting = (sc__quoting){ .task = p->task, .owner = p->owner, .out = &p->quoted };
		p->quoting.options = options_of(p->wish);
		p->quoting.then = (sc__then){ offer_made, p };
		return sc__quote_cart(&p->quoting, &p->records[CART], &p->records[RULES]);
	}
	sc_status status = offer_of_token(p, p->task->err);
	return status == SC_OK ? place_offer(p) : refuse(p, status);
}

/* ---- the group --------------------------------------------------------------------------- */

static bool key_change(const sc__placing *p, sc_id order, sc_change *out)
{
	sc__placed_note *note = sc_arena_alloc(p->task->arena, sizeof(*note));
	if (!note)
		return false;
	memcpy(note->digest, p->wish->digest, sizeof(note->digest));
	note->order = order;
	*out = (sc_change){ .address = p->addresses[KEY], .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT };
	out->body = (sc_bytes){ note, sizeof(*note) };
	out->lifetime_ms = p->task->shop->settings.key_lifetime_ms;
	return true;
}

static bool hold_tenders(sc__placing *p, uint32_t *n)
{
	const sc__snapshot *bought = p->content.snapshot;
	p->tender_change = bought->tender_count > 0 ? *n : SC__PLACE_CHANGES;
	return sc__tenders_hold(p->content.id, 0, bought->tenders, bought->tender_count, bought->currency,
	                        p->task->shop->settings.hold_ttl_ms, p->task->arena, p->changes, n);
}

static int64_t due_of(const sc__snapshot *bought)
{
	const sc_order order = { .total_minor = bought->total_minor,
		                 .tenders = bought->tenders,
		                 .tender_count = bought->tender_count };
	return sc__order_due(&order);
}

/* The order comes first: it is the home of the group's id. The key comes before the hold, so that a repeat is never
 * told that the goods are gone which its first call took. */
static bool fill_group(sc__placing *p)
{
	const sc__order_content *content = &p->content;
	const sc__snapshot *bought = content->snapshot;
	const sc__settings *settings = &p->task->shop->settings;
	sc_arena *arena = p->task->arena;
	sc_change *changes = p->changes;
	uint32_t n = 2;
	if (!sc__order_put(content, arena, &changes[0]) || !key_change(p, content->id, &changes[1]))
		return false;
	if (!sc_id_is_zero(p->cart_hold))
		changes[n++] = sc__cart_hold_release(&p->cart_hold);
	if (!sc__order_hold_make(settings, content->id, 0, bought->lines, bought->line_count, settings->hold_ttl_ms,
	                         arena, &changes[n++]) ||
	    !hold_tenders(p, &n) ||
	    !sc__coupon_uses_hold(content->id, 0, bought->coupons, bought->coupon_count, settings->hold_ttl_ms, arena,
	                          changes, &n) ||
	    !sc__order_event(&content->id, "order.placed", "", p->task->call, arena, &changes[n++]))
		return false;
	const int64_t due = due_of(bought);
	if (due != 0 && !sc__attempt_prepare(content->id, 1, due, bought->currency, arena, &changes[n++]))
		return false;
	p->group = (sc_group){ .id = content->id, .home = SC_HOME_FIRST, .changes = changes, .count = n };
	return true;
}

/* A record as it will be read, from the change that writes it. */
static sc_record written(const sc_change *put, uint64_t version)
{
	return (sc_record){ .address = put->address,
		            .version = version,
		            .columns = put->columns,
		            .body = put->body,
		            .personal = put->personal };
}

/* Before it is written, so that nothing can fail between the commit and the answer. A repeat reads the order back and
 * writes its answer from the same members. */
static sc_status answer_first(sc__placing *p, sc_error *err)
{
	if (!sc__order_of(&p->content, p->task->arena, &p->order))
		return no_memory(err);
	return write_placement(&p->order, p->task->arena, &p->placement, err);
}

static sc_id make_order_id(const sc__placing *p)
{
	/* the owner's shard, so that everything of one purchase has one route */
	const sc_address owner = { .key = p->owner, .key_size = (uint16_t)strlen(p->owner), .kind = SC_KIND_CART };
	return sc_id_with_tail(sc_id_make(p->task->shop->env), sc_address_route(&owner));
}

static sc_status placed(void *self, sc_status status);

static sc_status place_now(sc__placing *p)
{
	const sc_shop *shop = p->task->shop;
	const int64_t now_ms = shop->env->wall_ms(shop->env->ctx);
	p->content = (sc__order_content){ .id = make_order_id(p),
		                          .owner = p->owner,
		                          .created_ms = now_ms,
		                          .due_ms = now_ms + shop->settings.payment_resume_ms,
		                          .snapshot = &p->offer.snapshot,
		                          .email = p->wish->email,
		                          .shipping = &p->wish->request->shipping,
		                          .billing = p->wish->billing };
	if (!fill_group(p))
		return finish(p, no_memory(p->task->err));
	sc_status status = answer_first(p, p->task->err);
	if (status != SC_OK)
		return finish(p, status);
	p->outcome = (sc_outcome){ 0 };
	return sc__want_outcome(p->task, &p->group, &p->outcome, (sc__then){ placed, p });
}

/* The units of a cart that holds them go over to the order in one step and are never free in between. */
static sc_status find_cart_hold(sc__placing *p)
{
	if (p->task->shop->settings.hold_on_add_ms == 0)
		return SC_OK;
	return sc__cart_hold_of(&p->records[CART], p->task->arena, &p->cart_hold, p->task->err);
}

/* What is not on a card any more may be what the first call under this key took. */
static sc_status tenders_set(void *self, sc_status status)
{
	sc__placing *p = self;
	if (sc_status_is_refusal(status))
		return look_again(p, status);
	return status == SC_OK ? place_now(p) : finish(p, status);
}

static sc_status place_offer(sc__placing *p)
{
	if (p->offer.needs_consent && !p->wish->request->consent)
		return refuse(p, sc__fail(p->task->err, SC_CONSENT_NEEDED, "a price rose since the buyer saw it"));
	sc_status status = find_cart_hold(p);
	return status == SC_OK ? sc__place_tenders(p, (sc__then){ tenders_set, p }) : finish(p, status);
}

/* A cart that changed between its reading and the placing holds its units under another name by now: then once more. */
static sc_status cart_read_again(void *self, sc_status status)
{
	sc__placing *p = self;
	const sc_id tried = p->cart_hold;
	if (status == SC_OK)
		status = find_cart_hold(p);
	if (status == SC_OK && !sc_id_equal(tried, p->cart_hold))
		return place_now(p);
	return finish(p, status == SC_OK ? p->refused : status);
}

/* Which coupon it was that somebody else used last. */
static sc_status coupon_used_up(const sc__placing *p)
{
	const sc__snapshot *bought = &p->offer.snapshot;
	const size_t at = sc__coupon_of_use(bought->coupons, bought->coupon_count, &p->changes[p->outcome.change],
	                                    p->outcome.line);
	if (at == bought->coupon_count)
		return SC_LIMIT_REACHED;
	return sc__bad_at(p->task->err, SC_LIMIT_REACHED, (int32_t)at, "coupons", "the coupon %.64s is used up",
	                  bought->coupons[at].code);
}

static sc_status placed(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status == SC_OK)
		*p->out = p->placement;
	if (status == SC_EXISTS)
		return look_again(p, status);
	if (status == SC_LIMIT_REACHED)
		return finish(p, coupon_used_up(p));
	if (status == SC_OUT_OF_STOCK && p->outcome.change == p->tender_change)
		return p->turn++ < TURNS_MAX
		               ? sc__place_tenders(p, (sc__then){ tenders_set, p })
		               : finish(p, sc__fail(p->task->err, SC_BUSY, "others keep spending the same card"));
	if (status == SC_OUT_OF_STOCK && p->unlooked)
		return refuse(p, status);
	if (status != SC_OUT_OF_STOCK || sc_id_is_zero(p->cart_hold) || p->turn++ == TURNS_MAX)
		return finish(p, status);
	p->refused = status;
	return sc__want_rows(p->task, &p->addresses[CART], 1, SC_READ_BODY, &p->records[CART],
	                     (sc__then){ cart_read_again, p });
}

/* ---- beginning --------------------------------------------------------------------------- */

static sc_status rows_read(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status != SC_OK)
		return finish(p, status);
	if (p->records[KEY].version != 0)
		return answer_again(p);
	if (!p->wish)
		return finish(p, sc__fail(p->task->err, SC_NOT_FOUND, "nothing was placed under this key"));
	return choose_offer(p);
}

sc_status sc__place(sc__placing *p)
{
	p->cart_hold = (sc_id){ 0 };
	p->turn = 0;
	p->outcome.position = 0;
	if (!set_key(p))
		return finish(p, no_memory(p->task->err));
	p->addresses[CART] = sc__cart_address(p->owner);
	p->addresses[RULES] = sc__rules_address();
	bool quoted = p->wish && !has_token(p);
	bool cart = quoted || (p->wish && p->task->shop->settings.hold_on_add_ms != 0);
	p->unlooked = p->wish && !cart; /* the token has it all, and the group refuses a key that is taken */
	if (p->unlooked)
		return choose_offer(p);
	size_t count = quoted ? 3 : cart ? 2 : 1;
	return sc__want_rows(p->task, p->addresses, count, cart ? SC_READ_ALL : SC_READ_BODY, p->records,
	                     (sc__then){ rows_read, p });
}

sc_status sc__placed_purchase(const sc__placing *p, sc__purchase *out, sc_error *err)
{
	sc__purchase purchase = { .ref = { .id = p->content.id, .order = p->order } };
	if (p->outcome.position == 0) {
		*out = (sc__purchase){ .ref = { .id = p->note.order } };
		return SC_OK;
	}
	purchase.ref.order.version = p->outcome.position;
	purchase.attempts = sc_arena_alloc(p->task->arena, sizeof(*purchase.attempts));
	if (!purchase.attempts)
		return no_memory(err);
	for (uint32_t i = 0; i < p->group.count; i++) {
		const sc_record record = written(&p->changes[i], p->outcome.position);
		if (record.address.kind != SC_KIND_PAYMENT)
			continue;
		sc_status status = sc__attempt_decode(&record, p->task->arena, &purchase.attempts[0], err);
		if (status != SC_OK)
			return status;
		purchase.count = 1;
	}
	*out = purchase;
	return SC_OK;
}

/* ---- for a caller who waits -------------------------------------------------------------- */

static sc_status place_waiting(sc__task *task, const char *owner, const sc__wish *wish, sc_placement *out)
{
	sc_placement placement;
	sc__placing *p = sc_arena_alloc(task->arena, sizeof(*p));
	if (!p)
		return no_memory(task->err);
	p->task = task;
	p->owner = owner;
	p->wish = wish;
	p->then = SC__END;
	p->out = &placement;
	sc_status status = sc__task_run(task, sc__place(p));
	if (status == SC_OK)
		*out = placement;
	return status;
}

sc_status sc_checkout_find(sc_shop *shop, const sc_call *call, sc_arena *arena, sc_placement *out, sc_error *err)
{
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	char owner[SC__OWNER_SIZE];
	sc_status status = sc__owner_of(call, owner, err);
	if (status == SC_OK)
		status = sc__input_id(call->key, -1, "call.key", err);
	return status == SC_OK ? place_waiting(&task, owner, NULL, out) : status;
}

sc_status sc_checkout_place(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                            sc_placement *out, sc_error *err)
{
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	sc__wish wish;
	sc_status status = sc__wish_read(call, request, &wish, err);
	return status == SC_OK ? place_waiting(&task, wish.owner, &wish, out) : status;
}
