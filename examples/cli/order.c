/*
 * shopcore order …
 */
#include "cli.h"

static sc_status print_payments(struct cli *cli, const sc_order *order)
{
	static const char *const titles[] = { ">payment", "with", "state", ">amount", "declined for", "step", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < order->payment_count; i++) {
		const sc_payment *payment = &order->payments[i];
		table_add(&table, number_text(cli, payment->number));
		table_add(&table, sc_tender_name(payment->tender));
		table_add(&table, sc_attempt_state_name(payment->state));
		table_add(&table, money_text(cli, payment->amount_minor, payment->currency));
		table_add(&table, payment->decline_code);
		table_add(&table, payment->step_url);
	}
	return table_print(&table);
}

static sc_status print_history(struct cli *cli, const sc_order *order)
{
	static const char *const titles[] = { "time (UTC)", "what", "by", "why", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < order->history_count; i++) {
		const sc_order_event *event = &order->history[i];
		table_add(&table, time_text(cli, event->time_ms));
		table_add(&table, event->topic);
		table_add(&table, person_text(cli, event->actor));
		table_add(&table, event->cause);
	}
	return table_print(&table);
}

static void print_head(struct cli *cli, const sc_order *order)
{
	printf("order    %s\nstatus   %s\nbuyer    %s%s%s\n", order->id,
	       sc_order_status_name((sc_order_status)order->status), person_text(cli, order->owner),
	       order->email[0] != '\0' ? ", " : "", order->email);
	if (!order->erased)
		printf("to       %s, %s, %s\n", order->shipping.name, order->shipping.city, order->shipping.country);
	printf("total    %s\n", money_text(cli, order->total_minor, order->currency));
	if (order->shipment.shipped_ms != 0)
		printf("shipped  %s UTC, tracking %s\n", time_text(cli, order->shipment.shipped_ms),
		       order->shipment.tracking);
	putchar('\n');
}

static sc_status order_table(struct cli *cli, const sc_order *order)
{
	print_head(cli, order);
	sc_status status = lines_print(cli, order->lines, order->line_count, order->currency);
	putchar('\n');
	if (status == SC_OK && order->payment_count > 0) {
		status = print_payments(cli, order);
		putchar('\n');
	}
	return status == SC_OK ? print_history(cli, order) : status;
}

sc_status run_order_show(struct cli *cli)
{
	sc_call call = admin_call();
	sc_order order;
	sc_status status = sc_order_get(cli->shop, &call, cli->words[0], &cli->arena, &order, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json)
		return order_table(cli, &order);
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_order_write_json(&writer, &order);
	return json_end(cli, &writer);
}

/* ---- list -------------------------------------------------------------------------------- */

static sc_status list_table(struct cli *cli, const sc_order_page *page)
{
	static const char *const titles[] = { "order", "status", ">total", ">lines", "placed (UTC)", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < page->count; i++) {
		const sc_order *order = &page->orders[i];
		table_add(&table, order->id);
		table_add(&table, sc_order_status_name((sc_order_status)order->status));
		table_add(&table, money_text(cli, order->total_minor, order->currency));
		table_add(&table, number_text(cli, (int64_t)order->line_count));
		table_add(&table, time_text(cli, order->created_ms));
	}
	sc_status status = table_print(&table);
	if (page->next != NULL)
		printf("more: --cursor %s\n", page->next);
	return status;
}

sc_status run_order_list(struct cli *cli)
{
	sc_call call;
	sc_order_page page;
	uint32_t limit;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = sc_order_list(cli->shop, &call, NULL, limit, option(cli, "--cursor"), &cli->arena, &page,
		                       &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json)
		return list_table(cli, &page);
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "orders");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page.count; i++)
		sc_order_write_json(&writer, &page.orders[i]);
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", page.next);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

/* ---- what happens to it ------------------------------------------------------------------ */

/* One line of how it stands now; with --json the whole order. */
static sc_status show_moved(struct cli *cli)
{
	sc_call call = admin_call();
	sc_order order;
	if (cli->json)
		return run_order_show(cli);
	sc_status status = sc_order_get(cli->shop, &call, cli->words[0], &cli->arena, &order, &cli->error);
	if (status == SC_OK)
		printf("order %s is %s\n", order.id, sc_order_status_name((sc_order_status)order.status));
	return status;
}

sc_status run_order_ship(struct cli *cli)
{
	sc_call call = admin_call();
	const char *carrier = option(cli, "--carrier"), *tracking = option(cli, "--tracking");
	sc_status status = sc_order_ship(cli->shop, &call, cli->words[0], carrier, tracking, &cli->error);
	return status == SC_OK ? show_moved(cli) : status;
}

sc_status run_order_deliver(struct cli *cli)
{
	sc_call call = admin_call();
	sc_status status = sc_order_deliver(cli->shop, &call, cli->words[0], &cli->error);
	return status == SC_OK ? show_moved(cli) : status;
}

sc_status run_order_cancel(struct cli *cli)
{
	sc_call call = admin_call();
	const char *order = cli->words[0], *reason = option(cli, "--reason");
	const sc_refund_line *lines;
	sc_refund_answer answer;
	size_t count;
	call.key = option(cli, "--key");
	sc_status status = order_lines_of(cli, &lines, &count);
	if (status == SC_OK && count > 0)
		status = sc_order_cancel_lines(cli->shop, &call, order, lines, count, reason, &cli->arena, &answer,
		                               &cli->error);
	else if (status == SC_OK)
		status = sc_order_cancel(cli->shop, &call, order, reason, &cli->error);
	return status == SC_OK ? show_moved(cli) : status;
}

/* ---- explain ----------------------------------------------------------------------------- */

sc_status run_order_explain(struct cli *cli)
{
	const sc_call call = admin_call();
	const sc_json *json = NULL;
	sc_bytes document, answer;
	sc_status status = sc_order_pricing(cli->shop, &call, cli->words[0], &cli->arena, &document, &cli->error);
	if (status == SC_OK && cli->json)
		return printf("%.*s\n", (int)document.size, (const char *)document.data) > 0 ? SC_OK : SC_IO_FAILED;
	if (status == SC_OK)
		status = sc_price_document(document, SC_PRICE_EXPLAIN, &cli->arena, &answer, &cli->error);
	if (status == SC_OK)
		status = sc_json_parse(answer, &cli->arena, NULL, &json, &cli->error);
	if (status != SC_OK)
		return status;
	const sc_bytes text = sc_json_text(sc_json_member(sc_json_member(json, "explanation"), "text"));
	fwrite(text.data, 1, text.size, stdout);
	return SC_OK;
}
