/*
 * Reading what stands in paths, queries and headers, and writing what stands in answers. The HTTP library is told to
 * leave escapes alone, so that they are decoded once, here, after the path was cut into segments.
 */
#include "http.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int hex_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

sc_status decode(struct request *request, const char *text, size_t size, const char *field, char **out)
{
	char *to = sc_arena_alloc(&request->arena, size + 1);
	size_t n = 0;
	if (to == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < size; i++) {
		char byte = text[i];
		if (byte == '%') {
			int high = i + 2 < size ? hex_of(text[i + 1]) : -1, low = high >= 0 ? hex_of(text[i + 2]) : -1;
			if (low < 0 || (high | low) == 0)
				return bad(request, SC_BAD_TEXT, field, "a percent sign needs two digits, not 00");
			byte = (char)(high << 4 | low);
			i += 2;
		}
		to[n++] = byte;
	}
	to[n] = '\0';
	if (!sc_text_is_utf8(to, n))
		return bad(request, SC_BAD_TEXT, field, "not UTF-8");
	*out = to;
	return SC_OK;
}

const char *header_of(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

sc_status query_text(struct request *request, const char *name, const char **out)
{
	const char *raw = MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
	char *text = NULL;
	if (raw == NULL) {
		*out = NULL;
		return SC_OK;
	}
	char *plain = sc_arena_dup(&request->arena, raw, strlen(raw));
	if (plain == NULL)
		return SC_NO_MEMORY;
	for (char *at = plain; *at != '\0'; at++)
		if (*at == '+')
			*at = ' ';
	sc_status status = decode(request, plain, strlen(plain), name, &text);
	if (status == SC_OK)
		*out = text;
	return status;
}

static bool read_digits(const char *text, uint64_t *out)
{
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

sc_status query_number(struct request *request, const char *name, int64_t low, int64_t high, int64_t *out)
{
	const char *text;
	uint64_t value;
	sc_status status = query_text(request, name, &text);
	if (status != SC_OK || text == NULL)
		return status;
	if (!read_digits(text, &value))
		return bad(request, SC_BAD_FORMAT, name, "digits are expected");
	if (value < (uint64_t)low || value > (uint64_t)high)
		return bad(request, SC_OUT_OF_RANGE, name, "not in its range");
	*out = (int64_t)value;
	return SC_OK;
}

sc_status query_cursor(struct request *request, sc_bytes *out)
{
	const char *text;
	size_t size;
	*out = (sc_bytes){ NULL, 0 };
	sc_status status = query_text(request, "cursor", &text);
	if (status != SC_OK || text == NULL)
		return status;
	char *bytes = sc_arena_alloc(&request->arena, strlen(text) + 1);
	if (bytes == NULL)
		return SC_NO_MEMORY;
	if (sodium_base642bin((unsigned char *)bytes, strlen(text) + 1, text, strlen(text), NULL, &size, NULL,
	                      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return bad(request, SC_BAD_FORMAT, "cursor", "none of ours");
	*out = (sc_bytes){ bytes, size };
	return SC_OK;
}

sc_status query_page(struct request *request, uint32_t usual, sc_catalog_page *out)
{
	int64_t limit = usual;
	sc_status status = query_number(request, "limit", 1, 200, &limit);
	*out = (sc_catalog_page){ .limit = (uint32_t)limit };
	return status == SC_OK ? query_cursor(request, &out->cursor) : status;
}

void put_cursor(struct request *request, sc_json_writer *writer, sc_bytes next)
{
	size_t room = sodium_base64_ENCODED_LEN(next.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = next.size > 0 ? sc_arena_alloc(&request->arena, room) : NULL;
	if (text != NULL)
		sodium_bin2base64(text, room, next.data, next.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	else if (next.size > 0)
		writer->status = SC_NO_MEMORY;
	sc_json_add_text(writer, "next", text);
}

sc_status member_text(struct request *request, const sc_json *object, const char *key, const char **out)
{
	sc_json_type type = sc_json_type_of(sc_json_member(object, key));
	if (type == SC_JSON_ABSENT || type == SC_JSON_NULL)
		return SC_OK;
	return sc_json_get_text(object, key, out, &request->err);
}

sc_status member_int(struct request *request, const sc_json *object, const char *key, int64_t *out)
{
	sc_json_type type = sc_json_type_of(sc_json_member(object, key));
	if (type == SC_JSON_ABSENT || type == SC_JSON_NULL)
		return SC_OK;
	return sc_json_get_int(object, key, out, &request->err);
}

const char *owner_of(const struct request *request)
{
	return strcmp(request->params[0], "me") == 0 ? NULL : request->params[0];
}

/* "123", with its quotes. */
static bool read_etag(const char *text, uint64_t *out)
{
	char digits[24];
	size_t size = strlen(text);
	if (size < 3 || size > sizeof(digits) || text[0] != '"' || text[size - 1] != '"')
		return false;
	memcpy(digits, text + 1, size - 2);
	digits[size - 2] = '\0';
	return read_digits(digits, out);
}

sc_status if_match(struct request *request, bool required, uint64_t *out)
{
	const char *text = header_of(request, "If-Match");
	*out = 0;
	if (text == NULL && required) {
		problem(request, 428, "PRECONDITION_REQUIRED", "If-Match has to name the version that was read");
		return SC_OK;
	}
	if (text == NULL || strcmp(text, "*") == 0)
		return SC_OK;
	if (!read_etag(text, out))
		return bad(request, SC_CHANGED, "If-Match", "no version of this");
	return SC_OK;
}

bool etag_names(const char *text, uint64_t version)
{
	char wanted[24];
	if (strcmp(text, "*") == 0)
		return true;
	size_t size = (size_t)snprintf(wanted, sizeof(wanted), "\"%" PRIu64 "\"", version);
	while (*text != '\0') {
		text += strspn(text, " \t,");
		text += strncmp(text, "W/", 2) == 0 ? 2 : 0;
		size_t part = strcspn(text, ", \t");
		if (part == size && memcmp(text, wanted, size) == 0)
			return true;
		text += part;
	}
	return false;
}

bool not_modified(struct request *request, uint64_t version)
{
	const char *text = header_of(request, "If-None-Match");
	bool looks = strcmp(request->route->method, "GET") == 0;
	request->etag = version;
	if (!looks || text == NULL || version == 0 || !etag_names(text, version))
		return false;
	request->code = 304;
	return true;
}

void writer_begin(struct request *request, sc_json_writer *writer)
{
	sc_json_writer_init(writer, &request->arena, false);
}

sc_status writer_end(struct request *request, sc_json_writer *writer)
{
	sc_status status = sc_json_finish(writer, &request->reply, &request->err);
	if (status == SC_OK) {
		request->code = request->code == 0 ? 200 : request->code;
		request->type = "application/json";
	}
	return status;
}

sc_status reply_nothing(struct request *request)
{
	request->code = 204;
	return SC_OK;
}
