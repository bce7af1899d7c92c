/*
 * The JSON reader. One loop without recursion: the value being filled is `parent`, its last child `last`, and
 * closing it steps one up. A text is never longer decoded than it was written with its quotes, so one block as
 * large as the document holds all of them, and decoding needs no checks for room.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

#define FEW_MEMBERS 32 /* compare pairs up to here, sort above */

struct parser {
	const char *start, *at, *end;
	char *texts; /* where the next decoded text goes */
	sc_arena *arena;
	sc_json *parent, *last;
	sc_json *open[SC_JSON_DEPTH_MAX]; /* parent, its parent and so on, outermost first */
	uint32_t depth, depth_max;
	sc_status status;
	const char *problem;
	const sc_json *where; /* what the problem is in, when that is not `parent` */
};

static bool refuse(struct parser *p, sc_status status, const char *problem)
{
	p->status = status;
	p->problem = problem;
	return false;
}

static void skip_space(struct parser *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
		p->at++;
}

/* The byte that comes next; 0 at the end, which no rule expects anywhere. */
static char peek(const struct parser *p)
{
	return p->at < p->end ? *p->at : '\0';
}

static const char *digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

const char *sc__json_number(const char *at, const char *end, bool *whole)
{
	*whole = true;
	if (at < end && *at == '-')
		at++;
	const char *first = at;
	at = digits(at, end);
	if (at == first || (*first == '0' && at - first > 1))
		return NULL;
	if (at < end && *at == '.') {
		*whole = false;
		first = ++at;
		at = digits(at, end);
		if (at == first)
			return NULL;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		*whole = false;
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		first = at;
		at = digits(at, end);
		if (at == first)
			return NULL;
	}
	return at;
}

/* false: it does not fit. */
static bool to_int(const char *at, const char *end, int64_t *out)
{
	bool negative = *at == '-';
	int64_t value = 0; /* kept below zero, where there is room for one more */
	for (at += negative; at < end; at++)
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, *at - '0', &value))
			return false;
	if (!negative && value == INT64_MIN)
		return false;
	*out = negative ? value : -value;
	return true;
}

static bool read_number(struct parser *p, sc_json *value)
{
	bool whole;
	const char *end = sc__json_number(p->at, p->end, &whole);
	if (end == NULL)
		return refuse(p, SC_BAD_FORMAT, "not a number");
	if (whole && to_int(p->at, end, &value->integer)) {
		value->type = SC_JSON_INT;
	} else {
		value->type = SC_JSON_NUMBER;
		value->size = (uint32_t)(end - p->at);
		value->text = p->texts;
		memcpy(p->texts, p->at, value->size);
		p->texts[value->size] = '\0';
		p->texts += value->size + 1;
	}
	p->at = end;
	return true;
}

/* Reads four hexadecimal digits. */
static bool read_hex(struct parser *p, uint32_t *out)
{
	if (p->end - p->at < 4)
		return refuse(p, SC_BAD_FORMAT, "\\u needs four hexadecimal digits");
	uint32_t value = 0;
	for (int i = 0; i < 4; i++) {
		char c = p->at[i];
		uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
		                 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
		                                        : 16;
		if (digit == 16)
			return refuse(p, SC_BAD_FORMAT, "\\u needs four hexadecimal digits");
		value = value << 4 | digit;
	}
	p->at += 4;
	*out = value;
	return true;
}

static char *encode(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xC0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*to++ = (char)(0xE0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
		*to++ = (char)(0x80 | (c & 0x3F));
	} else {
		*to++ = (char)(0xF0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3F));
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
		*to++ = (char)(0x80 | (c & 0x3F));
	}
	return to;
}

