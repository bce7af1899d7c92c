/*
 * What comes from Stripe: the header of a signature, events, and objects in answers. Whatever the bytes are, the answer
 * is a status; no header passes that was not made with the secret; and an event that reads names what a shop can use.
 *
 * The first line of the input is the header, the rest the body.
 */
#include "check.h"

#include "drivers/stripe/driver.h"

#include <shopcore/text.h>

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET "whsec_that_no_input_knows"

/* Nobody listens there, and after one try nobody asks again: a body that wants the object fetched gets a failure. */
static const sc_provider_tuning alone = { .size = sizeof(alone),
	                                  .connect_timeout_ms = 1000,
	                                  .timeout_ms = 1000,
	                                  .retry_first_ms = 1,
	                                  .retry_most_ms = 1,
	                                  .breaker_failures = 1,
	                                  .breaker_ms = 1000000,
	                                  .rate_per_second = 100000,
	                                  .requests_max = 1 };

static sc_gateway gateway;

static int descriptor_with(const char *text)
{
	int ends[2];
	CHECK(pipe(ends) == 0 && write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

static void close_gateway(void)
{
	gateway.ops->close(gateway.ctx);
}

static void open_gateway(void)
{
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	if (gateway.ops)
		return;
	options.url = "http://127.0.0.1:1";
	options.key_fd = descriptor_with("sk_test_key");
	options.webhook_fd = descriptor_with(SECRET);
	options.return_url = "https://shop.example";
	options.tuning = &alone;
	CHECK(sc_stripe_open(sc_env_default(), &options, &gateway, NULL) == SC_OK);
	close(options.key_fd);
	close(options.webhook_fd);
	atexit(close_gateway);
}

static void check_header(const char *header, sc_bytes body)
{
	const int64_t now_ms = sc_env_default()->wall_ms(NULL);
	CHECK(sc_stripe_verify(body, header, SECRET, now_ms, SC_STRIPE_TOLERANCE_MS, NULL) == SC_BAD_SIGNATURE);
}

static void sign(sc_bytes body, char *header, size_t size)
{
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	char hex[2 * sizeof(hash) + 1], stamp[32];
	crypto_auth_hmacsha256_state state;
	int length = snprintf(stamp, sizeof(stamp), "%lld.", (long long)(sc_env_default()->wall_ms(NULL) / 1000));
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)SECRET, strlen(SECRET));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, (size_t)length);
	crypto_auth_hmacsha256_update(&state, body.data, body.size);
	crypto_auth_hmacsha256_final(&state, hash);
	stamp[length - 1] = '\0';
	snprintf(header, size, "t=%s,v1=%s", stamp, sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

static void check_event(sc_bytes body)
{
	char header[256];
	sc_gateway_event event;
	sign(body, header, sizeof(header));
	sc_status status = gateway.ops->webhook(gateway.ctx, SC_CALL_SYSTEM, body, header, &event, NULL);
	if (status != SC_OK) {
		CHECK(status == SC_BAD_FORMAT || status == SC_SERVICE_FAILED || body.size == 0);
		return;
	}
	CHECK(event.event_id[0] != '\0' && sc_text_is_utf8(event.event_id, strlen(event.event_id)));
	if (sc_id_is_zero(event.about.attempt))
		return;
	CHECK(event.about.state == SC_GATEWAY_CAPTURED || event.about.state == SC_GATEWAY_VOIDED ||
	      event.about.state == SC_GATEWAY_DECLINED);
	CHECK(event.about.amount_minor >= 0 && event.about.provider_ref[0] != '\0');
}

static void check_objects(sc_bytes body)
{
	sc_arena arena;
	const sc_json *json;
	sc_gateway_reply reply = { .state = 77 };
	sc_arena_init(&arena, sc_env_default());
	if (sc_json_parse(body, &arena, NULL, &json, NULL) == SC_OK) {
		if (stripe_read_intent(json, &reply))
			CHECK(reply.state <= SC_GATEWAY_VOIDED);
		else
			CHECK(reply.state == 77);
		if (stripe_read_refund(json, &reply))
			CHECK(reply.state == SC_GATEWAY_RUNNING || reply.state == SC_GATEWAY_REFUNDED ||
			      reply.state == SC_GATEWAY_DECLINED);
	}
	sc_arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t length = end ? (size_t)(end - data) : size;
	char *header = malloc(length + 1);
	CHECK(header != NULL);
	if (length > 0)
		memcpy(header, data, length);
	header[length] = '\0';
	const sc_bytes body = { end ? end + 1 : data + size, end ? size - length - 1 : 0 };
	open_gateway();
	check_header(header, body);
	check_event(body);
	check_objects(body);
	free(header);
	return 0;
}
