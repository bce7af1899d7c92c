/*
 * Which rows a batch needs: one slot for each, found by a hash table while the groups are walked, and
 * put in lock order before they are read. A group or two need no hashes: all slots are then in one bucket.
 *
 * Of a batch that settles holds, ids, claims and holds are read first. Only then is it known which accounts
 * its commits and releases are about; those join the accounts and records that the groups name themselves. Any
 * other batch reads everything at once.
 */
#include "store/batch.h"

#include "base/address_hash.h"
#include "base/arena.h"
#include "base/error.h"

#define BUCKETS_FIRST 64

/* ---- slots ---- */

/* Where the slot of a row is; of an id when there is no address. */
static uint64_t hash_of(const sc__batch *batch, sc_id id, const sc_address *address)
{
	if (batch->bucket_count == 1)
		return 0;
	if (address == NULL)
		return XXH3_64bits_withSeed(id.bytes, sizeof id.bytes, batch->seed);
	return sc__address_hash(address, batch->seed);
}

static uint64_t hash_of_slot(const sc__batch *batch, const sc__slot *slot)
{
	const sc_row *row = &slot->row;
	return hash_of(batch, row->id, row->type == SC_ROW_ID ? NULL : &row->value.address);
}

static void put_in_bucket(sc__batch *batch, sc__slot *slot)
{
	sc__slot **bucket = &batch->buckets[slot->hash & (batch->bucket_count - 1)];
	slot->next = *bucket;
	*bucket = slot;
}

static bool grow_buckets(sc__batch *batch)
{
	const size_t before = batch->bucket_count;
	sc__slot **old = batch->buckets;
	const size_t bucket_count = before == 1 ? BUCKETS_FIRST : before * 4;
	sc__slot **buckets = sc__arena_array(batch->arena, bucket_count, sizeof(*buckets));
	if (buckets == NULL)
		return false;
	memset(buckets, 0, bucket_count * sizeof(*buckets));
	batch->buckets = buckets;
	batch->bucket_count = bucket_count;
	for (size_t i = 0; i < before; i++) {
		for (sc__slot *slot = old[i]; slot != NULL;) {
			sc__slot *next = slot->next;
			if (before == 1)
				slot->hash = hash_of_slot(batch, slot);
			put_in_bucket(batch, slot);
			slot = next;
		}
	}
	return true;
}

static bool list_slot(sc__batch *batch, sc__slot *slot)
{
	bool early = slot->row.type <= SC_ROW_HOLD;
	sc__slot ***list = early ? &batch->early : &batch->late;
	size_t *count = early ? &batch->early_count : &batch->late_count;
	size_t *room = early ? &batch->early_room : &batch->late_room;
	if (*count == *room) {
		size_t wanted = *room * 2;
		sc__slot **grown = sc__arena_resize(batch->arena, *list, *room * sizeof(*grown),
		                                    wanted * sizeof(*grown));
		if (grown == NULL)
			return false;
		*list = grown;
		*room = wanted;
	}
	(*list)[(*count)++] = slot;
	return true;
}

/* Puts a new slot in its bucket and on its list. NULL: no memory. */
static sc__slot *add_slot(sc__batch *batch, uint16_t type, sc_id id, const sc_address *address)
{
	const size_t most = batch->bucket_count == 1 ? SC__FEW : batch->bucket_count;
	if (batch->slot_count >= most && !grow_buckets(batch))
		return NULL;
	sc__slot *slot = sc_arena_zalloc(batch->arena, sizeof *slot);
	if (slot == NULL)
		return NULL;
	slot->row.type = type;
	slot->row.id = id;
	if (address != NULL)
		slot->row.value.address = *address;
	slot->hash = hash_of_slot(batch, slot);
	if (!list_slot(batch, slot))
		return NULL;
	put_in_bucket(batch, slot);
	batch->slot_count++;
	return slot;
}

