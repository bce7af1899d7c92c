/*
 * Writing products. A batch is read in one load (and one range, when SKUs have to be counted or removed),
 * planned without I/O, and applied at once; each product is a group of its own, with an outcome of its own.
 *
 * SC_PUT_MERGE takes what it finds, so a product that somebody changed between its read and its write
 * is simply read again; a product that stands twice in a batch is merged in its order the same way.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/offers.h"
#include "catalog/plan.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/handle.h"

#include <stdio.h>
#include <string.h>

/* Rounds of reading again before a product that others keep changing is given up as SC_BUSY. */
#define ROUNDS_MAX 16

struct batch {
	sc_shop *shop;
	const sc_call *call;
	sc_put_mode mode;
	const sc_product *products;
	sc_product_outcome *out;
	size_t *todo; /* indexes of the products that still have to be written */
	size_t todo_count;
	sc_arena *arena; /* of one round */
};

/* What one round read, one element for each product to do. */
struct round {
	sc_record *products;
	sc_record **skus; /* one for each wanted SKU */
	sc_record **categories;
	sc_page *offers;
	bool *offers_read;
	sc__plan *plans;
	sc_group *groups;
	size_t *owners; /* of each group: index into todo */
	size_t group_count;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a batch of products");
}

static void settle(sc_product_outcome *out, sc_put_effect effect, uint64_t version)
{
	*out = (sc_product_outcome){ .effect = effect, .version = version, .error = SC_ERROR_INIT };
}

static sc_status make_round(const struct batch *b, struct round *round)
{
	size_t n = b->todo_count;
	*round = (struct round){
		.products = sc_arena_zalloc(b->arena, n * sizeof(sc_record)),
		.skus = sc_arena_zalloc(b->arena, n * sizeof(sc_record *)),
		.categories = sc_arena_zalloc(b->arena, n * sizeof(sc_record *)),
		.offers = sc_arena_zalloc(b->arena, n * sizeof(sc_page)),
		.offers_read = sc_arena_zalloc(b->arena, n * sizeof(bool)),
		.plans = sc_arena_zalloc(b->arena, n * sizeof(sc__plan)),
		.groups = sc_arena_zalloc(b->arena, n * sizeof(sc_group)),
		.owners = sc_arena_zalloc(b->arena, n * sizeof(size_t)),
	};
	bool complete = round->products != NULL && round->skus != NULL && round->categories != NULL &&
	                round->offers != NULL && round->offers_read != NULL && round->plans != NULL &&
	                round->groups != NULL && round->owners != NULL;
	return complete ? SC_OK : no_memory(NULL);
}

static const sc_product *wanted(const struct batch *b, size_t i)
{
	return &b->products[b->todo[i]];
}

