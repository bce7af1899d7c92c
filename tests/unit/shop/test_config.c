/*
 * A shop from a text: what it opens, and what it says about a text that is wrong.
 */
#include <shopcore/shopcore.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A driver that remembers what it was asked for, and opens a store in memory. */
static char opened[8][256];
static size_t opened_count;

static sc_status open_seen(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	snprintf(opened[opened_count++ % 8], sizeof opened[0], "%s", url);
	return sc_memory_open(env, NULL, out, err);
}

static sc_status open_broken(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	(void)env;
	(void)url;
	(void)out;
	snprintf(err->text, sizeof err->text, "nobody answers");
	err->status = SC_IO_FAILED;
	return SC_IO_FAILED;
}

static const sc_config_driver drivers[] = {
	{ .scheme = "seen", .open_store = open_seen },
	{ .scheme = "broken", .open_store = open_broken },
};

static sc_status open_text(const char *text, sc_shop_options *options, sc_error *err)
{
	opened_count = 0;
	*options = (sc_shop_options)SC_SHOP_OPTIONS_INIT;
	*err = (sc_error)SC_ERROR_INIT;
	return sc_config_open(sc_env_default(), (sc_bytes){ text, strlen(text) }, drivers, 2, options, err);
}

static void close_store(const sc_shop_options *options)
{
	options->store.ops->close(options->store.ctx);
}

static void a_record_is_enough(void **state)
{
	sc_shop_options options;
	sc_error err;
	(void)state;
	assert_int_equal(open_text("# a shop\n\n[record]\n  url = memory:\n", &options, &err), SC_OK);
	assert_string_equal(options.store.ops->name, "memory");
	assert_true(options.volatile_ok);
	close_store(&options);
}

static void parts_and_wrappers_make_one_store_that_a_shop_opens(void **state)
{
	sc_shop_options options;
	sc_shop *shop;
	sc_error err;
	(void)state;
	assert_int_equal(open_text("[record]\nurl=memory:\n[catalog]\r\nurl = seen:catalog\n[stock]\nurl = seen:stock\n"
	                           "[carts]\nurl = seen:carts\ncopy = yes\ncopy_after_ms = 500\n"
	                           "[cache]\nurl = memory:\nmegabytes = 1\nkeep_ms = 1000",
	                           &options, &err),
	                 SC_OK);
	assert_int_equal(opened_count, 3);
	assert_string_equal(options.store.ops->name, "cached");
	assert_int_equal(sc_shop_open(&options, &shop, &err), SC_OK);
	const sc_sku offer = { .sku = "mug", .price_minor = 100, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "Mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 5 };
	assert_int_equal(sc_product_create(shop, SC_CALL_SYSTEM, &mug, NULL, &err), SC_OK);
	assert_int_equal(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), SC_OK);
	assert_int_equal(sc_shop_tick(shop, SC_CALL_SYSTEM, NULL, NULL, &err), SC_OK);
	sc_shop_close(shop);
}

