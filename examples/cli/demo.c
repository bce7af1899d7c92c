/*
 * shopcore demo: the verbs themselves, one after the other, on a shop in memory.
 */
#include "cli.h"

#include <string.h>

static const char products[] =
	"{\"sku\":\"mug-red\",\"product\":\"mug\",\"name\":\"Mug\",\"sku_name\":\"Mug, red\",\"brand\":\"Potter & "
	"Sons\","
	"\"description\":\"Holds a pint.\",\"price\":1299,\"currency\":\"USD\",\"categories\":[\"kitchen\"]}\n"
	"{\"sku\":\"mug-blue\",\"product\":\"mug\",\"name\":\"Mug\",\"sku_name\":\"Mug, blue\",\"brand\":\"Potter & "
	"Sons\",\"description\":\"Holds a pint.\",\"price\":1399,\"currency\":\"USD\",\"categories\":[\"kitchen\"]}\n"
	"{\"sku\":\"pan\",\"name\":\"Frying pan\",\"price\":4500,\"currency\":\"USD\",\"categories\":[\"kitchen\"]}\n";

static sc_status import_products(struct cli *cli)
{
	sc_call call = admin_call();
	sc_catalog_import *import;
	sc_status status = sc_catalog_import_new(cli->shop, NULL, &import, &cli->error);
	if (status != SC_OK)
		return status;
	status = sc_catalog_import_feed(import, &call, products, strlen(products), &cli->error);
	if (status == SC_OK)
		status = sc_catalog_import_finish(import, &call, NULL, &cli->error);
	sc_catalog_import_free(import);
	return status;
}

/* Run one line of the demo as if it had been typed. Words are parted by single spaces. */
static sc_status step(struct cli *demo, const char *line)
{
	struct cli cli = *demo;
	char *argv[WORDS_MAX + OPTIONS_MAX];
	int argc = 0;
	bool help = false;
	char *text = sc_arena_dup(&demo->arena, line, strlen(line));
	if (text == NULL)
		return out_of_memory(demo);
	printf("\n$ shopcore %s\n", line);
	cli.word_count = cli.option_count = 0;
	argv[argc++] = text;
	for (char *rest = text, *word; (word = strsep(&rest, " ")) != NULL;)
		argv[argc++] = word;
	sc_arena_init(&cli.arena, cli.env);
	sc_status status = arguments_parse(&cli, argc, argv, &help);
	if (status == SC_OK)
		status = cli.verb->run(&cli);
	demo->error = cli.error;
	if (cli.verdict != SC_OK)
		demo->verdict = cli.verdict;
	sc_arena_clear(&cli.arena);
	return status;
}

static sc_status newest_order(struct cli *cli, const char *user, const char **out)
{
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	sc_order_page page;
	sc_status status = sc_order_list(cli->shop, &call, NULL, 1, NULL, &cli->arena, &page, &cli->error);
	if (status == SC_OK && page.count == 0)
		status = fail(cli, SC_NOT_FOUND, NULL, "the demo lost its order");
	if (status == SC_OK)
		*out = page.orders[0].id;
	return status;
}

static sc_status buy(struct cli *cli)
{
	static const char *const steps[] = {
		"search red mug",
		"inventory receive mug-red 5",
		"cart add guest:visitor-7 mug-red 2",
		"cart merge visitor-7 ada",
		"checkout quote ada",
		"checkout place ada --key demo-1 --payment tok_ok --address demo",
		"inventory get mug-red",
	};
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
		status = step(cli, steps[i]);
	return status;
}

static sc_status deliver(struct cli *cli)
{
	static const char *const steps[] = { "order ship %s --tracking 1Z999AA10123456784", "order deliver %s",
		                             "order show %s" };
	char line[128];
	const char *order;
	sc_status status = newest_order(cli, "ada", &order);
	for (size_t i = 0; status == SC_OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
		const char *gap = strstr(steps[i], "%s");
		snprintf(line, sizeof(line), "%.*s%s%s", (int)(gap - steps[i]), steps[i], order, gap + 2);
		status = step(cli, line);
	}
	if (status == SC_OK)
		status = step(cli, "inventory journal mug-red");
	return status == SC_OK ? step(cli, "verify") : status;
}

sc_status run_demo(struct cli *cli)
{
	static const struct verb everything = { .needs = NEEDS_SHOP | NEEDS_SEARCH | NEEDS_GATEWAY | MAKES_SHOP };
	if (cli->json)
		return fail(cli, SC_UNSUPPORTED, "--json", "the demo is for people to read");
	cli->shop_url = "memory:";
	cli->verb = &everything;
	sc_status status = session_open(cli);
	if (status == SC_OK)
		status = import_products(cli);
	if (status == SC_OK)
		status = buy(cli);
	return status == SC_OK ? deliver(cli) : status;
}
