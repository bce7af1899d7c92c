/*
 * Parameters in PostgreSQL's binary form: numbers in network order, an array as its header and then each
 * element behind its length. Text would cost a conversion on both sides, and bytes twice their size.
 */
#include "base/arena.h"
#include "drivers/postgres/driver.h"

#include <string.h>

/* Types are numbered in the catalogue of every PostgreSQL alike. */
#define OID_BYTEA       17
#define OID_INT8        20
#define OID_BYTEA_ARRAY 1001
#define OID_INT8_ARRAY  1016

#define ARRAY_HEADER 20

static void put_32(char *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(number >> (24 - 8 * i));
}

static void put_64(char *at, uint64_t number)
{
	put_32(at, (uint32_t)(number >> 32));
	put_32(at + 4, (uint32_t)number);
}

static void add(sc__pg_params *params, Oid type, const char *value, size_t size)
{
	if (params->count >= SC__PG_PARAMS_MAX) {
		params->no_memory = true;
		return;
	}
	params->types[params->count] = type;
	params->values[params->count] = value;
	params->lengths[params->count] = (int)size;
	params->count++;
}

static char *room(sc__pg_params *params, size_t size)
{
	char *data = sc__arena_bytes(params->arena, size);
	if (data == NULL)
		params->no_memory = true;
	return data;
}

void sc__pg_param_int(sc__pg_params *params, int64_t number)
{
	char *data = room(params, 8);
	if (data == NULL)
		return;
	put_64(data, (uint64_t)number);
	add(params, OID_INT8, data, 8);
}

void sc__pg_param_bytes(sc__pg_params *params, const void *data, size_t size)
{
	add(params, OID_BYTEA, size > 0 ? data : "", size);
}

void sc__pg_param_null(sc__pg_params *params, sc_value_type type)
{
	add(params, type == SC_VALUE_INT ? OID_INT8 : OID_BYTEA, NULL, 0);
}

void sc__pg_param_value(sc__pg_params *params, const sc_value *value)
{
	if (value->type == SC_VALUE_INT)
		sc__pg_param_int(params, value->number);
	else
		sc__pg_param_bytes(params, value->bytes.data, value->bytes.size);
}

sc__pg_array sc__pg_param_array(sc__pg_params *params, sc_value_type type, size_t count, size_t size)
{
	size_t whole = ARRAY_HEADER + count * 4 + size;
	char *data = room(params, whole);
	if (data == NULL)
		return (sc__pg_array){ NULL, NULL };
	bool numbers = type == SC_VALUE_INT;
	put_32(data, 1);     /* dimensions */
	put_32(data + 4, 1); /* there may be NULLs */
	put_32(data + 8, numbers ? OID_INT8 : OID_BYTEA);
	put_32(data + 12, (uint32_t)count);
	put_32(data + 16, 1); /* the first element's number */
	add(params, numbers ? OID_INT8_ARRAY : OID_BYTEA_ARRAY, data, whole);
	return (sc__pg_array){ data + ARRAY_HEADER, data + whole };
}

void sc__pg_array_add(sc__pg_array *array, const sc_value *value)
{
	if (array->at == NULL)
		return;
	size_t size = value->type == SC_VALUE_INT ? 8 : value->bytes.size;
	if (value->type == SC_VALUE_NULL) {
		put_32(array->at, UINT32_MAX);
		array->at += 4;
		return;
	}
	put_32(array->at, (uint32_t)size);
	array->at += 4;
	if (value->type == SC_VALUE_INT)
		put_64(array->at, (uint64_t)value->number);
	else if (size > 0)
		memcpy(array->at, value->bytes.data, size);
	array->at += size;
}
