/*
 * shopcore catalog export, and what files of products are called.
 */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* The format that --format says, or else the name of the file: whatever ends in .csv is a table. */
sc_status format_of(struct cli *cli, const char *path, uint32_t *out)
{
	const char *format = option(cli, "--format");
	size_t size = path != NULL ? strlen(path) : 0;
	bool table = size > 4 && strcmp(path + size - 4, ".csv") == 0;
	if (format != NULL && strcmp(format, "jsonl") != 0 && strcmp(format, "csv") != 0)
		return fail(cli, SC_BAD_ARGUMENT, "--format", "jsonl or csv");
	if (format != NULL)
		table = strcmp(format, "csv") == 0;
	*out = table ? SC_CATALOG_CSV : SC_CATALOG_JSONL;
	return SC_OK;
}

static sc_status write_to(void *ctx, const void *data, size_t size, sc_error *err)
{
	if (fwrite(data, 1, size, ctx) == size)
		return SC_OK;
	snprintf(err->text, sizeof(err->text), "%s", strerror(errno));
	return err->status = SC_IO_FAILED;
}

static sc_status export_to(struct cli *cli, FILE *file, const char *path, sc_export_summary *summary)
{
	sc_export_options options = SC_EXPORT_OPTIONS_INIT;
	sc_call call = admin_call();
	sc_status status = format_of(cli, path, &options.format);
	options.write = write_to;
	options.ctx = file;
	if (status == SC_OK)
		status = sc_catalog_export(cli->shop, &call, &options, summary, &cli->error);
	return status;
}

static sc_status show_summary(struct cli *cli, const sc_export_summary *summary)
{
	if (!cli->json) {
		printf("%" PRIu64 " categories, %" PRIu64 " products, %" PRIu64 " SKUs\n", summary->categories,
		       summary->products, summary->skus);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "categories", (int64_t)summary->categories);
	sc_json_add_int(&writer, "products", (int64_t)summary->products);
	sc_json_add_int(&writer, "skus", (int64_t)summary->skus);
	sc_json_add_int(&writer, "bytes", (int64_t)summary->bytes);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

/* To standard output nothing goes but the file. */
sc_status run_catalog_export(struct cli *cli)
{
	const char *path = cli->word_count > 0 ? cli->words[0] : "-";
	sc_export_summary summary;
	if (strcmp(path, "-") == 0)
		return export_to(cli, stdout, NULL, &summary);
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
	sc_status status = export_to(cli, file, path, &summary);
	if (fclose(file) != 0 && status == SC_OK)
		status = fail(cli, SC_IO_FAILED, path, "%s", strerror(errno));
	return status == SC_OK ? show_summary(cli, &summary) : status;
}
