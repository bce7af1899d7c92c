/*
 * A gate (port/gate.h) in Redis: one script decides all claims of a batch that lie in one domain.
 *
 * It uses the store's domains, but none of its rows: a domain knows which process serves it, and a gate forgets all
 * when that is another one, because that may have lost the newest claims.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define DOMAINS     12 /* on a cluster: few, because feeding goes through all of them */
#define SWEPT_MAX   5000
#define CURSOR_BITS 48

struct gate {
	sc__redis *redis;
	sc_mutex mutex;
	sc_id incarnation; /* of the record */
};

static sc_id record_of(struct gate *gate)
{
	const sc_env *env = gate->redis->env;
	env->mutex_lock(env->ctx, &gate->mutex);
	sc_id incarnation = gate->incarnation;
	env->mutex_unlock(env->ctx, &gate->mutex);
	return incarnation;
}

/* ---- one script on one domain ---- */

static void name_account(sc__name *name, const sc_address *account)
{
	const uint8_t kind[2] = { (uint8_t)(account->kind >> 8), (uint8_t)account->kind };
	sc__name_raw(name, kind, sizeof kind);
	sc__name_address(name, account);
}

static void add_account(sc__request *request, const sc_id *group, const sc_address *account)
{
	sc__name name;
	sc__name_init(&name, request->arena);
	if (group != NULL)
		sc__name_raw(&name, group->bytes, sizeof group->bytes);
	name_account(&name, account);
	sc__request_bytes(request, sc__name_of(&name));
	request->no_memory = request->no_memory || name.no_memory;
}

static sc_status begin(struct gate *gate, sc__domain *domain, const sc_call *call, sc__script script, size_t arguments,
                       sc_arena *arena, sc__request *request, sc_error *err)
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

static sc_status run(sc__domain *domain, const sc_call *call, sc__script script, sc__request *request, sc_error *err)
{
	sc_status status = sc__script_run(domain, call, script, request, err);
	return status == SC_CHANGED ? sc__fail(err, SC_BUSY, "another server took over") : status;
}

/* ---- claims ---- */

static size_t group_end(const sc_gate_claim *claims, size_t count, size_t first)
{
	size_t end = first + 1;
	while (end < count && sc_id_equal(claims[end].group, claims[first].group))
		end++;
	return end;
}

/* Claims of a group that lie in a domain. */
static uint32_t count_in(const sc__redis *redis, uint32_t number, const sc_gate_claim *claims, size_t first, size_t end)
{
	uint32_t found = 0;
	for (size_t i = first; i < end; i++)
		found += sc__domain_of(redis, &claims[i].account) == number;
	return found;
}

static size_t words_in(const sc__redis *redis, uint32_t number, const sc_gate_claim *claims, size_t count)
{
	size_t words = 0;
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		uint32_t found = count_in(redis, number, claims, i, end);
		words += found == 0 ? 0 : 3 + 2 * (size_t)found;
		i = end;
	}
	return words;
}

static void add_groups(const sc__redis *redis, uint32_t number, const sc_gate_claim *claims, size_t count,
                       sc__request *request)
{
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		uint32_t found = count_in(redis, number, claims, i, end);
		if (found > 0) {
			sc__request_number(request, found);
			sc__request_number(request, sc_id_time_ms(claims[i].group));
			sc__request_word(request, claims[i].group.bytes, sizeof claims[i].group.bytes);
		}
		for (; i < end; i++) {
			if (sc__domain_of(redis, &claims[i].account) != number)
				continue;
			add_account(request, NULL, &claims[i].account);
			sc__request_number(request, claims[i].quantity);
		}
	}
}

static bool read_verdicts(const sc__redis *redis, uint32_t number, sc_gate_claim *claims, size_t count,
                          const sc__reply *reply)
{
	size_t at = 0;
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		uint32_t found = count_in(redis, number, claims, i, end);
		if (found > 0 && reply->count < at + 1 + found)
			return false;
		uint32_t verdict = found == 0 ? 0 : (uint32_t)reply->items[at++]->number;
		for (; i < end; i++) {
			if (sc__domain_of(redis, &claims[i].account) != number)
				continue;
			claims[i].verdict = verdict;
			claims[i].available = reply->items[at++]->number;
		}
	}
	return at == reply->count;
}