static void a_faulty_text_is_named_by_line_and_member(void **state)
{
	static const struct {
		const char *text;
		sc_status status;
		int32_t line;
		const char *field;
	} faults[] = {
		{ "", SC_BAD_ARGUMENT, -1, "record" },
		{ "url = memory:\n", SC_BAD_FORMAT, 1, "text" },
		{ "[record]\nwhat\n", SC_BAD_FORMAT, 2, "text" },
		{ "[records]\n", SC_BAD_ARGUMENT, 1, "text" },
		{ "[record]\nurl = memory:\n\n[record]\n", SC_BAD_ARGUMENT, 4, "record" },
		{ "[record]\ncolour = blue\n", SC_BAD_ARGUMENT, 2, "record" },
		{ "[record]\ncopy = yes\n", SC_BAD_ARGUMENT, 2, "record" },
		{ "[record]\nurl = memory:\nurl = memory:\n", SC_BAD_ARGUMENT, 3, "record.url" },
		{ "[record]\nurl =\n", SC_BAD_FORMAT, 2, "record.url" },
		{ "[record]\n", SC_BAD_ARGUMENT, 1, "record.url" },
		{ "[record]\nurl = memory:\n[carts]\ncopy = maybe\n", SC_BAD_FORMAT, 4, "carts.copy" },
		{ "[record]\nurl = memory:\n[carts]\nurl = memory:\ncopy = yes\ncopy_after_ms = 60001\n",
		  SC_OUT_OF_RANGE, 3, "carts.copy_after_ms" },
		{ "[record]\nurl = memory:\n[cache]\nmegabytes = -1\n", SC_BAD_FORMAT, 4, "cache.megabytes" },
		{ "[record]\nurl = memory:\n[cache]\nmegabytes = 1000000001\n", SC_BAD_FORMAT, 4, "cache.megabytes" },
		{ "[record]\nurl = nothing://here\n", SC_UNSUPPORTED, 2, "record.url" },
		{ "[record]\nurl = memory:\n[cache]\nurl = seen:cache\n", SC_UNSUPPORTED, 4, "cache.url" },
		{ "[record]\nurl = memory:\n[gate]\nurl = seen:gate\n", SC_UNSUPPORTED, 4, "gate.url" },
		{ "[record]\nurl = memory:\n[stock]\nurl = memory:\n[gate]\nurl = seen:gate\n", SC_BAD_ARGUMENT, 5,
		  "gate" },
		{ "[record]\nurl = memory:\n[carts]\nurl = broken:\n", SC_IO_FAILED, 4, "carts.url" },
		{ "[record]\nurl = seen://me:secret@host/shop\n", SC_BAD_ARGUMENT, 2, "record.url" },
		{ "[record]\nurl = seen://host/shop?password=x\n", SC_BAD_ARGUMENT, 2, "record.url" },
		{ "[record]\nurl = seen://host/\nsecret_file = /nowhere\n", SC_IO_FAILED, 3, "record.secret_file" },
		{ "[record]\nurl = seen://host/\nsecret_file = /nowhere\nsecret_fd = 3\n", SC_BAD_ARGUMENT, 4,
		  "record.secret_fd" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		sc_shop_options options;
		sc_error err;
		if (open_text(faults[i].text, &options, &err) != faults[i].status || err.index != faults[i].line ||
		    strcmp(err.field, faults[i].field) != 0)
			fail_msg("text %zu: %s, line %d, %s: %s", i, sc_status_name(err.status), (int)err.index,
			         err.field, err.text);
		assert_null(options.store.ops);
	}
}

static void a_text_and_a_line_have_limits(void **state)
{
	static char text[SC_CONFIG_SIZE_MAX + 2];
	sc_shop_options options;
	sc_error err;
	(void)state;
	memset(text, '\n', sizeof text - 1);
	memcpy(text, "[record]\nurl=memory:\n#", 22);
	memset(text + 22, 'x', SC_CONFIG_LINE_MAX - 1);
	text[SC_CONFIG_SIZE_MAX] = '\0';
	assert_int_equal(open_text(text, &options, &err), SC_OK);
	close_store(&options);
	text[22 + SC_CONFIG_LINE_MAX - 1] = 'x';
	assert_int_equal(open_text(text, &options, &err), SC_OVER_LIMIT);
	assert_int_equal(err.index, 3);
	text[SC_CONFIG_SIZE_MAX] = '\n';
	assert_int_equal(open_text(text, &options, &err), SC_OVER_LIMIT);
	assert_string_equal(err.field, "text");
}

static void write_secret(char path[64], const char *text)
{
	snprintf(path, 64, "/tmp/shopcore-secret-XXXXXX");
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void a_secret_comes_from_a_file_and_goes_into_the_url_alone(void **state)
{
	char path[64], text[256];
	sc_shop_options options;
	sc_error err;
	(void)state;
	write_secret(path, "s3cret\nsecond line\n");
	snprintf(text, sizeof text, "[record]\nurl = seen://me@host/shop\nsecret_file = %s\n", path);
	assert_int_equal(open_text(text, &options, &err), SC_OK);
	assert_string_equal(opened[0], "seen://me:s3cret@host/shop");
	close_store(&options);
	snprintf(text, sizeof text, "[record]\nurl = seen://host?x=@\nsecret_file = %s\n", path);
	assert_int_equal(open_text(text, &options, &err), SC_OK);
	assert_string_equal(opened[0], "seen://:s3cret@host?x=@");
	close_store(&options);
	snprintf(text, sizeof text, "[record]\nurl = seen:file\nsecret_file = %s\n", path);
	assert_int_equal(open_text(text, &options, &err), SC_UNSUPPORTED);
	unlink(path);
	write_secret(path, "with@sign");
	snprintf(text, sizeof text, "[record]\nurl = seen://host\nsecret_file = %s\n", path);
	assert_int_equal(open_text(text, &options, &err), SC_UNSUPPORTED);
	assert_null(strstr(err.text, "with@sign"));
	unlink(path);
}

static void a_secret_of_a_descriptor_is_read_once(void **state)
{
	int ends[2];
	char text[256];
	sc_shop_options options;
	sc_error err;
	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "s3cret\n", 7), 7);
	close(ends[1]);
	snprintf(text, sizeof text,
	         "[record]\nurl = seen://host/\nsecret_fd = %d\n[carts]\nurl = seen:carts\ncopy = yes\n", ends[0]);
	assert_int_equal(open_text(text, &options, &err), SC_OK);
	close(ends[0]);
	assert_int_equal(opened_count, 3);
	assert_string_equal(opened[0], "seen://:s3cret@host/");
	assert_string_equal(opened[2], "seen://:s3cret@host/");
	close_store(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_enough),
		cmocka_unit_test(parts_and_wrappers_make_one_store_that_a_shop_opens),
		cmocka_unit_test(a_faulty_text_is_named_by_line_and_member),
		cmocka_unit_test(a_text_and_a_line_have_limits),
		cmocka_unit_test(a_secret_comes_from_a_file_and_goes_into_the_url_alone),
		cmocka_unit_test(a_secret_of_a_descriptor_is_read_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
