/*
 * Opening and closing a shop. Whatever is handed in belongs to the shop only once everything else has
 * succeeded; until then only what was opened here is closed here.
 */
#include "core/handle.h"

#include "base/error.h"
#include "core/access.h"
#include "core/submit.h"
#include "payment/exchange.h"
#include "rule/rule.h"
#include "shop/quote_keys.h"
#include "shop/stores.h"
#include "store/combiner.h"

#include <string.h>

/* A caller that was compiled against an older, shorter struct gets the defaults for the rest. */
static sc_status read_options(const sc_shop_options *options, sc_shop_options *out, sc_error *err)
{
	const sc_shop_options defaults = SC_SHOP_OPTIONS_INIT;
	if (options == NULL || options->size < offsetof(sc_shop_options, store_url))
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "are missing, or their size is not set");
	*out = defaults;
	memcpy(out, options, options->size < sizeof(*out) ? options->size : sizeof(*out));
	if (out->env == NULL)
		out->env = sc_env_default();
	if ((out->store_url == NULL) == (out->store.ops == NULL))
		return sc__bad(err, SC_BAD_ARGUMENT, "store_url", "name a store by URL or hand one in, not both");
	return SC_OK;
}

static sc_status check_services(const sc_shop_options *options, sc_error *err)
{
#define LACKS(port, type, member) (options->port.ops != NULL && !SC_OPS_HAS(options->port.ops, type, member))
	if (LACKS(gateway, sc_gateway_ops, start) || LACKS(gateway, sc_gateway_ops, finish))
		return sc__bad(err, SC_BAD_ARGUMENT, "gateway", "lacks start or finish");
	if (LACKS(search, sc_search_ops, index) || LACKS(search, sc_search_ops, query) ||
	    LACKS(search, sc_search_ops, position) || LACKS(search, sc_search_ops, follow) ||
	    LACKS(search, sc_search_ops, reset))
		return sc__bad(err, SC_BAD_ARGUMENT, "search", "lacks a required operation");
	if (LACKS(notifier, sc_notifier_ops, send))
		return sc__bad(err, SC_BAD_ARGUMENT, "notifier", "lacks send");
	if (LACKS(events, sc_event_sink_ops, publish))
		return sc__bad(err, SC_BAD_ARGUMENT, "events", "lacks publish");
#undef LACKS
	return SC_OK;
}

/* Kinds marked critical must outlive the process and a crash, unless that was said to be fine. */
static sc_status check_durability(const sc_shop *shop, bool volatile_ok, sc_error *err)
{
	if (volatile_ok || shop->info.durability >= SC_DURABLE_DISK)
		return SC_OK;
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (kinds[i].flags & SC_KIND_CRITICAL)
			return sc__bad(err, SC_UNSUPPORTED, "volatile_ok",
			               "the store %s may lose acknowledged writes of %s; allow that, or use another",
			               shop->info.name, kinds[i].name);
	return SC_OK;
}

static sc_status start_store(sc_shop *shop, bool volatile_ok, sc_error *err)
{
	const sc_store_ops *ops = shop->store.ops;
	shop->info.size = sizeof(shop->info);
	sc_status status = ops->info(shop->store.ctx, &shop->info, err);
	if (status == SC_OK)
		status = check_durability(shop, volatile_ok, err);
	if (status == SC_OK)
		status = ops->prepare(shop->store.ctx, SC_CALL_SYSTEM, err);
	if (status == SC_OK) /* a schema that was just made has an incarnation now */
		status = ops->info(shop->store.ctx, &shop->info, err);
	if (status == SC_OK && shop->info.wants_combiner)
		status = sc__combiner_new(shop->env, &shop->store, NULL, &shop->combiner, err);
	return status;
}

