/*
 * Numbers of the kinds and of their columns. A number is never used again for something else:
 * it stands in every stored row and in the journal.
 */
#ifndef SC_STORE_KINDS_H
#define SC_STORE_KINDS_H

enum {
	SC_KIND_CLAIM = 1,     /* (what NUL value): slug, e-mail, provider's id; unique things that guard a record */
	SC_KIND_KEY = 2,       /* (owner NUL operation NUL key): a caller's idempotency key */
	SC_KIND_PRODUCT = 3,   /* (product id) */
	SC_KIND_SKU = 4,       /* (sku) */
	SC_KIND_CATEGORY = 5,  /* (category id) */
	SC_KIND_LISTING = 6,   /* (category id, product id): that the product stands in the category */
	SC_KIND_STOCK = 7,     /* (sku, location) */
	SC_KIND_LIMIT = 8,     /* (what NUL whom): uses of a coupon, purchase limits, allotments */
	SC_KIND_BALANCE = 9,   /* (gift card or owner, currency): what is on a card, or a customer's credit */
	SC_KIND_HOLD = 10,     /* (order or reservation id, n as two bytes) */
	SC_KIND_CART = 11,     /* (owner) */
	SC_KIND_ORDER = 12,    /* (order id) */
	SC_KIND_PAYMENT = 13,  /* (order id, attempt n as two bytes): an intent and its attempt */
	SC_KIND_SETTING = 14,  /* (name): positions of consumers, settings of the shop */
	SC_KIND_SHIPMENT = 15, /* (order id, n as two bytes): a parcel */
	SC_KIND_RULE = 16,     /* (promotion, coupon, tax …; id): what carts are priced by */
	SC_KIND_REFUND = 17,   /* (order id, n as two bytes): a wish to give back a part of a payment */
	SC_KIND_LEDGER = 18,   /* (order id, what and n): one entry of the money ledger */
	SC_KIND_GIFT_CARD = 19 /* (id): what a card was issued with, and until when */
};

enum { SC_SKU_PRODUCT, SC_SKU_SELLER, SC_SKU_PRICE, SC_SKU_COLUMNS };
enum { SC_CATEGORY_PARENT, SC_CATEGORY_POSITION, SC_CATEGORY_COLUMNS };
enum {
	SC_ORDER_OWNER,
	SC_ORDER_STATE,
	SC_ORDER_PAYMENT,
	SC_ORDER_FULFILMENT,
	SC_ORDER_TOTAL,
	SC_ORDER_CURRENCY,
	SC_ORDER_CREATED,
	SC_ORDER_DUE,
	SC_ORDER_DIGEST,
	SC_ORDER_COLUMNS
};
enum { SC_SHIPMENT_SHIPPED, SC_SHIPMENT_COLUMNS };
enum { SC_PAYMENT_STATE, SC_PAYMENT_AMOUNT, SC_PAYMENT_CURRENCY, SC_PAYMENT_COLUMNS };
enum { SC_REFUND_STATE, SC_REFUND_AMOUNT, SC_REFUND_COLUMNS };

#endif
