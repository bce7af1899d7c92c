/*
 * /v1/products: the catalogue. A change names the ETag that it was made from.
 *
 * A change of an offer leaves its product's version as it is. So the ETag is the highest version of the product and of
 * its SKUs: versions are never reused and only grow, and whatever changes what is shown raises one of them.
 */
#include "http.h"

#include <string.h>

#define PAGE_DEFAULT 50

static void write_products(sc_json_writer *writer, const sc_product *products, size_t count)
{
	sc_json_put_key(writer, "products");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++)
		sc_product_write_json(writer, &products[i]);
	sc_json_end_array(writer);
}

sc_status list_products(struct request *request)
{
	sc_catalog_page page;
	sc_product_list list;
	const char *category;
	sc_json_writer writer;
	sc_status status = query_text(request, "category", &category);
	if (status == SC_OK)
		status = query_page(request, PAGE_DEFAULT, &page);
	if (status == SC_OK)
		status = sc_product_list_by_category(request->server->shop, &request->call, category, &page,
		                                     &request->arena, &list, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	write_products(&writer, list.products, list.count);
	put_cursor(request, &writer, list.next);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

static uint64_t tag_of(const sc_product *product)
{
	uint64_t tag = product->version;
	for (size_t i = 0; i < product->sku_count; i++)
		if (product->skus[i].version > tag)
			tag = product->skus[i].version;
	return tag;
}

static sc_status reply_product(struct request *request)
{
	sc_product product;
	sc_json_writer writer;
	sc_status status = sc_product_get(request->server->shop, &request->call, request->params[0], &request->arena,
	                                  &product, &request->err);
	if (status != SC_OK)
		return status;
	if (not_modified(request, tag_of(&product)))
		return SC_OK;
	writer_begin(request, &writer);
	sc_product_write_json(&writer, &product);
	return writer_end(request, &writer);
}

/* What is kept is the whole answer, so If-None-Match is looked at when it is sent. */
sc_status get_product(struct request *request)
{
	struct shelf *shelf = request->server->shelf;
	struct shelf_mark mark = shelf_mark(shelf, request->params[0]);
	sc_status status = reply_product(request);
	if (status == SC_OK && request->code == 200)
		shelf_keep(shelf, request->params[0], mark, request);
	return status;
}

/* Whoever is answered while the server stops has to be told that the connection ends, and what lies there does not. */
bool peek_product(struct request *request)
{
	return !atomic_load(&request->server->draining) &&
	       shelf_send(request->server->shelf, request->params[0], request);
}

/* The product as it is now, which has to be the one that `tag` names; 0 names any. */
static sc_status read_current(struct request *request, const char *id, uint64_t tag, sc_product *out)
{
	sc_status status = sc_product_get(request->server->shop, &request->call, id, &request->arena, out,
	                                  &request->err);
	if (status == SC_OK && tag != 0 && tag_of(out) != tag)
		return bad(request, SC_CHANGED, "If-Match", "somebody changed it meanwhile");
	return status;
}

/* What is read here is what the write is conditional on, so nobody comes in between. */
static sc_status take_versions(struct request *request, sc_product *product, uint64_t tag)
{
	sc_product old;
	sc_status status = read_current(request, product->id, tag, &old);
	if (status != SC_OK)
		return status;
	product->version = old.version;
	sc_sku *skus = sc_arena_alloc(&request->arena, product->sku_count * sizeof(*skus) + 1);
	if (skus == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < product->sku_count; i++) {
		skus[i] = product->skus[i];
		skus[i].version = 0;
		for (size_t k = 0; k < old.sku_count; k++)
			if (strcmp(old.skus[k].sku, skus[i].sku) == 0)
				skus[i].version = old.skus[k].version;
	}
	product->skus = skus;
	return SC_OK;
}

static sc_status read_product(struct request *request, sc_product *out)
{
	sc_bytes json = { request->body, request->body_size };
	sc_status status = sc_product_read_json(json, &request->arena, out, &request->err);
	if (status != SC_OK)
		return status;
	if (out->id == NULL || out->id[0] == '\0')
		out->id = request->params[0];
	if (strcmp(out->id, request->params[0]) != 0)
		return bad(request, SC_BAD_ARGUMENT, "id", "not the id that the path names");
	for (size_t i = 0; i < out->sku_count; i++)
		if (out->skus[i].sku == NULL)
			return bad(request, SC_BAD_ARGUMENT, "skus", "a SKU without its name");
	return SC_OK;
}

/* If-None-Match: * makes a new one; If-Match changes the one that was read. */
sc_status put_product(struct request *request)
{
	sc_product product;
	uint64_t version;
	const char *none = header_of(request, "If-None-Match");
	bool create = none != NULL && strcmp(none, "*") == 0;
	sc_status status = if_match(request, !create, &version);
	if (status != SC_OK || request->code != 0)
		return status;
	status = read_product(request, &product);
	if (status == SC_OK && !create)
		status = take_versions(request, &product, version);
	if (status == SC_OK && create)
		status = sc_product_create(request->server->shop, &request->call, &product, &version, &request->err);
	else if (status == SC_OK)
		status = sc_product_put(request->server->shop, &request->call, &product, &version, &request->err);
	shelf_drop(request->server->shelf, product.id);
	if (status != SC_OK)
		return status;
	request->code = create ? 201 : 200;
	return reply_product(request);
}

sc_status delete_product(struct request *request)
{
	uint64_t tag;
	sc_product product;
	const char *id = request->params[0];
	sc_status status = if_match(request, true, &tag);
	if (status != SC_OK || request->code != 0)
		return status;
	status = read_current(request, id, tag, &product);
	if (status == SC_OK)
		status = sc_product_delete(request->server->shop, &request->call, id, product.version, &request->err);
	shelf_drop(request->server->shelf, id);
	return status == SC_OK ? reply_nothing(request) : status;
}
