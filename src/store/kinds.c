/*
 * The table of kinds: everything a shop keeps, and all that a driver has to know about it.
 *
 * A hot row has only the indexes that decide or sweep. Lists that people in an office ask for
 * (orders by status, by e-mail) are records kept by a consumer of the journal, not indexes here.
 */
#include "store/kinds.h"

#include <shopcore/port/store.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(name)                        \
	{                                 \
		(name), SC_VALUE_BYTES, 0 \
	}
#define NUMBER(name)                    \
	{                               \
		(name), SC_VALUE_INT, 0 \
	}

static const sc_column sku_columns[] = { TEXT("product"), TEXT("seller"), NUMBER("price") };
static const sc_index sku_indexes[] = { { "by_product", { SC_SKU_PRODUCT }, 1, { 0 } } };

static const sc_column category_columns[] = { TEXT("parent"), NUMBER("position") };
static const sc_index category_indexes[] = { { "by_parent", { SC_CATEGORY_PARENT, SC_CATEGORY_POSITION }, 2, { 0 } } };

static const sc_column order_columns[] = {
	TEXT("owner"),    NUMBER("state"),   NUMBER("payment"), NUMBER("fulfilment"), NUMBER("total"),
	TEXT("currency"), NUMBER("created"), NUMBER("due"),     TEXT("digest"),
};
static const sc_index order_indexes[] = {
	{ "by_owner", { SC_ORDER_OWNER, SC_ORDER_CREATED }, 2, { 0 } },
	{ "by_due", { SC_ORDER_DUE }, 1, { 0 } }, /* drives every sweep: resuming, lapsing, refunding */
};

static const sc_column payment_columns[] = { NUMBER("state"), NUMBER("amount"), TEXT("currency") };

static const sc_column shipment_columns[] = { NUMBER("shipped") };

static const sc_column refund_columns[] = { NUMBER("state"), NUMBER("amount") };

#define COLUMNS(array) .column_count = COUNT(array), .columns = (array)
#define INDEXES(array) .index_count = COUNT(array), .indexes = (array)

static const sc_kind kinds[] = {
	{ .number = SC_KIND_CLAIM,
	  .name = "claim",
	  .kind_class = SC_CLASS_CLAIM,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_LIFETIME | SC_KIND_CRITICAL },
	{ .number = SC_KIND_KEY,
	  .name = "idempotency_key",
	  .kind_class = SC_CLASS_CLAIM,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_LIFETIME | SC_KIND_CRITICAL },
	{ .number = SC_KIND_PRODUCT,
	  .name = "product",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_TOUCH },
	{ .number = SC_KIND_SKU,
	  .name = "sku",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_TOUCH,
	  COLUMNS(sku_columns),
	  INDEXES(sku_indexes) },
	{ .number = SC_KIND_CATEGORY,
	  .name = "category",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_FIXED,
	  .shape = 1,
	  .flags = SC_KIND_TOUCH,
	  COLUMNS(category_columns),
	  INDEXES(category_indexes) },
	{ .number = SC_KIND_LISTING,
	  .name = "listing",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1 },
	{ .number = SC_KIND_STOCK,
	  .name = "stock",
	  .kind_class = SC_CLASS_ACCOUNT,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL },
	{ .number = SC_KIND_LIMIT,
	  .name = "limit_account",
	  .kind_class = SC_CLASS_ACCOUNT,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_LIFETIME | SC_KIND_CRITICAL },
	{ .number = SC_KIND_BALANCE,
	  .name = "balance",
	  .kind_class = SC_CLASS_ACCOUNT,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL },
	{ .number = SC_KIND_HOLD,
	  .name = "hold",
	  .kind_class = SC_CLASS_HOLD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  .flags = SC_KIND_MADE_BY | SC_KIND_CRITICAL },
	{ .number = SC_KIND_CART,
	  .name = "cart",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_LIFETIME },
	{ .number = SC_KIND_ORDER,
	  .name = "shop_order",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  .flags = SC_KIND_MADE_BY | SC_KIND_PERSONAL | SC_KIND_CRITICAL,
	  COLUMNS(order_columns),
	  INDEXES(order_indexes),
	  .owner = "owner" },
	{ .number = SC_KIND_PAYMENT,
	  .name = "payment",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL,
	  COLUMNS(payment_columns) },
	{ .number = SC_KIND_SETTING,
	  .name = "setting",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_FIXED,
	  .shape = 1 },
	{ .number = SC_KIND_SHIPMENT,
	  .name = "shipment",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  COLUMNS(shipment_columns) },
	{ .number = SC_KIND_RULE, .name = "rule", .kind_class = SC_CLASS_RECORD, .route = SC_ROUTE_FIXED, .shape = 1 },
	{ .number = SC_KIND_REFUND,
	  .name = "refund",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL,
	  COLUMNS(refund_columns) },
	{ .number = SC_KIND_LEDGER,
	  .name = "ledger",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_ID,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL },
	{ .number = SC_KIND_GIFT_CARD,
	  .name = "gift_card",
	  .kind_class = SC_CLASS_RECORD,
	  .route = SC_ROUTE_TEXT,
	  .shape = 1,
	  .flags = SC_KIND_CRITICAL },
};

const sc_kind *sc_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}

const sc_kind *sc_kind_find(uint16_t number)
{
	if (number >= 1 && number <= COUNT(kinds) && kinds[number - 1].number == number)
		return &kinds[number - 1];
	return NULL;
}
