/* See row.h. */
#include "drivers/memory/row.h"

#include "drivers/kind_parts.h"

#include <string.h>

typedef const sc_value *columns_part;

#define PART(row, at, type) (*(type *)(void *)((char *)(row) + (at)))
#define READ(row, at, type) (*(const type *)(const void *)((const char *)(row) + (at)))

/* Parts that are blocks of their own. */
#define PARTS_APART (SC_ROW_COLUMNS | SC_ROW_BODY | SC_ROW_PERSONAL)

/* ---- layout ---- */

static uint8_t add(uint8_t *size, bool has, size_t part_size)
{
	uint8_t at = *size;
	if (!has)
		return 0;
	*size = (uint8_t)(at + part_size);
	return at;
}

static uint8_t count_orders(const sc_kind *kind)
{
	return kind->kind_class == SC_CLASS_HOLD ? 1 : (uint8_t)kind->index_count;
}

void layout_init(struct layout *layout, const sc_kind *kind)
{
	uint8_t size = sizeof(struct row);
	*layout = (struct layout){ .kind = kind, .order_count = 1 };
	if (kind != NULL) {
		layout->expires = add(&size, sc__kind_has_lifetime(kind), sizeof(int64_t));
		layout->made_by = add(&size, sc__kind_has_made_by(kind), sizeof(sc_id));
		layout->counters = add(&size, sc__kind_has_counters(kind), sizeof(sc_counters));
		layout->deadline = add(&size, sc__kind_has_hold(kind), sizeof(int64_t));
		layout->columns = add(&size, kind->column_count > 0, sizeof(columns_part));
		layout->order_count += count_orders(kind);
		if (sc__kind_has_lifetime(kind))
			layout->lifetime_order = layout->order_count++;
	}
	layout->body = add(&size, kind == NULL || sc__kind_has_body(kind), sizeof(sc_bytes));
	layout->personal = add(&size, kind != NULL && sc__kind_has_personal(kind), sizeof(sc_bytes));
	layout->state = add(&size, kind != NULL && sc__kind_has_hold(kind), sizeof(uint32_t));
	layout->key = size;
}

/* ---- parts that are blocks of their own ---- */

static size_t column_count(const struct layout *layout)
{
	return layout->kind == NULL ? 0 : layout->kind->column_count;
}

static size_t columns_size(const sc_value *columns, size_t count)
{
	size_t size = count * sizeof *columns;
	for (size_t i = 0; i < count; i++)
		size += columns[i].type == SC_VALUE_BYTES ? columns[i].bytes.size : 0;
	return size;
}

static bool dup_columns(struct pool *pool, size_t count, const sc_value **columns)
{
	const sc_value *from = *columns;
	if (count == 0 || from == NULL)
		return true;
	sc_value *copy = pool_alloc(pool, columns_size(from, count));
	if (copy == NULL)
		return false;
	char *bytes = (char *)(copy + count);
	for (size_t i = 0; i < count; i++) {
		copy[i] = from[i];
		if (from[i].type != SC_VALUE_BYTES)
			continue;
		if (from[i].bytes.size > 0)
			memcpy(bytes, from[i].bytes.data, from[i].bytes.size);
		copy[i].bytes.data = bytes;
		bytes += from[i].bytes.size;
	}
	*columns = copy;
	return true;
}

static void free_columns(struct pool *pool, size_t count, const sc_value *columns)
{
	if (columns != NULL)
		pool_free(pool, (void *)(uintptr_t)columns, columns_size(columns, count));
}

static bool dup_bytes(struct pool *pool, sc_bytes *bytes)
{
	sc_bytes from = *bytes;
	*bytes = (sc_bytes){ NULL, 0 };
	if (from.size == 0)
		return true;
	void *copy = pool_alloc(pool, from.size);
	if (copy == NULL) {
		*bytes = from;
		return false;
	}
	memcpy(copy, from.data, from.size);
	*bytes = (sc_bytes){ copy, from.size };
	return true;
}

static void free_bytes(struct pool *pool, sc_bytes bytes)
{
	pool_free(pool, (void *)(uintptr_t)bytes.data, bytes.size);
}

bool row_dup_parts(const struct layout *layout, struct pool *pool, uint32_t changed, sc_record *value)
{
	if ((changed & PARTS_APART) == 0)
		return true;
	const sc_record old = *value;
	uint32_t done = 0;
	if ((changed & SC_ROW_COLUMNS) != 0) {
		if (!dup_columns(pool, column_count(layout), &value->columns))
			return false;
		done |= SC_ROW_COLUMNS;
	}
	if ((changed & SC_ROW_BODY) != 0 && layout->body != 0) {
		if (!dup_bytes(pool, &value->body))
			goto undo;
		done |= SC_ROW_BODY;
	}
	if ((changed & SC_ROW_PERSONAL) != 0 && layout->personal != 0 && !dup_bytes(pool, &value->personal))
		goto undo;
	return true;
undo:
	row_drop_parts(layout, pool, done, value);
	*value = old;
	return false;
}

void row_drop_parts(const struct layout *layout, struct pool *pool, uint32_t changed, const sc_record *value)
{
	if ((changed & SC_ROW_COLUMNS) != 0)
		free_columns(pool, column_count(layout), value->columns);
	if ((changed & SC_ROW_BODY) != 0 && layout->body != 0)
		free_bytes(pool, value->body);
	if ((changed & SC_ROW_PERSONAL) != 0 && layout->personal != 0)
		free_bytes(pool, value->personal);
}

