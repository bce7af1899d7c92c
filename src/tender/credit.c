/*
 * Store credit: a balance account for each customer and currency, and nothing else.
 */
#include <shopcore/credit.h>

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "tender/grant.h"

#include <string.h>

/* Only customers: a guest's token is gone with the session. */
static sc_status check_owner(const char *owner, sc_error *err)
{
	if (!owner)
		return sc__bad(err, SC_BAD_ARGUMENT, "owner", "is missing");
	if (owner[0] != 'u' || owner[1] != ':')
		return sc__bad(err, SC_BAD_FORMAT, "owner", "u: and a customer's id");
	return sc__input_id(owner + 2, -1, "owner", err);
}

sc_status sc_credit_grant(sc_shop *shop, const sc_call *call, const char *owner, int64_t amount_minor,
                          const char *currency, const char *reason, sc_error *err)
{
	sc__grant grant = { .shop = shop,
		            .call = call,
		            .err = err,
		            .operation = "credit.grant",
		            .whose = owner,
		            .tender = SC_TENDER_CREDIT,
		            .amount = amount_minor,
		            .reason = reason && reason[0] ? reason : "grant" };
	sc__digest digest;
	sc_arena arena;
	sc_status status = sc__allow(call, SC__ISSUE_MONEY, NULL, err);
	if (status == SC_OK)
		status = check_owner(owner, err);
	if (status == SC_OK)
		status = sc__input_range(amount_minor, -SC_CREDIT_MAX, SC_CREDIT_MAX, -1, "amount_minor", err);
	if (status == SC_OK && amount_minor == 0)
		status = sc__bad(err, SC_OUT_OF_RANGE, "amount_minor", "nothing is no grant");
	if (status == SC_OK)
		status = sc__currency_read(shop, currency, &grant.currency, err);
	if (status == SC_OK)
		status = sc__input_text(grant.reason, 0, SC_ID_TEXT_MAX, -1, "reason", err);
	if (status != SC_OK)
		return status;
	sc__digest_init(&digest);
	sc__digest_text(&digest, owner);
	sc__digest_int(&digest, amount_minor);
	sc__digest_text(&digest, grant.currency);
	sc_arena_init(&arena, shop->env);
	grant.arena = &arena;
	grant.entry = sc_id_make(shop->env);
	status = sc__grant_make(&grant, &digest);
	sc_arena_clear(&arena);
	return status;
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Whose credit in which currency; `own` is storage. */
static sc_status choose(sc_shop *shop, const sc_call *call, const char **owner, const char **currency,
                        char own[SC__OWNER_SIZE], sc_error *err)
{
	sc_status status = *owner ? sc__call_check(call, err) : sc__owner_of(call, own, err);
	if (!*owner)
		*owner = own;
	if (status == SC_OK)
		status = check_owner(*owner, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CREDIT, *owner, err);
	return status == SC_OK ? sc__currency_read(shop, *currency, currency, err) : status;
}

sc_status sc_credit_get(sc_shop *shop, const sc_call *call, const char *owner, const char *currency, sc_credit *out,
                        sc_error *err)
{
	char own[SC__OWNER_SIZE];
	sc_record record;
	sc_arena arena;
	sc_status status = choose(shop, call, &owner, &currency, own, err);
	if (status != SC_OK)
		return status;
	const sc_address address = sc__balance_address(owner, currency);
	sc_arena_init(&arena, shop->env);
	status = sc__load(shop, call, &address, 1, 0, &arena, &record, err);
	if (status == SC_OK) {
		const bool any = record.version != 0;
		*out = (sc_credit){ .balance_minor = any ? sc_counters_free(&record.counters) : 0,
			            .held_minor = any ? record.counters.held : 0 };
		memcpy(out->currency, currency, 3);
	}
	sc_arena_clear(&arena);
	return status;
}

static bool show(const sc_entry *entry, sc_arena *arena, sc_credit_move *out)
{
	const sc_counters *delta = &entry->delta;
	*out = (sc_credit_move){ .time_ms = entry->time_ms,
		                 .amount_minor = delta->on_hand - delta->held - delta->committed,
		                 .balance_minor = sc_counters_free(&entry->after),
		                 .reason = sc_arena_dup(arena, entry->topic.data, entry->topic.size) };
	if (entry->cause.key_size == sizeof(out->order.bytes))
		memcpy(out->order.bytes, entry->cause.key, sizeof(out->order.bytes));
	return out->reason != NULL;
}

sc_status sc_credit_list(sc_shop *shop, const sc_call *call, const char *owner, const char *currency, uint32_t limit,
                         sc_arena *arena, sc_credit_move **out, size_t *count, sc_error *err)
{
	const sc_store *store = &shop->store;
	char own[SC__OWNER_SIZE];
	size_t found;
	sc_status status = choose(shop, call, &owner, &currency, own, err);
	if (status == SC_OK)
		status = sc__input_range(limit, 1, SC_PAGE_MAX, -1, "limit", err);
	if (status != SC_OK)
		return status;
	const sc_address address = sc__balance_address(owner, currency);
	sc_entry *entries = sc__arena_array(arena, limit, sizeof(*entries));
	sc_credit_move *moves = sc__arena_array(arena, limit, sizeof(*moves));
	if (!entries || !moves)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	status = store->ops->log_of(store->ctx, call, &address, 0, limit, arena, entries, &found, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < found; i++)
		if (!show(&entries[i], arena, &moves[i]))
			return sc__fail(err, SC_NO_MEMORY, "out of memory");
	*out = moves;
	*count = found;
	return SC_OK;
}
