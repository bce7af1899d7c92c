/*
 * Changing many prices. A batch is read in one load, decided without I/O, and applied at once, a group for each SKU.
 * A price needs no more than the SKU's own record, so whoever changed it meanwhile is simply read again.
 */
#include "catalog/prices.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/handle.h"

#include <string.h>

#define ROUNDS_MAX 16
#define WHOLE      100000 /* thousandths of a percent */

struct prices {
	sc_shop *shop;
	const sc_call *call;
	const sc_price_change *changes;
	const sc_prices_options *options;
	sc_price_outcome *out;
	size_t *open; /* indexes of the changes that still have to be made */
	size_t open_count;
	sc_arena *arena; /* of one round */
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a batch of prices");
}

sc_status sc__prices_options_check(const sc_prices_options *options, sc_error *err)
{
	if (options->rounding < SC_ROUND_HALF_UP || options->rounding > SC_ROUND_UP)
		return sc__bad(err, SC_BAD_ARGUMENT, "rounding", "no such rounding");
	if (options->step_minor < 1 || options->step_minor > SC_PRICE_STEP_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "step_minor", "must be 1 to %d", SC_PRICE_STEP_MAX);
	return SC_OK;
}

/* ---- deciding ---------------------------------------------------------------------------- */

static sc_status check_change(const sc_price_change *change, sc_error *err)
{
	sc_status status = sc__id_check(change->sku, "sku", err);
	bool percent = (change->flags & SC_PRICE_PERCENT) != 0;
	if (status == SC_OK && !percent && (change->price_minor < 0 || change->price_minor > SC_AMOUNT_MAX))
		status = sc__bad(err, SC_OUT_OF_RANGE, "price", "must be 0 to %lld", SC_AMOUNT_MAX);
	if (status == SC_OK && percent &&
	    (change->percent_milli < SC_PERCENT_MILLI_MIN || change->percent_milli > SC_PERCENT_MILLI_MAX))
		status = sc__bad(err, SC_OUT_OF_RANGE, "percent", "must be -100 to 1000");
	return status;
}

static sc_status new_price(const struct prices *p, const sc_price_change *change, int64_t before, int64_t *out,
                           sc_error *err)
{
	int64_t steps, after = change->price_minor;
	sc_status status = SC_OK;
	if ((change->flags & SC_PRICE_PERCENT) != 0) {
		status = sc_money_ratio(before, WHOLE + change->percent_milli, WHOLE * p->options->step_minor,
		                        (sc_rounding)p->options->rounding, &steps);
		if (status == SC_OK)
			status = sc_money_multiply(steps, p->options->step_minor, &after);
	}
	if (status != SC_OK || after > SC_AMOUNT_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "percent", "the new price would be above %lld", SC_AMOUNT_MAX);
	*out = after;
	return SC_OK;
}

/* Whether the change may be made to the SKU as it is, and what it then costs. */
static sc_status decide(const struct prices *p, const sc_price_change *change, const sc_sku *now, sc_price_outcome *out)
{
	sc_error *err = &out->error;
	if (now->version == 0)
		return sc__bad(err, SC_NOT_FOUND, "sku", "there is no SKU %.60s", change->sku);
	memcpy(out->currency, now->currency, sizeof(out->currency));
	out->before_minor = out->after_minor = now->price_minor;
	sc_status status = sc__allow(p->call, SC__WRITE_CATALOG, now->seller, err);
	if (status != SC_OK)
		return status;
	if ((change->flags & SC_PRICE_IF_CURRENCY) != 0 && memcmp(change->currency, now->currency, 3) != 0)
		return sc__bad(err, SC_CURRENCY_MISMATCH, "currency", "it is sold in %s", now->currency);
	if ((change->flags & SC_PRICE_IF_VERSION) != 0 && change->version != now->version)
		return sc__bad(err, SC_CHANGED, "version", "the SKU changed since it was read");
	if ((change->flags & SC_PRICE_IF_WAS) != 0 && change->was_minor != now->price_minor)
		return sc__bad(err, SC_CHANGED, "was", "it costs something else now");
	return new_price(p, change, now->price_minor, &out->after_minor, err);
}

/* ---- writing ----------------------------------------------------------------------------- */

/* What one round writes: a group a SKU. */
struct round {
	sc_group *groups;
	sc_change *puts;
	sc_value (*columns)[SC_SKU_COLUMNS];
	size_t *owners; /* of each group: index into changes */
	sc_outcome *outcomes;
	size_t count;
};

static sc_status make_round(const struct prices *p, struct round *round)
{
	size_t n = p->open_count;
	*round = (struct round){ .groups = sc__arena_array(p->arena, n, sizeof(*round->groups)),
		                 .puts = sc__arena_array(p->arena, n, sizeof(*round->puts)),
		                 .columns = sc__arena_array(p->arena, n, sizeof(*round->columns)),
		                 .owners = sc__arena_array(p->arena, n, sizeof(*round->owners)),
		                 .outcomes = sc_arena_zalloc(p->arena, n * sizeof(*round->outcomes)) };
	bool complete = round->groups != NULL && round->puts != NULL && round->columns != NULL &&
	                round->owners != NULL && round->outcomes != NULL;
	return complete ? SC_OK : no_memory(NULL);
}

