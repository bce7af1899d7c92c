/*
 * What the parts of the command line program share: the parsed call, the open shop, and how answers
 * are shown. The program uses installed headers only; whatever it can do, any program can.
 *
 * One table (verbs.c) names every verb with its arguments, its help and its handler. A handler prints
 * its answer and returns a status; main turns anything but SC_OK into the error document and an exit code.
 */
#ifndef CLI_H
#define CLI_H

#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>

#include <stdio.h>

#define WORDS_MAX   8
#define OPTIONS_MAX 64 /* some may be given often: --line */

/** An option as it was given; NULL value: a flag. */
struct given {
	const char *name, *value;
};

struct verb;

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct cli {
	const sc_env *env;
	bool json;
	enum color_when color;
	const char *shop_url, *gateway_url, *notify;
	const struct verb *verb;
	const char *words[WORDS_MAX]; /* the verb's arguments */
	size_t word_count;
	struct given options[OPTIONS_MAX];
	size_t option_count;
	sc_shop *shop;
	sc_fake_gateway *fake;
	sc_arena arena; /* as long as the program runs */
	sc_error error;
	sc_status verdict; /* what the exit code says of an answer that was printed whole */
};

enum {
	NEEDS_SHOP = 1u << 0,
	NEEDS_SEARCH = 1u << 1,
	NEEDS_GATEWAY = 1u << 2,
	MAKES_SHOP = 1u << 3, /* the shop's file need not be there */
};

struct verb {
	const char *noun;      /* "cart" */
	const char *name;      /* "add"; NULL: the noun is the whole verb */
	const char *arguments; /* "USER SKU QTY"; optional ones in brackets */
	const char *options;   /* "--key=K --consent"; those with a value have a '=', choices as "--rule=add|larger" */
	unsigned needs;
	sc_status (*run)(struct cli *cli);
	const char *summary;  /* one line */
	const char *details;  /* more lines, or NULL */
	const char *examples; /* one a line */
};

/* ---- verbs.c, help.c --------------------------------------------------------------------- */

extern const struct verb verbs[];
extern const size_t verb_count;

/** What holds for all verbs: options, exit codes. */
extern const char global_help[];

const struct verb *verb_find(const char *noun, const char *name);
/** Prints help: for all, for a noun, or for one verb. false: there is no such verb. */
bool help_print(FILE *out, const char *noun, const char *name);

/* ---- arguments.c ------------------------------------------------------------------------- */

/** Options that every verb has, written as those of a verb. */
extern const char global_options[];

/** A word of a list of arguments or options, such as "[QTY]" or "--key=K". */
struct item {
	const char *name; /* "QTY", "--key"; not terminated */
	size_t size;
	const char *value; /* "K"; NULL: takes none */
	size_t value_size;
	bool optional, repeated; /* of an argument: "[QTY]", "WORDS..." */
};

/** Takes the next word off a list. false: there is none. */
bool item_next(const char **list, struct item *out);

/** Fills everything of `cli` that the command line says. SC_BAD_ARGUMENT with cli->error. `help`: was asked for. */
sc_status arguments_parse(struct cli *cli, int argc, char **argv, bool *help);
/** The value of an option of the verb; NULL: not given. */
const char *option(const struct cli *cli, const char *name);
bool flag(const struct cli *cli, const char *name);
/** A whole number; `what` is its name in the error. */
sc_status number_of(struct cli *cli, const char *text, const char *what, int64_t *out);
/** A person: "ada" is a customer, "guest:TOKEN" a guest. `out` borrows `text`. */
sc_status buyer_of(struct cli *cli, const char *text, sc_call *out);
/** A page's size, from --limit. */
sc_status limit_of(struct cli *cli, uint32_t *out);
/** A cursor, from --cursor, in hexadecimal digits; empty when it was not given. */
sc_status cursor_of(struct cli *cli, sc_bytes *out);
/** Bytes as hexadecimal digits, on the arena. NULL: no memory, or no bytes. */
const char *hexadecimal(struct cli *cli, sc_bytes bytes);

