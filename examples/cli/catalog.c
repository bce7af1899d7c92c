/*
 * shopcore catalog …: looking at products and categories. Files go in and out in import.c and export.c.
 */
#include "cli.h"

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
