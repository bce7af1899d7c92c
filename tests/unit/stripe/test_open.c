/* Opening a gateway to Stripe: where secrets come from, what is refused, and what an event needs to be read. */
#include <shopcore/stripe.h>
#include <shopcore/testkit/env.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct files {
	char key[64], webhooks[64];
};

static void write_file(char path[64], const char *text)
{
	snprintf(path, 64, "/tmp/shopcore-stripe-XXXXXX");
	int file = mkstemp(path);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
}

static int set_up(void **state)
{
	static struct files files;
	write_file(files.key, "sk_test_key\n");
	write_file(files.webhooks, "whsec_one\nwhsec_two\n");
	*state = &files;
	return 0;
}

static int tear_down(void **state)
{
	const struct files *files = *state;
	unlink(files->key);
	unlink(files->webhooks);
	return 0;
}

static sc_stripe_options options_of(const struct files *files)
{
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	options.key_file = files->key;
	options.webhook_secret_file = files->webhooks;
	options.return_url = "https://shop.example/return";
	return options;
}

static sc_status try_open(const sc_stripe_options *options, sc_error *err)
{
	sc_gateway gateway = { NULL, NULL };
	sc_status status = sc_stripe_open(sc_env_default(), options, &gateway, err);
	if (status == SC_OK)
		gateway.ops->close(gateway.ctx);
	else
		assert_null(gateway.ops);
	return status;
}

static void a_key_from_a_file_or_a_descriptor_opens(void **state)
{
	sc_stripe_options options = options_of(*state);
	assert_int_equal(try_open(&options, NULL), SC_OK);
	options.key_fd = open(options.key_file, O_RDONLY);
	options.key_file = NULL;
	assert_int_equal(try_open(&options, NULL), SC_OK);
	close(options.key_fd);
}

static void what_is_missing_or_wrong_is_named(void **state)
{
	sc_error err = SC_ERROR_INIT;
	sc_stripe_options options = options_of(*state);
	sc_provider_tuning tuning = SC_PROVIDER_TUNING_INIT;
	options.return_url = NULL;
	assert_int_equal(try_open(&options, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "return_url");
	options = options_of(*state);
	options.key_file = NULL;
	assert_int_equal(try_open(&options, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "key_file");
	options.key_file = "/nowhere/at/all";
	assert_int_equal(try_open(&options, &err), SC_IO_FAILED);
	options = options_of(*state);
	options.tolerance_ms = 0;
	assert_int_equal(try_open(&options, &err), SC_BAD_ARGUMENT);
	options = options_of(*state);
	options.tuning = &tuning;
	tuning.retries_max = 11;
	assert_int_equal(try_open(&options, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "tuning.retries_max");
}

static void a_key_that_is_none_is_refused(void **state)
{
	static const char *const keys[] = { "pk_test_publishable\n", "", "\n\n", "sk_test key\n", "sk_a\nsk_b\n" };
	sc_stripe_options options = options_of(*state);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char path[64];
		write_file(path, keys[i]);
		options.key_file = path;
		assert_true(sc_status_is_bad_input(try_open(&options, NULL)));
		unlink(path);
	}
}

static void secrets_never_go_in_the_clear(void **state)
{
	static const char *const urls[] = { "http://api.stripe.com", "http://127.0.0.1.example", "ftp://127.0.0.1",
		                            "https://a@b",           "https://api.stripe.com/",  "" };
	sc_stripe_options options = options_of(*state);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		options.url = urls[i];
		assert_int_equal(try_open(&options, NULL), SC_BAD_ARGUMENT);
	}
	options.url = "http://127.0.0.1:8080";
	assert_int_equal(try_open(&options, NULL), SC_OK);
}

static void a_url_opens_like_options(void **state)
{
	const struct files *files = *state;
	sc_gateway gateway;
	char url[512];
	snprintf(url, sizeof(url), "stripe:?key_file=%s&webhook_file=%s&return_url=https%%3A%%2F%%2Fshop.example",
	         files->key, files->webhooks);
	assert_int_equal(sc_stripe_open_url(sc_env_default(), url, &gateway, NULL), SC_OK);
	gateway.ops->close(gateway.ctx);
	assert_int_equal(sc_stripe_open_url(sc_env_default(), "stripe", &gateway, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_stripe_open_url(sc_env_default(), "stripe:", &gateway, NULL), SC_BAD_ARGUMENT);
}

static void a_gateway_that_is_closed_leaves_nothing(void **state)
{
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_stripe_options options = options_of(*state);
	sc_gateway gateway;
	assert_int_equal(sc_stripe_open(sc_testkit_env_table(world), &options, &gateway, NULL), SC_OK);
	gateway.ops->close(gateway.ctx);
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
}

static void without_secrets_there_are_no_webhooks(void **state)
{
	sc_stripe_options options = options_of(*state);
	sc_gateway gateway;
	sc_gateway_event event;
	options.webhook_secret_file = NULL;
	assert_int_equal(sc_stripe_open(sc_env_default(), &options, &gateway, NULL), SC_OK);
	assert_int_equal(gateway.ops->webhook(gateway.ctx, SC_CALL_SYSTEM, SC_BYTES("{}"), "t=1,v1=00", &event, NULL),
	                 SC_UNSUPPORTED);
	gateway.ops->close(gateway.ctx);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_from_a_file_or_a_descriptor_opens),
		TEST(what_is_missing_or_wrong_is_named),
		TEST(a_key_that_is_none_is_refused),
		TEST(secrets_never_go_in_the_clear),
		TEST(a_url_opens_like_options),
		TEST(a_gateway_that_is_closed_leaves_nothing),
		TEST(without_secrets_there_are_no_webhooks),
	};
	return cmocka_run_group_tests_name("opening a gateway to Stripe", tests, NULL, NULL);
}
