/*
 * shopcore promotion, coupon, tax, shipping, fee, special-price and policy: what a shop prices its carts by. All of
 * them are documents, so one put, one list and one delete serve them all; which kind it is says the verb's noun.
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

static sc_rule_kind kind_of(const struct cli *cli)
{
	if (strcmp(cli->verb->noun, "special-price") == 0)
		return SC_RULE_PRICE;
	for (int kind = SC_RULE_PROMOTION; kind <= SC_RULE_FEE; kind++)
		if (strcmp(sc_rule_kind_name((sc_rule_kind)kind), cli->verb->noun) == 0)
			return (sc_rule_kind)kind;
	return SC_RULE_POLICY;
}

/* ---- put --------------------------------------------------------------------------------- */

static bool has_lines(const char *path)
{
	const char *ending = strrchr(path, '.');
	return ending != NULL && strcmp(ending, ".jsonl") == 0;
}

/* One document a line; the first that is refused ends it and is named. */
static sc_status put_lines(struct cli *cli, sc_bytes text, int64_t *count)
{
	const sc_call call = admin_call();
	const char *at = text.data, *end = at + text.size;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const sc_bytes line = { at, (size_t)((stop != NULL ? stop : end) - at) };
		if (strspn(at, " \t\r") < line.size) {
			sc_status status = sc_rule_put(cli->shop, &call, kind_of(cli), line, &cli->error);
			if (status != SC_OK)
				return status;
			++*count;
		}
		at += line.size + 1;
	}
	return SC_OK;
}

static sc_status show_count(struct cli *cli, const char *what, int64_t count)
{
	sc_json_writer writer;
	if (!cli->json)
		return printf("%" PRId64 " %s\n", count, what) > 0
		               ? SC_OK
		               : fail(cli, SC_IO_FAILED, NULL, "standard output cannot be written");
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, what, count);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_rule_put(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *path = cli->words[0];
	sc_bytes text;
	int64_t count = 1;
	sc_status status = read_file(cli, path, (size_t)64 << 20, &text);
	if (status != SC_OK)
		return status;
	if (has_lines(path)) {
		count = 0;
		status = put_lines(cli, text, &count);
	} else {
		status = sc_rule_put(cli->shop, &call, kind_of(cli), text, &cli->error);
	}
	return status == SC_OK ? show_count(cli, "put", count) : status;
}

/* ---- list and delete --------------------------------------------------------------------- */

static sc_status list_table(struct cli *cli, const sc_rule_page *page)
{
	static const char *const titles[] = { "id", "document", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < page->count; i++) {
		const sc_bytes document = page->rules[i].document;
		table_add(&table, page->rules[i].id);
		table_add(&table, sc_arena_dup(&cli->arena, document.data, document.size));
	}
	sc_status status = table_print(&table);
	if (status == SC_OK && page->next.size > 0)
		printf("more: --cursor %s\n", hexadecimal(cli, page->next));
	return status;
}

static sc_status list_json(struct cli *cli, const sc_rule_page *page)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "rules");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page->count; i++)
		sc_json_put_raw(&writer, page->rules[i].document);
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", hexadecimal(cli, page->next));
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_rule_list(struct cli *cli)
{
	const sc_call call = admin_call();
	uint32_t limit;
	sc_bytes cursor;
	sc_rule_page page;
	sc_status status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = cursor_of(cli, &cursor);
	if (status == SC_OK)
		status = sc_rule_list(cli->shop, &call, kind_of(cli), limit, cursor, &cli->arena, &page, &cli->error);
	if (status != SC_OK)
		return status;
	return cli->json ? list_json(cli, &page) : list_table(cli, &page);
}

sc_status run_rule_delete(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *id = cli->word_count > 0 ? cli->words[0] : "policy";
	sc_status status = sc_rule_delete(cli->shop, &call, kind_of(cli), id, &cli->error);
	return status == SC_OK ? show_count(cli, "deleted", 1) : status;
}

/* ---- coupons ----------------------------------------------------------------------------- */

