/*
 * /v1/categories: the tree that products stand in. An id may hold a slash, which travels as %2F.
 */
#include "http.h"

#define PAGE_DEFAULT 100

static void write_category(sc_json_writer *writer, const sc_category *category)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", category->id);
	sc_json_add_text(writer, "name", category->name);
	sc_json_add_text(writer, "parent", category->parent);
	sc_json_add_int(writer, "position", category->position);
	sc_json_end_object(writer);
}

sc_status list_categories(struct request *request)
{
	sc_catalog_page page;
	sc_category_list list;
	const char *parent;
	sc_json_writer writer;
	sc_status status = query_text(request, "parent", &parent);
	if (status == SC_OK)
		status = query_page(request, PAGE_DEFAULT, &page);
	if (status == SC_OK)
		status = sc_category_list_children(request->server->shop, &request->call, parent, &page,
		                                   &request->arena, &list, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "categories");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < list.count; i++)
		write_category(&writer, &list.categories[i]);
	sc_json_end_array(&writer);
	put_cursor(request, &writer, list.next);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status get_category(struct request *request)
{
	sc_category category;
	sc_json_writer writer;
	sc_status status = sc_category_get(request->server->shop, &request->call, request->params[0], &request->arena,
	                                   &category, &request->err);
	if (status != SC_OK)
		return status;
	if (not_modified(request, category.version))
		return SC_OK;
	writer_begin(request, &writer);
	write_category(&writer, &category);
	return writer_end(request, &writer);
}

sc_status make_category(struct request *request)
{
	sc_category category = { .id = request->params[0] };
	const sc_json *document = request->document;
	sc_status status = sc_json_get_text(document, "name", &category.name, &request->err);
	if (status == SC_OK)
		status = member_text(request, document, "parent", &category.parent);
	if (status == SC_OK && sc_json_member(document, "position") != NULL)
		status = sc_json_get_int(document, "position", &category.position, &request->err);
	if (status == SC_OK)
		status = sc_category_create(request->server->shop, &request->call, &category, NULL, &request->err);
	if (status != SC_OK)
		return status;
	request->code = 201;
	return get_category(request);
}
