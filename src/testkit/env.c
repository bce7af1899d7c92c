/*
 * The environment for tests. One lock guards all of it, and one condition wakes everybody who parks: tests have few
 * threads, and simple beats quick here.
 * The count of live blocks finds leaks without any tool.
 */
#include <shopcore/testkit/env.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS    4
#define NS_PER_MS 1000000LL

struct sc_testkit_env {
	sc_env table;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* the clock moved, or somebody was woken */
	int64_t wall_ms, mono_ns;
	uint64_t chance; /* state of SplitMix64 */
	bool jump;
	uint64_t allocations;
	uint64_t fail_in; /* this many allocations from now one fails; 0: none does */
	bool fail_for_good, failing, has_failed;
	size_t live_blocks;
	uint64_t logged[LEVELS];
};

struct parker {
	bool woken;
};

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(sc_mutex), "sc_mutex is too small");
_Static_assert(sizeof(struct parker) <= sizeof(sc_parker), "sc_parker is too small");

static void lock(sc_testkit_env *world)
{
	pthread_mutex_lock(&world->lock);
}

static void unlock(sc_testkit_env *world)
{
	pthread_mutex_unlock(&world->lock);
}

/* Counts one allocation and tells whether it is to fail. */
static bool next_fails(sc_testkit_env *world)
{
	world->allocations++;
	bool fails = world->failing;
	if (world->fail_in > 0 && --world->fail_in == 0) {
		fails = true;
		world->failing = world->fail_for_good;
	}
	world->has_failed = world->has_failed || fails;
	return fails;
}

static void *allocate(sc_testkit_env *world, void *old, size_t size)
{
	lock(world);
	bool fails = next_fails(world);
	unlock(world);
	void *block = fails ? NULL : realloc(old, size);
	if (block != NULL && old == NULL) {
		lock(world);
		world->live_blocks++;
		unlock(world);
	}
	return block;
}

static void *resize(void *ctx, void *block, size_t size)
{
	sc_testkit_env *world = ctx;
	if (size > 0)
		return allocate(world, block, size);
	if (block != NULL) {
		lock(world);
		world->live_blocks--;
		unlock(world);
	}
	free(block);
	return NULL;
}

static int64_t wall_ms(void *ctx)
{
	sc_testkit_env *world = ctx;
	lock(world);
	int64_t now_ms = world->wall_ms;
	unlock(world);
	return now_ms;
}

static int64_t mono_ns(void *ctx)
{
	sc_testkit_env *world = ctx;
	lock(world);
	int64_t now_ns = world->mono_ns;
	unlock(world);
	return now_ns;
}

