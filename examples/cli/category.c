/*
 * shopcore category …: the tree of categories.
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

#define PRODUCTS_AT_ONCE 1000

static sc_status show_version(struct cli *cli, const char *id, const char *what, uint64_t version)
{
	if (!cli->json) {
		printf("%s %s\n", id, what);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", id);
	sc_json_add_int(&writer, "version", (int64_t)version);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

static sc_status position_of(struct cli *cli, int64_t *out)
{
	const char *text = option(cli, "--position");
	return text != NULL ? number_of(cli, text, "--position", out) : SC_OK;
}

sc_status run_category_create(struct cli *cli)
{
	sc_call call = admin_call();
	uint64_t version = 0;
	sc_category category = { .id = cli->words[0], .name = cli->words[1], .parent = option(cli, "--parent") };
	sc_status status = position_of(cli, &category.position);
	if (status == SC_OK)
		status = sc_category_create(cli->shop, &call, &category, &version, &cli->error);
	return status == SC_OK ? show_version(cli, category.id, "is there", version) : status;
}

sc_status run_category_rename(struct cli *cli)
{
	sc_call call = admin_call();
	uint64_t version = 0;
	sc_category category;
	sc_status status = sc_category_get(cli->shop, &call, cli->words[0], &cli->arena, &category, &cli->error);
	if (status == SC_OK)
		status = position_of(cli, &category.position);
	category.name = cli->words[1];
	if (status == SC_OK)
		status = sc_category_put(cli->shop, &call, &category, &version, &cli->error);
	return status == SC_OK ? show_version(cli, category.id, "is renamed", version) : status;
}

sc_status run_category_delete(struct cli *cli)
{
	sc_call call = admin_call();
	sc_category category;
	const char *id = cli->words[0];
	sc_status status = sc_category_get(cli->shop, &call, id, &cli->arena, &category, &cli->error);
	if (status == SC_OK)
		status = sc_category_delete(cli->shop, &call, id, category.version, &cli->error);
	return status == SC_OK ? show_version(cli, id, "is gone", 0) : status;
}

static sc_status show_move(struct cli *cli, const sc_category_progress *all)
{
	if (!cli->json) {
		printf("%s moved: %" PRIu64 " products below it, %" PRIu64 " of them listed elsewhere now\n",
		       cli->words[0], all->products, all->relisted);
		if (all->refused > 0)
			printf("%" PRIu64 " were left as they were: they would stand in too many categories\n",
			       all->refused);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", cli->words[0]);
	sc_json_add_int(&writer, "products", (int64_t)all->products);
	sc_json_add_int(&writer, "relisted", (int64_t)all->relisted);
	sc_json_add_int(&writer, "refused", (int64_t)all->refused);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_category_move(struct cli *cli)
{
	sc_call call = admin_call();
	const char *parent = cli->word_count > 1 ? cli->words[1] : NULL;
	sc_category_progress all = { 0 }, some = { .more = true };
	struct progress progress;
	sc_status status = SC_OK;
	progress_begin(&progress, cli, NULL, "products");
	while (status == SC_OK && some.more) {
		status = sc_category_move(cli->shop, &call, cli->words[0], parent, PRODUCTS_AT_ONCE, &some,
		                          &cli->error);
		if (status != SC_OK)
			break;
		all.products += some.products;
		all.relisted += some.relisted;
		all.refused += some.refused;
		progress_show(&progress, 0, all.products);
	}
	progress_end(&progress);
	return status == SC_OK ? show_move(cli, &all) : status;
}
