/*
 * Changing stacks. Only this file knows about ucontext, and about what the address sanitizer has to be
 * told so that it does not take the stack of a coroutine for a stack gone wild.
 */
#include "testkit/sim/sim.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

static void start_switch(void **keep, const void *stack, size_t size)
{
#ifdef WITH_ASAN
	__sanitizer_start_switch_fiber(keep, stack, size);
#else
	(void)keep;
	(void)stack;
	(void)size;
#endif
}

static void finish_switch(void *kept, const void **from, size_t *from_size)
{
#ifdef WITH_ASAN
	__sanitizer_finish_switch_fiber(kept, from, from_size);
#else
	(void)kept;
	(void)from;
	(void)from_size;
#endif
}

/* makecontext() hands over ints; a pointer takes two of them. */
static void task_main(unsigned high, unsigned low)
{
	struct task *task = (struct task *)(uintptr_t)(((uint64_t)high << 32) | low);
	sc_sim *sim = task->sim;

	finish_switch(NULL, &sim->outside_stack, &sim->outside_stack_size);
	task->body(task->arg);
	sc__sim_leave(task, true);
}

bool sc__sim_task_init(struct task *task, size_t stack_size)
{
	const sc_env *base = task->sim->base;
	uint64_t address = (uint64_t)(uintptr_t)task;

	task->stack = base->resize(base->ctx, NULL, stack_size);
	if (task->stack == NULL)
		return false;
	task->stack_size = stack_size;
	if (getcontext(&task->context) != 0) {
		base->resize(base->ctx, task->stack, 0);
		return false;
	}
	task->context.uc_stack.ss_sp = task->stack;
	task->context.uc_stack.ss_size = stack_size;
	task->context.uc_link = NULL;
	makecontext(&task->context, (void (*)(void))task_main, 2, (unsigned)(address >> 32), (unsigned)address);
	return true;
}

void sc__sim_task_free(struct task *task)
{
	const sc_env *base = task->sim->base;

#ifdef WITH_ASAN
	/* frames of a task that was dropped in the middle left their red zones behind */
	ASAN_UNPOISON_MEMORY_REGION(task->stack, task->stack_size);
#endif
	base->resize(base->ctx, task->stack, 0);
	base->resize(base->ctx, task, 0);
}

void sc__sim_enter(struct task *task)
{
	sc_sim *sim = task->sim;

	sim->running = task;
	start_switch(&sim->outside_fiber, task->stack, task->stack_size);
	swapcontext(&sim->outside, &task->context);
	finish_switch(sim->outside_fiber, NULL, NULL);
	sim->running = NULL;
}

void sc__sim_leave(struct task *task, bool ended)
{
	sc_sim *sim = task->sim;

	if (ended)
		task->state = TASK_ENDED;
	start_switch(ended ? NULL : &task->fiber, sim->outside_stack, sim->outside_stack_size);
	swapcontext(&task->context, &sim->outside);
	finish_switch(task->fiber, &sim->outside_stack, &sim->outside_stack_size);
}