sc__slot *sc__slot_of_id(sc__batch *batch, sc_id id)
{
	uint64_t hash = hash_of(batch, id, NULL);
	sc__slot *slot = batch->buckets[hash & (batch->bucket_count - 1)];
	for (; slot != NULL; slot = slot->next)
		if (slot->hash == hash && slot->row.type == SC_ROW_ID && sc_id_equal(slot->row.id, id))
			return slot;
	return add_slot(batch, SC_ROW_ID, id, NULL);
}

static uint16_t row_type(uint16_t kind)
{
	switch (sc_kind_find(kind)->kind_class) {
	case SC_CLASS_CLAIM:
		return SC_ROW_CLAIM;
	case SC_CLASS_HOLD:
		return SC_ROW_HOLD;
	case SC_CLASS_ACCOUNT:
		return SC_ROW_ACCOUNT;
	default:
		return SC_ROW_RECORD;
	}
}

sc__slot *sc__slot_of(sc__batch *batch, const sc_address *address, uint32_t need)
{
	uint64_t hash = hash_of(batch, (sc_id){ { 0 } }, address);
	sc__slot *slot = batch->buckets[hash & (batch->bucket_count - 1)];
	while (slot != NULL && (slot->hash != hash || slot->row.type == SC_ROW_ID ||
	                        !sc__address_equal(&slot->row.value.address, address)))
		slot = slot->next;
	if (slot == NULL)
		slot = add_slot(batch, row_type(address->kind), (sc_id){ { 0 } }, address);
	if (slot != NULL)
		slot->row.need |= need;
	return slot;
}

/* ---- what the groups name ---- */

static uint32_t need_of(const sc_change *change)
{
	if (sc_kind_find(change->address.kind)->kind_class == SC_CLASS_HOLD)
		return SC_READ_BODY;
	return change->type == SC_CHANGE_PATCH && change->column_count > 0 ? SC_READ_COLUMNS : 0;
}

static bool collect_sources(sc__batch *batch, const sc_change *change, sc__change_plan *plan)
{
	size_t count = 0;
	for (uint32_t i = 0; i < change->line_count; i++)
		count += change->lines[i].source_count;
	plan->sources = sc__arena_array(batch->arena, count, sizeof(*plan->sources));
	if (plan->sources == NULL)
		return false;
	sc__slot **at = plan->sources;
	for (uint32_t i = 0; i < change->line_count; i++) {
		for (uint32_t j = 0; j < change->lines[i].source_count; j++) {
			*at = sc__slot_of(batch, &change->lines[i].sources[j], 0);
			if (*at == NULL)
				return false;
			(*at++)->planned = batch->serial;
		}
	}
	return true;
}

static bool collect_change(sc__batch *batch, const sc_change *change, sc__change_plan *plan, sc_status *bad)
{
	plan->subject = sc__slot_of(batch, &change->address, need_of(change));
	if (plan->subject == NULL)
		return false;
	if (change->type == SC_CHANGE_APPEND) /* about a row that the group writes before */
		*bad = plan->subject->planned == batch->serial ? SC_OK : SC_BAD_ARGUMENT;
	else if (change->type != SC_CHANGE_CHECK)
		plan->subject->planned = batch->serial;
	return change->type != SC_CHANGE_HOLD || collect_sources(batch, change, plan);
}

static bool collect_group(sc__batch *batch, const sc_group *group, sc__group_plan *plan)
{
	plan->changes = sc__arena_array(batch->arena, group->count, sizeof *plan->changes);
	if (plan->changes == NULL)
		return false;
	memset(plan->changes, 0, group->count * sizeof *plan->changes);
	if (group->home == SC_HOME_TABLE) {
		plan->id = sc__slot_of_id(batch, group->id);
		if (plan->id == NULL)
			return false;
	}
	for (uint32_t i = 0; i < group->count && plan->bad == SC_OK; i++)
		if (!collect_change(batch, &group->changes[i], &plan->changes[i], &plan->bad))
			return false;
	return true;
}

