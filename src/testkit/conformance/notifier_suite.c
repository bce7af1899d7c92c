/*
 * The notifier suite: each notice has its own status, and what was sent arrives whole.
 */
#include "testkit/conformance/notifier_suite.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

static const sc_conformance_notifier_options *options_of(const struct world *w)
{
	return w->suite->options;
}

static sc_notice notice(struct world *w, const char *to, const char *subject, const char *text)
{
	sc_notice out;

	memset(&out, 0, sizeof(out));
	out.id = sc_id_make(&w->env);
	out.topic = "order.confirmed";
	out.to = to;
	out.subject = subject;
	out.text = text;
	out.order = sc_id_make(&w->env);
	return out;
}

static sc_status send(struct world *w, const sc_notice *notices, size_t count, sc_status *statuses)
{
	return w->notifier.ops->send(w->notifier.ctx, SC_CALL_SYSTEM, notices, count, statuses, NULL);
}

static bool arrived(struct world *w, const char *text)
{
	const sc_conformance_notifier_options *o = options_of(w);
	sc_bytes all = { NULL, 0 };

	if (o->received == NULL)
		ct_skip(w, "nobody can see what arrives");
	CHECK_STATUS(w, o->received(o->ctx, &w->arena, &all), SC_OK);
	return all.size > 0 && memmem(all.data, all.size, text, strlen(text)) != NULL;
}

void each_notice_has_its_own_status(struct world *w)
{
	const sc_notice notices[] = { notice(w, "ada@example.com", "One", "first"),
		                      notice(w, "bob@example.com", "Two", "second"),
		                      notice(w, NULL, "Three", "third") };
	sc_status statuses[] = { SC_NOT_FOUND, SC_NOT_FOUND, SC_NOT_FOUND };

	CHECK_STATUS(w, send(w, notices, 3, statuses), SC_OK);
	for (size_t i = 0; i < 3; i++)
		CHECK_STATUS(w, statuses[i], SC_OK);
}

void a_notice_arrives_whole(struct world *w)
{
	sc_notice one = notice(w, "ada@example.com", "Your order was placed",
	                       "Two mugs, gr\xc3\xbc"
	                       "n");
	sc_status status = SC_NOT_FOUND;

	CHECK_STATUS(w, send(w, &one, 1, &status), SC_OK);
	CHECK_STATUS(w, status, SC_OK);
	CHECK(w, arrived(w, "ada@example.com"));
	CHECK(w, arrived(w, "Your order was placed"));
	CHECK(w, arrived(w, "Two mugs, gr\xc3\xbc"
	                    "n"));
}

void notices_arrive_in_their_order(struct world *w)
{
	const sc_conformance_notifier_options *o = options_of(w);
	const sc_notice notices[] = { notice(w, NULL, "s", "first-text"), notice(w, NULL, "s", "second-text") };
	sc_status statuses[2];
	const char *first, *second;
	sc_bytes all;

	CHECK_STATUS(w, send(w, notices, 2, statuses), SC_OK);
	CHECK(w, arrived(w, "first-text") && arrived(w, "second-text"));
	CHECK_STATUS(w, o->received(o->ctx, &w->arena, &all), SC_OK);
	first = memmem(all.data, all.size, "first-text", 10);
	second = memmem(all.data, all.size, "second-text", 11);
	CHECK(w, first < second);
}

void no_notices_are_no_error(struct world *w)
{
	sc_notice none = notice(w, NULL, "s", "t");
	sc_status status = SC_NOT_FOUND;

	CHECK_STATUS(w, send(w, &none, 0, &status), SC_OK);
	CHECK_STATUS(w, status, SC_NOT_FOUND);
}

void a_notice_may_be_sent_again(struct world *w)
{
	sc_notice one = notice(w, "ada@example.com", "Again", "the same");
	sc_status status = SC_NOT_FOUND;

	CHECK_STATUS(w, send(w, &one, 1, &status), SC_OK);
	CHECK_STATUS(w, send(w, &one, 1, &status), SC_OK);
	CHECK_STATUS(w, status, SC_OK);
}

void a_long_text_arrives(struct world *w)
{
	enum { SIZE = 100000 };
	char *text = sc_arena_alloc(&w->arena, SIZE + 1);
	sc_notice one;
	sc_status status = SC_NOT_FOUND;

	CHECK(w, text != NULL);
	memset(text, 'x', SIZE);
	memcpy(text + SIZE - 7, "the-end", 8);
	one = notice(w, "ada@example.com", "Long", text);
	CHECK_STATUS(w, send(w, &one, 1, &status), SC_OK);
	CHECK_STATUS(w, status, SC_OK);
	CHECK(w, arrived(w, "the-end"));
}

struct shout {
	sc_notice notices[64];
};

static const char *send_own(struct world *w, uint32_t index, void *shared)
{
	struct shout *shout = shared;
	sc_status status = SC_NOT_FOUND;

	for (int i = 0; i < 5; i++) {
		if (w->notifier.ops->send(w->notifier.ctx, SC_CALL_SYSTEM, &shout->notices[index % 64], 1, &status,
		                          NULL) != SC_OK ||
		    status != SC_OK)
			return "a notice among many was not sent";
	}
	return NULL;
}

void notices_of_many_threads_are_not_mixed(struct world *w)
{
	struct shout *shout = sc_arena_zalloc(&w->arena, sizeof(*shout));
	uint32_t threads = ct_threads(w);

	CHECK(w, shout != NULL);
	for (uint32_t i = 0; i < 64; i++) {
		char *text = sc_arena_alloc(&w->arena, 64);

		CHECK(w, text != NULL);
		snprintf(text, 64, "message-of-thread-%u-is-whole", i);
		shout->notices[i] = notice(w, NULL, "s", text);
	}
	ct_hammer(w, send_own, shout);
	for (uint32_t i = 0; i < threads && i < 64; i++)
		CHECK(w, arrived(w, shout->notices[i].text));
}

/* ---- the suite -------------------------------------------------------------------------------- */

#define NAMED(case_name) { #case_name, case_name },
static const struct ct_case cases[] = { CT_NOTIFIER_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_NOTIFIER_CASES(NAME) };

static void set_up(struct world *w)
{
	const sc_conformance_notifier_options *o = options_of(w);
	sc_error err = SC_ERROR_INIT;

	CHECK_STATUS(w, o->open(o->ctx, &w->env, &w->notifier, &err), SC_OK);
	w->open = true;
}

static void tear_down(struct world *w)
{
	if (w->open && SC_OPS_HAS(w->notifier.ops, sc_notifier_ops, close))
		w->notifier.ops->close(w->notifier.ctx);
}

const char *const *sc_conformance_notifier_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

sc_status sc_conformance_notifier(const sc_conformance_notifier_options *options, sc_conformance_summary *summary,
                                  sc_error *err)
{
	struct ct_suite suite = { .cases = cases, .count = COUNT(cases), .set_up = set_up, .tear_down = tear_down };

	if (options == NULL || options->open == NULL)
		return ct_complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open a notifier");
	suite.options = options;
	suite.env = options->env;
	suite.ctx = options->ctx;
	suite.report = options->report;
	suite.only = options->only;
	return ct_run(&suite, summary, err);
}
