/*
 * shopcore checkout …
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

/* ---- addresses --------------------------------------------------------------------------- */

static const sc_postal_address demo_address = {
	.name = "Ada Lovelace",
	.line1 = "12 St James's Square",
	.postal_code = "SW1Y 4JH",
	.city = "London",
	.country = "GB",
};

/* A member that may be absent; what it has to hold is for the library to check. */
static sc_status member_of(struct cli *cli, const sc_json *object, const char *key, const char **out)
{
	if (sc_json_member(object, key) == NULL)
		return SC_OK;
	return sc_json_get_text(object, key, out, &cli->error);
}

sc_status address_of(struct cli *cli, const char *text, sc_postal_address *out)
{
	sc_bytes bytes;
	const sc_json *object;
	*out = demo_address;
	if (strcmp(text, "demo") == 0)
		return SC_OK;
	*out = (sc_postal_address){ 0 };
	const struct {
		const char *key;
		const char **value;
	} members[] = {
		{ "name", &out->name },   { "company", &out->company }, { "line1", &out->line1 },
		{ "line2", &out->line2 }, { "city", &out->city },       { "postal_code", &out->postal_code },
		{ "phone", &out->phone }, { "region", &out->region },   { "country", &out->country },
	};
	sc_status status = read_file(cli, text, SC_BODY_MAX, &bytes);
	if (status == SC_OK)
		status = sc_json_parse(bytes, &cli->arena, NULL, &object, &cli->error);
	if (status == SC_OK && sc_json_type_of(object) != SC_JSON_OBJECT)
		status = fail(cli, SC_BAD_FORMAT, "--address", "must be an object");
	for (size_t i = 0; status == SC_OK && i < sizeof(members) / sizeof(members[0]); i++)
		status = member_of(cli, object, members[i].key, members[i].value);
	return status;
}

/* ---- quote ------------------------------------------------------------------------------- */

sc_status lines_print(struct cli *cli, const sc_order_line *lines, size_t count, const char *currency)
{
	static const char *const titles[] = { "sku", ">quantity", ">unit price", ">total", "name", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		table_add(&table, lines[i].sku);
		table_add(&table, number_text(cli, lines[i].quantity));
		table_add(&table, money_text(cli, lines[i].unit_price_minor, currency));
		table_add(&table, money_text(cli, lines[i].total_minor, currency));
		table_add(&table, lines[i].name);
	}
	return table_print(&table);
}

static bool is_money(uint32_t kind)
{
	return kind != SC_OFFER_SHORT_STOCK && kind != SC_OFFER_LINE_NEW && kind != SC_OFFER_LINE_GONE &&
	       kind != SC_OFFER_QUANTITY;
}

static void print_change(struct cli *cli, const sc_offer_change *change, const char *currency)
{
	const char *name = sc_offer_change_name(change->kind);
	if (change->kind == SC_OFFER_PRICE_UP || change->kind == SC_OFFER_PRICE_DOWN)
		printf("%s: the price was %s, now it is %s\n", change->sku, money_text(cli, change->was, currency),
		       money_text(cli, change->now, currency));
	else if (change->kind == SC_OFFER_SHORT_STOCK)
		printf("%s: %" PRId64 " wanted, %" PRId64 " there\n", change->sku, change->was, change->now);
	else if (change->kind == SC_OFFER_NOT_FOR_SALE)
		printf("%s: not for sale any more\n", change->sku);
	else if (is_money(change->kind))
		printf("%s%s%s: was %s, now %s\n", name, change->what[0] != '\0' ? " " : "", change->what,
		       money_text(cli, change->was, currency), money_text(cli, change->now, currency));
	else
		printf("%s: %s was %" PRId64 ", now %" PRId64 "\n", change->sku, name, change->was, change->now);
}

static void print_coupons(struct cli *cli, const sc_quote *quote)
{
	for (size_t i = 0; i < quote->coupon_count; i++) {
		const sc_quote_coupon *coupon = &quote->coupons[i];
		if (coupon->verdict == SC_COUPON_APPLIED)
			printf("%s: %s off\n", coupon->code, money_text(cli, coupon->discount_minor, quote->currency));
		else
			printf("%s: %s\n", coupon->code, coupon->text);
	}
}

