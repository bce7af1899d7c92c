/* Files of products out and in again: JSON lines and tables. */
#include "catalog/file.h"

static sc_import_options csv_options(void)
{
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	options.format = SC_CATALOG_CSV;
	return options;
}

static sc_import_summary import_csv(struct world *w, const char *text, struct rejected *rejected)
{
	sc_import_summary summary = { 0 };
	assert_int_equal(import_pieces(w, csv_options(), text, strlen(text), 7, true, rejected, &summary), SC_OK);
	return summary;
}

/* ---- tables ------------------------------------------------------------------------------ */

static void quoted_cells_hold_commas_quotes_and_line_breaks(void **state)
{
	struct world *w = *state;
	struct rejected rejected;
	sc_import_summary summary = import_csv(w,
	                                       "sku,name,description,price,currency\r\n"
	                                       "a,\"Mug, red\",\"says \"\"hi\"\"\r\nand\n\nmore\",1,USD\r\n"
	                                       "b,Pan,,2,USD",
	                                       &rejected);
	assert_int_equal(summary.created, 2);
	assert_string_equal(read_product(w, "a").name, "Mug, red");
	assert_string_equal(read_product(w, "a").description, "says \"hi\"\r\nand\n\nmore");
	assert_int_equal(read_product(w, "b").skus[0].price_minor, 2);
	assert_null(read_product(w, "b").description);
}

static void a_row_is_named_by_the_line_it_begins_in(void **state)
{
	struct world *w = *state;
	struct rejected rejected;
	import_csv(w,
	           "sku,name,price,currency\n"
	           "a,\"two\nlines are none for a name\",1,USD\n"
	           "b,Pan,x,USD\n",
	           &rejected);
	assert_int_equal(rejected.count, 1); /* a line break in a name becomes a space */
	assert_int_equal(rejected.line, 4);
	assert_string_equal(rejected.field, "price");
	assert_string_equal(read_product(w, "a").name, "two lines are none for a name");
}

static void a_mark_at_the_beginning_of_the_file_is_passed_over(void **state)
{
	struct world *w = *state;
	struct rejected rejected;
	assert_int_equal(import_csv(w, "\xef\xbb\xbfsku,name,price,currency\na,A,1,USD\n", &rejected).created, 1);
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	static const char line[] = "\xef\xbb\xbf{\"sku\":\"b\",\"name\":\"B\",\"price\":1,\"currency\":\"USD\"}";
	sc_import_summary summary;
	assert_int_equal(import_pieces(w, options, line, strlen(line), 2, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.created, 1);
}

static void a_row_that_is_spoilt_is_rejected_and_the_rest_goes_on(void **state)
{
	static const char *const spoilt[] = { "a,A,1",          "a,A,1,USD,",        "a,5\" pipe,1,USD",
		                              "a,\"A\"x,1,USD", "a,\"A\xff\",1,USD", "a,A,1.5,USD" };
	struct world *w = *state;
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		char text[256];
		struct rejected rejected;
		snprintf(text, sizeof(text), "sku,name,price,currency\n%s\nb%zu,B,1,USD\n", spoilt[i], i);
		sc_import_summary summary = import_csv(w, text, &rejected);
		assert_int_equal(summary.created, 1);
		assert_int_equal(rejected.count, 1);
		assert_int_equal(rejected.line, 2);
	}
}

static void a_quoted_cell_without_end_is_one_rejected_row(void **state)
{
	struct world *w = *state;
	struct rejected rejected;
	sc_import_summary summary = import_csv(w, "sku,name,price,currency\na,A,1,USD\nb,\"B,1,USD\nc,C,1,USD\n",
	                                       &rejected);
	assert_int_equal(summary.created, 1);
	assert_int_equal(summary.rejected, 1);
	assert_int_equal(rejected.line, 3);
	assert_int_equal(rejected.status, SC_BAD_FORMAT);
}

static void a_header_that_makes_no_sense_ends_the_import(void **state)
{
	static const struct {
		const char *header;
		sc_status status;
	} bad[] = { { "sku,name,sku\n", SC_BAD_FORMAT },
		    { "sku,,name\n", SC_BAD_FORMAT },
		    { "sku,\"name\n", SC_BAD_FORMAT },
		    { "sku,n\xff\n", SC_BAD_TEXT } };
	struct world *w = *state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct rejected rejected;
		sc_import_summary summary;
		assert_int_equal(import_pieces(w, csv_options(), bad[i].header, strlen(bad[i].header), 100, true,
		                               &rejected, &summary),
		                 bad[i].status);
		assert_string_equal(w->err.field, "header");
	}
}

