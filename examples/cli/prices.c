/*
 * shopcore catalog prices: a file of new prices, made or only looked at.
 */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

struct price_report {
	struct cli *cli;
	sc_json_writer writer;
	struct table table;
	struct progress progress;
	uint64_t lines;
	bool differences; /* a dry run: what would change is shown, too */
};

static const char *kept(struct cli *cli, const char *text)
{
	return sc_arena_dup(&cli->arena, text, strlen(text));
}

static const char *result_of(const sc_price_outcome *outcome)
{
	if (outcome->status != SC_OK)
		return sc_status_name(outcome->status);
	return outcome->before_minor == outcome->after_minor ? "unchanged" : "changed";
}

static void row_json(sc_json_writer *writer, const sc_prices_row *row)
{
	const sc_price_outcome *outcome = row->outcome;
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "line", (int64_t)row->line);
	sc_json_add_text(writer, "sku", row->sku);
	sc_json_add_text(writer, "result", result_of(outcome));
	if (outcome->currency[0] != '\0') {
		sc_json_add_int(writer, "before", outcome->before_minor);
		sc_json_add_int(writer, "after", outcome->after_minor);
		sc_json_add_text(writer, "currency", outcome->currency);
	}
	if (outcome->status != SC_OK) {
		sc_json_add_text(writer, "field", outcome->error.field[0] != '\0' ? outcome->error.field : NULL);
		sc_json_add_text(writer, "text", outcome->error.text);
	}
	sc_json_end_object(writer);
}

static void row_table(struct price_report *report, const sc_prices_row *row)
{
	struct cli *cli = report->cli;
	const sc_price_outcome *outcome = row->outcome;
	bool known = outcome->currency[0] != '\0', failed = outcome->status != SC_OK;
	table_add(&report->table, number_text(cli, (int64_t)row->line));
	table_add(&report->table, row->sku != NULL ? kept(cli, row->sku) : NULL);
	table_add(&report->table, known ? money_text(cli, outcome->before_minor, outcome->currency) : NULL);
	table_add(&report->table, known && !failed ? money_text(cli, outcome->after_minor, outcome->currency) : NULL);
	table_add(&report->table, failed ? sc_status_name(outcome->status) : NULL);
	table_add(&report->table, failed ? kept(cli, outcome->error.text) : NULL);
}

static void on_row(void *ctx, const sc_prices_row *row)
{
	struct price_report *report = ctx;
	const sc_price_outcome *outcome = row->outcome;
	bool changed = outcome->status == SC_OK && outcome->before_minor != outcome->after_minor;
	report->lines++;
	if (report->cli->json)
		row_json(&report->writer, row);
	else if (outcome->status != SC_OK || (report->differences && changed))
		row_table(report, row);
}

static sc_status feed(struct cli *cli, struct price_report *report, sc_prices_file *file, FILE *from, const char *path)
{
	static const size_t piece = 1 << 16;
	sc_call call = admin_call();
	char *data = sc_arena_alloc(&cli->arena, piece);
	uint64_t done = 0;
	sc_status status = data != NULL ? SC_OK : out_of_memory(cli);
	for (size_t size = 1; status == SC_OK && size > 0; done += size) {
		size = fread(data, 1, piece, from);
		if (ferror(from))
			return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
		status = sc_prices_file_feed(file, &call, data, size, &cli->error);
		progress_show(&report->progress, done + size, report->lines);
	}
	return status;
}

static sc_status feed_path(struct cli *cli, struct price_report *report, sc_prices_file *file)
{
	const char *path = cli->words[0];
	FILE *from = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (from == NULL)
		return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
	progress_begin(&report->progress, cli, from, "lines");
	sc_status status = feed(cli, report, file, from, path);
	progress_end(&report->progress);
	if (from != stdin)
		fclose(from);
	return status;
}

static sc_status show(struct cli *cli, struct price_report *report, const sc_prices_summary *summary)
{
	if (!cli->json) {
		sc_status status = report->table.cell_count > report->table.columns ? table_print(&report->table)
		                                                                    : SC_OK;
		printf("%" PRIu64 " lines: %" PRIu64 " %schanged, %" PRIu64 " unchanged, %" PRIu64 " rejected",
		       summary->lines, summary->changed, report->differences ? "would be " : "", summary->unchanged,
		       summary->rejected);
		print_rate(&report->progress, summary->lines);
		return status;
	}
	sc_json_writer *writer = &report->writer;
	sc_json_end_array(writer);
	sc_json_add_bool(writer, "dry_run", report->differences);
	sc_json_add_int(writer, "lines", (int64_t)summary->lines);
	sc_json_add_int(writer, "changed", (int64_t)summary->changed);
	sc_json_add_int(writer, "unchanged", (int64_t)summary->unchanged);
	sc_json_add_int(writer, "rejected", (int64_t)summary->rejected);
	sc_json_end_object(writer);
	return json_end(cli, writer);
}

static sc_status options_of(struct cli *cli, sc_prices_options *prices, sc_prices_file_options *options)
{
	static const char *const roundings[] = { "half-up", "half-away", "half-even", "down", "up" };
	const char *step = option(cli, "--step"), *rounding = option(cli, "--rounding");
	*options = (sc_prices_file_options)SC_PRICES_FILE_OPTIONS_INIT;
	*prices = (sc_prices_options)SC_PRICES_OPTIONS_INIT;
	prices->dry_run = flag(cli, "--dry-run");
	options->prices = prices;
	options->on_row = on_row;
	sc_status status = format_of(cli, cli->words[0], &options->format);
	if (status == SC_OK && step != NULL)
		status = number_of(cli, step, "--step", &prices->step_minor);
	if (status != SC_OK || rounding == NULL)
		return status;
	for (uint32_t i = 0; i < sizeof(roundings) / sizeof(roundings[0]); i++)
		if (strcmp(rounding, roundings[i]) == 0) {
			prices->rounding = SC_ROUND_HALF_UP + i;
			return SC_OK;
		}
	return fail(cli, SC_BAD_ARGUMENT, "--rounding", "half-up, half-away, half-even, down or up");
}

static void begin_report(struct cli *cli, struct price_report *report)
{
	static const char *const titles[] = { ">line", "sku", ">before", ">after", "status", "why", NULL };
	*report = (struct price_report){ .cli = cli, .differences = flag(cli, "--dry-run") };
	table_begin(&report->table, cli, titles);
	json_begin(cli, &report->writer);
	sc_json_begin_object(&report->writer);
	sc_json_put_key(&report->writer, "rows");
	sc_json_begin_array(&report->writer);
}

sc_status run_catalog_prices(struct cli *cli)
{
	sc_prices_options prices;
	sc_prices_file_options options;
	struct price_report report;
	sc_prices_summary summary;
	sc_prices_file *file;
	sc_call call = admin_call();
	sc_status status = options_of(cli, &prices, &options);
	if (status != SC_OK)
		return status;
	begin_report(cli, &report);
	options.ctx = &report;
	status = sc_prices_file_new(cli->shop, &options, &file, &cli->error);
	if (status != SC_OK)
		return status;
	status = feed_path(cli, &report, file);
	if (status == SC_OK)
		status = sc_prices_file_finish(file, &call, &summary, &cli->error);
	sc_prices_file_free(file);
	if (status == SC_OK && !report.differences)
		status = follow_all(cli);
	if (status == SC_OK)
		status = show(cli, &report, &summary);
	if (status == SC_OK && summary.rejected > 0)
		cli->verdict = SC_BAD_FORMAT;
	return status;
}
