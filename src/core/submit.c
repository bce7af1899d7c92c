#include "core/submit.h"

#include "base/error.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ARENA_KEEP ((size_t)64 * 1024) /* a spare request keeps no more memory than this */

void sc__submissions_lock(sc__submissions *submissions)
{
	submissions->env->mutex_lock(submissions->env->ctx, &submissions->lock);
}

void sc__submissions_unlock(sc__submissions *submissions)
{
	submissions->env->mutex_unlock(submissions->env->ctx, &submissions->lock);
}

/* ---- all of them ------------------------------------------------------------------------- */

sc_status sc__submissions_new(const sc_env *env, uint32_t most, sc__submissions **out, sc_error *err)
{
	sc__submissions *submissions = env->resize(env->ctx, NULL, sizeof(*submissions));
	if (!submissions)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a line of requests");
	*submissions =
		(sc__submissions){ .env = env, .most = most, .descriptors = { -1, -1 }, .asking_until_ns = SC_NEVER };
	sc_arena_init(&submissions->scratch, env);
	TAILQ_INIT(&submissions->queued);
	TAILQ_INIT(&submissions->asking);
	TAILQ_INIT(&submissions->done);
	TAILQ_INIT(&submissions->spare);
	if (!env->mutex_init(env->ctx, &submissions->lock)) {
		env->resize(env->ctx, submissions, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a line of requests");
	}
	*out = submissions;
	return SC_OK;
}

void sc__submissions_free(sc__submissions *submissions)
{
	if (!submissions)
		return;
	const sc_env *env = submissions->env;
	for (uint32_t i = 0; i < submissions->slot_count; i++) {
		sc_arena_clear(&submissions->slots[i]->arena);
		env->resize(env->ctx, submissions->slots[i], 0);
	}
	if (submissions->slots)
		env->resize(env->ctx, submissions->slots, 0);
	sc_arena_clear(&submissions->scratch);
	for (size_t i = 0; i < 2; i++)
		if (submissions->descriptors[i] >= 0)
			close(submissions->descriptors[i]);
	env->mutex_clear(env->ctx, &submissions->lock);
	env->resize(env->ctx, submissions, 0);
}

static void raise_or_lower(sc__submissions *submissions, sc_descriptor_kind kind, bool wanted)
{
	const size_t i = (size_t)kind - 1;
	uint64_t one = 1;
	if (submissions->descriptors[i] < 0 || submissions->raised[i] == wanted)
		return;
	/* an eventfd that is empty, or holds one, cannot make either of them wait or fail */
	ssize_t moved = wanted ? write(submissions->descriptors[i], &one, sizeof(one))
	                       : read(submissions->descriptors[i], &one, sizeof(one));
	if (moved == (ssize_t)sizeof(one))
		submissions->raised[i] = wanted;
}

void sc__submissions_signal(sc__submissions *submissions)
{
	raise_or_lower(submissions, SC_DESCRIPTOR_SUBMITTED, !TAILQ_EMPTY(&submissions->queued));
	raise_or_lower(submissions, SC_DESCRIPTOR_DONE, !TAILQ_EMPTY(&submissions->done));
}

sc_status sc_shop_descriptor(sc_shop *shop, sc_descriptor_kind kind, int *out, sc_error *err)
{
	sc__submissions *submissions = shop->submissions;
	if (kind != SC_DESCRIPTOR_SUBMITTED && kind != SC_DESCRIPTOR_DONE)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "there is no such descriptor");
	sc__submissions_lock(submissions);
	int *descriptor = &submissions->descriptors[kind - 1];
	if (*descriptor < 0)
		*descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	const int given = *descriptor;
	sc__submissions_signal(submissions);
	sc__submissions_unlock(submissions);
	if (given < 0)
		return sc__fail(err, SC_IO_FAILED, "the system gives no descriptor");
	*out = given;
	return SC_OK;
}

/* ---- one of them ------------------------------------------------------------------------- */

