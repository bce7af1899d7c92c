/*
 * Card numbers are given to every function that takes text, and then looked for wherever text is kept or shown: in each
 * record and journal entry of the store, in the bytes of its files, in notices, events, log lines and errors.
 */
#include "feeds.h"

#include <shopcore/fts5.h>
#include <shopcore/memory.h>
#include <shopcore/notify.h>
#include <shopcore/sqlite.h>
#include <shopcore/testkit/fake_gateway.h>
#ifdef WITH_POSTGRES
#include "private_postgres.h"
#include <shopcore/postgres.h>
#endif
#ifdef WITH_REDIS
#include "private_redis.h"
#include <shopcore/redis.h>
#endif

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Networks' numbers for tests, as people type them; behind each the same without what is between. */
static const char *const cards[] = { "4111111111111111",  "5555 5555 5555 4444", "5555555555554444",
	                             "3782-822463-10005", "378282246310005",     "my card: 6011111111111117",
	                             "6011111111111117",  "3056.9309.0259.04",   "30569309025904",
	                             "4222222222222",     "4000002760003184127", "6304000000000000" };
enum { CARDS = sizeof(cards) / sizeof(cards[0]) };

static bool shows_card(const void *data, size_t size)
{
	for (size_t i = 0; i < CARDS; i++)
		if (size > 0 && memmem(data, size, cards[i], strlen(cards[i])) != NULL)
			return true;
	return false;
}

/* ---- a shop whose every word is looked at ------------------------------------------------- */

struct shelf {
	struct world w;
	sc_env env;
	sc_store store;
	sc_fake_gateway *provider;
	char folder[64];
	size_t logged, published, shown;
};

static struct shelf *logging; /* the environment's log has nobody else's context */

static void log_line(void *ctx, sc_log_level level, const char *text)
{
	(void)ctx;
	(void)level;
	logging->logged++;
	logging->shown += shows_card(text, strlen(text));
}

static sc_status publish(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
                         sc_error *err)
{
	struct shelf *s = ctx;
	(void)call;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		s->published++;
		s->shown += shows_card(events[i].body.data, events[i].body.size);
		s->shown += shows_card(events[i].subject.key, events[i].subject.key_size);
	}
	*accepted = count;
	return SC_OK;
}

static const sc_event_sink_ops sink = { .size = sizeof(sink), .name = "looking", .publish = publish };

