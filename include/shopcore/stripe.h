/*
 * A payment gateway on Stripe's PaymentIntents (libshopcore-stripe).
 *
 * A charge takes two calls. The first makes a PaymentIntent under the attempt's id as idempotency key, and moves
 * no money; the second confirms it with the buyer's means. So an attempt has one PaymentIntent for ever: to look it
 * up after a silence the first call is repeated, and to make sure that it never will charge, that PaymentIntent is
 * cancelled. It is the fence even when Stripe never heard of the attempt before.
 *
 * With the token SC_STRIPE_BY_PAGE the buyer pays on a page of Stripe's. The PaymentIntent of the attempt then stays
 * empty and carries the name of that page; the page has the money, and is closed when the attempt is called back.
 *
 * No card number comes near this library: `token` is that word, or the id of a PaymentMethod or of a confirmation token
 * ("pm_…", "ctoken_…") that Stripe's own form made in the buyer's browser. Whatever has the digits of a card is
 * refused before anything is sent.
 */
#ifndef SHOPCORE_STRIPE_H
#define SHOPCORE_STRIPE_H

#include <shopcore/port/gateway.h>
#include <shopcore/provider.h>

SC_BEGIN_DECLS

/** The version of Stripe's API that every call names, whatever the account is set to. */
#define SC_STRIPE_API_VERSION "2025-09-30.clover"

/** The token of a buyer who goes to Stripe's own page (Checkout): the answer is SC_GATEWAY_NEEDS_STEP. */
#define SC_STRIPE_BY_PAGE "page"

/** The header whose value the port's `webhook` wants. */
#define SC_STRIPE_WEBHOOK_HEADER "Stripe-Signature"

/** How far the time in a signature may be from ours, before or after: five minutes, as Stripe's clients have it. */
#define SC_STRIPE_TOLERANCE_MS 300000

/** Secrets of webhooks that are good at the same time, for a change of secrets. */
#define SC_STRIPE_WEBHOOK_SECRETS_MAX 4

/** Signatures that are looked at in one header. */
#define SC_STRIPE_SIGNATURES_MAX 16

typedef struct sc_stripe_options {
	size_t size;                      /* set by the initialiser */
	const char *url;                  /* NULL: https://api.stripe.com */
	const char *key_file;             /* a file with the secret key; NULL: read `key_fd` */
	int key_fd;                       /* read to its end, not closed; -1: none */
	int webhook_fd;                   /* as `key_fd`, for the secrets of webhooks */
	const char *webhook_secret_file;  /* one secret a line; NULL and no descriptor: no webhooks */
	const char *return_url;           /* where Stripe sends the buyer after a step of the bank; required */
	int64_t tolerance_ms;             /* of a webhook's time, at least 1 */
	const sc_provider_tuning *tuning; /* NULL: the defaults */
	uint64_t reserved[4];
} sc_stripe_options;

#define SC_STRIPE_OPTIONS_INIT                                                                           \
	{                                                                                                \
		sizeof(sc_stripe_options), NULL, NULL, -1, -1, NULL, NULL, SC_STRIPE_TOLERANCE_MS, NULL, \
		{                                                                                        \
			0                                                                                \
		}                                                                                        \
	}

/**
 * Open a gateway to Stripe. Nothing is sent yet. Times are in milliseconds.
 *
 * Amounts are sent in the units that Stripe wants for a currency; an amount that they cannot say exactly is
 * SC_BAD_ARGUMENT, and a currency about which Stripe's own pages disagree is SC_UNSUPPORTED.
 *
 * Ownership: `options` is borrowed for the call, `env` while the gateway lives. End it with
 * `out->ops->close(out->ctx)`. Threads: any; the gateway may be used by many at once, and starts no thread of its
 * own but those in which libcurl looks up names.
 * Returns, in this order: SC_BAD_ARGUMENT for what is missing or makes no sense, SC_OVER_LIMIT; SC_IO_FAILED when a
 * secret cannot be read, SC_BAD_FORMAT, SC_BAD_TEXT when it is none; SC_NO_MEMORY; SC_SERVICE_FAILED when libcurl
 * cannot be used; SC_OK. Idempotent: no, each call opens one. Since: 0.1.
 */
SC_API sc_status sc_stripe_open(const sc_env *env, const sc_stripe_options *options, sc_gateway *out, sc_error *err);

/**
 * Open a gateway by a URL, for programs that take one:
 * `stripe:?key_file=FILE&webhook_file=FILE&return_url=URL`, and `api=URL` for a stand-in. Values are percent-coded.
 *
 * Ownership: `url` is borrowed for the call; else as sc_stripe_open(). Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when it is no such URL; then as sc_stripe_open(), SC_OK.
 * Idempotent: no, each call opens one. Since: 0.1.
 */
SC_API sc_status sc_stripe_open_url(const sc_env *env, const char *url, sc_gateway *out, sc_error *err);

/**
 * Check the signature of a webhook over its raw bytes, without a gateway: the first and only time in the header, any
 * one of its `v1` signatures, compared in constant time, and a time that is near ours on both sides.
 *
 * Stricter than Stripe's own clients in three things: a time in the future is refused like one in the past, a header
 * with two times is refused, and a time is decimal digits and nothing else.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a secret or for a tolerance below 1; SC_BAD_SIGNATURE; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_stripe_verify(sc_bytes body, const char *header, const char *secret, int64_t now_ms,
                                  int64_t tolerance_ms, sc_error *err);

SC_END_DECLS

#endif
