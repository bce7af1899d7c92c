#include "checkout/request.h"

#include "base/error.h"
#include "core/input.h"

#include <shopcore/text.h>

#include <stdio.h>
#include <string.h>

#define QUOTE_MAX (2 * SC_BODY_MAX)

/* Members of an address, how they are checked, and what errors call them. */
static const struct member {
	const char *name;
	size_t offset;
	unsigned flags;
} members[] = {
	{ "name", offsetof(sc_postal_address, name), 0 },
	{ "company", offsetof(sc_postal_address, company), SC__TEXT_EMPTY },
	{ "line1", offsetof(sc_postal_address, line1), 0 },
	{ "line2", offsetof(sc_postal_address, line2), SC__TEXT_EMPTY },
	{ "postal_code", offsetof(sc_postal_address, postal_code), SC__TEXT_EMPTY },
	{ "city", offsetof(sc_postal_address, city), 0 },
	{ "region", offsetof(sc_postal_address, region), SC__TEXT_EMPTY },
	{ "country", offsetof(sc_postal_address, country), 0 },
	{ "phone", offsetof(sc_postal_address, phone), SC__TEXT_EMPTY | SC__TEXT_PHONE },
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

static const char *member_of(const sc_postal_address *address, size_t i)
{
	const char *text;
	memcpy(&text, (const char *)address + members[i].offset, sizeof(text));
	return text ? text : "";
}

static bool is_empty(const sc_postal_address *address)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (member_of(address, i)[0])
			return false;
	return true;
}

static sc_status check_address(const sc_postal_address *address, const char *which, sc_error *err)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		char field[64];
		snprintf(field, sizeof(field), "%s.%s", which, members[i].name);
		sc_status status = sc__input_text(member_of(address, i), members[i].flags, SC_ADDRESS_FIELD_MAX, -1,
		                                  field, err);
		if (status != SC_OK)
			return status;
	}
	const char *country = address->country;
	if (strlen(country) != 2 || country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z') {
		char field[64];
		snprintf(field, sizeof(field), "%s.country", which);
		return sc__bad(err, SC_BAD_FORMAT, field, "two capital letters, as in ISO 3166-1");
	}
	return SC_OK;
}

static sc_status check_email(const sc_call *call, const char *email, char out[SC_EMAIL_MAX + 1], sc_error *err)
{
	out[0] = '\0';
	if (email && email[0])
		return sc_text_normalise_email(email, out, err);
	if (call->kind == SC_ACTOR_GUEST)
		return sc__bad(err, SC_BAD_ARGUMENT, "email", "a guest has to give one");
	return SC_OK;
}

static sc_status check_code(const char *code, size_t max, const char *field, sc_error *err)
{
	const unsigned flags = SC__TEXT_OPTIONAL | SC__TEXT_EMPTY | SC__TEXT_CODE;
	return sc__input_text(code, flags, max, -1, field, err);
}

static sc_status check_card(const sc_gift_card_use *use, int32_t index, sc__wish *wish, sc_error *err)
{
	sc__card_use *card = &wish->cards[wish->card_count];
	sc_status status = sc__card_id_of(use->code, index, "gift_cards", card->id, err);
	if (status == SC_OK)
		status = sc__input_range(use->amount_minor, 0, SC_GIFT_CARD_MAX, index, "gift_cards", err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < wish->card_count; i++)
		if (strcmp(wish->cards[i].id, card->id) == 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, index, "gift_cards", "a card is named once");
	card->amount_minor = use->amount_minor;
	wish->card_count++;
	return SC_OK;
}

static sc_status check_tenders(const sc_call *call, sc__wish *wish, sc_error *err)
{
	const sc_checkout_request *request = wish->request;
	sc_status status = SC_OK;
	if (request->gift_card_count > SC_GIFT_CARDS_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "gift_cards", "at most %d", SC_GIFT_CARDS_MAX);
	if (request->gift_card_count > 0 && !request->gift_cards)
		return sc__bad(err, SC_BAD_ARGUMENT, "gift_cards", "counted but not there");
	for (size_t i = 0; i < request->gift_card_count && status == SC_OK; i++)
		status = check_card(&request->gift_cards[i], (int32_t)i, wish, err);
	if (status == SC_OK && request->credit_minor != SC_CREDIT_ALL)
		status = sc__input_range(request->credit_minor, 0, SC_CREDIT_MAX, -1, "credit_minor", err);
	if (status == SC_OK && request->credit_minor != 0 && call->kind != SC_ACTOR_CUSTOMER)
		return sc__bad(err, SC_BAD_ARGUMENT, "credit_minor", "only a customer has store credit");
	return status;
}

static sc_status check(const sc_call *call, sc__wish *wish, sc_error *err)
{
	const sc_checkout_request *request = wish->request;
	sc_status status = check_code(request->quote, QUOTE_MAX, "quote", err);
	if (status == SC_OK)
		status = check_code(request->payment_token, SC_TOKEN_MAX, "payment_token", err);
	if (status == SC_OK)
		status = check_code(request->customer_group, SC_ID_TEXT_MAX, "customer_group", err);
	if (status == SC_OK)
		status = check_code(request->channel, SC_ID_TEXT_MAX, "channel", err);
	if (status == SC_OK)
		status = check_code(request->shipping_rate, SC_ID_TEXT_MAX, "shipping_rate", err);
	if (status == SC_OK)
		status = check_email(call, request->email, wish->email, err);
	if (status == SC_OK)
		status = check_address(&request->shipping, "shipping", err);
	wish->billing = is_empty(&request->billing) ? &request->shipping : &request->billing;
	if (status == SC_OK && wish->billing == &request->billing)
		status = check_address(wish->billing, "billing", err);
	if (status == SC_OK)
		status = check_tenders(call, wish, err);
	return status;
}

static void hash(sc__wish *wish)
{
	const sc_checkout_request *request = wish->request;
	sc__digest digest;
	sc__digest_init(&digest);
	sc__digest_text(&digest, request->quote);
	sc__digest_text(&digest, request->payment_token);
	sc__digest_text(&digest, wish->email);
	for (size_t i = 0; i < MEMBERS; i++)
		sc__digest_text(&digest, member_of(&request->shipping, i));
	for (size_t i = 0; i < MEMBERS; i++)
		sc__digest_text(&digest, member_of(wish->billing, i));
	sc__digest_int(&digest, request->consent);
	sc__digest_text(&digest, request->customer_group);
	sc__digest_text(&digest, request->channel);
	sc__digest_text(&digest, request->shipping_rate);
	sc__digest_int(&digest, request->business | request->tax_exempt << 1);
	sc__digest_int(&digest, request->utc_offset_s);
	for (size_t i = 0; i < wish->card_count; i++) {
		sc__digest_text(&digest, wish->cards[i].id);
		sc__digest_int(&digest, wish->cards[i].amount_minor);
	}
	if (request->credit_minor != 0)
		sc__digest_int(&digest, request->credit_minor);
	sc__digest_final(&digest, wish->digest);
}

sc_status sc__wish_read(const sc_call *call, const sc_checkout_request *request, sc__wish *out, sc_error *err)
{
	*out = (sc__wish){ .request = request };
	sc_status status = sc__owner_of(call, out->owner, err);
	if (status == SC_OK)
		status = sc__input_id(call->key, -1, "call.key", err);
	if (status == SC_OK && (!request || request->size < offsetof(sc_checkout_request, reserved)))
		status = sc__bad(err, SC_BAD_ARGUMENT, "request", "there is none, or its size is not set");
	if (status == SC_OK)
		status = check(call, out, err);
	if (status == SC_OK)
		hash(out);
	return status;
}
