/*
 * Importing: the first line of an input is a map (empty: our own names), the others are lines to read with it. What
 * a line becomes can be stored, and reads back from the store as the same; each line is a document, too.
 */
#include "check.h"

#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/import_map.h"

#include <string.h>

static void check_stored(const sc_product *product, sc_arena *arena)
{
	sc_bytes first, second;
	sc_product again;
	sc_error err;
	sc_status status = sc__product_encode(product, arena, &first, &err);
	if (status == SC_OVER_LIMIT)
		return;
	CHECK(status == SC_OK);
	const sc_record record = { .address = sc__product_address(product->id), .version = 1, .body = first };
	CHECK(sc__product_decode(&record, arena, &again, &err) == SC_OK);
	CHECK(sc__product_check(&again, &err) == SC_OK);
	CHECK(sc__product_encode(&again, arena, &second, &err) == SC_OK);
	CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
}

static void read_line(const sc__import_map *map, sc_bytes line, sc_arena *arena)
{
	sc__import_line read;
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc__import_line_read(map, line, 4096, arena, &read, &err);
	if (status == SC_OK && read.category.id != NULL) {
		CHECK(sc__category_check(&read.category, &err) == SC_OK);
	} else if (status == SC_OK) {
		CHECK(read.product.sku_count == 0 || read.product.skus == &read.sku);
		for (size_t i = 0; i < read.product.category_count; i++)
			CHECK(strcmp(read.categories[i].id, read.product.categories[i]) == 0);
		check_stored(&read.product, arena);
	} else {
		CHECK(sc_status_is_bad_input(status) && err.status == status && err.text[0] != '\0');
	}
}

static void read_document(sc_bytes line, sc_arena *arena)
{
	sc_product product;
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc_product_read_json(line, arena, &product, &err);
	if (status == SC_OK && sc__product_check(&product, &err) == SC_OK)
		check_stored(&product, arena);
	else if (status != SC_OK)
		CHECK(sc_status_is_bad_input(status) && err.field[0] != '\0');
}

static sc_bytes next_line(sc_bytes *rest)
{
	const char *data = rest->data, *end = rest->size > 0 ? memchr(data, '\n', rest->size) : NULL;
	sc_bytes line = { data, end != NULL ? (size_t)(end - data) : rest->size };
	size_t used = line.size + (end != NULL);
	*rest = (sc_bytes){ data + used, rest->size - used };
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_arena arena;
	sc__import_map map;
	sc_error err = SC_ERROR_INIT;
	sc_bytes rest = { data, size };
	sc_arena_init(&arena, sc_env_default());
	sc_bytes first = next_line(&rest);
	sc_status status = sc__import_map_read(first, &arena, &map, &err);
	CHECK(status == SC_OK || (sc_status_is_bad_input(status) && err.field[0] != '\0'));
	while (rest.size > 0) {
		sc_bytes line = next_line(&rest);
		if (status == SC_OK)
			read_line(&map, line, &arena);
		read_document(line, &arena);
	}
	sc_arena_clear(&arena);
	return 0;
}
