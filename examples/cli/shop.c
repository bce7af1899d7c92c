/*
 * shopcore init, tick, verify
 */
#include "cli.h"

#include <inttypes.h>
#include <time.h>

sc_status run_init(struct cli *cli)
{
	sc_call call = admin_call();
	int64_t now_ms;
	sc_status status = follow_all(cli);
	if (status == SC_OK)
		status = sc_shop_now(cli->shop, &call, &now_ms, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json) {
		printf("%s is ready\n", cli->shop_url);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "shop", cli->shop_url);
	sc_json_add_bool(&writer, "ready", true);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

/* ---- tick -------------------------------------------------------------------------------- */

static void add_report(sc_tick_report *total, const sc_tick_report *report)
{
	total->holds_expired += report->holds_expired;
	total->checkouts_resumed += report->checkouts_resumed;
	total->events_relayed += report->events_relayed;
	total->products_indexed += report->products_indexed;
	total->notices_sent += report->notices_sent;
	total->duties_failed += report->duties_failed;
	total->next_due_ms = report->next_due_ms;
	total->wait_ms = report->wait_ms;
}

static bool did_something(const sc_tick_report *report)
{
	return report->holds_expired + report->checkouts_resumed + report->products_indexed + report->notices_sent > 0;
}

static void sleep_ms(int64_t ms)
{
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&pause, NULL);
}

/* Tick until nothing is left over; then, until `deadline_ns`, whenever something comes due. */
static sc_status tick_until(struct cli *cli, int64_t deadline_ns, sc_tick_report *total)
{
	sc_call call = admin_call();
	for (;;) {
		sc_tick_report report = SC_TICK_REPORT_INIT;
		sc_status status = sc_shop_tick(cli->shop, &call, NULL, &report, &cli->error);
		add_report(total, &report);
		if (status != SC_OK)
			return status;
		int64_t left_ms = (deadline_ns - cli->env->mono_ns(cli->env->ctx)) / 1000000;
		if (report.wait_ms == 0 && did_something(&report))
			continue;
		if (report.wait_ms == SC_NEVER || left_ms <= 0)
			return SC_OK;
		int64_t pause_ms = report.wait_ms < 100 ? 100 : report.wait_ms;
		sleep_ms(pause_ms < left_ms ? pause_ms : left_ms);
	}
}

static sc_status tick_json(struct cli *cli, const sc_tick_report *report)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "holds_expired", (int64_t)report->holds_expired);
	sc_json_add_int(&writer, "checkouts_resumed", (int64_t)report->checkouts_resumed);
	sc_json_add_int(&writer, "events_relayed", (int64_t)report->events_relayed);
	sc_json_add_int(&writer, "products_indexed", (int64_t)report->products_indexed);
	sc_json_add_int(&writer, "notices_sent", (int64_t)report->notices_sent);
	sc_json_add_int(&writer, "duties_failed", report->duties_failed);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_tick(struct cli *cli)
{
	int64_t seconds = 0;
	const char *wait = option(cli, "--wait");
	sc_tick_report total = SC_TICK_REPORT_INIT;
	sc_status status = wait != NULL ? number_of(cli, wait, "--wait", &seconds) : SC_OK;
	if (status == SC_OK && (seconds < 0 || seconds > 3600))
		status = fail(cli, SC_OUT_OF_RANGE, "--wait", "must be 0 to 3600 seconds");
	if (status == SC_OK)
		status = tick_until(cli, cli->env->mono_ns(cli->env->ctx) + seconds * 1000000000, &total);
	if (status != SC_OK)
		return status;
	if (cli->json)
		return tick_json(cli, &total);
	printf("holds expired %" PRIu64 ", checkouts resumed %" PRIu64 ", products indexed %" PRIu64
	       ", notices sent %" PRIu64 "\n",
	       total.holds_expired, total.checkouts_resumed, total.products_indexed, total.notices_sent);
	return SC_OK;
}

