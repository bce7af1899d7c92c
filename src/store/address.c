/* Addresses and counters: what every driver and the decision must compute alike. */
#include <shopcore/port/store.h>

#include <string.h>
#include <xxhash.h>

__extension__ typedef __int128 wide;

static uint16_t route_of_text(const char *key, size_t size)
{
	const char *end = memchr(key, '\0', size);
	return (uint16_t)XXH3_64bits(key, end == NULL ? size : (size_t)(end - key));
}

uint16_t sc_address_route(const sc_address *address)
{
	const sc_kind *kind = sc_kind_find(address->kind);
	if (kind == NULL || kind->route == SC_ROUTE_FIXED)
		return 0;
	if (kind->route == SC_ROUTE_ID && address->key_size == sizeof(sc_id)) {
		sc_id id;
		memcpy(&id, address->key, sizeof id);
		return sc_id_tail(id);
	}
	return route_of_text(address->key, address->key_size);
}

static int compare_bytes(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t shorter = a_size < b_size ? a_size : b_size;
	int order = shorter == 0 ? 0 : memcmp(a, b, shorter);
	return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

int sc_address_compare(const sc_address *a, const sc_address *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = compare_bytes(a->key, a->key_size, b->key, b->key_size);
	return order != 0 ? order : compare_bytes(a->sub, a->sub_size, b->sub, b->sub_size);
}

int64_t sc_counters_free(const sc_counters *counters)
{
	if (counters->floor == SC_FLOOR_NONE)
		return INT64_MAX;
	wide left = (wide)counters->on_hand - counters->held - counters->committed - counters->floor;
	if (left > INT64_MAX)
		return INT64_MAX;
	return left < INT64_MIN ? INT64_MIN : (int64_t)left;
}
