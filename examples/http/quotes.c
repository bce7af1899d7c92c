/*
 * /v1/checkout/quote: what the caller's cart costs, to which place and by which way it goes, what changed, and on
 * demand where every amount comes from. A quote is accepted by its token (checkout.c).
 *
 * Who belongs to which group, who is exempt, who has a tax number: that is for the shop to know and not for its caller
 * to claim, so this server asks for none of it.
 */
#include "http.h"

static sc_status reply_quote(struct request *request, const sc_quote *quote, bool explain)
{
	sc_json_writer writer;
	writer_begin(request, &writer);
	sc_quote_write_json(&writer, quote, explain ? &request->arena : NULL);
	return writer_end(request, &writer);
}

static sc_status read_options(struct request *request, sc_quote_options *out)
{
	const struct {
		const char *key;
		const char **value;
	} members[] = {
		{ "country", &out->country },
		{ "region", &out->region },
		{ "postal_code", &out->postal_code },
		{ "shipping_rate", &out->shipping_rate },
		{ "email", &out->email },
	};
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < sizeof(members) / sizeof(members[0]); i++)
		status = member_text(request, request->document, members[i].key, members[i].value);
	return status;
}

sc_status quote_cart(struct request *request)
{
	sc_shop *shop = request->server->shop;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote quote;
	const char *since = NULL;
	bool explain = false;
	sc_status status = read_options(request, &options);
	if (status == SC_OK)
		status = member_text(request, request->document, "since", &since);
	if (status == SC_OK && sc_json_member(request->document, "explain") != NULL)
		status = sc_json_get_bool(request->document, "explain", &explain, &request->err);
	if (status == SC_OK && since != NULL)
		status = sc_checkout_requote(shop, &request->call, since, &options, &request->arena, &quote,
		                             &request->err);
	else if (status == SC_OK)
		status = sc_checkout_quote(shop, &request->call, &options, &request->arena, &quote, &request->err);
	return status == SC_OK ? reply_quote(request, &quote, explain) : status;
}
