/*
 * shopcore price …: one pricing document in, one breakdown out; no shop and no store.
 */
#include "cli.h"

#include <string.h>

#define DOCUMENTS_MAX ((size_t)128 << 20) /* bytes of a file of documents */

static bool has_lines(const struct cli *cli)
{
	const char *ending = strrchr(cli->words[0], '.');
	return flag(cli, "--lines") || (ending != NULL && strcmp(ending, ".jsonl") == 0);
}

/* Standard input has no ending: when its first line is a document and more follows, there is one on each. */
static bool is_stream(struct cli *cli, sc_bytes text)
{
	const char *stop = memchr(text.data, '\n', text.size);
	const sc_json *json;
	if (strcmp(cli->words[0], "-") != 0 || stop == NULL)
		return false;
	const size_t first = (size_t)(stop - (const char *)text.data), rest = text.size - first;
	return strspn(stop, " \t\r\n") < rest &&
	       sc_json_parse((sc_bytes){ text.data, first }, &cli->arena, NULL, &json, NULL) == SC_OK;
}

static void print_refusal(struct cli *cli, sc_arena *arena, const sc_error *err)
{
	sc_json_writer writer;
	sc_bytes text;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "error", sc_status_name(err->status));
	sc_json_add_text(&writer, "field", err->field);
	sc_json_add_text(&writer, "text", err->text);
	sc_json_end_object(&writer);
	if (sc_json_finish(&writer, &text, NULL) == SC_OK)
		printf("%.*s\n", (int)text.size, (const char *)text.data);
	cli->verdict = err->status;
}

/* One result a line; a document that is refused gets its reason on its own line, and the others go on. */
static sc_status price_lines(struct cli *cli, sc_bytes documents, uint32_t flags)
{
	sc_arena arena;
	const char *at = documents.data, *end = at + documents.size;
	sc_arena_init(&arena, cli->env);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const sc_bytes line = { at, (size_t)((stop != NULL ? stop : end) - at) };
		sc_error err = SC_ERROR_INIT;
		sc_bytes result;
		sc_arena_reset(&arena);
		if (strspn(at, " \t\r") < line.size) {
			if (sc_price_document(line, flags, &arena, &result, &err) == SC_OK)
				printf("%.*s\n", (int)result.size, (const char *)result.data);
			else
				print_refusal(cli, &arena, &err);
		}
		at += line.size + 1;
	}
	sc_arena_clear(&arena);
	return SC_OK;
}

sc_status run_price(struct cli *cli)
{
	sc_bytes document, result;
	uint32_t flags = 0;
	if (flag(cli, "--explain"))
		flags |= SC_PRICE_EXPLAIN;
	if (flag(cli, "--best"))
		flags |= SC_PRICE_BEST;
	sc_status status = read_file(cli, cli->words[0], DOCUMENTS_MAX, &document);
	if (status != SC_OK)
		return status;
	if (has_lines(cli) || is_stream(cli, document))
		return price_lines(cli, document, flags);
	status = sc_price_document(document, flags, &cli->arena, &result, &cli->error);
	if (status == SC_OK)
		printf("%.*s\n", (int)result.size, (const char *)result.data);
	return status;
}
