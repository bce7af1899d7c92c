/*
 * The log: one row for each transaction, its entries packed. The row's key is the first position that it
 * drew, so a position is found by one step down the tree, and appending touches the last page only.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/entry.h"
#include "drivers/postgres/settled.h"

#include <xxhash.h>

#define WALK_ROWS    64  /* transactions read at once */
#define TRIM_BATCHES 500 /* transactions forgotten at once, so that others get their turn */

static const char append_sql[] =
	"INSERT INTO sc_journal(first, count, time_ms, check32, entries) VALUES(?, ?, ?, ?, ?)";
static const char walk_sql[] =
	"SELECT first, count, check32, entries FROM sc_journal"
	" WHERE first >= coalesce((SELECT max(first) FROM sc_journal WHERE first <= ?), 0) ORDER BY first LIMIT ?";
static const char find_sql[] = "SELECT first, count, check32, entries FROM sc_journal WHERE first <= ?"
			       " ORDER BY first DESC LIMIT 1";

/* ---- appending ------------------------------------------------------------------------- */

sc_status sc__pg_journal_send(sc__pg_connection *connection, const sc_entry *entries, size_t count, sc_error *err)
{
	sc__pg_transaction *transaction = &connection->transaction;
	char *packed = sc__arena_bytes(&connection->arena, sc_entries_bound(entries, count) + 1);
	if (packed == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to pack the journal");
	size_t size = count > 0 ? sc_entries_pack(entries, count, packed) : 0;
	sc__pg_params params = { .arena = &connection->arena };
	transaction->check = XXH32(packed, size, 0);
	sc__pg_param_int(&params, (int64_t)transaction->first);
	sc__pg_param_int(&params, (int64_t)transaction->drawn);
	sc__pg_param_int(&params, transaction->clock->now_ms);
	sc__pg_param_int(&params, transaction->check);
	sc__pg_param_bytes(&params, packed, size);
	return sc__pg_send(connection, sc__pg_key(SC__PG_JOURNAL_APPEND, 0, 0), append_sql, &params, err);
}

/* ---- reading on ------------------------------------------------------------------------ */

struct walk {
	uint64_t after; /* the last position that was given, or that is forgotten */
	size_t max, filled;
	sc_arena *arena;
	sc_entry *out;
	uint64_t highest; /* block seen */
	bool gap, end;
};

static uint64_t block_of(uint64_t position)
{
	return position >> SC__PG_BLOCK_SHIFT;
}

static sc_status damaged(sc_error *err)
{
	return sc__fail(err, SC_DAMAGED, "a batch of the journal cannot be read");
}

/* The packed entries of a row, borrowed from the result. */
static sc_status read_packed(const PGresult *result, int row, sc_bytes *out, sc_error *err)
{
	*out = sc__pg_get_bytes(result, row, 3);
	uint32_t check = XXH32(out->size > 0 ? out->data : "", out->size, 0);
	if (check != (uint32_t)sc__pg_get_int(result, row, 2))
		return sc__fail(err, SC_DAMAGED, "a batch of the journal does not match its checksum");
	return SC_OK;
}

static sc_status take_row(struct walk *walk, const PGresult *result, int row, sc_error *err)
{
	sc_bytes packed;
	size_t more = 0;
	sc_status status = read_packed(result, row, &packed, err);
	if (status == SC_OK)
		status = sc__pg_copy_bytes(result, row, 3, walk->arena, &packed, err);
	if (status == SC_OK && packed.size > 0)
		status = sc_entries_unpack(packed, walk->after, walk->max - walk->filled, walk->out + walk->filled,
		                           &more);
	if (status == SC_DAMAGED)
		return damaged(err);
	walk->filled += more;
	return status;
}

/* What one look gave, up to the first gap that may still be filled. */
static sc_status take_rows(struct walk *walk, uint64_t settled, const PGresult *result, sc_error *err)
{
	int rows = PQntuples(result);
	sc_status status = SC_OK;
	walk->gap = false;
	walk->end = rows < WALK_ROWS;
	if (rows == 0)
		return SC_OK;
	uint64_t reached = block_of(walk->after);
	walk->highest = block_of((uint64_t)sc__pg_get_int(result, rows - 1, 0));
	for (int row = 0; row < rows && status == SC_OK && walk->filled < walk->max; row++) {
		uint64_t first = (uint64_t)sc__pg_get_int(result, row, 0);
		uint64_t last = first + (uint64_t)sc__pg_get_int(result, row, 1) - 1;
		if (block_of(first) > reached + 1 && block_of(first) - 1 > settled) {
			walk->gap = true;
			return SC_OK;
		}
		if (last > walk->after)
			status = take_row(walk, result, row, err);
		if (status == SC_OK && walk->filled < walk->max && last > walk->after)
			walk->after = last;
		if (block_of(last) > reached)
			reached = block_of(last);
	}
	return status;
}

static sc_status look(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, struct walk *walk,
                      sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	uint64_t settled = sc__pg_settled(store); /* before the look, which then sees all of it */
	sc__pg_param_int(&params, (int64_t)walk->after + 1);
	sc__pg_param_int(&params, WALK_ROWS);
	sc_status status = sc__pg_send(connection, sc__pg_key(SC__PG_JOURNAL_WALK, 0, 0), walk_sql, &params, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_result(connection, wait, &result, err);
	if (status == SC_OK)
		status = sc__pg_drain(connection, wait, err);
	if (status == SC_OK)
		status = take_rows(walk, settled, result, err);
	PQclear(result);
	return status;
}

/* A transaction is short: it pays to wait a moment for the gap, when there is nothing else to tell. */
#define GAP_PAUSE_NS INT64_C(2000000)
#define GAP_PAUSES   100
#define GAP_TRIES    2 /* at once: an older gap may have been watched first */

static void pause_at_gap(const sc_env *env)
{
	sc_parker parker;
	if (!env->parker_init(env->ctx, &parker))
		return;
	env->park(env->ctx, &parker, env->mono_ns(env->ctx) + GAP_PAUSE_NS);
	env->parker_clear(env->ctx, &parker);
}

static sc_status read_on(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                         sc_error *err)
{
	struct walk *walk = what;
	sc__pg_state state;
	int pauses = 0;
	walk->filled = 0;
	sc_status status = sc__pg_state_read(connection, wait, &state, err);
	if (status == SC_OK && walk->after < state.trimmed)
		walk->after = state.trimmed;
	while (status == SC_OK) {
		status = look(store, connection, wait, walk, err);
		if (status != SC_OK || walk->filled == walk->max || (walk->end && !walk->gap))
			break;
		if (!walk->gap)
			continue;
		if (pauses > (walk->filled > 0 ? GAP_TRIES : GAP_PAUSES))
			break;
		if (pauses++ >= GAP_TRIES)
			pause_at_gap(store->env);
		status = sc__pg_gap_seen(store, connection, wait, walk->highest, err);
	}
	return status;
}

sc_status sc__pg_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                          sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct walk walk = { .after = after, .max = max, .arena = arena, .out = out };
	if (partition != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "partition", "there is one only: 0");
	sc_status status = sc__pg_attempt(ctx, call, read_on, &walk, err);
	if (status == SC_OK)
		*count = walk.filled;
	return status;
}

/* ---- a subject's entries --------------------------------------------------------------- */

struct chain {
	const sc_address *subject;
	uint64_t before;
	size_t max, filled;
	sc_arena *arena;
	sc_entry *out;
	PGresult *row; /* the transaction that was looked at last: the entry before is often in it, too */
};

static bool covers(const PGresult *result, uint64_t position)
{
	if (result == NULL || PQntuples(result) != 1)
		return false;
	uint64_t first = (uint64_t)sc__pg_get_int(result, 0, 0), count = (uint64_t)sc__pg_get_int(result, 0, 1);
	return position >= first && position - first < count;
}

/* The entry at a position; type 0: there is none, because it was trimmed or never was. */
static sc_status find(sc__pg_connection *connection, const sc__pg_wait *wait, struct chain *chain, uint64_t position,
                      sc_entry *out, sc_error *err)
{
	sc_status status = SC_OK;
	*out = (sc_entry){ 0 };
	if (!covers(chain->row, position)) {
		sc__pg_params params = { .arena = &connection->arena };
		PQclear(chain->row);
		chain->row = NULL;
		sc__pg_param_int(&params, (int64_t)position);
		status = sc__pg_send(connection, sc__pg_key(SC__PG_JOURNAL_FIND, 0, 0), find_sql, &params, err);
		if (status == SC_OK)
			status = sc__pg_sync(connection, err);
		if (status == SC_OK)
			status = sc__pg_result(connection, wait, &chain->row, err);
		if (status == SC_OK)
			status = sc__pg_drain(connection, wait, err);
	}
	if (status != SC_OK || !covers(chain->row, position))
		return status;
	sc_bytes packed;
	sc_entry entry;
	size_t count = 0;
	status = read_packed(chain->row, 0, &packed, err);
	if (status == SC_OK && packed.size > 0)
		status = sc_entries_unpack(packed, position - 1, 1, &entry, &count);
	if (status == SC_DAMAGED)
		return damaged(err);
	if (status == SC_OK && count == 1 && entry.position == position) {
		status = sc__entry_keep(chain->arena, &entry, err);
		*out = entry;
	}
	return status;
}

/* Where to start: the newest entry of the subject, or the one in front of its entry at `before`. */
static sc_status start_of(sc__pg_connection *connection, const sc__pg_wait *wait, struct chain *chain,
                          uint64_t *position, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(chain->subject->kind);
	PGresult *result = NULL;
	sc_status status = SC_OK;
	if (chain->before != 0) {
		sc_entry at;
		status = find(connection, wait, chain, chain->before, &at, err);
		if (status != SC_OK)
			return status;
		if (at.type != 0 && sc_address_compare(&at.subject, chain->subject) == 0) {
			*position = at.previous;
			return SC_OK;
		}
	}
	status = sc__pg_look_send(connection, kind, 0, false, &chain->subject, 1, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_result(connection, wait, &result, err);
	if (status == SC_OK) {
		*position = PQntuples(result) == 1 ? (uint64_t)sc__pg_get_int(result, 0, 2) : 0; /* version, entry */
		status = sc__pg_drain(connection, wait, err);
	}
	PQclear(result);
	return status;
}

static sc_status walk_chain(sc__pg_connection *connection, const sc__pg_wait *wait, struct chain *chain,
                            uint64_t trimmed, sc_error *err)
{
	uint64_t position = 0;
	sc_status status = start_of(connection, wait, chain, &position, err);
	while (status == SC_OK && position > trimmed && chain->filled < chain->max) {
		sc_entry entry;
		status = find(connection, wait, chain, position, &entry, err);
		if (status != SC_OK)
			break;
		if (entry.type == 0 || sc_address_compare(&entry.subject, chain->subject) != 0 ||
		    entry.previous >= position)
			return sc__fail(err, SC_DAMAGED, "the chain of a subject's entries is broken");
		if (chain->before == 0 || position < chain->before)
			chain->out[chain->filled++] = entry;
		position = entry.previous;
	}
	return status;
}

static sc_status read_back(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                           sc_error *err)
{
	(void)store;
	struct chain *chain = what;
	sc__pg_state state;
	chain->filled = 0;
	sc_status status = sc__pg_state_read(connection, wait, &state, err);
	if (status == SC_OK)
		status = walk_chain(connection, wait, chain, state.trimmed, err);
	PQclear(chain->row);
	chain->row = NULL;
	return status;
}

sc_status sc__pg_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                        sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct chain chain = { .subject = subject, .before = before, .max = max, .arena = arena, .out = out };
	sc_status status = sc__pg_attempt(ctx, call, read_back, &chain, err);
	if (status == SC_OK)
		*count = chain.filled;
	return status;
}

/* ---- trimming -------------------------------------------------------------------------- */

struct trim {
	uint64_t upto;
	bool more;
};

/* Meta takes over what the rows that go said: the time, and how far it is trimmed, which is never beyond what there
 * was. All in one statement, which is a transaction of its own. */
static const char trim_sql[] =
	"WITH last AS (SELECT first, count FROM sc_journal ORDER BY first DESC LIMIT 1),"
	" gone AS (DELETE FROM sc_journal WHERE first IN (SELECT first FROM sc_journal"
	" WHERE first <= ?::bigint AND first + count - 1 <= ?::bigint ORDER BY first LIMIT ?) RETURNING time_ms),"
	" meta AS (UPDATE sc_meta SET time_ms = greatest(time_ms, (SELECT max(time_ms) FROM gone)), trimmed = greatest("
	"trimmed, least(?::bigint, (SELECT first + count - 1 FROM last))) RETURNING 1)"
	" SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM meta)";

static sc_status trim_some(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                           sc_error *err)
{
	(void)store;
	struct trim *trim = what;
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	int64_t upto = trim->upto > INT64_MAX ? INT64_MAX : (int64_t)trim->upto;
	sc__pg_param_int(&params, upto);
	sc__pg_param_int(&params, upto);
	sc__pg_param_int(&params, TRIM_BATCHES);
	sc__pg_param_int(&params, upto);
	sc_status status = sc__pg_run(connection, trim_sql, &params, wait, &result, err);
	if (status != SC_OK)
		return status;
	trim->more = sc__pg_get_int(result, 0, 0) == TRIM_BATCHES;
	PQclear(result);
	return SC_OK;
}

sc_status sc__pg_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	struct trim trim = { .upto = upto, .more = true };
	sc_status status = SC_OK;
	if (partition != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "partition", "there is one only: 0");
	while (trim.more && status == SC_OK)
		status = sc__pg_attempt(ctx, call, trim_some, &trim, err);
	return status;
}
