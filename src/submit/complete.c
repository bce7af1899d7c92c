/*
 * The end of a request: its callback, on the thread that asks for it; or that it will not be sent.
 */
#include "core/submit.h"

#include "base/error.h"

static uint64_t ticket_of(const sc__submitted *s)
{
	return (uint64_t)s->generation << 32 | s->slot;
}

static void call_back(const sc__submitted *s)
{
	const sc_completion completion = { .status = s->status,
		                           .ticket = ticket_of(s),
		                           .err = &s->err,
		                           .reservation = s->status == SC_OK ? s->reservation : NULL,
		                           .placement = s->status == SC_OK ? s->placement : NULL,
		                           .context = s->context };
	s->done(&completion);
}

/* One that has its answer, or NULL. It no longer counts as in flight, so that its callback may submit the next one. */
static sc__submitted *take_done(sc__submissions *line)
{
	sc__submissions_lock(line);
	sc__submitted *s = TAILQ_FIRST(&line->done);
	if (s) {
		TAILQ_REMOVE(&line->done, s, link);
		s->state = SC__SUBMITTED_SPARE;
		line->in_flight--;
		sc__submissions_signal(line);
	}
	sc__submissions_unlock(line);
	return s;
}

size_t sc_shop_complete(sc_shop *shop, size_t max)
{
	sc__submissions *line = shop->submissions;
	size_t called = 0;
	for (; called < max; called++) {
		sc__submitted *s = take_done(line);
		if (!s)
			break;
		call_back(s);
		sc__submitted_recycle(line, s);
	}
	return called;
}

/* The lock is held. */
static sc_status cancel(sc__submissions *line, sc__submitted *s)
{
	if (s->state == SC__SUBMITTED_SPARE || s->state == SC__SUBMITTED_DONE)
		return SC_NOT_FOUND;
	if (s->sent)
		return SC_IN_PROGRESS;
	s->cancelled = true;
	if (s->state == SC__SUBMITTED_QUEUED) {
		TAILQ_REMOVE(&line->queued, s, link);
		TAILQ_INSERT_TAIL(&line->done, s, link);
		s->state = SC__SUBMITTED_DONE;
		s->status = sc__fail(&s->err, SC_CANCELLED, "cancelled before it was sent");
		sc__submissions_signal(line);
	}
	return SC_OK;
}

sc_status sc_shop_cancel(sc_shop *shop, uint64_t ticket, sc_error *err)
{
	sc__submissions *line = shop->submissions;
	const uint32_t slot = (uint32_t)ticket, generation = (uint32_t)(ticket >> 32);
	sc_status status = SC_NOT_FOUND;
	sc__submissions_lock(line);
	if (slot < line->slot_count && line->slots[slot]->generation == generation)
		status = cancel(line, line->slots[slot]);
	sc__submissions_unlock(line);
	if (status == SC_NOT_FOUND)
		return sc__fail(err, status, "no such request is in flight");
	return status == SC_OK ? SC_OK : sc__fail(err, status, "it was sent: its outcome is the store's");
}
