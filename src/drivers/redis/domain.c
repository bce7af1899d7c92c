/*
 * One domain: what it says of itself, its state, its clock, and how it notices that writes may have been lost.
 *
 * The clock is the server's, and never below a time that was committed: that stands in the state, so that a server
 * with a clock behind, or a process that was started anew, does not bring it back.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define ESTIMATED_NS INT64_C(1000000000)
#define SCHEMA       1
#define TRIES        8

static void lock(const sc__domain *domain)
{
	domain->redis->env->mutex_lock(domain->redis->env->ctx, &domain->redis->mutex);
}

static void unlock(const sc__domain *domain)
{
	domain->redis->env->mutex_unlock(domain->redis->env->ctx, &domain->redis->mutex);
}

sc_status sc__reply_failed(const sc__reply *reply, sc_error *err)
{
	if (reply->type != REDIS_REPLY_ERROR)
		return reply->type == REDIS_REPLY_NIL ? sc__fail(err, SC_STORE_FAILED, "this store was never prepared")
		                                      : SC_OK;
	if (sc__reply_is_error(reply, "OOM"))
		return sc__fail(err, SC_NO_ROOM, "Redis is full: %.100s", (const char *)reply->text.data);
	return sc__fail(err, SC_STORE_FAILED, "Redis: %.120s", (const char *)reply->text.data);
}

/* ---- the state ---- */

void sc__state_ask(const sc__domain *domain, sc__request *request)
{
	char key[SC__TAG_MAX + 1];
	memcpy(key, domain->tag, domain->tag_size);
	key[domain->tag_size] = 's';
	sc__request_command(request, 1, "TIME");
	sc__request_command(request, 7, "HMGET");
	sc__request_word(request, key, domain->tag_size + 1);
	for (const char *field = "itfnc"; *field != '\0'; field++)
		sc__request_word(request, field, 1);
}

static bool read_time(const sc__reply *reply, int64_t *out)
{
	int64_t seconds, micros;
	if (reply->count != 2 || !sc__reply_number(reply->items[0], &seconds) ||
	    !sc__reply_number(reply->items[1], &micros))
		return false;
	*out = seconds * 1000 + micros / 1000;
	return true;
}

sc_status sc__state_read(sc__domain *domain, const sc__request *request, uint32_t first, sc__state *out, sc_error *err)
{
	const sc__reply *told = request->replies[first + 1];
	int64_t last = 0, trimmed = 0;
	sc__state state = { 0 };
	if (told->type == REDIS_REPLY_ERROR)
		return sc__reply_failed(told, err);
	if (told->count != 5 || told->items[0]->text.size != sizeof state.incarnation.bytes)
		return sc__fail(err, SC_STORE_FAILED, "this store was never prepared, or was emptied");
	memcpy(state.incarnation.bytes, told->items[0]->text.data, sizeof state.incarnation.bytes);
	if (!sc__reply_number(told->items[1], &state.time_ms) || !sc__reply_number(told->items[2], &state.floor_ms) ||
	    !sc__reply_number(told->items[3], &last) || !sc__reply_number(told->items[4], &trimmed) ||
	    !read_time(request->replies[first], &state.now_ms))
		return sc__fail(err, SC_DAMAGED, "the state of a domain cannot be read");
	state.last = (uint64_t)last;
	state.trimmed = (uint64_t)trimmed;
	lock(domain);
	if (state.now_ms < state.time_ms)
		state.now_ms = state.time_ms;
	if (state.now_ms < domain->seen_ms)
		state.now_ms = domain->seen_ms;
	domain->seen_ms = state.now_ms;
	domain->seen_ns = domain->redis->env->mono_ns(domain->redis->env->ctx);
	unlock(domain);
	*out = state;
	return SC_OK;
}

bool sc__domain_time(sc__domain *domain, int64_t *now_ms)
{
	const sc_env *env = domain->redis->env;
	int64_t now_ns = env->mono_ns(env->ctx);
	lock(domain);
	int64_t elapsed_ns = now_ns - domain->seen_ns;
	bool known = domain->seen_ms > 0 && elapsed_ns >= 0 && elapsed_ns < ESTIMATED_NS;
	*now_ms = domain->seen_ms + elapsed_ns / 1000000;
	unlock(domain);
	return known;
}

/* ---- lives and incarnations ---- */

/* Any exchange makes a connection, and then it is known which process answers. */
static sc_status meet(sc__domain *domain, const sc_call *call, sc_error *err)
{
	sc_arena arena;
	sc__request request;
	sc_arena_init(&arena, domain->redis->env);
	sc__request_init(&request, &arena);
	request.repeatable = true;
	sc__state_ask(domain, &request);
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	sc_arena_clear(&arena);
	return status;
}

static sc_status read_adopted(sc__domain *domain, const sc__reply *reply, const sc__server *server, uint64_t life,
                              sc_error *err)
{
	int64_t schema = 0, domains = 0;
	if (reply->count != 3 || reply->items[0]->text.size != sizeof domain->incarnation.bytes ||
	    !sc__reply_number(reply->items[1], &schema) || !sc__reply_number(reply->items[2], &domains))
		return sc__fail(err, SC_DAMAGED, "the state of a domain cannot be read");
	if (schema > SCHEMA)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "this store was made by a newer version of the library");
	if (domains != domain->redis->domain_count)
		return sc__bad(err, SC_BAD_ARGUMENT, "domains", "this store was made with %lld of them",
		               (long long)domains);
	lock(domain);
	memcpy(domain->incarnation.bytes, reply->items[0]->text.data, sizeof domain->incarnation.bytes);
	domain->known = server;
	domain->known_life = life;
	unlock(domain);
	return SC_OK;
}

