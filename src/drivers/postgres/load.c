/*
 * Reads by address: a statement for each kind that is asked for, all in one trip.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/postgres/driver.h"

struct load {
	const sc_address *addresses;
	size_t count;
	uint32_t mask;
	sc_arena *arena;
	sc_record *out;
	int64_t now_ms;
};

/* The addresses of one kind, and which of all they are. */
struct load_kind {
	const sc_kind *kind;
	const sc_address **addresses;
	size_t *places;
	size_t count;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
}

static bool gather(const struct load *load, const sc_kind *kind, sc_arena *arena, struct load_kind *out)
{
	*out = (struct load_kind){ .kind = kind };
	size_t count = 0;
	for (size_t i = 0; i < load->count; i++)
		count += load->addresses[i].kind == kind->number;
	if (count == 0)
		return true;
	out->addresses = sc__arena_array(arena, count, sizeof(*out->addresses));
	out->places = sc__arena_array(arena, count, sizeof(*out->places));
	if (out->addresses == NULL || out->places == NULL)
		return false;
	for (size_t i = 0; i < load->count; i++)
		if (load->addresses[i].kind == kind->number) {
			out->addresses[out->count] = &load->addresses[i];
			out->places[out->count++] = i;
		}
	return true;
}

static sc_status take(sc__pg_connection *connection, const sc__pg_wait *wait, const struct load *load,
                      const struct load_kind *of, sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_result(connection, wait, &result, err);
	for (int row = 0; status == SC_OK && row < PQntuples(result); row++) {
		size_t place = of->places[sc__pg_look_index(result, row, of->count)];
		status = sc__pg_record_read(result, row, 1, of->kind, load->mask, load->arena, &load->out[place], err);
	}
	PQclear(result);
	return status;
}

static sc_status work(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                      sc_error *err)
{
	struct load *load = what;
	size_t kind_count = 0;
	const sc_kind *kinds = sc_kinds(&kind_count);
	struct load_kind *asked = sc__arena_array(&connection->arena, kind_count, sizeof *asked);
	sc__pg_state state;
	sc_status status = asked != NULL ? sc__pg_state_send(connection, SC__PG_DRAWS_NOT, err) : no_memory(err);
	for (size_t i = 0; i < kind_count && status == SC_OK; i++) {
		if (!gather(load, &kinds[i], &connection->arena, &asked[i]))
			status = no_memory(err);
		else if (asked[i].count > 0)
			status = sc__pg_look_send(connection, &kinds[i], load->mask, false, asked[i].addresses,
			                          asked[i].count, err);
	}
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_state_take(connection, wait, &state, err);
	if (status == SC_OK)
		load->now_ms = sc__pg_read_clock(store, connection, &state);
	for (size_t i = 0; i < load->count; i++)
		load->out[i] = (sc_record){ .address = load->addresses[i] };
	for (size_t i = 0; i < kind_count && status == SC_OK; i++)
		if (asked[i].count > 0)
			status = take(connection, wait, load, &asked[i], err);
	return status;
}

/* One address asked for twice gives one row of an answer for each. */
sc_status sc__pg_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                      sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	struct load load = { addresses, count, mask, arena, out, 0 };
	sc_status status = sc__pg_attempt_read(ctx, call, work, &load, err);
	if (status == SC_OK)
		*now_ms = load.now_ms;
	return status;
}
