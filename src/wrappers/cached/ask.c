/*
 * One way to answer, whatever is asked for: by a copy; by waiting for the thread that is reading it just now; by
 * reading it, all that is missing at once, and keeping copies.
 */
#include "wrappers/cached/cached.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define NS_PER_MS 1000000

struct ask {
	sc__cached *cached;
	const sc_call *call;
	sc__question *questions;
	sc__reader reader;
	void *ctx;
	sc_arena *arena, *scratch;
	sc__stripe *stripe;
	size_t *missing; /* questions without an answer */
	size_t missing_count;
};

static void add(_Atomic uint64_t *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static int64_t mono_ns(const sc__cached *cached)
{
	return cached->env->mono_ns(cached->env->ctx);
}

/* A cache that failed is left alone for a while: a read must not wait for it each time. */
static bool cache_is_there(const sc__cached *cached, int64_t now_ns)
{
	return now_ns >= atomic_load_explicit(&cached->back_ns, memory_order_relaxed);
}

static void cache_failed(sc__cached *cached)
{
	add(&cached->failures, 1);
	atomic_store(&cached->back_ns, mono_ns(cached) + cached->options.patience_ms * NS_PER_MS);
}

/* ---- looking ---- */

static void note_hit(sc__stripe *stripe, uint64_t age_ms, bool waited)
{
	add(&stripe->hits, 1);
	if (waited)
		add(&stripe->waited, 1);
	if (age_ms == 0)
		return;
	add(&stripe->age_sum_ms, age_ms);
	uint64_t oldest = atomic_load_explicit(&stripe->age_max_ms, memory_order_relaxed);
	while (age_ms > oldest && !atomic_compare_exchange_weak(&stripe->age_max_ms, &oldest, age_ms))
		;
}

/* Judges what was found under the names of what is missing; what was answered is missing no more. */
static void take_answers(struct ask *ask, const sc_bytes *found, int64_t now_ms, bool waited)
{
	size_t left = 0;
	for (size_t i = 0; i < ask->missing_count; i++) {
		sc__question *question = &ask->questions[ask->missing[i]];
		int64_t age_ms = 0;
		const sc__verdict verdict = sc__copy_judge(ask->cached, found[i], now_ms, ask->call->freshness_ms,
		                                           &question->answer, &age_ms);
		if (verdict == SC__COPY_GOOD) {
			note_hit(ask->stripe, (uint64_t)age_ms, waited);
			continue;
		}
		if (verdict == SC__COPY_OUTDATED && !waited)
			add(&ask->stripe->outdated, 1);
		ask->missing[left++] = ask->missing[i];
	}
	ask->missing_count = left;
}

static sc_status look(struct ask *ask, int64_t now_ns, bool waited, sc_error *err)
{
	sc__cached *cached = ask->cached;
	sc_error ignored;
	if (!cache_is_there(cached, now_ns))
		return SC_OK;
	sc_bytes *names = sc__arena_array(ask->scratch, ask->missing_count, sizeof *names);
	sc_bytes *found = sc__arena_array(ask->scratch, ask->missing_count, sizeof *found);
	if (names == NULL || found == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to ask the cache");
	for (size_t i = 0; i < ask->missing_count; i++)
		names[i] = ask->questions[ask->missing[i]].name;
	sc_status status = cached->cache.ops->get(cached->cache.ctx, ask->call, names, ask->missing_count, ask->arena,
	                                          found, &ignored);
	if (status != SC_OK)
		cache_failed(cached);
	else
		take_answers(ask, found, sc__cached_now(cached, now_ns), waited);
	return SC_OK;
}

/* ---- reading and keeping ---- */

/* A tenth less at most, so that what was read together does not end together. */
static int64_t lifetime_of(const sc__cached *cached, const sc_made *made, sc_bytes name, int64_t made_ms)
{
	const int64_t ttl_ms = made->absent ? cached->options.absent_ms : cached->options.ttl_ms;
	const uint64_t chance = XXH3_64bits_withSeed(name.data, name.size, (uint64_t)made_ms);
	return ttl_ms - (int64_t)(chance % (uint64_t)(ttl_ms / 10 + 1));
}

static void keep(struct ask *ask, const sc_made *made, int64_t made_ms)
{
	sc__cached *cached = ask->cached;
	sc_cache_item *items = sc__arena_array(ask->scratch, ask->missing_count, sizeof *items);
	size_t count = 0;
	sc_error ignored;
	for (size_t i = 0; i < ask->missing_count && items != NULL; i++) {
		const size_t which = ask->missing[i];
		const sc_bytes name = ask->questions[which].name;
		const int64_t ttl_ms = lifetime_of(cached, &made[which], name, made_ms);
		const sc_bytes copy = sc__copy_pack(&made[which], made_ms, made_ms + ttl_ms, ask->scratch);
		if (copy.data != NULL)
			items[count++] = (sc_cache_item){ .key = name, .value = copy, .ttl_ms = ttl_ms };
	}
	if (count > 0 && cache_is_there(cached, mono_ns(cached)) &&
	    cached->cache.ops->put(cached->cache.ctx, ask->call, items, count, &ignored) != SC_OK)
		cache_failed(cached);
}

static sc_status read_missing(struct ask *ask, size_t count, sc_error *err)
{
	sc__cached *cached = ask->cached;
	sc_call fresh = *ask->call;
	const int64_t made_ms = sc__cached_now_below(cached, mono_ns(cached));
	sc_made *made = sc_arena_zalloc(ask->scratch, count * sizeof *made);
	if (made == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for what is read");
	fresh.freshness_ms = 0;
	add(&ask->stripe->misses, ask->missing_count);
	sc_status status = ask->reader(ask->ctx, &fresh, ask->missing, ask->missing_count, ask->arena, made, err);
	if (status != SC_OK)
		return status;
	if (atomic_load(&cached->begun_ms) != SC_NEVER)
		keep(ask, made, made_ms);
	for (size_t i = 0; i < ask->missing_count; i++)
		ask->questions[ask->missing[i]].answer = made[ask->missing[i]].bytes;
	return SC_OK;
}

static uint64_t hash_of_missing(const struct ask *ask)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < ask->missing_count; i++) {
		const sc_bytes name = ask->questions[ask->missing[i]].name;
		hash = XXH3_64bits_withSeed(name.data, name.size, hash);
	}
	return hash;
}

static sc_status answer_missing(struct ask *ask, size_t count, sc_error *err)
{
	sc__flight flight;
	bool led = false;
	sc_status status = sc__flight_join(ask->cached, ask->call, hash_of_missing(ask), &flight, &led, err);
	if (status == SC_OK)
		status = look(ask, mono_ns(ask->cached), !led,
		              err); /* the one who led before may have landed just now */
	if (status == SC_OK && ask->missing_count > 0)
		status = read_missing(ask, count, err);
	if (led)
		sc__flight_land(ask->cached, &flight);
	return status;
}

sc_status sc__cached_ask(sc__cached *cached, const sc_call *call, sc__question *questions, size_t count,
                         sc__reader reader, void *ctx, sc_arena *arena, sc_arena *scratch, sc_error *err)
{
	const sc_bytes first = questions[0].name;
	struct ask ask = { .cached = cached,
		           .call = call,
		           .questions = questions,
		           .reader = reader,
		           .ctx = ctx,
		           .arena = arena,
		           .scratch = scratch,
		           .stripe = &cached->stripes[((const uint8_t *)first.data)[first.size - 1] % SC__STRIPES],
		           .missing = sc__arena_array(scratch, count, sizeof *ask.missing),
		           .missing_count = count };
	if (ask.missing == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to ask the cache");
	for (size_t i = 0; i < count; i++)
		ask.missing[i] = i;
	const int64_t now_ns = mono_ns(cached);
	sc__cached_follow(cached, call, now_ns);
	sc_status status = look(&ask, now_ns, false, err);
	return status != SC_OK || ask.missing_count == 0 ? status : answer_missing(&ask, count, err);
}
