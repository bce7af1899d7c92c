/*
 * shopcore, the command line of a shop: read the line, open the shop, run the verb, say how it went.
 */
#include "cli.h"

#include <sqlite3.h>

static int show_help(struct cli *cli)
{
	const char *noun = cli->word_count > 0 ? cli->words[0] : NULL;
	const char *name = cli->word_count > 1 ? cli->words[1] : NULL;
	if (help_print(stdout, noun, name))
		return exit_code(SC_OK);
	fail(cli, SC_BAD_ARGUMENT, NULL, "there is no `%s%s%s`; `shopcore help` lists what there is", noun,
	     name != NULL ? " " : "", name != NULL ? name : "");
	error_print(cli);
	return exit_code(cli->error.status);
}

static int run(struct cli *cli)
{
	sc_status status = session_open(cli);
	if (status == SC_OK)
		status = cli->verb->run(cli);
	if (status != SC_OK) {
		cli->error.status = status;
		error_print(cli);
	}
	session_close(cli);
	return exit_code(status != SC_OK ? status : cli->verdict);
}

int main(int argc, char **argv)
{
	struct cli cli = { .env = sc_env_default(), .shop_url = "sqlite:shop.db", .error = SC_ERROR_INIT };
	bool help = false;
	int code;
	/* SQLite counts its memory under one lock for the whole process: an import and the index that follows it would
	 * wait for each other at every allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sc_arena_init(&cli.arena, cli.env);
	sc_status status = arguments_parse(&cli, argc, argv, &help);
	if (status != SC_OK) {
		error_print(&cli);
		code = exit_code(status);
	} else {
		code = help ? show_help(&cli) : run(&cli);
	}
	sc_arena_clear(&cli.arena);
	if (fflush(stdout) != 0)
		code = exit_code(SC_IO_FAILED);
	return code;
}
