/*
 * The simulator's insides: tasks and the one that runs, processes and their memory, the clock, chance.
 */
#ifndef SC_TESTKIT_SIM_SIM_H
#define SC_TESTKIT_SIM_SIM_H

#include <shopcore/faulty.h>
#include <shopcore/testkit/sim.h>

#include <ucontext.h>

enum task_state { TASK_READY, TASK_WAITING, TASK_ENDED };

struct task {
	struct task *next;
	sc_sim *sim;
	uint32_t process;
	enum task_state state;
	int64_t deadline_ns;  /* WAITING: ready by itself then */
	const void *waits_on; /* WAITING: a mutex or a parker, or NULL: a sleep */
	void (*body)(void *arg);
	void *arg;
	ucontext_t context;
	void *stack;
	size_t stack_size;
	void *fiber; /* the address sanitizer's record of the stack that is not in use */
};

/* In front of each block of a process, so that all of them can be given back when it dies. */
struct block {
	struct block *next, *previous;
	size_t size;
	size_t padding; /* what follows is aligned for any type */
};

struct process {
	sc_sim *sim;
	uint32_t number;
	sc_env env;
	struct block blocks; /* the head of a ring */
	bool dying;
};

struct shared_store;   /* store.c: one that several processes reach */
struct shared_gateway; /* gateway.c */

struct sc_sim {
	sc_sim_options options;
	const sc_env *base;
	struct process processes[SC_SIM_PROCESSES_MAX + 1];
	struct task *tasks;
	struct task *running; /* NULL: outside of any task */
	ucontext_t outside;
	void *outside_fiber;
	const void *outside_stack;
	size_t outside_stack_size;
	int64_t now_ns;
	uint64_t random;
	bool faults_on;
	struct shared_store *stores;
	struct shared_gateway *gateways;
	sc_sim_report report;
};

/* ---- sim.c ---- */
void sc__sim_trace(sc_sim *sim, uint64_t what);
/* Marks the running task's process as dead and never comes back; false outside of any task. */
bool sc__sim_die(sc_sim *sim);
/* Puts the running task to rest until something wakes it, or the deadline passes. true: woken. */
bool sc__sim_wait(sc_sim *sim, const void *on, int64_t deadline_ns);
void sc__sim_wake(sc_sim *sim, const void *on);

/* ---- switch.c: the only file that knows how to change stacks ---- */
bool sc__sim_task_init(struct task *task, size_t stack_size);
void sc__sim_task_free(struct task *task);
void sc__sim_enter(struct task *task);             /* from outside */
void sc__sim_leave(struct task *task, bool ended); /* from the task */

/* ---- env.c ---- */
void sc__sim_process_init(sc_sim *sim, uint32_t number);
void sc__sim_process_free_memory(struct process *process);

/* Yields, then draws what this call meets. Reads meet only NONE, FAIL and DIE_…. */
sc_fault sc__sim_lot(sc_sim *sim, bool reads);
sc_status sc__sim_complain(sc_error *err, sc_status status, const char *text);

/* ---- store.c, gateway.c ---- */
void sc__sim_land_stores(sc_sim *sim);
void sc__sim_free_stores(sc_sim *sim);
void sc__sim_land_gateways(sc_sim *sim);
void sc__sim_free_gateways(sc_sim *sim);
/* Nobody of this process waits for answers any more. */
void sc__sim_forget_asker(sc_sim *sim, uint32_t process);

#endif
