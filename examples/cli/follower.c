/*
 * A thread that lets the search index follow the journal while the main thread writes products, so that an import
 * takes as long as the slower of the two, not both. It sleeps until it is told that there is something to follow.
 */
#include "cli.h"

#include <pthread.h>
#include <stdatomic.h>

struct follower {
	struct cli *cli;
	pthread_t thread;
	sc_parker parker;
	atomic_bool stopping;
	sc_status status;
	sc_error error;
};

static void *follow(void *argument)
{
	struct follower *follower = argument;
	const sc_env *env = follower->cli->env;
	sc_call call = admin_call();
	while (!atomic_load(&follower->stopping) && follower->status == SC_OK) {
		sc_search_progress progress;
		follower->status = sc_search_follow(follower->cli->shop, &call, SC_BATCH_MAX, &progress,
		                                    &follower->error);
		if (follower->status == SC_OK && progress.products == 0)
			env->park(env->ctx, &follower->parker, SC_NEVER);
	}
	return NULL;
}

sc_status follower_start(struct cli *cli, struct follower **out)
{
	/* An index that has to be made anew is made before products come in, not against them. */
	sc_status status = follow_all(cli);
	if (status != SC_OK)
		return status;
	struct follower *follower = sc_arena_zalloc(&cli->arena, sizeof(*follower));
	if (follower == NULL || !cli->env->parker_init(cli->env->ctx, &follower->parker))
		return out_of_memory(cli);
	follower->cli = cli;
	follower->error = (sc_error)SC_ERROR_INIT;
	if (pthread_create(&follower->thread, NULL, follow, follower) != 0) {
		cli->env->parker_clear(cli->env->ctx, &follower->parker);
		return out_of_memory(cli);
	}
	*out = follower;
	return SC_OK;
}

void follower_wake(struct follower *follower)
{
	const sc_env *env = follower->cli->env;
	env->unpark(env->ctx, &follower->parker);
}

sc_status follower_stop(struct follower *follower)
{
	struct cli *cli = follower->cli;
	atomic_store(&follower->stopping, true);
	follower_wake(follower);
	pthread_join(follower->thread, NULL);
	cli->env->parker_clear(cli->env->ctx, &follower->parker);
	if (follower->status != SC_OK)
		cli->error = follower->error;
	return follower->status;
}
