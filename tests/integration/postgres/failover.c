/* See failover.h. Each caller asks again under the same id or key until it knows; then it writes down what it was told.
 */
#include "failover.h"

#include "private_postgres.h"

#include <pthread.h>
#include <shopcore/postgres.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CALLERS_MAX = 64, TOLD_MAX = 20000, PATIENCE_MS = 20000, UNITS = 100000000, PRICE_MINOR = 700 };

enum what { RESERVED, PLACED, BOUGHT, WAYS };

struct told {
	enum what what;
	sc_id reservation;
	char order[SC_ID_TEXT_SIZE];
};

struct siege;

struct caller {
	struct siege *siege;
	int number;
	pthread_t thread;
	sc_arena arena;
	struct told *told;
	size_t told_count;
	long again, wrong;
	_Atomic int64_t resumed_ns; /* first answer after the promotion; 0: none yet */
};

struct siege {
	struct private_postgres servers;
	sc_fake_gateway *provider;
	sc_shop *shop;
	atomic_bool over;
	_Atomic int64_t promoted_ns; /* 0: not yet */
	struct caller callers[CALLERS_MAX];
	int caller_count;
};

static int64_t now_ns(void)
{
	return sc_env_default()->mono_ns(sc_env_default()->ctx);
}

static void must(sc_status status, const sc_error *err, const char *what)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s, %s\n", what, sc_status_name(status), err->text);
	exit(1);
}

static sc_shop *open_shop(struct siege *siege)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	options.gateway = sc_fake_gateway_port(siege->provider);
	must(sc_postgres_open(sc_env_default(), siege->servers.url, NULL, &options.store, &err), &err, "open");
	must(sc_shop_open(&options, &shop, &err), &err, "shop");
	return shop;
}

/* ---- callers --------------------------------------------------------------------------- */

/* Whether it has to be asked again: nobody knows yet, or nothing happened and that was nobody's fault. */
static bool again(struct caller *caller, sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return false;
	if (sc_status_may_retry(status) || status == SC_STORE_FAILED) {
		caller->again++;
		return true;
	}
	fprintf(stderr, "caller %d: %s, %s\n", caller->number, sc_status_name(status), err->text);
	caller->wrong++;
	return false;
}

static sc_status reserve(struct caller *caller, struct told *told)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_status status;
	request.id = told->reservation = sc_id_make(sc_env_default());
	request.lines = &line;
	request.line_count = 1;
	request.ttl_ms = 24 * 60 * 60 * 1000;
	do {
		status = sc_inventory_reserve(caller->siege->shop, SC_CALL_SYSTEM, &request, NULL, &err);
	} while (again(caller, status, &err));
	return status;
}

static sc_status order(struct caller *caller, size_t round, struct told *told)
{
	const sc_cart_item items[] = { { .sku = "mug", .quantity = 1 }, { .sku = "pot", .quantity = 2 } };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_shop *shop = caller->siege->shop;
	sc_error err = SC_ERROR_INIT;
	sc_placement placement;
	sc_status status;
	sc_cart cart;
	char name[48];
	snprintf(name, sizeof(name), "c%d-%zu", caller->number, round);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
	call.key = name;
	request.payment_token = "tok_ok";
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	do {
		status = sc_cart_add(shop, &call, NULL, items, 2, &caller->arena, &cart, &err);
	} while (again(caller, status, &err));
	if (status != SC_OK)
		return status;
	do {
		status = (told->what == PLACED ? sc_checkout_place : sc_checkout_buy)(shop, &call, &request,
		                                                                      &caller->arena, &placement, &err);
	} while (again(caller, status, &err));
	if (status == SC_OK)
		snprintf(told->order, sizeof(told->order), "%s", placement.order_id);
	return status;
}

static void *call_on(void *argument)
{
	struct caller *caller = argument;
	struct siege *siege = caller->siege;
	for (size_t round = 0; !atomic_load(&siege->over) && caller->told_count < TOLD_MAX; round++) {
		struct told *told = &caller->told[caller->told_count];
		sc_arena_reset(&caller->arena);
		told->what = (enum what)((round + (size_t)caller->number) % WAYS);
		if ((told->what == RESERVED ? reserve(caller, told) : order(caller, round, told)) != SC_OK)
			break;
		caller->told_count++;
		if (atomic_load(&siege->promoted_ns) != 0 && atomic_load(&caller->resumed_ns) == 0)
			atomic_store(&caller->resumed_ns, now_ns());
	}
	return NULL;
}

