/*
 * Positions of the journal's readers.
 */
#include "core/consumer.h"

#include "base/error.h"

#include <string.h>

#define NAME_MAX_SIZE 32

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

sc_status sc__consumer_load(sc_shop *shop, const sc_call *call, const char *name, uint32_t partition, sc__consumer *out,
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
		*out = (sc__consumer){ .name = name,
			               .partition = partition,
			               .position = record.version != 0 ? read_position(shop, &record) : 0,
			               .version = record.version };
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__consumer_save(sc_shop *shop, const sc_call *call, sc__consumer *consumer, sc_error *err)
{
	char key[NAME_MAX_SIZE + 12];
	position_body body;
	memcpy(body.incarnation, shop->info.incarnation.bytes, sizeof(body.incarnation));
	for (size_t i = 0; i < sizeof(body.position); i++)
		body.position[i] = (uint8_t)(consumer->position >> (56 - 8 * i));
	const sc_change put = { .address = address_of(consumer->name, consumer->partition, key),
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_VERSION,
		                .version = consumer->version,
		                .body = { &body, sizeof(body) } };
	const sc_group group = { .home = SC_HOME_NONE, .changes = &put, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_OK)
		consumer->version = outcome.position;
	return status == SC_CHANGED || status == SC_NOT_FOUND ? SC_OK : status;
}