/** Fills cli->error and returns its status. */
sc_status fail(struct cli *cli, sc_status status, const char *field, const char *format, ...) SC_PRINTF(4, 5);
sc_status out_of_memory(struct cli *cli);

/* ---- session.c --------------------------------------------------------------------------- */

/** Open what the verb needs. */
sc_status session_open(struct cli *cli);
void session_close(struct cli *cli);
/** The call of the person at the keyboard, who runs the shop. */
sc_call admin_call(void);
/** Bring the search index up to date. */
sc_status follow_all(struct cli *cli);
/** Read a file, or standard input for "-", whole. */
sc_status read_file(struct cli *cli, const char *path, size_t max, sc_bytes *out);

/* ---- output.c ---------------------------------------------------------------------------- */

#define STYLE_BOLD  "\033[1m"
#define STYLE_RED   "\033[31m"
#define STYLE_GREEN "\033[32m"
#define STYLE_PLAIN "\033[0m"

/** The style, or "" where --color, NO_COLOR or what `out` is forbid it. */
const char *style(const struct cli *cli, FILE *out, const char *style);

/** 0 done, 1 refused, 2 usage or bad input, 3 not found or changed since, 4 backend failed, 5 unknown. */
int exit_code(sc_status status);
/** Prints what went wrong: one line on standard error, or the document of an error with --json. */
void error_print(struct cli *cli);

/** A JSON document under way: begin with json_begin(), print with json_end(). */
void json_begin(struct cli *cli, sc_json_writer *writer);
sc_status json_end(struct cli *cli, sc_json_writer *writer);

const char *money_text(struct cli *cli, int64_t minor, const char *currency);
const char *number_text(struct cli *cli, int64_t number);
const char *time_text(struct cli *cli, int64_t time_ms);
/** An owner as the command line writes it: "u:ada" is "ada", "g:t" is "guest:t". */
const char *person_text(struct cli *cli, const char *owner);

/** Rows of cells, aligned when they are printed. A title that begins with '>' is aligned to the right. */
struct table {
	struct cli *cli;
	const char **cells; /* titles first */
	size_t columns, cell_count, room;
	bool failed;
};

/** `titles` ends with NULL. */
void table_begin(struct table *table, struct cli *cli, const char *const *titles);
/** One cell more, in the order of the columns; NULL is an empty one. Borrowed until the table is printed. */
void table_add(struct table *table, const char *cell);
sc_status table_print(struct table *table);

/* ---- progress.c -------------------------------------------------------------------------- */

/** One line on standard error that says how far a long job has come. */
struct progress {
	struct cli *cli;
	const char *what; /* is counted: "lines" */
	uint64_t size;    /* of the file; 0: nobody knows */
	int64_t started_ns, last_ns;
	bool shown;
};

/** `file` may be NULL. */
void progress_begin(struct progress *progress, struct cli *cli, FILE *file, const char *what);
/** Now and then, `done` bytes and `count` things. */
void progress_show(struct progress *progress, uint64_t done, uint64_t count);
/** Takes the line away. */
void progress_end(struct progress *progress);
/** Ends a line of standard output with how many there were a second. */
void print_rate(const struct progress *progress, uint64_t count);

/* ---- follower.c -------------------------------------------------------------------------- */

struct follower;

/** Bring the search index up to date, and let a thread keep it so. */
sc_status follower_start(struct cli *cli, struct follower **out);
/** Something was written. */
void follower_wake(struct follower *follower);
/** Wait for the thread. Not all may be indexed yet: follow_all() does the rest. */
sc_status follower_stop(struct follower *follower);

/* ---- the nouns --------------------------------------------------------------------------- */

