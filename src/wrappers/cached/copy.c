/*
 * What a copy looks like: its tags and times in front, then what was made; and the names that copies are kept under.
 */
#include "wrappers/cached/cached.h"

#include "base/arena.h"
#include "base/image.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define MARK      UINT32_C(0x31435343) /* this form of copies */
#define ALIGNMENT 16

struct head {
	uint32_t mark;
	uint32_t tag_count;
	int64_t made_ms;
	int64_t until_ms;
	uint32_t tags[];
};

bool sc__cached_keeps(uint16_t number)
{
	static const char *const names[] = { "product", "sku", "category", "listing" };
	const sc_kind *kind = sc_kind_find(number);
	if (kind == NULL || kind->kind_class != SC_CLASS_RECORD)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(kind->name, names[i]) == 0)
			return true;
	return false;
}

/* ---- tags ---- */

enum { TAG_ROW = 1, TAG_KEY, TAG_INDEX };

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
	return XXH3_64bits_withSeed(size == 0 ? "" : data, size, hash);
}

static uint64_t begin_tag(unsigned what, uint16_t kind, unsigned which)
{
	return (uint64_t)what << 48 | (uint64_t)which << 16 | kind;
}

static uint32_t tag(uint64_t hash)
{
	return (uint32_t)(hash & (SC__TAGS - 1));
}

uint32_t sc__tag_of_row(const sc_address *row)
{
	const uint64_t hash = mix(begin_tag(TAG_ROW, row->kind, row->key_size), row->key, row->key_size);
	return tag(row->sub_size == 0 ? hash : mix(hash, row->sub, row->sub_size));
}

uint32_t sc__tag_of_key(uint16_t kind, sc_bytes key)
{
	return tag(mix(begin_tag(TAG_KEY, kind, 0), key.data, key.size));
}

uint32_t sc__tag_of_index(uint16_t kind, int index, const sc_value *values, uint32_t count)
{
	uint64_t hash = begin_tag(TAG_INDEX, kind, (unsigned)index);
	for (uint32_t i = 0; i < count; i++)
		hash = values[i].type == SC_VALUE_BYTES ? mix(hash, values[i].bytes.data, values[i].bytes.size)
		                                        : mix(hash, &values[i].number, sizeof values[i].number);
	return tag(hash);
}

uint32_t sc__tag_of_range(const sc_range *range)
{
	return range->index == SC_BY_SUB
	               ? sc__tag_of_key(range->kind, range->key)
	               : sc__tag_of_index(range->kind, range->index, range->equal, range->equal_count);
}

/* ---- names ---- */

/* A name being written: parts of it carry their length, so that no two things have one. */
struct name {
	char *data;
	size_t size;
};

static void put(struct name *name, const void *data, size_t size)
{
	if (size > 0)
		memcpy(name->data + name->size, data, size);
	name->size += size;
}

static void put_number(struct name *name, uint64_t number)
{
	put(name, &number, sizeof number);
}

static void put_bytes(struct name *name, sc_bytes bytes)
{
	const uint32_t size = (uint32_t)bytes.size;
	put(name, &size, sizeof size);
	put(name, bytes.data, bytes.size);
}

static size_t size_of_value(const sc_value *value)
{
	return 12 + (value->type == SC_VALUE_BYTES ? value->bytes.size : 0);
}

static void put_value(struct name *name, const sc_value *value)
{
	const uint32_t type = value->type;
	put(name, &type, sizeof type);
	if (type == SC_VALUE_BYTES)
		put_bytes(name, value->bytes);
	else
		put_number(name, type == SC_VALUE_INT ? (uint64_t)value->number : 0);
}

static bool name_init(struct name *name, char what, size_t room, sc_arena *arena)
{
	*name = (struct name){ .data = sc__arena_bytes(arena, room + 1) };
	if (name->data != NULL)
		put(name, &what, 1);
	return name->data != NULL;
}

static sc_bytes name_end(const struct name *name)
{
	return (sc_bytes){ name->data, name->size };
}

static void put_address(struct name *name, const sc_address *address)
{
	put(name, &address->kind, sizeof address->kind);
	put(name, &address->key_size, sizeof address->key_size);
	put(name, address->key, address->key_size);
	put(name, address->sub, address->sub_size);
}

static size_t size_of_address(const sc_address *address)
{
	return sizeof address->kind + sizeof address->key_size + address->key_size + address->sub_size;
}

