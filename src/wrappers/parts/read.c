/*
 * Reading from several parts: what is asked goes to each part in one call, and comes back in the caller's order.
 */
#include "wrappers/parts/parts.h"

#include "base/arena.h"
#include "base/error.h"

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for what is read from several stores");
}

/* The part that all of them are in, or PARTS_SEVERAL. */
static uint32_t common_part(const uint8_t *parts, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (parts[i] != parts[0])
			return PARTS_SEVERAL;
	return parts[0];
}

/* ---- load -------------------------------------------------------------------------------- */

static sc_status load_part(const struct parts *p, uint32_t part, const sc_call *call, const sc_address *addresses,
                           const uint8_t *parts, size_t count, uint32_t mask, sc_arena *arena, sc_record *out,
                           sc_error *err)
{
	const sc_store *store = &p->stores[part];
	sc_address *asked = sc__arena_array(arena, count, sizeof(*asked));
	sc_record *found = sc__arena_array(arena, count, sizeof(*found));
	size_t n = 0;

	if (asked == NULL || found == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		if (parts[i] == part)
			asked[n++] = addresses[i];
	sc_status status = n == 0 ? SC_OK : store->ops->load(store->ctx, call, asked, n, mask, arena, found, err);
	for (size_t i = 0, at = 0; status == SC_OK && i < count; i++)
		if (parts[i] == part)
			out[i] = found[at++];
	return status;
}

sc_status sc__parts_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, sc_error *err)
{
	const struct parts *p = ctx;
	uint8_t *parts = sc__arena_array(arena, count + 1, 1);
	sc_record *records;
	sc_status status = SC_OK;

	if (parts == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		parts[i] = (uint8_t)p->place(p, &addresses[i]);
	const uint32_t part = count == 0 ? 0 : common_part(parts, count);
	if (part != PARTS_SEVERAL)
		return p->stores[part].ops->load(p->stores[part].ctx, call, addresses, count, mask, arena, out, err);
	records = sc__arena_array(arena, count, sizeof(*records));
	if (records == NULL)
		return no_memory(err);
	for (uint32_t i = 0; status == SC_OK && i < p->count; i++)
		status = load_part(p, i, call, addresses, parts, count, mask, arena, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i] = records[i];
	return status;
}

/* ---- range ------------------------------------------------------------------------------- */

static uint32_t part_of_range(const struct parts *p, const sc_range *range)
{
	const bool keyed = range->index == SC_BY_SUB;
	const sc_address address = { .kind = range->kind,
		                     .key = keyed ? range->key.data : "",
		                     .key_size = keyed ? (uint16_t)range->key.size : 0 };

	return p->place(p, &address);
}

/* Ranges of different parts are rare, so they are asked one by one. */
sc_status sc__parts_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, sc_error *err)
{
	const struct parts *p = ctx;
	sc_page *pages;
	sc_status status = SC_OK;
	size_t same = 1;

	while (same < count && part_of_range(p, &ranges[same]) == part_of_range(p, &ranges[0]))
		same++;
	if (same >= count) {
		const sc_store *store = &p->stores[count == 0 ? 0 : part_of_range(p, &ranges[0])];

		return store->ops->range(store->ctx, call, ranges, count, arena, out, err);
	}
	pages = sc__arena_array(arena, count, sizeof(*pages));
	if (pages == NULL)
		return no_memory(err);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		const sc_store *store = &p->stores[part_of_range(p, &ranges[i])];

		status = store->ops->range(store->ctx, call, &ranges[i], 1, arena, &pages[i], err);
	}
	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i] = pages[i];
	return status;
}
