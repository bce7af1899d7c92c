/*
 * Writing a batch of an import: first the categories, those with lines of their own and those that products name and
 * nobody knows yet, then the products. One apply each, however many lines there are.
 */
#include "catalog/import_batch.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "catalog/body.h"
#include "core/access.h"
#include "core/handle.h"
#include "store/kinds.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a batch of an import");
}

bool sc__import_is_product(const sc__import_entry *entry)
{
	return entry->error.status == SC_OK && entry->read.category.id == NULL;
}

/* ---- categories -------------------------------------------------------------------------- */

struct new_categories {
	sc_group *groups;
	uint32_t count;
};

/* A group of its own that makes the category, or does nothing when it is there. */
static sc_status add_category(struct new_categories *to, const sc_category *category, sc_arena *arena, sc_error *err)
{
	sc_change *change = sc_arena_zalloc(arena, sizeof(*change));
	sc_value *columns = sc__arena_array(arena, SC_CATEGORY_COLUMNS, sizeof(*columns));
	if (change == NULL || columns == NULL)
		return no_memory(err);
	sc__category_columns(category, columns);
	*change = (sc_change){ .address = sc__category_address(category->id),
		               .type = SC_CHANGE_PUT,
		               .condition = SC_IF_ABSENT,
		               .flags = SC_SKIP,
		               .columns = columns,
		               .column_count = SC_CATEGORY_COLUMNS };
	to->groups[to->count++] = (sc_group){ .changes = change, .count = 1 };
	return sc__category_encode(category, arena, &change->body, err);
}

static size_t count_categories(const sc__import_batch *batch)
{
	size_t count = 0;
	for (size_t i = 0; i < batch->count; i++)
		if (sc__import_is_product(&batch->entries[i]))
			count += batch->entries[i].read.product.category_count;
	return count;
}

/* Collect what no earlier line named. Known from here on: when the write fails, the import is over anyway. */
static sc_status collect(sc__import_batch *batch, struct new_categories *to, sc_error *err)
{
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < batch->count; i++) {
		const sc__import_line *read = &batch->entries[i].read;
		size_t count = sc__import_is_product(&batch->entries[i]) ? read->product.category_count : 0;
		for (size_t k = 0; status == SC_OK && k < count; k++) {
			const sc_category *category = &read->categories[k];
			if (sc__seen_has(&batch->categories, category->id))
				continue;
			status = add_category(to, category, batch->arena, err);
			if (status == SC_OK && !sc__seen_add(&batch->categories, category->id))
				status = no_memory(err);
		}
	}
	return status;
}

static sc_status write_categories(sc__import_batch *batch, const sc_call *call, sc_error *err)
{
	size_t most = count_categories(batch);
	struct new_categories made = { sc_arena_zalloc(batch->arena, most * sizeof(sc_group)), 0 };
	if (made.groups == NULL)
		return no_memory(err);
	sc_status status = collect(batch, &made, err);
	if (status != SC_OK || made.count == 0)
		return status;
	status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	size_t slice = batch->shop->info.groups_max > 0 ? batch->shop->info.groups_max : made.count;
	for (size_t first = 0; status == SC_OK && first < made.count; first += slice) {
		size_t count = made.count - first < slice ? made.count - first : slice;
		sc_outcome *outcomes = sc_arena_zalloc(batch->arena, count * sizeof(*outcomes));
		if (outcomes == NULL)
			return no_memory(err);
		status = sc__apply(batch->shop, call, made.groups + first, count, outcomes, err);
		for (size_t i = 0; status == SC_OK && i < count; i++)
			if (outcomes[i].status != SC_OK)
				status = sc__fail(err, outcomes[i].status, "a category could not be made");
	}
	return status;
}

/* ---- products ---------------------------------------------------------------------------- */

/* The products of a batch, and which entries each is made of. */
struct products {
	sc_product *list;
	sc_product_outcome *outcomes;
	size_t *of_entry; /* entry → product */
	sc__map by_id;
	size_t count;
};

