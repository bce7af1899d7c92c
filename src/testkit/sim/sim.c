/*
 * The world and its scheduler: of the tasks that can run, the seed chooses one; when none can, the
 * clock jumps to the first deadline. A process that died is cleared away between two steps, because
 * nobody can free the stack he stands on.
 */
#include "testkit/sim/sim.h"

#include <stdio.h>
#include <string.h>

#define MS_IN_NS    INT64_C(1000000)
#define START_MS    INT64_C(1735689600000)
#define STEP_NS_MAX 200000 /* a step takes up to a fifth of a millisecond */

static uint64_t draw(sc_sim *sim)
{
	uint64_t z = sim->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t sc_sim_random(sc_sim *sim, uint64_t bound)
{
	return bound == 0 ? 0 : draw(sim) % bound;
}

void sc__sim_trace(sc_sim *sim, uint64_t what)
{
	sim->report.trace = (sim->report.trace ^ what) * 0x100000001b3u;
}

sc_status sc__sim_complain(sc_error *err, sc_status status, const char *text)
{
	if (err != NULL) {
		memset(err, 0, sizeof(*err));
		err->status = status;
		err->index = -1;
		snprintf(err->text, sizeof(err->text), "%s", text);
	}
	return status;
}

sc_status sc_sim_new(const sc_sim_options *options, sc_sim **out, sc_error *err)
{
	const sc_env *base = options->base != NULL ? options->base : sc_env_default();
	uint64_t chances = (uint64_t)options->fails + options->unknown_done + options->unknown_not_done +
	                   options->lands_late + options->dies;
	sc_sim *sim;

	if (chances > 1000000)
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "chances add up to more than a million");
	sim = base->resize(base->ctx, NULL, sizeof(*sim));
	if (sim == NULL)
		return sc__sim_complain(err, SC_NO_MEMORY, "no memory for a world");
	memset(sim, 0, sizeof(*sim));
	sim->options = *options;
	sim->base = base;
	sim->random = options->seed;
	sim->faults_on = true;
	sim->now_ns = MS_IN_NS;
	sim->report.trace = 0xcbf29ce484222325u;
	for (uint32_t i = 0; i <= SC_SIM_PROCESSES_MAX; i++)
		sc__sim_process_init(sim, i);
	*out = sim;
	return SC_OK;
}

/* Takes the tasks of a process out, or with SC_SIM_WORLD all that have ended. */
static void remove_tasks(sc_sim *sim, uint32_t process)
{
	struct task **at = &sim->tasks;

	while (*at != NULL) {
		struct task *task = *at;
		bool gone = process == SC_SIM_WORLD ? task->state == TASK_ENDED : task->process == process;

		if (gone) {
			*at = task->next;
			sc__sim_task_free(task);
		} else {
			at = &task->next;
		}
	}
}

void sc_sim_free(sc_sim *sim)
{
	if (sim == NULL)
		return;
	for (struct task *task = sim->tasks; task != NULL; task = task->next)
		task->state = TASK_ENDED;
	remove_tasks(sim, SC_SIM_WORLD);
	sc__sim_free_stores(sim);
	sc__sim_free_gateways(sim);
	for (uint32_t i = 0; i <= SC_SIM_PROCESSES_MAX; i++)
		sc__sim_process_free_memory(&sim->processes[i]);
	sim->base->resize(sim->base->ctx, sim, 0);
}

const sc_env *sc_sim_env(sc_sim *sim, uint32_t process)
{
	return process <= SC_SIM_PROCESSES_MAX ? &sim->processes[process].env : NULL;
}

sc_status sc_sim_spawn(sc_sim *sim, uint32_t process, void (*body)(void *arg), void *arg, sc_error *err)
{
	struct task **last = &sim->tasks;
	struct task *task;

	if (process > SC_SIM_PROCESSES_MAX)
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "no such process");
	task = sim->base->resize(sim->base->ctx, NULL, sizeof(*task));
	if (task == NULL)
		return sc__sim_complain(err, SC_NO_MEMORY, "no memory for a task");
	memset(task, 0, sizeof(*task));
	task->sim = sim;
	task->process = process;
	task->body = body;
	task->arg = arg;
	if (!sc__sim_task_init(task, sim->options.stack_size)) {
		sim->base->resize(sim->base->ctx, task, 0);
		return sc__sim_complain(err, SC_NO_MEMORY, "no memory for a task's stack");
	}
	while (*last != NULL)
		last = &(*last)->next;
	*last = task;
	return SC_OK;
}

/* ---- choosing --------------------------------------------------------------------------------- */

static bool is_ready(const sc_sim *sim, const struct task *task)
{
	return task->state == TASK_READY || (task->state == TASK_WAITING && task->deadline_ns <= sim->now_ns);
}

static struct task *choose(sc_sim *sim)
{
	size_t ready = 0;
	uint64_t chosen;

	for (struct task *task = sim->tasks; task != NULL; task = task->next)
		ready += is_ready(sim, task);
	if (ready == 0)
		return NULL;
	chosen = sc_sim_random(sim, ready);
	for (struct task *task = sim->tasks; task != NULL; task = task->next) {
		if (is_ready(sim, task) && chosen-- == 0)
			return task;
	}
	return NULL;
}

