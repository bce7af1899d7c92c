/*
 * One document in, one answer out: a pricing document, an allocation, or an order with refunds.
 */
#include "pricing/document.h"

#include "base/error.h"

#include <string.h>

/* No document of ours is deeper; a path of so many levels can be written down. */
#define DEPTH_MAX 16

static sc_status read_weights(sc__reader *r, const sc_json *list, int64_t *weights)
{
	int64_t total = 0;

	for (const sc_json *item = sc_json_first(list); item != NULL; item = sc_json_next(item), weights++) {
		const sc_status status = sc__document_int(r, item, 0, SC_PRICE_TOTAL_MAX - total, weights);

		if (status != SC_OK)
			return status;
		total += *weights;
	}
	return SC_OK;
}

static sc_status answer_allocate(sc__reader *r, const sc_json *what, sc_json_writer *w)
{
	int method = SC_PRICE_LARGEST_REMAINDER;
	int64_t amount;
	sc_status status = sc__document_allocate(r, what, &amount, &method);

	if (status != SC_OK)
		return status;
	const sc_json *list = sc_json_member(what, "weights");
	const size_t count = sc_json_count(list);
	if (sc_json_type_of(list) != SC_JSON_ARRAY || count == 0)
		return sc__document_bad(r, SC_BAD_FORMAT, list, NULL, "has to be an array that is not empty");
	if (count > SC_PRICE_LINES_MAX)
		return sc__document_bad(r, SC_OVER_LIMIT, list, NULL, "at most %d", SC_PRICE_LINES_MAX);
	int64_t *weights = sc_arena_alloc(r->arena, 2 * count * sizeof(*weights)), *shares = weights + count;
	if (weights == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for shares");
	status = read_weights(r, list, weights);
	if (status == SC_OK)
		status = sc_price_share(amount, weights, count, (sc_price_allocation)method, r->arena, shares, r->err);
	if (status != SC_OK)
		return status;
	sc_json_begin_object(w);
	sc_json_put_key(w, "shares");
	sc_json_begin_array(w);
	for (size_t i = 0; i < count; i++)
		sc_json_put_int(w, shares[i]);
	sc_json_end_array(w);
	sc_json_end_object(w);
	return SC_OK;
}

/* What sc_price() itself refuses, with a pointer to the list it is about. */
static sc_status point_into(sc__reader *r, const sc_json *document, sc_status status)
{
	static const char *const lists[] = { "lines", "shipping", "fees", "promotions", "policy" };

	for (size_t i = 0; r->err != NULL && status <= SC_BAD_ARGUMENT && status >= SC_UNSUPPORTED && i < 5; i++)
		if (r->err->field[0] != '/' && strncmp(r->err->field, lists[i], strlen(lists[i])) == 0)
			return sc__document_bad(r, status, document, lists[i], "%s", r->err->text);
	return status;
}

/* `more`: the array of refunds, or the object that says what would be otherwise; NULL for the price alone. */
static sc_status answer_price(sc__reader *r, const sc_json *document, uint32_t flags, const sc_json *more,
                              sc_json_writer *w)
{
	sc_price_request request;
	sc_price_rules *rules;
	sc_breakdown breakdown;
	sc_status status = sc__document_request(r, document, &request, &rules);

	if (status != SC_OK)
		return status;
	request.flags = flags | SC_PRICE_UNITS;
	status = sc_price(&request, r->arena, &breakdown, r->err);
	if (status != SC_OK)
		status = point_into(r, document, status);
	else if (more != NULL && sc_json_type_of(more) == SC_JSON_ARRAY)
		status = sc__document_refund(r, more, &breakdown, w);
	else if (more != NULL)
		status = sc__document_what_if(r, more, &request, w);
	else
		sc_breakdown_write_json(w, &breakdown, r->arena);
	sc_price_rules_free(rules);
	return status;
}

static sc_status answer(sc__reader *r, const sc_json *document, uint32_t flags, sc_json_writer *w)
{
	static const sc__field allocate_fields[] = { { "allocate", SC__FIELD_KNOWN, .required = true }, { NULL } };
	static const sc__field refund_fields[] = { { "order", SC__FIELD_KNOWN, .required = true },
		                                   { "refund", SC__FIELD_KNOWN, .required = true },
		                                   { NULL } };
	static const sc__field what_if_fields[] = { { "order", SC__FIELD_KNOWN, .required = true },
		                                    { "what_if", SC__FIELD_KNOWN, .required = true },
		                                    { NULL } };
	sc_status status;

	if (sc_json_member(document, "allocate") != NULL) {
		status = sc__document_object(r, document, allocate_fields, NULL);
		return status == SC_OK ? answer_allocate(r, sc_json_member(document, "allocate"), w) : status;
	}
	if (sc_json_member(document, "what_if") != NULL) {
		const sc_json *what_if = sc_json_member(document, "what_if");

		status = sc__document_object(r, document, what_if_fields, NULL);
		if (status == SC_OK && sc_json_type_of(what_if) != SC_JSON_OBJECT)
			status = sc__document_bad(r, SC_BAD_FORMAT, what_if, NULL, "has to be an object");
		return status == SC_OK ? answer_price(r, sc_json_member(document, "order"), flags, what_if, w) : status;
	}
	if (sc_json_member(document, "order") != NULL || sc_json_member(document, "refund") != NULL) {
		const sc_json *refund = sc_json_member(document, "refund");

		status = sc__document_object(r, document, refund_fields, NULL);
		if (status == SC_OK && sc_json_type_of(refund) != SC_JSON_ARRAY)
			status = sc__document_bad(r, SC_BAD_FORMAT, refund, NULL, "has to be an array");
		return status == SC_OK ? answer_price(r, sc_json_member(document, "order"), flags, refund, w) : status;
	}
	return answer_price(r, document, flags, NULL, w);
}

/* What the JSON reader refuses: "lines[2].sku" becomes "/lines/2/sku". */
static void make_pointer(sc_error *err)
{
	char path[sizeof(err->field)];
	size_t size = 0;

	if (err == NULL || err->field[0] == '\0' || err->field[0] == '/')
		return;
	for (const char *at = err->field; *at != '\0' && size < sizeof(path) - 2; at++) {
		if (size == 0 && *at != '[')
			path[size++] = '/';
		if (*at == '[' || *at == '.')
			path[size++] = '/';
		else if (*at != ']')
			path[size++] = *at;
	}
	path[size] = '\0';
	memcpy(err->field, path, size + 1);
}

/* A document too large to read is most likely a list too long: names the list of the outer object that is longest. */
static void point_at_longest(sc_bytes document, sc_error *err)
{
	const char *text = document.data, *key = NULL, *string = NULL;
	size_t depth = 0, key_size = 0, string_size = 0, count = 0, longest = 0;

	if (err == NULL)
		return;
	err->field[0] = '\0';
	for (size_t i = 0; i < document.size; i++) {
		const char c = text[i];

		if (c == '"') {
			string = &text[i + 1];
			for (i++; i < document.size && text[i] != '"'; i++)
				i += text[i] == '\\' ? 1 : 0;
			string_size = (size_t)(&text[i] - string);
		} else if (c == '{' || c == '[') {
			depth++;
			count = depth == 2 ? 1 : count;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == ':' && depth == 1) {
			key = string;
			key_size = string_size;
		} else if (c == ',' && depth == 2 && ++count > longest && key != NULL &&
		           key_size < sizeof(err->field) - 1) {
			longest = count;
			err->field[0] = '/';
			memcpy(err->field + 1, key, key_size);
			err->field[key_size + 1] = '\0';
		}
	}
}

sc_status sc__document_parse(sc__reader *r, sc_bytes document, size_t size_max, const sc_json **out)
{
	sc_json_options options = SC_JSON_OPTIONS_INIT;

	options.size_max = size_max;
	options.depth_max = DEPTH_MAX;
	options.name = "";
	const sc_status status = sc_json_parse(document, r->arena, &options, out, r->err);
	if (status == SC_OK)
		return SC_OK;
	make_pointer(r->err);
	if (document.size > size_max)
		point_at_longest(document, r->err);
	return status;
}

sc_status sc_price_document(sc_bytes document, uint32_t flags, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc__reader reader = { .arena = arena, .err = err };
	sc_json_writer writer;
	const sc_json *json;

	sc_status status = sc__document_parse(&reader, document, SC__DOCUMENT_MAX, &json);
	if (status != SC_OK)
		return status;
	sc_json_writer_init(&writer, arena, false);
	status = answer(&reader, json, flags, &writer);
	if (status != SC_OK)
		return status;
	return sc_json_finish(&writer, out, err);
}