sc_status run_init(struct cli *cli);
sc_status run_tick(struct cli *cli);
sc_status run_verify(struct cli *cli);
sc_status run_demo(struct cli *cli);
sc_status run_completion_bash(struct cli *cli);
sc_status run_completion_zsh(struct cli *cli);
sc_status run_manual(struct cli *cli);
sc_status run_catalog_import(struct cli *cli);
sc_status run_catalog_export(struct cli *cli);
sc_status run_catalog_get(struct cli *cli);
sc_status run_catalog_list(struct cli *cli);
sc_status run_catalog_categories(struct cli *cli);
sc_status run_catalog_prices(struct cli *cli);
sc_status run_category_create(struct cli *cli);
sc_status run_category_rename(struct cli *cli);
sc_status run_category_move(struct cli *cli);
sc_status run_category_delete(struct cli *cli);
sc_status run_price(struct cli *cli);
sc_status run_rule_put(struct cli *cli);
sc_status run_rule_list(struct cli *cli);
sc_status run_rule_delete(struct cli *cli);
sc_status run_coupon_issue(struct cli *cli);
sc_status run_coupon_import(struct cli *cli);
sc_status run_coupon_count(struct cli *cli);
sc_status run_search(struct cli *cli);
sc_status run_inventory_receive(struct cli *cli);
sc_status run_inventory_get(struct cli *cli);
sc_status run_inventory_journal(struct cli *cli);
sc_status run_inventory_set(struct cli *cli);
sc_status run_inventory_adjust(struct cli *cli);
sc_status run_inventory_safety(struct cli *cli);
sc_status run_inventory_transfer(struct cli *cli);
sc_status run_inventory_shortages(struct cli *cli);
sc_status run_inventory_reserve(struct cli *cli);
sc_status run_inventory_show(struct cli *cli);
sc_status run_inventory_extend(struct cli *cli);
sc_status run_inventory_commit(struct cli *cli);
sc_status run_inventory_release(struct cli *cli);
sc_status run_inventory_fulfil(struct cli *cli);
sc_status run_inventory_repair(struct cli *cli);
sc_status run_cart_add(struct cli *cli);
sc_status run_cart_set(struct cli *cli);
sc_status run_cart_remove(struct cli *cli);
sc_status run_cart_show(struct cli *cli);
sc_status run_cart_merge(struct cli *cli);
sc_status run_cart_save(struct cli *cli);
sc_status run_cart_note(struct cli *cli);
sc_status run_cart_coupon(struct cli *cli);
sc_status run_cart_abandoned(struct cli *cli);
sc_status run_cart_what_if(struct cli *cli);
sc_status run_checkout_quote(struct cli *cli);
sc_status run_checkout_place(struct cli *cli);
sc_status run_checkout_pay(struct cli *cli);
sc_status run_token_create(struct cli *cli);
sc_status run_token_list(struct cli *cli);
sc_status run_token_revoke(struct cli *cli);
sc_status run_token_rotate(struct cli *cli);
sc_status run_order_show(struct cli *cli);
sc_status run_order_explain(struct cli *cli);
sc_status run_order_what_if(struct cli *cli);
sc_status run_order_list(struct cli *cli);
sc_status run_order_ship(struct cli *cli);
sc_status run_order_deliver(struct cli *cli);
sc_status run_order_cancel(struct cli *cli);
sc_status run_refund_make(struct cli *cli);
sc_status run_gift_card_issue(struct cli *cli);
sc_status run_gift_card_show(struct cli *cli);
sc_status run_credit_grant(struct cli *cli);
sc_status run_credit_show(struct cli *cli);
sc_status run_refund_list(struct cli *cli);
sc_status run_ledger(struct cli *cli);

/** The sc_catalog_format of a file: what --format says, or else its name. */
sc_status format_of(struct cli *cli, const char *path, uint32_t *out);
/** Rows of products: one a SKU. Used by listings and searches. */
sc_status products_print(struct cli *cli, const sc_product *products, size_t count);
/** The address of --address: a file, or a made-up one for "demo". */
sc_status address_of(struct cli *cli, const char *text, sc_postal_address *out);
/** What each --line says, "LINE[:QTY]", of the order that is the verb's first argument. */
sc_status order_lines_of(struct cli *cli, const sc_refund_line **out, size_t *count);
/** --gift-cards and --credit: what pays before the provider does. */
sc_status tenders_of(struct cli *cli, sc_checkout_request *request);
/* --country and the others that a quote depends on. */
sc_quote_options quote_options_of(struct cli *cli);
/** Quote lines, order lines and totals, as tables. */
sc_status lines_print(struct cli *cli, const sc_order_line *lines, size_t count, const char *currency);

#endif
