/*
 * /v1/rules/{kind}: what the shop prices its carts by, for its own people; and codes of coupons that are good once.
 */
#include "http.h"

#include <string.h>

#define PAGE_DEFAULT 100

/* "promotion", "coupon", "tax", … as the library names them. */
static sc_status kind_of(struct request *request, sc_rule_kind *out)
{
	const char *name;
	for (int kind = SC_RULE_PROMOTION; (name = sc_rule_kind_name((sc_rule_kind)kind)) != NULL; kind++)
		if (strcmp(name, request->params[0]) == 0) {
			*out = (sc_rule_kind)kind;
			return SC_OK;
		}
	return bad(request, SC_NOT_FOUND, "kind", "there are no such rules");
}

static sc_status reply_rules(struct request *request, const sc_rule_page *page)
{
	sc_json_writer writer;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "rules");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page->count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "id", page->rules[i].id);
		sc_json_add_int(&writer, "version", (int64_t)page->rules[i].version);
		sc_json_put_key(&writer, "document");
		sc_json_put_raw(&writer, page->rules[i].document);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	put_cursor(request, &writer, page->next);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status list_rules(struct request *request)
{
	sc_rule_kind kind = SC_RULE_PROMOTION;
	sc_catalog_page wanted;
	sc_rule_page page;
	sc_status status = kind_of(request, &kind);
	if (status == SC_OK)
		status = query_page(request, PAGE_DEFAULT, &wanted);
	if (status == SC_OK)
		status = sc_rule_list(request->server->shop, &request->call, kind, wanted.limit, wanted.cursor,
		                      &request->arena, &page, &request->err);
	return status == SC_OK ? reply_rules(request, &page) : status;
}

/* The path says which rule it is, and the document has to say the same. */
static sc_status check_name(struct request *request, sc_rule_kind kind)
{
	const char *key = kind == SC_RULE_PRICE ? "sku" : "id", *id = NULL;
	if (kind == SC_RULE_POLICY)
		return strcmp(request->params[1], "policy") == 0
		               ? SC_OK
		               : bad(request, SC_NOT_FOUND, "id", "there is one policy, named policy");
	sc_status status = member_text(request, request->document, key, &id);
	if (status == SC_OK && (id == NULL || strcmp(id, request->params[1]) != 0))
		return bad(request, SC_BAD_ARGUMENT, kind == SC_RULE_PRICE ? "/sku" : "/id", "is not that of the path");
	return status;
}

sc_status put_rule(struct request *request)
{
	const sc_bytes document = { request->body, request->body_size };
	sc_rule_kind kind = SC_RULE_PROMOTION;
	sc_status status = kind_of(request, &kind);
	if (status == SC_OK)
		status = check_name(request, kind);
	if (status == SC_OK)
		status = sc_rule_put(request->server->shop, &request->call, kind, document, &request->err);
	return status == SC_OK ? reply_nothing(request) : status;
}

sc_status delete_rule(struct request *request)
{
	sc_rule_kind kind = SC_RULE_PROMOTION;
	sc_status status = kind_of(request, &kind);
	if (status == SC_OK)
		status = sc_rule_delete(request->server->shop, &request->call, kind, request->params[1], &request->err);
	return status == SC_OK ? reply_nothing(request) : status;
}

/* ---- coupons ----------------------------------------------------------------------------- */

sc_status count_coupon(struct request *request)
{
	sc_coupon_usage usage;
	sc_json_writer writer;
	sc_status status = sc_coupon_count(request->server->shop, &request->call, request->params[0], &usage,
	                                   &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "limit", usage.limit);
	sc_json_add_int(&writer, "used", usage.used);
	sc_json_add_int(&writer, "held", usage.held);
	sc_json_add_int(&writer, "period_limit", usage.period_limit);
	sc_json_add_int(&writer, "period_used", usage.period_used);
	sc_json_add_int(&writer, "period_held", usage.period_held);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

static sc_status read_count(struct request *request, int64_t *first, int64_t *count)
{
	sc_status status = sc_json_get_int(request->document, "count", count, &request->err);
	if (status == SC_OK && (*count < 1 || *count > SC_COUPON_CODES_MAX))
		return bad(request, SC_OUT_OF_RANGE, "count", "1 to 10,000");
	return status == SC_OK ? member_int(request, request->document, "first", first) : status;
}

sc_status issue_codes(struct request *request)
{
	const char *const *codes;
	int64_t first = 1, count = 0;
	sc_json_writer writer;
	sc_status status = read_count(request, &first, &count);
	if (status == SC_OK)
		status = sc_coupon_issue(request->server->shop, &request->call, request->params[0], first,
		                         (size_t)count, &request->arena, &codes, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "codes");
	sc_json_begin_array(&writer);
	for (int64_t i = 0; i < count; i++)
		sc_json_put_text(&writer, codes[i]);
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status import_codes(struct request *request)
{
	const sc_json *list;
	size_t count = 0;
	sc_status status = sc_json_get_array(request->document, "codes", &list, &request->err);
	if (status != SC_OK)
		return status;
	const char **codes = sc_arena_alloc(&request->arena, sc_json_count(list) * sizeof(*codes) + 1);
	if (codes == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *code = sc_json_first(list); code != NULL; code = sc_json_next(code)) {
		if (sc_json_type_of(code) != SC_JSON_TEXT)
			return bad(request, SC_BAD_FORMAT, "codes", "a list of texts");
		codes[count++] = sc_json_text(code).data;
	}
	status = sc_coupon_import(request->server->shop, &request->call, request->params[0], codes, count,
	                          &request->err);
	return status == SC_OK ? reply_nothing(request) : status;
}
