/* Tick: its duties, its bounds, when it is due; the relay, the notices, the worker. */
#include "world.h"

#include <fcntl.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A shop with everything, and what its services were told. */
typedef struct full_shop {
	world *w;
	sc_fake_gateway *gateway;
	size_t room; /* how many events the sink takes at once */
	bool sink_down, notifier_down;
	size_t events;
	uint64_t last_position;
	bool in_order;
	char topics[64][32];
	char body[256]; /* of the last event */
	size_t notices;
	char subjects[64][64];
	sc_id notice_ids[64];
	int closed;
} full_shop;

static sc_status publish(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
                         sc_error *err)
{
	full_shop *f = ctx;
	(void)call;
	(void)err;
	if (f->sink_down)
		return SC_SERVICE_FAILED;
	*accepted = count < f->room ? count : f->room;
	for (size_t i = 0; i < *accepted; i++) {
		f->in_order = f->in_order && events[i].position > f->last_position;
		f->last_position = events[i].position;
		assert_true(events[i].body.size < sizeof(f->body));
		memcpy(f->body, events[i].body.data, events[i].body.size);
		f->body[events[i].body.size] = '\0';
		if (f->events < 64)
			memcpy(f->topics[f->events], events[i].topic.data,
			       events[i].topic.size < 31 ? events[i].topic.size : 31);
		f->events++;
	}
	return SC_OK;
}

static sc_status send_notices(void *ctx, const sc_call *call, const sc_notice *notices, size_t count,
                              sc_status *statuses, sc_error *err)
{
	full_shop *f = ctx;
	(void)call;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		statuses[i] = f->notifier_down ? SC_BUSY : SC_OK;
		if (f->notifier_down || f->notices == 64)
			continue;
		strncpy(f->subjects[f->notices], notices[i].subject, 63);
		f->notice_ids[f->notices++] = notices[i].id;
		assert_string_equal(notices[i].to, "buyer@example.com");
	}
	return SC_OK;
}

static void count_close(void *ctx)
{
	((full_shop *)ctx)->closed++;
}

static const sc_event_sink_ops sink_ops = { sizeof(sc_event_sink_ops), "test", publish, count_close };
static const sc_notifier_ops notifier_ops = { sizeof(sc_notifier_ops), "test", send_notices, count_close };

static int open_full(void **state)
{
	full_shop *f = calloc(1, sizeof(*f));
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	f->room = 1000;
	f->in_order = true;
	assert_int_equal(sc_fake_gateway_open(sc_env_default(), NULL, &f->gateway, NULL), SC_OK);
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(f->gateway);
	options.events = (sc_event_sink){ &sink_ops, f };
	options.notifier = (sc_notifier){ &notifier_ops, f };
	options.low_stock = 5;
	assert_int_equal(sc_fts5_open(sc_env_default(), ":memory:", &options.search, NULL), SC_OK);
	f->w = world_new(&options);
	world_add_sku(f->w, "mug", 500, "USD");
	world_receive(f->w, "mug", 10);
	*state = f;
	return 0;
}

static int close_full(void **state)
{
	full_shop *f = *state;
	world_free(f->w);
	assert_int_equal(f->closed, 2);
	sc_fake_gateway_free(f->gateway);
	free(f);
	return 0;
}

static sc_tick_report tick(full_shop *f)
{
	sc_tick_report report = SC_TICK_REPORT_INIT;
	assert_status(f->w, sc_shop_tick(f->w->shop, SC_CALL_SYSTEM, NULL, &report, &f->w->err), SC_OK);
	return report;
}

/* ---- the duties ---- */

static void a_lapsed_hold_is_returned(void **state)
{
	world *w = *state;
	world_receive(w, "mug", 10);
	const sc_reserve_line line = { .sku = "mug", .quantity = 3 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err), SC_OK);
	sc_tick_report report = SC_TICK_REPORT_INIT;
	assert_status(w, sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, &report, &w->err), SC_OK);
	assert_int_equal(report.holds_expired, 0);
	assert_true(report.wait_ms <= 600000); /* due when the hold lapses, or earlier */
	sc_testkit_env_advance_ms(w->env, 600001);
	assert_status(w, sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, &report, &w->err), SC_OK);
	assert_int_equal(report.holds_expired, 1);
	assert_level(w, "mug", 10, 0, 0);
}

