/*
 * shopcore refund … and ledger: giving money back, and what became of all money of an order.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- which lines ------------------------------------------------------------------------- */

/* The number that `order show` gives a line, from 1; its id; or a SKU that stands on one line only. */
static sc_status find_line(struct cli *cli, const sc_order *order, const char *text, const char **out)
{
	char *end;
	size_t found = 0;
	const unsigned long number = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && number >= 1 && number <= order->line_count) {
		*out = order->lines[number - 1].id;
		return SC_OK;
	}
	for (size_t i = 0; i < order->line_count; i++)
		if (strcmp(order->lines[i].id, text) == 0 || strcmp(order->lines[i].sku, text) == 0) {
			*out = order->lines[i].id;
			found++;
		}
	if (found == 0)
		return fail(cli, SC_NOT_FOUND, "--line", "no line of this order is %.60s", text);
	return found == 1
	               ? SC_OK
	               : fail(cli, SC_BAD_ARGUMENT, "--line", "several lines have %.60s: give a line's number", text);
}

static sc_status line_of(struct cli *cli, const sc_order *order, const char *text, sc_refund_line *out)
{
	sc_status status = SC_OK;
	char *name = sc_arena_dup(&cli->arena, text, strlen(text));
	if (name == NULL)
		return out_of_memory(cli);
	char *colon = strrchr(name, ':');
	out->quantity = 1;
	if (colon != NULL) {
		*colon = '\0';
		status = number_of(cli, colon + 1, "--line", &out->quantity);
	}
	return status == SC_OK ? find_line(cli, order, name, &out->line) : status;
}

sc_status order_lines_of(struct cli *cli, const sc_refund_line **out, size_t *count)
{
	const sc_call call = admin_call();
	sc_order order;
	*count = 0;
	if (option(cli, "--line") == NULL)
		return SC_OK;
	sc_refund_line *lines = sc_arena_alloc(&cli->arena, cli->option_count * sizeof(*lines));
	if (lines == NULL)
		return out_of_memory(cli);
	*out = lines;
	sc_status status = sc_order_get(cli->shop, &call, cli->words[0], &cli->arena, &order, &cli->error);
	for (size_t i = 0; status == SC_OK && i < cli->option_count; i++)
		if (strcmp(cli->options[i].name, "--line") == 0)
			status = line_of(cli, &order, cli->options[i].value, &lines[(*count)++]);
	return status;
}

/* ---- what goes back ---------------------------------------------------------------------- */

static sc_status request_of(struct cli *cli, sc_refund_request *request)
{
	const char *amount = option(cli, "--amount"), *percent = option(cli, "--percent");
	int64_t number;
	*request = (sc_refund_request)SC_REFUND_REQUEST_INIT;
	request->rest = flag(cli, "--rest");
	request->shipping = flag(cli, "--shipping");
	request->to_credit = flag(cli, "--to-credit");
	request->reason = option(cli, "--reason");
	sc_status status = order_lines_of(cli, &request->lines, &request->line_count);
	if (status == SC_OK && amount != NULL)
		status = number_of(cli, amount, "--amount", &request->amount_minor);
	if (status != SC_OK || percent == NULL)
		return status;
	status = number_of(cli, percent, "--percent", &number);
	if (status == SC_OK && (number < 1 || number > 100))
		status = fail(cli, SC_OUT_OF_RANGE, "--percent", "must be 1 to 100");
	if (status == SC_OK)
		request->share_ppm = (uint32_t)number * 10000;
	return status;
}

/* ---- showing ----------------------------------------------------------------------------- */

