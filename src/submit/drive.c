/*
 * Driving: all requests that are at hand take their steps together. First whoever wants to read is served, then the
 * providers are asked, and only when nobody can go on otherwise everybody's groups are applied: so what was submitted
 * at about the same time ends up in one commit.
 */
#include "submit/round.h"

#include "base/error.h"
#include "payment/exchange.h"

#include <string.h>

#define MS_IN_NS     1000000LL
#define ASK_AGAIN_MS 5                          /* how often providers are looked after while nothing else happens */
#define SCRATCH_KEEP ((size_t)32 * 1024 * 1024) /* an arena that grew beyond this is not kept */

static int64_t now_ns(const sc__round *round)
{
	return round->shop->env->mono_ns(round->shop->env->ctx);
}

/* ---- steps ------------------------------------------------------------------------------- */

void sc__round_end(sc__round *round, sc__submitted *s, sc_status status)
{
	s->status = status;
	if (status == SC_OK) /* what was overcome on the way is not told */
		s->err = (sc_error)SC_ERROR_INIT;
	TAILQ_REMOVE(&round->running, s, link);
	TAILQ_INSERT_TAIL(&round->ended, s, link);
	round->ended_count++;
}

static void look(sc__round *round, sc__submitted *s, sc_status status)
{
	if (s->task.want == SC__WANT_NOTHING)
		sc__round_end(round, s, status);
}

void sc__round_step(sc__round *round, sc__submitted *s, sc_status status)
{
	look(round, s, sc__task_step(&s->task, status));
}

bool sc__round_list(sc__round *round, sc__want want)
{
	sc__submitted *s, *next;
	round->count = 0;
	TAILQ_FOREACH(s, &round->running, link)
	round->count += s->task.want == want;
	if (round->count == 0)
		return false;
	sc_arena_reset(round->arena);
	round->wanting = sc_arena_alloc(round->arena, round->count * sizeof(sc__submitted *));
	size_t listed = 0;
	TAILQ_FOREACH_SAFE(s, &round->running, link, next)
	{
		if (s->task.want != want)
			continue;
		if (round->wanting)
			round->wanting[listed++] = s;
		else
			sc__round_end(round, s, sc__fail(&s->err, SC_NO_MEMORY, "no memory to go on"));
	}
	return listed > 0;
}

void sc__round_send(sc__round *round)
{
	const int64_t now = now_ns(round);
	size_t kept = 0;
	sc__submissions_lock(round->line);
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		const int64_t deadline_ns = s->call.deadline_ns;
		if (!s->sent && s->cancelled) {
			sc__round_end(round, s, SC_CANCELLED);
		} else if (!s->sent && deadline_ns != 0 && now >= deadline_ns) {
			sc__round_end(round, s,
			              sc__fail(&s->err, SC_DEADLINE, "the deadline passed before it was sent"));
		} else {
			s->sent = true;
			round->wanting[kept++] = s;
		}
	}
	round->count = kept;
	sc__submissions_unlock(round->line);
}

/* ---- the provider ------------------------------------------------------------------------ */

static int64_t patience_end(const sc__round *round, const sc__submitted *s)
{
	const int64_t now = now_ns(round), wait_ms = round->shop->settings.payment_patience_ms;
	const int64_t until = wait_ms >= (SC_NEVER - now) / MS_IN_NS ? SC_NEVER : now + wait_ms * MS_IN_NS;
	const int64_t deadline_ns = s->call.deadline_ns;
	return deadline_ns != 0 && deadline_ns < until ? deadline_ns : until;
}

/* From here on an answer may come at any moment, and another thread may run, complete and reuse the request. */
static void park(sc__round *round, sc__ask **asks, uint32_t *generations)
{
	sc__submissions_lock(round->line);
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		asks[i] = s->task.ask;
		asks[i]->owner = s;
		generations[i] = s->generation;
		s->state = SC__SUBMITTED_ASKING;
		s->until_ns = SC_NEVER; /* not while it is being handed over */
		TAILQ_REMOVE(&round->running, s, link);
		TAILQ_INSERT_TAIL(&round->line->asking, s, link);
	}
	sc__submissions_unlock(round->line);
}

/* It was handed over: from now on patience may end. */
static void begin_patience(sc__round *round, const uint32_t *generations)
{
	sc__submissions_lock(round->line);
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		if (s->state != SC__SUBMITTED_ASKING || s->generation != generations[i])
			continue;
		s->until_ns = patience_end(round, s);
		if (s->until_ns < round->line->asking_until_ns)
			round->line->asking_until_ns = s->until_ns;
	}
	sc__submissions_unlock(round->line);
}

static void ask_provider(sc__round *round)
{
	sc__ask **asks = sc_arena_alloc(round->arena, round->count * sizeof(sc__ask *));
	uint32_t *generations = sc_arena_alloc(round->arena, round->count * sizeof(*generations));
	if (!asks || !generations) {
		for (size_t i = 0; i < round->count; i++)
			sc__round_end(round, round->wanting[i],
			              sc__fail(&round->wanting[i]->err, SC_NO_MEMORY, "no memory to ask"));
		return;
	}
	const sc_call call = sc__round_call(round);
	park(round, asks, generations);
	sc__exchange_start(round->shop->exchange, &call, asks, round->count);
	begin_patience(round, generations);
}

