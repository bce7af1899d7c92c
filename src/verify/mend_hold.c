/*
 * Mending holds and orders. An order is right and its hold follows; where a hold is gone or cannot be read, the journal
 * says what it had taken.
 */
#include "verify/mend.h"

#include "base/arena.h"
#include "base/error.h"
#include "inventory/accounts.h"
#include "order/digest.h"

#include <shopcore/json.h>
#include <shopcore/order.h>

#include <string.h>

/* Lent to an account while a hold that it owes is made again, so that goods which are short are no reason to refuse. */
#define LOAN SC_QUANTITY_MAX

static sc_address order_of(const sc_address *hold)
{
	return (sc_address){ .kind = SC_KIND_ORDER, .key = hold->key, .key_size = hold->key_size };
}

static bool is_confirmed(const sc_record *order)
{
	return order->version != 0 && order->columns[SC_ORDER_STATE].number == SC_ORDER_CONFIRMED;
}

static bool stands(const sc_record *order)
{
	return is_confirmed(order) ||
	       (order->version != 0 && order->columns[SC_ORDER_STATE].number == SC_ORDER_PENDING);
}

static bool has_left(const sc_record *order)
{
	const int64_t fulfilment = order->columns[SC_ORDER_FULFILMENT].number;
	return fulfilment == SC_FULFILMENT_SHIPPED || fulfilment == SC_FULFILMENT_DELIVERED;
}

/* The order has not moved since it was read. */
static sc_change expect(const sc_record *record)
{
	return (sc_change){ .address = record->address,
		            .type = SC_CHANGE_CHECK,
		            .condition = SC_IF_VERSION,
		            .version = record->version };
}

static sc_change release_of(const sc_address *hold, uint32_t flags)
{
	return (sc_change){ .address = *hold,
		            .type = SC_CHANGE_RELEASE,
		            .flags = SC_RELEASE_COMMITTED | flags,
		            .topic = SC_BYTES(SC__REPAIR_REASON) };
}

/* ---- what the journal says a hold has taken ---------------------------------------------- */

static bool is_open(const sc__audit_share *share)
{
	return share->held > 0 || share->committed > 0;
}

static bool was_committed(const sc__audit_hold *hold)
{
	bool committed = false;
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next)
		committed = committed || share->committed > 0;
	return committed;
}

/* Its units return to the accounts; with `loan` they get so much more to hold it again. */
static void give_back(const sc__repairing *repair, const sc__audit_hold *hold, int64_t loan, sc__mending *mending)
{
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next) {
		if (!is_open(share))
			continue;
		const sc_counters delta = { .on_hand = loan, .held = -share->held, .committed = -share->committed };
		const sc_change movement = sc__mend_movement(&share->account->address, &delta);
		sc__mend_add(repair, mending, &movement);
	}
}

static void take_loan_back(const sc__repairing *repair, const sc__audit_hold *hold, sc__mending *mending)
{
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next) {
		if (!is_open(share))
			continue;
		const sc_change movement = sc__mend_movement(&share->account->address,
		                                             &(sc_counters){ .on_hand = -LOAN });
		sc__mend_add(repair, mending, &movement);
	}
}

/* One line an account. SC_NOT_FOUND: the journal knows nothing that it would hold. */
static sc_status hold_again(const sc__repairing *repair, const sc__audit_hold *hold, const sc_address *at,
                            sc_change *out)
{
	uint32_t count = 0, used = 0;
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next)
		count += is_open(share);
	if (count == 0 || count > SC_RESERVATION_LINES_MAX)
		return SC_NOT_FOUND;
	sc_hold_line *lines = sc__arena_array(repair->arena, count, sizeof(*lines));
	if (lines == NULL)
		return SC_NO_MEMORY;
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next) {
		const int64_t quantity = share->held + share->committed;
		if (!is_open(share))
			continue;
		if (quantity < 1 || quantity > SC_QUANTITY_MAX)
			return SC_NOT_FOUND;
		lines[used++] =
			(sc_hold_line){ .sources = &share->account->address, .source_count = 1, .quantity = quantity };
	}
	*out = (sc_change){ .address = *at,
		            .type = SC_CHANGE_HOLD,
		            .lines = lines,
		            .line_count = count,
		            .ttl_ms = repair->shop->settings.hold_ttl_ms };
	return SC_OK;
}

