/*
 * The prepared set of rules and its cache.
 *
 * A set is immutable and counted. Whoever finds that the setting moved on reads all rules and puts a new set in place
 * of the old one, which goes when its last user gives it back. Reading is no snapshot, so the setting is read once more
 * behind it: when it moved meanwhile, everything is read again.
 */
#include "rule/rule.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define SETTING     "rules"
#define TURNS_MAX   16
#define RATE_OF_PPM (SC_RATE_ONE / 1000000) /* settings count in millionths, pricing in millionths of a percent */

struct sc__rule_cache {
	sc_mutex mutex;
	sc__rule_set *current;
};

sc_address sc__rules_address(void)
{
	return (sc_address){ .kind = SC_KIND_SETTING, .key = SETTING, .key_size = sizeof(SETTING) - 1 };
}

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for the rules");
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Records of one kind of rule, all pages in a row. */
typedef struct rows {
	const sc_record *records;
	size_t count;
} rows;

static sc_status read_rows(sc_shop *shop, const sc_call *call, int kind, uint32_t limit, sc_arena *arena, rows *out,
                           sc_error *err)
{
	const sc_address at = sc__rule_address(kind, "");
	sc_range range = { .kind = SC_KIND_RULE,
		           .index = SC_BY_SUB,
		           .key = { at.key, at.key_size },
		           .limit = limit,
		           .mask = SC_READ_BODY };
	sc_record *all = NULL;
	size_t count = 0;

	do {
		sc_page page;
		sc_status status = sc__range(shop, call, &range, 1, arena, &page, err);
		if (status != SC_OK)
			return status;
		all = sc__arena_resize(arena, all, count * sizeof(*all), (count + page.count) * sizeof(*all));
		if (all == NULL && count + page.count > 0)
			return no_memory(err);
		if (page.count > 0)
			memcpy(all + count, page.records, page.count * sizeof(*all));
		count += page.count;
		range.cursor = page.next;
	} while (range.cursor.size > 0 && limit > 1);
	*out = (rows){ all, count };
	return SC_OK;
}

/* What a stored rule that does not read is called. */
static sc_status damaged(sc_status status, const sc_record *record, sc_error *err)
{
	if (status == SC_OK || status == SC_NO_MEMORY)
		return status;
	return sc__fail(err, SC_DAMAGED, "the rule %.*s %.*s does not read", (int)record->address.key_size,
	                record->address.key, (int)record->address.sub_size, record->address.sub);
}

static sc_status read_promotions(sc__rule_set *set, const rows *found, sc_error *err)
{
	sc_promotion *promotions = sc__arena_array(&set->arena, found->count, sizeof(*promotions));
	sc_bytes *documents = sc__arena_array(&set->arena, found->count, sizeof(*documents));

	if (promotions == NULL || documents == NULL)
		return no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		sc_promotion *promotion = &promotions[i];
		const sc_record *record = &found->records[i];
		sc_status status = damaged(sc__rule_read_promotion(record->body, &set->arena, promotion, err), record,
		                           err);
		if (status != SC_OK)
			return status;
		documents[i] = record->body;
		set->asks_history = set->asks_history || promotion->conditions.first_order;
		set->asks_country = set->asks_country || promotion->conditions.country != NULL;
		set->asks_products = set->asks_products || promotion->categories.count > 0 ||
		                     promotion->brands.count > 0 || promotion->attribute.name != NULL;
	}
	set->listed = promotions;
	set->documents = documents;
	set->promotion_count = found->count;
	if (found->count == 0)
		return SC_OK;
	return sc_price_rules_new(set->arena.env, promotions, found->count, &set->promotions, err);
}

/* Both lists are in the order of their ids; `at` goes along in the second. */
static const uint8_t *secret_of(const rows *secrets, size_t *at, const sc_record *coupon)
{
	for (; *at < secrets->count; ++*at) {
		sc_address wanted = secrets->records[*at].address;
		wanted.sub = coupon->address.sub;
		wanted.sub_size = coupon->address.sub_size;
		const int order = sc_address_compare(&secrets->records[*at].address, &wanted);
		const sc_bytes body = secrets->records[*at].body;

		if (order >= 0)
			return order == 0 && body.size == SC__COUPON_SECRET_SIZE ? body.data : NULL;
	}
	return NULL;
}

