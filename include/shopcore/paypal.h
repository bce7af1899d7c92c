/*
 * A payment gateway on PayPal's Orders v2 (libshopcore-paypal).
 *
 * An attempt is one PayPal order, made under the attempt's id as request id. Money moves when this driver captures or
 * authorises it, which happens for a charge with saved means at once, and for a buyer who approved it on PayPal's own
 * page when the shop looks the attempt up again. PayPal cannot call an order back, so the driver writes on it that it
 * is void. PayPal copies that word onto a capture, and a capture that carries it is given back by whoever sees it.
 *
 * `token` is "paypal" to send the buyer to PayPal's page (the answer is SC_GATEWAY_NEEDS_STEP), or the id of means
 * that the buyer saved with PayPal. No card number comes near this library.
 */
#ifndef SHOPCORE_PAYPAL_H
#define SHOPCORE_PAYPAL_H

#include <shopcore/port/gateway.h>
#include <shopcore/provider.h>

SC_BEGIN_DECLS

/** The headers that the port's `webhook` wants, as lines of "Name: value" in any order; other lines do no harm. */
#define SC_PAYPAL_WEBHOOK_HEADERS                                                          \
	"PayPal-Auth-Algo PayPal-Cert-Url PayPal-Transmission-Id PayPal-Transmission-Sig " \
	"PayPal-Transmission-Time"

/** The token of a buyer who goes to PayPal's page. */
#define SC_PAYPAL_BY_PAGE "paypal"

typedef struct sc_paypal_options {
	size_t size;          /* set by the initialiser */
	const char *url;      /* NULL: https://api-m.paypal.com */
	const char *key_file; /* a file with the client id and, on the next line, the secret; NULL: read `key_fd` */
	int key_fd;           /* read to its end, not closed; -1: none */
	uint32_t reserved0;
	const char *webhook_id;           /* the id that PayPal gave our address for webhooks; NULL: no webhooks */
	const char *return_url;           /* where PayPal sends the buyer who approved; required */
	const char *cancel_url;           /* and the one who did not; NULL: `return_url` */
	const sc_provider_tuning *tuning; /* NULL: the defaults */
	uint64_t reserved[4];
} sc_paypal_options;

#define SC_PAYPAL_OPTIONS_INIT                                                        \
	{                                                                             \
		sizeof(sc_paypal_options), NULL, NULL, -1, 0, NULL, NULL, NULL, NULL, \
		{                                                                     \
			0                                                             \
		}                                                                     \
	}

/**
 * Open a gateway to PayPal. Nothing is sent yet; the first request fetches an access token, which is kept and renewed.
 *
 * A webhook is checked by asking PayPal, so that call may take as long as one to the provider. Amounts that PayPal
 * cannot say exactly are SC_BAD_ARGUMENT, and currencies that it does not take SC_UNSUPPORTED.
 *
 * Ownership: `options` is borrowed for the call, `env` while the gateway lives. End it with
 * `out->ops->close(out->ctx)`. Threads: any; the gateway may be used by many at once, and starts no thread of its
 * own but those in which libcurl looks up names.
 * Returns, in this order: SC_BAD_ARGUMENT for what is missing or makes no sense, SC_OVER_LIMIT; SC_IO_FAILED when a
 * secret cannot be read, SC_BAD_FORMAT, SC_BAD_TEXT when it is none; SC_NO_MEMORY; SC_SERVICE_FAILED when libcurl
 * cannot be used; SC_OK. Idempotent: no, each call opens one. Since: 0.1.
 */
SC_API sc_status sc_paypal_open(const sc_env *env, const sc_paypal_options *options, sc_gateway *out, sc_error *err);

/**
 * Open a gateway by a URL, for programs that take one:
 * `paypal:?key_file=FILE&webhook_id=ID&return_url=URL&cancel_url=URL`, and `api=URL` for the sandbox or a stand-in.
 * Values are percent-coded.
 *
 * Ownership: `url` is borrowed for the call; else as sc_paypal_open(). Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when it is no such URL; then as sc_paypal_open(), SC_OK.
 * Idempotent: no, each call opens one. Since: 0.1.
 */
SC_API sc_status sc_paypal_open_url(const sc_env *env, const char *url, sc_gateway *out, sc_error *err);

SC_END_DECLS

#endif
