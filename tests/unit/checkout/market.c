#include "checkout/market.h"

#include <shopcore/cart.h>
#include <shopcore/catalog.h>
#include <shopcore/memory.h>
#include <shopcore/sharded.h>
#include <shopcore/sqlite.h>
#include <shopcore/verify.h>

#include <stdio.h>
#include <unistd.h>

#ifdef MARKET_POSTGRES
#include "private_postgres.h"

#include <libpq-fe.h>
#include <shopcore/postgres.h>
#endif

#ifdef MARKET_SQLITE
static sc_status open_engine(struct market *m, const sc_env *env, sc_store *out)
{
	if (m->folder[0] == '\0') {
		strcpy(m->folder, "/tmp/shopcore-market-XXXXXX");
		assert_non_null(mkdtemp(m->folder));
	}
	snprintf(m->file, sizeof(m->file), "%s/%d.db", m->folder, m->opened++);
	return sc_sqlite_open(env, m->file, NULL, out, &m->err);
}

static void remove_files(struct market *m)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	for (int i = 0; i < m->opened; i++) {
		for (size_t s = 0; s < sizeof(suffixes) / sizeof(suffixes[0]); s++) {
			snprintf(m->file, sizeof(m->file), "%s/%d.db%s", m->folder, i, suffixes[s]);
			unlink(m->file);
		}
	}
	rmdir(m->folder);
}
#elif defined(MARKET_POSTGRES)
/*
 * One server for all tests of a program, and a schema for each store. A store's time is never below what was
 * committed, and goes on from there with the environment's clock: so with a time far ahead the test's clock is its.
 */
static struct private_postgres server;

static void stop_server(void)
{
	private_postgres_stop(&server);
}

static void have_server(void)
{
	if (server.url[0] != '\0')
		return;
	if (!private_postgres_start(&server, private_postgres_unsynced))
		exit(PRIVATE_POSTGRES_SKIP);
	atexit(stop_server);
}

/* Ids carry the time of the test's world, and one from long ago would be refused: so the world is told, too. */
static void set_clock_ahead(struct market *m, const char *schema)
{
	char sql[160];
	PGconn *pg = PQconnectdb(server.url);
	snprintf(sql, sizeof(sql),
	         "UPDATE %s.sc_meta SET time_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 86400000"
	         " RETURNING time_ms",
	         schema);
	PGresult *result = PQexec(pg, sql);
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	int64_t ahead_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10) - m->env->wall_ms(m->env->ctx);
	if (ahead_ms > 0)
		sc_testkit_env_advance_ms(m->world, ahead_ms);
	PQclear(result);
	PQfinish(pg);
}

static sc_status open_engine(struct market *m, const sc_env *env, sc_store *out)
{
	static int opened;
	char url[640], schema[32];
	have_server();
	snprintf(schema, sizeof(schema), "market_%d", opened++);
	snprintf(url, sizeof(url), "%s&schema=%s", server.url, schema);
	sc_status status = sc_postgres_open(env, url, NULL, out, &m->err);
	if (status != SC_OK)
		return status;
	status = out->ops->prepare(out->ctx, SC_CALL_SYSTEM, &m->err);
	if (status != SC_OK)
		out->ops->close(out->ctx);
	else
		set_clock_ahead(m, schema);
	return status;
}

static void remove_files(struct market *m)
{
	(void)m;
}
#elif defined(MARKET_SHARDED)
/* Orders are spread over three shards, the goods lie in a fourth: every purchase is a saga. */
static sc_status open_engine(struct market *m, const sc_env *env, sc_store *out)
{
	sc_shard shards[] = { { .name = "north" }, { .name = "south" }, { .name = "west" }, { .name = "goods" } };
	const size_t count = sizeof(shards) / sizeof(shards[0]);
	const sc_shard_location goods = { NULL, "goods" };
	sc_status status = SC_OK;
	size_t opened = 0;
	for (; status == SC_OK && opened < count; opened += status == SC_OK)
		status = sc_memory_open(env, NULL, &shards[opened].store, &m->err);
	if (status == SC_OK)
		status = sc_sharded_open(env, shards, count, &goods, 1, out, &m->err);
	while (status != SC_OK && opened-- > 0)
		shards[opened].store.ops->close(shards[opened].store.ctx);
	return status;
}

static void remove_files(struct market *m)
{
	(void)m;
}
#else
static sc_status open_engine(struct market *m, const sc_env *env, sc_store *out)
{
	return sc_memory_open(env, NULL, out, &m->err);
}

static void remove_files(struct market *m)
{
	(void)m;
}
#endif