static void refund_json(sc_json_writer *writer, const sc_refund *refund)
{
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "number", refund->number);
	sc_json_add_text(writer, "state", sc_refund_state_name(refund->state));
	sc_json_add_int(writer, "payment", refund->payment);
	sc_json_add_bool(writer, "to_credit", refund->to_credit);
	sc_json_add_bool(writer, "cancelled", refund->cancelled);
	sc_json_add_int(writer, "amount", refund->amount_minor);
	sc_json_add_int(writer, "tax", refund->tax_minor);
	sc_json_add_int(writer, "shipping", refund->shipping_minor);
	sc_json_add_text(writer, "currency", refund->currency);
	sc_json_add_text(writer, "reason", refund->reason);
	sc_json_add_text(writer, "decline_code", refund->decline_code);
	sc_json_put_key(writer, "parts");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < refund->part_count; i++) {
		const sc_refund_part *part = &refund->parts[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "line", part->line);
		sc_json_add_text(writer, "seller", part->seller);
		sc_json_add_int(writer, "quantity", part->quantity);
		sc_json_add_int(writer, "amount", part->amount_minor);
		sc_json_add_int(writer, "tax", part->tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_end_object(writer);
}

static sc_status refunds_print(struct cli *cli, const sc_refund *refunds, size_t count)
{
	static const char *const titles[] = { ">refund", "state", ">amount", ">tax", ">shipping", "reason", NULL };
	struct table table;
	sc_json_writer writer;
	if (cli->json) {
		json_begin(cli, &writer);
		sc_json_begin_array(&writer);
		for (size_t i = 0; i < count; i++)
			refund_json(&writer, &refunds[i]);
		sc_json_end_array(&writer);
		return json_end(cli, &writer);
	}
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		table_add(&table, refunds[i].number > 0 ? number_text(cli, refunds[i].number) : "planned");
		table_add(&table, sc_refund_state_name(refunds[i].state));
		table_add(&table, money_text(cli, refunds[i].amount_minor, refunds[i].currency));
		table_add(&table, money_text(cli, refunds[i].tax_minor, refunds[i].currency));
		table_add(&table, money_text(cli, refunds[i].shipping_minor, refunds[i].currency));
		table_add(&table, refunds[i].reason);
	}
	return table_print(&table);
}

/* ---- verbs ------------------------------------------------------------------------------- */

sc_status run_refund_make(struct cli *cli)
{
	sc_call call = admin_call();
	sc_refund_request request;
	sc_refund_answer answer;
	sc_status status = request_of(cli, &request);
	call.key = option(cli, "--key");
	if (status == SC_OK && flag(cli, "--plan"))
		status = sc_refund_plan(cli->shop, &call, cli->words[0], &request, &cli->arena, &answer, &cli->error);
	else if (status == SC_OK)
		status = sc_refund_make(cli->shop, &call, cli->words[0], &request, &cli->arena, &answer, &cli->error);
	return status == SC_OK ? refunds_print(cli, answer.refunds, answer.count) : status;
}

sc_status run_refund_list(struct cli *cli)
{
	const sc_call call = admin_call();
	sc_refund *refunds;
	size_t count;
	sc_status status = sc_refund_list(cli->shop, &call, cli->words[0], &cli->arena, &refunds, &count, &cli->error);
	return status == SC_OK ? refunds_print(cli, refunds, count) : status;
}

static sc_status ledger_json(struct cli *cli, const sc_ledger_entry *entries, size_t count)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "what", sc_ledger_what_name(entries[i].what));
		sc_json_add_int(&writer, "number", entries[i].number);
		sc_json_add_int(&writer, "payment", entries[i].payment);
		sc_json_add_text(&writer, "currency", entries[i].currency);
		sc_json_put_key(&writer, "postings");
		sc_json_begin_object(&writer);
		for (size_t k = 0; k < entries[i].count; k++)
			sc_json_add_int(&writer, entries[i].postings[k].account, entries[i].postings[k].amount_minor);
		sc_json_end_object(&writer);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	return json_end(cli, &writer);
}

sc_status run_ledger(struct cli *cli)
{
	static const char *const titles[] = { "what", ">number", "account", ">amount", NULL };
	const sc_call call = admin_call();
	struct table table;
	sc_ledger_entry *entries;
	size_t count;
	sc_status status = sc_ledger_list(cli->shop, &call, cli->words[0], &cli->arena, &entries, &count, &cli->error);
	if (status != SC_OK || cli->json)
		return status == SC_OK ? ledger_json(cli, entries, count) : status;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < entries[i].count; k++) {
			table_add(&table, k == 0 ? sc_ledger_what_name(entries[i].what) : "");
			table_add(&table, k == 0 ? number_text(cli, entries[i].number) : "");
			table_add(&table, entries[i].postings[k].account);
			table_add(&table, money_text(cli, entries[i].postings[k].amount_minor, entries[i].currency));
		}
	}
	return table_print(&table);
}
