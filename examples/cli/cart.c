/*
 * shopcore cart …
 */
#include "cli.h"

#include <string.h>

static sc_status cart_table(struct cli *cli, const sc_cart *cart)
{
	static const char *const titles[] = { "sku", ">quantity", ">price seen", "added (UTC)", "line", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < cart->line_count; i++) {
		const sc_cart_line *line = &cart->lines[i];
		char id[SC_ID_TEXT_SIZE];
		table_add(&table, line->sku);
		table_add(&table, number_text(cli, line->quantity));
		table_add(&table, money_text(cli, line->price_seen_minor, cart->currency));
		table_add(&table, time_text(cli, line->added_ms));
		table_add(&table, sc_arena_dup(&cli->arena, sc_id_format(line->id, id), sizeof(id)));
	}
	printf("cart of %s%s\n", person_text(cli, cart->owner), cart->line_count == 0 ? " is empty" : "");
	return cart->line_count > 0 ? table_print(&table) : SC_OK;
}

static sc_status show_cart(struct cli *cli, const sc_cart *cart)
{
	sc_json_writer writer;
	if (!cli->json)
		return cart_table(cli, cart);
	json_begin(cli, &writer);
	sc_cart_write_json(&writer, cart);
	return json_end(cli, &writer);
}

sc_status run_cart_add(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	sc_cart_item item = { .sku = cli->words[1] };
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = number_of(cli, cli->words[2], "QTY", &item.quantity);
	if (status == SC_OK)
		status = sc_cart_add(cli->shop, &call, NULL, &item, 1, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

/* A line by its id, or by a SKU that stands on one line only. */
static sc_status find_line(struct cli *cli, const sc_call *call, const char *text, sc_id *out)
{
	sc_cart cart;
	if (sc_id_parse(text, out) == SC_OK)
		return SC_OK;
	sc_status status = sc_cart_get(cli->shop, call, NULL, &cli->arena, &cart, &cli->error);
	if (status != SC_OK)
		return status;
	size_t found = 0;
	for (size_t i = 0; i < cart.line_count; i++)
		if (strcmp(cart.lines[i].sku, text) == 0) {
			*out = cart.lines[i].id;
			found++;
		}
	if (found == 0)
		return fail(cli, SC_NOT_FOUND, "LINE", "no line of this cart has %.60s", text);
	if (found > 1)
		return fail(cli, SC_BAD_ARGUMENT, "LINE", "several lines have %.60s: give a line's id", text);
	return SC_OK;
}

sc_status run_cart_set(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	sc_cart_quantity wanted;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = number_of(cli, cli->words[2], "QTY", &wanted.quantity);
	if (status == SC_OK)
		status = find_line(cli, &call, cli->words[1], &wanted.line);
	if (status == SC_OK)
		status = sc_cart_set(cli->shop, &call, NULL, &wanted, 1, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

sc_status run_cart_remove(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	sc_id line;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = find_line(cli, &call, cli->words[1], &line);
	if (status == SC_OK)
		status = sc_cart_remove(cli->shop, &call, NULL, &line, 1, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

sc_status run_cart_show(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = sc_cart_get(cli->shop, &call, NULL, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

/* ---- merge ------------------------------------------------------------------------------- */

static sc_status merge_table(struct cli *cli, const sc_cart_merge_report *report)
{
	sc_status status = cart_table(cli, &report->cart);
	printf("%s units moved\n", number_text(cli, report->units_moved));
	for (size_t i = 0; i < report->leftover_count; i++)
		printf("%s of %s stayed with the guest: %s\n", number_text(cli, report->leftovers[i].quantity),
		       report->leftovers[i].sku, sc_status_text(report->leftovers[i].reason));
	return status;
}

static sc_status show_merge(struct cli *cli, const sc_cart_merge_report *report)
{
	sc_json_writer writer;
	if (!cli->json)
		return merge_table(cli, report);
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "cart");
	sc_cart_write_json(&writer, &report->cart);
	sc_json_add_int(&writer, "units_moved", report->units_moved);
	sc_json_put_key(&writer, "leftovers");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < report->leftover_count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "sku", report->leftovers[i].sku);
		sc_json_add_int(&writer, "quantity", report->leftovers[i].quantity);
		sc_json_add_text(&writer, "reason", sc_status_name(report->leftovers[i].reason));
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_cart_merge(struct cli *cli)
{
	static const char prefix[] = "guest:";
	sc_call call;
	sc_cart_merge_report report;
	const char *guest = cli->words[0];
	if (strncmp(guest, prefix, strlen(prefix)) == 0)
		guest += strlen(prefix);
	sc_status status = buyer_of(cli, cli->words[1], &call);
	if (status == SC_OK)
		status = sc_cart_merge(cli->shop, &call, NULL, guest, &cli->arena, &report, &cli->error);
	return status == SC_OK ? show_merge(cli, &report) : status;
}
