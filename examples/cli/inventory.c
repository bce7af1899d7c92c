/*
 * shopcore inventory …: accounts. Reservations are in reservation.c.
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

static sc_status show_level(struct cli *cli, const sc_call *call, const char *sku)
{
	static const char *const titles[] = { "sku",   "location",   ">available", ">on hand",
		                              ">held", ">committed", ">safety",    NULL };
	sc_stock_ref ref = { .sku = sku, .location = option(cli, "--location") };
	sc_level level;
	sc_status status = sc_inventory_levels(cli->shop, call, &ref, 1, &cli->arena, &level, &cli->error);
	if (status != SC_OK)
		return status;
	if (cli->json) {
		sc_json_writer writer;
		json_begin(cli, &writer);
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "sku", level.sku);
		sc_json_add_text(&writer, "location", level.location);
		sc_json_add_int(&writer, "available", level.available);
		sc_json_add_int(&writer, "on_hand", level.on_hand);
		sc_json_add_int(&writer, "held", level.held);
		sc_json_add_int(&writer, "committed", level.committed);
		sc_json_add_int(&writer, "version", (int64_t)level.version);
		sc_json_add_int(&writer, "safety", level.safety);
		sc_json_end_object(&writer);
		return json_end(cli, &writer);
	}
	struct table table;
	table_begin(&table, cli, titles);
	table_add(&table, level.sku);
	table_add(&table, level.location);
	table_add(&table, level.safety == SC_NOT_TRACKED ? "any" : number_text(cli, level.available));
	table_add(&table, number_text(cli, level.on_hand));
	table_add(&table, number_text(cli, level.held));
	table_add(&table, number_text(cli, level.committed));
	table_add(&table, level.safety == SC_NOT_TRACKED ? "not tracked" : number_text(cli, level.safety));
	return table_print(&table);
}

/* ---- changes ----------------------------------------------------------------------------- */

/* receive, set, adjust and safety take the same things and show what became of it. */
static sc_status book(struct cli *cli,
                      sc_status (*change_stock)(sc_shop *, const sc_call *, const sc_stock_change *, size_t,
                                                const char *, sc_error *),
                      int64_t quantity)
{
	sc_call call = admin_call();
	const sc_stock_change change = { cli->words[0], option(cli, "--location"), quantity };
	call.key = option(cli, "--key");
	sc_status status = change_stock(cli->shop, &call, &change, 1, option(cli, "--reason"), &cli->error);
	return status == SC_OK ? show_level(cli, &call, change.sku) : status;
}

sc_status run_inventory_receive(struct cli *cli)
{
	int64_t quantity;
	sc_status status = number_of(cli, cli->words[1], "QTY", &quantity);
	return status == SC_OK ? book(cli, sc_inventory_receive, quantity) : status;
}

sc_status run_inventory_set(struct cli *cli)
{
	int64_t quantity;
	sc_status status = number_of(cli, cli->words[1], "QTY", &quantity);
	return status == SC_OK ? book(cli, sc_inventory_set, quantity) : status;
}

sc_status run_inventory_adjust(struct cli *cli)
{
	int64_t quantity;
	sc_status status = number_of(cli, cli->words[1], "QTY", &quantity);
	return status == SC_OK ? book(cli, sc_inventory_adjust, quantity) : status;
}

sc_status run_inventory_safety(struct cli *cli)
{
	int64_t quantity = SC_NOT_TRACKED;
	sc_status status = strcmp(cli->words[1], "none") == 0 ? SC_OK : number_of(cli, cli->words[1], "QTY", &quantity);
	return status == SC_OK ? book(cli, sc_inventory_set_safety, quantity) : status;
}

sc_status run_inventory_transfer(struct cli *cli)
{
	sc_call call = admin_call();
	sc_stock_move move = { .sku = cli->words[0], .from = cli->words[2], .to = cli->words[3] };
	call.key = option(cli, "--key");
	sc_status status = number_of(cli, cli->words[1], "QTY", &move.quantity);
	if (status == SC_OK)
		status = sc_inventory_transfer(cli->shop, &call, &move, 1, option(cli, "--reason"), &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json) {
		printf("%s of %s moved from %s to %s\n", number_text(cli, move.quantity), move.sku, move.from, move.to);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "sku", move.sku);
	sc_json_add_int(&writer, "moved", move.quantity);
	sc_json_add_text(&writer, "from", move.from);
	sc_json_add_text(&writer, "to", move.to);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_inventory_get(struct cli *cli)
{
	sc_call call = admin_call();
	return show_level(cli, &call, cli->words[0]);
}

/* ---- shortages --------------------------------------------------------------------------- */

static sc_status policy_of(struct cli *cli, sc_shortage_policy *out)
{
	const char *cancel = option(cli, "--cancel");
	*out = SC_SHORTAGE_REPORT;
	if (cancel != NULL && strcmp(cancel, "units") == 0)
		*out = SC_SHORTAGE_CANCEL_UNITS;
	else if (cancel != NULL && strcmp(cancel, "orders") == 0)
		*out = SC_SHORTAGE_CANCEL_ORDERS;
	else if (cancel != NULL)
		return fail(cli, SC_BAD_ARGUMENT, "--cancel", "units or orders");
	return SC_OK;
}

static void shortage_json(sc_json_writer *writer, const sc_shortage *shortage)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "sku", shortage->sku);
	sc_json_add_text(writer, "location", shortage->location);
	sc_json_add_int(writer, "on_hand", shortage->on_hand);
	sc_json_add_int(writer, "committed", shortage->committed);
	sc_json_add_int(writer, "missing", shortage->missing);
	sc_json_add_int(writer, "cancelled", shortage->cancelled);
	sc_json_add_int(writer, "orders", shortage->orders);
	sc_json_end_object(writer);
}