static sc_status quote_table(struct cli *cli, const sc_quote *quote)
{
	sc_status status = lines_print(cli, quote->lines, quote->line_count, quote->currency);
	printf("goods %s, discount %s, shipping %s, tax %s\n", money_text(cli, quote->goods_minor, quote->currency),
	       money_text(cli, quote->discount_minor, quote->currency),
	       money_text(cli, quote->shipping_minor, quote->currency),
	       money_text(cli, quote->tax_minor, quote->currency));
	for (size_t i = 0; i < quote->fee_count; i++)
		printf("%s %s\n", quote->fees[i].code, money_text(cli, quote->fees[i].amount_minor, quote->currency));
	printf("total %s\n", money_text(cli, quote->total_minor, quote->currency));
	print_coupons(cli, quote);
	for (size_t i = 0; i < quote->change_count; i++)
		print_change(cli, &quote->changes[i], quote->currency);
	if (quote->needs_consent)
		printf("the buyer has to agree: --consent\n");
	return status;
}

static sc_status quote_json(struct cli *cli, const sc_quote *quote)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_quote_write_json(&writer, quote, NULL);
	return json_end(cli, &writer);
}

sc_quote_options quote_options_of(struct cli *cli)
{
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	options.country = option(cli, "--country");
	options.region = option(cli, "--region");
	options.postal_code = option(cli, "--postal");
	options.shipping_rate = option(cli, "--ship");
	options.customer_group = option(cli, "--group");
	options.email = option(cli, "--email");
	return options;
}

sc_status run_checkout_quote(struct cli *cli)
{
	const char *former = option(cli, "--since");
	const sc_quote_options options = quote_options_of(cli);
	sc_call call;
	sc_quote quote;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK && former != NULL)
		status = sc_checkout_requote(cli->shop, &call, former, &options, &cli->arena, &quote, &cli->error);
	else if (status == SC_OK)
		status = sc_checkout_quote(cli->shop, &call, &options, &cli->arena, &quote, &cli->error);
	if (status != SC_OK)
		return status;
	return cli->json ? quote_json(cli, &quote) : quote_table(cli, &quote);
}

/* ---- place and pay ----------------------------------------------------------------------- */

/* The placement, as it was made and not as the order is now: a repeat prints the same again. */
static sc_status show_placement(struct cli *cli, const sc_placement *placement)
{
	const char *currency = placement->currency;
	if (cli->json) {
		fwrite(placement->json, 1, placement->json_size, stdout);
	} else {
		printf("order %s\ntotal %s\n", placement->order_id, money_text(cli, placement->total_minor, currency));
		if (placement->due_minor != placement->total_minor)
			printf("due %s\n", money_text(cli, placement->due_minor, currency));
		printf("placed %s UTC", time_text(cli, placement->placed_ms));
	}
	return putchar('\n') != EOF ? SC_OK : fail(cli, SC_IO_FAILED, NULL, "standard output cannot be written");
}

static sc_status needed(struct cli *cli, const char *name, const char **out)
{
	*out = option(cli, name);
	return *out != NULL ? SC_OK : fail(cli, SC_BAD_ARGUMENT, name, "must be given");
}

/* Which order waits for its money, for somebody whose payment failed. The answer itself stays the refusal. */
static void hint_at_order(struct cli *cli, const sc_call *call)
{
	sc_placement placement;
	sc_error ignored;
	if (cli->json || sc_checkout_find(cli->shop, call, &cli->arena, &placement, &ignored) != SC_OK)
		return;
	fprintf(stderr, "order %s was placed; `shopcore checkout pay %s --payment TOKEN` tries again\n",
	        placement.order_id, placement.order_id);
}

sc_status run_checkout_place(struct cli *cli)
{
	sc_call call;
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	const char *key, *address;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = needed(cli, "--key", &key);
	if (status == SC_OK)
		status = tenders_of(cli, &request);
	request.payment_token = option(cli, "--payment");
	if (status == SC_OK && request.gift_card_count == 0 && request.credit_minor == 0)
		status = needed(cli, "--payment", &request.payment_token);
	if (status == SC_OK)
		status = needed(cli, "--address", &address);
	if (status == SC_OK)
		status = address_of(cli, address, &request.shipping);
	if (status != SC_OK)
		return status;
	request.email = option(cli, "--email");
	request.quote = option(cli, "--quote");
	request.shipping_rate = option(cli, "--ship");
	request.customer_group = option(cli, "--group");
	request.consent = flag(cli, "--consent");
	status = sc_checkout_buy(cli->shop, &call, &request, &cli->arena, &placement, &cli->error);
	if (status == SC_OK)
		return show_placement(cli, &placement);
	hint_at_order(cli, &call);
	return status;
}

sc_status run_checkout_pay(struct cli *cli)
{
	sc_call call = admin_call();
	const char *id = cli->words[0], *token = option(cli, "--payment");
	sc_status status = sc_checkout_pay(cli->shop, &call, id, token, &cli->error);
	return status == SC_OK ? run_order_show(cli) : status;
}
