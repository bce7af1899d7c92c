/*
 * 08_a_loop_of_ones_own.c - who does the shop's duties, and how the rest of the house hears of its orders.
 *
 * First use of an event sink and of what sc_shop_tick() reports. The library starts no thread: a program with a loop
 * calls tick from it and sleeps until the next duty is due. This one gives the loop a thread; sc_worker_start() is the
 * same, ready-made. Everything that happens is relayed to the sink at least once, in order; (incarnation, partition,
 * position) tells a repeat, so a sink keeps the last position beside what it made of the events.
 */
#include <errno.h>
#include <pthread.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

/* ---- a sink: the list that the packers work from ------------------------------------------------ */

struct packing_list {
	pthread_mutex_t mutex;
	uint64_t position; /* the last event that is in the list */
	size_t confirmed, other;
};

static bool is(sc_bytes topic, const char *name)
{
	return topic.size == strlen(name) && memcmp(topic.data, name, topic.size) == 0;
}

static sc_status take_events(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
                             sc_error *err)
{
	struct packing_list *list = ctx;
	(void)call, (void)err;
	pthread_mutex_lock(&list->mutex);
	for (size_t i = 0; i < count; i++) {
		if (events[i].position <= list->position)
			continue; /* told before: the shop stopped between telling and noting that it had told */
		list->position = events[i].position;
		if (is(events[i].topic, "order.confirmed"))
			list->confirmed++;
		else
			list->other++; /* stock that moved, a product that changed, … */
	}
	pthread_mutex_unlock(&list->mutex);
	*accepted = count; /* fewer: the shop comes back with the rest */
	return SC_OK;
}

static const sc_event_sink_ops packing_ops = { sizeof(packing_ops), "packing list", take_events, NULL };

/* ---- the loop ------------------------------------------------------------------------------- */

struct loop {
	sc_shop *shop;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool woken, stopped;
	uint64_t relayed;
};

static struct timespec after_ms(int64_t ms)
{
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	int64_t ns = at.tv_nsec + ms % 1000 * 1000000;
	at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
	at.tv_nsec = (long)(ns % 1000000000);
	return at;
}

static void *run_loop(void *ctx)
{
	struct loop *loop = ctx;
	for (bool last = false; !last;) {
		sc_error err = SC_ERROR_INIT;
		sc_tick_report report = SC_TICK_REPORT_INIT;
		pthread_mutex_lock(&loop->mutex);
		last = loop->stopped;
		loop->woken = false;
		pthread_mutex_unlock(&loop->mutex);
		/* A duty that failed is tried again with the next tick; the others were done all the same. */
		if (sc_shop_tick(loop->shop, SC_CALL_SYSTEM, NULL, &report, &err) != SC_OK)
			fprintf(stderr, "tick: %s\n", err.text);
		loop->relayed += report.events_relayed;
		int64_t pause_ms = report.wait_ms < 1000 ? report.wait_ms : 1000; /* other processes work here too */
		struct timespec until = after_ms(pause_ms);
		pthread_mutex_lock(&loop->mutex);
		while (!last && !loop->woken && pause_ms > 0)
			if (pthread_cond_timedwait(&loop->wake, &loop->mutex, &until) == ETIMEDOUT)
				break;
		pthread_mutex_unlock(&loop->mutex);
	}
	return NULL;
}

static void signal_loop(struct loop *loop, bool stop)
{
	pthread_mutex_lock(&loop->mutex);
	loop->woken = true;
	loop->stopped |= stop;
	pthread_cond_signal(&loop->wake);
	pthread_mutex_unlock(&loop->mutex);
}

/* ---- a day in the shop ------------------------------------------------------------------------- */

static sc_shop *open_shop(sc_fake_gateway *provider, struct packing_list *list)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(provider);
	options.events = (sc_event_sink){ &packing_ops, list };
	options.payment_resume_ms = 10;
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	const sc_sku sku = { .sku = "kite-1", .price_minor = 2400, .currency = "USD" };
	const sc_product kite = { .id = "kite", .name = "A kite", .skus = &sku, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "kite-1", .quantity = 9 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &kite, NULL, &err), &err);
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err);
	return shop;
}

static void buy_kite(sc_shop *shop, const char *buyer, const char *card)
{
	sc_error err = SC_ERROR_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, buyer);
	const sc_cart_item item = { .sku = "kite-1", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_cart cart;
	sc_placement placement;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	must(sc_cart_add(shop, &call, NULL, &item, 1, &arena, &cart, &err), &err);
	request.payment_token = card;
	request.shipping = (sc_postal_address){ .name = buyer, .line1 = "5 Dune", .city = "Skagen", .country = "DK" };
	call.key = "kite";
	printf("%s: %s\n", buyer, sc_status_text(sc_checkout_buy(shop, &call, &request, &arena, &placement, &err)));
	sc_arena_clear(&arena);
}

/* What a packer's screen asks for. */
static size_t confirmed(struct packing_list *list)
{
	pthread_mutex_lock(&list->mutex);
	size_t count = list->confirmed;
	pthread_mutex_unlock(&list->mutex);
	return count;
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *provider;
	struct packing_list list = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct loop loop = { .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER };
	must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err), &err);
	loop.shop = open_shop(provider, &list);
	if (pthread_create(&loop.thread, NULL, run_loop, &loop) != 0)
		return 1;

	buy_kite(loop.shop, "Ann", "tok_ok");
	buy_kite(loop.shop, "Ben", "tok_declined");
	buy_kite(loop.shop, "Cid", "tok_silent_charged"); /* the loop will find out */
	signal_loop(&loop, false);                        /* or the packers wait a second for Ann's order */
	for (int i = 0; i < 1000 && confirmed(&list) < 2; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000000 }, NULL);

	signal_loop(&loop, true);
	pthread_join(loop.thread, NULL);
	printf("to be packed: %zu; other news: %s; each told once: %s\n", confirmed(&list),
	       list.other > 0 ? "plenty" : "none", loop.relayed == list.confirmed + list.other ? "yes" : "no");
	sc_shop_close(loop.shop);
	sc_fake_gateway_free(provider);
	return 0;
}

/*
 * It prints:
 *
 *   Ann: done
 *   Ben: the payment was declined
 *   Cid: the provider did not say whether money moved
 *   to be packed: 2; other news: plenty; each told once: yes
 */