static void a_table_has_so_many_columns(void **state)
{
	struct world *w = *state;
	for (int extra = 0; extra < 2; extra++) {
		struct file file = { NULL, 0 };
		struct rejected rejected;
		sc_import_summary summary;
		for (int i = 0; i < 1024 + extra; i++) {
			char name[16];
			int size = snprintf(name, sizeof(name), "%sc%d", i > 0 ? "," : "", i);
			file_write(&file, name, (size_t)size, NULL);
		}
		file_write(&file, "\n", 1, NULL);
		assert_int_equal(import_pieces(w, csv_options(), file.data, file.size, 64, true, &rejected, &summary),
		                 extra == 0 ? SC_OK : SC_OVER_LIMIT);
		file_free(&file);
	}
}

static void a_row_is_as_long_as_its_limit(void **state)
{
	struct world *w = *state;
	for (size_t extra = 0; extra < 2; extra++) {
		sc_import_options options = csv_options();
		struct rejected rejected;
		sc_import_summary summary;
		static const char text[] = "sku,name,price,currency\nlamp,\"Desk\nlamp, red\",1,USD\n";
		options.line_max = (uint32_t)(strlen("lamp,\"Desk\nlamp, red\",1,USD") - extra);
		assert_int_equal(import_pieces(w, options, text, strlen(text), 3, true, &rejected, &summary), SC_OK);
		assert_int_equal(summary.rejected, extra);
		assert_int_equal(rejected.status, extra == 0 ? SC_OK : SC_OVER_LIMIT);
	}
}

