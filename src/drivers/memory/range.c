/*
 * See memory.h: walking an order between two bounds, a page at a time.
 *
 * The subs of one key are in one shard; any other range is in all shards of its kind, which are walked side by side:
 * a heap of their next rows says whose turn it is.
 */
#include "drivers/memory/cursor.h"
#include "drivers/memory/memory.h"

#include "base/arena.h"
#include "base/error.h"

/* The next row of a shard that a walk is in. */
struct head {
	struct link *link;
	struct spot spot;
};

/* One range on its way. */
struct walk {
	const sc_range *range;
	uint16_t number; /* of the order */
	bool descending;
	bool resumed; /* from `cursor` */
	sc_value high;
	struct spot cursor;
	uint32_t first_shard, shard_count;
	struct head *heads; /* a heap: the one whose turn it is stands first */
	size_t head_count;
};

/* ---- where a row stands ---- */

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

/* Before the range, in it, or behind it, in the order's own direction. */
static int against_range(const struct walk *walk, const struct spot *spot)
{
	if (walk->number == ORDER_ADDRESS)
		return against_address(walk, &spot->address);
	uint32_t equal_count = walk->range->equal_count;
	for (uint32_t n = 0; n < equal_count; n++) {
		int order = value_compare(&spot->values[n], &walk->range->equal[n]);
		if (order != 0)
			return order;
	}
	return equal_count == spot->width ? 0 : against_bounds(walk, &spot->values[equal_count]);
}

/* Whether the walk has not begun yet at this row. */
static bool is_early(const struct walk *walk, const struct spot *spot)
{
	int place = against_range(walk, spot);
	if (walk->descending ? place > 0 : place < 0)
		return true;
	if (!walk->resumed)
		return false;
	int order = spot_compare(spot, &walk->cursor);
	return walk->descending ? order >= 0 : order <= 0;
}

/* ---- one shard ---- */

static struct link *first_link(const struct walk *walk, const struct order *order)
{
	struct link *found = NULL;
	struct link *at = RB_ROOT(&order->tree);
	while (at != NULL) {
		struct spot spot;
		spot_of(order, at->row, &spot);
		bool early = is_early(walk, &spot);
		if (!early)
			found = at;
		at = early != walk->descending ? RB_RIGHT(at, tree) : RB_LEFT(at, tree);
	}
	return found;
}

/* false: there are no more rows of this range. */
static bool show(const struct walk *walk, struct link *link, struct head *out)
{
	out->link = link;
	if (link == NULL)
		return false;
	spot_of(link->order, link->row, &out->spot);
	return against_range(walk, &out->spot) == 0;
}

/* ---- the heap ---- */

static bool goes_first(const struct walk *walk, const struct head *a, const struct head *b)
{
	int order = spot_compare(&a->spot, &b->spot);
	return walk->descending ? order > 0 : order < 0;
}

static void sift_down(const struct walk *walk, size_t at)
{
	struct head *heads = walk->heads;
	for (;;) {
		size_t least = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < walk->head_count; child++)
			if (goes_first(walk, &heads[child], &heads[least]))
				least = child;
		if (least == at)
			return;
		struct head moved = heads[at];
		heads[at] = heads[least];
		heads[least] = moved;
		at = least;
	}
}

static void step(struct walk *walk)
{
	struct head *first = &walk->heads[0];
	struct link *link = first->link;
	if (!show(walk, walk->descending ? order_previous(link) : order_next(link), first))
		*first = walk->heads[--walk->head_count];
	sift_down(walk, 0);
}

/* ---- a page ---- */

/* The locks of the walk's shards are held from here on. */
static sc_status start(struct memory *memory, struct walk *walk, int32_t index, sc_arena *arena, sc_error *err)
{
	walk->heads = sc__arena_array(arena, walk->shard_count, sizeof *walk->heads);
	for (uint32_t i = 0; i < walk->shard_count && walk->heads != NULL; i++) {
		struct table *table = &memory->shards[walk->first_shard + i].tables[walk->range->kind];
		const struct order *order = table_order(table, walk->number);
		if (order == NULL)
			return SC_NO_MEMORY;
		if (walk->resumed && i == 0 && !cursor_unpack(walk->range, order, &walk->cursor))
			return sc__bad_at(err, SC_BAD_ARGUMENT, index, "cursor", "not a cursor of this range");
		if (show(walk, first_link(walk, order), &walk->heads[walk->head_count]))
			walk->head_count++;
	}
	for (size_t i = walk->head_count / 2; i-- > 0;)
		sift_down(walk, i);
	return walk->heads == NULL ? SC_NO_MEMORY : SC_OK;
}