/* Reads what follows "\u": one character, which may take a second "\u". */
static bool read_unicode(struct parser *p, char **to)
{
	uint32_t c, low;
	if (!read_hex(p, &c))
		return false;
	if (c == 0)
		return refuse(p, SC_BAD_TEXT, "U+0000 is not allowed in a string");
	if (c >= 0xDC00 && c <= 0xDFFF)
		return refuse(p, SC_BAD_TEXT, "half a surrogate pair");
	if (c >= 0xD800 && c <= 0xDBFF) {
		if (p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
			return refuse(p, SC_BAD_TEXT, "half a surrogate pair");
		p->at += 2;
		if (!read_hex(p, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return refuse(p, SC_BAD_TEXT, "half a surrogate pair");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	*to = encode(*to, c);
	return true;
}

/* Reads what follows a backslash. */
static bool read_escape(struct parser *p, char **to)
{
	static const char plain[128] = { ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
		                         ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t' };
	unsigned char c = (unsigned char)peek(p);
	if (c == 'u') {
		p->at++;
		return read_unicode(p, to);
	}
	if (c >= sizeof plain || plain[c] == '\0')
		return refuse(p, SC_BAD_FORMAT, "no such escape");
	*(*to)++ = plain[c];
	p->at++;
	return true;
}

/* Copies plain bytes, eight at a time while there are eight. The last eight may be too many: there is room, since no
 * more has been decoded than read, and what comes next overwrites them. */
static char *copy_plain(struct parser *p, char *to)
{
	const char *at = p->at, *end = p->end;
	size_t run = 8;
	while (end - at >= 8 && run == 8) {
		memcpy(to, at, 8);
		run = sc__plain_run(sc__load8(at));
		at += run;
		to += run;
	}
	if (run == 8)
		while (at < end && sc__is_plain((unsigned char)*at))
			*to++ = *at++;
	p->at = at;
	return to;
}

/* Copies one character of several bytes. */
static bool copy_character(struct parser *p, char **to)
{
	size_t length = sc__utf8_length((const unsigned char *)p->at, (size_t)(p->end - p->at));
	if (length == 0)
		return refuse(p, SC_BAD_TEXT, "not UTF-8");
	memcpy(*to, p->at, length);
	*to += length;
	p->at += length;
	return true;
}

static bool read_string(struct parser *p, const char **text, uint32_t *size)
{
	char *to = p->texts;
	p->at++; /* the quote */
	for (;;) {
		to = copy_plain(p, to);
		if (p->at == p->end)
			return refuse(p, SC_BAD_FORMAT, "a string has no end");
		unsigned char c = (unsigned char)*p->at;
		if (c == '"')
			break;
		if (c < 0x20)
			return refuse(p, SC_BAD_FORMAT, "a control character in a string");
		bool read;
		if (c == '\\') {
			p->at++;
			read = read_escape(p, &to);
		} else {
			read = copy_character(p, &to);
		}
		if (!read)
			return false;
	}
	p->at++;
	*text = p->texts;
	*size = (uint32_t)(to - p->texts);
	*to++ = '\0';
	p->texts = to;
	return true;
}

static bool read_literal(struct parser *p, const char *literal, size_t size)
{
	if ((size_t)(p->end - p->at) < size || memcmp(p->at, literal, size) != 0)
		return refuse(p, SC_BAD_FORMAT, "expected a value");
	p->at += size;
	return true;
}

static bool open_level(struct parser *p, sc_json *value, sc_json_type type)
{
	if (p->depth == p->depth_max)
		return refuse(p, SC_OVER_LIMIT, "too many levels");
	value->type = type;
	p->at++;
	p->open[p->depth++] = value;
	p->parent = value;
	p->last = NULL;
	return true;
}

/* Chains a new value behind the last one of its parent. */
static sc_json *add_value(struct parser *p, const char *key, uint32_t key_size)
{
	sc_json *value = sc_arena_alloc(p->arena, sizeof *value);
	if (value == NULL) {
		refuse(p, SC_NO_MEMORY, "no memory for a JSON document");
		return NULL;
	}
	*value = (sc_json){ .parent = p->parent, .key = key, .key_size = key_size, .type = SC_JSON_NULL };
	if (p->last != NULL)
		p->last->next = value;
	else if (p->parent != NULL)
		p->parent->first = value;
	if (p->parent != NULL)
		p->parent->size++;
	p->last = value;
	return value;
}

/* Reads a value, or only the beginning of an array or object. */
static bool read_value(struct parser *p, sc_json *value)
{
	switch (peek(p)) {
	case '{':
		return open_level(p, value, SC_JSON_OBJECT);
	case '[':
		return open_level(p, value, SC_JSON_ARRAY);
	case '"':
		value->type = SC_JSON_TEXT;
		return read_string(p, &value->text, &value->size);
	case 't':
		value->type = SC_JSON_BOOL;
		value->truth = true;
		return read_literal(p, "true", 4);
	case 'f':
		value->type = SC_JSON_BOOL;
		return read_literal(p, "false", 5);
	case 'n':
		return read_literal(p, "null", 4);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return read_number(p, value);
	default:
		return refuse(p, SC_BAD_FORMAT, "expected a value");
	}
}

static bool same_key(const sc_json *a, const sc_json *b)
{
	return a->key_size == b->key_size && memcmp(a->key, b->key, a->key_size) == 0;
}

static int compare_keys(const sc_json *a, const sc_json *b)
{
	size_t size = a->key_size < b->key_size ? a->key_size : b->key_size;
	int order = memcmp(a->key, b->key, size);
	return order != 0 ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

/* Of few members: only those that share size and both ends with an earlier one are compared at all. */
static const sc_json *find_repeated_pairwise(const sc_json *object)
{
	uint64_t seen = 0;
	for (const sc_json *member = object->first; member != NULL; member = member->next) {
		unsigned mark = member->key_size;
		if (mark > 0)
			mark += (unsigned char)member->key[0] * 5U + (unsigned char)member->key[mark - 1] * 11U;
		uint64_t bit = UINT64_C(1) << (mark & 63);
		if ((seen & bit) != 0)
			for (const sc_json *other = object->first; other != member; other = other->next)
				if (same_key(other, member))
					return member;
		seen |= bit;
	}
	return NULL;
}

static void sift_down(const sc_json **heap, size_t at, size_t count)
{
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= count)
			return;
		if (child + 1 < count && compare_keys(heap[child], heap[child + 1]) < 0)
			child++;
		if (compare_keys(heap[at], heap[child]) >= 0)
			return;
		const sc_json *swapped = heap[at];
		heap[at] = heap[child];
		heap[child] = swapped;
		at = child;
	}
}

/* Of many members, whose keys a stranger may have chosen: a heap sort has no bad case and takes no memory of its
 * own. A key that is taken from the heap twice running is repeated. */
static bool find_repeated_sorted(struct parser *p, const sc_json *object, const sc_json **out)
{
	const sc_json **heap = sc__arena_array(p->arena, object->size, sizeof *heap);
	if (heap == NULL)
		return refuse(p, SC_NO_MEMORY, "no memory for a JSON document");
	size_t count = 0;
	for (const sc_json *member = object->first; member != NULL; member = member->next)
		heap[count++] = member;
	for (size_t i = count / 2; i > 0; i--)
		sift_down(heap, i - 1, count);
	while (count > 1 && *out == NULL) {
		const sc_json *largest = heap[0];
		heap[0] = heap[--count];
		sift_down(heap, 0, count);
		if (same_key(largest, heap[0]))
			*out = largest;
	}
	sc__arena_resize(p->arena, heap, object->size * sizeof *heap, 0);
	return true;
}

static bool check_keys(struct parser *p, const sc_json *object)
{
	if (object->size <= FEW_MEMBERS)
		p->where = find_repeated_pairwise(object);
	else if (!find_repeated_sorted(p, object, &p->where))
		return false;
	return p->where == NULL || refuse(p, SC_BAD_FORMAT, "a key stands in an object twice");
}

static bool close_level(struct parser *p)
{
	sc_json *value = p->parent;
	p->at++;
	if (value->type == SC_JSON_OBJECT && !check_keys(p, value))
		return false;
	p->depth--;
	p->last = value;
	p->parent = p->depth == 0 ? NULL : p->open[p->depth - 1];
	return true;
}

static bool read_key(struct parser *p, const char **key, uint32_t *size)
{
	if (peek(p) != '"')
		return refuse(p, SC_BAD_FORMAT, "expected a key");
	if (!read_string(p, key, size))
		return false;
	skip_space(p);
	if (peek(p) != ':')
		return refuse(p, SC_BAD_FORMAT, "expected ':'");
	p->at++;
	skip_space(p);
	return true;
}

/* Inside an array or object: ends it, or reads what comes next in it. */
static bool read_next(struct parser *p)
{
	const char *key = NULL;
	uint32_t key_size = 0;
	bool object = p->parent->type == SC_JSON_OBJECT;
	skip_space(p);
	if (peek(p) == (object ? '}' : ']'))
		return close_level(p);
	if (p->last != NULL) {
		if (peek(p) != ',')
			return refuse(p, SC_BAD_FORMAT, object ? "expected ',' or '}'" : "expected ',' or ']'");
		p->at++;
		skip_space(p);
	}
	if (object && !read_key(p, &key, &key_size))
		return false;
	sc_json *value = add_value(p, key, key_size);
	if (value == NULL)
		return false;
	if (read_value(p, value))
		return true;
	p->where = value;
	return false;
}

static const sc_json *read_document(struct parser *p)
{
	skip_space(p);
	sc_json *root = add_value(p, NULL, 0);
	if (root == NULL || !read_value(p, root))
		return NULL;
	while (p->parent != NULL)
		if (!read_next(p))
			return NULL;
	skip_space(p);
	if (p->at == p->end)
		return root;
	refuse(p, SC_BAD_FORMAT, "something stands behind the document");
	return NULL;
}

static sc_status too_long(size_t size, const sc_json_options *options, sc_error *err)
{
	sc__bad(err, SC_OVER_LIMIT, options->name, "more than %zu bytes", options->size_max);
	if (err != NULL) {
		err->wanted = (int64_t)size;
		err->available = (int64_t)options->size_max;
	}
	return SC_OVER_LIMIT;
}

/* Says what went wrong, where in the bytes and where in the document. */
static sc_status explain(const struct parser *p, const char *name, sc_error *err)
{
	if (err == NULL)
		return p->status;
	if (p->status == SC_NO_MEMORY)
		return sc__fail(err, p->status, "%s", p->problem);
	char field[sizeof err->field];
	size_t line = 1, column = 1;
	for (const char *at = p->start; at < p->at; at++, column++) {
		if (*at == '\n') {
			line++;
			column = 0;
		}
	}
	sc_json_path(p->where != NULL ? p->where : p->parent, field, sizeof field);
	return sc__bad(err, p->status, field[0] != '\0' ? field : name, "line %zu, column %zu: %s", line, column,
	               p->problem);
}

sc_status sc_json_parse(sc_bytes json, sc_arena *arena, const sc_json_options *options, const sc_json **out,
                        sc_error *err)
{
	static const sc_json_options defaults = SC_JSON_OPTIONS_INIT;
	if (options == NULL)
		options = &defaults;
	if (json.size > options->size_max || json.size >= UINT32_MAX)
		return too_long(json.size, options, err);
	struct parser p = { .start = json.data, .at = json.data, .arena = arena, .status = SC_OK };
	p.end = json.size == 0 ? p.start : p.start + json.size;
	p.depth_max = options->depth_max < SC_JSON_DEPTH_MAX ? options->depth_max : SC_JSON_DEPTH_MAX;
	p.texts = sc__arena_bytes(arena, json.size + 1);
	if (p.texts == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a JSON document");
	const sc_json *root = read_document(&p);
	if (root == NULL)
		return explain(&p, options->name, err);
	*out = root;
	return SC_OK;
}
