/*
 * A gate (port/gate.h) in Redis: one script decides all claims of a batch that lie in one domain.
 *
 * It uses the store's domains, but none of its rows: a domain knows which process serves it, and a gate forgets all
 * when that is another one, because that may have lost the newest claims.
 */
#include "drivers/redis/gate.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define DOMAINS     12 /* on a cluster: few, because feeding goes through all of them */
#define CURSOR_BITS 48

static sc_id record_of(sc__gate_handle *gate)
{
	const sc_env *env = gate->redis->env;
	env->mutex_lock(env->ctx, &gate->mutex);
	sc_id incarnation = gate->incarnation;
	env->mutex_unlock(env->ctx, &gate->mutex);
	return incarnation;
}

/* ---- one script on one domain ---- */

void sc__gate_name(sc__name *name, const sc_id *group, const sc_address *account)
{
	const uint8_t kind[2] = { (uint8_t)(account->kind >> 8), (uint8_t)account->kind };
	if (group != NULL)
		sc__name_raw(name, group->bytes, sizeof group->bytes);
	sc__name_raw(name, kind, sizeof kind);
	sc__name_address(name, account);
}

void sc__gate_account(sc__request *request, const sc_id *group, const sc_address *account)
{
	sc__name name;
	sc__name_init(&name, request->arena);
	sc__gate_name(&name, group, account);
	sc__request_bytes(request, sc__name_of(&name));
	request->no_memory = request->no_memory || name.no_memory;
}

void sc__gate_pack(sc__name *batch, const void *head, size_t head_size, const sc_id *group, const sc_address *account)
{
	static const uint8_t unknown[2];
	sc__name_raw(batch, head, head_size);
	const size_t at = batch->size;
	sc__name_raw(batch, unknown, sizeof unknown);
	sc__gate_name(batch, group, account);
	if (batch->no_memory)
		return;
	const size_t size = batch->size - at - sizeof unknown;
	batch->data[at] = (char)(size >> 8);
	batch->data[at + 1] = (char)size;
}

sc_status sc__gate_begin(sc__gate_handle *gate, sc__domain *domain, const sc_call *call, sc__script script,
                         size_t arguments, sc_arena *arena, sc__request *request, sc_error *err)
{
	static const char *const keys[] = { "left", "open", "claims" };
	size_t count = sizeof keys / sizeof keys[0];
	uint64_t life = 0;
	sc_status status = sc__domain_settle(domain, call, &life, err);
	if (status == SC_STORE_FAILED) /* emptied, maybe */
		status = sc__domain_prepare(domain, call, &life, err);
	if (status == SC_OK)
		status = sc__script_begin(domain, call, script, arena, 1 + count, 2 + arguments, request, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		sc__name name;
		sc__name_init(&name, arena);
		sc__name_key(&name, domain, keys[i]);
		sc__request_bytes(request, sc__name_of(&name));
		request->no_memory = request->no_memory || name.no_memory;
	}
	sc_id served = sc__domain_incarnation(domain), record = record_of(gate);
	sc__request_word(request, served.bytes, sizeof served.bytes);
	sc__request_word(request, record.bytes, sizeof record.bytes);
	request->life = life;
	return SC_OK;
}

sc_status sc__gate_run(sc__domain *domain, const sc_call *call, sc__script script, sc__request *request, sc_error *err)
{
	sc_status status = sc__script_run(domain, call, script, request, err);
	return status == SC_CHANGED ? sc__fail(err, SC_BUSY, "another server took over") : status;
}

/* ---- following the journal ---- */

static sc_status fed_in(sc__gate_handle *gate, sc__domain *domain, const sc_call *call, uint64_t *position,
                        sc_error *err)
{
	sc_arena arena;
	sc__request request;
	int64_t number = 0;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_FED, 0, &arena, &request, err);
	request.repeatable = true;
	if (status == SC_OK)
		status = sc__gate_run(domain, call, SC__GATE_FED, &request, err);
	if (status == SC_OK && !sc__reply_number(request.replies[0], &number))
		status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
	if (status == SC_OK)
		*position = (uint64_t)number;
	sc_arena_clear(&arena);
	return status;
}