static sc_status make_products(const sc__import_batch *batch, struct products *p, sc_error *err)
{
	size_t n = batch->count;
	*p = (struct products){ 0 };
	sc__map_init_arena(&p->by_id, batch->arena, SC__MAP_STRANGE_KEYS);
	p->list = sc__arena_array(batch->arena, n, sizeof(*p->list));
	p->outcomes = sc__arena_array(batch->arena, n, sizeof(*p->outcomes));
	p->of_entry = sc__arena_array(batch->arena, n, sizeof(*p->of_entry));
	bool complete = p->list != NULL && p->outcomes != NULL && p->of_entry != NULL;
	return complete ? SC_OK : no_memory(err);
}

/* Which product of the batch an id is; a new one when it is the first. NULL: no memory. */
static sc_product *find_product(struct products *p, const char *id)
{
	void **value = sc__map_put(&p->by_id, (sc_bytes){ id, strlen(id) });
	if (value == NULL)
		return NULL;
	if (*value == NULL) {
		*value = &p->list[p->count++];
		*(sc_product *)*value = (sc_product){ .id = id };
	}
	return *value;
}

/* A product takes its members from its last line, and has the SKUs of all its lines. */
static sc_status gather_products(const sc__import_batch *batch, struct products *p, sc_error *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (!sc__import_is_product(&batch->entries[i]))
			continue;
		const sc_product *from = &batch->entries[i].read.product;
		sc_product *product = find_product(p, from->id);
		if (product == NULL)
			return no_memory(err);
		size_t skus = product->sku_count;
		*product = *from;
		product->sku_count = skus + from->sku_count;
		p->of_entry[i] = (size_t)(product - p->list);
	}
	return SC_OK;
}

static sc_status gather_skus(const sc__import_batch *batch, struct products *p, sc_error *err)
{
	sc_sku **skus = sc_arena_zalloc(batch->arena, p->count * sizeof(*skus));
	if (skus == NULL)
		return no_memory(err);
	for (size_t i = 0; i < p->count; i++) {
		skus[i] = sc__arena_array(batch->arena, p->list[i].sku_count, sizeof(sc_sku));
		if (skus[i] == NULL)
			return no_memory(err);
		p->list[i].skus = skus[i];
		p->list[i].sku_count = 0;
	}
	for (size_t i = 0; i < batch->count; i++)
		if (sc__import_is_product(&batch->entries[i])) {
			sc_product *product = &p->list[p->of_entry[i]];
			if (batch->entries[i].read.product.sku_count > 0)
				skus[p->of_entry[i]][product->sku_count++] = batch->entries[i].read.sku;
		}
	return SC_OK;
}

static void take(sc__import_entry *entry, const sc_product_outcome *outcome)
{
	entry->error = outcome->error;
	entry->effect = outcome->effect;
}

/* A product of several lines that was refused: each of its lines alone, in order. */
static sc_status write_alone(sc__import_batch *batch, const sc_call *call, sc__import_entry *entry, sc_error *err)
{
	sc_product_outcome outcome;
	sc_status status = sc_product_put_many(batch->shop, call, SC_PUT_MERGE, &entry->read.product, 1, &outcome, err);
	if (status == SC_OK)
		take(entry, &outcome);
	return status;
}

static sc_status write_products(sc__import_batch *batch, const sc_call *call, sc_error *err)
{
	struct products p;
	sc_status status = make_products(batch, &p, err);
	if (status == SC_OK)
		status = gather_products(batch, &p, err);
	if (status == SC_OK)
		status = gather_skus(batch, &p, err);
	if (status == SC_OK)
		status = sc_product_put_many(batch->shop, call, SC_PUT_MERGE, p.list, p.count, p.outcomes, err);
	for (size_t i = 0; status == SC_OK && i < batch->count; i++) {
		sc__import_entry *entry = &batch->entries[i];
		if (!sc__import_is_product(entry))
			continue;
		const sc_product_outcome *outcome = &p.outcomes[p.of_entry[i]];
		if (outcome->error.status != SC_OK && p.list[p.of_entry[i]].sku_count > 1)
			status = write_alone(batch, call, entry, err);
		else
			take(entry, outcome);
	}
	return status;
}

sc_status sc__import_batch_write(sc__import_batch *batch, const sc_call *call, sc_error *err)
{
	sc_status status = sc__import_write_category_lines(batch, call, err);
	if (status == SC_OK)
		status = write_categories(batch, call, err);
	return status == SC_OK ? write_products(batch, call, err) : status;
}
