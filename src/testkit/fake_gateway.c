/*
 * The fake gateway: what each operation does to the books, and which answer comes when.
 *
 * A request is decided when it is started; only its answer waits, in a list with the time at which it
 * may be given. So a provider that "sleeps" needs no thread, and dies with its process like a real one's
 * answer would: the books know, and nobody was told.
 */
#include "testkit/fake_gateway_books.h"
#include "testkit/fake_gateway_webhooks.h"

#include <stdio.h>
#include <string.h>

#define MS_IN_NS 1000000LL

struct answer {
	int64_t ready_ns;
	sc_gateway_reply reply;
};

/* A thread inside `finish`. On its stack. */
struct waiter {
	sc_parker parker;
	struct waiter *next;
};

struct sc_fake_gateway {
	const sc_env *env;
	sc_mutex mutex; /* of everything below */
	struct fake_books books;
	struct fake_queue webhooks;
	struct answer *answers;
	size_t answer_count, answer_capacity;
	struct waiter *waiters;
	sc_fake_gateway_options options;
	bool down;
};

enum token { TOKEN_OK, TOKEN_DECLINED, TOKEN_ACTION, TOKEN_SILENT_CHARGED, TOKEN_SILENT_FREE, TOKEN_SLOW, TOKEN_OTHER };

static enum token token_of(const char *token)
{
	static const char *const names[] = { "tok_ok",          "tok_declined", "tok_action", "tok_silent_charged",
		                             "tok_silent_free", "tok_slow" };
	for (size_t i = 0; token && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(token, names[i]) == 0)
			return (enum token)i;
	return TOKEN_OTHER;
}

static int64_t after_ms(int64_t now_ns, int64_t ms)
{
	return ms >= (SC_NEVER - now_ns) / MS_IN_NS ? SC_NEVER : now_ns + ms * MS_IN_NS;
}

static sc_status fail(sc_error *err, sc_status status, const char *text)
{
	if (err) {
		*err = (sc_error)SC_ERROR_INIT;
		err->status = status;
		snprintf(err->text, sizeof(err->text), "fake gateway: %s", text);
	}
	return status;
}

/* ---- what an operation does ---------------------------------------------------------------- */

/* What is known while one request is decided. */
struct deciding {
	sc_fake_gateway *fake;
	const sc_gateway_request *request;
	int64_t now_ms, now_ns;
	struct answer *answer;
};

static void set_reply(struct deciding *d, const struct fake_entry *entry, uint32_t state)
{
	sc_gateway_reply *reply = &d->answer->reply;
	char id[SC_ID_TEXT_SIZE];
	reply->state = state;
	if (!entry)
		return;
	sc_id_format(entry->attempt, id);
	snprintf(reply->provider_ref, sizeof(reply->provider_ref), "fake_%s", id);
	reply->amount_minor = entry->captured;
	if (state == SC_GATEWAY_AUTHORISED || entry->op == SC_GATEWAY_REFUND)
		reply->amount_minor = entry->amount;
	if (state == SC_GATEWAY_NEEDS_STEP)
		snprintf(reply->step_url, sizeof(reply->step_url), "https://pay.example/step/%s", id);
	if (state == SC_GATEWAY_DECLINED)
		snprintf(reply->decline_code, sizeof(reply->decline_code), "%s",
		         entry->token == TOKEN_OTHER      ? "unknown_token"
		         : entry->token == TOKEN_ACTION   ? "step_refused"
		         : entry->op == SC_GATEWAY_REFUND ? "nothing_to_refund"
		                                          : "card_declined");
}

static void announce(struct deciding *d, const struct fake_entry *entry, uint32_t state, int64_t ready_ns)
{
	const sc_fake_gateway_options *options = &d->fake->options;
	struct fake_event event = { .attempt = entry->attempt, .order = entry->order, .state = state };
	event.amount = entry->op == SC_GATEWAY_REFUND ? entry->amount : entry->captured;
	event.ready_ns = options->webhooks & SC_FAKE_WEBHOOK_FIRST ? d->now_ns : ready_ns;
	if (state != SC_GATEWAY_RUNNING && entry->settle_ms > d->now_ms)
		event.ready_ns = ready_ns; /* not before it happens */
	fake_queue_add(&d->fake->webhooks, &event);
	if (options->webhooks & SC_FAKE_WEBHOOK_TWICE)
		fake_queue_add(&d->fake->webhooks, &event);
}

static struct fake_entry new_entry(const struct deciding *d, sc_id attempt)
{
	struct fake_entry entry = { .attempt = attempt, .order = d->request->order, .op = d->request->op };
	entry.amount = d->request->amount_minor;
	memcpy(entry.currency, d->request->currency, 3);
	return entry;
}

