/*
 * /v1/checkout: from the caller's cart, or from a quote that is accepted, to an order that is paid for.
 */
#include "http.h"

#include <string.h>

static sc_status read_address(struct request *request, const char *key, sc_postal_address *out)
{
	const struct {
		const char *key;
		const char **value;
	} members[] = {
		{ "name", &out->name },   { "company", &out->company }, { "line1", &out->line1 },
		{ "line2", &out->line2 }, { "city", &out->city },       { "postal_code", &out->postal_code },
		{ "phone", &out->phone }, { "region", &out->region },   { "country", &out->country },
	};
	const sc_json *object;
	if (sc_json_member(request->document, key) == NULL)
		return SC_OK;
	sc_status status = sc_json_get_object(request->document, key, &object, &request->err);
	for (size_t i = 0; status == SC_OK && i < sizeof(members) / sizeof(members[0]); i++)
		status = member_text(request, object, members[i].key, members[i].value);
	return status;
}

static sc_status read_card(struct request *request, const sc_json *object, sc_gift_card_use *out)
{
	sc_status status = sc_json_get_text(object, "code", &out->code, &request->err);
	return status == SC_OK ? member_int(request, object, "amount_minor", &out->amount_minor) : status;
}

/* What pays before the provider does. */
static sc_status read_cards(struct request *request, sc_checkout_request *out)
{
	const sc_json *list;
	if (sc_json_member(request->document, "gift_cards") == NULL)
		return SC_OK;
	sc_status status = sc_json_get_array(request->document, "gift_cards", &list, &request->err);
	if (status != SC_OK)
		return status;
	sc_gift_card_use *cards = sc_arena_zalloc(&request->arena, sc_json_count(list) * sizeof(*cards) + 1);
	if (cards == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *card = sc_json_first(list); status == SC_OK && card != NULL; card = sc_json_next(card))
		status = read_card(request, card, &cards[out->gift_card_count++]);
	out->gift_cards = cards;
	return status;
}

/* A number, or "all" that there is. */
static sc_status read_credit(struct request *request, sc_checkout_request *out)
{
	const sc_json *credit = sc_json_member(request->document, "credit_minor");
	if (sc_json_type_of(credit) != SC_JSON_TEXT)
		return member_int(request, request->document, "credit_minor", &out->credit_minor);
	if (strcmp(sc_json_text(credit).data, "all") != 0)
		return bad(request, SC_BAD_FORMAT, "credit_minor", "a number, or \"all\"");
	out->credit_minor = SC_CREDIT_ALL;
	return SC_OK;
}

static sc_status read_request(struct request *request, sc_checkout_request *out)
{
	const sc_json *document = request->document;
	sc_status status = member_text(request, document, "quote", &out->quote);
	if (status == SC_OK)
		status = member_text(request, document, "payment_token", &out->payment_token);
	if (status == SC_OK)
		status = member_text(request, document, "email", &out->email);
	if (status == SC_OK)
		status = member_text(request, document, "shipping_rate", &out->shipping_rate);
	if (status == SC_OK)
		status = read_address(request, "shipping", &out->shipping);
	if (status == SC_OK)
		status = read_address(request, "billing", &out->billing);
	if (status == SC_OK && sc_json_member(document, "consent") != NULL)
		status = sc_json_get_bool(document, "consent", &out->consent, &request->err);
	if (status == SC_OK)
		status = read_cards(request, out);
	return status == SC_OK ? read_credit(request, out) : status;
}

static void locate(struct request *request, const char *order_id)
{
	static const char front[] = "/v1/orders/";
	char *text = sc_arena_alloc(&request->arena, sizeof(front) + strlen(order_id));
	if (text != NULL)
		request->location = strcat(strcpy(text, front), order_id);
}

/* An order that waits for its money is told with the refusal, so that the buyer can try again. */
static sc_status tell_waiting(struct request *request, sc_status status)
{
	sc_placement placement;
	sc_error ignored = SC_ERROR_INIT;
	if (status != SC_DECLINED && status != SC_ACTION_REQUIRED && status != SC_PAYMENT_UNKNOWN)
		return status;
	if (sc_checkout_find(request->server->shop, &request->call, &request->arena, &placement, &ignored) != SC_OK)
		return status;
	problem_of_status(request, status);
	locate(request, placement.order_id);
	return SC_OK;
}

/* Whether an order stands under the key already. */
static void look_for_repeat(struct request *request)
{
	sc_placement placement;
	sc_error ignored = SC_ERROR_INIT;
	request->replayed = sc_checkout_find(request->server->shop, &request->call, &request->arena, &placement,
	                                     &ignored) == SC_OK;
}

sc_status buy_cart(struct request *request)
{
	sc_checkout_request wanted = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	sc_status status = read_request(request, &wanted);
	if (status != SC_OK)
		return status;
	look_for_repeat(request);
	status = sc_checkout_buy(request->server->shop, &request->call, &wanted, &request->arena, &placement,
	                         &request->err);
	if (status != SC_OK)
		return tell_waiting(request, status);
	request->code = 201;
	request->type = "application/json";
	request->reply = (sc_bytes){ placement.json, placement.json_size };
	locate(request, placement.order_id);
	return SC_OK;
}