sc_bytes sc__name_of_row(const sc_address *row, sc_arena *arena)
{
	struct name name;
	if (!name_init(&name, 'r', size_of_address(row), arena))
		return (sc_bytes){ NULL, 0 };
	put_address(&name, row);
	return name_end(&name);
}

sc_bytes sc__name_of_recall(const sc_recall *wanted, sc_arena *arena)
{
	struct name name;
	if (!name_init(&name, 'm', sizeof wanted->form + size_of_address(&wanted->subject), arena))
		return (sc_bytes){ NULL, 0 };
	put(&name, &wanted->form, sizeof wanted->form);
	put_address(&name, &wanted->subject);
	return name_end(&name);
}

sc_bytes sc__name_of_range(const sc_range *range, sc_arena *arena)
{
	struct name name;
	size_t size = 64 + range->key.size + range->cursor.size + size_of_value(&range->low) +
	              size_of_value(&range->high);
	for (uint32_t i = 0; i < range->equal_count; i++)
		size += size_of_value(&range->equal[i]);
	if (!name_init(&name, 'p', size, arena))
		return (sc_bytes){ NULL, 0 };
	put_number(&name, (uint64_t)range->kind << 48 | (uint64_t)(uint16_t)range->index << 32 | range->flags);
	put_number(&name, (uint64_t)range->equal_count << 32 | range->limit);
	put_bytes(&name, range->key);
	put_bytes(&name, range->cursor);
	for (uint32_t i = 0; i < range->equal_count; i++)
		put_value(&name, &range->equal[i]);
	put_value(&name, &range->low);
	put_value(&name, &range->high);
	return name_end(&name);
}

/* ---- copies ---- */