/* Products, their wanted SKUs and their categories, all in one load. */
static sc_status read_records(const struct batch *b, struct round *round, sc_error *err)
{
	size_t total = 0, n = 0;
	for (size_t i = 0; i < b->todo_count; i++)
		total += 1 + wanted(b, i)->sku_count + wanted(b, i)->category_count;
	sc_address *addresses = sc__arena_array(b->arena, total, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(b->arena, total * sizeof(*records));
	if (addresses == NULL || records == NULL)
		return no_memory(err);
	for (size_t i = 0; i < b->todo_count; i++) {
		const sc_product *want = wanted(b, i);
		addresses[n++] = sc__product_address(want->id);
		for (size_t k = 0; k < want->sku_count; k++)
			addresses[n++] = sc__sku_address(want->skus[k].sku);
		for (size_t k = 0; k < want->category_count; k++)
			addresses[n++] = sc__category_address(want->categories[k]);
	}
	uint32_t mask = SC_READ_COLUMNS | SC_READ_BODY;
	sc_status status = sc__load(b->shop, b->call, addresses, total, mask, b->arena, records, err);
	for (size_t i = 0, at = 0; status == SC_OK && i < b->todo_count; i++) {
		const sc_product *want = wanted(b, i);
		round->products[i] = records[at];
		round->skus[i] = &records[at + 1];
		round->categories[i] = &records[at + 1 + want->sku_count];
		at += 1 + want->sku_count + want->category_count;
	}
	return status;
}

static sc_status read_offers(const struct batch *b, struct round *round, sc_error *err)
{
	const char **ids = sc__arena_array(b->arena, b->todo_count, sizeof(*ids));
	sc_page *pages = sc_arena_zalloc(b->arena, b->todo_count * sizeof(*pages));
	if (ids == NULL || pages == NULL)
		return no_memory(err);
	size_t count = 0;
	for (size_t i = 0; i < b->todo_count; i++) {
		round->offers_read[i] = sc__plan_needs_offers(b->mode, wanted(b, i), &round->products[i],
		                                              round->skus[i]);
		if (round->offers_read[i])
			ids[count++] = wanted(b, i)->id;
	}
	sc_status status = sc__offers_range(b->shop, b->call, ids, count, SC_READ_COLUMNS | SC_READ_BODY, b->arena,
	                                    pages, err);
	for (size_t i = 0, page = 0; status == SC_OK && i < b->todo_count; i++)
		if (round->offers_read[i])
			round->offers[i] = pages[page++];
	return status;
}

static sc_status categories_exist(const sc_product *want, const sc_record *records, sc_error *err)
{
	char field[48];
	for (size_t i = 0; i < want->category_count; i++) {
		if (records[i].version != 0)
			continue;
		snprintf(field, sizeof(field), "categories[%zu]", i);
		return sc__bad(err, SC_NOT_FOUND, field, "there is no category %.60s", want->categories[i]);
	}
	return SC_OK;
}

/* A status of one product alone; any other is the whole batch's. */
static bool is_own(sc_status status)
{
	return sc_status_is_refusal(status) || sc_status_is_bad_input(status) || status == SC_DAMAGED;
}

static sc_status plan_one(const struct batch *b, struct round *round, size_t i, sc_error *err)
{
	const sc_product *want = wanted(b, i);
	sc_product_outcome *out = &b->out[b->todo[i]];
	const sc__plan_input in = { .call = b->call,
		                    .mode = b->mode,
		                    .want = want,
		                    .product = &round->products[i],
		                    .skus = round->skus[i],
		                    .offers = round->offers[i].records,
		                    .offer_count = round->offers[i].count,
		                    .offers_read = round->offers_read[i] };
	sc__plan *plan = &round->plans[i];
	sc_error own = SC_ERROR_INIT;
	sc_status status = categories_exist(want, round->categories[i], &own);
	if (status == SC_OK)
		status = sc__plan_product(&in, b->arena, plan, &own);
	if (is_own(status)) {
		settle(out, SC_PUT_NOTHING, 0);
		out->error = own;
		return SC_OK;
	}
	if (status != SC_OK) {
		if (err != NULL)
			*err = own;
		return status;
	}
	settle(out, plan->effect, plan->version);
	if (plan->count > 0) {
		round->groups[round->group_count] = (sc_group){ .changes = plan->changes, .count = plan->count };
		round->owners[round->group_count++] = i;
	}
	return SC_OK;
}

/* Name the field that a refused change is about. */
static void name_refusal(const sc__plan *plan, const sc_outcome *outcome, sc_error *err)
{
	const sc__plan_origin *origin = &plan->origins[outcome->change];
	char field[32];
	if (outcome->change >= plan->count || origin->part == SC__PART_OTHER) {
		sc__fail(err, outcome->status, "%s", sc_status_text(outcome->status));
	} else if (origin->part == SC__PART_CATEGORY) {
		snprintf(field, sizeof(field), "categories[%u]", origin->index);
		sc__bad(err, SC_NOT_FOUND, field, "there is no such category");
	} else if (origin->part == SC__PART_PRODUCT || origin->index == SC_NO_LINE) {
		sc__bad(err, outcome->status, outcome->status == SC_EXISTS ? "id" : "version", "%s",
		        sc_status_text(outcome->status));
	} else {
		snprintf(field, sizeof(field), "skus[%u].%s", origin->index,
		         outcome->status == SC_EXISTS ? "sku" : "version");
		sc__bad_at(err, outcome->status, (int32_t)origin->index, field, "%s", sc_status_text(outcome->status));
	}
}

/* Take over what became of a group. true: it has to be read and tried again. */
static bool take_outcome(const struct batch *b, const struct round *round, size_t group, const sc_outcome *outcome)
{
	size_t i = round->owners[group];
	const sc__plan *plan = &round->plans[i];
	sc_product_outcome *out = &b->out[b->todo[i]];
	if (outcome->status == SC_OK) {
		if (plan->product_written)
			out->version = outcome->position;
		return false;
	}
	bool moved = outcome->status == SC_CHANGED || outcome->status == SC_EXISTS || outcome->status == SC_NOT_FOUND;
	settle(out, SC_PUT_NOTHING, 0);
	name_refusal(plan, outcome, &out->error);
	return moved && b->mode == SC_PUT_MERGE;
}

static sc_status apply_round(struct batch *b, struct round *round, sc_error *err)
{
	size_t again = 0;
	sc_outcome *outcomes = sc_arena_zalloc(b->arena, round->group_count * sizeof(*outcomes));
	if (outcomes == NULL)
		return no_memory(err);
	sc_status status = SC_OK;
	if (round->group_count > 0)
		status = sc__apply(b->shop, b->call, round->groups, round->group_count, outcomes, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < round->group_count; i++)
		if (take_outcome(b, round, i, &outcomes[i]))
			b->todo[again++] = b->todo[round->owners[i]]; /* owners grow, so this never overtakes */
	b->todo_count = again;
	return SC_OK;
}

static sc_status run_round(struct batch *b, sc_error *err)
{
	struct round round;
	sc_status status = make_round(b, &round);
	if (status != SC_OK)
		return no_memory(err);
	status = read_records(b, &round, err);
	if (status == SC_OK)
		status = read_offers(b, &round, err);
	for (size_t i = 0; status == SC_OK && i < b->todo_count; i++)
		status = plan_one(b, &round, i, err);
	return status == SC_OK ? apply_round(b, &round, err) : status;
}

/* The checks that need no store. */
static sc_status check_one(const sc_call *call, const sc_product *product, sc_error *err)
{
	sc_status status = sc__product_check(product, err);
	return status == SC_OK ? sc__allow(call, SC__WRITE_CATALOG, product->seller, err) : status;
}

static void find_todo(struct batch *b, size_t first, size_t end)
{
	b->todo_count = 0;
	for (size_t i = first; i < end; i++) {
		settle(&b->out[i], SC_PUT_NOTHING, 0);
		if (check_one(b->call, &b->products[i], &b->out[i].error) == SC_OK)
			b->todo[b->todo_count++] = i;
	}
}

static sc_status put_slice(struct batch *b, size_t first, size_t end, sc_error *err)
{
	sc_status status = SC_OK;
	find_todo(b, first, end);
	for (int round = 0; status == SC_OK && b->todo_count > 0; round++) {
		if (round == ROUNDS_MAX)
			break;
		sc_arena_reset(b->arena);
		status = run_round(b, err);
	}
	for (size_t i = 0; status == SC_OK && i < b->todo_count; i++)
		sc__fail(&b->out[b->todo[i]].error, SC_BUSY, "others keep changing this product");
	return status;
}

sc_status sc_product_put_many(sc_shop *shop, const sc_call *call, sc_put_mode mode, const sc_product *products,
                              size_t count, sc_product_outcome *out, sc_error *err)
{
	if (mode != SC_PUT_CREATE && mode != SC_PUT_REPLACE && mode != SC_PUT_MERGE)
		return sc__bad(err, SC_BAD_ARGUMENT, "mode", "no such mode");
	if (count > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "count", "at most %d products at once", SC_BATCH_MAX);
	sc_arena arena, lists;
	sc_arena_init(&arena, shop->env);
	sc_arena_init(&lists, shop->env);
	struct batch b = {
		.shop = shop, .call = call, .mode = mode, .products = products, .out = out, .arena = &arena
	};
	b.todo = sc__arena_array(&lists, count, sizeof(*b.todo));
	sc_status status = b.todo != NULL ? SC_OK : no_memory(err);
	size_t slice = shop->info.groups_max > 0 ? shop->info.groups_max : SC_BATCH_MAX;
	for (size_t first = 0; status == SC_OK && first < count; first += slice)
		status = put_slice(&b, first, first + slice < count ? first + slice : count, err);
	sc_arena_clear(&arena);
	sc_arena_clear(&lists);
	return status;
}

static sc_status put_one(sc_shop *shop, const sc_call *call, sc_put_mode mode, const sc_product *product,
                         uint64_t *version, sc_error *err)
{
	sc_product_outcome outcome;
	sc_status status = sc_product_put_many(shop, call, mode, product, 1, &outcome, err);
	if (status != SC_OK)
		return status;
	if (outcome.error.status != SC_OK) {
		if (err != NULL)
			*err = outcome.error;
		return outcome.error.status;
	}
	if (version != NULL)
		*version = outcome.version;
	return SC_OK;
}

sc_status sc_product_create(sc_shop *shop, const sc_call *call, const sc_product *product, uint64_t *version,
                            sc_error *err)
{
	return put_one(shop, call, SC_PUT_CREATE, product, version, err);
}

sc_status sc_product_put(sc_shop *shop, const sc_call *call, const sc_product *product, uint64_t *version,
                         sc_error *err)
{
	return put_one(shop, call, SC_PUT_REPLACE, product, version, err);
}