static sc_status codes_print(struct cli *cli, const char *const *codes, size_t count)
{
	sc_json_writer writer;
	for (size_t i = 0; i < count && !cli->json; i++)
		puts(codes[i]);
	if (!cli->json)
		return SC_OK;
	json_begin(cli, &writer);
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < count; i++)
		sc_json_put_text(&writer, codes[i]);
	sc_json_end_array(&writer);
	return json_end(cli, &writer);
}

sc_status run_coupon_issue(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *first = option(cli, "--first");
	const char *const *codes;
	int64_t count, from = 1;
	sc_status status = number_of(cli, cli->words[1], "COUNT", &count);
	if (status == SC_OK && first != NULL)
		status = number_of(cli, first, "--first", &from);
	if (status == SC_OK && (count < 1 || count > SC_COUPON_CODES_MAX))
		status = fail(cli, SC_OUT_OF_RANGE, "COUNT", "must be 1 to %d", SC_COUPON_CODES_MAX);
	if (status == SC_OK)
		status = sc_coupon_issue(cli->shop, &call, cli->words[0], from, (size_t)count, &cli->arena, &codes,
		                         &cli->error);
	return status == SC_OK ? codes_print(cli, codes, (size_t)count) : status;
}

/* Lines of a text, ended by NULs in place. */
static size_t split_lines(char *text, const char **lines, size_t room, char **rest)
{
	size_t count = 0;
	while (*text != '\0' && count < room) {
		char *end = text + strcspn(text, "\r\n");
		const bool last = *end == '\0';
		*end = '\0';
		if (text[strspn(text, " \t")] != '\0')
			lines[count++] = text;
		text = last ? end : end + 1;
	}
	*rest = text;
	return count;
}

sc_status run_coupon_import(struct cli *cli)
{
	const sc_call call = admin_call();
	sc_bytes text;
	int64_t total = 0;
	sc_status status = read_file(cli, cli->words[1], (size_t)256 << 20, &text);
	if (status != SC_OK)
		return status;
	char *rest = sc_arena_dup(&cli->arena, text.data, text.size);
	const char **lines = sc_arena_alloc(&cli->arena, SC_COUPON_CODES_MAX * sizeof(*lines));
	if (rest == NULL || lines == NULL)
		return out_of_memory(cli);
	for (;;) {
		const size_t count = split_lines(rest, lines, SC_COUPON_CODES_MAX, &rest);
		if (count == 0)
			break;
		status = sc_coupon_import(cli->shop, &call, cli->words[0], lines, count, &cli->error);
		if (status != SC_OK)
			return status;
		total += (int64_t)count;
	}
	return show_count(cli, "imported", total);
}

static void add_count(struct table *table, struct cli *cli, const char *what, int64_t limit, int64_t used, int64_t held)
{
	if (limit == 0)
		return;
	table_add(table, what);
	table_add(table, number_text(cli, limit));
	table_add(table, number_text(cli, used));
	table_add(table, number_text(cli, held));
}

sc_status run_coupon_count(struct cli *cli)
{
	static const char *const titles[] = { "uses", ">limit", ">used", ">held", NULL };
	const sc_call call = admin_call();
	sc_coupon_usage usage;
	sc_json_writer writer;
	struct table table;
	sc_status status = sc_coupon_count(cli->shop, &call, cli->words[0], &usage, &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json) {
		table_begin(&table, cli, titles);
		add_count(&table, cli, "in all", usage.limit, usage.used, usage.held);
		add_count(&table, cli, "in this period", usage.period_limit, usage.period_used, usage.period_held);
		return table_print(&table);
	}
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "limit", usage.limit);
	sc_json_add_int(&writer, "used", usage.used);
	sc_json_add_int(&writer, "held", usage.held);
	sc_json_add_int(&writer, "period_limit", usage.period_limit);
	sc_json_add_int(&writer, "period_used", usage.period_used);
	sc_json_add_int(&writer, "period_held", usage.period_held);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}