static size_t head_size(uint32_t tag_count)
{
	return (sizeof(struct head) + tag_count * sizeof(uint32_t) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

sc_bytes sc__copy_pack(const sc_made *made, int64_t made_ms, int64_t until_ms, sc_arena *arena)
{
	const uint32_t tags = made->row_count + made->range_count;
	const size_t size = head_size(tags) + made->bytes.size;
	char *bytes = sc_arena_alloc(arena, size);
	if (bytes == NULL)
		return (sc_bytes){ NULL, 0 };
	struct head *head = memset(bytes, 0, head_size(tags));
	*head = (struct head){ .mark = MARK, .tag_count = tags, .made_ms = made_ms, .until_ms = until_ms };
	for (uint32_t i = 0; i < made->row_count; i++)
		head->tags[i] = sc__tag_of_row(&made->rows[i]);
	for (uint32_t i = 0; i < made->range_count; i++)
		head->tags[made->row_count + i] = sc__tag_of_range(&made->ranges[i]);
	memcpy(bytes + head_size(tags), made->bytes.data, made->bytes.size);
	return (sc_bytes){ bytes, size };
}

static bool is_copy(sc_bytes copy)
{
	const struct head *head = copy.data;
	return copy.size >= sizeof *head && head->mark == MARK &&
	       head->tag_count <= (copy.size - sizeof *head) / sizeof head->tags[0] &&
	       head_size(head->tag_count) < copy.size;
}

sc__verdict sc__copy_judge(const sc__cached *cached, sc_bytes copy, int64_t now_ms, int64_t freshness_ms,
                           sc_bytes *content, int64_t *age_ms)
{
	if (copy.data == NULL || !is_copy(copy))
		return SC__COPY_NONE;
	const struct head *head = copy.data;
	const int64_t age = now_ms - head->made_ms;
	if (age > freshness_ms || now_ms >= head->until_ms || head->made_ms <= atomic_load(&cached->begun_ms))
		return SC__COPY_OUTDATED;
	for (uint32_t i = 0; i < head->tag_count; i++)
		if (head->made_ms <=
		    atomic_load_explicit(&cached->stamps[head->tags[i] & (SC__TAGS - 1)], memory_order_acquire))
			return SC__COPY_OUTDATED;
	const size_t at = head_size(head->tag_count);
	*content = (sc_bytes){ (const char *)copy.data + at, copy.size - at };
	*age_ms = age > 0 ? age : 0;
	return SC__COPY_GOOD;
}

/* ---- rows ---- */

static size_t add_bytes(sc__image *image, sc_bytes bytes)
{
	return bytes.size == 0 ? 0 : sc__image_add(image, bytes.data, bytes.size);
}

static void pack_columns(sc__image *image, size_t record_at, const sc_record *record, uint32_t count)
{
	if (record->columns == NULL || count == 0)
		return;
	const size_t at = sc__image_add(image, record->columns, count * sizeof *record->columns);
	for (uint32_t i = 0; i < count && !image->no_memory; i++) {
		if (record->columns[i].type != SC_VALUE_BYTES)
			continue;
		const size_t bytes = add_bytes(image, record->columns[i].bytes);
		((sc_value *)sc__image_at(image, at))[i].bytes.data = sc__image_link(bytes);
	}
	if (!image->no_memory)
		((sc_record *)sc__image_at(image, record_at))->columns = sc__image_link(at);
}

static void pack_record(sc__image *image, size_t at, const sc_record *from)
{
	const sc_kind *kind = sc_kind_find(from->address.kind);
	const size_t key = add_bytes(image, (sc_bytes){ from->address.key, from->address.key_size });
	const size_t sub = add_bytes(image, (sc_bytes){ from->address.sub, from->address.sub_size });
	const size_t body = add_bytes(image, from->body), personal = add_bytes(image, from->personal);
	if (image->no_memory)
		return;
	sc_record *to = sc__image_at(image, at);
	to->address.key = sc__image_link(key);
	to->address.sub = sc__image_link(sub);
	to->body.data = sc__image_link(body);
	to->personal.data = sc__image_link(personal);
	to->columns = NULL;
	pack_columns(image, at, from, kind->column_count);
}

sc_bytes sc__rows_pack(const sc_page *page, sc_arena *arena)
{
	sc__image image;
	sc__image_init(&image, arena);
	sc__image_add(&image, page, sizeof *page);
	const size_t records = sc__image_add(&image, page->records, page->count * sizeof *page->records);
	const size_t next = add_bytes(&image, page->next);
	for (size_t i = 0; i < page->count && !image.no_memory; i++)
		pack_record(&image, records + i * sizeof *page->records, &page->records[i]);
	if (!image.no_memory) {
		sc_page *root = sc__image_at(&image, 0);
		root->records = sc__image_link(records);
		root->next.data = sc__image_link(next);
	}
	return sc__image_end(&image);
}

static void point_bytes(sc__image_view *view, sc_bytes *bytes)
{
	bytes->data = sc__image_point(view, bytes->data, bytes->size, 1);
	if (bytes->data == NULL && bytes->size > 0)
		view->damaged = true;
}

static void unpack_record(sc__image_view *view, sc_record *record, uint32_t mask)
{
	const sc_kind *kind = sc_kind_find(record->address.kind);
	record->address.key = sc__image_point(view, record->address.key, record->address.key_size, 1);
	record->address.sub = sc__image_point(view, record->address.sub, record->address.sub_size, 1);
	if (record->address.sub == NULL)
		record->address.sub = "";
	point_bytes(view, &record->body);
	point_bytes(view, &record->personal);
	if (record->columns != NULL && kind != NULL) {
		sc_value *columns = sc__image_point(view, record->columns, kind->column_count, sizeof *record->columns);
		for (uint32_t i = 0; i < kind->column_count && columns != NULL; i++)
			if (columns[i].type == SC_VALUE_BYTES)
				point_bytes(view, &columns[i].bytes);
		record->columns = columns;
	}
	view->damaged = view->damaged || kind == NULL || record->address.key == NULL;
	if ((mask & SC_READ_COLUMNS) == 0)
		record->columns = NULL;
	if ((mask & SC_READ_BODY) == 0)
		record->body = (sc_bytes){ NULL, 0 };
	if ((mask & SC_READ_PERSONAL) == 0)
		record->personal = (sc_bytes){ NULL, 0 };
}

bool sc__rows_unpack(sc_bytes bytes, uint32_t mask, sc_page *out)
{
	sc__image_view view;
	sc_page *root = sc__image_view_init(&view, bytes, sizeof *root);
	if (root == NULL)
		return false;
	root->records = sc__image_point(&view, root->records, root->count, sizeof *root->records);
	point_bytes(&view, &root->next);
	for (size_t i = 0; i < root->count && !view.damaged; i++)
		unpack_record(&view, &root->records[i], mask);
	if (!view.damaged)
		*out = *root;
	return !view.damaged;
}
