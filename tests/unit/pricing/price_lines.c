/*
 * Prices one document for each line of standard input and prints one result for each: what the tests in
 * Python drive. A document that is refused gives {"error": name, "at": JSON pointer, "text": …}.
 *
 *     price_lines [--explain] [--best]
 *
 * With --explain each document is priced without an explanation as well: that takes other ways through the engine
 * (src/pricing/plain.c), and whoever drives this program hears of an answer that is not the same on both.
 */
#include <shopcore/json.h>
#include <shopcore/pricing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static void print_refusal(sc_status status, const sc_error *err, sc_arena *arena)
{
	sc_json_writer w;
	sc_bytes out;

	sc_json_writer_init(&w, arena, false);
	sc_json_begin_object(&w);
	sc_json_add_text(&w, "error", sc_status_name(status));
	sc_json_add_text(&w, "at", err->field);
	sc_json_add_text(&w, "text", err->text);
	sc_json_end_object(&w);
	if (sc_json_finish(&w, &out, NULL) == SC_OK)
		puts(out.data);
	else
		puts("{\"error\": \"NO_MEMORY\"}");
}

static sc_status price(const char *document, size_t size, uint32_t flags, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	return sc_price_document((sc_bytes){ document, size }, flags, arena, out, err);
}

/* Whether an answer is the explained one but for the explanation, which comes last. */
static bool is_the_same(sc_bytes explained, sc_bytes bare)
{
	const char *text = explained.data, *at = strstr(text, ",\"explanation\":");
	const size_t size = at != NULL ? (size_t)(at - text) : explained.size;

	return bare.size == size + (at != NULL ? 1 : 0) && memcmp(text, bare.data, size) == 0;
}

int main(int argc, char **argv)
{
	uint32_t flags = 0;
	char *line = NULL;
	size_t room = 0;
	sc_arena arena;

	for (int i = 1; i < argc; i++)
		flags |= strcmp(argv[i], "--explain") == 0 ? SC_PRICE_EXPLAIN : SC_PRICE_BEST;
	sc_arena_init(&arena, sc_env_default());
	for (ssize_t size = getline(&line, &room, stdin); size > 0; size = getline(&line, &room, stdin)) {
		sc_error err = SC_ERROR_INIT;
		sc_bytes out, bare;
		const sc_status status = price(line, (size_t)size, flags, &arena, &out, &err);

		if (status == SC_OK && (flags & SC_PRICE_EXPLAIN) != 0 &&
		    (price(line, (size_t)size, flags & ~(uint32_t)SC_PRICE_EXPLAIN, &arena, &bare, &err) != SC_OK ||
		     !is_the_same(out, bare)))
			puts("{\"error\": \"another answer without an explanation\"}");
		else if (status == SC_OK)
			puts(out.data);
		else
			print_refusal(status, &err, &arena);
		sc_arena_reset(&arena);
	}
	sc_arena_clear(&arena);
	free(line);
	return 0;
}
