/*
 * One transaction on a domain: rows are read in one exchange or two, and one script writes.
 *
 * Nothing is locked. The script writes only if every row that was read is still as it was, so of two transactions
 * that want the same one is done anew by the library. Positions are drawn inside the script; until then they count
 * from FIRST, which is above every real one.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/kind_parts.h"

#include <stdio.h>
#include <string.h>

#define FIRST (UINT64_C(1) << 61)

struct transaction {
	sc__domain *domain;
	sc_call call;
	sc_rows_clock *clock;
	bool settled; /* the clock and the state are read */
	sc_arena arena;
	sc__commit commit;
};

sc_status sc__redis_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err)
{
	sc__domain *domain = ctx;
	const sc_env *env = domain->redis->env;
	struct transaction *transaction = env->resize(env->ctx, NULL, sizeof *transaction);
	if (transaction == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a transaction");
	transaction->domain = domain;
	transaction->call = *call;
	transaction->clock = clock;
	transaction->settled = false;
	sc_arena_init(&transaction->arena, env);
	sc__commit_init(&transaction->commit, domain, &transaction->arena);
	*txn = transaction;
	return SC_OK;
}

void sc__redis_abort(void *txn)
{
	struct transaction *transaction = txn;
	const sc_env *env = transaction->domain->redis->env;
	sc_arena_clear(&transaction->arena);
	env->resize(env->ctx, transaction, 0);
}

/* ---- reading ---- */

static void name_row(sc__name *name, const sc__domain *domain, const sc_row *row)
{
	if (row->type == SC_ROW_ID)
		sc__name_id(name, domain, &row->id);
	else
		sc__name_row(name, domain, &row->value.address);
}

static sc_status take_row(struct transaction *transaction, sc_row *row, const sc__name *name, sc__reply *reply,
                          sc_arena *arena, sc_error *err)
{
	bool there = reply->type == REDIS_REPLY_STRING;
	if (there && reply->text.size < SC__ROW_HEAD)
		return sc__fail(err, SC_DAMAGED, "a row of Redis is too short");
	sc__commit_check(&transaction->commit, name, reply);
	if (row->type == SC_ROW_ID) {
		row->outcome = (sc_stored_outcome){ .status = SC_NOT_FOUND };
		return there ? sc__outcome_unpack(reply->text, &row->outcome, err) : SC_OK;
	}
	row->driver = there ? reply : NULL;
	return there ? sc__row_unpack(reply->text, SC_READ_ALL, arena, &row->value, err) : SC_OK;
}

static sc_status take_state(struct transaction *transaction, const sc__request *request, sc_error *err)
{
	sc_status status = sc__state_read(transaction->domain, request, 0, &transaction->commit.state, err);
	if (status != SC_OK)
		return status;
	transaction->settled = true;
	transaction->clock->now_ms = transaction->commit.state.now_ms;
	transaction->clock->floor_ms = transaction->commit.state.floor_ms;
	return SC_OK;
}

/* The first rows, with the state: one command, so they are of one moment. */
static sc_status ask_first(struct transaction *transaction, const sc__name *names, size_t count, sc__request *request,
                           sc_error *err)
{
	sc__state_ask(transaction->domain, request);
	if (count > 0)
		sc__request_command(request, count + 1, "MGET");
	for (size_t i = 0; i < count; i++)
		sc__request_bytes(request, sc__name_of(&names[i]));
	sc_status status = sc__domain_exchange(transaction->domain, &transaction->call, request, err);
	return status == SC_OK ? take_state(transaction, request, err) : status;
}

/* More rows, if the first are still as they were: else a hold and its accounts might be of different moments, and a
 * refusal, which commits nothing, would rest on what never was. */
static sc_status ask_more(struct transaction *transaction, const sc__name *names, size_t count, sc__request *request,
                          sc_error *err)
{
	const sc__commit *commit = &transaction->commit;
	sc_status status = sc__script_begin(transaction->domain, &transaction->call, SC__READ, request->arena,
	                                    1 + commit->checks + count, 1 + commit->checks, request, err);
	if (status != SC_OK)
		return status;
	request->repeatable = true;
	for (size_t i = 0; i < commit->checks; i++)
		sc__request_bytes(request, commit->keys[i]);
	for (size_t i = 0; i < count; i++)
		sc__request_bytes(request, sc__name_of(&names[i]));
	sc__request_number(request, (int64_t)commit->checks);
	for (size_t i = 0; i < commit->checks; i++)
		sc__request_bytes(request, commit->arguments[i]);
	request->no_memory = request->no_memory || commit->no_memory;
	status = sc__script_run(transaction->domain, &transaction->call, SC__READ, request, err);
	if (status == SC_OK && request->replies[0]->type == REDIS_REPLY_INTEGER)
		return sc__fail(err, SC_CHANGED, "another transaction came between");
	return status;
}

sc_status sc__redis_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	struct transaction *transaction = txn;
	sc__name *names = sc__arena_array(&transaction->arena, count, sizeof *names);
	sc__request request;
	sc_status status = SC_OK;
	bool first = !transaction->settled;
	if (names == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
	if (first)
		status = sc__domain_settle(transaction->domain, &transaction->call, &transaction->commit.life, err);
	if (status != SC_OK || (count == 0 && !first))
		return status;
	sc__request_init(&request, arena);
	request.repeatable = true;
	for (size_t i = 0; i < count; i++) {
		sc__name_init(&names[i], &transaction->arena);
		name_row(&names[i], transaction->domain, rows[i]);
		request.no_memory = request.no_memory || names[i].no_memory;
	}
	status = first ? ask_first(transaction, names, count, &request, err)
	               : ask_more(transaction, names, count, &request, err);
	if (status != SC_OK || count == 0)
		return status;
	sc__reply *reply = request.replies[request.count - 1];
	if (reply->type != REDIS_REPLY_ARRAY || reply->count != count)
		return sc__reply_failed(reply, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = take_row(transaction, rows[i], &names[i], reply->items[i], arena, err);
	return status;
}

sc_status sc__redis_draw(void *txn, size_t count, uint64_t *first, sc_error *err)
{
	(void)err;
	struct transaction *transaction = txn;
	transaction->commit.drawn = count;
	*first = FIRST;
	return SC_OK;
}

/* ---- writing ---- */

static void add_number(sc__commit *commit, uint64_t number)
{
	char text[24];
	int size = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	char *copy = sc_arena_dup(commit->arena, text, (size_t)size);
	commit->no_memory = commit->no_memory || copy == NULL;
	sc__commit_argument(commit, (sc_bytes){ copy, (size_t)size });
}

/* A drawn position counts from the first; an old one is eight bytes, of which the first is 0. */
static void add_position(sc__commit *commit, uint64_t position)
{
	if (position >= FIRST) {
		add_number(commit, position - FIRST);
		return;
	}
	uint8_t *bytes = (uint8_t *)sc__arena_bytes(commit->arena, 8);
	if (bytes == NULL) {
		commit->no_memory = true;
		return;
	}
	sc__put_u64(bytes, position);
	sc__commit_argument(commit, (sc_bytes){ bytes, 8 });
}

static bool same(const sc__name *a, const sc__name *b)
{
	return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static void write_members(sc__commit *commit, const sc_kind *kind, const sc_record *old, const sc_record *value)
{
	int indexes = kind->kind_class == SC_CLASS_HOLD ? 1 : (int)kind->index_count;
	for (int index = SC_BY_SUB; index < indexes; index++) {
		sc__name set, before, after;
		sc__name_init(&set, commit->arena);
		sc__name_init(&before, commit->arena);
		sc__name_init(&after, commit->arena);
		bool was = old != NULL && sc__member_of(&before, index, old);
		bool is = sc__member_of(&after, index, value);
		if (was == is && (!is || same(&before, &after)))
			continue;
		sc__name_index(&set, commit->domain, kind->number, index);
		if (was)
			sc__commit_member(commit, "R", &set, &before);
		if (is)
			sc__commit_member(commit, "A", &set, &after);
	}
}

/* Redis itself lets go of what has no trace elsewhere but its address; the sweep takes that out later. */
static bool may_vanish(const sc_record *value)
{
	const sc_kind *kind = sc_kind_find(value->address.kind);
	return value->expires_ms > 0 && kind->index_count == 0 &&
	       (kind->kind_class == SC_CLASS_RECORD || kind->kind_class == SC_CLASS_CLAIM);
}

/* When a row may be swept: an account on which something is held has to outlive that hold. */
static int64_t end_of(const sc_record *record)
{
	return record == NULL || record->counters.held > 0 ? 0 : record->expires_ms;
}

/* What Redis lets go of by itself may stand in the set with an end that was put off since: the sweep finds out. */
static void write_lifetime(sc__commit *commit, const sc_record *old, const sc_record *value, const sc__name *row)
{
	sc__name set;
	int64_t before = end_of(old), after = end_of(value);
	if (before == after || (may_vanish(value) && before > 0 && after > before))
		return;
	sc__name_init(&set, commit->arena);
	sc__name_key(&set, commit->domain, "l");
	if (after == 0) {
		sc__commit_member(commit, "R", &set, row);
		return;
	}
	sc__commit_argument(commit, SC_BYTES("A"));
	sc__commit_key(commit, &set);
	add_number(commit, (uint64_t)after);
	sc__commit_argument(commit, sc__name_of(row));
}

static sc_status write_row(sc__commit *commit, const sc_row *row, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(row->value.address.kind);
	const sc__reply *read = row->driver;
	sc_record old = { .address = row->value.address };
	sc_status status = SC_OK;
	if (read != NULL)
		status = sc__row_unpack(read->text, SC_READ_COLUMNS, commit->arena, &old, err);
	if (status != SC_OK)
		return status;
	if (row->write == SC_ROW_DELETE) {
		sc__commit_remove(commit, &old);
		return SC_OK;
	}
	sc__name name;
	sc_bytes packed;
	sc__name_init(&name, commit->arena);
	sc__name_row(&name, commit->domain, &row->value.address);
	if (!sc__row_pack(&row->value, commit->arena, &packed))
		return sc__fail(err, SC_NO_MEMORY, "no memory to write a row");
	sc__commit_argument(commit, SC_BYTES("W"));
	sc__commit_key(commit, &name);
	add_position(commit, row->value.version);
	add_position(commit, row->value.entry);
	sc__commit_argument(commit, packed);
	if (may_vanish(&row->value))
		add_number(commit, (uint64_t)row->value.expires_ms);
	else
		sc__commit_argument(commit, (sc_bytes){ NULL, 0 });
	write_members(commit, kind, read == NULL ? NULL : &old, &row->value);
	write_lifetime(commit, read == NULL ? NULL : &old, &row->value, &name);
	return SC_OK;
}

static sc_status write_id(sc__commit *commit, const sc_row *row, sc_error *err)
{
	sc__name name, set;
	sc_bytes packed;
	sc__name_init(&name, commit->arena);
	sc__name_init(&set, commit->arena);
	sc__name_id(&name, commit->domain, &row->id);
	sc__name_key(&set, commit->domain, "I");
	if (!sc__outcome_pack(&row->outcome, commit->arena, &packed))
		return sc__fail(err, SC_NO_MEMORY, "no memory to write a row");
	sc__commit_argument(commit, SC_BYTES("I"));
	sc__commit_key(commit, &name);
	add_position(commit, row->outcome.position);
	sc__commit_argument(commit, packed);
	sc__commit_argument(commit, SC_BYTES("A"));
	sc__commit_key(commit, &set);
	add_number(commit, (uint64_t)sc_id_time_ms(row->id));
	sc__commit_argument(commit, (sc_bytes){ row->id.bytes, sizeof row->id.bytes });
	return SC_OK;
}

sc_status sc__redis_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                          sc_error *err)
{
	struct transaction *transaction = txn;
	sc__commit *commit = &transaction->commit;
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = rows[i]->type == SC_ROW_ID ? write_id(commit, rows[i], err) : write_row(commit, rows[i], err);
	if (status != SC_OK || entry_count == 0)
		return status;
	sc_bytes packed;
	if (!sc__entries_relative(entries, entry_count, FIRST, &transaction->arena, &packed))
		return sc__fail(err, SC_NO_MEMORY, "no memory to write the journal");
	sc__commit_argument(commit, SC_BYTES("J"));
	sc__commit_argument(commit, packed);
	return SC_OK;
}

sc_status sc__redis_commit_drawn(void *txn, uint64_t *first, sc_error *err)
{
	struct transaction *transaction = txn;
	sc_status status = sc__commit_run(&transaction->commit, &transaction->call, first, err);
	sc__redis_abort(transaction);
	return status;
}

sc_status sc__redis_commit(void *txn, sc_error *err)
{
	uint64_t first;
	return sc__redis_commit_drawn(txn, &first, err);
}
