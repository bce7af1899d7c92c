/*
 * How large things may be. Each limit is checked where input enters the library, answered with
 * SC_OVER_LIMIT and the field's name, and has a test at the limit and one past it.
 */
#ifndef SHOPCORE_LIMITS_H
#define SHOPCORE_LIMITS_H

/* text, in bytes of UTF-8 */
#define SC_ID_TEXT_MAX         128   /* SKUs, product ids, users, locations, idempotency keys */
#define SC_NAME_MAX            512   /* names and titles */
#define SC_DESCRIPTION_MAX     65536 /* descriptions */
#define SC_ATTRIBUTE_NAME_MAX  128
#define SC_ATTRIBUTE_VALUE_MAX 16384
#define SC_NOTE_MAX            2048 /* notes, reasons, options of a line */
#define SC_ADDRESS_FIELD_MAX   256
#define SC_EMAIL_MAX           254 /* RFC 5321 section 4.5.3.1.3, less the angle brackets */

/* how many */
#define SC_ATTRIBUTES_MAX        256 /* of one product */
#define SC_CATEGORIES_MAX        32  /* of one product */
#define SC_IMAGES_MAX            64  /* of one product */
#define SC_SKUS_PER_PRODUCT_MAX  1000
#define SC_CART_LINES_MAX        500
#define SC_LINE_OPTIONS_MAX      16
#define SC_RESERVATION_LINES_MAX 1000
#define SC_SOURCES_MAX           64      /* locations one line may be served from */
#define SC_PAYMENT_ATTEMPTS_MAX  20      /* of one order */
#define SC_REFUNDS_MAX           100     /* of one order, those that failed counted too */
#define SC_PAGE_MAX              1000    /* records in one page of a listing */
#define SC_BATCH_MAX             10000   /* records in one batch call */
#define SC_SUBMITTED_MAX         1000000 /* requests of one shop in flight */

/* numbers */
#define SC_QUANTITY_MAX 1000000000LL       /* units in one line or account change */
#define SC_AMOUNT_MAX   1000000000000000LL /* minor units in one amount: 10^15 */

/* what a store is handed */
#define SC_KEY_MAX           320 /* bytes of a record's key, and of its sub */
#define SC_COLUMNS_MAX       12  /* indexed columns of a kind */
#define SC_COLUMN_BYTES_MAX  512
#define SC_BODY_MAX          1048576 /* bytes of a record's body, and of its personal part */
#define SC_GROUP_CHANGES_MAX 10000
#define SC_JSON_DEPTH_MAX    64

#endif