static void go_silent(struct deciding *d)
{
	d->answer->ready_ns = after_ms(d->now_ns, d->fake->options.silence_ms);
	d->answer->reply.status = SC_PAYMENT_UNKNOWN;
}

/* The same attempt again: it never moves money twice. */
static sc_status charge_again(struct deciding *d, const struct fake_entry *entry, sc_error *err)
{
	struct fake_entry more = *entry;
	more.charges++;
	sc_status status = fake_books_put(&d->fake->books, &more, err);
	if (status == SC_OK)
		set_reply(d, &more, fake_entry_state(&more, d->now_ms));
	return status;
}

static sc_status charge(struct deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->attempt);
	if (seen)
		return charge_again(d, seen, err);
	enum token token = token_of(d->request->token);
	if (token == TOKEN_SILENT_FREE) {
		go_silent(d);
		return SC_OK;
	}
	struct fake_entry entry = new_entry(d, d->request->attempt);
	entry.charges = 1;
	entry.token = token;
	entry.state = d->request->op == SC_GATEWAY_AUTHORISE ? SC_GATEWAY_AUTHORISED : SC_GATEWAY_CAPTURED;
	if (token == TOKEN_DECLINED || token == TOKEN_OTHER)
		entry.state = SC_GATEWAY_DECLINED;
	if (token == TOKEN_ACTION)
		entry.state = SC_GATEWAY_NEEDS_STEP;
	if (entry.state == SC_GATEWAY_CAPTURED)
		entry.captured = entry.amount;
	if (token == TOKEN_SLOW) {
		entry.settle_ms = d->now_ms + d->fake->options.slow_ms;
		d->answer->ready_ns = after_ms(d->now_ns, d->fake->options.slow_ms);
	}
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status != SC_OK)
		return status;
	if (token == TOKEN_SILENT_CHARGED) {
		go_silent(d);
		return SC_OK;
	}
	announce(d, &entry, SC_GATEWAY_RUNNING, d->answer->ready_ns);
	announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

static sc_status capture(struct deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
	if (!seen || seen->state != SC_GATEWAY_AUTHORISED || d->request->amount_minor > seen->amount) {
		set_reply(d, seen, seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN);
		return SC_OK;
	}
	struct fake_entry entry = *seen;
	entry.state = SC_GATEWAY_CAPTURED;
	entry.captured = d->request->amount_minor;
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status != SC_OK)
		return status;
	announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

/* An attempt that was never seen is fenced: a charge that arrives later finds it voided. */
static sc_status call_back(struct deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
	uint32_t state = seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN;
	if (state == SC_GATEWAY_CAPTURED || state == SC_GATEWAY_DECLINED || state == SC_GATEWAY_VOIDED) {
		set_reply(d, seen, state);
		return SC_OK;
	}
	struct fake_entry entry = seen ? *seen : new_entry(d, d->request->target);
	entry.state = SC_GATEWAY_VOIDED;
	entry.captured = 0;
	entry.settle_ms = 0;
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status == SC_OK)
		set_reply(d, &entry, SC_GATEWAY_VOIDED);
	return status;
}

static sc_status refund(struct deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->attempt);
	if (seen) {
		set_reply(d, seen, seen->state);
		return SC_OK;
	}
	const struct fake_entry *target = fake_books_find(&d->fake->books, d->request->target);
	bool can = target && fake_entry_state(target, d->now_ms) == SC_GATEWAY_CAPTURED &&
	           d->request->amount_minor <= target->captured - target->refunded;
	struct fake_entry entry = new_entry(d, d->request->attempt);
	entry.target = d->request->target;
	entry.state = can ? SC_GATEWAY_REFUNDED : SC_GATEWAY_DECLINED;
	sc_status status = can ? fake_books_put(&d->fake->books, &entry, err) : SC_OK;
	if (status != SC_OK)
		return status;
	if (can)
		announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

static sc_status decide(struct deciding *d, sc_error *err)
{
	switch ((sc_gateway_op)d->request->op) {
	case SC_GATEWAY_CHARGE:
	case SC_GATEWAY_AUTHORISE:
		return charge(d, err);
	case SC_GATEWAY_CAPTURE:
		return capture(d, err);
	case SC_GATEWAY_VOID:
		return call_back(d, err);
	case SC_GATEWAY_REFUND:
		return refund(d, err);
	case SC_GATEWAY_LOOKUP: {
		const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
		set_reply(d, seen, seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN);
		return SC_OK;
	}
	}
	return fail(err, SC_UNSUPPORTED, "no such operation");
}

/* ---- the port ------------------------------------------------------------------------------ */