static sc_status fed(void *ctx, const sc_call *call, uint64_t *position, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	uint64_t lowest = UINT64_MAX, one = 0;
	for (uint32_t number = 0; number < gate->redis->domain_count; number++) {
		sc_status status = fed_in(gate, &gate->redis->domains[number], call, &one, err);
		if (status != SC_OK)
			return status;
		lowest = one < lowest ? one : lowest;
	}
	*position = lowest;
	return SC_OK;
}

static sc_status follow(void *ctx, const sc_call *call, sc_id incarnation, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	const sc_env *env = gate->redis->env;
	uint64_t position;
	env->mutex_lock(env->ctx, &gate->mutex);
	gate->incarnation = incarnation;
	env->mutex_unlock(env->ctx, &gate->mutex);
	return fed(gate, call, &position, err);
}

static bool is_fed(const sc__redis *redis, uint32_t number, const sc_entry *entry)
{
	return entry->type == SC_ENTRY_ACCOUNT && sc__domain_of(redis, &entry->subject) == number;
}

/* What an entry does to what can be claimed: see the script. */
static char effect_of(const sc_entry *entry, int64_t *more)
{
	const sc_counters *delta = &entry->delta;
	*more = delta->on_hand - delta->held - delta->committed - delta->floor;
	if (entry->after.floor == SC_FLOOR_NONE)
		return 'x';
	return delta->held > 0 && entry->cause.key_size > 0 ? 'h' : '-';
}

static void add_entry(sc__name *batch, const sc_entry *entry)
{
	int64_t more;
	uint8_t head[17];
	head[16] = (uint8_t)effect_of(entry, &more);
	sc__put_u64(head, entry->position);
	sc__put_u64(head + 8, (uint64_t)more);
	sc__gate_pack(batch, head, sizeof head, &entry->group, &entry->subject);
}

static sc_status feed_in(sc__gate_handle *gate, uint32_t number, const sc_call *call, const sc_entry *entries,
                         size_t count, uint64_t upto, sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	sc_arena arena;
	sc__request request;
	sc__name batch;
	sc_arena_init(&arena, gate->redis->env);
	sc__name_init(&batch, &arena);
	for (size_t i = 0; i < count; i++)
		if (is_fed(gate->redis, number, &entries[i]))
			add_entry(&batch, &entries[i]);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_FEED, 3, &arena, &request, err);
	if (status == SC_OK) {
		sc__request_number(&request, (int64_t)upto);
		sc__request_text(&request, entries == NULL ? "begin" : "go on");
		sc__request_bytes(&request, sc__name_of(&batch));
		request.no_memory = request.no_memory || batch.no_memory;
		request.repeatable = true;
		status = sc__gate_run(domain, call, SC__GATE_FEED, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}

static sc_status feed(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, uint64_t upto,
                      sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = feed_in(gate, number, call, entries, count, upto, err);
	return status;
}

/* ---- accounts ---- */

static sc_status level(void *ctx, const sc_call *call, const sc_address *account, sc_gate_level *out, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc__domain *domain = &gate->redis->domains[sc__domain_of(gate->redis, account)];
	sc_arena arena;
	sc__request request;
	int64_t upto = 0;
	sc_gate_level found = { 0 };
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_LEVEL, 1, &arena, &request, err);
	if (status == SC_OK) {
		sc__gate_account(&request, NULL, account);
		request.repeatable = true;
		status = sc__gate_run(domain, call, SC__GATE_LEVEL, &request, err);
	}
	if (status == SC_OK) {
		const sc__reply *told = request.replies[0];
		found.known = told->count == 3 && sc__reply_number(told->items[0], &found.left);
		if (told->count != 3 || !sc__reply_number(told->items[1], &found.open) ||
		    !sc__reply_number(told->items[2], &upto))
			status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
		found.upto = (uint64_t)upto;
	}
	if (status == SC_OK)
		*out = found;
	sc_arena_clear(&arena);
	return status;
}

