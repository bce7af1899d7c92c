/*
 * shopcore cart …
 */
#include "cli.h"

#include <string.h>

static sc_status lines_table(struct cli *cli, const sc_cart *cart, const sc_cart_line *lines, size_t count)
{
	static const char *const titles[] = { "sku", ">quantity", ">price seen", "added (UTC)", "line", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		const sc_cart_line *line = &lines[i];
		char id[SC_ID_TEXT_SIZE];
		table_add(&table, line->sku);
		table_add(&table, number_text(cli, line->quantity));
		table_add(&table, money_text(cli, line->price_seen_minor, cart->currency));
		table_add(&table, time_text(cli, line->added_ms));
		table_add(&table, sc_arena_dup(&cli->arena, sc_id_format(line->id, id), sizeof(id)));
	}
	return count > 0 ? table_print(&table) : SC_OK;
}

static sc_status cart_table(struct cli *cli, const sc_cart *cart)
{
	printf("cart of %s%s\n", person_text(cli, cart->owner), cart->line_count == 0 ? " is empty" : "");
	sc_status status = lines_table(cli, cart, cart->lines, cart->line_count);
	if (status == SC_OK && cart->saved_count > 0) {
		printf("saved for later\n");
		status = lines_table(cli, cart, cart->saved, cart->saved_count);
	}
	if (status == SC_OK && cart->note[0] != '\0')
		printf("note: %s\n", cart->note);
	return status;
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

static size_t find_sku(const sc_cart_line *lines, size_t count, const char *sku, sc_id *out)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(lines[i].sku, sku) == 0) {
			*out = lines[i].id;
			found++;
		}
	return found;
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
	size_t found = find_sku(cart.lines, cart.line_count, text, out);
	if (found == 0)
		found = find_sku(cart.saved, cart.saved_count, text, out);
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

/* ---- later, note, abandoned -------------------------------------------------------------- */

sc_status run_cart_save(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	sc_id line;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = find_line(cli, &call, cli->words[1], &line);
	if (status == SC_OK)
		status = sc_cart_save(cli->shop, &call, NULL, &line, 1, !flag(cli, "--back"), &cli->arena, &cart,
		                      &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

sc_status run_cart_note(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	const char *note = cli->word_count > 1 ? cli->words[1] : NULL;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = sc_cart_set_note(cli->shop, &call, NULL, note, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

sc_status run_cart_coupon(struct cli *cli)
{
	sc_call call;
	sc_cart cart;
	const char *code = cli->words[1];
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status != SC_OK)
		return status;
	call.key = option(cli, "--key");
	if (flag(cli, "--remove"))
		status = sc_coupon_remove(cli->shop, &call, NULL, code, &cli->arena, &cart, &cli->error);
	else
		status = sc_coupon_add(cli->shop, &call, NULL, code, &cli->arena, &cart, &cli->error);
	return status == SC_OK ? show_cart(cli, &cart) : status;
}

static sc_status abandoned_table(struct cli *cli, const sc_cart_page *page)
{
	static const char *const titles[] = { "user", ">lines", "last change (UTC)", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < page->count; i++) {
		table_add(&table, person_text(cli, page->carts[i].owner));
		table_add(&table, number_text(cli, (int64_t)page->carts[i].line_count));
		table_add(&table, time_text(cli, page->carts[i].changed_ms));
	}
	sc_status status = table_print(&table);
	if (status == SC_OK && page->next.size > 0)
		printf("more: --cursor %s\n", hexadecimal(cli, page->next));
	return status;
}

static sc_status abandoned_json(struct cli *cli, const sc_cart_page *page)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "carts");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page->count; i++)
		sc_cart_write_json(&writer, &page->carts[i]);
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", hexadecimal(cli, page->next));
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_cart_abandoned(struct cli *cli)
{
	sc_call call = admin_call();
	const char *idle = option(cli, "--idle");
	int64_t seconds = 3600;
	uint32_t limit;
	sc_bytes cursor;
	sc_cart_page page;
	sc_status status = idle != NULL ? number_of(cli, idle, "--idle", &seconds) : SC_OK;
	if (status == SC_OK && (seconds < 0 || seconds > 86400 * 366))
		status = fail(cli, SC_OUT_OF_RANGE, "--idle", "must be 0 seconds to a year");
	if (status == SC_OK)
		status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = cursor_of(cli, &cursor);
	if (status == SC_OK)
		status = sc_cart_list_abandoned(cli->shop, &call, seconds * 1000, limit, cursor, &cli->arena, &page,
		                                &cli->error);
	if (status != SC_OK)
		return status;
	return cli->json ? abandoned_json(cli, &page) : abandoned_table(cli, &page);
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

static sc_status rule_of(struct cli *cli, sc_merge_rule *out)
{
	static const char *const rules[] = { "add", "larger", "keep-user", "keep-guest" };
	const char *text = option(cli, "--rule");
	*out = SC_MERGE_ADD;
	for (size_t i = 0; text != NULL && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(text, rules[i]) == 0) {
			*out = (sc_merge_rule)i;
			return SC_OK;
		}
	return text == NULL ? SC_OK : fail(cli, SC_BAD_ARGUMENT, "--rule", "add, larger, keep-user or keep-guest");
}

sc_status run_cart_merge(struct cli *cli)
{
	static const char prefix[] = "guest:";
	sc_call call;
	sc_cart_merge_report report;
	const char *guest = cli->words[0];
	if (strncmp(guest, prefix, strlen(prefix)) == 0)
		guest += strlen(prefix);
	sc_merge_rule rule;
	sc_status status = rule_of(cli, &rule);
	if (status == SC_OK)
		status = buyer_of(cli, cli->words[1], &call);
	if (status == SC_OK)
		status = sc_cart_merge_by(cli->shop, &call, NULL, guest, rule, &cli->arena, &report, &cli->error);
	return status == SC_OK ? show_merge(cli, &report) : status;
}
