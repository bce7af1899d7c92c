/*
 * The fake gateway's port: requests go in, answers wait in a list with the time at which they may be
 * given, and whoever asks for answers sleeps until one is.
 */
#include "testkit/fake_gateway_state.h"

#define MS_IN_NS 1000000LL

int64_t fake_after_ms(int64_t now_ns, int64_t ms)
{
	return ms >= (SC_NEVER - now_ns) / MS_IN_NS ? SC_NEVER : now_ns + ms * MS_IN_NS;
}

/* Room for what one request may leave behind, so that nothing fails once money moved. */
bool fake_make_room(sc_fake_gateway *fake)
{
	if (!fake_queue_reserve(&fake->webhooks, 4))
		return false;
	if (fake->answer_count < fake->answer_capacity)
		return true;
	size_t capacity = fake->answer_capacity ? fake->answer_capacity * 2 : 16;
	struct fake_answer *answers = fake->env->resize(fake->env->ctx, fake->answers, capacity * sizeof(*answers));
	if (!answers)
		return false;
	fake->answers = answers;
	fake->answer_capacity = capacity;
	return true;
}

static sc_status start_one(sc_fake_gateway *fake, const sc_gateway_request *request, sc_error *err)
{
	if (fake->down)
		return fake_fail(err, SC_SERVICE_FAILED, "the line is down");
	if (!fake_make_room(fake))
		return fake_fail(err, SC_NO_MEMORY, "no memory");
	struct fake_answer *answer = &fake->answers[fake->answer_count];
	struct fake_deciding d = { fake, request, fake->env->wall_ms(fake->env->ctx),
		                   fake->env->mono_ns(fake->env->ctx), answer };
	*answer = (struct fake_answer){ .ready_ns = fake_after_ms(d.now_ns, fake->options.reply_ms) };
	answer->reply.attempt = request->attempt;
	answer->reply.order = request->order;
	sc_status status = fake_books_lock(&fake->books, err);
	if (status != SC_OK)
		return status;
	status = fake_decide(&d, err);
	fake_books_unlock(&fake->books);
	if (status == SC_OK)
		fake->answer_count++;
	return status;
}

static sc_status port_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                            size_t *accepted, sc_error *err)
{
	sc_fake_gateway *fake = ctx;
	sc_status status = SC_OK;
	size_t done = 0;
	(void)call;
	fake->env->mutex_lock(fake->env->ctx, &fake->mutex);
	while (done < count && (status = start_one(fake, &requests[done], err)) == SC_OK)
		done++;
	for (struct fake_waiter *waiter = fake->waiters; waiter; waiter = waiter->next)
		fake->env->unpark(fake->env->ctx, &waiter->parker);
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
	if (done == 0 && count > 0)
		return status;
	*accepted = done;
	return SC_OK;
}

/* A slow charge may be called back while its answer waits: nobody may be told of it as captured then. */
bool fake_was_called_back(sc_fake_gateway *fake, sc_id attempt)
{
	if (fake_books_lock(&fake->books, NULL) != SC_OK)
		return false;
	const struct fake_entry *entry = fake_books_find(&fake->books, attempt);
	bool voided = entry && entry->state == SC_GATEWAY_VOIDED;
	fake_books_unlock(&fake->books);
	return voided;
}

static void hand_over(sc_fake_gateway *fake, const struct fake_answer *answer, sc_gateway_reply *out)
{
	*out = answer->reply;
	if (out->state != SC_GATEWAY_CAPTURED || !fake_was_called_back(fake, out->attempt))
		return;
	out->state = SC_GATEWAY_VOIDED;
	out->amount_minor = 0;
}

