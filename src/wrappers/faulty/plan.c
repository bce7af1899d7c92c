/*
 * The script and the chances. One number is drawn per call that chance may strike, whatever comes
 * of it, so that the same seed and the same calls meet the same faults.
 */
#include "wrappers/faulty/plan.h"

#include "base/error.h"

#include <string.h>

bool sc__plan_init(struct plan *plan, const sc_env *env, const sc_faulty_options *options)
{
	const sc_faulty_options defaults = SC_FAULTY_OPTIONS_INIT;

	memset(plan, 0, sizeof(*plan));
	plan->env = env;
	plan->options = defaults;
	if (options != NULL)
		memcpy(&plan->options, options, options->size < sizeof(defaults) ? options->size : sizeof(defaults));
	plan->random = plan->options.seed;
	plan->chance_on = true;
	return env->mutex_init(env->ctx, &plan->lock);
}

void sc__plan_clear(struct plan *plan)
{
	plan->env->mutex_clear(plan->env->ctx, &plan->lock);
}

/* splitmix64: small, and good enough to throw dice with. */
static uint64_t draw(struct plan *plan)
{
	uint64_t z = plan->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static sc_fault chance(struct plan *plan)
{
	uint64_t point = draw(plan) % 1000000;
	uint64_t edge = 0;

	for (int fault = SC_FAULT_NONE + 1; fault < SC_FAULTS; fault++) {
		edge += plan->options.per_million[fault];
		if (point < edge)
			return (sc_fault)fault;
	}
	return SC_FAULT_NONE;
}

/* Every step that waits for `op` comes one call closer; the first that is reached is taken. */
static bool scripted(struct plan *plan, sc_faulty_op op, struct verdict *verdict)
{
	size_t reached = plan->script_count;

	for (size_t i = 0; i < plan->script_count; i++) {
		struct step *step = &plan->script[i];

		if (step->op != op)
			continue;
		if (step->calls_left > 0)
			step->calls_left--;
		if (step->calls_left == 0 && reached == plan->script_count)
			reached = i;
	}
	if (reached == plan->script_count)
		return false;
	verdict->fault = plan->script[reached].fault;
	verdict->status = plan->script[reached].status;
	plan->script_count--;
	memmove(&plan->script[reached], &plan->script[reached + 1],
	        (plan->script_count - reached) * sizeof(plan->script[0]));
	return true;
}

struct verdict sc__plan_next(struct plan *plan, sc_faulty_op op)
{
	struct verdict verdict = { SC_FAULT_NONE, SC_OK, 0 };
	const sc_env *env = plan->env;

	env->mutex_lock(env->ctx, &plan->lock);
	verdict.call = ++plan->calls;
	if (plan->dead)
		verdict.fault = SC_FAULT_FAIL;
	else if (!scripted(plan, op, &verdict) && plan->chance_on && (plan->options.ops & (1u << op)))
		verdict.fault = chance(plan);
	env->mutex_unlock(env->ctx, &plan->lock);
	return verdict;
}

sc_status sc__plan_script(struct plan *plan, sc_faulty_op op, uint32_t nth, sc_fault fault, sc_status status,
                          sc_error *err)
{
	const sc_env *env = plan->env;
	sc_status answer = SC_OK;

	if ((unsigned)op >= SC_FAULTY_OPS)
		return sc__bad(err, SC_BAD_ARGUMENT, "op", "no such operation");
	if (nth == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "nth", "the next call is 1");
	if ((unsigned)fault >= SC_FAULTS)
		return sc__bad(err, SC_BAD_ARGUMENT, "fault", "no such fault");
	env->mutex_lock(env->ctx, &plan->lock);
	if (plan->script_count == SCRIPT_MAX)
		answer = sc__fail(err, SC_NO_ROOM, "at most %d steps wait", SCRIPT_MAX);
	else
		plan->script[plan->script_count++] = (struct step){ op, fault, status, nth };
	env->mutex_unlock(env->ctx, &plan->lock);
	return answer;
}

void sc__plan_chance(struct plan *plan, bool on)
{
	plan->env->mutex_lock(plan->env->ctx, &plan->lock);
	plan->chance_on = on;
	plan->env->mutex_unlock(plan->env->ctx, &plan->lock);
}

void sc__plan_die(struct plan *plan, sc_faulty_op op)
{
	if (plan->options.dies != NULL)
		plan->options.dies(plan->options.dies_ctx, op);
	plan->env->mutex_lock(plan->env->ctx, &plan->lock);
	plan->dead = true;
	plan->env->mutex_unlock(plan->env->ctx, &plan->lock);
}
