/*
 * The Stripe driver inside.
 */
#ifndef SC_DRIVERS_STRIPE_DRIVER_H
#define SC_DRIVERS_STRIPE_DRIVER_H

#include "drivers/provider.h"

#include <shopcore/stripe.h>

#define STRIPE_ID_MAX   64
#define STRIPE_PAGE_MAX 127

struct stripe {
	const sc_env *env;
	sc__provider *provider;
	char authorization[SC__SECRET_MAX + 32]; /* a whole header line */
	char webhook_secrets[SC_STRIPE_WEBHOOK_SECRETS_MAX][SC__SECRET_MAX + 1];
	size_t webhook_secret_count;
	char return_url[512];
	int64_t tolerance_ms;
};

/* Where a job is. It begins at BEGIN, or at REFUND_FETCH when an event asks. */
enum stripe_stage {
	STRIPE_BEGIN,
	STRIPE_SEARCH,
	STRIPE_CREATE,
	STRIPE_CONFIRM,
	STRIPE_FETCH,
	STRIPE_CANCEL,
	STRIPE_CAPTURE,
	STRIPE_REFUNDS,
	STRIPE_REFUND,
	STRIPE_REFUND_FETCH,
	STRIPE_PAGE,
	STRIPE_NOTE,
	STRIPE_LOOK,
	STRIPE_EXPIRE
};

/* What a job knows so far, on its arena. */
struct stripe_job {
	char intent[STRIPE_ID_MAX + 1]; /* empty: not found yet */
	char page[STRIPE_PAGE_MAX + 1]; /* where the buyer pays; empty: there is none */
	char refund[STRIPE_ID_MAX + 1];
	char after[STRIPE_ID_MAX + 1]; /* the last refund of the page before */
	char decline[SC_DECLINE_CODE_MAX + 1];
	int64_t amount; /* in Stripe's units */
	bool searched, created, cancelled;
	bool expired; /* the page was told to close */
};

/* ---- amounts (amount.c) ---- */

/* Our minor units in Stripe's. SC_BAD_CURRENCY; SC_UNSUPPORTED; SC_BAD_ARGUMENT when they cannot say it. */
sc_status stripe_amount_out(int64_t minor, const char *currency, int64_t *out, sc_error *err);
/* The other way. false: a currency that we do not know, or too much. */
bool stripe_amount_in(int64_t amount, const char *currency, int64_t *minor);

/* ---- what Stripe's objects say (object.c) ---- */

/* A PaymentIntent, as an answer about it; false: it is none, or does not read. Does not touch `status`. NEEDS a
 * decision by the caller when the state is 0: it waits for means of payment. */
bool stripe_read_intent(const sc_json *intent, sc_gateway_reply *reply);
bool stripe_read_refund(const sc_json *refund, sc_gateway_reply *reply);
/* The ids that we wrote on an object. false: it is none of ours. */
bool stripe_read_ids(const sc_json *object, sc_id *attempt, sc_id *order);

/* ---- calls (calls.c): each fills in job->call and job->stage; false: no memory ---- */

bool stripe_call_search(struct stripe *stripe, sc__job *job);
bool stripe_call_create(struct stripe *stripe, sc__job *job);
bool stripe_call_confirm(struct stripe *stripe, sc__job *job);
bool stripe_call_fetch(struct stripe *stripe, sc__job *job);
bool stripe_call_cancel(struct stripe *stripe, sc__job *job);
bool stripe_call_capture(struct stripe *stripe, sc__job *job);
bool stripe_call_refunds(struct stripe *stripe, sc__job *job);
bool stripe_call_refund(struct stripe *stripe, sc__job *job);
bool stripe_call_refund_fetch(struct stripe *stripe, sc__job *job);

bool stripe_call_page(struct stripe *stripe, sc__job *job);
bool stripe_call_note(struct stripe *stripe, sc__job *job);
bool stripe_call_look(struct stripe *stripe, sc__job *job);
bool stripe_call_expire(struct stripe *stripe, sc__job *job);

/* ---- Stripe's page (page.c) ---- */

/* The page that a PaymentIntent names, into the job. false: none. */
bool stripe_take_page(sc__job *job, const sc_json *intent);
/* Whether a PaymentIntent was made by a page: the buyer may try again there, and only the page can be closed. */
bool stripe_is_by_page(const sc_json *intent);
sc__next stripe_after_page(struct stripe *stripe, sc__job *job, const sc__http_answer *answer);

/* ---- which call comes next (flow.c) ---- */

extern const sc__provider_rules stripe_rules;

/* ---- webhooks (webhook.c) ---- */

sc_status stripe_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature, sc_gateway_event *out,
                         sc_error *err);

#endif
