/*
 * The catalogue: products, their SKUs, and the categories they stand in.
 *
 * A *SKU* is one seller's offer of one variant: it has the price, the stock and the name that a cart
 * shows. A *product* groups the SKUs that a shopper compares on one page and carries what they share.
 * A *category* is a node of a tree; a product stands in any number of them.
 *
 * A product, its SKUs and its places in categories are written in one group, all or nothing. Each
 * product and each SKU has a version; a change names the version it was made from, so that two
 * people at one product never overwrite each other unseen. Versions are never reused.
 *
 * Every read takes the same number of calls to the store, whatever the count.
 */
#ifndef SHOPCORE_CATALOG_H
#define SHOPCORE_CATALOG_H

#include <shopcore/arena.h>
#include <shopcore/json.h>
#include <shopcore/limits.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

typedef enum sc_attribute_type {
	SC_ATTRIBUTE_TEXT = 0,
	SC_ATTRIBUTE_NUMBER = 1,
	SC_ATTRIBUTE_BOOL = 2
} sc_attribute_type;

/** One free attribute of a product, or one option of a SKU. Names are unique within their list. */
typedef struct sc_attribute {
	const char *name; /* 1..SC_ATTRIBUTE_NAME_MAX bytes */
	const char *text; /* as it is shown. NUMBER: a JSON number, exact: "298.45". BOOL: "true" or "false" */
	uint32_t type;    /* sc_attribute_type */
	uint32_t reserved;
} sc_attribute;

/** Where a picture is. The library never opens it. */
typedef struct sc_image {
	const char *url; /* 1..SC_ATTRIBUTE_VALUE_MAX bytes */
	const char *alt; /* what it shows, for who cannot see it; or NULL */
} sc_image;

/** One seller's offer of one variant. All zero is a good start. */
typedef struct sc_sku {
	const char *sku;     /* 1..SC_ID_TEXT_MAX bytes */
	const char *product; /* id of its product. Inside an sc_product that is written: may be NULL */
	const char *seller;  /* who sells it; NULL: the shop itself */
	const char *name; /* what carts and orders call it. Written as NULL: the product's name; never NULL when read */
	int64_t price_minor;         /* 0..SC_AMOUNT_MAX */
	char currency[4];            /* ISO 4217 */
	bool withdrawn;              /* stays known, but is not for sale */
	const sc_attribute *options; /* what makes this variant: size, colour */
	size_t option_count;         /* at most SC_ATTRIBUTES_MAX */
	uint64_t version;            /* 0: there is none */
	uint64_t reserved[4];
} sc_sku;

/** A product with its SKUs. All zero, with rating_milli -1, is a good start. */
typedef struct sc_product {
	const char *id;          /* 1..SC_ID_TEXT_MAX bytes */
	const char *name;        /* 1..SC_NAME_MAX bytes */
	const char *brand;       /* or NULL */
	const char *description; /* or NULL */
	const char *seller;      /* who may change it besides the shop's own people; NULL: nobody */
	const sc_attribute *attributes;
	const char *const *categories; /* ids */
	const sc_image *images;
	const sc_sku *skus;
	size_t attribute_count, category_count, image_count, sku_count;
	int32_t rating_milli; /* average stars times 1,000, 0..5,000; -1: nobody has rated it */
	uint32_t reserved0;
	int64_t rating_count;
	int64_t popularity; /* higher sells more; 0: not known */
	uint64_t version;   /* 0: there is none */
	uint64_t reserved[4];
} sc_product;

/** A node of the tree of categories. */
typedef struct sc_category {
	const char *id;     /* 1..SC_ID_TEXT_MAX bytes */
	const char *name;   /* 1..SC_NAME_MAX bytes */
	const char *parent; /* id; NULL: a root */
	int64_t position;   /* order among its siblings; equal ones by id */
	uint64_t version;
	uint64_t reserved[2];
} sc_category;

/** What files of products look like, that come in and go out: catalog_import.h, catalog_export.h. */
typedef enum sc_catalog_format {
	SC_CATALOG_JSONL = 0, /* one JSON object a line */
	SC_CATALOG_CSV = 1    /* comma-separated values, RFC 4180, the names in the first row */
} sc_catalog_format;

/** Which page of a listing. */
typedef struct sc_catalog_page {
	sc_bytes cursor; /* `next` of the page before; empty: from the start */
	uint32_t limit;  /* 1..SC_PAGE_MAX */
	uint32_t reserved;
} sc_catalog_page;

typedef struct sc_product_list {
	sc_product *products;
	size_t count;  /* may be below the limit though there is more: look at `next` */
	sc_bytes next; /* empty: this was the last page */
	uint64_t reserved[2];
} sc_product_list;

typedef struct sc_category_list {
	sc_category *categories;
	size_t count;
	sc_bytes next; /* empty: this was the last page */
	uint64_t reserved[2];
} sc_category_list;

/* ---- documents ------------------------------------------------------------------------- */

