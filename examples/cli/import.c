/*
 * shopcore catalog import: a file goes in by pieces, the search index follows on a thread of its own, and
 * every line is accounted for.
 */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_LINES 1000 /* fewer waits for the disk than the library's own choice */

/* What becomes of the rows of the report: a document, or a table of what was rejected. */
struct report {
	struct cli *cli;
	sc_json_writer writer;
	struct table table;
	struct progress progress;
	uint64_t lines;
};

static const char *effect_name(uint32_t effect)
{
	static const char *const names[] = { "rejected", "created", "changed", "unchanged" };
	return effect < sizeof(names) / sizeof(names[0]) ? names[effect] : "?";
}

static void report_json(sc_json_writer *writer, const sc_import_row *row)
{
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "line", (int64_t)row->line);
	sc_json_add_text(writer, "sku", row->sku);
	sc_json_add_text(writer, "result", effect_name(row->effect));
	if (row->status != SC_OK) {
		sc_json_add_text(writer, "status", sc_status_name(row->status));
		sc_json_add_text(writer, "field", row->field[0] != '\0' ? row->field : NULL);
		sc_json_add_text(writer, "text", row->text);
	}
	sc_json_end_object(writer);
}

static const char *kept(struct cli *cli, const char *text)
{
	return sc_arena_dup(&cli->arena, text, strlen(text));
}

static void on_row(void *ctx, const sc_import_row *row)
{
	struct report *report = ctx;
	report->lines++;
	if (report->cli->json) {
		report_json(&report->writer, row);
	} else if (row->status != SC_OK) {
		table_add(&report->table, number_text(report->cli, (int64_t)row->line));
		table_add(&report->table, row->sku != NULL ? kept(report->cli, row->sku) : NULL);
		table_add(&report->table, sc_status_name(row->status));
		table_add(&report->table, kept(report->cli, row->field));
		table_add(&report->table, kept(report->cli, row->text));
	}
}

/* A file on its way into the catalogue. */
struct intake {
	struct report report;
	sc_catalog_import *import;
	struct follower *follower;
	FILE *file;
	const char *path;
};

static sc_status feed_file(struct cli *cli, struct intake *in, const sc_call *call)
{
	static const size_t piece = 1 << 16;
	char *data = sc_arena_alloc(&cli->arena, piece);
	uint64_t done = 0;
	if (data == NULL)
		return out_of_memory(cli);
	sc_status status = SC_OK;
	for (size_t size = 1; status == SC_OK && size > 0; done += size) {
		size = fread(data, 1, piece, in->file);
		if (ferror(in->file))
			return fail(cli, SC_BAD_ARGUMENT, in->path, "%s", strerror(errno));
		status = sc_catalog_import_feed(in->import, call, data, size, &cli->error);
		follower_wake(in->follower);
		progress_show(&in->report.progress, done + size, in->report.lines);
	}
	return status;
}

static sc_status feed_path(struct cli *cli, struct intake *in, const sc_call *call)
{
	in->path = cli->words[0];
	in->file = strcmp(in->path, "-") == 0 ? stdin : fopen(in->path, "rb");
	if (in->file == NULL)
		return fail(cli, SC_BAD_ARGUMENT, in->path, "%s", strerror(errno));
	progress_begin(&in->report.progress, cli, in->file, "lines");
	sc_status status = feed_file(cli, in, call);
	progress_end(&in->report.progress);
	if (in->file != stdin)
		fclose(in->file);
	return status;
}

/* The index follows while lines are written; what is left then is followed at the end. */
static sc_status bring_in(struct cli *cli, struct intake *in, sc_import_summary *summary)
{
	sc_call call = admin_call();
	sc_status status = follower_start(cli, &in->follower);
	if (status != SC_OK)
		return status;
	status = feed_path(cli, in, &call);
	if (status == SC_OK)
		status = sc_catalog_import_finish(in->import, &call, summary, &cli->error);
	sc_error error = cli->error;
	sc_status followed = follower_stop(in->follower);
	if (status != SC_OK)
		cli->error = error;
	if (status == SC_OK)
		status = followed;
	return status == SC_OK ? follow_all(cli) : status;
}