/* true: the clock jumped to the first deadline. false: everybody waits for ever. */
static bool jump(sc_sim *sim)
{
	int64_t first = SC_NEVER;

	for (struct task *task = sim->tasks; task != NULL; task = task->next) {
		if (task->state == TASK_WAITING && task->deadline_ns < first)
			first = task->deadline_ns;
	}
	if (first == SC_NEVER)
		return false;
	sim->now_ns = first;
	return true;
}

static size_t count_tasks(const sc_sim *sim)
{
	size_t count = 0;

	for (const struct task *task = sim->tasks; task != NULL; task = task->next)
		count++;
	return count;
}

static void bury(sc_sim *sim)
{
	for (uint32_t i = 1; i <= SC_SIM_PROCESSES_MAX; i++) {
		struct process *process = &sim->processes[i];

		if (!process->dying)
			continue;
		process->dying = false;
		remove_tasks(sim, i);
		sc__sim_forget_asker(sim, i);
		sc__sim_process_free_memory(process);
		sim->report.deaths++;
		if (sim->options.died != NULL)
			sim->options.died(sim->options.ctx, i);
	}
}

size_t sc_sim_run(sc_sim *sim, uint64_t steps)
{
	for (uint64_t i = 0; i < steps && sim->tasks != NULL; i++) {
		struct task *task = choose(sim);

		if (task == NULL) {
			if (!jump(sim))
				break;
			continue;
		}
		sim->now_ns += (int64_t)sc_sim_random(sim, STEP_NS_MAX);
		sim->report.steps++;
		sc__sim_trace(sim, (uint64_t)task->process << 32 | (uint64_t)(sim->now_ns & 0xffffffff));
		sc__sim_enter(task);
		remove_tasks(sim, SC_SIM_WORLD);
		bury(sim);
		if (sim->options.stepped != NULL)
			sim->options.stepped(sim->options.ctx);
	}
	return count_tasks(sim);
}

/* ---- from inside a task ------------------------------------------------------------------------- */

void sc_sim_yield(sc_sim *sim)
{
	if (sim->running != NULL)
		sc__sim_leave(sim->running, false);
}

bool sc__sim_wait(sc_sim *sim, const void *on, int64_t deadline_ns)
{
	struct task *task = sim->running;
	bool woken;

	if (task == NULL) { /* outside there is nobody to wait for */
		if (deadline_ns != SC_NEVER && deadline_ns > sim->now_ns)
			sim->now_ns = deadline_ns;
		return false;
	}
	task->state = TASK_WAITING;
	task->waits_on = on;
	task->deadline_ns = deadline_ns;
	sc__sim_leave(task, false);
	woken = task->state == TASK_READY;
	task->state = TASK_READY;
	task->waits_on = NULL;
	return woken;
}

void sc__sim_wake(sc_sim *sim, const void *on)
{
	for (struct task *task = sim->tasks; task != NULL; task = task->next) {
		if (task->state == TASK_WAITING && task->waits_on == on)
			task->state = TASK_READY;
	}
}

void sc_sim_sleep_ms(sc_sim *sim, int64_t ms)
{
	sc__sim_wait(sim, NULL, sim->now_ns + ms * MS_IN_NS);
}

bool sc__sim_die(sc_sim *sim)
{
	if (sim->running == NULL || sim->running->process == SC_SIM_WORLD)
		return false;
	sim->processes[sim->running->process].dying = true;
	sc__sim_leave(sim->running, false);
	return true; /* never: the task is gone before it could run again */
}

void sc_sim_faults(sc_sim *sim, bool on)
{
	sim->faults_on = on;
	if (!on) {
		sc__sim_land_stores(sim);
		sc__sim_land_gateways(sim);
	}
}

sc_sim_report sc_sim_report_of(const sc_sim *sim)
{
	sc_sim_report report = sim->report;

	report.now_ms = START_MS + sim->now_ns / MS_IN_NS;
	return report;
}

/* Half of the deaths come before the work and half after it. */
static sc_fault lot(sc_sim *sim, bool reads)
{
	const sc_sim_options *o = &sim->options;
	uint64_t point = sc_sim_random(sim, 1000000);

	if (point < o->dies)
		return point % 2 == 0 ? SC_FAULT_DIE_BEFORE : SC_FAULT_DIE_AFTER;
	point -= o->dies;
	if (point < o->fails)
		return SC_FAULT_FAIL;
	point -= o->fails;
	if (reads)
		return SC_FAULT_NONE;
	if (point < o->unknown_done)
		return SC_FAULT_UNKNOWN_DONE;
	point -= o->unknown_done;
	if (point < o->unknown_not_done)
		return SC_FAULT_UNKNOWN_NOT_DONE;
	point -= o->unknown_not_done;
	return point < o->lands_late ? SC_FAULT_LATE : SC_FAULT_NONE;
}

sc_fault sc__sim_lot(sc_sim *sim, bool reads)
{
	sc_fault fault;

	sc_sim_yield(sim);
	if (!sim->faults_on || sim->running == NULL)
		return SC_FAULT_NONE;
	fault = lot(sim, reads);
	sim->report.faults += fault != SC_FAULT_NONE;
	sc__sim_trace(sim, fault);
	return fault;
}
