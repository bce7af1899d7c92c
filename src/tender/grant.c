#include "tender/grant.h"

#include "base/error.h"
#include "core/keys.h"
#include "ledger/ledger.h"

#include <shopcore/money.h>

#include <string.h>

sc_status sc__currency_read(const sc_shop *shop, const char *currency, const char **out, sc_error *err)
{
	int exponent;
	*out = currency ? currency : shop->settings.currency;
	if (sc_currency_exponent(*out, &exponent) != SC_OK)
		return sc__bad(err, SC_BAD_CURRENCY, "currency", "no such currency");
	return SC_OK;
}

/* What is owed to who has the card or the credit goes up, and so does what the shop has granted. */
static sc_status entry_of(const sc__grant *g, sc_change *out)
{
	sc__entry entry;
	sc__entry_begin(&entry, SC_LEDGER_GRANT, 0, 0, g->currency, 2, g->arena);
	sc__entry_add(&entry, sc_tender_name((uint32_t)g->tender), -g->amount);
	sc__entry_add(&entry, "granted", g->amount);
	return sc__entry_put(&entry, g->entry, g->arena, out, g->err);
}

static sc_status write(sc__grant *g, const sc_change *key)
{
	sc_change changes[4];
	uint32_t count = 0;
	sc_outcome outcome = { 0 };
	if (key)
		changes[count++] = *key;
	if (g->record)
		changes[count++] = *g->record;
	changes[count++] = sc__balance_add(g->whose, g->currency, g->amount, g->reason);
	sc_status status = entry_of(g, &changes[count++]);
	if (status != SC_OK)
		return status;
	const sc_group group = {
		.id = sc_id_make(g->shop->env), .home = SC_HOME_TABLE, .changes = changes, .count = count
	};
	status = sc__apply_settled(g->shop, g->call, &group, NULL, &outcome, g->err);
	if (status == SC_EXISTS && key && outcome.change == 0)
		g->repeated = true;
	if (status == SC_OUT_OF_STOCK)
		return sc__short(g->err, SC_LIMIT_REACHED, -1, -g->amount, outcome.available,
		                 "there is not so much to take back");
	return status;
}

sc_status sc__grant_make(sc__grant *g, sc__digest *digest)
{
	sc__key_note note = { 0 };
	sc_change key;
	g->repeated = false;
	if (!g->call->key)
		return write(g, NULL);
	sc__digest_final(digest, note.request);
	note.made = g->note;
	sc_status status = sc__key_change(g->shop, g->call, g->operation, &note, g->arena, &key, g->err);
	if (status == SC_OK)
		status = write(g, &key);
	if (status == SC_EXISTS && g->repeated)
		status = sc__key_repeat(g->shop, g->call, &key, &note, &g->made, g->err);
	return status;
}