/* ---- verify ------------------------------------------------------------------------------ */

/* All findings, however many steps they took. */
struct findings {
	struct table table;
	sc_json_writer writer;
	size_t count;
};

static void add_finding(struct cli *cli, struct findings *all, const sc_finding *finding)
{
	char subject[SC_ID_TEXT_SIZE] = "";
	all->count++;
	if (!sc_id_is_zero(finding->subject))
		sc_id_format(finding->subject, subject);
	if (!cli->json) {
		table_add(&all->table, sc_damage_name(finding->damage));
		table_add(&all->table, finding->sku);
		table_add(&all->table, sc_arena_dup(&cli->arena, subject, sizeof(subject)));
		table_add(&all->table, number_text(cli, finding->expected));
		table_add(&all->table, number_text(cli, finding->found));
		table_add(&all->table, sc_damage_text(finding->damage));
		return;
	}
	sc_json_begin_object(&all->writer);
	sc_json_add_text(&all->writer, "damage", sc_damage_name(finding->damage));
	sc_json_add_text(&all->writer, "text", sc_damage_text(finding->damage));
	sc_json_add_text(&all->writer, "sku", finding->sku);
	sc_json_add_text(&all->writer, "location", finding->location);
	sc_json_add_text(&all->writer, "subject", subject[0] != '\0' ? subject : NULL);
	sc_json_add_int(&all->writer, "position", (int64_t)finding->position);
	sc_json_add_int(&all->writer, "expected", finding->expected);
	sc_json_add_int(&all->writer, "found", finding->found);
	sc_json_end_object(&all->writer);
}

static sc_status verify_all(struct cli *cli, const sc_call *call, struct findings *all, sc_verify_page *page)
{
	sc_verify *verify;
	sc_status status = sc_verify_new(cli->shop, call, &verify, &cli->error);
	if (status != SC_OK)
		return status;
	*page = (sc_verify_page){ 0 };
	while (status == SC_OK && !page->finished) {
		status = sc_verify_step(verify, call, SC_PAGE_MAX, &cli->arena, page, &cli->error);
		for (size_t i = 0; status == SC_OK && i < page->count; i++)
			add_finding(cli, all, &page->findings[i]);
	}
	sc_verify_free(verify);
	return status;
}

static sc_status findings_json(struct cli *cli, struct findings *all, const sc_verify_page *page)
{
	sc_json_end_array(&all->writer);
	sc_json_add_int(&all->writer, "accounts", (int64_t)page->accounts);
	sc_json_add_int(&all->writer, "holds", (int64_t)page->holds);
	sc_json_add_int(&all->writer, "orders", (int64_t)page->orders);
	sc_json_add_int(&all->writer, "movements", (int64_t)page->movements);
	sc_json_add_bool(&all->writer, "clean", all->count == 0);
	sc_json_end_object(&all->writer);
	return json_end(cli, &all->writer);
}

sc_status run_verify(struct cli *cli)
{
	static const char *const titles[] = { "damage", "sku", "order or hold", ">expected", ">found", "what", NULL };
	sc_call call = admin_call();
	struct findings all = { .count = 0 };
	sc_verify_page page;
	table_begin(&all.table, cli, titles);
	json_begin(cli, &all.writer);
	sc_json_begin_object(&all.writer);
	sc_json_put_key(&all.writer, "findings");
	sc_json_begin_array(&all.writer);
	sc_status status = verify_all(cli, &call, &all, &page);
	if (status != SC_OK)
		return status;
	if (all.count > 0)
		cli->verdict = SC_DAMAGED;
	if (cli->json)
		return findings_json(cli, &all, &page);
	if (all.count > 0)
		status = table_print(&all.table);
	printf("%" PRIu64 " accounts, %" PRIu64 " holds, %" PRIu64 " orders, %" PRIu64 " movements: %s\n",
	       page.accounts, page.holds, page.orders, page.movements, all.count == 0 ? "all fits" : "damaged");
	return status;
}