bool sc__batch_collect(sc__batch *batch, bool trusted)
{
	bool told = false;
	for (size_t i = 0; i < batch->count; i++) {
		sc__group_plan *plan = &batch->plans[i];
		sc_error *err = told ? NULL : batch->err;
		batch->serial = i + 1;
		plan->bad = trusted ? SC_OK : sc__group_validate(&batch->groups[i], (int32_t)i, err);
		if (plan->bad == SC_OK) {
			if (!collect_group(batch, &batch->groups[i], plan))
				return false;
			if (plan->bad != SC_OK)
				sc__bad_at(err, plan->bad, (int32_t)i, "address",
				           "an event about a row that no change before it writes");
		}
		told = told || plan->bad != SC_OK;
	}
	return true;
}

/* ---- lock order ---- */

struct sort_item {
	uint64_t prefix; /* of the key: settles most comparisons without following a pointer */
	sc__slot *slot;
};

static uint64_t prefix_of(const sc__slot *slot)
{
	uint8_t bytes[8] = { 0 };
	const sc_address *address = &slot->row.value.address;
	const void *key = slot->row.type == SC_ROW_ID ? (const void *)slot->row.id.bytes : address->key;
	size_t size = slot->row.type == SC_ROW_ID ? sizeof slot->row.id.bytes : address->key_size;
	memcpy(bytes, key, size < sizeof bytes ? size : sizeof bytes);
	uint64_t prefix = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		prefix = prefix << 8 | bytes[i];
	return prefix;
}

static bool in_order(const struct sort_item *a, const struct sort_item *b)
{
	const sc_row *left = &a->slot->row, *right = &b->slot->row;
	if (left->type != right->type)
		return left->type < right->type;
	if (left->value.address.kind != right->value.address.kind)
		return left->value.address.kind < right->value.address.kind;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	if (left->type == SC_ROW_ID)
		return memcmp(left->id.bytes, right->id.bytes, sizeof left->id.bytes) <= 0;
	return sc_address_compare(&left->value.address, &right->value.address) <= 0;
}

static void merge(const struct sort_item *from, size_t low, size_t middle, size_t high, struct sort_item *to)
{
	size_t left = low, right = middle;
	for (size_t at = low; at < high; at++) {
		bool take_left = right == high || (left < middle && in_order(&from[left], &from[right]));
		to[at] = take_left ? from[left++] : from[right++];
	}
}

static bool is_sorted(const struct sort_item *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (!in_order(&items[i - 1], &items[i]))
			return false;
	return true;
}

/* Merges runs of growing width, from one array to the other and back. The array that the result is in. */
static struct sort_item *sort_items(struct sort_item *items, struct sort_item *spare, size_t count)
{
	if (is_sorted(items, count))
		return items;
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t low = 0; low < count; low += 2 * width) {
			size_t middle = low + width < count ? low + width : count;
			size_t high = middle + width < count ? middle + width : count;
			merge(items, low, middle, high, spare);
		}
		struct sort_item *sorted = spare;
		spare = items;
		items = sorted;
	}
	return items;
}

static bool sort_slots(sc__batch *batch, sc__slot **slots, size_t count)
{
	if (count < 2)
		return true;
	struct sort_item *items = sc__arena_array(batch->arena, count * 2, sizeof *items);
	if (items == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct sort_item){ prefix_of(slots[i]), slots[i] };
	items = sort_items(items, items + count, count);
	for (size_t i = 0; i < count; i++)
		slots[i] = items[i].slot;
	return true;
}

/* ---- reading ---- */

/* What was read, as the decision sees it: ended lifetimes and tombstones are absent. */
static void settle_in(const sc__batch *batch, sc__slot *slot)
{
	sc_row *row = &slot->row;
	if (row->type == SC_ROW_ID) {
		slot->stored = sc__is_stored(&row->outcome);
		return;
	}
	slot->stored = row->value.version != 0;
	bool record = row->type == SC_ROW_RECORD || row->type == SC_ROW_CLAIM;
	slot->fenced = slot->stored && record && row->value.shape == 0;
	bool ended = row->value.expires_ms != 0 && row->value.expires_ms <= batch->clock.now_ms;
	if (slot->stored && (slot->fenced || ended))
		row->value = (sc_record){ .address = row->value.address };
}

static sc_row **list_rows(sc__slot *const *slots, size_t count, sc_row **out)
{
	for (size_t i = 0; i < count; i++)
		*out++ = &slots[i]->row;
	return out;
}

