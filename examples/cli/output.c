/*
 * How answers look: a table for people, one JSON document for programs, an exit code for both. Only
 * what was asked for goes to standard output; errors for people go to standard error.
 */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- colours ----------------------------------------------------------------------------- */

static bool wants_color(enum color_when when, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM"); /* no-color.org: set and not empty */
	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	if (no_color != NULL && no_color[0] != '\0')
		return false;
	return isatty(fileno(out)) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

const char *style(const struct cli *cli, FILE *out, const char *style)
{
	return wants_color(cli->color, out) ? style : "";
}

/* ---- exit codes -------------------------------------------------------------------------- */

enum { DONE = 0, REFUSED = 1, BAD_INPUT = 2, NOT_THERE = 3, FAILED = 4, UNKNOWN_OUTCOME = 5 };

/* Every status, and no default: a new one has to choose. */
int exit_code(sc_status status)
{
	switch (status) {
	case SC_OK:
	case SC_NOTHING_DUE:
		return DONE;
	case SC_OUT_OF_STOCK:
	case SC_EXISTS:
	case SC_LIMIT_REACHED:
	case SC_HOLD_LAPSED:
	case SC_HOLD_SETTLED:
	case SC_NOT_ALLOWED:
	case SC_KEY_REUSED:
	case SC_IN_PROGRESS:
	case SC_DECLINED:
	case SC_ACTION_REQUIRED:
	case SC_CONSENT_NEEDED:
	case SC_WRONG_STATE:
	case SC_QUOTE_EXPIRED:
	case SC_CART_EMPTY:
	case SC_NOT_FOR_SALE:
	case SC_CURRENCY_MISMATCH:
	case SC_FENCED:
	case SC_TOO_OLD:
	case SC_STALE_EPOCH:
		return REFUSED;
	case SC_BAD_ARGUMENT:
	case SC_BAD_TEXT:
	case SC_OVER_LIMIT:
	case SC_BAD_FORMAT:
	case SC_OUT_OF_RANGE:
	case SC_BAD_CURRENCY:
	case SC_BAD_SIGNATURE:
	case SC_UNSUPPORTED:
		return BAD_INPUT;
	case SC_NOT_FOUND:
	case SC_CHANGED:
		return NOT_THERE;
	case SC_NO_MEMORY:
	case SC_STORE_FAILED:
	case SC_BUSY:
	case SC_DEADLINE:
	case SC_CANCELLED:
	case SC_DAMAGED:
	case SC_SERVICE_FAILED:
	case SC_NO_ROOM:
	case SC_IO_FAILED:
	case SC_SCHEMA_TOO_NEW:
		return FAILED;
	case SC_OUTCOME_UNKNOWN:
	case SC_PAYMENT_UNKNOWN:
		return UNKNOWN_OUTCOME;
	}
	return FAILED;
}

/* ---- errors ------------------------------------------------------------------------------ */

static const char *family_of(sc_status status)
{
	if (sc_status_is_refusal(status))
		return "refusal";
	if (sc_status_is_bad_input(status))
		return "bad_input";
	return sc_status_is_unknown(status) ? "unknown" : "failure";
}

static void error_document(struct cli *cli)
{
	const sc_error *error = &cli->error;
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "error");
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "status", sc_status_name(error->status));
	sc_json_add_int(&writer, "code", error->status);
	sc_json_add_text(&writer, "family", family_of(error->status));
	sc_json_add_bool(&writer, "may_retry", sc_status_may_retry(error->status));
	sc_json_add_text(&writer, "text", error->text[0] != '\0' ? error->text : sc_status_text(error->status));
	sc_json_add_text(&writer, "field", error->field[0] != '\0' ? error->field : NULL);
	sc_json_add_int(&writer, "index", error->index);
	sc_json_add_int(&writer, "wanted", error->wanted);
	sc_json_add_int(&writer, "available", error->available);
	sc_json_end_object(&writer);
	sc_json_end_object(&writer);
	json_end(cli, &writer);
}

void error_print(struct cli *cli)
{
	const sc_error *error = &cli->error;
	if (cli->json) {
		error_document(cli);
		return;
	}
	const char *what = sc_status_text(error->status);
	bool said = strncmp(error->text, what, strlen(what)) == 0; /* the text begins with it, or is it */
	fprintf(stderr, "%sshopcore:%s ", style(cli, stderr, STYLE_RED), style(cli, stderr, STYLE_PLAIN));
	if (error->field[0] != '\0')
		fprintf(stderr, "%s: ", error->field);
	if (error->text[0] == '\0')
		fprintf(stderr, "%s\n", what);
	else
		fprintf(stderr, "%s%s%s\n", said ? "" : what, said ? "" : ": ", error->text);
}

/* ---- JSON -------------------------------------------------------------------------------- */

void json_begin(struct cli *cli, sc_json_writer *writer)
{
	sc_json_writer_init(writer, &cli->arena, true);
}