static sc_status claim_in(struct gate *gate, uint32_t number, const sc_call *call, sc_gate_claim *claims, size_t count,
                          sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	size_t words = words_in(gate->redis, number, claims, count);
	sc_arena arena;
	sc__request request;
	if (words == 0)
		return SC_OK;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_CLAIM, words, &arena, &request, err);
	if (status == SC_OK) {
		add_groups(gate->redis, number, claims, count, &request);
		status = run(domain, call, SC__GATE_CLAIM, &request, err);
	}
	if (status == SC_OK && !read_verdicts(gate->redis, number, claims, count, request.replies[0]))
		status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
	sc_arena_clear(&arena);
	return status;
}

static sc_status give(void *ctx, const sc_call *call, const sc_gate_claim *claims, size_t count, sc_error *err);

/* A group whose accounts lie in several domains passes when all of them let it. */
static void join_verdicts(struct gate *gate, const sc_call *call, sc_gate_claim *claims, size_t first, size_t end)
{
	uint32_t verdict = SC_GATE_PASSED;
	sc_error ignored;
	for (size_t i = first; i < end; i++)
		if (claims[i].verdict != SC_GATE_PASSED && verdict != SC_GATE_REFUSED)
			verdict = claims[i].verdict;
	for (size_t i = first; i < end; i++) {
		if (claims[i].verdict == SC_GATE_PASSED && verdict != SC_GATE_PASSED)
			give(gate, call, &claims[i], 1, &ignored); /* what stays is swept */
		claims[i].verdict = verdict;
	}
}

static sc_status claim(void *ctx, const sc_call *call, sc_gate_claim *claims, size_t count, sc_error *err)
{
	struct gate *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = claim_in(gate, number, call, claims, count, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		if (end > i + 1)
			join_verdicts(gate, call, claims, i, end);
		i = end;
	}
	return SC_OK;
}

static sc_status give_in(struct gate *gate, uint32_t number, const sc_call *call, const sc_gate_claim *claims,
                         size_t count, sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	uint32_t found = count_in(gate->redis, number, claims, 0, count);
	sc_arena arena;
	sc__request request;
	if (found == 0)
		return SC_OK;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_GIVE, found, &arena, &request, err);
	if (status == SC_OK) {
		for (size_t i = 0; i < count; i++)
			if (sc__domain_of(gate->redis, &claims[i].account) == number)
				add_account(&request, &claims[i].group, &claims[i].account);
		request.repeatable = true;
		status = run(domain, call, SC__GATE_GIVE, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}

static sc_status give(void *ctx, const sc_call *call, const sc_gate_claim *claims, size_t count, sc_error *err)
{
	struct gate *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = give_in(gate, number, call, claims, count, err);
	return status;
}

static sc_status sweep(void *ctx, const sc_call *call, int64_t age_ms, size_t *given, sc_error *err)
{
	struct gate *gate = ctx;
	sc_status status = SC_OK;
	size_t all = 0;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++) {
		sc__domain *domain = &gate->redis->domains[number];
		sc_arena arena;
		sc__request request;
		sc_arena_init(&arena, gate->redis->env);
		status = begin(gate, domain, call, SC__GATE_SWEEP, 2, &arena, &request, err);
		if (status == SC_OK) {
			sc__request_number(&request, age_ms);
			sc__request_number(&request, SWEPT_MAX);
			request.repeatable = true;
			status = run(domain, call, SC__GATE_SWEEP, &request, err);
		}
		if (status == SC_OK)
			all += (size_t)request.replies[0]->number;
		sc_arena_clear(&arena);
	}
	if (status == SC_OK)
		*given = all;
	return status;
}

/* ---- following the journal ---- */