/* The rows of a page, as links. */
static bool list_rows(struct walk *walk, sc_arena *arena, struct link ***out, size_t *count)
{
	size_t room = 0;
	*out = NULL;
	for (*count = 0; walk->head_count > 0 && *count < walk->range->limit; step(walk)) {
		if (*count == room) {
			const size_t wanted = room == 0 ? 16 : room * 2;
			struct link **grown = sc__arena_resize(arena, *out, room * sizeof(*grown),
			                                       wanted * sizeof(*grown));
			if (grown == NULL)
				return false;
			*out = grown;
			room = wanted;
		}
		(*out)[(*count)++] = walk->heads[0].link;
	}
	return true;
}

static sc_status fill_page(struct walk *walk, sc_arena *arena, sc_page *out)
{
	struct link **links;
	size_t count;
	if (!list_rows(walk, arena, &links, &count))
		return SC_NO_MEMORY;
	sc_record *records = sc__arena_array(arena, count, sizeof *records);
	if (records == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct layout *layout = links[i]->order->layout;
		const sc_address own = row_address(layout, links[i]->row);
		if (!memory_copy_row(layout, links[i]->row, walk->range->mask, arena, &records[i]) ||
		    !memory_copy_address(&own, arena, &records[i].address))
			return SC_NO_MEMORY;
	}
	*out = (sc_page){ .records = records, .count = count };
	if (walk->head_count == 0 || count == 0)
		return SC_OK;
	const struct link *last = links[count - 1];
	return cursor_pack(walk->range, last->order, last->row, arena, &out->next) ? SC_OK : SC_NO_MEMORY;
}

/* ---- ranges ---- */

static struct walk walk_of(struct memory *memory, const sc_range *range, int64_t now_ms)
{
	struct walk walk = { .range = range,
		             .number = range->index < 0 ? ORDER_ADDRESS : (uint16_t)(range->index + ORDER_KIND),
		             .descending = (range->flags & SC_RANGE_DESCENDING) != 0,
		             .resumed = range->cursor.size > 0,
		             .high = range->high,
		             .first_shard = memory_half(memory, range->kind),
		             .shard_count = SHARDS_HALF };
	if ((range->flags & SC_RANGE_UNTIL_NOW) != 0) {
		if (__builtin_add_overflow(now_ms, range->high.number, &walk.high.number))
			walk.high.number = range->high.number < 0 ? INT64_MIN : INT64_MAX;
		walk.high.type = SC_VALUE_INT;
	}
	if (range->index == SC_BY_SUB) {
		uint32_t hash;
		const sc_address any = { .key = range->key.data,
			                 .key_size = (uint16_t)range->key.size,
			                 .kind = range->kind };
		walk.first_shard = (uint32_t)(memory_shard(memory, &any, &hash) - memory->shards);
		walk.shard_count = 1;
	}
	return walk;
}

static sc_status read_page(struct memory *memory, struct walk *walk, int32_t index, sc_arena *arena, sc_page *out,
                           sc_error *err)
{
	struct shard *shards = &memory->shards[walk->first_shard];
	for (uint32_t i = 0; i < walk->shard_count; i++)
		memory_lock(memory, &shards[i].lock);
	sc_status status = start(memory, walk, index, arena, err);
	if (status == SC_OK)
		status = fill_page(walk, arena, out);
	for (uint32_t i = 0; i < walk->shard_count; i++)
		memory_unlock(memory, &shards[i].lock);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the records that were read");
	return status;
}

sc_status memory_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	sc_status status = SC_OK;
	*now_ms = memory_now_ms(memory);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		struct walk walk = walk_of(memory, &ranges[i], *now_ms);
		status = read_page(memory, &walk, (int32_t)i, arena, &out[i], err);
	}
	return status;
}
