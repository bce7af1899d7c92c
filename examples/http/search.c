/*
 * /v1/search: products by words, best first.
 */
#include "http.h"

sc_status get_search(struct request *request)
{
	sc_search_request wanted = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	sc_json_writer writer;
	int64_t limit = wanted.limit, offset = 0;
	sc_status status = query_text(request, "q", &wanted.words);
	if (status == SC_OK)
		status = query_text(request, "category", &wanted.category);
	if (status == SC_OK)
		status = query_number(request, "limit", 1, 200, &limit);
	if (status == SC_OK)
		status = query_number(request, "offset", 0, 9800, &offset);
	if (status == SC_OK && wanted.words == NULL)
		status = bad(request, SC_BAD_ARGUMENT, "q", "what to look for has to be given");
	wanted.limit = (uint32_t)limit;
	wanted.offset = (uint32_t)offset;
	if (status == SC_OK)
		status = sc_search(request->server->shop, &request->call, &wanted, &request->arena, &page,
		                   &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "products");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page.count; i++)
		sc_product_write_json(&writer, &page.products[i]);
	sc_json_end_array(&writer);
	sc_json_add_int(&writer, "total", (int64_t)page.total);
	sc_json_add_bool(&writer, "total_is_floor", page.total_is_floor);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}