static void a_map_reads_a_foreign_table(void **state)
{
	struct world *w = *state;
	struct rejected rejected;
	sc_import_options options = csv_options();
	sc_import_summary summary;
	options.map = SC_BYTES("{\"sku\":\"Art. no\",\"name\":\"Title\",\"price\":{\"decimal\":\"Price\"},"
	                       "\"currency\":{\"const\":\"EUR\"},\"attributes\":[{\"prefix\":\"a_\"}],"
	                       "\"categories\":{\"path\":[\"Dept\",\"Group\"]},\"images\":\"Picture\"}");
	static const char text[] = "Art. no,Title,Price,a_colour,a_size,Dept,Group,Picture\n"
				   "7,Mug,12.99,red,,Kitchen,Mugs,http://example.org/7\n";
	assert_int_equal(import_pieces(w, options, text, strlen(text), 5, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.created, 1);
	sc_product mug = read_product(w, "7");
	assert_int_equal(mug.skus[0].price_minor, 1299);
	assert_int_equal(mug.attribute_count, 1);
	assert_string_equal(mug.attributes[0].text, "red");
	assert_string_equal(mug.categories[1], "kitchen/mugs");
	assert_string_equal(mug.images[0].url, "http://example.org/7");
}

/* ---- categories and products without offers ---------------------------------------------- */

static const char tree[] =
	"{\"category\":\"k\",\"name\":\"Kitchen\",\"position\":2}\n"
	"{\"category\":\"m\",\"name\":\"Mugs\",\"parent\":\"k\"}\n"
	"{\"sku\":\"a\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\",\"categories\":[\"k\",\"m\"]}\n"
	"{\"category\":\"x\",\"name\":\"X\",\"parent\":\"nowhere\"}\n"
	"{\"product\":\"bare\",\"name\":\"Bare\"}\n";

static void lines_of_categories_make_the_tree(void **state)
{
	struct world *w = *state;
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	struct rejected rejected;
	sc_import_summary summary;
	sc_category mugs;
	assert_int_equal(import_pieces(w, options, tree, strlen(tree), 9, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.created, 4);
	assert_int_equal(rejected.line, 4);
	assert_int_equal(rejected.status, SC_NOT_FOUND);
	assert_string_equal(rejected.field, "parent");
	assert_int_equal(sc_category_get(w->shop, SC_CALL_SYSTEM, "m", &w->arena, &mugs, &w->err), SC_OK);
	assert_string_equal(mugs.name, "Mugs");
	assert_string_equal(mugs.parent, "k");
	assert_int_equal(read_product(w, "bare").sku_count, 0);
	assert_int_equal(import_pieces(w, options, tree, strlen(tree), 9, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.unchanged, 4);
}

static void a_line_renames_a_category_and_never_moves_it(void **state)
{
	struct world *w = *state;
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	struct rejected rejected;
	sc_import_summary summary;
	sc_category mugs;
	static const char changes[] = "{\"category\":\"m\",\"name\":\"Cups\",\"parent\":\"k\"}\n"
				      "{\"category\":\"k\",\"name\":\"Kitchen\",\"parent\":\"m\"}\n";
	assert_int_equal(import_pieces(w, options, tree, strlen(tree), 99, true, &rejected, &summary), SC_OK);
	assert_int_equal(import_pieces(w, options, changes, strlen(changes), 99, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.changed, 1);
	assert_int_equal(rejected.line, 2);
	assert_int_equal(rejected.status, SC_WRONG_STATE);
	assert_int_equal(sc_category_get(w->shop, SC_CALL_SYSTEM, "m", &w->arena, &mugs, &w->err), SC_OK);
	assert_string_equal(mugs.name, "Cups");
}

/* ---- there and back ---------------------------------------------------------------------- */

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

/* Text that breaks careless readers; `lines`: what only descriptions and attributes may hold, too. */
static const char *nasty(struct world *w, uint64_t *seed, bool lines)
{
	static const char *const parts[] = { "a",    "\"",           ",",   ";",         "'",    "\\",
		                             " ",    "=1+1",         "\\n", "{\"a\":1}", "[]",   "[",
		                             "null", "true",         "007", "é",         "日本", "😀",
		                             "\"\"", "\xef\xbb\xbf", "\n",  "\r",        "\r\n", "\t" };
	size_t count = sizeof(parts) / sizeof(parts[0]) - (lines ? 0 : 4);
	char text[256] = "";
	for (uint32_t i = 0, n = 1 + draw(seed, 8); i < n; i++)
		strcat(text, parts[draw(seed, (uint32_t)count)]);
	return sc_arena_dup(&w->arena, text, strlen(text));
}

static const char *numbered(struct world *w, const char *text, int number)
{
	char name[400];
	int size = snprintf(name, sizeof(name), "%s %d", text, number);
	return sc_arena_dup(&w->arena, name, (size_t)size);
}

static const char *maybe(struct world *w, uint64_t *seed, bool lines)
{
	return draw(seed, 3) == 0 ? NULL : nasty(w, seed, lines);
}

static sc_attribute *nasty_attributes(struct world *w, uint64_t *seed, size_t *count)
{
	static const char *const numbers[] = { "0", "-5", "298.45", "1e5", "12345678901234567890" };
	sc_attribute *list = sc_arena_zalloc(&w->arena, 4 * sizeof(*list));
	*count = draw(seed, 5);
	for (size_t i = 0; i < *count; i++) {
		list[i].name = numbered(w, nasty(w, seed, false), (int)i);
		list[i].type = draw(seed, 3);
		list[i].text = list[i].type == SC_ATTRIBUTE_NUMBER ? numbers[draw(seed, 5)]
		               : list[i].type == SC_ATTRIBUTE_BOOL ? "false"
		                                                   : nasty(w, seed, true);
	}
	return list;
}

static sc_sku *nasty_skus(struct world *w, uint64_t *seed, int product, size_t *count)
{
	sc_sku *skus = sc_arena_zalloc(&w->arena, 3 * sizeof(*skus));
	*count = draw(seed, 4);
	for (size_t i = 0; i < *count; i++) {
		skus[i] = (sc_sku){ .sku = numbered(w, nasty(w, seed, false), product * 10 + (int)i),
			            .seller = maybe(w, seed, false),
			            .name = maybe(w, seed, false),
			            .price_minor = (int64_t)draw(seed, 100000),
			            .currency = "JPY",
			            .withdrawn = draw(seed, 2) == 0 };
		skus[i].options = nasty_attributes(w, seed, &skus[i].option_count);
	}
	return skus;
}

static void create_nasty_product(struct world *w, uint64_t *seed, int number, const char *const *categories)
{
	sc_image image = { .url = nasty(w, seed, false), .alt = maybe(w, seed, false) };
	sc_product product = { .id = numbered(w, nasty(w, seed, false), number),
		               .name = nasty(w, seed, false),
		               .brand = maybe(w, seed, false),
		               .description = draw(seed, 4) == 0 ? "" : maybe(w, seed, true),
		               .seller = maybe(w, seed, false),
		               .images = &image,
		               .image_count = draw(seed, 2),
		               .categories = categories,
		               .category_count = draw(seed, 3),
		               .rating_milli = (int32_t)draw(seed, 5001) - 1,
		               .popularity = (int64_t)draw(seed, 3) };
	product.rating_count = product.rating_milli >= 0 ? (int64_t)draw(seed, 9) : 0;
	product.attributes = nasty_attributes(w, seed, &product.attribute_count);
	product.skus = nasty_skus(w, seed, number, &product.sku_count);
	create(w, &product);
}

static void make_nasty_shop(struct world *w, uint64_t seed)
{
	const char *categories[2];
	for (int i = 0; i < 2; i++) {
		const sc_category category = { .id = numbered(w, nasty(w, &seed, false), i),
			                       .name = nasty(w, &seed, false),
			                       .parent = i > 0 ? categories[0] : NULL,
			                       .position = (int64_t)draw(&seed, 3) };
		categories[i] = category.id;
		assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &category, NULL, &w->err), SC_OK);
	}
	for (int i = 0; i < 8; i++)
		create_nasty_product(w, &seed, i, categories);
}

static void goes_there_and_back(struct world *w, sc_catalog_format format)
{
	struct world other;
	struct rejected rejected;
	sc_import_summary summary;
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	struct file first = export_file(w, format);
	assert_int_equal(world_open(&other, sc_testkit_env_table(w->env)), SC_OK);
	options.format = format;
	options.batch_lines = 3;
	assert_int_equal(import_pieces(&other, options, first.data, first.size, 11, true, &rejected, &summary), SC_OK);
	assert_int_equal(rejected.count, 0);
	for (int i = 0; i < 2; i++) {
		const sc_catalog_format as = i == 0 ? SC_CATALOG_JSONL : SC_CATALOG_CSV;
		struct file mine = export_file(w, as), theirs = export_file(&other, as);
		assert_int_equal(mine.size, theirs.size);
		assert_memory_equal(mine.data, theirs.data, mine.size);
		file_free(&mine);
		file_free(&theirs);
	}
	file_free(&first);
	world_close(&other);
}

static void what_was_exported_and_imported_exports_to_the_same_bytes(void **state)
{
	struct world *w = *state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct world source;
		assert_int_equal(world_open(&source, sc_testkit_env_table(w->env)), SC_OK);
		source.env = w->env;
		make_nasty_shop(&source, seed);
		goes_there_and_back(&source, SC_CATALOG_JSONL);
		goes_there_and_back(&source, SC_CATALOG_CSV);
		world_close(&source);
	}
}

static void an_export_writes_one_line_for_each_sku(void **state)
{
	struct world *w = *state;
	const sc_sku skus[] = { sku_of("a", 100), sku_of("b", 200) };
	const sc_product mug = product_of("mug", "Mug", skus, 2);
	create(w, &mug);
	struct file lines = export_file(w, SC_CATALOG_JSONL), table = export_file(w, SC_CATALOG_CSV);
	assert_string_equal(
		lines.data,
		"{\"sku\":\"a\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":100,\"currency\":\"USD\"}\n"
		"{\"sku\":\"b\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":200,\"currency\":\"USD\"}\n");
	assert_non_null(strstr(table.data, "\na,mug,Mug,,,,,,100,USD,,,,,,,,,,,\nb,mug,"));
	file_free(&lines);
	file_free(&table);
}

static sc_status write_nothing(void *ctx, const void *data, size_t size, sc_error *err)
{
	(void)ctx, (void)data, (void)size, (void)err;
	return SC_NO_ROOM;
}

static void what_the_writer_answers_ends_the_export(void **state)
{
	struct world *w = *state;
	sc_export_options options = SC_EXPORT_OPTIONS_INIT;
	options.write = write_nothing;
	create_category(w, "k", NULL);
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_NO_ROOM);
}