static void a_shop_with_nothing_to_do_is_never_due(void **state)
{
	world *w = *state;
	sc_tick_report report = SC_TICK_REPORT_INIT;
	assert_status(w, sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, &report, &w->err), SC_OK);
	assert_int_equal(report.wait_ms, SC_NEVER);
	assert_int_equal(report.next_due_ms, SC_NEVER);
}

static void work_that_is_left_over_is_due_at_once(void **state)
{
	world *w = *state;
	world_receive(w, "mug", 10);
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	for (int i = 0; i < 3; i++)
		assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err), SC_OK);
	sc_testkit_env_advance_ms(w->env, 600001);
	sc_tick_bound bound = SC_TICK_BOUND_INIT;
	bound.items = 2;
	sc_tick_report report = SC_TICK_REPORT_INIT;
	assert_status(w, sc_shop_tick(w->shop, SC_CALL_SYSTEM, &bound, &report, &w->err), SC_OK);
	assert_int_equal(report.holds_expired, 2);
	assert_int_equal(report.wait_ms, 0);
	assert_status(w, sc_shop_tick(w->shop, SC_CALL_SYSTEM, &bound, &report, &w->err), SC_OK);
	assert_int_equal(report.holds_expired, 1);
}

static void only_the_shop_itself_may_tick(void **state)
{
	world *w = *state;
	const sc_call ada = CUSTOMER("ada"), eve = SC_CALL_INIT(SC_ACTOR_ADMIN, "eve");
	sc_tick_bound bound = SC_TICK_BOUND_INIT;
	assert_status(w, sc_shop_tick(w->shop, &ada, NULL, NULL, &w->err), SC_NOT_ALLOWED);
	assert_status(w, sc_shop_tick(w->shop, &eve, NULL, NULL, &w->err), SC_OK);
	bound.items = 0;
	assert_status(w, sc_shop_tick(w->shop, &eve, &bound, NULL, &w->err), SC_BAD_ARGUMENT);
}

static void events_are_relayed_once_and_in_order(void **state)
{
	full_shop *f = *state;
	assert_true(tick(f).events_relayed >= 2);
	assert_int_equal(tick(f).events_relayed, 0);
	const size_t before = f->events;
	world_receive(f->w, "mug", 1);
	assert_int_equal(tick(f).events_relayed, 1);
	assert_int_equal(f->events, before + 1);
	assert_string_equal(f->topics[before], "stock.moved");
	assert_true(f->in_order);
}

static void an_event_of_stock_says_what_moved(void **state)
{
	full_shop *f = *state;
	world_receive(f->w, "mug", 3);
	tick(f);
	assert_string_equal(f->body, "{\"key\":\"mug\",\"sub\":\"main\",\"reason\":\"receive\","
	                             "\"delta\":{\"on_hand\":3,\"held\":0,\"committed\":0},"
	                             "\"after\":{\"on_hand\":13,\"held\":0,\"committed\":0}}");
}

static void take_mugs(full_shop *f, int64_t units)
{
	const sc_stock_change change = { "mug", NULL, -units };
	assert_status(f->w, sc_inventory_adjust(f->w->shop, SC_CALL_SYSTEM, &change, 1, "breakage", &f->w->err), SC_OK);
}

