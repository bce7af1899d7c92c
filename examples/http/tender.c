/*
 * /v1/gift-cards and /v1/credit/{owner}: money that people have with the shop, given out by its own people. Whoever
 * knows a card's code may spend it, so a code stands in bodies only: paths are what logs keep.
 */
#include "http.h"

/* ---- gift cards -------------------------------------------------------------------------- */

static sc_status reply_card(struct request *request, const sc_gift_card *card)
{
	sc_json_writer writer;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", card->id);
	if (card->code[0] != '\0')
		sc_json_add_text(&writer, "code", card->code);
	sc_json_add_text(&writer, "currency", card->currency);
	sc_json_add_text(&writer, "note", card->note);
	sc_json_add_int(&writer, "issued_minor", card->issued_minor);
	sc_json_add_int(&writer, "balance_minor", card->balance_minor);
	sc_json_add_int(&writer, "held_minor", card->held_minor);
	sc_json_add_int(&writer, "created_ms", card->created_ms);
	sc_json_add_int(&writer, "expires_ms", card->expires_ms);
	sc_json_add_bool(&writer, "expired", card->expired);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

/* The library keeps the key with the card; only the first answer has a code. */
sc_status issue_gift_card(struct request *request)
{
	const sc_json *document = request->document;
	sc_gift_card_request wanted = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	sc_status status = sc_json_get_int(document, "amount_minor", &wanted.amount_minor, &request->err);
	if (status == SC_OK)
		status = member_text(request, document, "currency", &wanted.currency);
	if (status == SC_OK)
		status = member_text(request, document, "code", &wanted.code);
	if (status == SC_OK)
		status = member_int(request, document, "expires_ms", &wanted.expires_ms);
	if (status == SC_OK)
		status = member_text(request, document, "note", &wanted.note);
	if (status == SC_OK)
		status = sc_gift_card_issue(request->server->shop, &request->call, &wanted, &request->arena, &card,
		                            &request->err);
	if (status != SC_OK)
		return status;
	request->replayed = card.code[0] == '\0';
	request->code = 201;
	return reply_card(request, &card);
}

sc_status find_gift_card(struct request *request)
{
	const char *code = NULL;
	sc_gift_card card;
	sc_status status = sc_json_get_text(request->document, "code", &code, &request->err);
	if (status == SC_OK)
		status = sc_gift_card_find(request->server->shop, &request->call, code, &request->arena, &card,
		                           &request->err);
	return status == SC_OK ? reply_card(request, &card) : status;
}

/* ---- store credit ------------------------------------------------------------------------ */

static sc_status reply_credit(struct request *request, const char *currency)
{
	sc_credit credit;
	sc_json_writer writer;
	sc_status status = sc_credit_get(request->server->shop, &request->call, owner_of(request), currency, &credit,
	                                 &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", credit.currency);
	sc_json_add_int(&writer, "balance_minor", credit.balance_minor);
	sc_json_add_int(&writer, "held_minor", credit.held_minor);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status get_credit(struct request *request)
{
	const char *currency;
	sc_status status = query_text(request, "currency", &currency);
	return status == SC_OK ? reply_credit(request, currency) : status;
}

/* An amount below 0 takes back. */
sc_status grant_credit(struct request *request)
{
	const char *currency = NULL, *reason = NULL;
	int64_t amount;
	sc_status status = sc_json_get_int(request->document, "amount_minor", &amount, &request->err);
	if (status == SC_OK)
		status = member_text(request, request->document, "currency", &currency);
	if (status == SC_OK)
		status = member_text(request, request->document, "reason", &reason);
	if (status == SC_OK && !request->replayed)
		status = sc_credit_grant(request->server->shop, &request->call, request->params[0], amount, currency,
		                         reason, &request->err);
	return status == SC_OK ? reply_credit(request, currency) : status;
}
