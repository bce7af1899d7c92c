/*
 * What only tests may ask of the fake gateway: to be its buyer, to break its line, to pull its webhooks,
 * to look into its books.
 */
#include "testkit/fake_gateway_state.h"

#include <string.h>

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
		return fake_fail(err, SC_NOT_FOUND, "no such attempt");
	if (seen->state != SC_GATEWAY_NEEDS_STEP)
		return fake_fail(err, SC_WRONG_STATE, "the attempt needs no step");
	if (!fake_make_room(fake))
		return fake_fail(err, SC_NO_MEMORY, "no memory");
	struct fake_entry entry = *seen;
	entry.state = approve ? SC_GATEWAY_CAPTURED : SC_GATEWAY_DECLINED;
	entry.captured = approve ? entry.amount : 0;
	sc_status status = fake_books_put(&fake->books, &entry, err);
	if (status == SC_OK) {
		int64_t now_ns = fake->env->mono_ns(fake->env->ctx);
		struct fake_deciding d = { .fake = fake, .now_ns = now_ns };
		fake_announce(&d, &entry, entry.state, now_ns);
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
	while (some && event.state == SC_GATEWAY_CAPTURED && fake_was_called_back(fake, event.attempt));
	fake->env->mutex_unlock(fake->env->ctx, &fake->mutex);
	if (!some)
		return fake_fail(err, SC_NOTHING_DUE, "no webhook is ready");
	sc_status status = fake_webhook_write(&event, arena, &webhook);
	if (status != SC_OK)
		return fake_fail(err, status, "no memory");
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
		return fake_fail(err, SC_NO_MEMORY, "no memory");
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
