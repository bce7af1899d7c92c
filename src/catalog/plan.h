/*
 * From a product that is wanted, and what was read of it, to one group of changes. No I/O: the writer
 * reads first, plans every product of a batch, and applies all groups at once.
 */
#ifndef SC_CATALOG_PLAN_H
#define SC_CATALOG_PLAN_H

#include <shopcore/catalog.h>
#include <shopcore/port/store.h>

/* What a change is about, so that a refused one names its field. */
typedef enum sc__plan_part { SC__PART_PRODUCT, SC__PART_SKU, SC__PART_CATEGORY, SC__PART_OTHER } sc__plan_part;

typedef struct sc__plan_origin {
	sc__plan_part part;
	uint32_t index; /* SC__PART_SKU: which of the wanted SKUs, or SC_NO_LINE for one that is removed;
	                   SC__PART_CATEGORY: which of the wanted categories */
} sc__plan_origin;

/* What was read. */
typedef struct sc__plan_input {
	const sc_call *call;
	sc_put_mode mode;
	const sc_product *want;
	const sc_record *product; /* version 0: there is none */
	const sc_record *skus;    /* one for each wanted SKU */
	const sc_record *offers;  /* all SKUs of the stored product, where `offers_read` */
	size_t offer_count;
	bool offers_read;
} sc__plan_input;

typedef struct sc__plan {
	sc_change *changes;
	sc__plan_origin *origins; /* one a change */
	uint32_t count;           /* 0: nothing to write */
	sc_put_effect effect;
	uint64_t version;     /* of the product as it was read */
	bool product_written; /* its version is then the position of the outcome */
} sc__plan;

/* Whether the SKUs of the stored product have to be read: to remove some, or to count them. */
bool sc__plan_needs_offers(sc_put_mode mode, const sc_product *want, const sc_record *product, const sc_record *skus);

/* Plan one product. What `out` points to is in the arena, or borrowed from the input. SC_OK; NOT_FOUND, CHANGED,
 * EXISTS, NOT_ALLOWED, LIMIT_REACHED with the field; DAMAGED, NO_MEMORY. */
sc_status sc__plan_product(const sc__plan_input *in, sc_arena *arena, sc__plan *out, sc_error *err);

#endif
