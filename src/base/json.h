/* What the JSON reader and writer share: the grammar of numbers, and a value as it lies on the arena. */
#ifndef SC_BASE_JSON_H
#define SC_BASE_JSON_H

#include <shopcore/json.h>

/* Members and elements are chained in the order of the document. */
struct sc_json {
	const struct sc_json *parent; /* NULL: the document itself */
	const struct sc_json *next;
	const char *key; /* NULL: an element, or the document */
	union {
		const struct sc_json *first; /* of an array or object */
		const char *text;            /* of a string or number */
		int64_t integer;
		bool truth;
	};
	uint32_t key_size;
	uint32_t size; /* bytes of `text`, or how many children */
	sc_json_type type;
};

/* Writes a value that was read, as it was: numbers keep their spelling. */
void sc__json_put_value(sc_json_writer *writer, const sc_json *value);

/* The end of the JSON number that begins at `at`, or NULL when none does. `whole`: it has no point and no exponent. */
const char *sc__json_number(const char *at, const char *end, bool *whole);

#endif