static uint64_t next_chance(sc_testkit_env *world)
{
	uint64_t z = world->chance += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static void random_bytes(void *ctx, void *out, size_t size)
{
	sc_testkit_env *world = ctx;
	char *at = out;
	lock(world);
	while (size > 0) {
		uint64_t chance = next_chance(world);
		size_t taken = size < sizeof chance ? size : sizeof chance;
		memcpy(at, &chance, taken);
		at += taken;
		size -= taken;
	}
	unlock(world);
}

static void log_line(void *ctx, sc_log_level level, const char *text)
{
	sc_testkit_env *world = ctx;
	(void)text;
	lock(world);
	world->logged[level]++;
	unlock(world);
}

static bool mutex_init(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	return pthread_mutex_init((pthread_mutex_t *)mutex->opaque, NULL) == 0;
}

static void mutex_clear(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_destroy((pthread_mutex_t *)mutex->opaque);
}

static void mutex_lock(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_lock((pthread_mutex_t *)mutex->opaque);
}

static void mutex_unlock(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_unlock((pthread_mutex_t *)mutex->opaque);
}

static bool parker_init(void *ctx, sc_parker *parker)
{
	(void)ctx;
	((struct parker *)parker->opaque)->woken = false;
	return true;
}

static void parker_clear(void *ctx, sc_parker *parker)
{
	(void)ctx;
	(void)parker;
}

/* Moves both clocks; the lock is held. */
static void advance_ns(sc_testkit_env *world, int64_t ns)
{
	world->mono_ns += ns;
	world->wall_ms += ns / NS_PER_MS;
	pthread_cond_broadcast(&world->changed);
}

static bool park(void *ctx, sc_parker *parker, int64_t deadline_ns)
{
	sc_testkit_env *world = ctx;
	struct parker *p = (struct parker *)parker->opaque;
	lock(world);
	while (!p->woken && world->mono_ns < deadline_ns) {
		if (world->jump && deadline_ns != SC_NEVER)
			advance_ns(world, deadline_ns - world->mono_ns);
		else
			pthread_cond_wait(&world->changed, &world->lock);
	}
	bool woken = p->woken;
	p->woken = false;
	unlock(world);
	return woken;
}

static void unpark(void *ctx, sc_parker *parker)
{
	sc_testkit_env *world = ctx;
	lock(world);
	((struct parker *)parker->opaque)->woken = true;
	pthread_cond_broadcast(&world->changed);
	unlock(world);
}

static const sc_env table = {
	.size = sizeof(sc_env),
	.resize = resize,
	.wall_ms = wall_ms,
	.mono_ns = mono_ns,
	.random = random_bytes,
	.log = log_line,
	.mutex_init = mutex_init,
	.mutex_clear = mutex_clear,
	.mutex_lock = mutex_lock,
	.mutex_unlock = mutex_unlock,
	.parker_init = parker_init,
	.parker_clear = parker_clear,
	.park = park,
	.unpark = unpark,
};

sc_testkit_env *sc_testkit_env_new(uint64_t seed)
{
	sc_testkit_env *world = calloc(1, sizeof *world);
	if (world == NULL)
		return NULL;
	world->table = table;
	world->table.ctx = world;
	world->chance = seed;
	world->wall_ms = SC_TESTKIT_START_MS;
	world->mono_ns = 1000 * NS_PER_MS; /* not 0, which as a deadline means none */
	pthread_mutex_init(&world->lock, NULL);
	pthread_cond_init(&world->changed, NULL);
	return world;
}

void sc_testkit_env_free(sc_testkit_env *world)
{
	if (world == NULL)
		return;
	pthread_cond_destroy(&world->changed);
	pthread_mutex_destroy(&world->lock);
	free(world);
}

const sc_env *sc_testkit_env_table(sc_testkit_env *world)
{
	return &world->table;
}

void sc_testkit_env_advance_ms(sc_testkit_env *world, int64_t ms)
{
	lock(world);
	if (ms < 0)
		world->wall_ms += ms;
	else
		advance_ns(world, ms * NS_PER_MS);
	unlock(world);
}

void sc_testkit_env_jump_when_parked(sc_testkit_env *world, bool jump)
{
	lock(world);
	world->jump = jump;
	unlock(world);
}

void sc_testkit_env_fail_allocation(sc_testkit_env *world, uint64_t nth, bool for_good)
{
	lock(world);
	world->fail_in = nth;
	world->fail_for_good = for_good;
	world->failing = world->has_failed = false;
	unlock(world);
}

bool sc_testkit_env_has_failed(sc_testkit_env *world)
{
	lock(world);
	bool failed = world->has_failed;
	unlock(world);
	return failed;
}

uint64_t sc_testkit_env_allocations(sc_testkit_env *world)
{
	lock(world);
	uint64_t allocations = world->allocations;
	unlock(world);
	return allocations;
}

size_t sc_testkit_env_live_blocks(sc_testkit_env *world)
{
	lock(world);
	size_t blocks = world->live_blocks;
	unlock(world);
	return blocks;
}

uint64_t sc_testkit_env_logged(sc_testkit_env *world, sc_log_level level)
{
	uint64_t count = 0;
	lock(world);
	for (int i = (int)level; i < LEVELS; i++)
		count += world->logged[i];
	unlock(world);
	return count;
}
