/*
 * shopcore catalog …
 */
#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* ---- import ------------------------------------------------------------------------------ */

/* What becomes of the rows of the report: a document, or a table of what was rejected. */
struct report {
	struct cli *cli;
	sc_json_writer writer;
	struct table table;
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

static sc_status feed_file(struct cli *cli, sc_catalog_import *import, const sc_call *call, FILE *file,
                           const char *path)
{
	static const size_t piece = 1 << 16;
	char *data = sc_arena_alloc(&cli->arena, piece);
	if (data == NULL)
		return out_of_memory(cli);
	sc_status status = SC_OK;
	size_t size = 1;
	while (status == SC_OK && size > 0) {
		size = fread(data, 1, piece, file);
		if (ferror(file))
			return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
		status = sc_catalog_import_feed(import, call, data, size, &cli->error);
	}
	return status;
}

static sc_status feed_path(struct cli *cli, sc_catalog_import *import, const sc_call *call)
{
	const char *path = cli->words[0];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (file == NULL)
		return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
	sc_status status = feed_file(cli, import, call, file, path);
	if (file != stdin)
		fclose(file);
	return status;
}

static sc_status show_report(struct cli *cli, struct report *report, const sc_import_summary *summary)
{
	if (!cli->json) {
		if (summary->rejected > 0)
			table_print(&report->table);
		printf("%" PRIu64 " lines: %" PRIu64 " created, %" PRIu64 " changed, %" PRIu64 " unchanged, %" PRIu64
		       " rejected\n",
		       summary->lines, summary->created, summary->changed, summary->unchanged, summary->rejected);
		return SC_OK;
	}
	sc_json_writer *writer = &report->writer;
	sc_json_end_array(writer);
	sc_json_add_int(writer, "lines", (int64_t)summary->lines);
	sc_json_add_int(writer, "created", (int64_t)summary->created);
	sc_json_add_int(writer, "changed", (int64_t)summary->changed);
	sc_json_add_int(writer, "unchanged", (int64_t)summary->unchanged);
	sc_json_add_int(writer, "rejected", (int64_t)summary->rejected);
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

sc_status run_catalog_import(struct cli *cli)
{
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	struct report report;
	sc_import_summary summary;
	sc_catalog_import *import;
	sc_call call = admin_call();
	const char *map = option(cli, "--map");
	sc_status status = map != NULL ? read_file(cli, map, SC_BODY_MAX, &options.map) : SC_OK;
	if (status != SC_OK)
		return status;
	begin_report(cli, &report);
	options.on_row = on_row;
	options.ctx = &report;
	status = sc_catalog_import_new(cli->shop, &options, &import, &cli->error);
	if (status != SC_OK)
		return status;
	status = feed_path(cli, import, &call);
	if (status == SC_OK)
		status = sc_catalog_import_finish(import, &call, &summary, &cli->error);
	sc_catalog_import_free(import);
	if (status == SC_OK)
		status = follow_all(cli);
	if (status == SC_OK)
		status = show_report(cli, &report, &summary);
	if (status == SC_OK && summary.rejected > 0)
		cli->verdict = SC_BAD_FORMAT;
	return status;
}

/* ---- reading ----------------------------------------------------------------------------- */

static void add_product_rows(struct cli *cli, struct table *table, const sc_product *product)
{
	for (size_t i = 0; i < product->sku_count; i++) {
		const sc_sku *sku = &product->skus[i];
		table_add(table, sku->sku);
		table_add(table, sku->withdrawn ? "withdrawn" : money_text(cli, sku->price_minor, sku->currency));
		table_add(table, product->brand);
		table_add(table, sku->name);
	}
	if (product->sku_count == 0) {
		table_add(table, product->id);
		table_add(table, "no offer");
		table_add(table, product->brand);
		table_add(table, product->name);
	}
}

sc_status products_print(struct cli *cli, const sc_product *products, size_t count)
{
	static const char *const titles[] = { "sku", ">price", "brand", "name", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++)
		add_product_rows(cli, &table, &products[i]);
	return table_print(&table);
}

static void add_pair(struct table *table, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	table_add(table, name);
	table_add(table, value);
}

static sc_status print_product(struct cli *cli, const sc_product *product)
{
	static const char *const titles[] = { "product", "", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	add_pair(&table, "id", product->id);
	add_pair(&table, "name", product->name);
	add_pair(&table, "brand", product->brand);
	add_pair(&table, "seller", product->seller);
	for (size_t i = 0; i < product->category_count; i++)
		add_pair(&table, "category", product->categories[i]);
	for (size_t i = 0; i < product->attribute_count; i++)
		add_pair(&table, product->attributes[i].name, product->attributes[i].text);
	if (product->rating_milli >= 0)
		add_pair(&table, "rating (of 5000)", number_text(cli, product->rating_milli));
	add_pair(&table, "description", product->description);
	add_pair(&table, "version", number_text(cli, (int64_t)product->version));
	sc_status status = table_print(&table);
	putchar('\n');
	return status == SC_OK ? products_print(cli, product, 1) : status;
}

sc_status run_catalog_get(struct cli *cli)
{
	sc_call call = admin_call();
	sc_sku sku;
	sc_product product;
	sc_status status = sc_sku_get(cli->shop, &call, cli->words[0], &cli->arena, &sku, &cli->error);
	if (status == SC_OK)
		status = sc_product_get(cli->shop, &call, sku.product, &cli->arena, &product, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json)
		return print_product(cli, &product);
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_product_write_json(&writer, &product);
	return json_end(cli, &writer);
}

static sc_status page_of(struct cli *cli, sc_catalog_page *page)
{
	*page = (sc_catalog_page){ 0 };
	sc_status status = limit_of(cli, &page->limit);
	return status == SC_OK ? cursor_of(cli, &page->cursor) : status;
}

static void print_next(const char *next)
{
	if (next != NULL)
		printf("more: --cursor %s\n", next);
}

sc_status run_catalog_list(struct cli *cli)
{
	sc_call call = admin_call();
	sc_catalog_page page;
	sc_product_list list;
	const char *category = option(cli, "--category");
	sc_status status = page_of(cli, &page);
	if (status == SC_OK)
		status = sc_product_list_by_category(cli->shop, &call, category, &page, &cli->arena, &list,
		                                     &cli->error);
	if (status != SC_OK)
		return status;
	const char *next = hexadecimal(cli, list.next);
	if (!cli->json) {
		status = products_print(cli, list.products, list.count);
		print_next(next);
		return status;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "products");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < list.count; i++)
		sc_product_write_json(&writer, &list.products[i]);
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", next);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

static sc_status categories_print(struct cli *cli, const sc_category_list *list)
{
	static const char *const titles[] = { "category", "name", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < list->count; i++) {
		table_add(&table, list->categories[i].id);
		table_add(&table, list->categories[i].name);
	}
	return table_print(&table);
}

sc_status run_catalog_categories(struct cli *cli)
{
	sc_call call = admin_call();
	sc_catalog_page page;
	sc_category_list list;
	const char *parent = cli->word_count > 0 ? cli->words[0] : NULL;
	sc_status status = page_of(cli, &page);
	if (status == SC_OK)
		status = sc_category_list_children(cli->shop, &call, parent, &page, &cli->arena, &list, &cli->error);
	if (status != SC_OK)
		return status;
	const char *next = hexadecimal(cli, list.next);
	if (!cli->json) {
		status = categories_print(cli, &list);
		print_next(next);
		return status;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "categories");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < list.count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "id", list.categories[i].id);
		sc_json_add_text(&writer, "name", list.categories[i].name);
		sc_json_add_text(&writer, "parent", list.categories[i].parent);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", next);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}