static void stock_that_falls_below_the_threshold_is_told_once(void **state)
{
	full_shop *f = *state;
	tick(f);
	const size_t before = f->events;
	take_mugs(f, 5);
	take_mugs(f, 1);
	take_mugs(f, 1);
	world_receive(f->w, "mug", 9);
	take_mugs(f, 9);
	tick(f);
	const char *const expected[] = { "stock.moved", "stock.low", "stock.moved", "stock.moved", "stock.low" };
	assert_int_equal(f->events, before + 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(f->topics[before + i], expected[i]);
}

static void a_sink_that_takes_a_part_gets_the_rest_later(void **state)
{
	full_shop *f = *state;
	for (int i = 0; i < 5; i++)
		world_receive(f->w, "mug", 1);
	f->room = 2;
	size_t ticks = 0;
	uint64_t relayed = 0;
	for (; ticks < 20; ticks++) {
		const sc_tick_report report = tick(f);
		relayed += report.events_relayed;
		if (report.events_relayed == 0)
			break;
	}
	assert_true(ticks > 2);
	assert_int_equal(relayed, f->events);
	assert_true(f->in_order);
}

static void a_duty_that_fails_does_not_stop_the_others(void **state)
{
	full_shop *f = *state;
	sc_tick_report report = SC_TICK_REPORT_INIT;
	f->sink_down = true;
	assert_status(f->w, sc_shop_tick(f->w->shop, SC_CALL_SYSTEM, NULL, &report, &f->w->err), SC_SERVICE_FAILED);
	assert_int_equal(report.duties_failed, 1);
	assert_int_equal(report.events_relayed, 0);
	assert_int_equal(report.products_indexed > 0, true);
	assert_true(report.wait_ms <= 1000);
	f->sink_down = false;
	assert_true(tick(f).events_relayed > 0);
}

static void new_products_can_be_found_after_a_tick(void **state)
{
	full_shop *f = *state;
	assert_true(tick(f).products_indexed > 0);
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	request.words = "mug";
	sc_search_page page;
	assert_status(f->w, sc_search(f->w->shop, SC_CALL_SYSTEM, &request, &f->w->arena, &page, &f->w->err), SC_OK);
	assert_int_equal(page.count, 1);
}

/* ---- notices ---- */

static void a_buyer_is_told_what_happens_to_the_order(void **state)
{
	full_shop *f = *state;
	sc_placement placement;
	assert_status(f->w, world_buy(f->w, "ada", "mug", 2, "tok_ok", &placement), SC_OK);
	assert_int_equal(tick(f).notices_sent, 2);
	assert_string_equal(f->subjects[0], "We have your order");
	assert_string_equal(f->subjects[1], "Your order is confirmed");
	assert_false(sc_id_equal(f->notice_ids[0], f->notice_ids[1]));
	assert_int_equal(tick(f).notices_sent, 0);
}

static void a_notice_that_fails_is_sent_later(void **state)
{
	full_shop *f = *state;
	sc_placement placement;
	assert_status(f->w, world_buy(f->w, "ada", "mug", 2, "tok_ok", &placement), SC_OK);
	f->notifier_down = true;
	sc_tick_report report = SC_TICK_REPORT_INIT;
	assert_status(f->w, sc_shop_tick(f->w->shop, SC_CALL_SYSTEM, NULL, &report, &f->w->err), SC_BUSY);
	f->notifier_down = false;
	assert_int_equal(tick(f).notices_sent, 2);
}

static void a_silent_payment_is_resumed_by_tick(void **state)
{
	full_shop *f = *state;
	sc_placement placement;
	assert_status(f->w, world_buy(f->w, "ada", "mug", 2, "tok_silent_charged", &placement), SC_PAYMENT_UNKNOWN);
	uint64_t resumed = 0;
	for (int i = 0; i < 20 && resumed == 0; i++) {
		sc_testkit_env_advance_ms(f->w->env, 30000);
		resumed += tick(f).checkouts_resumed;
	}
	assert_int_equal(resumed > 0, true);
	assert_level(f->w, "mug", 10, 0, 2);
	assert_int_equal(world_verify(f->w, NULL), 0);
}

static sc_notice some_notice(void)
{
	return (sc_notice){ .topic = "order.placed",
		            .to = "ada@example.com",
		            .subject = "Hello\x1b[2J",
		            .text = "line one\nline two" };
}

static void the_console_gets_one_readable_block_without_escapes(void **state)
{
	(void)state;
	int ends[2];
	char got[256] = { 0 };
	sc_notifier notifier;
	sc_status own = SC_BUSY;
	const sc_notice notice = some_notice();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(sc_notifier_console(sc_env_default(), ends[1], &notifier, NULL), SC_OK);
	assert_int_equal(notifier.ops->send(notifier.ctx, SC_CALL_SYSTEM, &notice, 1, &own, NULL), SC_OK);
	assert_int_equal(own, SC_OK);
	assert_true(read(ends[0], got, sizeof(got) - 1) > 0);
	assert_string_equal(got, "To: ada@example.com\nSubject: Hello [2J\n\nline one\nline two\n\n");
	notifier.ops->close(notifier.ctx);
	assert_int_not_equal(fcntl(ends[1], F_GETFD), -1); /* the descriptor stays the caller's */
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(sc_notifier_console(sc_env_default(), -1, &notifier, NULL), SC_BAD_ARGUMENT);
}

static void the_file_gets_one_json_document_a_line(void **state)
{
	(void)state;
	char path[] = "/tmp/shopcore-notices-XXXXXX", got[512] = { 0 };
	const int descriptor = mkstemp(path);
	sc_notifier notifier;
	sc_status own[2];
	const sc_notice notices[] = { some_notice(), some_notice() };
	assert_int_equal(sc_notifier_file(sc_env_default(), path, &notifier, NULL), SC_OK);
	assert_int_equal(notifier.ops->send(notifier.ctx, SC_CALL_SYSTEM, notices, 2, own, NULL), SC_OK);
	notifier.ops->close(notifier.ctx);
	const ssize_t size = read(descriptor, got, sizeof(got) - 1);
	close(descriptor);
	unlink(path);
	assert_true(size > 0);
	const char *end = strchr(got, '\n');
	assert_non_null(end);
	sc_arena arena;
	const sc_json *document;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_json_parse((sc_bytes){ got, (size_t)(end - got) }, &arena, NULL, &document, NULL), SC_OK);
	assert_string_equal(sc_json_text(sc_json_member(document, "to")).data, "ada@example.com");
	sc_arena_clear(&arena);
	assert_int_equal(sc_notifier_file(sc_env_default(), "/nonexistent/dir/file", &notifier, NULL), SC_IO_FAILED);
}

