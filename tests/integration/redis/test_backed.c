/*
 * Carts in Redis with a copy in an SQLite record, through the shop's own functions: Redis is killed, comes back, comes
 * back empty. And a shop from a configuration, whose Redis, search index, event sink and notifier are all down.
 */
#include "world.h"

#include <shopcore/sqlite.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>

enum { BEHIND_MS = 50 };

struct market {
	char folder[64], url[96];
	sc_store carts;
	sc_shop *shop;
	sc_fake_gateway *provider;
	sc_arena arena;
};

static void make_mug(const struct market *m)
{
	const sc_sku offer = { .sku = "mug", .price_minor = 1000, .currency = "USD" };
	const sc_product product = { .id = "mug", .name = "Mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 100 };
	assert_int_equal(sc_product_create(m->shop, SC_CALL_SYSTEM, &product, NULL, NULL), SC_OK);
	assert_int_equal(sc_inventory_receive(m->shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", NULL), SC_OK);
}

static void open_market(const struct world *w, struct market *m)
{
	sc_store record, copies, redis;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_redis_options quick = options_of(w);
	sc_backed_options backed = SC_BACKED_OPTIONS_INIT;
	quick.patience_ms = 100;
	backed.behind_ms = BEHIND_MS;
	backed.patience_ms = 50;
	snprintf(m->folder, sizeof m->folder, "/tmp/shopcore-backed-XXXXXX");
	assert_non_null(mkdtemp(m->folder));
	snprintf(m->url, sizeof m->url, "%s/shop.db", m->folder);
	assert_int_equal(sc_sqlite_open(sc_env_default(), m->url, NULL, &record, NULL), SC_OK);
	assert_int_equal(sc_sqlite_open(sc_env_default(), m->url, NULL, &copies, NULL), SC_OK);
	assert_int_equal(sc_redis_open(sc_env_default(), w->redis.url, &quick, &redis, NULL), SC_OK);
	assert_int_equal(sc_backed_open(sc_env_default(), redis, copies, &backed, &m->carts, NULL), SC_OK);
	const sc_mixed_part part = { .store = m->carts, .keeps = SC_KEEPS_CARTS };
	assert_int_equal(sc_mixed_open(sc_env_default(), record, &part, 1, &options.store, NULL), SC_OK);
	assert_int_equal(sc_fake_gateway_open(sc_env_default(), NULL, &m->provider, NULL), SC_OK);
	options.gateway = sc_fake_gateway_port(m->provider);
	assert_int_equal(sc_shop_open(&options, &m->shop, NULL), SC_OK);
	sc_arena_init(&m->arena, sc_env_default());
	make_mug(m);
}

static void close_market(struct market *m)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-lock" };
	sc_shop_close(m->shop);
	sc_fake_gateway_free(m->provider);
	sc_arena_clear(&m->arena);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s%s", m->url, endings[i]);
		unlink(path);
	}
	rmdir(m->folder);
}

static sc_status add_mugs(struct market *m, const char *owner, int64_t quantity)
{
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	const sc_cart_item item = { .sku = "mug", .quantity = quantity };
	sc_cart cart;
	return sc_cart_add(m->shop, &call, NULL, &item, 1, &m->arena, &cart, NULL);
}

/* Units in the cart; -1: it cannot be read. */
static int64_t units_of(struct market *m, const char *owner)
{
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	sc_cart cart;
	if (sc_cart_get(m->shop, &call, NULL, &m->arena, &cart, NULL) != SC_OK)
		return -1;
	return cart.line_count == 0 ? 0 : cart.lines[0].quantity;
}

static sc_backed_counts counts_of(const struct market *m)
{
	sc_backed_counts counts;
	assert_int_equal(sc_backed_read(&m->carts, &counts, NULL), SC_OK);
	return counts;
}

static void run_ticks(const struct market *m)
{
	for (int i = 0; i < 200; i++) {
		sc_shop_tick(m->shop, SC_CALL_SYSTEM, NULL, NULL, NULL);
		if (i > 2 && counts_of(m).waiting == 0)
			return;
		usleep(10000);
	}
	fail_msg("%llu carts still wait", (unsigned long long)counts_of(m).waiting);
}

/* Read, quoted, placed and paid. */
static sc_status buy(struct market *m, const char *owner)
{
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	request.payment_token = "tok_ok";
	request.email = "buyer@example.org";
	request.shipping = (sc_postal_address){ .name = "Ann", .line1 = "1 Hill St", .city = "Bath", .country = "GB" };
	call.key = owner;
	return sc_checkout_buy(m->shop, &call, &request, &m->arena, &placement, NULL);
}

static void a_killed_and_emptied_redis_gives_the_carts_that_were_written_behind(void **state)
{
	struct world *w = *state;
	static struct market m;
	next_prefix(w);
	open_market(w, &m);
	assert_int_equal(add_mugs(&m, "ann", 2), SC_OK);
	assert_int_equal(add_mugs(&m, "bob", 3), SC_OK);
	run_ticks(&m);
	private_redis_kill(&w->redis, 0);
	assert_true(private_redis_restart(&w->redis, 0));
	char line[700];
	snprintf(line, sizeof line, "redis-cli -s %s flushall >/dev/null",
	         strstr(w->redis.url, "redis+socket://") + strlen("redis+socket://"));
	assert_int_equal(system(line), 0);
	assert_int_equal(units_of(&m, "ann"), 2);
	usleep(60000);
	run_ticks(&m);
	usleep(60000);
	run_ticks(&m);
	assert_in_range(counts_of(&m).restored, 2, 10);
	assert_int_equal(units_of(&m, "ann"), 2);
	assert_int_equal(units_of(&m, "bob"), 3);
	close_market(&m);
}

static void checkout_goes_on_while_redis_is_away_and_it_catches_up(void **state)
{
	struct world *w = *state;
	static struct market m;
	next_prefix(w);
	open_market(w, &m);
	assert_int_equal(add_mugs(&m, "ann", 2), SC_OK);
	assert_int_equal(add_mugs(&m, "bob", 1), SC_OK);
	run_ticks(&m);
	private_redis_kill(&w->redis, 0);
	assert_int_equal(buy(&m, "ann"), SC_OK);
	assert_int_equal(units_of(&m, "ann"), 0);
	assert_int_equal(add_mugs(&m, "bob", 1), SC_OK);
	assert_int_equal(units_of(&m, "bob"), 2);
	assert_true(private_redis_restart(&w->redis, 0));
	usleep(60000);
	run_ticks(&m);
	const uint64_t before = counts_of(&m).from_record;
	assert_int_equal(units_of(&m, "bob"), 2);
	assert_int_equal(units_of(&m, "ann"), 0);
	assert_int_equal(counts_of(&m).from_record, before);
	close_market(&m);
}

/* ---- all that is outside is down --------------------------------------------------------- */

/* Services that refuse while they are down, and count what reaches them. */
static struct outside {
	bool down;
	size_t indexed, published, sent;
	uint64_t position;
	uint8_t incarnation[16];
} outside;

static sc_status answer(void)
{
	return outside.down ? SC_SERVICE_FAILED : SC_OK;
}

static sc_status index_documents(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                                 sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)documents;
	(void)err;
	outside.indexed += outside.down ? 0 : count;
	return answer();
}