/**
 * Write a product with its SKUs as one JSON object, as a value: the form that import, command line and servers share.
 *
 * Ownership: everything is borrowed for the call. Threads: one at a time on one writer.
 * Returns: nothing; the status comes with sc_json_finish(). Idempotent: no, each call writes once. Since: 0.1.
 */
SC_API void sc_product_write_json(sc_json_writer *writer, const sc_product *product);

/**
 * Read what sc_product_write_json() writes. Members that are not there are empty; others are passed over.
 *
 * Only the form is checked here; limits and ranges are checked when the product is put.
 * Ownership: `json` is borrowed for the call; what `out` points to is in the arena; written on SC_OK only.
 * Threads: one at a time. Returns, in this order: SC_OVER_LIMIT, SC_BAD_TEXT or SC_BAD_FORMAT for the document;
 * SC_BAD_FORMAT or SC_OUT_OF_RANGE with the member's path; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_product_read_json(sc_bytes json, sc_arena *arena, sc_product *out, sc_error *err);

/* ---- products -------------------------------------------------------------------------- */

/**
 * Make a product with its SKUs and put it into its categories, all in one group.
 *
 * Versions in `product` are ignored. The categories have to exist.
 * Ownership: `product` is borrowed for the call; `version` may be NULL and is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT, SC_OUT_OF_RANGE or SC_BAD_CURRENCY with the
 * field; SC_NOT_ALLOWED; SC_NOT_FOUND for a category (field categories[i]); SC_EXISTS for the product's id or for a
 * SKU (field skus[i].sku); SC_NO_MEMORY; what the store answers.
 * Idempotent: yes in effect; a repeat is refused with SC_EXISTS and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_product_create(sc_shop *shop, const sc_call *call, const sc_product *product, uint64_t *version,
                                   sc_error *err);

/**
 * Replace a product, its SKUs and its places in categories, if nobody changed them since they were read.
 *
 * `product->version`, and the version of each SKU, is the one that was read; a SKU with version 0 is new. A SKU of
 * the product that is not named is removed, if the call may change it. A SKU that is called like the product is
 * renamed with it.
 * Ownership: `product` is borrowed for the call; `version` may be NULL and is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT, SC_OUT_OF_RANGE or SC_BAD_CURRENCY with the
 * field; SC_NOT_ALLOWED; SC_NOT_FOUND for the product or a category (field categories[i]); SC_CHANGED (field version
 * or skus[i].version); SC_EXISTS (field skus[i].sku); SC_NO_MEMORY; what the store answers.
 * Idempotent: yes in effect; a repeat is refused with SC_CHANGED and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_product_put(sc_shop *shop, const sc_call *call, const sc_product *product, uint64_t *version,
                                sc_error *err);

typedef enum sc_put_mode {
	SC_PUT_CREATE = 1,  /* as sc_product_create() */
	SC_PUT_REPLACE = 2, /* as sc_product_put() */
	SC_PUT_MERGE = 3    /* create or change whatever is there; SKUs that are not named stay, and so does the
	                       rating when `rating_milli` is -1; what is equal already is not written */
} sc_put_mode;

typedef enum sc_put_effect {
	SC_PUT_NOTHING = 0,
	SC_PUT_CREATED = 1,
	SC_PUT_CHANGED = 2,
	SC_PUT_UNCHANGED = 3
} sc_put_effect;

/** What became of one product of a batch. */
typedef struct sc_product_outcome {
	uint32_t effect; /* sc_put_effect */
	uint32_t reserved;
	uint64_t version; /* after it; 0 unless error.status is SC_OK */
	sc_error error;   /* status, field and text of this product */
} sc_product_outcome;

/**
 * Write many products, each all or nothing on its own, in one apply of the store.
 *
 * Ownership: `products` is borrowed for the call; `out` is the caller's and has room for `count`. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a mode there is none; SC_OVER_LIMIT above SC_BATCH_MAX; SC_NO_MEMORY;
 * what the store answers when none was written; SC_OK when every out[i].error.status says what became of it.
 * Idempotent: SC_PUT_MERGE is; the others as their single forms. Since: 0.1.
 */
SC_API sc_status sc_product_put_many(sc_shop *shop, const sc_call *call, sc_put_mode mode, const sc_product *products,
                                     size_t count, sc_product_outcome *out, sc_error *err);