/* ---- the worker ---- */

static void a_worker_keeps_the_duties_done_until_it_is_stopped(void **state)
{
	(void)state;
	full_shop f = { .room = 1000, .in_order = true };
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_worker_options worker_options = SC_WORKER_OPTIONS_INIT;
	sc_worker *worker;
	options.env = sc_env_default(); /* a worker needs a real clock */
	options.store_url = "memory:";
	options.events = (sc_event_sink){ &sink_ops, &f };
	f.w = world_new(&options);
	worker_options.idle_ms = 0;
	assert_int_equal(sc_worker_start(f.w->shop, &worker_options, &worker, NULL), SC_BAD_ARGUMENT);
	world_receive(f.w, "mug", 1);
	assert_int_equal(sc_worker_start(f.w->shop, NULL, &worker, NULL), SC_OK);
	sc_worker_wake(worker);
	sc_worker_stop(worker); /* the first tick runs through */
	sc_worker_stop(NULL);
	world_free(f.w);
	assert_true(f.events <= 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)
#define F(name) cmocka_unit_test_setup_teardown(name, open_full, close_full)
	const struct CMUnitTest tests[] = {
		T(a_lapsed_hold_is_returned),
		T(a_shop_with_nothing_to_do_is_never_due),
		T(work_that_is_left_over_is_due_at_once),
		T(only_the_shop_itself_may_tick),
		F(events_are_relayed_once_and_in_order),
		F(an_event_of_stock_says_what_moved),
		F(stock_that_falls_below_the_threshold_is_told_once),
		F(a_sink_that_takes_a_part_gets_the_rest_later),
		F(a_duty_that_fails_does_not_stop_the_others),
		F(new_products_can_be_found_after_a_tick),
		F(a_buyer_is_told_what_happens_to_the_order),
		F(a_notice_that_fails_is_sent_later),
		F(a_silent_payment_is_resumed_by_tick),
		cmocka_unit_test(the_console_gets_one_readable_block_without_escapes),
		cmocka_unit_test(the_file_gets_one_json_document_a_line),
		cmocka_unit_test(a_worker_keeps_the_duties_done_until_it_is_stopped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