static sc_status query(void *ctx, const sc_call *call, const sc_search_query *asked, sc_arena *arena,
                       sc_search_result *out, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)asked;
	(void)arena;
	(void)err;
	*out = (sc_search_result){ .count = 0 };
	return answer();
}

static sc_status position_of(void *ctx, const sc_call *call, uint8_t incarnation[16], uint64_t *position, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	memcpy(incarnation, outside.incarnation, 16);
	*position = outside.position;
	return answer();
}

static sc_status follow(void *ctx, const sc_call *call, const uint8_t incarnation[16], uint64_t position, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	memcpy(outside.incarnation, incarnation, 16);
	outside.position = position;
	return answer();
}

static sc_status reset(void *ctx, const sc_call *call, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	outside.position = 0;
	return answer();
}

static sc_status publish(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
                         sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)events;
	(void)err;
	*accepted = outside.down ? 0 : count;
	outside.published += *accepted;
	return answer();
}

static sc_status send_notices(void *ctx, const sc_call *call, const sc_notice *notices, size_t count,
                              sc_status *statuses, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)notices;
	(void)err;
	for (size_t i = 0; i < count; i++)
		statuses[i] = answer();
	outside.sent += outside.down ? 0 : count;
	return answer();
}

static const sc_search_ops search_ops = { .size = sizeof search_ops,
	                                  .name = "outside",
	                                  .index = index_documents,
	                                  .query = query,
	                                  .position = position_of,
	                                  .follow = follow,
	                                  .reset = reset };