sc_status json_end(struct cli *cli, sc_json_writer *writer)
{
	sc_bytes text;
	sc_status status = sc_json_finish(writer, &text, &cli->error);
	if (status == SC_OK && (fwrite(text.data, 1, text.size, stdout) != text.size || putchar('\n') == EOF))
		status = fail(cli, SC_IO_FAILED, NULL, "standard output cannot be written");
	return status;
}

/* ---- values as text ---------------------------------------------------------------------- */

const char *money_text(struct cli *cli, int64_t minor, const char *currency)
{
	char text[SC_MONEY_TEXT_SIZE];
	if (sc_money_format(minor, currency, text) != SC_OK)
		snprintf(text, sizeof(text), "%" PRId64, minor);
	return sc_arena_dup(&cli->arena, text, strlen(text));
}

const char *number_text(struct cli *cli, int64_t number)
{
	char text[24];
	int size = snprintf(text, sizeof(text), "%" PRId64, number);
	return sc_arena_dup(&cli->arena, text, (size_t)size);
}

const char *time_text(struct cli *cli, int64_t time_ms)
{
	char text[32];
	struct tm parts;
	time_t seconds = (time_t)(time_ms / 1000);
	if (time_ms == 0 || gmtime_r(&seconds, &parts) == NULL)
		return "";
	size_t size = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
	return sc_arena_dup(&cli->arena, text, size);
}

const char *person_text(struct cli *cli, const char *owner)
{
	if (strncmp(owner, "u:", 2) == 0)
		return owner + 2;
	if (strncmp(owner, "g:", 2) != 0)
		return owner;
	size_t size = strlen(owner) + 8;
	char *text = sc_arena_alloc(&cli->arena, size);
	if (text != NULL)
		snprintf(text, size, "guest:%s", owner + 2);
	return text;
}

/* ---- tables ------------------------------------------------------------------------------ */

#define CELL_WIDTH_MAX 64 /* more of a cell is cut off, with an ellipsis */

void table_begin(struct table *table, struct cli *cli, const char *const *titles)
{
	*table = (struct table){ .cli = cli };
	while (titles[table->columns] != NULL)
		table->columns++;
	for (size_t i = 0; i < table->columns; i++)
		table_add(table, titles[i]);
}

void table_add(struct table *table, const char *cell)
{
	if (table->cell_count == table->room) {
		size_t room = table->room > 0 ? table->room * 2 : 64;
		const char **cells = sc_arena_alloc(&table->cli->arena, room * sizeof(*cells));
		table->failed |= cells == NULL;
		if (cells == NULL)
			return;
		if (table->cell_count > 0)
			memcpy(cells, table->cells, table->cell_count * sizeof(*cells));
		table->cells = cells;
		table->room = room;
	}
	table->cells[table->cell_count++] = cell != NULL ? cell : "";
}

/* Characters of UTF-8, up to the widest a cell may be; `bytes` is how many bytes those take. */
static size_t width_of(const char *cell, size_t *bytes)
{
	size_t width = 0, at = 0;
	while (cell[at] != '\0' && width < CELL_WIDTH_MAX) {
		at++;
		while (((unsigned char)cell[at] & 0xc0) == 0x80)
			at++;
		width++;
	}
	*bytes = at;
	return width;
}

static void print_cell(const char *cell, size_t width, bool right, bool last)
{
	size_t bytes, own = width_of(cell, &bytes);
	int padding = (int)(width - own);
	const char *ellipsis = cell[bytes] != '\0' ? "…" : "";
	if (cell[bytes] != '\0') /* room for the ellipsis: one character less */
		do
			bytes--;
		while (bytes > 0 && ((unsigned char)cell[bytes] & 0xc0) == 0x80);
	if (right)
		printf("%*s", padding, "");
	for (size_t i = 0; i < bytes; i++) /* a cell is one line, whatever a description holds */
		putchar((unsigned char)cell[i] < 0x20 ? ' ' : cell[i]);
	fputs(ellipsis, stdout);
	if (!right && !last)
		printf("%*s", padding, "");
	fputs(last ? "" : "  ", stdout);
}

sc_status table_print(struct table *table)
{
	if (table->failed)
		return out_of_memory(table->cli);
	size_t n = table->columns, bytes;
	size_t *widths = sc_arena_zalloc(&table->cli->arena, n * sizeof(*widths));
	if (widths == NULL)
		return out_of_memory(table->cli);
	for (size_t i = 0; i < table->cell_count; i++) {
		const char *cell = table->cells[i];
		size_t width = width_of(i < n && cell[0] == '>' ? cell + 1 : cell, &bytes);
		if (width > widths[i % n])
			widths[i % n] = width;
	}
	fputs(style(table->cli, stdout, STYLE_BOLD), stdout);
	for (size_t i = 0; i < table->cell_count; i++) {
		bool right = table->cells[i % n][0] == '>', last = i % n == n - 1;
		print_cell(table->cells[i] + (i < n && right), widths[i % n], right, last);
		if (i == n - 1)
			fputs(style(table->cli, stdout, STYLE_PLAIN), stdout);
		if (last)
			putchar('\n');
	}
	return ferror(stdout) ? fail(table->cli, SC_IO_FAILED, NULL, "standard output cannot be written") : SC_OK;
}
