/*
 * Which part keeps what. Keys and settings follow what they guard, so that both are in one commit.
 */
#include "wrappers/mixed/mixed.h"

#include <string.h>

#define STOCK_OPERATIONS "inventory."
#define STOCK_SETTINGS   "audit."

static const struct {
	const char *kind;
	uint32_t keeps;
} routes[] = {
	{ "product", SC_KEEPS_CATALOG }, { "sku", SC_KEEPS_CATALOG }, { "category", SC_KEEPS_CATALOG },
	{ "listing", SC_KEEPS_CATALOG }, { "cart", SC_KEEPS_CARTS },
};

static uint32_t keeps_of(const sc_kind *kind)
{
	if (kind->kind_class == SC_CLASS_ACCOUNT || kind->kind_class == SC_CLASS_HOLD)
		return SC_KEEPS_STOCK;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(kind->name, routes[i].kind) == 0)
			return routes[i].keeps;
	return 0;
}

static uint32_t part_that_keeps(const uint32_t *keeps, uint32_t count, uint32_t wanted)
{
	for (uint32_t part = 1; part < count; part++)
		if ((keeps[part] & wanted) != 0)
			return part;
	return 0;
}

void sc__mixed_routes(struct mixed *m, const uint32_t *keeps)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);

	m->stock = part_that_keeps(keeps, m->parts.count, SC_KEEPS_STOCK);
	for (size_t i = 0; i < count; i++) {
		const sc_kind *kind = &kinds[i];

		m->part_of[kind->number] = (uint8_t)part_that_keeps(keeps, m->parts.count, keeps_of(kind));
		if (strcmp(kind->name, "idempotency_key") == 0)
			m->key_kind = kind->number;
		if (strcmp(kind->name, "setting") == 0)
			m->parts.setting_kind = kind->number;
	}
}

static bool begins_with(const char *text, size_t size, const char *start)
{
	return size >= strlen(start) && memcmp(text, start, strlen(start)) == 0;
}

/* An idempotency key reads: owner NUL operation NUL the caller's key. */
static bool guards_stock(const sc_address *key)
{
	const char *end = memchr(key->key, '\0', key->key_size);

	return end != NULL && begins_with(end + 1, key->key_size - (size_t)(end + 1 - key->key), STOCK_OPERATIONS);
}

uint32_t sc__mixed_place(const struct parts *p, const sc_address *address)
{
	const struct mixed *m = (const struct mixed *)p;

	if (address->kind == m->key_kind && guards_stock(address))
		return m->stock;
	if (address->kind == m->parts.setting_kind && begins_with(address->key, address->key_size, STOCK_SETTINGS))
		return m->stock;
	return address->kind < KINDS_MAX ? m->part_of[address->kind] : 0;
}