static void fill(struct world *w)
{
	const sc_sku offer = { .sku = "mug", .price_minor = 500, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { "mug", NULL, 10 };
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	sc_cart cart;
	sc_call ada = w->ada;
	assert_int_equal(sc_product_create(w->shop, &w->office, &mug, NULL, &w->err), SC_OK);
	assert_int_equal(sc_inventory_receive(w->shop, &w->office, &delivery, 1, "delivery", &w->err), SC_OK);
	assert_int_equal(sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
	ada.key = "only";
	request.payment_token = "tok_ok";
	request.email = "ada@example.com";
	request.shipping = (sc_postal_address){ .name = "A", .line1 = "1 St", .city = "Bath", .country = "GB" };
	assert_int_equal(sc_checkout_buy(w->shop, &ada, &request, &w->arena, &placement, &w->err), SC_OK);
	snprintf(w->order, sizeof(w->order), "%s", placement.order_id);
	assert_int_equal(sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
}

static void open_shelf(struct shelf *s)
{
	char path[128];
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	struct world *w = &s->w;
	s->env = *sc_env_default();
	s->env.log = log_line;
	logging = s;
	options.env = &s->env;
	options.store = s->store;
	options.volatile_ok = true;
	options.events = (sc_event_sink){ &sink, s };
	snprintf(path, sizeof(path), "%s/search.db", s->folder);
	assert_int_equal(sc_fts5_open(&s->env, path, &options.search, NULL), SC_OK);
	snprintf(path, sizeof(path), "%s/notices", s->folder);
	assert_int_equal(sc_notifier_file(&s->env, path, &options.notifier, NULL), SC_OK);
	assert_int_equal(sc_fake_gateway_open(&s->env, NULL, &s->provider, NULL), SC_OK);
	options.gateway = sc_fake_gateway_port(s->provider);
	assert_int_equal(sc_shop_open(&options, &w->shop, &w->err), SC_OK);
	sc_arena_init(&w->arena, &s->env);
	w->ada = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	w->office = (sc_call)SC_CALL_INIT(SC_ACTOR_ADMIN, "office");
	fill(w);
}

static void close_shelf(struct shelf *s)
{
	sc_arena_clear(&s->w.arena);
	sc_shop_close(s->w.shop);
	sc_fake_gateway_free(s->provider);
}

/* ---- looking ------------------------------------------------------------------------------ */

static size_t look_at_records(const sc_store *store, const sc_kind *kind)
{
	size_t shown = 0;
	sc_arena arena;
	sc_page page = { 0 };
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, sc_env_default());
	do {
		const sc_range range = { .kind = kind->number,
			                 .index = SC_BY_ADDRESS,
			                 .limit = SC_PAGE_MAX,
			                 .cursor = page.next,
			                 .mask = SC_READ_ALL };
		assert_int_equal(store->ops->range(store->ctx, SC_CALL_SYSTEM, &range, 1, &arena, &page, &err), SC_OK);
		for (size_t i = 0; i < page.count; i++) {
			const sc_record *record = &page.records[i];
			shown += shows_card(record->address.key, record->address.key_size);
			shown += shows_card(record->address.sub, record->address.sub_size);
			shown += shows_card(record->body.data, record->body.size);
			shown += shows_card(record->personal.data, record->personal.size);
		}
	} while (page.next.size > 0);
	sc_arena_clear(&arena);
	return shown;
}

static size_t look_at_journal(const sc_store *store, uint32_t partition)
{
	size_t shown = 0, count;
	uint64_t after = 0;
	sc_arena arena;
	sc_entry entries[100];
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, sc_env_default());
	do {
		assert_int_equal(store->ops->log_read(store->ctx, SC_CALL_SYSTEM, partition, after, 100, &arena,
		                                      entries, &count, &err),
		                 SC_OK);
		for (size_t i = 0; i < count; i++) {
			shown += shows_card(entries[i].subject.key, entries[i].subject.key_size);
			shown += shows_card(entries[i].topic.data, entries[i].topic.size);
			shown += shows_card(entries[i].body.data, entries[i].body.size);
			after = entries[i].position;
		}
	} while (count > 0);
	sc_arena_clear(&arena);
	return shown;
}

static size_t look_at_store(const sc_store *store)
{
	size_t count, shown = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc_store_info info = { .size = sizeof(info) };
	assert_int_equal(store->ops->info(store->ctx, &info, NULL), SC_OK);
	for (size_t i = 0; i < count; i++)
		shown += look_at_records(store, &kinds[i]);
	for (uint32_t i = 0; i < info.partitions; i++)
		shown += look_at_journal(store, i);
	return shown;
}

static size_t look_at_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	const size_t size = (size_t)ftell(file);
	char *bytes = malloc(size + 1);
	assert_non_null(bytes);
	rewind(file);
	assert_int_equal(fread(bytes, 1, size, file), size);
	fclose(file);
	size_t shown = shows_card(bytes, size);
	free(bytes);
	return shown;
}

static size_t look_at_files(const char *folder)
{
	char pattern[80];
	glob_t found;
	size_t shown = 0;
	snprintf(pattern, sizeof(pattern), "%s/*", folder);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		shown += look_at_file(found.gl_pathv[i]);
	globfree(&found);
	return shown;
}

/* ---- what is tried ------------------------------------------------------------------------ */

static sc_status feed(struct world *w, const struct feed *to, const char *text)
{
	w->err = (sc_error)SC_ERROR_INIT;
	sc_status status = to->call(w, text);
	if (shows_card(w->err.text, strlen(w->err.text)) || shows_card(w->err.field, strlen(w->err.field)))
		fail_msg("%s shows the card in its error: %s: %s", to->where, w->err.field, w->err.text);
	sc_arena_reset(&w->arena);
	return status;
}

