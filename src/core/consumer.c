#include "core/consumer.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define BATCH         256
#define NAME_MAX_SIZE 32

/* Where it stands in one partition. */
struct place {
	const char *name;
	uint32_t partition;
	uint64_t position; /* everything up to here is done */
	uint64_t version;  /* of the setting */
};

/* ---- the position ------------------------------------------------------------------------ */

/* The setting's body: the incarnation it counts in, then the position, most significant byte first. */
typedef struct position_body {
	uint8_t incarnation[16];
	uint8_t position[8];
} position_body;

/* "NAME.PARTITION" */
static sc_address address_of(const char *name, uint32_t partition, char out[NAME_MAX_SIZE + 12])
{
	size_t size = strnlen(name, NAME_MAX_SIZE);
	memcpy(out, name, size);
	out[size++] = '.';
	char digits[10];
	size_t count = 0;
	do
		digits[count++] = (char)('0' + partition % 10);
	while ((partition /= 10) != 0);
	while (count > 0)
		out[size++] = digits[--count];
	return (sc_address){ .kind = SC_KIND_SETTING, .key = out, .key_size = (uint16_t)size };
}

static uint64_t read_position(const sc_shop *shop, const sc_record *record)
{
	position_body body;
	memcpy(&body, record->body.data, sizeof(body));
	if (memcmp(body.incarnation, shop->info.incarnation.bytes, sizeof(body.incarnation)) != 0)
		return 0;
	uint64_t position = 0;
	for (size_t i = 0; i < sizeof(body.position); i++)
		position = position << 8 | body.position[i];
	return position;
}

static sc_status load_place(sc_shop *shop, const sc_call *call, const char *name, uint32_t partition, struct place *out,
                            sc_error *err)
{
	char key[NAME_MAX_SIZE + 12];
	const sc_address address = address_of(name, partition, key);
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_record record = { 0 };
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, &arena, &record, err);
	if (status == SC_OK && record.version != 0 && record.body.size != sizeof(position_body))
		status = sc__fail(err, SC_DAMAGED, "the position of %s does not read", name);
	if (status == SC_OK)
		*out = (struct place){ .name = name,
			               .partition = partition,
			               .position = record.version != 0 ? read_position(shop, &record) : 0,
			               .version = record.version };
	sc_arena_clear(&arena);
	return status;
}

/* SC_OK also when another process was faster; then the next run begins where that one is. */
static sc_status save_place(sc_shop *shop, const sc_call *call, struct place *place, sc_error *err)
{
	char key[NAME_MAX_SIZE + 12];
	position_body body;
	memcpy(body.incarnation, shop->info.incarnation.bytes, sizeof(body.incarnation));
	for (size_t i = 0; i < sizeof(body.position); i++)
		body.position[i] = (uint8_t)(place->position >> (56 - 8 * i));
	const sc_change put = { .address = address_of(place->name, place->partition, key),
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_VERSION,
		                .version = place->version,
		                .body = { &body, sizeof(body) } };
	const sc_group group = { .home = SC_HOME_NONE, .changes = &put, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_OK)
		place->version = outcome.position;
	return status == SC_CHANGED || status == SC_NOT_FOUND ? SC_OK : status;
}

/* ---- reading ----------------------------------------------------------------------------- */

/* `read`: entries there were; `done`: of them. */
static sc_status run_batch(sc_shop *shop, const sc_call *call, const sc__consumer *consumer, struct place *place,
                           size_t max, sc_arena *arena, size_t *read, size_t *done, sc_error *err)
{
	sc_entry *entries = sc__arena_array(arena, max, sizeof(*entries));
	*read = *done = 0;
	if (entries == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for entries of the journal");
	sc_status status = shop->store.ops->log_read(shop->store.ctx, call, place->partition, place->position, max,
	                                             arena, entries, read, err);
	if (status != SC_OK || *read == 0)
		return status;
	status = consumer->consume(consumer->ctx, call, entries, *read, arena, done, err);
	if (*done == 0)
		return status;
	place->position = entries[*done - 1].position;
	sc_status saved = save_place(shop, call, place, status == SC_OK ? err : NULL);
	return status == SC_OK ? saved : status;
}

static sc_status run_partition(sc_shop *shop, const sc_call *call, const sc__consumer *consumer, uint32_t partition,
                               uint32_t items, int64_t until_ns, bool *more, sc_error *err)
{
	struct place place;
	sc_status status = load_place(shop, call, consumer->name, partition, &place, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	uint32_t left = items;
	bool goes_on = true, room = true;
	while (status == SC_OK && goes_on && room && left > 0 && shop->env->mono_ns(shop->env->ctx) < until_ns) {
		const size_t max = left < BATCH ? left : BATCH;
		size_t read, done;
		sc_arena_reset(&arena);
		status = run_batch(shop, call, consumer, &place, max, &arena, &read, &done, err);
		left -= (uint32_t)done;
		room = done == read;
		goes_on = read == max || !room;
	}
	sc_arena_clear(&arena);
	*more = *more || goes_on;
	return status;
}

sc_status sc__consumer_run(sc_shop *shop, const sc_call *call, const sc__consumer *consumer, uint32_t items,
                           int64_t until_ns, bool *more, sc_error *err)
{
	sc_status status = SC_OK;
	for (uint32_t partition = 0; status == SC_OK && partition < shop->info.partitions; partition++)
		status = run_partition(shop, call, consumer, partition, items, until_ns, more, err);
	return status;
}