static sc_status fed_in(struct gate *gate, sc__domain *domain, const sc_call *call, uint64_t *position, sc_error *err)
{
	sc_arena arena;
	sc__request request;
	int64_t number = 0;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_FED, 0, &arena, &request, err);
	request.repeatable = true;
	if (status == SC_OK)
		status = run(domain, call, SC__GATE_FED, &request, err);
	if (status == SC_OK && !sc__reply_number(request.replies[0], &number))
		status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
	if (status == SC_OK)
		*position = (uint64_t)number;
	sc_arena_clear(&arena);
	return status;
}

static sc_status fed(void *ctx, const sc_call *call, uint64_t *position, sc_error *err)
{
	struct gate *gate = ctx;
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
	struct gate *gate = ctx;
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

/* What an entry does to what can be claimed. NULL: there is no bound any more, or was none. */
static const char *effect_of(const sc_entry *entry, int64_t *more)
{
	const sc_counters *delta = &entry->delta;
	*more = delta->on_hand - delta->held - delta->committed - delta->floor;
	if (entry->after.floor == SC_FLOOR_NONE)
		return "x";
	return delta->held > 0 && entry->cause.key_size > 0 ? "h" : "-";
}

static void add_entry(sc__request *request, const sc_entry *entry)
{
	int64_t more;
	const char *what = effect_of(entry, &more);
	sc__request_number(request, (int64_t)entry->position);
	add_account(request, NULL, &entry->subject);
	sc__request_text(request, what);
	sc__request_word(request, entry->group.bytes, sizeof entry->group.bytes);
	sc__request_number(request, more);
}

static sc_status feed_in(struct gate *gate, uint32_t number, const sc_call *call, const sc_entry *entries, size_t count,
                         uint64_t upto, sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	size_t found = 0;
	sc_arena arena;
	sc__request request;
	for (size_t i = 0; i < count; i++)
		found += is_fed(gate->redis, number, &entries[i]);
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_FEED, 2 + 5 * found, &arena, &request, err);
	if (status == SC_OK) {
		sc__request_number(&request, (int64_t)upto);
		sc__request_text(&request, entries == NULL ? "begin" : "go on");
		for (size_t i = 0; i < count; i++)
			if (is_fed(gate->redis, number, &entries[i]))
				add_entry(&request, &entries[i]);
		request.repeatable = true;
		status = run(domain, call, SC__GATE_FEED, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}

static sc_status feed(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, uint64_t upto,
                      sc_error *err)
{
	struct gate *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = feed_in(gate, number, call, entries, count, upto, err);
	return status;
}

/* ---- accounts ---- */

static sc_status level(void *ctx, const sc_call *call, const sc_address *account, sc_gate_level *out, sc_error *err)
{
	struct gate *gate = ctx;
	sc__domain *domain = &gate->redis->domains[sc__domain_of(gate->redis, account)];
	sc_arena arena;
	sc__request request;
	int64_t upto = 0;
	sc_gate_level found = { 0 };
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_LEVEL, 1, &arena, &request, err);
	if (status == SC_OK) {
		add_account(&request, NULL, account);
		request.repeatable = true;
		status = run(domain, call, SC__GATE_LEVEL, &request, err);
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
	struct gate *gate = ctx;
	sc__domain *domain = &gate->redis->domains[sc__domain_of(gate->redis, account)];
	sc_arena arena;
	sc__request request;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = begin(gate, domain, call, SC__GATE_LEARN, 3, &arena, &request, err);
	if (status == SC_OK) {
		add_account(&request, NULL, account);
		sc__request_number(&request, free);
		sc__request_number(&request, (int64_t)upto);
		request.repeatable = true;
		status = run(domain, call, SC__GATE_LEARN, &request, err);
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
	struct gate *gate = ctx;
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
	struct gate *gate = ctx;
	const sc_env *env = gate->redis->env;
	env->mutex_clear(env->ctx, &gate->mutex);
	sc__redis_free(gate->redis);
	env->resize(env->ctx, gate, 0);
}

static const sc_gate_ops operations = { .size = sizeof(sc_gate_ops),
	                                .name = "redis",
	                                .follow = follow,
	                                .claim = claim,
	                                .give = give,
	                                .sweep = sweep,
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
	struct gate *gate = env->resize(env->ctx, NULL, sizeof *gate);
	if (gate != NULL)
		*gate = (struct gate){ .redis = redis };
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