/* A request that nobody had before. NULL: no memory. The lock is held. */
static sc__submitted *add_slot(sc__submissions *submissions)
{
	const sc_env *env = submissions->env;
	if (submissions->slot_count == submissions->slot_room) {
		const uint32_t room = submissions->slot_room ? submissions->slot_room * 2 : 64;
		sc__submitted **slots = env->resize(env->ctx, submissions->slots, room * sizeof(*slots));
		if (!slots)
			return NULL;
		submissions->slots = slots;
		submissions->slot_room = room;
	}
	sc__submitted *submitted = env->resize(env->ctx, NULL, sizeof(*submitted));
	if (!submitted)
		return NULL;
	*submitted = (sc__submitted){ .slot = submissions->slot_count };
	sc_arena_init(&submitted->arena, env);
	submissions->slots[submissions->slot_count++] = submitted;
	return submitted;
}

/* BUSY, NO_MEMORY. */
static sc_status take_one(sc__submissions *submissions, sc__submitted **out, sc_error *err)
{
	sc_status status = SC_OK;
	sc__submissions_lock(submissions);
	sc__submitted *submitted = TAILQ_FIRST(&submissions->spare);
	if (submissions->in_flight >= submissions->most)
		status = sc__fail(err, SC_BUSY, "%u requests are in flight already", submissions->in_flight);
	else if (submitted)
		TAILQ_REMOVE(&submissions->spare, submitted, link);
	else if (!(submitted = add_slot(submissions)))
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a request");
	if (status == SC_OK)
		submissions->in_flight++;
	sc__submissions_unlock(submissions);
	*out = submitted;
	return status;
}

bool sc__copy_text(sc_arena *arena, const char **text)
{
	if (!*text)
		return true;
	*text = sc_arena_dup(arena, *text, strlen(*text));
	return *text != NULL;
}

static bool copy_call(sc__submitted *submitted, const sc_call *call)
{
	sc_call *copy = &submitted->call;
	sc_arena *arena = &submitted->arena;
	*copy = *call;
	return sc__copy_text(arena, &copy->actor) && sc__copy_text(arena, &copy->key) &&
	       sc__copy_text(arena, &copy->trace);
}

sc_status sc__submitted_new(sc_shop *shop, const sc_call *call, sc__submitted **out, sc_error *err)
{
	sc__submitted *s;
	sc_status status = take_one(shop->submissions, &s, err);
	if (status != SC_OK)
		return status;
	s->task = (sc__task){ .shop = shop, .call = &s->call, .arena = &s->arena, .err = &s->err };
	s->err = (sc_error)SC_ERROR_INIT;
	s->operation = NULL;
	s->reservation = NULL;
	s->placement = NULL;
	s->cancelled = s->sent = false;
	if (!copy_call(s, call))
		return sc__submitted_drop(s, err);
	*out = s;
	return SC_OK;
}

sc_status sc__submit(sc__submitted *submitted, sc_on_completion done, void *context, uint64_t *ticket)
{
	sc__submissions *submissions = submitted->task.shop->submissions;
	submitted->done = done;
	submitted->context = context;
	sc__submissions_lock(submissions);
	submitted->state = SC__SUBMITTED_QUEUED;
	submitted->generation++;
	if (ticket)
		*ticket = (uint64_t)submitted->generation << 32 | submitted->slot;
	TAILQ_INSERT_TAIL(&submissions->queued, submitted, link);
	sc__submissions_signal(submissions);
	sc__submissions_unlock(submissions);
	return SC_OK;
}

void sc__submitted_recycle(sc__submissions *submissions, sc__submitted *submitted)
{
	if (submitted->arena.used > ARENA_KEEP)
		sc_arena_clear(&submitted->arena);
	else
		sc_arena_reset(&submitted->arena);
	sc__submissions_lock(submissions);
	submitted->state = SC__SUBMITTED_SPARE;
	TAILQ_INSERT_HEAD(&submissions->spare, submitted, link);
	sc__submissions_unlock(submissions);
}

sc_status sc__submitted_drop(sc__submitted *submitted, sc_error *err)
{
	sc__submissions *submissions = submitted->task.shop->submissions;
	sc__submissions_lock(submissions);
	submissions->in_flight--;
	sc__submissions_unlock(submissions);
	sc__submitted_recycle(submissions, submitted);
	return sc__fail(err, SC_NO_MEMORY, "no memory to copy a request");
}