static sc_status read_coupons(sc__rule_set *set, const rows *found, const rows *secrets, sc_error *err)
{
	sc__coupon_rule *coupons = sc__arena_array(&set->arena, found->count, sizeof(*coupons));

	size_t secret = 0;

	if (coupons == NULL)
		return no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		const sc_record *record = &found->records[i];
		sc_status status = damaged(sc__rule_read_coupon(record->body, &set->arena, &coupons[i], err), record,
		                           err);
		if (status != SC_OK)
			return status;
		coupons[i].secret = secret_of(secrets, &secret, record);
	}
	set->coupons = coupons;
	set->coupon_count = found->count;
	return SC_OK;
}

static void ask_place(sc__rule_set *set, const char *country, const char *region)
{
	set->asks_country = set->asks_country || country != NULL;
	set->asks_region = set->asks_region || region != NULL;
}

static sc_status read_taxes(sc__rule_set *set, const rows *found, sc_error *err)
{
	sc_tax_rule *taxes = sc__arena_array(&set->arena, found->count, sizeof(*taxes));
	const char *id;

	if (taxes == NULL)
		return no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		const sc_record *record = &found->records[i];
		sc_status status = damaged(sc__rule_read_tax(record->body, &set->arena, &id, &taxes[i], err), record,
		                           err);
		if (status != SC_OK)
			return status;
		ask_place(set, taxes[i].country, taxes[i].region);
		set->asks_postal_code = set->asks_postal_code || taxes[i].postal_prefix != NULL;
		set->asks_products = set->asks_products || taxes[i].tax_class != NULL;
	}
	set->taxes = taxes;
	set->tax_count = found->count;
	return SC_OK;
}

static sc_status read_shipping(sc__rule_set *set, const rows *found, sc_error *err)
{
	sc__shipping_rule *shipping = sc__arena_array(&set->arena, found->count, sizeof(*shipping));
	sc_shipping_rate *rates = sc__arena_array(&set->arena, found->count, sizeof(*rates));

	if (shipping == NULL || rates == NULL)
		return no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		const sc_record *record = &found->records[i];
		sc_status status = damaged(sc__rule_read_shipping(record->body, &set->arena, &shipping[i], err), record,
		                           err);
		if (status != SC_OK)
			return status;
		rates[i] = shipping[i].rate;
		ask_place(set, rates[i].country, rates[i].region);
		set->asks_products = set->asks_products || rates[i].kind == SC_SHIPPING_BY_WEIGHT;
	}
	set->shipping = shipping;
	set->rates = rates;
	set->shipping_count = found->count;
	return SC_OK;
}

static sc_status read_fees(sc__rule_set *set, const rows *found, sc_error *err)
{
	sc__fee_rule *fees = sc__arena_array(&set->arena, found->count, sizeof(*fees));

	if (fees == NULL)
		return no_memory(err);
	for (size_t i = 0; i < found->count; i++) {
		const sc_record *record = &found->records[i];
		sc_status status = damaged(sc__rule_read_fee(record->body, &set->arena, &fees[i], err), record, err);
		if (status != SC_OK)
			return status;
		ask_place(set, fees[i].country, fees[i].region);
	}
	set->fees = fees;
	set->fee_count = found->count;
	return SC_OK;
}

/* ---- the options of the shop as rules ------------------------------------------------------ */

static bool add_default_tax(sc__rule_set *set, const sc__settings *settings)
{
	sc_tax_rule *tax = sc_arena_zalloc(&set->arena, sizeof(*tax));

	if (tax == NULL)
		return false;
	tax->rate = settings->tax_rate_ppm * RATE_OF_PPM;
	set->taxes = tax;
	set->tax_count = settings->tax_rate_ppm != 0;
	return true;
}