/* Gives up on providers that took too long. The lock is held. */
static void end_patience(sc__round *round)
{
	const int64_t now = now_ns(round);
	sc__submitted *s;
	if (now < round->line->asking_until_ns)
		return;
	round->line->asking_until_ns = SC_NEVER;
	TAILQ_FOREACH(s, &round->line->asking, link)
	{
		if (s->until_ns <= now)
			sc__exchange_give_up(round->shop->exchange, s->task.ask);
		else if (s->until_ns < round->line->asking_until_ns)
			round->line->asking_until_ns = s->until_ns;
	}
}

/* Takes back whoever the provider has answered. */
static void take_answers(sc__round *round)
{
	sc__exchange *exchange = round->shop->exchange;
	sc__submitted *s, *next;
	sc__ask *ask;
	if (!exchange)
		return;
	sc__exchange_poll(exchange);
	sc__submissions_lock(round->line);
	end_patience(round);
	while ((ask = sc__exchange_take(exchange)) != NULL) {
		s = ask->owner;
		s->state = SC__SUBMITTED_DRIVEN;
		TAILQ_REMOVE(&round->line->asking, s, link);
		TAILQ_INSERT_TAIL(&round->running, s, link);
	}
	sc__submissions_unlock(round->line);
	TAILQ_FOREACH_SAFE(s, &round->running, link, next)
	sc__round_step(round, s, SC_OK);
}

/* ---- a round ----------------------------------------------------------------------------- */

/* Takes at most `max` requests that wait. The list of them is the round's alone afterwards. */
static void take_queued(sc__round *round, size_t max)
{
	sc__submissions_lock(round->line);
	for (size_t i = 0; i < max && !TAILQ_EMPTY(&round->line->queued); i++) {
		sc__submitted *s = TAILQ_FIRST(&round->line->queued);
		TAILQ_REMOVE(&round->line->queued, s, link);
		TAILQ_INSERT_TAIL(&round->running, s, link);
		s->state = SC__SUBMITTED_DRIVEN;
	}
	sc__submissions_signal(round->line);
	sc__submissions_unlock(round->line);
}

static void begin_all(sc__round *round)
{
	sc__submitted *s, *next;
	TAILQ_FOREACH_SAFE(s, &round->running, link, next)
	look(round, s, s->begin(s));
}

/* Until everybody has an answer or is with the provider. */
static void run(sc__round *round)
{
	while (!TAILQ_EMPTY(&round->running)) {
		if (sc__round_list(round, SC__WANT_ROWS)) {
			sc__fetch_rows(round);
		} else if (sc__round_list(round, SC__WANT_PAGE)) {
			sc__fetch_pages(round);
		} else if (sc__round_list(round, SC__WANT_ANSWER)) {
			sc__round_send(round);
			if (round->count > 0)
				ask_provider(round);
		} else if (sc__round_list(round, SC__WANT_OUTCOME)) {
			sc__round_send(round);
			if (round->count > 0)
				sc__fetch_outcomes(round);
		}
	}
}

static void tell(sc__round *round)
{
	sc__submitted *s;
	if (TAILQ_EMPTY(&round->ended))
		return;
	sc__submissions_lock(round->line);
	TAILQ_FOREACH(s, &round->ended, link)
	{
		s->state = SC__SUBMITTED_DONE;
		if (s->cancelled && !s->sent)
			s->status = sc__fail(&s->err, SC_CANCELLED, "cancelled before it was sent");
	}
	TAILQ_CONCAT(&round->line->done, &round->ended, link);
	sc__submissions_signal(round->line);
	sc__submissions_unlock(round->line);
}

static int64_t next_drive_ms(sc__round *round)
{
	const sc__submissions *line = round->line;
	int64_t wait_ms = SC_NEVER;
	sc__submissions_lock(round->line);
	if (!TAILQ_EMPTY(&line->queued))
		wait_ms = 0;
	else if (!TAILQ_EMPTY(&line->asking))
		wait_ms = ASK_AGAIN_MS;
	sc__submissions_unlock(round->line);
	return wait_ms;
}

/* The arena that is kept from round to round, unless another thread has it. */
static bool borrow_scratch(sc__round *round)
{
	sc__submissions_lock(round->line);
	bool free = !round->line->scratch_lent;
	round->line->scratch_lent = true;
	sc__submissions_unlock(round->line);
	if (free)
		round->arena = &round->line->scratch;
	return free;
}

static void return_scratch(sc__round *round)
{
	if (round->arena->used > SCRATCH_KEEP)
		sc_arena_clear(round->arena);
	else
		sc_arena_reset(round->arena);
	sc__submissions_lock(round->line);
	round->line->scratch_lent = false;
	sc__submissions_unlock(round->line);
}

size_t sc_shop_drive(sc_shop *shop, size_t max, int64_t *wait_ms)
{
	sc_arena own;
	sc_arena_init(&own, shop->env);
	sc__round round = { .shop = shop, .line = shop->submissions, .arena = &own };
	TAILQ_INIT(&round.running);
	TAILQ_INIT(&round.ended);
	bool borrowed = borrow_scratch(&round);
	take_queued(&round, max);
	begin_all(&round);
	do {
		run(&round);
		tell(&round);
		take_answers(&round);
		tell(&round);
	} while (!TAILQ_EMPTY(&round.running));
	if (borrowed)
		return_scratch(&round);
	sc_arena_clear(&own);
	if (wait_ms)
		*wait_ms = next_drive_ms(&round);
	return round.ended_count;
}
