/*
 * Verification: its phases, one page at a time. audit.h says why it is exact while the shop is open.
 */
#include "verify/audit.h"

#include "base/error.h"
#include "core/access.h"

/* ---- names ----------------------------------------------------------------------------- */

#define NAME_CASE(name, code, text) \
	case SC_DAMAGE_##name:      \
		return #name;
#define TEXT_CASE(name, code, text) \
	case SC_DAMAGE_##name:      \
		return text;

const char *sc_damage_name(sc_damage damage)
{
	switch (damage) {
		SC_DAMAGE_MAP(NAME_CASE)
	}
	return "UNKNOWN_DAMAGE";
}

const char *sc_damage_text(sc_damage damage)
{
	switch (damage) {
		SC_DAMAGE_MAP(TEXT_CASE)
	}
	return "no such damage";
}

/* ---- steps ----------------------------------------------------------------------------- */

static sc_status read_journal(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                              bool *more, sc_error *err)
{
	size_t read;
	sc_status status = verify->baselines_read ? SC_OK : sc__audit_baselines(verify, call, err);
	if (status != SC_OK)
		return status;
	status = sc__audit_journal(verify, call, items, UINT64_MAX, &read, report, err);
	*more = read == items;
	if (status == SC_OK && !*more)
		verify->end = verify->position;
	return status;
}

static sc_status run_phase(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                           sc_error *err)
{
	switch (verify->phase) {
	case SC__AUDIT_JOURNAL:
		return read_journal(verify, call, items, report, more, err);
	case SC__AUDIT_HOLDS:
		return sc__audit_holds(verify, call, items, report, more, err);
	case SC__AUDIT_MISSING_HOLDS:
		return sc__audit_missing_holds(verify, call, items, report, more, err);
	case SC__AUDIT_ORDERS:
		return sc__audit_orders(verify, call, items, report, more, err);
	case SC__AUDIT_ACCOUNTS:
		return sc__audit_accounts(verify, call, items, report, more, err);
	case SC__AUDIT_LOST_ACCOUNTS:
		return sc__audit_lost_accounts(verify, call, items, report, more, err);
	case SC__AUDIT_DONE:
		break;
	}
	*more = true; /* of nothing: this phase does not end */
	return SC_OK;
}

static void show(const sc_verify *verify, const sc__audit_report *report, sc_verify_page *out)
{
	*out = (sc_verify_page){ .findings = report->findings,
		                 .count = report->count,
		                 .accounts = verify->account_count,
		                 .holds = verify->hold_count,
		                 .orders = verify->order_count,
		                 .movements = verify->movement_count,
		                 .finished = verify->phase == SC__AUDIT_DONE };
}

sc_status sc__audit_step(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, sc_error *err)
{
	if (verify->broken)
		return sc__fail(err, SC_NO_MEMORY, "this verification ran out of memory: begin anew");
	bool more = true;
	sc_status status = run_phase(verify, call, items, report, &more, err);
	sc_arena_reset(&verify->page);
	if (status != SC_OK)
		verify->broken = status == SC_NO_MEMORY;
	else if (!more)
		verify->phase++;
	return status;
}

sc_status sc_verify_step(sc_verify *verify, const sc_call *call, size_t items, sc_arena *arena, sc_verify_page *out,
                         sc_error *err)
{
	if (items < 1 || items > SC_PAGE_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "items", "must be 1 to %d", SC_PAGE_MAX);
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	sc__audit_report report = { .arena = arena };
	status = sc__audit_step(verify, call, items, &report, err);
	if (status == SC_OK)
		show(verify, &report, out);
	return status;
}

/* ---- from the cradle to the grave ------------------------------------------------------ */

sc_status sc_verify_new(sc_shop *shop, const sc_call *call, sc_verify **out, sc_error *err)
{
	if (shop == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "shop", "is missing");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	const uint32_t partition = sc__partition_of(shop, SC_KIND_STOCK);
	if (partition == SC_PARTITIONS_MANY)
		return sc__fail(err, SC_UNSUPPORTED, "accounts in several journals are verified shard by shard");
	const sc_env *env = shop->env;
	sc_verify *verify = env->resize(env->ctx, NULL, sizeof(*verify));
	if (verify == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a verification");
	*verify = (sc_verify){ .shop = shop,
		               .partition = partition,
		               .apart = partition != sc__partition_of(shop, SC_KIND_ORDER) };
	sc_arena_init(&verify->memory, env);
	sc_arena_init(&verify->cursor_memory, env);
	sc_arena_init(&verify->page, env);
	sc__map_init(&verify->accounts, env, SC__MAP_STRANGE_KEYS);
	sc__map_init(&verify->holds, env, SC__MAP_STRANGE_KEYS);
	*out = verify;
	return SC_OK;
}

void sc_verify_free(sc_verify *verify)
{
	if (verify == NULL)
		return;
	const sc_env *env = verify->shop->env;
	sc__map_clear(&verify->accounts);
	sc__map_clear(&verify->holds);
	sc_arena_clear(&verify->memory);
	sc_arena_clear(&verify->cursor_memory);
	sc_arena_clear(&verify->page);
	env->resize(env->ctx, verify, 0);
}