static void an_export_checks_its_options(void **state)
{
	struct world *w = *state;
	sc_export_options options = SC_EXPORT_OPTIONS_INIT;
	struct file file = { NULL, 0 };
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "write");
	options.write = file_write;
	options.ctx = &file;
	options.page = SC_PAGE_MAX;
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_OK);
	options.page = SC_PAGE_MAX + 1;
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_OVER_LIMIT);
	options.page = 0;
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_BAD_ARGUMENT);
	options.page = 1;
	options.format = 7;
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "format");
	file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(quoted_cells_hold_commas_quotes_and_line_breaks),
		world_test(a_row_is_named_by_the_line_it_begins_in),
		world_test(a_mark_at_the_beginning_of_the_file_is_passed_over),
		world_test(a_row_that_is_spoilt_is_rejected_and_the_rest_goes_on),
		world_test(a_quoted_cell_without_end_is_one_rejected_row),
		world_test(a_header_that_makes_no_sense_ends_the_import),
		world_test(a_table_has_so_many_columns),
		world_test(a_row_is_as_long_as_its_limit),
		world_test(a_map_reads_a_foreign_table),
		world_test(lines_of_categories_make_the_tree),
		world_test(a_line_renames_a_category_and_never_moves_it),
		world_test(what_was_exported_and_imported_exports_to_the_same_bytes),
		world_test(an_export_writes_one_line_for_each_sku),
		world_test(what_the_writer_answers_ends_the_export),
		world_test(an_export_checks_its_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