static const sc_event_sink_ops sink_ops = { .size = sizeof sink_ops, .name = "outside", .publish = publish };
static const sc_notifier_ops notifier_ops = { .size = sizeof notifier_ops, .name = "outside", .send = send_notices };

static const struct world *configured; /* whose prefix a configured Redis gets */

static sc_status open_redis(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	sc_redis_options options = options_of(configured);
	options.patience_ms = 100;
	return sc_redis_open(env, url, &options, out, err);
}

static void open_configured(const struct world *w, struct market *m)
{
	static const sc_config_driver drivers[] = { { .scheme = "redis+socket", .open_store = open_redis } };
	char text[2048];
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	configured = w;
	snprintf(m->folder, sizeof m->folder, "/tmp/shopcore-backed-XXXXXX");
	assert_non_null(mkdtemp(m->folder));
	snprintf(m->url, sizeof m->url, "%s/shop.db", m->folder);
	snprintf(text, sizeof text,
	         "[record]\nurl = sqlite:%s\n[catalog]\nurl = memory:\n[carts]\nurl = %s\ncopy = yes\n"
	         "copy_after_ms = %d\n[cache]\nurl = memory:\n",
	         m->url, w->redis.url, BEHIND_MS);
	if (sc_config_open(sc_env_default(), (sc_bytes){ text, strlen(text) }, drivers, 1, &options, &err) != SC_OK)
		fail_msg("%s: %s", err.field, err.text);
	assert_int_equal(sc_fake_gateway_open(sc_env_default(), NULL, &m->provider, NULL), SC_OK);
	options.gateway = sc_fake_gateway_port(m->provider);
	options.search = (sc_search_index){ &search_ops, NULL };
	options.events = (sc_event_sink){ &sink_ops, NULL };
	options.notifier = (sc_notifier){ &notifier_ops, NULL };
	assert_int_equal(sc_shop_open(&options, &m->shop, NULL), SC_OK);
	sc_arena_init(&m->arena, sc_env_default());
	make_mug(m);
}

/* Until a tick finds nothing more to do and nothing failed. */
static bool catches_up(const struct market *m)
{
	for (int i = 0; i < 500; i++) {
		sc_tick_report report = SC_TICK_REPORT_INIT;
		sc_status status = sc_shop_tick(m->shop, SC_CALL_SYSTEM, NULL, &report, NULL);
		if (status == SC_OK && report.duties_failed == 0 && report.wait_ms > 0 && outside.sent > 0 &&
		    outside.published > 0 && outside.indexed > 0)
			return true;
		usleep(10000);
	}
	return false;
}

static void checkout_goes_on_with_all_that_is_outside_down_and_everything_catches_up(void **state)
{
	struct world *w = *state;
	static struct market m;
	memset(&outside, 0, sizeof outside);
	next_prefix(w);
	open_configured(w, &m);
	outside.down = true;
	assert_int_equal(add_mugs(&m, "ann", 2), SC_OK);
	assert_int_equal(add_mugs(&m, "bob", 1), SC_OK);
	for (int i = 0; i < 10; i++) { /* what is outside fails; carts are written behind all the same */
		sc_shop_tick(m.shop, SC_CALL_SYSTEM, NULL, NULL, NULL);
		usleep(10000);
	}
	private_redis_kill(&w->redis, 0);
	assert_int_equal(buy(&m, "ann"), SC_OK);
	assert_int_equal(units_of(&m, "bob"), 1);
	assert_int_equal(outside.sent + outside.published + outside.indexed, 0);
	assert_true(private_redis_restart(&w->redis, 0));
	outside.down = false;
	assert_true(catches_up(&m));
	assert_int_equal(units_of(&m, "bob"), 1);
	assert_int_equal(units_of(&m, "ann"), 0);
	close_market(&m);
}

int main(void)
{
	static struct world w;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(a_killed_and_emptied_redis_gives_the_carts_that_were_written_behind, &w),
		cmocka_unit_test_prestate(checkout_goes_on_while_redis_is_away_and_it_catches_up, &w),
		cmocka_unit_test_prestate(checkout_goes_on_with_all_that_is_outside_down_and_everything_catches_up, &w),
	};
	if (!private_redis_start(&w.redis, NULL))
		return PRIVATE_REDIS_SKIP;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	private_redis_stop(&w.redis);
	return failed;
}
