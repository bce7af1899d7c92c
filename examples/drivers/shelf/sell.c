/*
 * A shop on a shelf: what a driver is for. It sells, is closed, finds its goods again behind a torn end, and does not
 * open a file in which something was altered.
 */
#include "shelf.h"

#include <shopcore/shopcore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

static sc_status open_shop(const char *path, sc_shop **out, sc_error *err)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_status status = shelf_open(sc_env_default(), path, &options.store, err);
	if (status != SC_OK)
		return status;
	status = sc_shop_open(&options, out, err); /* takes the store over, unless it fails */
	if (status != SC_OK)
		options.store.ops->close(options.store.ctx);
	return status;
}

static void sell(const char *path, int64_t delivered, int64_t sold)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop;
	must(open_shop(path, &shop, &err), &err);
	const sc_stock_change delivery = { .sku = "mug", .quantity = delivered };
	if (delivered > 0)
		must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, NULL, &err), &err);
	const sc_reserve_line line = { .sku = "mug", .quantity = sold };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation reservation;
	request.lines = &line;
	request.line_count = 1;
	must(sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, &reservation, &err), &err);
	must(sc_inventory_commit(shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &err), &err);
	const sc_stock_ref mug = { "mug", NULL };
	sc_level level;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &mug, 1, &arena, &level, &err), &err);
	printf("%d delivered, %d sold, %d left\n", (int)delivered, (int)sold, (int)level.available);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
}

/* What a power cut leaves, or a bad disk. */
static void scribble(const char *path, long at, int whence)
{
	FILE *file = fopen(path, "r+b");
	if (file == NULL || fseek(file, at, whence) != 0 || fputs("half a frame", file) == EOF || fclose(file) != 0)
		exit(1);
}

int main(void)
{
	char folder[] = "/tmp/shelf-XXXXXX", path[64];
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/mugs.shelf", folder);
	sell(path, 5, 2);
	scribble(path, 0, SEEK_END);
	sell(path, 0, 1);
	scribble(path, 200, SEEK_SET);
	printf("altered: %s\n", sc_status_text(open_shop(path, &shop, &err)));
	unlink(path);
	rmdir(folder);
	return 0;
}

/*
 * It prints:
 *
 *   5 delivered, 2 sold, 3 left
 *   0 delivered, 1 sold, 2 left
 *   altered: stored data does not match its own checksum
 */
