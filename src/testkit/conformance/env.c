/*
 * The environment that a case hands to the store: everything is the user's, but the clock stands
 * still until the case moves it, and chance is a counter, so that a run repeats.
 */
#include "testkit/conformance/world.h"

#define START_MS INT64_C(1790000000000)

static void *env_resize(void *ctx, void *block, size_t size)
{
	struct ct_clock *c = ctx;

	return c->base->resize(c->base->ctx, block, size);
}

static int64_t env_wall_ms(void *ctx)
{
	struct ct_clock *c = ctx;

	return atomic_load(&c->wall_ms);
}

static int64_t env_mono_ns(void *ctx)
{
	struct ct_clock *c = ctx;

	return atomic_load(&c->mono_ns);
}

static void env_random(void *ctx, void *out, size_t size)
{
	struct ct_clock *c = ctx;
	unsigned char *bytes = out;

	for (size_t i = 0; i < size; i++) {
		uint64_t z = atomic_fetch_add(&c->random, 0x9e3779b97f4a7c15u);

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		bytes[i] = (unsigned char)(z >> 56);
	}
}

static void env_log(void *ctx, sc_log_level level, const char *text)
{
	struct ct_clock *c = ctx;

	c->base->log(c->base->ctx, level, text);
}

static bool env_mutex_init(void *ctx, sc_mutex *mutex)
{
	struct ct_clock *c = ctx;

	return c->base->mutex_init(c->base->ctx, mutex);
}

static void env_mutex_clear(void *ctx, sc_mutex *mutex)
{
	struct ct_clock *c = ctx;

	c->base->mutex_clear(c->base->ctx, mutex);
}

static void env_mutex_lock(void *ctx, sc_mutex *mutex)
{
	struct ct_clock *c = ctx;

	c->base->mutex_lock(c->base->ctx, mutex);
}

static void env_mutex_unlock(void *ctx, sc_mutex *mutex)
{
	struct ct_clock *c = ctx;

	c->base->mutex_unlock(c->base->ctx, mutex);
}

static bool env_parker_init(void *ctx, sc_parker *parker)
{
	struct ct_clock *c = ctx;

	return c->base->parker_init(c->base->ctx, parker);
}

static void env_parker_clear(void *ctx, sc_parker *parker)
{
	struct ct_clock *c = ctx;

	c->base->parker_clear(c->base->ctx, parker);
}

/* Who sleeps until a deadline wakes when it is that late: the clock moves on to it, if nobody moved it further. */
static void sleep_over(struct ct_clock *c, int64_t deadline_ns)
{
	int64_t now = atomic_load(&c->mono_ns);

	while (now < deadline_ns && !atomic_compare_exchange_weak(&c->mono_ns, &now, deadline_ns))
		; /* `now` was read again */
	if (now < deadline_ns)
		atomic_fetch_add(&c->wall_ms, (deadline_ns - now + 999999) / 1000000);
}

/* A deadline on the suite's clock is no deadline on the base's; the interval is the same. */
static bool env_park(void *ctx, sc_parker *parker, int64_t deadline_ns)
{
	struct ct_clock *c = ctx;
	int64_t wait = deadline_ns == SC_NEVER ? 0 : deadline_ns - atomic_load(&c->mono_ns);

	if (deadline_ns == SC_NEVER)
		return c->base->park(c->base->ctx, parker, SC_NEVER);
	if (c->base->park(c->base->ctx, parker, c->base->mono_ns(c->base->ctx) + (wait > 0 ? wait : 0)))
		return true;
	sleep_over(c, deadline_ns);
	return false;
}

static void env_unpark(void *ctx, sc_parker *parker)
{
	struct ct_clock *c = ctx;

	c->base->unpark(c->base->ctx, parker);
}

void ct_env_init(struct ct_clock *clock, const sc_env *base, sc_env *out)
{
	clock->base = base;
	atomic_init(&clock->wall_ms, START_MS);
	atomic_init(&clock->mono_ns, INT64_C(1000000000));
	atomic_init(&clock->random, 1);
	*out = (sc_env){
		.size = sizeof(*out),
		.ctx = clock,
		.resize = env_resize,
		.wall_ms = env_wall_ms,
		.mono_ns = env_mono_ns,
		.random = env_random,
		.log = env_log,
		.mutex_init = env_mutex_init,
		.mutex_clear = env_mutex_clear,
		.mutex_lock = env_mutex_lock,
		.mutex_unlock = env_mutex_unlock,
		.parker_init = env_parker_init,
		.parker_clear = env_parker_clear,
		.park = env_park,
		.unpark = env_unpark,
	};
}