static sc_status open_store(struct market *m, const sc_env *env)
{
	sc_store engine;
	sc_status status = open_engine(m, env, &engine);
	if (status != SC_OK)
		return status;
	status = sc_traced_open(env, engine, &m->traced, &m->err);
	if (status != SC_OK) {
		engine.ops->close(engine.ctx);
		return status;
	}
	status = sc_faulty_open(env, m->traced, NULL, &m->store, &m->err);
	if (status != SC_OK)
		m->traced.ops->close(m->traced.ctx);
	return status;
}

static sc_status open_gateway(struct market *m, const sc_env *env)
{
	sc_status status = sc_fake_gateway_open(env, &m->fake_options, &m->fake, &m->err);
	if (status != SC_OK)
		return status;
	status = sc_faulty_gateway_open(env, sc_fake_gateway_port(m->fake), NULL, &m->gateway, &m->err);
	if (status != SC_OK) {
		sc_fake_gateway_free(m->fake);
		m->fake = NULL;
	}
	return status;
}

static sc_status open_shop(struct market *m)
{
	m->kept = *m->store.ops;
	m->kept.close = NULL;
	m->gateway_kept = *m->gateway.ops;
	m->gateway_kept.close = NULL;
	m->options.store = (sc_store){ &m->kept, m->store.ctx };
	m->options.gateway = (sc_gateway){ &m->gateway_kept, m->gateway.ctx };
	return sc_shop_open(&m->options, &m->shop, &m->err);
}

sc_status market_open(struct market *m, const sc_env *env)
{
	m->env = env;
	m->options.env = env;
#ifdef SUBMITTED
	submitted_env(env);
#endif
	m->options.volatile_ok = true;
	sc_arena_init(&m->arena, env);
	sc_status status = open_store(m, env);
	if (status == SC_OK)
		status = open_gateway(m, env);
	if (status == SC_OK)
		status = open_shop(m);
	if (status != SC_OK)
		market_close(m);
	return status;
}

void market_close(struct market *m)
{
	sc_shop_close(m->shop);
	m->shop = NULL;
	if (m->fake)
		m->gateway.ops->close(m->gateway.ctx);
	sc_fake_gateway_free(m->fake);
	m->fake = NULL;
	if (m->store.ops)
		m->store.ops->close(m->store.ctx);
	m->store.ops = NULL;
	sc_arena_clear(&m->arena);
}

static void fill_request(struct market *m)
{
	m->buyer = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	m->request = (sc_checkout_request)SC_CHECKOUT_REQUEST_INIT;
	m->request.email = "ada@example.org";
	m->request.shipping = (sc_postal_address){
		.name = "Ada", .line1 = "1 Analytical Way", .postal_code = "10115", .city = "Berlin", .country = "DE"
	};
}

int market_up(void **state)
{
	struct market *m = calloc(1, sizeof(*m));
	m->world = sc_testkit_env_new(1);
	sc_testkit_env_jump_when_parked(m->world, true);
	m->err = (sc_error)SC_ERROR_INIT;
	m->options = (sc_shop_options)SC_SHOP_OPTIONS_INIT;
	m->fake_options = (sc_fake_gateway_options)SC_FAKE_GATEWAY_OPTIONS_INIT;
	fill_request(m);
	assert_int_equal(market_open(m, sc_testkit_env_table(m->world)), SC_OK);
	m->start_ms = m->env->wall_ms(m->env->ctx);
	market_sku(m, "mug", 500, 10);
	market_sku(m, "pot", 1500, 5);
	*state = m;
	return 0;
}

int market_down(void **state)
{
	struct market *m = *state;
	market_close(m);
	remove_files(m);
	assert_int_equal(sc_testkit_env_live_blocks(m->world), 0);
	sc_testkit_env_free(m->world);
	free(m);
	return 0;
}

void market_restart(struct market *m)
{
	sc_shop_close(m->shop);
	m->shop = NULL;
	assert_int_equal(open_shop(m), SC_OK);
}

void market_sku(struct market *m, const char *sku, int64_t price, int64_t units)
{
	sc_sku offer = { .sku = sku, .price_minor = price, .currency = "USD" };
	sc_product product = { .id = sku, .name = sku, .rating_milli = -1, .skus = &offer, .sku_count = 1 };
	const sc_stock_change received = { sku, NULL, units };
	assert_int_equal(sc_product_create(m->shop, SC_CALL_SYSTEM, &product, NULL, &m->err), SC_OK);
	if (units > 0)
		assert_int_equal(sc_inventory_receive(m->shop, SC_CALL_SYSTEM, &received, 1, NULL, &m->err), SC_OK);
}