/* Room for what one request may leave behind, so that nothing fails once money moved. */
static bool make_room(sc_fake_gateway *fake)
{
	if (!fake_queue_reserve(&fake->webhooks, 4))
		return false;
	if (fake->answer_count < fake->answer_capacity)
		return true;
	size_t capacity = fake->answer_capacity ? fake->answer_capacity * 2 : 16;
	struct answer *answers = fake->env->resize(fake->env->ctx, fake->answers, capacity * sizeof(*answers));
	if (!answers)
		return false;
	fake->answers = answers;
	fake->answer_capacity = capacity;
	return true;
}

static sc_status start_one(sc_fake_gateway *fake, const sc_gateway_request *request, sc_error *err)
{
	if (fake->down)
		return fail(err, SC_SERVICE_FAILED, "the line is down");
	if (!make_room(fake))
		return fail(err, SC_NO_MEMORY, "no memory");
	struct answer *answer = &fake->answers[fake->answer_count];
	struct deciding d = { fake, request, fake->env->wall_ms(fake->env->ctx), fake->env->mono_ns(fake->env->ctx),
		              answer };
	*answer = (struct answer){ .ready_ns = after_ms(d.now_ns, fake->options.reply_ms) };
	answer->reply.attempt = request->attempt;
	answer->reply.order = request->order;
	sc_status status = fake_books_lock(&fake->books, err);
	if (status != SC_OK)
		return status;
	status = decide(&d, err);
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
	for (struct waiter *waiter = fake->waiters; waiter; waiter = waiter->next)
		fake->env->unpark(fake->env->ctx, &waiter->parker);
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
	if (done == 0 && count > 0)
		return status;
	*accepted = done;
	return SC_OK;
}

/* A slow charge may be called back while its answer waits: nobody may be told of it as captured then. */
static bool was_called_back(sc_fake_gateway *fake, sc_id attempt)
{
	if (fake_books_lock(&fake->books, NULL) != SC_OK)
		return false;
	const struct fake_entry *entry = fake_books_find(&fake->books, attempt);
	bool voided = entry && entry->state == SC_GATEWAY_VOIDED;
	fake_books_unlock(&fake->books);
	return voided;
}

static void hand_over(sc_fake_gateway *fake, const struct answer *answer, sc_gateway_reply *out)
{
	*out = answer->reply;
	if (out->state != SC_GATEWAY_CAPTURED || !was_called_back(fake, out->attempt))
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
		struct answer *answer = &fake->answers[i];
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

static void leave(sc_fake_gateway *fake, struct waiter *me)
{
	struct waiter **at = &fake->waiters;
	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
}

static sc_status port_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                             sc_error *err)
{
	sc_fake_gateway *fake = ctx;
	const sc_env *env = fake->env;
	struct waiter me = { .next = NULL };
	if (!env->parker_init(env->ctx, &me.parker))
		return fail(err, SC_NO_MEMORY, "no memory");
	int64_t until_ns = after_ms(env->mono_ns(env->ctx), timeout_ms > 0 ? timeout_ms : 0), next_ns;
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
	return status == SC_OK ? SC_OK : fail(err, status, sc_status_text(status));
}

static const sc_gateway_ops port_ops = { sizeof(port_ops), "fake", port_start, port_finish, port_webhook, NULL };

sc_gateway sc_fake_gateway_port(sc_fake_gateway *fake)
{
	return (sc_gateway){ &port_ops, fake };
}

/* ---- for tests ----------------------------------------------------------------------------- */