/**
 * Read one product with its SKUs.
 *
 * Ownership: what `out` points to is in the arena; written on SC_OK only. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for the id; SC_NOT_ALLOWED; SC_NOT_FOUND; SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_product_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_product *out,
                                sc_error *err);

/**
 * Read many products with their SKUs in two calls to the store.
 *
 * Ownership: `out` has room for `count`; what it points to is in the arena. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_OVER_LIMIT above SC_PAGE_MAX; SC_BAD_ARGUMENT, SC_OVER_LIMIT for an id; SC_NOT_ALLOWED;
 * SC_NO_MEMORY; SC_DAMAGED; what the store answers; SC_OK with version 0 where there is no such product.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_product_get_many(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count,
                                     sc_arena *arena, sc_product *out, sc_error *err);

/**
 * List products with their SKUs, by id: those of one category, or all.
 *
 * Ownership: `category` NULL: all; what `out` points to is in the arena. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for category, limit or cursor; SC_NOT_ALLOWED; SC_NOT_FOUND
 * for a category there is none; SC_NO_MEMORY; SC_DAMAGED; what the store answers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_product_list_by_category(sc_shop *shop, const sc_call *call, const char *category,
                                             const sc_catalog_page *page, sc_arena *arena, sc_product_list *out,
                                             sc_error *err);

/**
 * Remove a product with all its SKUs and places in categories, if it still has `version`.
 *
 * Carts that hold one of its SKUs are told when they are next shown; orders keep their own copy.
 * Ownership: borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for the id; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_CHANGED;
 * SC_NO_MEMORY; SC_DAMAGED; what the store answers. Idempotent: yes in effect; a repeat answers SC_NOT_FOUND. Since:
 * 0.1.
 */
SC_API sc_status sc_product_delete(sc_shop *shop, const sc_call *call, const char *id, uint64_t version, sc_error *err);

/* ---- SKUs ------------------------------------------------------------------------------ */

/**
 * Read one SKU.
 *
 * Ownership: what `out` points to is in the arena; written on SC_OK only. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for the SKU; SC_NOT_ALLOWED; SC_NOT_FOUND; SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_sku_get(sc_shop *shop, const sc_call *call, const char *sku, sc_arena *arena, sc_sku *out,
                            sc_error *err);

/**
 * Read many SKUs in one call to the store.
 *
 * Ownership: `out` has room for `count`; what it points to is in the arena. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_OVER_LIMIT above SC_BATCH_MAX; SC_BAD_ARGUMENT, SC_OVER_LIMIT for a SKU; SC_NOT_ALLOWED;
 * SC_NO_MEMORY; SC_DAMAGED; what the store answers; SC_OK with version 0 where there is no such SKU.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_sku_get_many(sc_shop *shop, const sc_call *call, const char *const *skus, size_t count,
                                 sc_arena *arena, sc_sku *out, sc_error *err);

/**
 * Write one SKU: a new offer of a product that exists when `sku->version` is 0, else a change of that version.
 *
 * A change of price or name leaves the version of the product as it is; a new SKU raises it.
 * Ownership: `sku` is borrowed for the call; `version` may be NULL and is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT, SC_OUT_OF_RANGE or SC_BAD_CURRENCY with the
 * field; SC_NOT_ALLOWED; SC_NOT_FOUND (field product or sku); SC_EXISTS; SC_CHANGED; SC_LIMIT_REACHED above
 * SC_SKUS_PER_PRODUCT_MAX; SC_NO_MEMORY; SC_DAMAGED; what the store answers.
 * Idempotent: yes in effect; a repeat is refused with SC_EXISTS or SC_CHANGED and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_sku_put(sc_shop *shop, const sc_call *call, const sc_sku *sku, uint64_t *version, sc_error *err);

/**
 * Remove one SKU from its product, if it still has `version`. Its stock stays on the books.
 *
 * Ownership: borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for the SKU; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_CHANGED;
 * SC_NO_MEMORY; SC_DAMAGED; what the store answers. Idempotent: yes in effect; a repeat answers SC_NOT_FOUND. Since:
 * 0.1.
 */
SC_API sc_status sc_sku_delete(sc_shop *shop, const sc_call *call, const char *sku, uint64_t version, sc_error *err);

/* ---- categories ------------------------------------------------------------------------ */

/**
 * Make a category under a parent that exists, or a root.
 *
 * Ownership: `category` is borrowed for the call; `version` may be NULL and is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT with the field; SC_NOT_ALLOWED; SC_NOT_FOUND
 * (field parent); SC_EXISTS; SC_NO_MEMORY; what the store answers.
 * Idempotent: yes in effect; a repeat is refused with SC_EXISTS and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_category_create(sc_shop *shop, const sc_call *call, const sc_category *category, uint64_t *version,
                                    sc_error *err);

/**
 * Read one category.
 *
 * Ownership: what `out` points to is in the arena; written on SC_OK only. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for the id; SC_NOT_ALLOWED; SC_NOT_FOUND; SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_category_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_category *out,
                                 sc_error *err);

/**
 * List the children of a category, or the roots, by position.
 *
 * Ownership: `parent` NULL: the roots; what `out` points to is in the arena. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT for parent, limit or cursor; SC_NOT_ALLOWED; SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_category_list_children(sc_shop *shop, const sc_call *call, const char *parent,
                                           const sc_catalog_page *page, sc_arena *arena, sc_category_list *out,
                                           sc_error *err);

SC_END_DECLS

#endif
