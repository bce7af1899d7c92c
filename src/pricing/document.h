/*
 * Pricing documents: JSON in, JSON out.
 *
 * Every object is described by a table of its keys, so that what is allowed can be read in one place and
 * whatever is not in the table is refused with a JSON pointer (RFC 6901) to it.
 */
#ifndef SC_PRICING_DOCUMENT_H
#define SC_PRICING_DOCUMENT_H

#include <shopcore/json.h>
#include <shopcore/pricing.h>

/* How large a document may be, in bytes. */
#define SC__DOCUMENT_MAX (16 * 1024 * 1024)

typedef struct sc__reader {
	sc_arena *arena;
	sc_error *err;
	const char *currency; /* of the document; a line that names another is refused */
} sc__reader;

typedef struct sc__word {
	const char *word;
	int value;
} sc__word;

typedef enum sc__field_kind {
	SC__FIELD_TEXT,  /* const char *; min and max are its length */
	SC__FIELD_INT,   /* int64_t from min to max */
	SC__FIELD_INT32, /* int32_t */
	SC__FIELD_BOOL,
	SC__FIELD_PERCENT, /* int64_t, a rate of at most max */
	SC__FIELD_TEXTS,   /* sc_price_texts */
	SC__FIELD_WORD,    /* an enum */
	SC__FIELD_CUSTOM,  /* read() does it */
	SC__FIELD_KNOWN    /* allowed here, read elsewhere */
} sc__field_kind;

typedef struct sc__field {
	const char *key;
	sc__field_kind kind;
	size_t offset;
	int64_t min, max;
	const sc__word *words; /* ends with a NULL word */
	sc_status (*read)(sc__reader *r, const sc_json *value, void *target);
	bool required;
} sc__field;

/* A refusal that points at a value; `key` names a member of it that is missing, or is NULL. */
sc_status sc__document_bad(sc__reader *r, sc_status status, const sc_json *value, const char *key, const char *format,
                           ...) SC_PRINTF(5, 6);
/* Reads an object into `target` by its table, which ends with a NULL key. */
sc_status sc__document_object(sc__reader *r, const sc_json *value, const sc__field *fields, void *target);
/* Reads an array of objects; at most `max`. */
sc_status sc__document_array(sc__reader *r, const sc_json *value, const sc__field *fields, size_t item_size, size_t max,
                             void **items, size_t *count);
sc_status sc__document_int(sc__reader *r, const sc_json *value, int64_t min, int64_t max, int64_t *out);
sc_status sc__document_percent(sc__reader *r, const sc_json *value, int64_t max, int64_t *out);

/* Decimal text such as "8.875" in the unit of rates. False: not that. */
bool sc__document_rate_of_text(const char *text, int64_t *out);

/* A whole pricing document, ready for sc_price(). Free the rules. */
sc_status sc__document_request(sc__reader *r, const sc_json *document, sc_price_request *request,
                               sc_price_rules **rules);
/* What "allocate" holds besides the weights. */
sc_status sc__document_allocate(sc__reader *r, const sc_json *value, int64_t *amount, int *method);
/* The words of `tax_mode`. */
extern const sc__word sc__tax_mode_words[];
/* A field's reader: the code of a currency into char[4]. BAD_CURRENCY. */
sc_status sc__document_currency(sc__reader *r, const sc_json *value, void *target);

/* Parses one document whose errors point into it; at most `size_max` bytes. */
sc_status sc__document_parse(sc__reader *r, sc_bytes document, size_t size_max, const sc_json **out);
/* One promotion, or those of a document; document_promotions.c. */
sc_status sc__document_promotion(sc__reader *r, const sc_json *value, sc_promotion *out);
sc_status sc__document_promotions(sc__reader *r, const sc_json *value, sc_promotion **promotions, size_t *count);

/* The "promotions" of an object, prepared; NULL when there are none. */
sc_status sc__document_rules(sc__reader *r, const sc_json *object, sc_price_rules **rules);
sc_status sc__document_policy(sc__reader *r, const sc_json *value, sc_price_policy *policy);
/* "what_if": the order under other rules, and the difference. */
sc_status sc__document_what_if(sc__reader *r, const sc_json *value, const sc_price_request *order, sc_json_writer *w);

/* A request as a document again; document_restate.c. Promotions as they were read, one document each; of each line only
 * what it does not share with the line before, and no id, SKU, price and quantity, which whoever keeps the document
 * keeps beside it. */
void sc__document_restate(sc_json_writer *w, const sc_price_request *request, const sc_bytes *promotions, size_t count);
void sc__document_write_policy(sc_json_writer *w, const sc_price_policy *policy);

/* What is known of a line beside a restated document. */
typedef struct sc__restated_line {
	const char *id, *sku;
	int64_t unit_price, quantity;
} sc__restated_line;

/* The whole document again. DAMAGED when the lines do not fit it; NO_MEMORY. */
sc_status sc__document_complete(sc_bytes restated, const sc__restated_line *lines, size_t count, sc_arena *arena,
                                sc_bytes *out, sc_error *err);

/* The answers. */
void sc__document_write_rate(sc_json_writer *w, int64_t rate);
/* "refund": what each step gives back of an order that was priced with SC_PRICE_UNITS. */
sc_status sc__document_refund(sc__reader *r, const sc_json *steps, const sc_breakdown *order, sc_json_writer *w);

#endif