/* ---- reading ---- */

sc_address row_address(const struct layout *layout, const struct row *row)
{
	const char *key = (const char *)row + layout->key;
	return (sc_address){ .key = key,
		             .sub = key + row->key_size,
		             .key_size = row->key_size,
		             .sub_size = row->sub_size,
		             .kind = layout->kind == NULL ? IDS_KIND : layout->kind->number };
}

int64_t row_expires_ms(const struct layout *layout, const struct row *row)
{
	return layout->expires == 0 ? 0 : READ(row, layout->expires, int64_t);
}

int64_t row_deadline_ms(const struct layout *layout, const struct row *row)
{
	return layout->deadline == 0 ? 0 : READ(row, layout->deadline, int64_t);
}

uint32_t row_hold_state(const struct layout *layout, const struct row *row)
{
	return layout->state == 0 ? 0 : READ(row, layout->state, uint32_t);
}

const sc_value *row_columns(const struct layout *layout, const struct row *row)
{
	return layout->columns == 0 ? NULL : READ(row, layout->columns, columns_part);
}

sc_bytes row_body(const struct layout *layout, const struct row *row)
{
	return layout->body == 0 ? (sc_bytes){ NULL, 0 } : READ(row, layout->body, sc_bytes);
}

void row_read(const struct layout *layout, const struct row *row, sc_record *out)
{
	out->version = row->version;
	out->entry = row->entry;
	out->columns = row_columns(layout, row);
	out->body = row_body(layout, row);
	out->personal = layout->personal == 0 ? (sc_bytes){ NULL, 0 } : READ(row, layout->personal, sc_bytes);
	out->expires_ms = row_expires_ms(layout, row);
	out->counters = layout->counters == 0 ? (sc_counters){ 0, 0, 0, 0 } : READ(row, layout->counters, sc_counters);
	out->deadline_ms = row_deadline_ms(layout, row);
	out->made_by = layout->made_by == 0 ? (sc_id){ { 0 } } : READ(row, layout->made_by, sc_id);
	out->hold_state = row_hold_state(layout, row);
	out->shape = row->shape;
	out->reserved[0] = out->reserved[1] = 0;
}

/* ---- making, writing, freeing ---- */

static void write_fixed(const struct layout *layout, struct row *row, const sc_record *value)
{
	row->version = value->version;
	row->entry = value->entry;
	row->shape = (uint16_t)value->shape;
	if (layout->expires != 0)
		PART(row, layout->expires, int64_t) = value->expires_ms;
	if (layout->made_by != 0)
		PART(row, layout->made_by, sc_id) = value->made_by;
	if (layout->counters != 0)
		PART(row, layout->counters, sc_counters) = value->counters;
	if (layout->deadline != 0)
		PART(row, layout->deadline, int64_t) = value->deadline_ms;
	if (layout->state != 0)
		PART(row, layout->state, uint32_t) = value->hold_state;
}

static size_t size_of(const struct layout *layout, uint16_t key_size, uint16_t sub_size)
{
	return (size_t)layout->key + key_size + sub_size;
}

struct row *row_make(const struct layout *layout, struct pool *pool, const sc_record *value)
{
	const sc_address *address = &value->address;
	sc_record own = *value;
	struct row *row = pool_alloc(pool, size_of(layout, address->key_size, address->sub_size));
	if (row == NULL)
		return NULL;
	if (!row_dup_parts(layout, pool, SC_ROW_ALL, &own)) {
		pool_free(pool, row, size_of(layout, address->key_size, address->sub_size));
		return NULL;
	}
	row->key_size = address->key_size;
	row->sub_size = address->sub_size;
	row->sorted = row->waiting = 0;
	write_fixed(layout, row, &own);
	if (layout->columns != 0)
		PART(row, layout->columns, columns_part) = own.columns;
	if (layout->body != 0)
		PART(row, layout->body, sc_bytes) = own.body;
	if (layout->personal != 0)
		PART(row, layout->personal, sc_bytes) = own.personal;
	char *key = (char *)row + layout->key;
	memcpy(key, address->key, address->key_size);
	if (address->sub_size > 0)
		memcpy(key + address->key_size, address->sub, address->sub_size);
	return row;
}

void row_write(const struct layout *layout, struct pool *pool, struct row *row, uint32_t changed,
               const sc_record *value)
{
	write_fixed(layout, row, value);
	if ((changed & PARTS_APART) == 0)
		return;
	sc_record old;
	row_read(layout, row, &old);
	if ((changed & SC_ROW_COLUMNS) != 0 && layout->columns != 0)
		PART(row, layout->columns, columns_part) = value->columns;
	if ((changed & SC_ROW_BODY) != 0 && layout->body != 0)
		PART(row, layout->body, sc_bytes) = value->body;
	if ((changed & SC_ROW_PERSONAL) != 0 && layout->personal != 0)
		PART(row, layout->personal, sc_bytes) = value->personal;
	row_drop_parts(layout, pool, changed, &old);
}

void row_free_parts(const struct layout *layout, struct pool *pool, struct row *row)
{
	sc_record value;
	row_read(layout, row, &value);
	row_drop_parts(layout, pool, SC_ROW_ALL, &value);
}

void row_free_block(const struct layout *layout, struct pool *pool, struct row *row)
{
	pool_free(pool, row, size_of(layout, row->key_size, row->sub_size));
}