/* ---- the siege ------------------------------------------------------------------------- */

static void fill_shop(struct siege *siege)
{
	static const char *const names[] = { "mug", "pot" };
	sc_error err = SC_ERROR_INIT;
	for (size_t i = 0; i < 2; i++) {
		const sc_sku sku = { .sku = names[i], .price_minor = PRICE_MINOR, .currency = "USD" };
		const sc_product product = {
			.id = names[i], .name = names[i], .skus = &sku, .sku_count = 1, .rating_milli = -1
		};
		const sc_stock_change delivery = { .sku = names[i], .quantity = UNITS };
		must(sc_product_create(siege->shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
		must(sc_inventory_receive(siege->shop, SC_CALL_SYSTEM, &delivery, 1, NULL, &err), &err, "stock");
	}
}

static void send_callers(struct siege *siege, int count)
{
	siege->caller_count = count;
	for (int i = 0; i < count; i++) {
		struct caller *caller = &siege->callers[i];
		caller->siege = siege;
		caller->number = i;
		caller->told = calloc(TOLD_MAX, sizeof(*caller->told));
		sc_arena_init(&caller->arena, sc_env_default());
		if (caller->told == NULL || pthread_create(&caller->thread, NULL, call_on, caller) != 0)
			exit(1);
	}
}

static long count_resumed(const struct siege *siege)
{
	long count = 0;
	for (int i = 0; i < siege->caller_count; i++)
		count += atomic_load(&siege->callers[i].resumed_ns) != 0;
	return count;
}

static void command(struct siege *siege, const char *order)
{
	char answer[32];
	if (!private_server_ask(&siege->servers.kept, order, answer, sizeof(answer))) {
		fprintf(stderr, "the servers do not answer\n");
		exit(1);
	}
}

static void fail_over(struct siege *siege, int load_ms, int away_ms)
{
	usleep((unsigned)load_ms * 1000);
	command(siege, "kill\n");
	usleep((unsigned)away_ms * 1000);
	command(siege, "promote\n");
	atomic_store(&siege->promoted_ns, now_ns());
	for (int waited_ms = 0; count_resumed(siege) < siege->caller_count && waited_ms < PATIENCE_MS; waited_ms += 10)
		usleep(10000);
	usleep((unsigned)load_ms * 500);
	atomic_store(&siege->over, true);
	for (int i = 0; i < siege->caller_count; i++)
		pthread_join(siege->callers[i].thread, NULL);
}

/* ---- what became of it ------------------------------------------------------------------- */

struct audit {
	sc_shop *shop; /* another one, which has only what the new primary has */
	sc_arena arena;
	sc_error err;
	sc_fake_booking *books;
	size_t book_count;
	struct failover_report *report;
};

static bool is_charged(const struct audit *audit, const char *order, int64_t total_minor)
{
	char id[SC_ID_TEXT_SIZE];
	for (size_t i = 0; i < audit->book_count; i++)
		if (audit->books[i].captured_minor == total_minor && audit->books[i].refunded_minor == 0 &&
		    strcmp(sc_id_format(audit->books[i].order, id), order) == 0)
			return true;
	return false;
}

static void look_up(struct audit *audit, const struct told *told)
{
	struct failover_report *report = audit->report;
	sc_reservation_detail detail;
	sc_order found;
	sc_arena_reset(&audit->arena);
	if (told->what == RESERVED) {
		report->reservations++;
		report->lost_reservations += sc_inventory_get_reservation(audit->shop, SC_CALL_SYSTEM,
		                                                          told->reservation, &audit->arena, &detail,
		                                                          &audit->err) != SC_OK ||
		                             detail.reservation.state != SC_HOLD_HELD;
		return;
	}
	sc_status status = sc_order_get(audit->shop, SC_CALL_SYSTEM, told->order, &audit->arena, &found, &audit->err);
	report->orders++;
	report->lost_orders += status != SC_OK;
	report->payments += told->what == BOUGHT;
	if (told->what == BOUGHT)
		report->lost_payments += status != SC_OK || found.status != SC_STATUS_CONFIRMED ||
		                         !is_charged(audit, told->order, found.total_minor);
	else
		report->lost_orders += status == SC_OK && found.status != SC_STATUS_PENDING;
}

static void check_books(struct audit *audit)
{
	for (size_t i = 0; i < audit->book_count; i++) {
		char id[SC_ID_TEXT_SIZE];
		sc_order found;
		sc_arena_reset(&audit->arena);
		sc_status status = sc_order_get(audit->shop, SC_CALL_SYSTEM, sc_id_format(audit->books[i].order, id),
		                                &audit->arena, &found, &audit->err);
		audit->report->unpaid += audit->books[i].captured_minor > 0 &&
		                         (status != SC_OK || found.status != SC_STATUS_CONFIRMED);
	}
}

static void verify(struct audit *audit)
{
	sc_verify *run = NULL;
	sc_verify_page page = { 0 };
	must(sc_verify_new(audit->shop, SC_CALL_SYSTEM, &run, &audit->err), &audit->err, "verify");
	while (!page.finished) {
		must(sc_verify_step(run, SC_CALL_SYSTEM, 1000, &audit->arena, &page, &audit->err), &audit->err,
		     "verify");
		for (size_t i = 0; i < page.count; i++)
			fprintf(stderr, "verify: %s\n", sc_damage_text(page.findings[i].damage));
		audit->report->findings += page.count;
	}
	sc_verify_free(run);
}

static void add_up(struct siege *siege, struct failover_report *report)
{
	report->resumed = count_resumed(siege);
	for (int i = 0; i < siege->caller_count; i++) {
		const struct caller *caller = &siege->callers[i];
		int64_t silence_ms = (caller->resumed_ns - siege->promoted_ns) / 1000000;
		report->again += caller->again;
		report->wrong += caller->wrong;
		if (silence_ms > report->silence_ms)
			report->silence_ms = silence_ms;
	}
}

static void look_back(struct siege *siege, struct failover_report *report)
{
	struct audit audit = { .shop = open_shop(siege), .err = SC_ERROR_INIT, .report = report };
	sc_arena books;
	sc_arena_init(&audit.arena, sc_env_default());
	sc_arena_init(&books, sc_env_default());
	must(sc_fake_gateway_books(siege->provider, &books, &audit.books, &audit.book_count, &audit.err), &audit.err,
	     "books");
	for (int i = 0; i < siege->caller_count; i++)
		for (size_t n = 0; n < siege->callers[i].told_count; n++)
			look_up(&audit, &siege->callers[i].told[n]);
	check_books(&audit);
	verify(&audit);
	sc_arena_clear(&books);
	sc_arena_clear(&audit.arena);
	sc_shop_close(audit.shop);
}

bool failover_run(int callers, int load_ms, int away_ms, struct failover_report *out)
{
	struct siege *siege = calloc(1, sizeof(*siege));
	sc_error err = SC_ERROR_INIT;
	*out = (struct failover_report){ 0 };
	if (siege == NULL || !private_postgres_start_pair(&siege->servers, "sync")) {
		free(siege);
		return false;
	}
	must(sc_fake_gateway_open(sc_env_default(), NULL, &siege->provider, &err), &err, "gateway");
	siege->shop = open_shop(siege);
	fill_shop(siege);
	send_callers(siege, callers < CALLERS_MAX ? callers : CALLERS_MAX);
	fail_over(siege, load_ms, away_ms);
	add_up(siege, out);
	sc_shop_close(siege->shop);
	look_back(siege, out);
	for (int i = 0; i < siege->caller_count; i++) {
		sc_arena_clear(&siege->callers[i].arena);
		free(siege->callers[i].told);
	}
	sc_fake_gateway_free(siege->provider);
	private_postgres_stop(&siege->servers);
	free(siege);
	return true;
}
