/*
 * 06_carts.c - a visitor logs in, puts something aside, and does not come back.
 *
 * First use of sc_cart_merge_by(), sc_cart_save(), sc_cart_set_note() and sc_cart_list_abandoned(). Everything runs on
 * the test kit's clock, so that two days pass at once; a program of your own leaves `options.env` alone.
 */
#include <inttypes.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/env.h>
#include <stdio.h>
#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

static sc_shop *open_on(const sc_env *env)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.env = env;
	options.store_url = "memory:";
	options.cart_line_units_max = 4; /* a shop may be stricter than the library */
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	const sc_sku skus[] = { { .sku = "tea-green", .price_minor = 650, .currency = "EUR" },
		                { .sku = "tea-black", .price_minor = 590, .currency = "EUR" } };
	const sc_product tea = { .id = "tea", .name = "Tea", .skus = skus, .sku_count = 2, .rating_milli = -1 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &tea, NULL, &err), &err);
	return shop;
}

static void add(sc_shop *shop, const sc_call *who, const char *sku, int64_t quantity, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	sc_cart cart;
	must(sc_cart_add(shop, who, NULL, &item, 1, arena, &cart, &err), &err);
}

static void show_lines(const char *title, const sc_cart_line *lines, size_t count)
{
	printf("%s", title);
	for (size_t i = 0; i < count; i++)
		printf("%s %" PRId64 " %s", i > 0 ? "," : "", lines[i].quantity, lines[i].sku);
	printf("%s\n", count == 0 ? " nothing" : "");
}

static void show(sc_shop *shop, const sc_call *who, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_cart cart;
	must(sc_cart_get(shop, who, NULL, arena, &cart, &err), &err);
	printf("%s has", cart.owner);
	show_lines("", cart.lines, cart.line_count);
	if (cart.saved_count > 0)
		show_lines("    for later:", cart.saved, cart.saved_count);
	if (cart.note[0] != '\0')
		printf("    note: %s\n", cart.note);
}

/* What the login handler of a site does. The token of the guest's cookie is the right to the guest's cart. */
static void log_in(sc_shop *shop, const sc_call *user, const char *guest_token, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_cart_merge_report report;
	must(sc_cart_merge_by(shop, user, NULL, guest_token, SC_MERGE_ADD, arena, &report, &err), &err);
	printf("%s logs in: %" PRId64 " units moved\n", user->actor, report.units_moved);
	for (size_t i = 0; i < report.leftover_count; i++)
		printf("    %" PRId64 " %s stay with the guest: %s\n", report.leftovers[i].quantity,
		       report.leftovers[i].sku, sc_status_text(report.leftovers[i].reason));
}

/* Every page of the listing: one may be short, even empty, and still have a next. */
static void show_abandoned(sc_shop *shop, int64_t idle_ms, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_cart_page page = { .next = { NULL, 0 } };
	size_t found = 0;
	do {
		must(sc_cart_list_abandoned(shop, SC_CALL_SYSTEM, idle_ms, 100, page.next, arena, &page, &err), &err);
		for (size_t i = 0; i < page.count; i++, found++)
			show_lines(page.carts[i].owner[0] == 'u' ? "somebody to write to:" : "a passer-by:",
			           page.carts[i].lines, page.carts[i].line_count);
	} while (page.next.size > 0);
	printf("%zu carts untouched for %" PRId64 " hours\n", found, idle_ms / HOUR_MS);
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_testkit_env *world = sc_testkit_env_new(6);
	if (world == NULL)
		return 1;
	sc_shop *shop = open_on(sc_testkit_env_table(world));
	sc_arena arena;
	sc_arena_init(&arena, sc_testkit_env_table(world));
	const sc_call visitor = SC_CALL_INIT(SC_ACTOR_GUEST, "cookie-7f3a");
	sc_call ada = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");

	add(shop, &ada, "tea-green", 1, &arena); /* from her last visit */
	add(shop, &visitor, "tea-green", 4, &arena);
	add(shop, &visitor, "tea-black", 2, &arena);
	log_in(shop, &ada, "cookie-7f3a", &arena);
	show(shop, &ada, &arena);
	show(shop, &visitor, &arena);

	/* Two tabs: each change says which version of the cart it is about, so the slower one is told. */
	sc_cart cart, changed;
	must(sc_cart_get(shop, &ada, NULL, &arena, &cart, &err), &err);
	const sc_cart_ref seen = { .version = cart.version };
	const sc_id green = cart.lines[0].id;
	must(sc_cart_save(shop, &ada, &seen, &green, 1, true, &arena, &changed, &err), &err);
	sc_status status = sc_cart_set_note(shop, &ada, &seen, "written in the other tab", &arena, &changed, &err);
	if (status != SC_CHANGED)
		must(SC_OUTCOME_UNKNOWN, &err);
	printf("the other tab: %s\n", sc_status_text(status));
	must(sc_cart_set_note(shop, &ada, NULL, "please wrap it", &arena, &changed, &err), &err);
	show(shop, &ada, &arena);

	sc_testkit_env_advance_ms(world, 48 * HOUR_MS);
	show_abandoned(shop, 24 * HOUR_MS, &arena);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	sc_testkit_env_free(world);
	return 0;
}

/*
 * It prints:
 *
 *   ada logs in: 5 units moved
 *       1 tea-green stay with the guest: a limit is reached
 *   u:ada has 4 tea-green, 2 tea-black
 *   g:cookie-7f3a has 1 tea-green
 *   the other tab: the record changed since it was read
 *   u:ada has 2 tea-black
 *       for later: 4 tea-green
 *       note: please wrap it
 *   a passer-by: 1 tea-green
 *   somebody to write to: 2 tea-black
 *   2 carts untouched for 24 hours
 */