/* The claim moves from the lost hold to one at `at`, whatever the accounts have to spare. */
static sc_status add_restored(const sc__repairing *repair, const sc__audit_hold *lost, const sc_address *at,
                              bool committed, sc__mending *mending)
{
	sc_change hold;
	sc_status status = hold_again(repair, lost, at, &hold);
	if (status != SC_OK)
		return status;
	give_back(repair, lost, LOAN, mending);
	sc__mend_add(repair, mending, &hold);
	if (committed) {
		const sc_change commit = { .address = *at, .type = SC_CHANGE_COMMIT, .topic = hold.topic };
		sc__mend_add(repair, mending, &commit);
	}
	take_loan_back(repair, lost, mending);
	return SC_OK;
}

/* ---- holds ------------------------------------------------------------------------------- */

static sc_status release(sc__repairing *repair, const sc_record *hold, const sc_record *order, bool *mended,
                         sc_error *err)
{
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	const sc_change condition = expect(order), change = release_of(&hold->address, 0);
	sc__mend_add(repair, &mending, &condition);
	sc__mend_add(repair, &mending, &change);
	if (order->version != 0 && has_left(order) && hold->hold_state == SC_HOLD_COMMITTED) {
		sc_hold_take *takes;
		size_t count;
		sc_status status = sc_hold_takes(hold, repair->arena, &takes, &count);
		if (status != SC_OK)
			return sc__fail(err, status, "a hold does not read");
		for (size_t i = 0; i < count; i++) {
			const sc_counters gone = { .on_hand = -takes[i].committed };
			const sc_change movement = sc__mend_movement(&takes[i].take.account, &gone);
			sc__mend_add(repair, &mending, &movement);
		}
	}
	return sc__mend_apply(repair, &mending, mended, err);
}

/* What it had sold for an order is sold still: the order's next hold says so. */
static sc_status settle_unreadable(sc__repairing *repair, const sc_record *hold, const sc_record *order,
                                   const sc__audit_hold *known, bool *mended, sc_error *err)
{
	const char next_sub[] = { hold->address.sub[0], 1 }; /* the second and last hold of its sort */
	sc_address next = hold->address;
	next.sub = next_sub;
	next.sub_size = sizeof(next_sub);
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	const sc_change condition = expect(order), change = release_of(&hold->address, SC_RELEASE_DAMAGED);
	sc__mend_add(repair, &mending, &condition);
	sc__mend_add(repair, &mending, &change);
	sc_status status = SC_NOT_FOUND;
	if (is_confirmed(order) && hold->hold_state == SC_HOLD_COMMITTED &&
	    sc_address_compare(&hold->address, &next) != 0)
		status = add_restored(repair, known, &next, true, &mending);
	if (status == SC_NOT_FOUND)
		give_back(repair, known, 0, &mending);
	else if (status != SC_OK)
		return sc__fail(err, status, "no memory for a repair");
	return sc__mend_apply(repair, &mending, mended, err);
}

/* A reservation is made again, and so is what an order that stands has used of coupons or spent. For one that is over
 * there is nothing to hold: a tombstone says so. */
static sc_status replace_missing(sc__repairing *repair, const sc_address *address, const sc_record *order,
                                 const sc__audit_hold *known, sc_mend *mend, sc_error *err)
{
	const sc_address reservation = sc__reservation_address(&(sc_id){ { 0 } });
	const bool is_reservation = address->sub_size == reservation.sub_size &&
	                            memcmp(address->sub, reservation.sub, address->sub_size) == 0;
	const bool is_beside = sc__is_of_tenders(address) || sc__is_of_uses(address);
	const bool restore = is_reservation || (is_beside && stands(order));
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	const sc_change condition = expect(order), change = release_of(address, 0);
	sc__mend_add(repair, &mending, &condition);
	sc_status status = SC_NOT_FOUND;
	if (restore)
		status = add_restored(repair, known, address, was_committed(known), &mending);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "no memory for a repair");
	if (status == SC_NOT_FOUND) {
		sc__mend_add(repair, &mending, &change);
		give_back(repair, known, 0, &mending);
	}
	bool mended;
	const sc_mend what = status == SC_OK ? SC_MEND_RESTORED : SC_MEND_RELEASED;
	status = sc__mend_apply(repair, &mending, &mended, err);
	if (status == SC_OK && mended)
		*mend = what;
	return status;
}