static sc_status show_report(struct cli *cli, struct report *report, const sc_import_summary *summary)
{
	if (!cli->json) {
		if (summary->rejected > 0)
			table_print(&report->table);
		printf("%" PRIu64 " lines: %" PRIu64 " created, %" PRIu64 " changed, %" PRIu64 " unchanged, %" PRIu64
		       " rejected",
		       summary->lines, summary->created, summary->changed, summary->unchanged, summary->rejected);
		print_rate(&report->progress, report->lines);
		if (summary->resumed_at > 0)
			printf("went on at line %" PRIu64 ", where an earlier import was broken off\n",
			       summary->resumed_at);
		return SC_OK;
	}
	sc_json_writer *writer = &report->writer;
	sc_json_end_array(writer);
	sc_json_add_int(writer, "lines", (int64_t)summary->lines);
	sc_json_add_int(writer, "created", (int64_t)summary->created);
	sc_json_add_int(writer, "changed", (int64_t)summary->changed);
	sc_json_add_int(writer, "unchanged", (int64_t)summary->unchanged);
	sc_json_add_int(writer, "rejected", (int64_t)summary->rejected);
	if (summary->resumed_at > 0)
		sc_json_add_int(writer, "resumed_at", (int64_t)summary->resumed_at);
	sc_json_end_object(writer);
	return json_end(cli, writer);
}

static void begin_report(struct cli *cli, struct report *report)
{
	static const char *const titles[] = { ">line", "sku", "status", "field", "why", NULL };
	*report = (struct report){ .cli = cli };
	table_begin(&report->table, cli, titles);
	json_begin(cli, &report->writer);
	sc_json_begin_object(&report->writer);
	sc_json_put_key(&report->writer, "rows");
	sc_json_begin_array(&report->writer);
}

/* What the position of an import is kept under: the file's whole name, or its end. NULL: of this file it is not. */
static const char *resume_name(struct cli *cli, const char *path)
{
	char *whole = strcmp(path, "-") != 0 ? realpath(path, NULL) : NULL;
	if (whole == NULL)
		return NULL;
	size_t size = strlen(whole), from = size > SC_ID_TEXT_MAX ? size - SC_ID_TEXT_MAX : 0;
	while (((unsigned char)whole[from] & 0xc0) == 0x80)
		from++;
	const char *name = kept(cli, whole + from);
	free(whole);
	for (const char *at = name; at != NULL && *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return NULL;
	return name != NULL && sc_text_is_utf8(name, strlen(name)) ? name : NULL;
}

static sc_status run_import(struct cli *cli, struct intake *in, const sc_import_options *options,
                            sc_import_summary *summary)
{
	sc_status status = sc_catalog_import_new(cli->shop, options, &in->import, &cli->error);
	if (status != SC_OK)
		return status;
	status = bring_in(cli, in, summary);
	sc_catalog_import_free(in->import);
	return status;
}

static sc_status options_of(struct cli *cli, sc_import_options *options)
{
	const char *map = option(cli, "--map");
	*options = (sc_import_options)SC_IMPORT_OPTIONS_INIT;
	options->batch_lines = BATCH_LINES;
	options->on_row = on_row;
	options->resume = resume_name(cli, cli->words[0]);
	options->restart = flag(cli, "--restart");
	sc_status status = map != NULL ? read_file(cli, map, SC_BODY_MAX, &options->map) : SC_OK;
	return status == SC_OK ? format_of(cli, cli->words[0], &options->format) : status;
}

sc_status run_catalog_import(struct cli *cli)
{
	sc_import_options options;
	struct intake in = { .file = NULL };
	sc_import_summary summary;
	sc_status status = options_of(cli, &options);
	if (status != SC_OK)
		return status;
	begin_report(cli, &in.report);
	options.ctx = &in.report;
	status = run_import(cli, &in, &options, &summary);
	if (status == SC_CHANGED && strcmp(cli->error.field, "resume") == 0) {
		if (!cli->json)
			fprintf(stderr, "%s is not the file whose import was broken off; starting over\n",
			        cli->words[0]);
		status = run_import(cli, &in, &options, &summary);
	}
	if (status == SC_OK)
		status = show_report(cli, &in.report, &summary);
	if (status == SC_OK && summary.rejected > 0)
		cli->verdict = SC_BAD_FORMAT;
	return status;
}
