/*
 * The environment of one simulated process. Its locks and sleeps are the scheduler's, its clocks are
 * virtual, its chance comes from the seed, and its memory is counted, so that all of it can be taken
 * away when the process dies.
 */
#include "testkit/sim/sim.h"

#include <string.h>

#define MS_IN_NS INT64_C(1000000)
#define START_MS INT64_C(1735689600000)

struct lock {
	uint64_t taken;
};

struct seat {
	uint64_t token; /* an unpark that came before its park */
};

static void link_block(struct process *process, struct block *block)
{
	block->next = process->blocks.next;
	block->previous = &process->blocks;
	block->next->previous = block;
	process->blocks.next = block;
}

static void unlink_block(struct block *block)
{
	block->next->previous = block->previous;
	block->previous->next = block->next;
}

static void *env_resize(void *ctx, void *memory, size_t size)
{
	struct process *process = ctx;
	const sc_env *base = process->sim->base;
	struct block *block = memory == NULL ? NULL : (struct block *)memory - 1;
	struct block *resized;

	if (size == 0) {
		if (block != NULL) {
			unlink_block(block);
			base->resize(base->ctx, block, 0);
		}
		return NULL;
	}
	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	if (block != NULL)
		unlink_block(block);
	resized = base->resize(base->ctx, block, sizeof(*block) + size);
	if (resized == NULL) {
		if (block != NULL)
			link_block(process, block);
		return NULL;
	}
	resized->size = size;
	link_block(process, resized);
	return resized + 1;
}

static int64_t env_wall_ms(void *ctx)
{
	struct process *process = ctx;

	return START_MS + process->sim->now_ns / MS_IN_NS;
}

static int64_t env_mono_ns(void *ctx)
{
	struct process *process = ctx;

	return process->sim->now_ns;
}

static void env_random(void *ctx, void *out, size_t size)
{
	struct process *process = ctx;
	unsigned char *bytes = out;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)sc_sim_random(process->sim, 256);
}

/* Complaints about planned faults are no news. */
static void env_log(void *ctx, sc_log_level level, const char *text)
{
	(void)ctx;
	(void)level;
	(void)text;
}

static bool env_mutex_init(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	memset(mutex, 0, sizeof(*mutex));
	return true;
}

static void env_mutex_clear(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	(void)mutex;
}

/* Now and then somebody else gets there first. */
static void env_mutex_lock(void *ctx, sc_mutex *mutex)
{
	struct process *process = ctx;
	struct lock *lock = (struct lock *)mutex;

	if (process->number != SC_SIM_WORLD && sc_sim_random(process->sim, 4) == 0)
		sc_sim_yield(process->sim);
	while (lock->taken && process->sim->running != NULL)
		sc__sim_wait(process->sim, lock, SC_NEVER);
	lock->taken = 1;
}

static void env_mutex_unlock(void *ctx, sc_mutex *mutex)
{
	struct process *process = ctx;
	struct lock *lock = (struct lock *)mutex;

	lock->taken = 0;
	sc__sim_wake(process->sim, lock);
}

static bool env_parker_init(void *ctx, sc_parker *parker)
{
	(void)ctx;
	memset(parker, 0, sizeof(*parker));
	return true;
}

static void env_parker_clear(void *ctx, sc_parker *parker)
{
	(void)ctx;
	(void)parker;
}

static bool env_park(void *ctx, sc_parker *parker, int64_t deadline_ns)
{
	struct process *process = ctx;
	struct seat *seat = (struct seat *)parker;

	if (!seat->token && (deadline_ns == SC_NEVER || deadline_ns > process->sim->now_ns))
		sc__sim_wait(process->sim, seat, deadline_ns);
	if (!seat->token)
		return false;
	seat->token = 0;
	return true;
}

static void env_unpark(void *ctx, sc_parker *parker)
{
	struct process *process = ctx;
	struct seat *seat = (struct seat *)parker;

	seat->token = 1;
	sc__sim_wake(process->sim, seat);
}

void sc__sim_process_init(sc_sim *sim, uint32_t number)
{
	struct process *process = &sim->processes[number];

	process->sim = sim;
	process->number = number;
	process->blocks.next = process->blocks.previous = &process->blocks;
	process->env = (sc_env){
		.size = sizeof(process->env),
		.ctx = process,
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

void sc__sim_process_free_memory(struct process *process)
{
	const sc_env *base = process->sim->base;

	while (process->blocks.next != &process->blocks) {
		struct block *block = process->blocks.next;

		unlink_block(block);
		base->resize(base->ctx, block, 0);
	}
}
