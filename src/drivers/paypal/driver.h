/*
 * The PayPal driver inside.
 */
#ifndef SC_DRIVERS_PAYPAL_DRIVER_H
#define SC_DRIVERS_PAYPAL_DRIVER_H

#include "drivers/provider.h"

#include <shopcore/paypal.h>

#define PAYPAL_ID_MAX    36
#define PAYPAL_TOKEN_MAX 4096
#define PAYPAL_TEXT_MAX  96 /* of a custom_id */
#define PAYPAL_VALUE_MAX 24

struct paypal {
	const sc_env *env;
	sc__provider *provider;
	char basic[2 * SC__SECRET_MAX * 4 / 3 + 64]; /* header line for fetching tokens */
	char bearer[PAYPAL_TOKEN_MAX + 32];          /* header line for everything else; empty: none */
	int64_t bearer_until_ns;
	bool fetching; /* a job is on its way for a token, and others hold */
	char webhook_id[64];
	char return_url[512], cancel_url[512];
};

enum paypal_stage {
	PAYPAL_BEGIN,
	PAYPAL_VERIFY,
	PAYPAL_TOKEN,
	PAYPAL_CREATE,
	PAYPAL_FETCH,
	PAYPAL_MARK,
	PAYPAL_PAY,
	PAYPAL_CAPTURE,
	PAYPAL_UNHOLD,
	PAYPAL_REFUND,
	PAYPAL_UNDO
};

/* What is written on an order, behind the attempt's and the order's id. */
enum paypal_mark { MARK_NONE, MARK_STEP, MARK_VOID, MARK_DECLINED };

/* What a job knows so far, on its arena. */
struct paypal_job {
	char order[PAYPAL_ID_MAX + 1]; /* empty: not found yet */
	char decline[SC_DECLINE_CODE_MAX + 1];
	char value[PAYPAL_VALUE_MAX]; /* the amount as PayPal writes it */
	sc_bytes verify;              /* the question about a webhook; no data: this is none */
	enum paypal_mark mark;        /* that is being written */
	uint32_t looks;               /* at the order, so far */
	bool renewed;                 /* the token was, for this job */
	bool by_event;                /* an event asks: nothing is to be paid now */
};

/* A PayPal order as it was read. Texts are the document's. */
struct paypal_order {
	const char *id, *status, *intent, *step_url;
	sc_id attempt, order; /* ours; zero: none of ours */
	enum paypal_mark mark;
	const char *capture, *capture_status; /* the newest; empty: none */
	enum paypal_mark capture_mark;        /* that PayPal copied onto it */
	const char *hold, *hold_status;       /* the authorisation */
	int64_t captured, held;
	const sc_json *refunds;
};

/* ---- amounts (amount.c) ---- */
sc_status paypal_amount_out(int64_t minor, const char *currency, char out[PAYPAL_VALUE_MAX]);
bool paypal_amount_in(const sc_json *amount, int64_t *minor);

/* ---- reading (object.c) ---- */
bool paypal_read_order(const sc_json *json, struct paypal_order *out);
/* The two ids and the mark of a custom_id. */
bool paypal_read_custom(const char *text, sc_id *attempt, sc_id *order, enum paypal_mark *mark);
/* A refund as an answer. */
bool paypal_read_refund(const sc_json *refund, sc_gateway_reply *reply);

/* ---- calls (calls.c): false: no memory ---- */
bool paypal_call_token(struct paypal *paypal, sc__job *job);
bool paypal_call_create(struct paypal *paypal, sc__job *job);
bool paypal_call_fetch(struct paypal *paypal, sc__job *job);
bool paypal_call_mark(struct paypal *paypal, sc__job *job, enum paypal_mark mark);
bool paypal_call_pay(struct paypal *paypal, sc__job *job, bool hold, const char *saved);
bool paypal_call_capture(struct paypal *paypal, sc__job *job, const char *hold);
bool paypal_call_unhold(struct paypal *paypal, sc__job *job, const char *hold);
bool paypal_call_refund(struct paypal *paypal, sc__job *job, const char *capture);
bool paypal_call_undo(struct paypal *paypal, sc__job *job, const char *capture);
bool paypal_call_verify(struct paypal *paypal, sc__job *job);
/* The attempt whose order it is about. */
sc_id paypal_subject(const sc__job *job);

/* ---- which call comes next (flow.c) ---- */
extern const sc__provider_rules paypal_rules;

/* ---- webhooks (webhook.c) ---- */
sc_status paypal_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature, sc_gateway_event *out,
                         sc_error *err);

#endif
