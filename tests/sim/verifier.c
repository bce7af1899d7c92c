/*
 * The library's own verification at the end of a run. The auditor has had its say by then; this is the
 * other way round: after all that went wrong, verify must find nothing, or it cries wolf.
 */
#include "market.h"

#include <shopcore/verify.h>

#include <string.h>

static void step_through(struct market *m, sc_verify *verify, sc_error *err)
{
	sc_verify_page page = { .finished = false };

	while (!page.finished) {
		sc_status status;

		sc_arena_reset(&m->arena);
		status = sc_verify_step(verify, SC_CALL_SYSTEM, 100, &m->arena, &page, err);
		if (status != SC_OK) {
			found(m, "verify answered %s: %s", sc_status_name(status), err->text);
			return;
		}
		if (page.count > 0)
			found(m, "verify finds: %s (%s)", sc_damage_text(page.findings[0].damage),
			      page.findings[0].sku != NULL ? page.findings[0].sku : "no SKU");
	}
}

void verify_end(struct market *m)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store_ops kept = *m->store.ops;
	sc_error err = SC_ERROR_INIT;
	sc_verify *verify;
	sc_shop *shop;

	kept.close = NULL;
	options.env = market_env(m, SC_SIM_WORLD);
	options.volatile_ok = true;
	options.store = (sc_store){ &kept, m->store.ctx };
	if (sc_shop_open(&options, &shop, &err) != SC_OK) {
		found(m, "no shop opens any more: %s", err.text);
		return;
	}
	if (sc_verify_new(shop, SC_CALL_SYSTEM, &verify, &err) == SC_OK) {
		step_through(m, verify, &err);
		sc_verify_free(verify);
	} else {
		found(m, "verify does not begin: %s", err.text);
	}
	sc_shop_close(shop);
}