/* Every number everywhere is bad input, and a text without one is not refused for that. */
static void feed_all(struct shelf *s)
{
	for (size_t i = 0; i < feed_count; i++) {
		for (size_t k = 0; k < CARDS; k++) {
			sc_status status = feed(&s->w, &feeds[i], cards[k]);
			if (!sc_status_is_bad_input(status))
				fail_msg("%s takes %s: %s", feeds[i].where, cards[k], sc_status_name(status));
		}
	}
	for (size_t i = 0; i < feed_count; i++)
		if (feed(&s->w, &feeds[i], "harmless-7") == SC_BAD_TEXT)
			fail_msg("%s refuses a harmless text: %s", feeds[i].where, s->w.err.text);
	assert_int_equal(sc_shop_tick(s->w.shop, SC_CALL_SYSTEM, NULL, NULL, &s->w.err), SC_OK);
}

/* A record with a card number in it, written behind the shop's back: what follows has to find it. */
static void plant(const sc_store *store, const char *card)
{
	const sc_change put = { .address = { "planted", "", 7, 0, 0, 0 },
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_ABSENT,
		                .body = { card, strlen(card) } };
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	sc_change change = put;
	for (size_t i = 0; i < count; i++)
		if (strcmp(kinds[i].name, "cart") == 0)
			change.address.kind = kinds[i].number;
	const sc_group group = {
		.id = sc_id_make(sc_env_default()), .home = SC_HOME_NONE, .changes = &change, .count = 1
	};
	sc_outcome outcome = { .status = SC_OK };
	assert_int_equal(store->ops->apply(store->ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
}

static void remove_folder(const char *folder)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* `folder`: of the store's files; NULL: it has none that can be searched. */
static void no_card_number_is_left_in(sc_store store, const char *folder)
{
	struct shelf s = { .store = store };
	strcpy(s.folder, "/tmp/shopcore-cards-XXXXXX");
	assert_non_null(mkdtemp(s.folder));
	open_shelf(&s);
	feed_all(&s);
	assert_int_equal(look_at_store(&s.store), 0);
	assert_int_equal(look_at_files(s.folder), 0);
	assert_true(folder == NULL || look_at_files(folder) == 0);
	assert_true(s.published > 0);
	assert_int_equal(s.shown, 0);
	plant(&s.store, cards[0]);
	assert_int_equal(look_at_store(&s.store), 1);
	assert_true(folder == NULL || look_at_files(folder) > 0);
	close_shelf(&s);
	remove_folder(s.folder);
}

static void no_card_number_is_left_in_memory(void **state)
{
	sc_store store;
	(void)state;
	assert_int_equal(sc_memory_open(sc_env_default(), NULL, &store, NULL), SC_OK);
	no_card_number_is_left_in(store, NULL);
}

static void no_card_number_is_left_in_sqlite_nor_in_its_files(void **state)
{
	char folder[] = "/tmp/shopcore-cards-XXXXXX", path[64];
	sc_store store;
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/shop.db", folder);
	assert_int_equal(sc_sqlite_open(sc_env_default(), path, NULL, &store, NULL), SC_OK);
	no_card_number_is_left_in(store, folder);
	remove_folder(folder);
}

#ifdef WITH_POSTGRES
static void no_card_number_is_left_in_postgres(void **state)
{
	struct private_postgres server;
	sc_store store;
	(void)state;
	if (!private_postgres_start(&server, NULL))
		skip();
	assert_int_equal(sc_postgres_open(sc_env_default(), server.url, NULL, &store, NULL), SC_OK);
	no_card_number_is_left_in(store, NULL);
	private_postgres_stop(&server);
}
#endif

#ifdef WITH_REDIS
static void no_card_number_is_left_in_redis(void **state)
{
	struct private_redis server;
	sc_store store;
	(void)state;
	if (!private_redis_start(&server, NULL))
		skip();
	assert_int_equal(sc_redis_open(sc_env_default(), server.url, NULL, &store, NULL), SC_OK);
	no_card_number_is_left_in(store, NULL);
	private_redis_stop(&server);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_card_number_is_left_in_memory),
		cmocka_unit_test(no_card_number_is_left_in_sqlite_nor_in_its_files),
#ifdef WITH_POSTGRES
		cmocka_unit_test(no_card_number_is_left_in_postgres),
#endif
#ifdef WITH_REDIS
		cmocka_unit_test(no_card_number_is_left_in_redis),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