/* `making`: a domain that was never prepared is made. */
static sc_status adopt(sc__domain *domain, const sc_call *call, const sc__server *server, const char *run_id,
                       uint64_t life, bool making, sc_error *err)
{
	sc_arena arena;
	sc__request request;
	char domains[16] = "";
	sc_id incarnation = sc_id_make(domain->redis->env);
	if (making)
		snprintf(domains, sizeof domains, "%u", domain->redis->domain_count);
	sc_arena_init(&arena, domain->redis->env);
	sc_status status = sc__script_begin(domain, call, SC__ADOPT, &arena, 1, 3, &request, err);
	if (status == SC_OK) {
		sc__request_text(&request, run_id);
		sc__request_word(&request, incarnation.bytes, sizeof incarnation.bytes);
		sc__request_text(&request, domains);
		request.repeatable = true;
		request.life = life;
		status = sc__script_run(domain, call, SC__ADOPT, &request, err);
	}
	if (status == SC_OK)
		status = read_adopted(domain, request.replies[0], server, life, err);
	sc_arena_clear(&arena);
	return status;
}

static sc_status settle(sc__domain *domain, const sc_call *call, bool making, uint64_t *out, sc_error *err)
{
	sc_status status = SC_CHANGED;
	for (int i = 0; i < TRIES && status == SC_CHANGED; i++) {
		char run_id[SC__RUN_ID + 1];
		sc__server *server = sc__domain_server(domain);
		uint64_t life = server == NULL ? 0 : sc__server_life(server, run_id);
		lock(domain);
		bool known = !making && life != 0 && domain->known == server && domain->known_life == life;
		unlock(domain);
		if (known) {
			*out = life;
			return SC_OK;
		}
		if (life == 0) {
			status = meet(domain, call, err);
			status = status == SC_OK ? SC_CHANGED : status;
			continue;
		}
		status = adopt(domain, call, server, run_id, life, making, err);
		*out = life;
	}
	return status;
}

sc_status sc__domain_settle(sc__domain *domain, const sc_call *call, uint64_t *life, sc_error *err)
{
	return settle(domain, call, false, life, err);
}

sc_status sc__domain_prepare(sc__domain *domain, const sc_call *call, uint64_t *life, sc_error *err)
{
	return settle(domain, call, true, life, err);
}

sc_id sc__domain_incarnation(sc__domain *domain)
{
	lock(domain);
	sc_id incarnation = domain->incarnation;
	unlock(domain);
	return incarnation;
}

/* ---- the table of operations ---- */

static sc_status prepare(void *ctx, const sc_call *call, sc_error *err)
{
	uint64_t life;
	return sc__domain_prepare(ctx, call, &life, err);
}

static sc_status now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	sc__domain *domain = ctx;
	sc_arena arena;
	sc__request request;
	sc__state state;
	sc_arena_init(&arena, domain->redis->env);
	sc__request_init(&request, &arena);
	request.repeatable = true;
	sc__state_ask(domain, &request);
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK)
		status = sc__state_read(domain, &request, 0, &state, err);
	sc_arena_clear(&arena);
	if (status == SC_OK)
		*now_ms = state.now_ms;
	return status;
}

sc_status sc__domain_info(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)err;
	sc__domain *domain = ctx;
	*out = (sc_store_info){
		.size = sizeof *out,
		.name = "redis",
		.durability = SC_DURABLE_LOSSY,
		.partitions = 1,
		.incarnation = sc__domain_incarnation(domain),
		.groups_max = SC__GROUPS_MAX,
		.parallel_applies = 1,
		.wants_combiner = true,
		.remembers_ms = domain->redis->name.remembers_ms,
	};
	return SC_OK;
}

static const sc_rows_ops operations = {
	.size = sizeof(sc_rows_ops),
	.name = "redis",
	.info = sc__domain_info,
	.prepare = prepare,
	.begin = sc__redis_begin,
	.read = sc__redis_read,
	.draw = sc__redis_draw,
	.write = sc__redis_write,
	.commit = sc__redis_commit,
	.abort = sc__redis_abort,
	.load = sc__redis_load,
	.range = sc__redis_range,
	.forget = sc__redis_forget,
	.log_read = sc__redis_log_read,
	.log_of = sc__redis_log_of,
	.log_trim = sc__redis_log_trim,
	.now = now,
	.close = sc__redis_leave,
	.commit_drawn = sc__redis_commit_drawn,
};

void sc__domain_name(sc__domain *domain, sc__redis *redis, uint32_t number, const char *what)
{
	*domain = (sc__domain){ .redis = redis, .number = number };
	int size = snprintf(domain->tag, sizeof domain->tag, "{%s%s:%u}", redis->name.prefix, what, number);
	domain->tag_size = (size_t)size;
	domain->slot = sc__redis_slot(domain->tag, domain->tag_size);
}

sc_status sc__domain_init(sc__domain *domain, sc__redis *redis, uint32_t number, sc_error *err)
{
	sc__domain_name(domain, redis, number, "");
	return sc_rows_store(redis->env, &operations, domain, &domain->store, err);
}