/* Hands out what is ready, and says when the next one will be. */
static size_t take_ready(sc_fake_gateway *fake, size_t max, sc_gateway_reply *out, int64_t *next_ns)
{
	int64_t now_ns = fake->env->mono_ns(fake->env->ctx);
	size_t taken = 0, kept = 0;
	*next_ns = SC_NEVER;
	for (size_t i = 0; i < fake->answer_count; i++) {
		struct fake_answer *answer = &fake->answers[i];
		if (taken < max && answer->ready_ns <= now_ns) {
			hand_over(fake, answer, &out[taken++]);
			continue;
		}
		if (answer->ready_ns < *next_ns)
			*next_ns = answer->ready_ns;
		if (kept != i)
			fake->answers[kept] = *answer;
		kept++;
	}
	fake->answer_count = kept;
	return taken;
}

static void leave(sc_fake_gateway *fake, struct fake_waiter *me)
{
	struct fake_waiter **at = &fake->waiters;
	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
}

static sc_status port_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                             sc_error *err)
{
	sc_fake_gateway *fake = ctx;
	const sc_env *env = fake->env;
	struct fake_waiter me = { .next = NULL };
	if (!env->parker_init(env->ctx, &me.parker))
		return fake_fail(err, SC_NO_MEMORY, "no memory");
	int64_t until_ns = fake_after_ms(env->mono_ns(env->ctx), timeout_ms > 0 ? timeout_ms : 0), next_ns;
	size_t taken;
	env->mutex_lock(env->ctx, &fake->mutex);
	while ((taken = take_ready(fake, max, out, &next_ns)) == 0 && env->mono_ns(env->ctx) < until_ns) {
		me.next = fake->waiters;
		fake->waiters = &me;
		env->mutex_unlock(env->ctx, &fake->mutex);
		env->park(env->ctx, &me.parker, next_ns < until_ns ? next_ns : until_ns);
		env->mutex_lock(env->ctx, &fake->mutex);
		leave(fake, &me);
	}
	env->mutex_unlock(env->ctx, &fake->mutex);
	env->parker_clear(env->ctx, &me.parker);
	*count = taken;
	return SC_OK;
}

static sc_status port_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature,
                              sc_gateway_event *out, sc_error *err)
{
	(void)ctx;
	(void)call;
	sc_status status = fake_webhook_read(body, signature, out);
	return status == SC_OK ? SC_OK : fake_fail(err, status, sc_status_text(status));
}

static const sc_gateway_ops port_ops = { sizeof(port_ops), "fake", port_start, port_finish, port_webhook, NULL };

sc_gateway sc_fake_gateway_port(sc_fake_gateway *fake)
{
	return (sc_gateway){ &port_ops, fake };
}

/* ---- opening ------------------------------------------------------------------------------- */

sc_status sc_fake_gateway_open(const sc_env *env, const sc_fake_gateway_options *options, sc_fake_gateway **out,
                               sc_error *err)
{
	static const sc_fake_gateway_options defaults = SC_FAKE_GATEWAY_OPTIONS_INIT;
	const sc_fake_gateway_options *given = options ? options : &defaults;
	if (given->slow_ms < 0 || given->reply_ms < 0 || given->silence_ms < 0)
		return fake_fail(err, SC_BAD_ARGUMENT, "a time is negative");
	sc_fake_gateway *fake = env->resize(env->ctx, NULL, sizeof(*fake));
	if (!fake)
		return fake_fail(err, SC_NO_MEMORY, "no memory");
	*fake = (sc_fake_gateway){ .env = env, .options = *given, .webhooks = { .env = env } };
	sc_status status = fake_books_open(&fake->books, env, given->file, err);
	if (status == SC_OK && !env->mutex_init(env->ctx, &fake->mutex)) {
		fake_books_close(&fake->books);
		status = fake_fail(err, SC_NO_MEMORY, "no memory");
	}
	if (status != SC_OK) {
		env->resize(env->ctx, fake, 0);
		return status;
	}
	*out = fake;
	return SC_OK;
}

void sc_fake_gateway_free(sc_fake_gateway *fake)
{
	if (!fake)
		return;
	const sc_env *env = fake->env;
	fake_books_close(&fake->books);
	fake_queue_clear(&fake->webhooks);
	env->mutex_clear(env->ctx, &fake->mutex);
	env->resize(env->ctx, fake->answers, 0);
	env->resize(env->ctx, fake, 0);
}
