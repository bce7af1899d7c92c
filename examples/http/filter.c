#include "filter.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

struct head {
	size_t hosts, lengths, headers;
	bool encoded; /* Transfer-Encoding */
	bool expects;
	uint64_t length;
};

static size_t refuse(struct refusal *refusal, unsigned code, const char *text)
{
	*refusal = (struct refusal){ code, text };
	return 0;
}

static bool is_token_byte(unsigned char byte)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
	return letter || (byte >= '0' && byte <= '9') || (byte != '\0' && strchr(others, byte) != NULL);
}

static bool is_token(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!is_token_byte((unsigned char)text[i]))
			return false;
	return size > 0;
}

static bool is_named(const char *name, size_t size, const char *wanted)
{
	return size == strlen(wanted) && strncasecmp(name, wanted, size) == 0;
}

/* Digits and nothing else: no sign, no space inside, no list. */
static bool read_length(const char *text, size_t size, uint64_t *out)
{
	uint64_t value = 0;
	if (size == 0 || size > 18)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*out = value;
	return true;
}

/* METHOD SP target SP HTTP/1.x, with single spaces and a target in plain ASCII. */
static bool check_request_line(const char *line, size_t size, struct refusal *refusal)
{
	const char *space = memchr(line, ' ', size);
	if (space == NULL || !is_token(line, (size_t)(space - line))) {
		refuse(refusal, 400, "no method that HTTP allows");
		return false;
	}
	const char *target = space + 1, *end = line + size;
	const char *second = memchr(target, ' ', (size_t)(end - target));
	if (target == end || *target != '/' || second == NULL) {
		refuse(refusal, 400, "the request line needs a path and a version");
		return false;
	}
	for (const char *at = target; at < second; at++)
		if (*at <= ' ' || *at >= 127) {
			refuse(refusal, 400, "the path holds bytes that have to be percent-encoded");
			return false;
		}
	size_t version = (size_t)(end - second) - 1;
	if (version != 8 || (memcmp(second + 1, "HTTP/1.1", 8) != 0 && memcmp(second + 1, "HTTP/1.0", 8) != 0)) {
		refuse(refusal, 505, "HTTP/1.1 or HTTP/1.0");
		return false;
	}
	return true;
}

static bool check_value(const char *value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)value[i];
		if ((byte < ' ' && byte != '\t') || byte == 127)
			return false;
	}
	return true;
}

static bool take_header(struct head *head, const char *line, size_t size, struct refusal *refusal)
{
	const char *colon = memchr(line, ':', size);
	if (++head->headers > HEADERS_MAX) {
		refuse(refusal, 431, "too many headers");
		return false;
	}
	if (colon == NULL || !is_token(line, (size_t)(colon - line))) {
		refuse(refusal, 400, "a header's name is a token, and the colon follows at once");
		return false;
	}
	const char *value = colon + 1, *end = line + size;
	size_t name = (size_t)(colon - line);
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (!check_value(value, (size_t)(end - value))) {
		refuse(refusal, 400, "a header holds a control character");
		return false;
	}
	head->hosts += is_named(line, name, "host");
	head->encoded |= is_named(line, name, "transfer-encoding");
	head->expects |= is_named(line, name, "expect");
	if (!is_named(line, name, "content-length"))
		return true;
	head->lengths++;
	if (read_length(value, (size_t)(end - value), &head->length))
		return true;
	refuse(refusal, 400, "Content-Length is digits only");
	return false;
}

static bool check_head(const struct head *head, size_t body_max, struct refusal *refusal)
{
	if (head->hosts != 1)
		refuse(refusal, 400, "exactly one Host header is needed");
	else if (head->encoded && head->lengths > 0)
		refuse(refusal, 400, "Content-Length and Transfer-Encoding exclude each other");
	else if (head->lengths > 1)
		refuse(refusal, 400, "one Content-Length at most");
	else if (head->encoded)
		refuse(refusal, 411, "a body needs its Content-Length");
	else if (head->expects)
		refuse(refusal, 417, "nothing is expected here: send the body at once");
	else if (head->length > body_max)
		refuse(refusal, 413, "the body is too large");
	return refusal->code == 0;
}

/* The end of a line that ends in CR LF, as the offset of its CR; SIZE_MAX: not there yet, or refused. */
static size_t line_end(const char *data, size_t from, size_t size, struct refusal *refusal)
{
	for (size_t i = from; i < size; i++) {
		if (data[i] == '\n' || data[i] == '\0') {
			refuse(refusal, 400, data[i] == '\n' ? "a line ends in CR LF" : "a NUL in the head");
			return SIZE_MAX;
		}
		if (data[i] != '\r')
			continue;
		if (i + 1 < size && data[i + 1] != '\n')
			refuse(refusal, 400, "a CR without LF");
		return i + 1 < size && data[i + 1] == '\n' ? i : SIZE_MAX;
	}
	return SIZE_MAX;
}

size_t filter_request(const char *data, size_t size, size_t body_max, struct refusal *refusal)
{
	struct head head = { 0 };
	size_t window = size < HEAD_MAX ? size : HEAD_MAX;
	*refusal = (struct refusal){ 0, NULL };
	for (size_t from = 0;;) {
		size_t end = line_end(data, from, window, refusal);
		if (refusal->code != 0)
			return 0;
		if (end == SIZE_MAX)
			return window == HEAD_MAX ? refuse(refusal, 431, "the headers are too large") : 0;
		if (end == from && from > 0) {
			if (!check_head(&head, body_max, refusal))
				return 0;
			size_t whole = end + 2 + (size_t)head.length;
			return whole <= size ? whole : 0;
		}
		bool fine = from == 0 ? check_request_line(data, end, refusal)
		                      : take_header(&head, data + from, end - from, refusal);
		if (!fine)
			return 0;
		from = end + 2;
	}
}
