/*
 * shopcore search …
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

static sc_status words_of(struct cli *cli, const char **out)
{
	size_t size = 1;
	for (size_t i = 0; i < cli->word_count; i++)
		size += strlen(cli->words[i]) + 1;
	char *text = sc_arena_zalloc(&cli->arena, size);
	if (text == NULL)
		return out_of_memory(cli);
	for (size_t i = 0; i < cli->word_count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, cli->words[i]);
	}
	*out = text;
	return SC_OK;
}

static sc_status request_of(struct cli *cli, sc_search_request *out)
{
	int64_t offset = 0;
	const char *text = option(cli, "--offset");
	*out = (sc_search_request)SC_SEARCH_REQUEST_INIT;
	out->category = option(cli, "--category");
	sc_status status = words_of(cli, &out->words);
	if (status == SC_OK && option(cli, "--limit") != NULL)
		status = limit_of(cli, &out->limit);
	if (status == SC_OK && text != NULL)
		status = number_of(cli, text, "--offset", &offset);
	if (status == SC_OK && (offset < 0 || offset > UINT32_MAX))
		status = fail(cli, SC_OUT_OF_RANGE, "--offset", "must be at least 0");
	out->offset = (uint32_t)offset;
	return status;
}

sc_status run_search(struct cli *cli)
{
	sc_call call = admin_call();
	sc_search_request request;
	sc_search_page page;
	sc_status status = request_of(cli, &request);
	if (status == SC_OK)
		status = follow_all(cli);
	if (status == SC_OK)
		status = sc_search(cli->shop, &call, &request, &cli->arena, &page, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json) {
		status = products_print(cli, page.products, page.count);
		printf("%zu of %s%" PRIu64 " found\n", page.count, page.total_is_floor ? "at least " : "", page.total);
		return status;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "products");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page.count; i++)
		sc_product_write_json(&writer, &page.products[i]);
	sc_json_end_array(&writer);
	sc_json_add_int(&writer, "total", (int64_t)page.total);
	sc_json_add_bool(&writer, "total_is_floor", page.total_is_floor);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}
