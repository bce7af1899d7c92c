/*
 * An order as its row: how it is written once, read back and checked, and how its columns move.
 */
#ifndef SC_ORDER_RECORD_H
#define SC_ORDER_RECORD_H

#include "core/access.h"
#include "order/snapshot.h"

/* What a placement writes. */
typedef struct sc__order_content {
	sc_id id;
	const char *owner;
	int64_t created_ms;
	int64_t due_ms; /* when tick looks at it */
	const sc__snapshot *snapshot;
	const char *email;
	const sc_postal_address *shipping, *billing;
} sc__order_content;

sc_address sc__order_address(const sc_id *id);

/* What every call about one order begins with: the call is one of ours, then the text is an id. BAD_ARGUMENT,
 * BAD_FORMAT. */
sc_status sc__order_id_read(const sc_call *call, const char *text, sc_id *out, sc_error *err);

/* An address as one object, without its empty members. */
void sc__address_write(sc_json_writer *writer, const sc_postal_address *address);

/* The change that makes the order, if absent. Storage is in the arena; false: no memory. */
bool sc__order_put(const sc__order_content *content, sc_arena *arena, sc_change *out);

/* The order that this content makes, as it will be read, but for its version. Its texts are the content's. false: no
 * memory. */
bool sc__order_of(const sc__order_content *content, sc_arena *arena, sc_order *out);

/* Out of a record read in all its parts: digest, columns and body have to agree. Without payments, history and
 * shipment. NOT_FOUND for version 0, DAMAGED, NO_MEMORY. */
sc_status sc__order_decode(const sc_record *record, sc_arena *arena, sc_order *out, sc_error *err);

/* Reads one order and asks the table of access. BAD_FORMAT, NOT_FOUND, NOT_ALLOWED, DAMAGED. One load. */
struct sc__order_ref {
	sc_id id;
	sc_order order;
};
sc_status sc__order_load(sc_shop *shop, const sc_call *call, const char *order_id, sc__operation operation,
                         sc_arena *arena, struct sc__order_ref *out, sc_error *err);
/* The same for a record that was read together with others. */
sc_status sc__order_admit(const sc_record *record, const sc_call *call, sc__operation operation, sc_arena *arena,
                          sc_order *out, sc_error *err);

/* All that pays an order, `attempts` being the page of its rows. */
sc_status sc__order_payments(const sc_order *order, const sc_page *attempts, sc_arena *arena, sc_payment **out,
                             size_t *count, sc_error *err);

/* Where the three states go, and when tick looks again. */
#define SC__DUE_KEEP (-1)
typedef struct sc__order_next {
	uint32_t state, paid, fulfilment;
	int64_t due_ms; /* SC_NEVER: not by itself; SC__DUE_KEEP: as before */
} sc__order_next;

/* The change that moves an order, if nobody else did. WRONG_STATE for a move that no table has; NO_MEMORY. */
sc_status sc__order_move(const struct sc__order_ref *from, const sc__order_next *to, sc_arena *arena, sc_change *out,
                         sc_error *err);

#endif
