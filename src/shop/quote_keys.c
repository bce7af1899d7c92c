/*
 * A quote that one process signed is placed in another one, so the secret lives in the store, in one
 * setting. Two processes that open a new store at once both offer a key; the store keeps the first.
 */
#include "shop/quote_keys.h"

#include "base/error.h"

#include <string.h>

#define SETTING_NAME "quote_key"
#define KEY_ID       1

static const sc_address setting = { .kind = SC_KIND_SETTING,
	                            .key = SETTING_NAME,
	                            .key_size = sizeof(SETTING_NAME) - 1 };

/* `found`: whether there is one. */
static sc_status load_key(sc_shop *shop, bool *found, sc_error *err)
{
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_record record = { 0 };
	sc_status status = sc__load(shop, SC_CALL_SYSTEM, &setting, 1, SC_READ_BODY, &arena, &record, err);
	*found = status == SC_OK && record.version != 0;
	if (*found && record.body.size != SC_QUOTE_KEY_SIZE)
		status = sc__fail(err, SC_DAMAGED, "the setting " SETTING_NAME " has the wrong size");
	else if (*found) {
		sc__settings *settings = &shop->settings;
		settings->quote_keys[0].id = KEY_ID;
		memcpy(settings->quote_keys[0].bytes, record.body.data, SC_QUOTE_KEY_SIZE);
		settings->quote_key_count = 1;
	}
	sc_arena_clear(&arena);
	return status;
}

/* SC_OK also when another process was faster. */
static sc_status offer_key(sc_shop *shop, sc_error *err)
{
	uint8_t bytes[SC_QUOTE_KEY_SIZE];
	shop->env->random(shop->env->ctx, bytes, sizeof(bytes));
	const sc_change put = {
		.address = setting, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .body = { bytes, sizeof(bytes) }
	};
	const sc_group group = { .home = SC_HOME_NONE, .changes = &put, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = sc__apply_one(shop, SC_CALL_SYSTEM, &group, &outcome, err);
	return status == SC_EXISTS ? SC_OK : status;
}

sc_status sc__quote_keys_load(sc_shop *shop, sc_error *err)
{
	if (shop->settings.quote_key_count > 0)
		return SC_OK;
	bool found;
	sc_status status = load_key(shop, &found, err);
	if (status != SC_OK || found)
		return status;
	status = offer_key(shop, err);
	if (status == SC_OK)
		status = load_key(shop, &found, err);
	if (status == SC_OK && !found)
		status = sc__fail(err, SC_STORE_FAILED, "the setting " SETTING_NAME " did not stay");
	return status;
}
