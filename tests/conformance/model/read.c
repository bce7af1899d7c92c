/*
 * Loads and ranges of the model: everything is looked at, sorted, and cut.
 */
#include "inside.h"

#include <stdlib.h>

static void *lend(sc_arena *arena, const void *data, size_t size)
{
	void *copy = sc_arena_alloc(arena, size + 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

static void number(unsigned char **at, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*(*at)++ = (unsigned char)(value | 0x80);
	*(*at)++ = (unsigned char)value;
}

static void text(unsigned char **at, const void *data, size_t size)
{
	number(at, size);
	if (size > 0)
		memcpy(*at, data, size);
	*at += size;
}

/* The form that sc_hold_takes() reads. */
static sc_bytes pack_takes(const struct row *hold, sc_arena *arena)
{
	size_t room = 16 + hold->take_count * (80 + 2 * SC_KEY_MAX);
	unsigned char *start = sc_arena_alloc(arena, room), *at = start;

	if (hold->take_count == 0 || start == NULL)
		return (sc_bytes){ NULL, 0 };
	*at++ = 1;
	number(&at, hold->take_count);
	for (size_t i = 0; i < hold->take_count; i++) {
		const struct taken *t = &hold->takes[i];

		number(&at, t->line);
		number(&at, (uint64_t)t->quantity << 1);
		number(&at, (uint64_t)t->committed << 1);
		number(&at, 0);
		number(&at, t->account.kind);
		text(&at, t->account.key, t->account.key_size);
		text(&at, t->account.sub, t->account.sub_size);
	}
	return (sc_bytes){ start, (size_t)(at - start) };
}

static sc_record lend_record(const struct row *row, uint32_t mask, sc_arena *arena)
{
	const sc_kind *kind = sc_kind_find(row->value.address.kind);
	sc_record out = row->value;

	memset(out.reserved, 0, sizeof(out.reserved));
	out.columns = NULL;
	if ((mask & SC_READ_COLUMNS) && kind->column_count > 0) {
		sc_value *columns = lend(arena, row->value.columns, kind->column_count * sizeof(*columns));

		for (uint32_t i = 0; i < kind->column_count; i++)
			columns[i].bytes.data = lend(arena, columns[i].bytes.data, columns[i].bytes.size);
		out.columns = columns;
	}
	out.body = (sc_bytes){ NULL, 0 };
	if (mask & SC_READ_BODY)
		out.body = (sc_bytes){ lend(arena, row->value.body.data, row->value.body.size), row->value.body.size };
	if ((mask & SC_READ_BODY) && kind->kind_class == SC_CLASS_HOLD)
		out.body = pack_takes(row, arena);
	out.personal = (sc_bytes){ NULL, 0 };
	if (mask & SC_READ_PERSONAL)
		out.personal = (sc_bytes){ lend(arena, row->value.personal.data, row->value.personal.size),
			                   row->value.personal.size };
	return out;
}

sc_status model_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                     sc_arena *arena, sc_record *out, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < count; i++) {
		const struct row *row = model_find(m, &addresses[i]);

		memset(&out[i], 0, sizeof(out[i]));
		if (model_present(m, row, model_now(m)))
			out[i] = lend_record(row, mask, arena);
		out[i].address = addresses[i];
	}
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* What a row is sorted by: the values of its index's columns, or its sub, or nothing; then its address. */
struct found {
	const struct row *row;
	sc_value keys[SC_INDEX_COLUMNS_MAX];
	size_t key_count;
};

struct walk {
	struct model *m;
	const sc_range *range;
	int64_t now_ms;
};

static sc_value sub_of(const sc_address *address)
{
	return SC_VALUE_OF_BYTES(address->sub, address->sub_size);
}

static sc_value key_of(const sc_address *address)
{
	return SC_VALUE_OF_BYTES(address->key, address->key_size);
}

/* false: the row is not in this index. */
static bool keys_of(const struct walk *walk, const struct row *row, struct found *out)
{
	const sc_kind *kind = sc_kind_find(walk->range->kind);
	const sc_index *index;

	out->row = row;
	out->key_count = 1;
	if (walk->range->index < 0) {
		out->keys[0] = walk->range->index == SC_BY_SUB ? sub_of(&row->value.address)
		                                               : key_of(&row->value.address);
		return true;
	}
	if (kind->kind_class == SC_CLASS_HOLD) {
		out->keys[0] = SC_VALUE_OF_INT(row->value.deadline_ms);
		return row->value.hold_state == SC_HOLD_HELD && row->value.deadline_ms != 0;
	}
	index = &kind->indexes[walk->range->index];
	out->key_count = index->count;
	for (size_t i = 0; i < index->count; i++) {
		out->keys[i] = row->value.columns[index->columns[i]];
		if (out->keys[i].type == SC_VALUE_NULL && walk->m->fault != MODEL_NULL_INDEXED)
			return false;
	}
	return true;
}

static int compare_values(const struct model *m, const sc_value *a, const sc_value *b)
{
	if (a->type == SC_VALUE_BYTES && b->type == SC_VALUE_BYTES)
		return model_compare(m, a->bytes.data, a->bytes.size, b->bytes.data, b->bytes.size);
	return a->number == b->number ? 0 : a->number < b->number ? -1 : 1;
}

static int compare_found(const void *a, const void *b, void *ctx)
{
	const struct found *x = a, *y = b;
	const struct walk *walk = ctx;
	const sc_address *p = &x->row->value.address, *q = &y->row->value.address;
	int order = 0;

	for (size_t i = 0; i < x->key_count && order == 0; i++)
		order = compare_values(walk->m, &x->keys[i], &y->keys[i]);
	if (order == 0)
		order = model_compare(walk->m, p->key, p->key_size, q->key, q->key_size);
	if (order == 0)
		order = model_compare(walk->m, p->sub, p->sub_size, q->sub, q->sub_size);
	return walk->range->flags & SC_RANGE_DESCENDING ? -order : order;
}

static bool within(const struct walk *walk, const struct found *found)
{
	const sc_range *r = walk->range;
	sc_value high = r->high;
	int order;

	for (uint32_t i = 0; i < r->equal_count; i++) {
		if (compare_values(walk->m, &found->keys[i], &r->equal[i]) != 0)
			return false;
	}
	if (r->flags & SC_RANGE_UNTIL_NOW)
		high = SC_VALUE_OF_INT(walk->now_ms + r->high.number);
	if (r->low.type != SC_VALUE_NULL) {
		order = compare_values(walk->m, &found->keys[r->equal_count], &r->low);
		if (order < 0 || (order == 0 && (r->flags & SC_RANGE_LOW_EXCLUDED)))
			return false;
	}
	if (high.type != SC_VALUE_NULL) {
		order = compare_values(walk->m, &found->keys[r->equal_count], &high);
		if (order > 0 || (order == 0 && (r->flags & SC_RANGE_HIGH_EXCLUDED)))
			return false;
	}
	return true;
}

/* A cursor is a letter and the address of the last row in the arena of the model, or with a fault a count. */
struct cursor {
	char mark;
	size_t row; /* rows are never removed, so the number of one is good for ever */
	size_t seen;
	struct found at;
};

static bool is_behind(const struct walk *walk, const struct cursor *cursor, const struct found *found)
{
	struct found last = cursor->at;

	last.row = &walk->m->rows[cursor->row];
	return compare_found(found, &last, (void *)(uintptr_t)walk) > 0;
}

static size_t collect(const struct walk *walk, struct found *found)
{
	const sc_range *r = walk->range;
	size_t count = 0;

	for (size_t i = 0; i < walk->m->row_count; i++) {
		const struct row *row = &walk->m->rows[i];

		if (row->value.address.kind != r->kind || !model_present(walk->m, row, walk->now_ms))
			continue;
		if (r->index == SC_BY_SUB && (row->value.address.key_size != r->key.size ||
		                              memcmp(row->value.address.key, r->key.data, r->key.size) != 0))
			continue;
		if (keys_of(walk, row, &found[count]) && within(walk, &found[count]))
			count++;
	}
	qsort_r(found, count, sizeof(*found), compare_found, (void *)(uintptr_t)walk);
	return count;
}

/* Keys of a cursor must outlive the row's: they are copied into the caller's arena with it. */
static sc_bytes cursor_after(const struct walk *walk, const struct found *last, size_t seen, sc_arena *arena)
{
	struct cursor cursor = { 'C', (size_t)(last->row - walk->m->rows), seen, *last };

	for (size_t i = 0; i < last->key_count; i++)
		cursor.at.keys[i].bytes.data = model_keep(walk->m, last->keys[i].bytes.data, last->keys[i].bytes.size);
	return (sc_bytes){ lend(arena, &cursor, sizeof(cursor)), sizeof(cursor) };
}

static sc_status walk_range(const struct walk *walk, sc_arena *arena, sc_page *out)
{
	const sc_range *r = walk->range;
	struct found *found = malloc((walk->m->row_count + 1) * sizeof(*found));
	struct cursor cursor = { 0 };
	size_t count, at = 0;

	if (found == NULL)
		abort();
	memset(out, 0, sizeof(*out));
	if (r->cursor.size == sizeof(cursor))
		memcpy(&cursor, r->cursor.data, sizeof(cursor));
	count = collect(walk, found);
	if (cursor.mark == 'C' && walk->m->fault == MODEL_CURSOR_COUNTS)
		at = cursor.seen < count ? cursor.seen : count;
	else
		while (cursor.mark == 'C' && at < count && !is_behind(walk, &cursor, &found[at]))
			at++;
	out->records = sc_arena_alloc(arena, r->limit * sizeof(*out->records));
	for (; at < count && out->count < r->limit; at++)
		out->records[out->count++] = lend_record(found[at].row, r->mask, arena);
	for (size_t i = 0; i < out->count; i++) {
		sc_address *address = &out->records[i].address;

		address->key = lend(arena, address->key, address->key_size);
		address->sub = lend(arena, address->sub, address->sub_size);
	}
	if (at < count)
		out->next = cursor_after(walk, &found[at - 1], at, arena);
	free(found);
	return SC_OK;
}

static bool is_sound(const sc_range *r)
{
	const sc_kind *kind = sc_kind_find(r->kind);
	const char *mark = r->cursor.data;

	if (kind == NULL || r->limit < 1 || r->limit > SC_PAGE_MAX || r->index < SC_BY_ADDRESS)
		return false;
	if (r->cursor.size > 0 && (r->cursor.size != sizeof(struct cursor) || mark[0] != 'C'))
		return false;
	if (kind->kind_class == SC_CLASS_HOLD)
		return r->index <= 0;
	return r->index < (int)kind->index_count;
}

sc_status model_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                      sc_page *out, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		if (!is_sound(&ranges[i]))
			return SC_BAD_ARGUMENT;
	}
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < count; i++) {
		struct walk walk = { m, &ranges[i], model_now(m) };

		walk_range(&walk, arena, &out[i]);
	}
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}