static sc_status learn(void *ctx, const sc_call *call, const sc_address *account, int64_t free, uint64_t upto,
                       sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc__domain *domain = &gate->redis->domains[sc__domain_of(gate->redis, account)];
	sc_arena arena;
	sc__request request;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_LEARN, 3, &arena, &request, err);
	if (status == SC_OK) {
		sc__gate_account(&request, NULL, account);
		sc__request_number(&request, free);
		sc__request_number(&request, (int64_t)upto);
		request.repeatable = true;
		status = sc__gate_run(domain, call, SC__GATE_LEARN, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}

static sc_status read_account(const sc__reply *field, sc_arena *arena, sc_address *out)
{
	const uint8_t *bytes = field->text.data;
	sc_bytes part;
	if (field->text.size < 2)
		return SC_DAMAGED;
	uint16_t kind = (uint16_t)(bytes[0] << 8 | bytes[1]);
	if (sc_kind_find(kind) == NULL)
		return SC_DAMAGED;
	return sc__member_address((sc_bytes){ bytes + 2, field->text.size - 2 }, kind, SC_BY_ADDRESS, arena, out,
	                          &part);
}

/* The cursor is Redis' own, with the domain above it. */
static sc_status list(void *ctx, const sc_call *call, uint64_t *cursor, sc_arena *arena, sc_address *out, size_t max,
                      size_t *count, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	uint64_t number = *cursor >> CURSOR_BITS, at = *cursor & ((UINT64_C(1) << CURSOR_BITS) - 1);
	int64_t next = 0;
	sc__name left;
	sc__request request;
	sc__domain *domain = &gate->redis->domains[number < gate->redis->domain_count ? number : 0];
	sc__name_init(&left, arena);
	sc__name_key(&left, domain, "left");
	sc__request_init(&request, arena);
	request.repeatable = true;
	sc__request_command(&request, 5, "HSCAN");
	sc__request_bytes(&request, sc__name_of(&left));
	sc__request_number(&request, (int64_t)at);
	sc__request_text(&request, "COUNT");
	sc__request_number(&request, (int64_t)(max / 8 + 1));
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	const sc__reply *told = request.replies[0];
	if (status == SC_OK &&
	    (told->count != 2 || !sc__reply_number(told->items[0], &next) || told->items[1]->count / 2 > max))
		status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
	if (status != SC_OK)
		return status;
	const sc__reply *fields = told->items[1];
	for (size_t i = 0; i + 1 < fields->count && status == SC_OK; i += 2)
		status = read_account(fields->items[i], arena, &out[i / 2]);
	if (status != SC_OK)
		return sc__fail(err, status, "the gate names no account");
	*count = fields->count / 2;
	number += next == 0;
	*cursor = number >= gate->redis->domain_count ? 0 : number << CURSOR_BITS | (uint64_t)next;
	return SC_OK;
}

/* ---- opening ---- */

static void close_gate(void *ctx)
{
	sc__gate_handle *gate = ctx;
	const sc_env *env = gate->redis->env;
	env->mutex_clear(env->ctx, &gate->mutex);
	sc__redis_free(gate->redis);
	env->resize(env->ctx, gate, 0);
}

static const sc_gate_ops operations = { .size = sizeof(sc_gate_ops),
	                                .name = "redis",
	                                .follow = follow,
	                                .claim = sc__gate_claim,
	                                .give = sc__gate_give,
	                                .sweep = sc__gate_sweep,
	                                .fed = fed,
	                                .feed = feed,
	                                .level = level,
	                                .learn = learn,
	                                .list = list,
	                                .close = close_gate };

sc_status sc_redis_gate_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_gate *out,
                             sc_error *err)
{
	sc__redis *redis = NULL;
	if (out == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "out", "a place for the gate is needed");
	sc_status status = sc__redis_make(env, url, options, DOMAINS, &redis, err);
	if (status != SC_OK)
		return status;
	sc__gate_handle *gate = env->resize(env->ctx, NULL, sizeof *gate);
	if (gate != NULL)
		*gate = (sc__gate_handle){ .redis = redis };
	if (gate == NULL || !env->mutex_init(env->ctx, &gate->mutex)) {
		env->resize(env->ctx, gate, 0);
		sc__redis_free(redis);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a gate");
	}
	for (uint32_t i = 0; i < redis->domain_count; i++)
		sc__domain_name(&redis->domains[i], redis, i, ".gate");
	*out = (sc_gate){ &operations, gate };
	return SC_OK;
}