static bool add_default_shipping(sc__rule_set *set, const sc__settings *settings)
{
	sc__shipping_rule *flat = sc_arena_zalloc(&set->arena, sizeof(*flat));

	if (flat == NULL)
		return false;
	flat->rate = (sc_shipping_rate){ .code = "flat", .amount = settings->shipping_flat_minor };
	set->shipping = flat;
	set->rates = &flat->rate;
	set->shipping_count = settings->shipping_flat_minor != 0;
	return true;
}

/* ---- one set ------------------------------------------------------------------------------- */

static void free_set(const sc_env *env, sc__rule_set *set)
{
	if (set == NULL)
		return;
	sc_price_rules_free(set->promotions);
	sc_arena_clear(&set->arena);
	env->resize(env->ctx, set, 0);
}

static sc_status read_stored(sc_shop *shop, const sc_call *call, sc__rule_set *set, sc_error *err)
{
	static const struct {
		int kind;
		uint32_t limit;
	} wanted[] = { { SC_RULE_PROMOTION, SC_PAGE_MAX },
		       { SC_RULE_COUPON, SC_PAGE_MAX },
		       { SC_RULE_TAX, SC_PAGE_MAX },
		       { SC_RULE_SHIPPING, SC_PAGE_MAX },
		       { SC_RULE_PRICE, 1 },
		       { SC_RULE_POLICY, 1 },
		       { SC_RULE_FEE, SC_PAGE_MAX },
		       { SC__RULE_SECRET, SC_PAGE_MAX } };
	rows found[SC__RULE_SECRET + 1] = { { 0 } };
	sc_status status = SC_OK;

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && status == SC_OK; i++)
		status = read_rows(shop, call, wanted[i].kind, wanted[i].limit, &set->arena, &found[wanted[i].kind],
		                   err);
	if (status == SC_OK)
		status = read_promotions(set, &found[SC_RULE_PROMOTION], err);
	if (status == SC_OK)
		status = read_coupons(set, &found[SC_RULE_COUPON], &found[SC__RULE_SECRET], err);
	if (status == SC_OK)
		status = read_taxes(set, &found[SC_RULE_TAX], err);
	if (status == SC_OK)
		status = read_shipping(set, &found[SC_RULE_SHIPPING], err);
	if (status == SC_OK)
		status = read_fees(set, &found[SC_RULE_FEE], err);
	const rows *policy = &found[SC_RULE_POLICY];
	if (status == SC_OK && policy->count > 0)
		status = damaged(sc__rule_read_policy(policy->records[0].body, &set->arena, &set->policy, err),
		                 policy->records, err);
	ask_place(set, set->policy.home_country, NULL); /* abroad a business is charged otherwise */
	set->has_prices = found[SC_RULE_PRICE].count > 0;
	return status;
}

/* Whether no rule changed since `version`. */
static sc_status still_at(sc_shop *shop, const sc_call *call, sc_arena *arena, uint64_t *version, bool *same,
                          sc_error *err)
{
	const sc_address address = sc__rules_address();
	sc_record record = { 0 };
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_COLUMNS, arena, &record, err);

	*same = record.version == *version;
	*version = record.version;
	return status;
}

static sc_status fill_set(sc_shop *shop, const sc_call *call, sc__rule_set *set, sc_error *err)
{
	sc_status status = SC_OK;
	bool same = set->version == 0; /* nothing was ever stored */

	for (int turn = 0; !same && status == SC_OK && turn < TURNS_MAX; turn++) {
		const uint64_t version = set->version;
		sc_price_rules_free(set->promotions);
		sc_arena_clear(&set->arena);
		*set = (sc__rule_set){ .version = version, .policy.tax_included = shop->settings.tax_included };
		sc_arena_init(&set->arena, shop->env);
		status = read_stored(shop, call, set, err);
		if (status == SC_OK)
			status = still_at(shop, call, &set->arena, &set->version, &same, err);
	}
	if (status == SC_OK && !same)
		return sc__fail(err, SC_BUSY, "others keep changing the rules");
	if (status == SC_OK && set->tax_count == 0 && !add_default_tax(set, &shop->settings))
		return no_memory(err);
	if (status == SC_OK && set->shipping_count == 0 && !add_default_shipping(set, &shop->settings))
		return no_memory(err);
	return status;
}