sc_status sc_fake_gateway_open(const sc_env *env, const sc_fake_gateway_options *options, sc_fake_gateway **out,
                               sc_error *err)
{
	static const sc_fake_gateway_options defaults = SC_FAKE_GATEWAY_OPTIONS_INIT;
	const sc_fake_gateway_options *given = options ? options : &defaults;
	if (given->slow_ms < 0 || given->reply_ms < 0 || given->silence_ms < 0)
		return fail(err, SC_BAD_ARGUMENT, "a time is negative");
	sc_fake_gateway *fake = env->resize(env->ctx, NULL, sizeof(*fake));
	if (!fake)
		return fail(err, SC_NO_MEMORY, "no memory");
	*fake = (sc_fake_gateway){ .env = env, .options = *given, .webhooks = { .env = env } };
	sc_status status = fake_books_open(&fake->books, env, given->file, err);
	if (status == SC_OK && !env->mutex_init(env->ctx, &fake->mutex)) {
		fake_books_close(&fake->books);
		status = fail(err, SC_NO_MEMORY, "no memory");
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

/* Locks threads and processes out. On anything but SC_OK nothing is locked. */
static sc_status enter(sc_fake_gateway *fake, sc_error *err)
{
	fake->env->mutex_lock(fake->env->ctx, &fake->mutex);
	sc_status status = fake_books_lock(&fake->books, err);
	if (status != SC_OK)
		fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
	return status;
}

static void leave_books(sc_fake_gateway *fake)
{
	fake_books_unlock(&fake->books);
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
}

static sc_status take_step(sc_fake_gateway *fake, sc_id attempt, bool approve, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&fake->books, attempt);
	if (!seen)
		return fail(err, SC_NOT_FOUND, "no such attempt");
	if (seen->state != SC_GATEWAY_NEEDS_STEP)
		return fail(err, SC_WRONG_STATE, "the attempt needs no step");
	if (!make_room(fake))
		return fail(err, SC_NO_MEMORY, "no memory");
	struct fake_entry entry = *seen;
	entry.state = approve ? SC_GATEWAY_CAPTURED : SC_GATEWAY_DECLINED;
	entry.captured = approve ? entry.amount : 0;
	sc_status status = fake_books_put(&fake->books, &entry, err);
	if (status == SC_OK) {
		int64_t now_ns = fake->env->mono_ns(fake->env->ctx);
		struct deciding d = { .fake = fake, .now_ns = now_ns };
		announce(&d, &entry, entry.state, now_ns);
	}
	return status;
}

sc_status sc_fake_gateway_take_step(sc_fake_gateway *fake, sc_id attempt, bool approve, sc_error *err)
{
	sc_status status = enter(fake, err);
	if (status != SC_OK)
		return status;
	status = take_step(fake, attempt, approve, err);
	leave_books(fake);
	return status;
}

void sc_fake_gateway_set_down(sc_fake_gateway *fake, bool down)
{
	fake->env->mutex_lock(fake->env->ctx, &fake->mutex);
	fake->down = down;
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
}

sc_status sc_fake_gateway_next_webhook(sc_fake_gateway *fake, sc_arena *arena, sc_fake_webhook *out, sc_error *err)
{
	struct fake_event event;
	sc_fake_webhook webhook;
	fake->env->mutex_lock(fake->env->ctx, &fake->mutex);
	bool some;
	do
		some = fake_queue_take(&fake->webhooks, fake->env->mono_ns(fake->env->ctx),
		                       fake->options.webhooks & SC_FAKE_WEBHOOK_SHUFFLED, &event);
	while (some && event.state == SC_GATEWAY_CAPTURED && was_called_back(fake, event.attempt));
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
	if (!some)
		return fail(err, SC_NOTHING_DUE, "no webhook is ready");
	sc_status status = fake_webhook_write(&event, arena, &webhook);
	if (status != SC_OK)
		return fail(err, status, "no memory");
	*out = webhook;
	return SC_OK;
}

static sc_fake_booking booking_of(const struct fake_entry *entry, int64_t now_ms)
{
	sc_fake_booking booking = { .attempt = entry->attempt, .order = entry->order, .charges = entry->charges };
	booking.state = fake_entry_state(entry, now_ms);
	memcpy(booking.currency, entry->currency, sizeof(booking.currency));
	if (booking.state == SC_GATEWAY_CAPTURED)
		booking.captured_minor = entry->captured;
	booking.refunded_minor = entry->refunded;
	return booking;
}

/* Refunds are no attempts of a buyer: they stand in what they give back. */
static bool is_booking(const struct fake_entry *entry)
{
	return !sc_id_is_zero(entry->attempt) && entry->op != SC_GATEWAY_REFUND;
}

sc_status sc_fake_gateway_books(sc_fake_gateway *fake, sc_arena *arena, sc_fake_booking **out, size_t *count,
                                sc_error *err)
{
	sc_status status = enter(fake, err);
	if (status != SC_OK)
		return status;
	int64_t now_ms = fake->env->wall_ms(fake->env->ctx);
	size_t some = 0;
	sc_fake_booking *list = sc_arena_alloc(arena, (fake->books.count + 1) * sizeof(*list));
	for (size_t i = 0; list && i < fake->books.capacity; i++)
		if (is_booking(&fake->books.entries[i]))
			list[some++] = booking_of(&fake->books.entries[i], now_ms);
	leave_books(fake);
	if (!list)
		return fail(err, SC_NO_MEMORY, "no memory");
	*out = list;
	*count = some;
	return SC_OK;
}

sc_status sc_fake_gateway_order_money(sc_fake_gateway *fake, sc_id order, int64_t *charged, int64_t *refunded,
                                      sc_error *err)
{
	sc_status status = enter(fake, err);
	if (status != SC_OK)
		return status;
	int64_t now_ms = fake->env->wall_ms(fake->env->ctx), taken = 0, returned = 0;
	for (size_t i = 0; i < fake->books.capacity; i++) {
		const struct fake_entry *entry = &fake->books.entries[i];
		if (!is_booking(entry) || !sc_id_equal(entry->order, order))
			continue;
		taken += booking_of(entry, now_ms).captured_minor;
		returned += entry->refunded;
	}
	leave_books(fake);
	*charged = taken;
	*refunded = returned;
	return SC_OK;
}