static sc_status plan(const struct prices *p, struct round *round, size_t i, const sc_sku *now, sc_error *err)
{
	sc_price_outcome *out = &p->out[i];
	*out = (sc_price_outcome){ .error = SC_ERROR_INIT };
	out->status = decide(p, &p->changes[i], now, out);
	if (out->status == SC_OK)
		out->version = now->version;
	if (out->status != SC_OK || out->after_minor == out->before_minor || p->options->dry_run != 0)
		return SC_OK;
	sc_sku sku = *now;
	sku.price_minor = out->after_minor;
	sc_value *columns = round->columns[round->count];
	sc__sku_columns(&sku, sku.product, columns);
	sc_change *put = &round->puts[round->count];
	*put = (sc_change){ .address = sc__sku_address(sku.sku),
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_VERSION,
		            .version = now->version,
		            .columns = columns,
		            .column_count = SC_SKU_COLUMNS };
	round->groups[round->count] = (sc_group){ .changes = put, .count = 1 };
	round->owners[round->count++] = i;
	return sc__sku_encode(&sku, sku.name, p->arena, &put->body, err);
}

/* Take over what became of the groups; those that others changed meanwhile are to do again. */
static void take_outcomes(struct prices *p, const struct round *round)
{
	p->open_count = 0;
	for (size_t k = 0; k < round->count; k++) {
		size_t i = round->owners[k];
		sc_price_outcome *out = &p->out[i];
		const sc_outcome *outcome = &round->outcomes[k];
		out->status = outcome->status;
		out->version = outcome->status == SC_OK ? outcome->position : 0;
		if (outcome->status == SC_OK)
			continue;
		bool moved = outcome->status == SC_CHANGED || outcome->status == SC_NOT_FOUND;
		if (moved && (p->changes[i].flags & SC_PRICE_IF_VERSION) == 0)
			p->open[p->open_count++] = i;
		sc__bad(&out->error, outcome->status, moved ? "version" : "sku", "%s", sc_status_text(outcome->status));
	}
}

static sc_status run_round(struct prices *p, sc_error *err)
{
	struct round round;
	const char **names = sc__arena_array(p->arena, p->open_count, sizeof(*names));
	sc_sku *skus = sc__arena_array(p->arena, p->open_count, sizeof(*skus));
	if (make_round(p, &round) != SC_OK || names == NULL || skus == NULL)
		return no_memory(err);
	for (size_t i = 0; i < p->open_count; i++)
		names[i] = p->changes[p->open[i]].sku;
	sc_status status = sc__sku_load(p->shop, p->call, names, p->open_count, p->arena, skus, err);
	for (size_t i = 0; status == SC_OK && i < p->open_count; i++)
		status = plan(p, &round, p->open[i], &skus[i], err);
	if (status == SC_OK && round.count > 0)
		status = sc__apply(p->shop, p->call, round.groups, round.count, round.outcomes, err);
	if (status == SC_OK)
		take_outcomes(p, &round);
	return status;
}

static sc_status change_slice(struct prices *p, sc_error *err)
{
	sc_status status = SC_OK;
	for (int round = 0; status == SC_OK && p->open_count > 0 && round < ROUNDS_MAX; round++) {
		sc_arena_reset(p->arena);
		status = run_round(p, err);
	}
	for (size_t i = 0; status == SC_OK && i < p->open_count; i++) {
		sc_price_outcome *out = &p->out[p->open[i]];
		out->status = sc__fail(&out->error, SC_BUSY, "others keep changing this SKU");
	}
	return status;
}

/* What can be said of a change without the store; an outcome of SC_OK is still to be made. */
static sc_status look_at(struct prices *p, sc__map *seen, size_t i, sc_error *err)
{
	sc_price_outcome *out = &p->out[i];
	*out = (sc_price_outcome){ .error = SC_ERROR_INIT };
	out->status = check_change(&p->changes[i], &out->error);
	if (out->status != SC_OK)
		return SC_OK;
	void **value = sc__map_put(seen, (sc_bytes){ p->changes[i].sku, strlen(p->changes[i].sku) });
	if (value == NULL)
		return no_memory(err);
	if (*value != NULL)
		out->status = sc__bad(&out->error, SC_EXISTS, "sku", "it was named before");
	*value = out;
	return SC_OK;
}

static sc_status change_all(struct prices *p, size_t count, sc_arena *lists, sc_error *err)
{
	sc__map seen;
	size_t slice = p->shop->info.groups_max > 0 ? p->shop->info.groups_max : SC_BATCH_MAX;
	sc__map_init_arena(&seen, lists, SC__MAP_STRANGE_KEYS);
	p->open = sc__arena_array(lists, count, sizeof(*p->open));
	sc_status status = p->open != NULL ? SC_OK : no_memory(err);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		status = look_at(p, &seen, i, err);
		if (status == SC_OK && p->out[i].status == SC_OK)
			p->open[p->open_count++] = i;
		if (status == SC_OK && (p->open_count == slice || i + 1 == count)) {
			status = change_slice(p, err);
			p->open_count = 0;
		}
	}
	return status;
}

sc_status sc_prices_change(sc_shop *shop, const sc_call *call, const sc_price_change *changes, size_t count,
                           const sc_prices_options *options, sc_price_outcome *out, sc_error *err)
{
	const sc_prices_options defaults = SC_PRICES_OPTIONS_INIT;
	if (options == NULL)
		options = &defaults;
	if (count > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "count", "at most %d prices at once", SC_BATCH_MAX);
	sc_status status = sc__prices_options_check(options, err);
	if (status == SC_OK)
		status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	sc_arena arena, lists;
	sc_arena_init(&arena, shop->env);
	sc_arena_init(&lists, shop->env);
	struct prices p = {
		.shop = shop, .call = call, .changes = changes, .options = options, .out = out, .arena = &arena
	};
	status = change_all(&p, count, &lists, err);
	sc_arena_clear(&arena);
	sc_arena_clear(&lists);
	return status;
}