static sc_status make_set(sc_shop *shop, const sc_call *call, uint64_t version, sc__rule_set **out, sc_error *err)
{
	const sc_env *env = shop->env;
	sc__rule_set *set = env->resize(env->ctx, NULL, sizeof(*set));

	if (set == NULL)
		return no_memory(err);
	*set = (sc__rule_set){ .version = version, .policy.tax_included = shop->settings.tax_included };
	sc_arena_init(&set->arena, env);
	const sc_status status = fill_set(shop, call, set, err);
	if (status != SC_OK)
		free_set(env, set);
	else
		*out = set;
	return status;
}

/* ---- the cache ----------------------------------------------------------------------------- */

sc_status sc__rule_cache_new(sc_shop *shop, sc_error *err)
{
	const sc_env *env = shop->env;
	struct sc__rule_cache *cache = env->resize(env->ctx, NULL, sizeof(*cache));

	if (cache == NULL)
		return no_memory(err);
	*cache = (struct sc__rule_cache){ .current = NULL };
	if (!env->mutex_init(env->ctx, &cache->mutex)) {
		env->resize(env->ctx, cache, 0);
		return no_memory(err);
	}
	shop->rules = cache;
	return SC_OK;
}

void sc__rule_cache_free(sc_shop *shop)
{
	const sc_env *env = shop->env;

	if (shop->rules == NULL)
		return;
	free_set(env, shop->rules->current);
	env->mutex_clear(env->ctx, &shop->rules->mutex);
	env->resize(env->ctx, shop->rules, 0);
	shop->rules = NULL;
}

/* The current set, if it is as new as `version`. */
static sc__rule_set *take_current(sc_shop *shop, uint64_t version)
{
	struct sc__rule_cache *cache = shop->rules;

	shop->env->mutex_lock(shop->env->ctx, &cache->mutex);
	sc__rule_set *set = cache->current;
	if (set != NULL && set->version >= version)
		set->users++;
	else
		set = NULL;
	shop->env->mutex_unlock(shop->env->ctx, &cache->mutex);
	return set;
}

/* Puts a set in place unless a newer one is there by now; the one who asked keeps using it. The cache counts as a
 * user of its current set. */
static void offer(sc_shop *shop, sc__rule_set *set)
{
	struct sc__rule_cache *cache = shop->rules;
	sc__rule_set *old = NULL;

	shop->env->mutex_lock(shop->env->ctx, &cache->mutex);
	set->users = 1;
	if (cache->current == NULL || cache->current->version < set->version) {
		old = cache->current;
		cache->current = set;
		if (old != NULL && old->users > 0)
			old = NULL; /* its last user frees it */
	}
	shop->env->mutex_unlock(shop->env->ctx, &cache->mutex);
	free_set(shop->env, old);
}

sc_status sc__rules_get(sc_shop *shop, const sc_call *call, uint64_t version, sc__rule_set **out, sc_error *err)
{
	sc__rule_set *set = take_current(shop, version);

	if (set == NULL) {
		sc_status status = make_set(shop, call, version, &set, err);
		if (status != SC_OK)
			return status;
		offer(shop, set);
	}
	*out = set;
	return SC_OK;
}

void sc__rules_release(sc_shop *shop, sc__rule_set *set)
{
	struct sc__rule_cache *cache = shop->rules;

	shop->env->mutex_lock(shop->env->ctx, &cache->mutex);
	const bool last = --set->users == 0 && cache->current != set;
	shop->env->mutex_unlock(shop->env->ctx, &cache->mutex);
	if (last)
		free_set(shop->env, set);
}

const sc__coupon_rule *sc__rules_coupon(const sc__rule_set *set, const char *id)
{
	size_t low = 0, high = set->coupon_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(set->coupons[middle].id, id);

		if (order == 0)
			return &set->coupons[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