/* Gives back what the shop made for itself; the store and the services stay. */
static void stop(sc_shop *shop)
{
	sc__exchange_free(shop->exchange);
	sc__submissions_free(shop->submissions);
	sc__rule_cache_free(shop);
	sc__combiner_free(shop->combiner);
	shop->exchange = NULL;
	shop->submissions = NULL;
	shop->combiner = NULL;
}

static sc_status start(sc_shop *shop, bool volatile_ok, sc_error *err)
{
	sc_status status = start_store(shop, volatile_ok, err);
	if (status == SC_OK)
		status = sc__quote_keys_load(shop, err);
	if (status == SC_OK)
		status = sc__rule_cache_new(shop, err);
	if (status == SC_OK && shop->gateway.ops != NULL)
		status = sc__exchange_new(shop->env, &shop->gateway, &shop->exchange, err);
	if (status == SC_OK)
		status = sc__submissions_new(shop->env, shop->settings.submitted_max, &shop->submissions, err);
	if (status != SC_OK)
		stop(shop);
	return status;
}

static void release(sc_shop *shop)
{
	stop(shop);
	if (shop->gateway.ops != NULL && SC_OPS_HAS(shop->gateway.ops, sc_gateway_ops, close))
		shop->gateway.ops->close(shop->gateway.ctx);
	if (shop->search.ops != NULL && SC_OPS_HAS(shop->search.ops, sc_search_ops, close))
		shop->search.ops->close(shop->search.ctx);
	if (shop->notifier.ops != NULL && SC_OPS_HAS(shop->notifier.ops, sc_notifier_ops, close))
		shop->notifier.ops->close(shop->notifier.ctx);
	if (shop->events.ops != NULL && SC_OPS_HAS(shop->events.ops, sc_event_sink_ops, close))
		shop->events.ops->close(shop->events.ctx);
	sc__store_close(&shop->store);
}

/* Opens or takes the store and starts everything on it. */
static sc_status open_with(sc_shop *shop, const sc_shop_options *options, sc_error *err)
{
	bool volatile_ok = options->volatile_ok;
	sc_status status;
	if (options->store_url != NULL) {
		bool volatile_named = false;
		status = sc__store_open(shop->env, options->store_url, &shop->store, &volatile_named, err);
		volatile_ok = volatile_ok || volatile_named;
	} else {
		shop->store = options->store;
		status = sc__store_check(&shop->store, err);
	}
	if (status != SC_OK)
		return status;
	status = start(shop, volatile_ok, err);
	if (status != SC_OK && options->store_url != NULL)
		sc__store_close(&shop->store);
	return status;
}

sc_status sc_shop_open(const sc_shop_options *options, sc_shop **out, sc_error *err)
{
	sc_shop_options full;
	sc__settings settings;
	sc_status status = read_options(options, &full, err);
	if (status == SC_OK)
		status = check_services(&full, err);
	if (status == SC_OK)
		status = sc__settings_read(&full, &settings, err);
	if (status != SC_OK)
		return status;

	sc_shop *shop = full.env->resize(full.env->ctx, NULL, sizeof(*shop));
	if (shop == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a shop");
	*shop = (sc_shop){ .env = full.env,
		           .gateway = full.gateway,
		           .search = full.search,
		           .notifier = full.notifier,
		           .events = full.events,
		           .settings = settings,
		           .release = release };
	status = open_with(shop, &full, err);
	if (status != SC_OK) {
		full.env->resize(full.env->ctx, shop, 0);
		return status;
	}
	*out = shop;
	return SC_OK;
}

void sc_shop_close(sc_shop *shop)
{
	if (shop == NULL)
		return;
	const sc_env *env = shop->env;
	shop->release(shop);
	memset(&shop->settings.quote_keys, 0, sizeof(shop->settings.quote_keys));
	env->resize(env->ctx, shop, 0);
}

sc_status sc_shop_now(sc_shop *shop, const sc_call *call, int64_t *out, sc_error *err)
{
	sc_status status = sc__call_check(call, err);
	return status == SC_OK ? sc__now(shop, call, out, err) : status;
}