static sc_status shortages_print(struct cli *cli, const sc_shortage *found, size_t count)
{
	static const char *const titles[] = { "sku",      "location",   ">on hand", ">committed",
		                              ">missing", ">cancelled", ">orders",  NULL };
	if (cli->json) {
		sc_json_writer writer;
		json_begin(cli, &writer);
		sc_json_begin_object(&writer);
		sc_json_put_key(&writer, "shortages");
		sc_json_begin_array(&writer);
		for (size_t i = 0; i < count; i++)
			shortage_json(&writer, &found[i]);
		sc_json_end_array(&writer);
		sc_json_end_object(&writer);
		return json_end(cli, &writer);
	}
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		table_add(&table, found[i].sku);
		table_add(&table, found[i].location);
		table_add(&table, number_text(cli, found[i].on_hand));
		table_add(&table, number_text(cli, found[i].committed));
		table_add(&table, number_text(cli, found[i].missing));
		table_add(&table, number_text(cli, found[i].cancelled));
		table_add(&table, number_text(cli, found[i].orders));
	}
	return table_print(&table);
}

sc_status run_inventory_shortages(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *orders = option(cli, "--orders");
	sc_shortage_policy policy;
	sc_shortage *found;
	size_t count;
	int64_t most = 0;
	sc_status status = policy_of(cli, &policy);
	if (status == SC_OK && orders != NULL)
		status = number_of(cli, orders, "--orders", &most);
	if (status == SC_OK && most < 0)
		status = fail(cli, SC_OUT_OF_RANGE, "--orders", "must not be below 0");
	if (status == SC_OK)
		status = sc_shortage_settle(cli->shop, &call, policy, (size_t)most, &cli->arena, &found, &count,
		                            &cli->error);
	return status == SC_OK ? shortages_print(cli, found, count) : status;
}

/* ---- journal ----------------------------------------------------------------------------- */

static void movement_json(sc_json_writer *writer, const sc_movement *movement)
{
	char cause[SC_ID_TEXT_SIZE];
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "position", (int64_t)movement->position);
	sc_json_add_int(writer, "time_ms", movement->time_ms);
	sc_json_add_text(writer, "reason", movement->reason);
	sc_json_add_int(writer, "on_hand", movement->on_hand);
	sc_json_add_int(writer, "held", movement->held);
	sc_json_add_int(writer, "committed", movement->committed);
	sc_json_add_int(writer, "on_hand_after", movement->on_hand_after);
	sc_json_add_int(writer, "held_after", movement->held_after);
	sc_json_add_int(writer, "committed_after", movement->committed_after);
	sc_json_add_text(writer, "cause", sc_id_is_zero(movement->cause) ? NULL : sc_id_format(movement->cause, cause));
	sc_json_end_object(writer);
}

/* "+5", "-1", or nothing when a counter stayed as it was; then what it was afterwards. */
static void add_counter(struct cli *cli, struct table *table, int64_t change, int64_t after)
{
	char text[24] = "";
	if (change != 0)
		snprintf(text, sizeof(text), "%+" PRId64, change);
	table_add(table, sc_arena_dup(&cli->arena, text, sizeof(text)));
	table_add(table, number_text(cli, after));
}

static void movement_row(struct cli *cli, struct table *table, const sc_movement *movement)
{
	char cause[SC_ID_TEXT_SIZE] = "";
	if (!sc_id_is_zero(movement->cause))
		sc_id_format(movement->cause, cause);
	table_add(table, time_text(cli, movement->time_ms));
	table_add(table, movement->reason);
	add_counter(cli, table, movement->on_hand, movement->on_hand_after);
	add_counter(cli, table, movement->held, movement->held_after);
	add_counter(cli, table, movement->committed, movement->committed_after);
	table_add(table, sc_arena_dup(&cli->arena, cause, sizeof(cause)));
}

static sc_status journal_table(struct cli *cli, const sc_movement_page *page)
{
	static const char *const titles[] = { "time (UTC)", "reason",     ">on hand", ">=",    ">held",
		                              ">=",         ">committed", ">=",       "cause", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < page->count; i++)
		movement_row(cli, &table, &page->movements[i]);
	return table_print(&table);
}

sc_status run_inventory_journal(struct cli *cli)
{
	sc_call call = admin_call();
	sc_stock_ref ref = { .sku = cli->words[0], .location = option(cli, "--location") };
	sc_movement_page page;
	uint32_t limit;
	sc_status status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = sc_inventory_journal(cli->shop, &call, &ref, 0, limit, &cli->arena, &page, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json)
		return journal_table(cli, &page);
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "sku", ref.sku);
	sc_json_put_key(&writer, "movements");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page.count; i++)
		movement_json(&writer, &page.movements[i]);
	sc_json_end_array(&writer);
	sc_json_add_bool(&writer, "more", page.next != 0);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}
