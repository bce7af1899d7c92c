/*
 * Bar 3: a process that checks out in a loop on SQLite is killed with -9, 300 times.
 */
#include "bench.h"
#include "killed.h"

#include <stdio.h>

enum { KILLS = 300 };

static void open_file(void *ctx, sc_shop_options *options)
{
	options->store_url = ctx;
}

int main(void)
{
	char folder[64], url[128];

	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	const struct killing killing = {
		.name = "SQLite", .kills = KILLS / bench_scale(), .own_clock = true, .open = open_file, .ctx = url
	};
	bench_killed(&killing, folder);
	bench_folder_remove(folder);
	return bench_result();
}
