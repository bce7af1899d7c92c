/*
 * shopcore inventory reserve, show, extend, commit, release, fulfil, repair
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 16

static const char *state_text(uint32_t state)
{
	static const char *const texts[] = { "none", "held", "committed", "released", "expired" };
	return state < sizeof(texts) / sizeof(texts[0]) ? texts[state] : "unknown";
}

static void takes_json(sc_json_writer *writer, const sc_reservation_detail *detail)
{
	sc_json_put_key(writer, "takes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < detail->take_count; i++) {
		const sc_reservation_take *take = &detail->takes[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "sku", take->sku);
		sc_json_add_text(writer, "location", take->location);
		sc_json_add_int(writer, "quantity", take->quantity);
		sc_json_add_int(writer, "committed", take->committed);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static sc_status takes_table(struct cli *cli, const sc_reservation_detail *detail)
{
	static const char *const titles[] = { "sku", "location", ">quantity", ">committed", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < detail->take_count; i++) {
		table_add(&table, detail->takes[i].sku);
		table_add(&table, detail->takes[i].location);
		table_add(&table, number_text(cli, detail->takes[i].quantity));
		table_add(&table, number_text(cli, detail->takes[i].committed));
	}
	return detail->take_count > 0 ? table_print(&table) : SC_OK;
}

static sc_status show(struct cli *cli, const sc_call *call, sc_id id)
{
	char text[SC_ID_TEXT_SIZE];
	sc_reservation_detail detail;
	sc_status status = sc_inventory_get_reservation(cli->shop, call, id, &cli->arena, &detail, &cli->error);
	if (status != SC_OK)
		return status;
	const sc_reservation *reservation = &detail.reservation;
	if (!cli->json) {
		printf("reservation %s is %s", sc_id_format(id, text), state_text(reservation->state));
		if (reservation->deadline_ms != 0)
			printf(" until %s (UTC)", time_text(cli, reservation->deadline_ms));
		printf("\n");
		return takes_table(cli, &detail);
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "reservation", sc_id_format(id, text));
	sc_json_add_text(&writer, "state", state_text(reservation->state));
	sc_json_add_int(&writer, "deadline_ms", reservation->deadline_ms);
	takes_json(&writer, &detail);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

/* ---- reserve ----------------------------------------------------------------------------- */

/* "shop,annex" as a list. */
static sc_status places_of(struct cli *cli, const char *text, const char *places[PLACES_MAX], uint32_t *count)
{
	char *copy = sc_arena_dup(&cli->arena, text, strlen(text)), *rest = NULL;
	if (copy == NULL)
		return out_of_memory(cli);
	for (char *at = strtok_r(copy, ",", &rest); at != NULL; at = strtok_r(NULL, ",", &rest)) {
		if (*count == PLACES_MAX)
			return fail(cli, SC_OVER_LIMIT, "--locations", "at most %d", PLACES_MAX);
		places[(*count)++] = at;
	}
	return *count > 0 ? SC_OK : fail(cli, SC_BAD_ARGUMENT, "--locations", "names none");
}

static sc_status seconds_of(struct cli *cli, const char *text, const char *what, int64_t *ms)
{
	sc_status status = number_of(cli, text, what, ms);
	if (status == SC_OK && (*ms < 1 || *ms > 86400 * 366))
		status = fail(cli, SC_OUT_OF_RANGE, what, "must be 1 second to a year");
	*ms *= status == SC_OK ? 1000 : 0;
	return status;
}

sc_status run_inventory_reserve(struct cli *cli)
{
	sc_call call = admin_call();
	const char *places[PLACES_MAX], *list = option(cli, "--locations"), *ttl = option(cli, "--ttl");
	sc_reserve_line line = { .sku = cli->words[0], .location = option(cli, "--location") };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation made;
	sc_status status = number_of(cli, cli->words[1], "QTY", &line.quantity);
	if (status == SC_OK && list != NULL) {
		status = places_of(cli, list, places, &line.location_count);
		line.locations = places;
	}
	if (status == SC_OK && ttl != NULL)
		status = seconds_of(cli, ttl, "--ttl", &request.ttl_ms);
	if (status != SC_OK)
		return status;
	line.flags = flag(cli, "--split") ? SC_RESERVE_SPLIT : 0;
	request.lines = &line;
	request.line_count = 1;
	call.key = option(cli, "--key");
	status = sc_inventory_reserve(cli->shop, &call, &request, &made, &cli->error);
	return status == SC_OK ? show(cli, &call, made.id) : status;
}

/* ---- what becomes of it ------------------------------------------------------------------ */

static sc_status id_of(struct cli *cli, sc_id *out)
{
	if (sc_id_parse(cli->words[0], out) == SC_OK)
		return SC_OK;
	return fail(cli, SC_BAD_ARGUMENT, "RESERVATION", "is no reservation's id");
}