/* Reads both lists at once; either may be empty. */
static sc_status read_slots(sc__batch *batch, size_t early_count, size_t late_count, const sc_rows_ops *ops, void *txn)
{
	const size_t count = early_count + late_count;
	if (count == 0)
		return SC_OK;
	sc_row **rows = sc__arena_array(batch->arena, count, sizeof(*rows));
	if (rows == NULL || !sort_slots(batch, batch->early, early_count) ||
	    !sort_slots(batch, batch->late, late_count))
		return SC_NO_MEMORY;
	list_rows(batch->late, late_count, list_rows(batch->early, early_count, rows));
	sc_status status = ops->read(txn, rows, count, batch->arena, batch->err);
	for (size_t i = 0; i < early_count && status == SC_OK; i++)
		settle_in(batch, batch->early[i]);
	for (size_t i = 0; i < late_count && status == SC_OK; i++)
		settle_in(batch, batch->late[i]);
	return status;
}

/* Slots for the accounts that a hold took from. */
static sc_status learn_accounts(sc__batch *batch, sc__slot *hold)
{
	uint32_t state = hold->row.value.hold_state;
	if (hold->learned || !sc__present(hold) || (state != SC_HOLD_HELD && state != SC_HOLD_COMMITTED))
		return SC_OK;
	hold->learned = true;
	sc__take *takes;
	size_t count;
	sc_status status = sc__hold_unpack(hold->row.value.body, batch->arena, &takes, &count);
	if (status == SC_DAMAGED) {
		hold->damaged = true;
		return SC_OK;
	}
	if (status != SC_OK)
		return status;
	sc__taken *taken = sc__arena_array(batch->arena, count, sizeof *taken);
	if (taken == NULL)
		return SC_NO_MEMORY;
	hold->takes = (sc__taken_list){ taken, count };
	for (size_t i = 0; i < count; i++) {
		const sc_kind *kind = sc_kind_find(takes[i].account.kind);
		if (kind == NULL || kind->kind_class != SC_CLASS_ACCOUNT) {
			hold->damaged = true;
			return SC_OK;
		}
		taken[i] = (sc__taken){ takes[i], sc__slot_of(batch, &takes[i].account, 0) };
		if (taken[i].account == NULL)
			return SC_NO_MEMORY;
	}
	return SC_OK;
}

static bool settles(const sc_change *change)
{
	return change->type == SC_CHANGE_COMMIT || change->type == SC_CHANGE_RELEASE ||
	       change->type == SC__CHANGE_EXPIRE;
}

/* The first change, from `*i`, `*j` on, that settles a hold. false: there is none. */
static bool next_settling(const sc__batch *batch, size_t *i, uint32_t *j)
{
	for (; *i < batch->count; ++*i, *j = 0) {
		const sc_group *group = &batch->groups[*i];
		if (batch->plans[*i].bad != SC_OK)
			continue;
		for (; *j < group->count; ++*j)
			if (settles(&group->changes[*j]))
				return true;
	}
	return false;
}

static bool may_learn(const sc__batch *batch)
{
	size_t i = 0;
	uint32_t j = 0;
	return batch->groups != NULL && next_settling(batch, &i, &j); /* no groups: ids are being resolved */
}

static sc_status learn(sc__batch *batch)
{
	sc_status status = SC_OK;
	uint32_t j = 0;
	for (size_t i = 0; status == SC_OK && next_settling(batch, &i, &j); j++)
		status = learn_accounts(batch, batch->plans[i].changes[j].subject);
	return status;
}

/* Who settles no hold has nothing to learn, and reads all in one trip. */
sc_status sc__batch_read(sc__batch *batch, const sc_rows_ops *ops, void *txn)
{
	if (!may_learn(batch))
		return read_slots(batch, batch->early_count, batch->late_count, ops, txn);
	sc_status status = read_slots(batch, batch->early_count, 0, ops, txn);
	if (status == SC_OK)
		status = learn(batch);
	if (status == SC_OK)
		status = read_slots(batch, 0, batch->late_count, ops, txn);
	return status;
}
