/* See memory.h: walking an index between two bounds, a page at a time. */
#include "drivers/memory/cursor.h"
#include "drivers/memory/memory.h"

#include "base/arena.h"
#include "base/error.h"

/* One range, ready to be walked. */
struct walk {
	const sc_range *range;
	struct table *table;
	uint16_t index;
	bool descending;
	bool resumed; /* from `cursor` */
	sc_value high;
	struct cursor cursor;
};

/* Below the bounds: -1; above: 1; inside: 0. */
static int against_bounds(const struct walk *walk, const sc_value *value)
{
	const sc_range *range = walk->range;
	if (range->low.type != SC_VALUE_NULL) {
		int order = value_compare(value, &range->low);
		if (order < 0 || (order == 0 && (range->flags & SC_RANGE_LOW_EXCLUDED) != 0))
			return -1;
	}
	if (walk->high.type != SC_VALUE_NULL) {
		int order = value_compare(value, &walk->high);
		if (order > 0 || (order == 0 && (range->flags & SC_RANGE_HIGH_EXCLUDED) != 0))
			return 1;
	}
	return 0;
}

static int against_address(const struct walk *walk, const sc_address *address)
{
	const sc_value key = SC_VALUE_OF_BYTES(address->key, address->key_size);
	const sc_value sub = SC_VALUE_OF_BYTES(address->sub, address->sub_size);
	if (walk->range->index == SC_BY_ADDRESS)
		return against_bounds(walk, &key);
	const sc_value wanted = SC_VALUE_OF_BYTES(walk->range->key.data, walk->range->key.size);
	int order = value_compare(&key, &wanted);
	return order != 0 ? order : against_bounds(walk, &sub);
}

/* Where a row stands: before the range, in it, or behind it, in the order of the index. */
static int against_range(const struct walk *walk, const sc_record *row)
{
	if (walk->index == INDEX_ADDRESS)
		return against_address(walk, &row->address);
	uint32_t equal_count = walk->range->equal_count;
	for (uint32_t n = 0; n < equal_count; n++) {
		sc_value value = index_value(walk->table->kind, walk->index, row, n);
		int order = value_compare(&value, &walk->range->equal[n]);
		if (order != 0)
			return order;
	}
	if (equal_count == index_width(walk->table->kind, walk->index))
		return 0;
	sc_value value = index_value(walk->table->kind, walk->index, row, equal_count);
	return against_bounds(walk, &value);
}

/* Whether the walk has not begun yet at this row. */
static bool is_early(const struct walk *walk, const sc_record *row)
{
	int place = against_range(walk, row);
	if (walk->descending ? place > 0 : place < 0)
		return true;
	if (!walk->resumed)
		return false;
	int order = index_compare(walk->table, walk->index, row, &walk->cursor.row);
	return walk->descending ? order >= 0 : order <= 0;
}

static struct link *first_link(const struct walk *walk)
{
	struct link *found = NULL;
	struct link *at = RB_ROOT(index_sorted(walk->table, walk->index));
	while (at != NULL) {
		bool early = is_early(walk, &at->node->value);
		if (!early)
			found = at;
		at = early != walk->descending ? RB_RIGHT(at, in.tree) : RB_LEFT(at, in.tree);
	}
	return found;
}

static struct link *inside(const struct walk *walk, struct link *link)
{
	return link != NULL && against_range(walk, &link->node->value) == 0 ? link : NULL;
}

static struct link *step(const struct walk *walk, struct link *link)
{
	return inside(walk, walk->descending ? link_previous(link) : link_next(link));
}

static bool fill_page(const struct memory *memory, const struct walk *walk, sc_arena *arena, sc_page *out)
{
	struct link *first = inside(walk, first_link(walk));
	size_t count = 0;
	struct link *end = first;
	for (; end != NULL && count < walk->range->limit; end = step(walk, end))
		count++;
	sc_record *records = sc__arena_array(arena, count, sizeof *records);
	if (records == NULL)
		return false;
	const struct link *last = NULL;
	struct link *link = first;
	for (size_t i = 0; i < count; i++, last = link, link = step(walk, link)) {
		if (!memory_copy_record(memory, &link->node->value, walk->range->mask, arena, &records[i]) ||
		    !memory_copy_address(&link->node->value.address, arena, &records[i].address))
			return false;
	}
	*out = (sc_page){ .records = records, .count = count };
	if (end == NULL || last == NULL)
		return true;
	return cursor_pack(walk->range, walk->table, walk->index, &last->node->value, arena, &out->next);
}

static bool start_walk(struct memory *memory, const sc_range *range, int64_t now_ms, struct walk *out)
{
	*out = (struct walk){ .range = range,
		              .table = &memory->tables[range->kind],
		              .index = range->index < 0 ? INDEX_ADDRESS : (uint16_t)(range->index + INDEX_KIND),
		              .descending = (range->flags & SC_RANGE_DESCENDING) != 0,
		              .resumed = range->cursor.size > 0,
		              .high = range->high };
	if ((range->flags & SC_RANGE_UNTIL_NOW) != 0 &&
	    __builtin_add_overflow(now_ms, range->high.number, &out->high.number))
		out->high.number = range->high.number < 0 ? INT64_MIN : INT64_MAX;
	if ((range->flags & SC_RANGE_UNTIL_NOW) != 0)
		out->high.type = SC_VALUE_INT;
	return !out->resumed || cursor_unpack(range, out->table, out->index, &out->cursor);
}

sc_status memory_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	const sc_env *env = memory->env;
	sc_status status = SC_OK;
	env->mutex_lock(env->ctx, &memory->lock);
	*now_ms = sc__store_clock_now(&memory->clock, env);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		struct walk walk;
		if (!start_walk(memory, &ranges[i], *now_ms, &walk))
			status = sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "cursor", "not a cursor of this range");
		else if (!fill_page(memory, &walk, arena, &out[i]))
			status = sc__fail(err, SC_NO_MEMORY, "no memory for the records that were read");
	}
	env->mutex_unlock(env->ctx, &memory->lock);
	return status;
}
