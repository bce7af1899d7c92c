/*
 * The queue of what lands late.
 */
#include "wrappers/faulty/late.h"

#include <string.h>

struct late *sc__late_new(const sc_env *env)
{
	struct late *late = env->resize(env->ctx, NULL, sizeof(*late));

	if (late == NULL)
		return NULL;
	memset(late, 0, sizeof(*late));
	sc_arena_init(&late->arena, env);
	return late;
}

void sc__late_free(struct late *late)
{
	const sc_env *env = late->arena.env;

	sc_arena_clear(&late->arena);
	env->resize(env->ctx, late, 0);
}

void sc__late_put(struct late_queue *queue, struct plan *plan, struct late *late, uint64_t call)
{
	const sc_env *env = plan->env;

	late->due_call = plan->options.late_calls == 0 ? UINT64_MAX : call + plan->options.late_calls;
	env->mutex_lock(env->ctx, &plan->lock);
	if (queue->newest == NULL)
		queue->oldest = late;
	else
		queue->newest->next = late;
	queue->newest = late;
	env->mutex_unlock(env->ctx, &plan->lock);
}

struct late *sc__late_take(struct late_queue *queue, struct plan *plan, uint64_t call)
{
	const sc_env *env = plan->env;
	struct late *late;

	env->mutex_lock(env->ctx, &plan->lock);
	late = queue->oldest;
	if (late != NULL && late->due_call > call)
		late = NULL;
	if (late != NULL) {
		queue->oldest = late->next;
		if (queue->oldest == NULL)
			queue->newest = NULL;
	}
	env->mutex_unlock(env->ctx, &plan->lock);
	return late;
}