sc_status sc__mend_hold(sc__repairing *repair, sc_damage damage, const sc_address *address, sc_mend *mend,
                        sc_error *err)
{
	const sc_address addresses[] = { *address, order_of(address) };
	sc_record records[2];
	memset(records, 0, sizeof(records));
	sc_status status = sc__load(repair->shop, repair->call, addresses, 2, SC_READ_COLUMNS | SC_READ_BODY,
	                            repair->arena, records, err);
	const sc__audit_hold *known = status == SC_OK ? sc__audit_hold_at(repair->verify, address) : NULL;
	if (status == SC_OK && known == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a repair");
	if (status != SC_OK)
		return status;
	if (damage == SC_DAMAGE_HOLD_MISSING)
		return records[0].version != 0 ? SC_OK
		                               : replace_missing(repair, address, &records[1], known, mend, err);
	bool mended = false;
	status = damage == SC_DAMAGE_HOLD_UNREADABLE
	                 ? settle_unreadable(repair, &records[0], &records[1], known, &mended, err)
	                 : release(repair, &records[0], &records[1], &mended, err);
	if (status == SC_OK && mended)
		*mend = SC_MEND_RELEASED;
	return status;
}

/* ---- orders ------------------------------------------------------------------------------ */

/* The hold of an order that the journal knows and the store has not. NULL: there is none. */
static const sc__audit_hold *lost_hold_of(const sc__repairing *repair, const sc_address *order)
{
	size_t cursor = 0;
	sc_bytes key;
	void *value;
	while (sc__map_next(&repair->verify->holds, &cursor, &key, &value)) {
		const sc__audit_hold *hold = value;
		if (hold->seen || sc__is_of_tenders(&hold->address) || sc__is_of_uses(&hold->address) ||
		    hold->address.key_size != order->key_size ||
		    memcmp(hold->address.key, order->key, order->key_size) != 0)
			continue;
		for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next)
			if (is_open(share))
				return hold;
	}
	return NULL;
}

static sc_status restore_hold(sc__repairing *repair, const sc_record *order, bool *mended, sc_error *err)
{
	const sc__audit_hold *lost = lost_hold_of(repair, &order->address);
	if (lost == NULL)
		return SC_OK;
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	const sc_change condition = expect(order);
	sc__mend_add(repair, &mending, &condition);
	sc_status status = add_restored(repair, lost, &lost->address, is_confirmed(order), &mending);
	if (status == SC_NOT_FOUND)
		return SC_OK;
	if (status != SC_OK)
		return sc__fail(err, status, "no memory for a repair");
	return sc__mend_apply(repair, &mending, mended, err);
}

static sc_status seal(sc__repairing *repair, const sc_record *order, bool *mended, sc_error *err)
{
	uint8_t *digest = sc_arena_alloc(repair->arena, SC__ORDER_DIGEST_SIZE);
	sc_value *column = sc_arena_alloc(repair->arena, sizeof(*column));
	sc_change event = { .address = order->address, .type = SC_CHANGE_APPEND, .topic = SC_BYTES("order.repaired") };
	char id[SC_ID_TEXT_SIZE];
	sc_json_writer writer;
	sc_json_writer_init(&writer, repair->arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "order", sc_id_format(sc__audit_id(&order->address), id));
	sc_json_add_text(&writer, "cause", "its digest was made anew");
	sc_json_add_text(&writer, "actor", "system");
	sc_json_end_object(&writer);
	if (digest == NULL || column == NULL || sc_json_finish(&writer, &event.body, NULL) != SC_OK)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a repair");
	sc__order_digest(order->body, order->personal, digest);
	*column = SC_VALUE_OF_BYTES(digest, SC__ORDER_DIGEST_SIZE);
	const sc_change patch = { .address = order->address,
		                  .type = SC_CHANGE_PATCH,
		                  .condition = SC_IF_VERSION,
		                  .version = order->version,
		                  .columns = column,
		                  .column_count = 1,
		                  .column_mask = 1u << SC_ORDER_DIGEST };
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	sc__mend_add(repair, &mending, &patch);
	sc__mend_add(repair, &mending, &event);
	return sc__mend_apply(repair, &mending, mended, err);
}

sc_status sc__mend_order(sc__repairing *repair, sc_damage damage, const sc_address *address, sc_mend *mend,
                         sc_error *err)
{
	sc_record order = { 0 };
	if (damage >= SC_DAMAGE_LEDGER_UNEVEN)
		return SC_OK; /* nobody but a person may say where money went */
	sc_status status = sc__load(repair->shop, repair->call, address, 1, SC_READ_ALL, repair->arena, &order, err);
	if (status != SC_OK || order.version == 0)
		return status;
	bool mended = false;
	if (damage == SC_DAMAGE_ORDER_ALTERED)
		status = sc__order_digest_matches(&order) ? SC_OK : seal(repair, &order, &mended, err);
	else
		status = restore_hold(repair, &order, &mended, err);
	if (status == SC_OK && mended)
		*mend = damage == SC_DAMAGE_ORDER_ALTERED ? SC_MEND_SEALED : SC_MEND_RESTORED;
	return status;
}
