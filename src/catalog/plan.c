/*
 * Planning one product. When SKUs come or go, the product is written even if it is equal, because its
 * version is what keeps two writers from each adding or removing SKUs unseen by the other. When only a
 * SKU differs, the product is checked and not written.
 */
#include "catalog/plan.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/sku.h"
#include "core/access.h"

#include <stdio.h>
#include <string.h>

struct builder {
	const sc__plan_input *in;
	sc_arena *arena;
	sc__plan *plan;
	sc_error *err;
	sc_product stored;
	bool skus_differ; /* some come or go */
};

static sc_status bad_part(sc_error *err, sc_status status, size_t sku, const char *member)
{
	char field[64];
	snprintf(field, sizeof(field), "skus[%zu].%s", sku, member);
	return sc__bad_at(err, status, (int32_t)sku, field, "%s", sc_status_text(status));
}

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a change of the catalogue");
}

static sc_change *add(struct builder *b, sc__plan_part part, size_t index, sc_change_type type, sc_address address)
{
	uint32_t n = b->plan->count++;
	b->plan->origins[n] = (sc__plan_origin){ part, (uint32_t)index };
	b->plan->changes[n] = (sc_change){ .address = address, .type = (uint16_t)type };
	return &b->plan->changes[n];
}

static void expect(sc_change *change, uint64_t version)
{
	change->condition = version == 0 ? SC_IF_ABSENT : SC_IF_VERSION;
	change->version = version;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_bytes(sc_bytes a, sc_bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool has_category(const sc_product *product, const char *id)
{
	for (size_t i = 0; i < product->category_count; i++)
		if (strcmp(product->categories[i], id) == 0)
			return true;
	return false;
}

static void plan_listings(struct builder *b)
{
	const sc_product *want = b->in->want, *stored = &b->stored;
	for (size_t i = 0; i < want->category_count; i++) {
		if (has_category(stored, want->categories[i]))
			continue;
		sc_address category = sc__category_address(want->categories[i]);
		sc_change *check = add(b, SC__PART_CATEGORY, i, SC_CHANGE_CHECK, category);
		check->condition = SC_IF_PRESENT; /* so that nobody removes it at the same moment */
		sc_address at = sc__listing_address(want->categories[i], want->id);
		sc_change *put = add(b, SC__PART_OTHER, i, SC_CHANGE_PUT, at);
		put->condition = SC_IF_ABSENT;
		put->flags = SC_SKIP;
	}
	for (size_t i = 0; i < stored->category_count; i++) {
		if (has_category(want, stored->categories[i]))
			continue;
		sc_address at = sc__listing_address(stored->categories[i], want->id);
		sc_change *removed = add(b, SC__PART_OTHER, i, SC_CHANGE_DELETE, at);
		removed->condition = SC_IF_PRESENT;
		removed->flags = SC_SKIP;
	}
}

/* Whether the stored SKU `now` may be replaced by the wanted one. */
static sc_status check_sku(struct builder *b, size_t i, const sc_sku *now)
{
	const sc_sku *sku = &b->in->want->skus[i];
	sc_status status = sc__allow(b->in->call, SC__WRITE_CATALOG, sku->seller, b->err);
	if (status != SC_OK)
		return status;
	if (now->version == 0) {
		if (b->in->mode == SC_PUT_REPLACE && sku->version != 0)
			return bad_part(b->err, SC_CHANGED, i, "version");
		return SC_OK;
	}
	if (b->in->mode == SC_PUT_CREATE || strcmp(now->product, b->in->want->id) != 0)
		return bad_part(b->err, SC_EXISTS, i, "sku");
	if (b->in->mode == SC_PUT_REPLACE && sku->version != now->version)
		return bad_part(b->err, sku->version == 0 ? SC_EXISTS : SC_CHANGED, i,
		                sku->version == 0 ? "sku" : "version");
	return sc__allow(b->in->call, SC__WRITE_CATALOG, now->seller, b->err);
}

static bool same_columns(const sc_value *a, const sc_value *b)
{
	if (a == NULL || b == NULL)
		return false;
	for (size_t i = 0; i < SC_SKU_COLUMNS; i++)
		if (a[i].type != b[i].type || a[i].number != b[i].number || !same_bytes(a[i].bytes, b[i].bytes))
			return false;
	return true;
}

static sc_status plan_sku(struct builder *b, size_t i)
{
	const sc_product *want = b->in->want;
	const sc_record *record = &b->in->skus[i];
	sc_sku now, sku = want->skus[i];
	sc_status status = sc__sku_decode(record, b->arena, &now, b->err);
	if (status == SC_OK)
		status = check_sku(b, i, &now);
	if (status != SC_OK)
		return status;
	/* A SKU that is called like its product is renamed with it. */
	if (sku.name != NULL && b->stored.version != 0 && strcmp(sku.name, b->stored.name) == 0)
		sku.name = NULL;
	sc_bytes body;
	status = sc__sku_encode(&sku, want->name, b->arena, &body, b->err);
	if (status != SC_OK)
		return status;
	sc_value *columns = sc__arena_array(b->arena, SC_SKU_COLUMNS, sizeof(*columns));
	if (columns == NULL)
		return no_memory(b->err);
	sc__sku_columns(&sku, want->id, columns);
	if (now.version != 0 && same_bytes(body, record->body) && same_columns(columns, record->columns))
		return SC_OK;
	b->skus_differ |= now.version == 0;
	sc_change *put = add(b, SC__PART_SKU, i, SC_CHANGE_PUT, sc__sku_address(sku.sku));
	expect(put, now.version);
	put->columns = columns;
	put->column_count = SC_SKU_COLUMNS;
	put->body = body;
	return SC_OK;
}

static bool is_wanted(const sc_product *want, const sc_address *sku)
{
	for (size_t i = 0; i < want->sku_count; i++)
		if (strlen(want->skus[i].sku) == sku->key_size &&
		    memcmp(want->skus[i].sku, sku->key, sku->key_size) == 0)
			return true;
	return false;
}

/* REPLACE: what is not named goes, unless it is another seller's and not for this call to touch. */
static sc_status plan_removals(struct builder *b)
{
	for (size_t i = 0; i < b->in->offer_count; i++) {
		const sc_record *offer = &b->in->offers[i];
		if (is_wanted(b->in->want, &offer->address))
			continue;
		sc_sku now;
		sc_status status = sc__sku_decode(offer, b->arena, &now, b->err);
		if (status != SC_OK)
			return status;
		if (sc__allow(b->in->call, SC__WRITE_CATALOG, now.seller, NULL) != SC_OK)
			continue;
		expect(add(b, SC__PART_SKU, SC_NO_LINE, SC_CHANGE_DELETE, offer->address), offer->version);
		b->skus_differ = true;
	}
	return SC_OK;
}

static sc_status check_count(const struct builder *b)
{
	size_t total = b->in->offer_count;
	for (uint32_t i = 0; i < b->plan->count; i++) {
		if (b->plan->origins[i].part != SC__PART_SKU)
			continue;
		total += b->plan->changes[i].condition == SC_IF_ABSENT;
		total -= b->plan->changes[i].type == SC_CHANGE_DELETE;
	}
	if (b->in->offers_read && total > SC_SKUS_PER_PRODUCT_MAX)
		return sc__short(b->err, SC_LIMIT_REACHED, -1, (int64_t)total, SC_SKUS_PER_PRODUCT_MAX,
		                 "a product has at most %d SKUs", SC_SKUS_PER_PRODUCT_MAX);
	return SC_OK;
}

static sc_status plan_own_record(struct builder *b)
{
	sc_product want = *b->in->want;
	if (b->in->mode == SC_PUT_MERGE && want.rating_milli < 0 && b->stored.version != 0) {
		want.rating_milli = b->stored.rating_milli;
		want.rating_count = b->stored.rating_count;
	}
	sc_bytes body;
	sc_status status = sc__product_encode(&want, b->arena, &body, b->err);
	if (status != SC_OK)
		return status;
	uint64_t version = b->stored.version;
	bool equal = version != 0 && same_bytes(body, b->in->product->body) && !b->skus_differ;
	if (equal && b->plan->count == 0) {
		b->plan->effect = SC_PUT_UNCHANGED;
		return SC_OK;
	}
	b->plan->effect = version == 0 ? SC_PUT_CREATED : SC_PUT_CHANGED;
	b->plan->product_written = !equal;
	sc_change *own = add(b, SC__PART_PRODUCT, 0, equal ? SC_CHANGE_CHECK : SC_CHANGE_PUT,
	                     sc__product_address(want.id));
	expect(own, version);
	if (!equal)
		own->body = body;
	return SC_OK;
}

/* Whether the mode fits what is there, and whether the call may change that. */
static sc_status check_stored(const struct builder *b)
{
	const sc_product *want = b->in->want;
	uint64_t version = b->stored.version;
	if (b->in->mode == SC_PUT_CREATE && version != 0)
		return sc__bad(b->err, SC_EXISTS, "id", "there is a product of this id already");
	if (b->in->mode == SC_PUT_REPLACE && version == 0)
		return sc__bad(b->err, SC_NOT_FOUND, "id", "there is no such product");
	if (version != 0 && !same_text(b->stored.seller, want->seller)) {
		sc_status status = sc__allow(b->in->call, SC__WRITE_CATALOG, b->stored.seller, b->err);
		if (status != SC_OK)
			return status;
	}
	if (b->in->mode == SC_PUT_REPLACE && version != want->version)
		return sc__bad(b->err, SC_CHANGED, "version", "the product changed since it was read");
	return SC_OK;
}

bool sc__plan_needs_offers(sc_put_mode mode, const sc_product *want, const sc_record *product, const sc_record *skus)
{
	if (product->version == 0 || mode == SC_PUT_CREATE)
		return false;
	if (mode == SC_PUT_REPLACE)
		return true;
	for (size_t i = 0; i < want->sku_count; i++)
		if (skus[i].version == 0)
			return true;
	return false;
}

sc_status sc__plan_product(const sc__plan_input *in, sc_arena *arena, sc__plan *out, sc_error *err)
{
	struct builder b = { .in = in, .arena = arena, .plan = out, .err = err };
	*out = (sc__plan){ .effect = SC_PUT_NOTHING };
	sc_status status = sc__product_decode(in->product, arena, &b.stored, err);
	if (status == SC_OK)
		status = check_stored(&b);
	if (status != SC_OK)
		return status;
	size_t most = in->want->sku_count + in->offer_count + 2 * in->want->category_count + b.stored.category_count +
	              1;
	out->version = b.stored.version;
	out->changes = sc__arena_array(arena, most, sizeof(*out->changes));
	out->origins = sc__arena_array(arena, most, sizeof(*out->origins));
	if (out->changes == NULL || out->origins == NULL)
		return no_memory(err);
	for (size_t i = 0; status == SC_OK && i < in->want->sku_count; i++)
		status = plan_sku(&b, i);
	if (status == SC_OK && in->mode == SC_PUT_REPLACE)
		status = plan_removals(&b);
	if (status == SC_OK)
		status = check_count(&b);
	if (status != SC_OK)
		return status;
	plan_listings(&b);
	return plan_own_record(&b);
}