sc_status run_inventory_show(struct cli *cli)
{
	sc_call call = admin_call();
	sc_id id;
	sc_status status = id_of(cli, &id);
	return status == SC_OK ? show(cli, &call, id) : status;
}

sc_status run_inventory_extend(struct cli *cli)
{
	sc_call call = admin_call();
	sc_id id;
	int64_t ttl_ms;
	sc_status status = id_of(cli, &id);
	if (status == SC_OK)
		status = seconds_of(cli, cli->words[1], "SECONDS", &ttl_ms);
	if (status == SC_OK)
		status = sc_inventory_extend(cli->shop, &call, id, ttl_ms, NULL, &cli->error);
	return status == SC_OK ? show(cli, &call, id) : status;
}

sc_status run_inventory_commit(struct cli *cli)
{
	sc_call call = admin_call();
	sc_id id;
	sc_commit_part part = { .line = 0 };
	const bool in_part = cli->word_count > 1;
	sc_status status = id_of(cli, &id);
	if (status == SC_OK && in_part)
		status = number_of(cli, cli->words[1], "QTY", &part.quantity);
	if (status == SC_OK)
		status = sc_inventory_commit(cli->shop, &call, id, in_part ? &part : NULL, in_part, &cli->error);
	return status == SC_OK ? show(cli, &call, id) : status;
}

sc_status run_inventory_release(struct cli *cli)
{
	sc_call call = admin_call();
	sc_id id;
	sc_status status = id_of(cli, &id);
	if (status == SC_OK)
		status = sc_inventory_release(cli->shop, &call, id, &cli->error);
	return status == SC_OK ? show(cli, &call, id) : status;
}

sc_status run_inventory_fulfil(struct cli *cli)
{
	sc_call call = admin_call();
	sc_id id;
	sc_status status = id_of(cli, &id);
	if (status == SC_OK)
		status = sc_inventory_fulfil(cli->shop, &call, id, &cli->error);
	return status == SC_OK ? show(cli, &call, id) : status;
}

/* ---- repair ------------------------------------------------------------------------------ */

static const char *mend_text(uint32_t mend)
{
	switch ((sc_mend)mend) {
	case SC_MEND_NONE:
		return "left as it is";
	case SC_MEND_COUNTERS:
		return "counters set right";
	case SC_MEND_BASELINE:
		return "journal believed from here on";
	case SC_MEND_RELEASED:
		return "hold settled";
	case SC_MEND_RESTORED:
		return "hold made again";
	case SC_MEND_SEALED:
		return "digest made anew";
	}
	return "";
}

static sc_status repair_json(struct cli *cli, const sc_repair_report *report)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "mended", (int64_t)report->mended);
	sc_json_add_int(&writer, "left", (int64_t)report->left);
	sc_json_put_key(&writer, "repairs");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < report->count; i++) {
		const sc_finding *finding = &report->repairs[i].finding;
		char subject[SC_ID_TEXT_SIZE];
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "damage", sc_damage_name(finding->damage));
		sc_json_add_text(&writer, "sku", finding->sku);
		sc_json_add_text(&writer, "location", finding->location);
		sc_json_add_text(&writer, "subject",
		                 sc_id_is_zero(finding->subject) ? NULL : sc_id_format(finding->subject, subject));
		sc_json_add_text(&writer, "mend", mend_text(report->repairs[i].mend));
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

static sc_status repair_table(struct cli *cli, const sc_repair_report *report)
{
	static const char *const titles[] = { "damage", "sku", "order or hold", "what was done", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < report->count; i++) {
		const sc_finding *finding = &report->repairs[i].finding;
		char subject[SC_ID_TEXT_SIZE] = "";
		if (!sc_id_is_zero(finding->subject))
			sc_id_format(finding->subject, subject);
		table_add(&table, sc_damage_name(finding->damage));
		table_add(&table, finding->sku);
		table_add(&table, sc_arena_dup(&cli->arena, subject, sizeof(subject)));
		table_add(&table, mend_text(report->repairs[i].mend));
	}
	sc_status status = report->count > 0 ? table_print(&table) : SC_OK;
	printf("%s mended, %s left\n", number_text(cli, (int64_t)report->mended),
	       number_text(cli, (int64_t)report->left));
	return status;
}

sc_status run_inventory_repair(struct cli *cli)
{
	sc_call call = admin_call();
	sc_repair_report report;
	sc_status status = sc_verify_repair(cli->shop, &call, &cli->arena, &report, &cli->error);
	if (status != SC_OK)
		return status;
	if (report.left > 0)
		cli->verdict = SC_DAMAGED;
	return cli->json ? repair_json(cli, &report) : repair_table(cli, &report);
}