void market_price(struct market *m, const char *sku, int64_t price)
{
	sc_product product;
	assert_int_equal(sc_product_get(m->shop, SC_CALL_SYSTEM, sku, &m->arena, &product, &m->err), SC_OK);
	sc_sku offer = product.skus[0];
	offer.withdrawn = price < 0;
	offer.price_minor = price < 0 ? 0 : price;
	product.skus = &offer;
	assert_int_equal(sc_product_put(m->shop, SC_CALL_SYSTEM, &product, NULL, &m->err), SC_OK);
}

void market_cart(struct market *m, const char *sku, int64_t quantity)
{
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	sc_call call = m->buyer;
	sc_cart cart;
	call.key = NULL;
	assert_int_equal(sc_cart_add(m->shop, &call, NULL, &item, 1, &m->arena, &cart, &m->err), SC_OK);
}

sc_status market_place(struct market *m, const char *key)
{
	sc_call call = m->buyer;
	call.key = key;
	return sc_checkout_place(m->shop, &call, &m->request, &m->arena, &m->placement, &m->err);
}

sc_status market_pay(struct market *m, const char *token)
{
	return sc_checkout_pay(m->shop, &m->buyer, m->placement.order_id, token, &m->err);
}

sc_status market_buy(struct market *m, const char *key, const char *token)
{
	sc_status status = market_place(m, key);
	return status == SC_OK ? market_pay(m, token) : status;
}

sc_status market_tick_after(struct market *m, int64_t ms)
{
	sc_testkit_env_advance_ms(m->world, ms);
	return sc_shop_tick(m->shop, SC_CALL_SYSTEM, NULL, NULL, &m->err);
}

void market_drain(struct market *m, int64_t amount)
{
	sc_gateway_request request = { .op = SC_GATEWAY_REFUND, .amount_minor = amount, .currency = "USD" };
	sc_gateway gateway = sc_fake_gateway_port(m->fake);
	sc_gateway_reply reply;
	size_t count;
	request.attempt = sc_id_make(m->env);
	assert_int_equal(sc_id_parse(m->placement.order_id, &request.order), SC_OK);
	assert_int_equal(sc_id_parse(market_order(m).payments[0].attempt, &request.target), SC_OK);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &request, 1, &count, &m->err), SC_OK);
	assert_int_equal(gateway.ops->finish(gateway.ctx, 1, 0, &reply, &count, &m->err), SC_OK);
	assert_int_equal(reply.state, SC_GATEWAY_REFUNDED);
}

sc_order market_order(struct market *m)
{
	sc_order order;
	assert_int_equal(sc_order_get(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &order, &m->err),
	                 SC_OK);
	return order;
}

void assert_status(struct market *m, sc_order_status status)
{
	assert_string_equal(sc_order_status_name((sc_order_status)market_order(m).status),
	                    sc_order_status_name(status));
}

void assert_level(struct market *m, const char *sku, int64_t on_hand, int64_t held, int64_t committed)
{
	const sc_stock_ref ref = { sku, NULL };
	sc_level level;
	assert_int_equal(sc_inventory_levels(m->shop, SC_CALL_SYSTEM, &ref, 1, &m->arena, &level, &m->err), SC_OK);
	assert_int_equal(level.on_hand, on_hand);
	assert_int_equal(level.held, held);
	assert_int_equal(level.committed, committed);
}

void assert_money(struct market *m, int64_t charged, int64_t refunded)
{
	sc_id order;
	int64_t taken, returned;
	assert_int_equal(sc_id_parse(m->placement.order_id, &order), SC_OK);
	assert_int_equal(sc_fake_gateway_order_money(m->fake, order, &taken, &returned, &m->err), SC_OK);
	assert_int_equal(taken, charged);
	assert_int_equal(returned, refunded);
}

void assert_sound(struct market *m)
{
	sc_verify *verify;
	sc_verify_page page = { .finished = false };
	assert_int_equal(sc_verify_new(m->shop, SC_CALL_SYSTEM, &verify, &m->err), SC_OK);
	while (!page.finished) {
		assert_int_equal(sc_verify_step(verify, SC_CALL_SYSTEM, 100, &m->arena, &page, &m->err), SC_OK);
		for (size_t i = 0; i < page.count; i++)
			fail_msg("%s: expected %lld, found %lld", sc_damage_name(page.findings[i].damage),
			         (long long)page.findings[i].expected, (long long)page.findings[i].found);
	}
	sc_verify_free(verify);
}

void assert_history(struct market *m, const char *topics)
{
	char joined[1024] = "";
	sc_order order = market_order(m);
	for (size_t i = 0; i < order.history_count; i++) {
		if (i > 0)
			strcat(joined, " ");
		strcat(joined, order.history[i].topic);
	}
	assert_string_equal(joined, topics);
}
