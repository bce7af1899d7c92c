/*
 * shopcore completion bash, zsh; shopcore manual: what others make of the table of verbs.
 *
 * The scripts read the table as text, a line a verb, so that they complete just what the program knows; they are files
 * of their own (completion.bash, completion.zsh), put into the program when it is built.
 */
#include "cli.h"
#include "scripts.h"

#include <string.h>

static sc_status printed(struct cli *cli)
{
	return ferror(stdout) ? fail(cli, SC_IO_FAILED, NULL, "standard output cannot be written") : SC_OK;
}

/* Inside single quotes of a shell. */
static void print_quoted(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
}

static void print_table(void)
{
	printf("_shopcore_everywhere='%s'\n_shopcore_table='", global_options);
	for (size_t i = 0; i < verb_count; i++) {
		const struct verb *verb = &verbs[i];
		printf("%s%s:%s:%s:%s:", i > 0 ? "\n" : "", verb->noun, verb->name != NULL ? verb->name : "",
		       verb->arguments, verb->options);
		print_quoted(verb->summary);
	}
	printf("'\n");
}

static sc_status print_script(struct cli *cli, const char *head, const unsigned char *body, size_t size)
{
	fputs(head, stdout);
	print_table();
	fwrite(body, 1, size, stdout);
	return printed(cli);
}

sc_status run_completion_bash(struct cli *cli)
{
	return print_script(cli, "# written by `shopcore completion bash`\n", asset_bash, asset_bash_size);
}

sc_status run_completion_zsh(struct cli *cli)
{
	return print_script(cli, "#compdef shopcore\n", asset_zsh, asset_zsh_size);
}

/* ---- the manual page --------------------------------------------------------------------- */

/* Text for troff: a backslash is escaped, and so is what would be a request at the beginning of a line. */
static void print_roff(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((i == 0 || text[i - 1] == '\n') && (text[i] == '.' || text[i] == '\''))
			fputs("\\&", stdout);
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else
			putchar(text[i]);
	}
}

static void print_bold(const char *text, size_t size)
{
	fputs("\\fB", stdout);
	print_roff(text, size);
	fputs("\\fR", stdout);
}

static void print_options(const char *list)
{
	struct item item;
	while (item_next(&list, &item)) {
		fputs(" [", stdout);
		print_bold(item.name, item.size);
		if (item.value != NULL)
			printf(" \\fI%.*s\\fR", (int)item.value_size, item.value);
		putchar(']');
	}
}

static void print_verb(const struct verb *verb)
{
	printf(".TP\n");
	print_bold(verb->noun, strlen(verb->noun));
	if (verb->name != NULL) {
		putchar(' ');
		print_bold(verb->name, strlen(verb->name));
	}
	if (verb->arguments[0] != '\0')
		printf(" \\fI%s\\fR", verb->arguments);
	print_options(verb->options);
	putchar('\n');
	print_roff(verb->summary, strlen(verb->summary));
	printf(".\n");
	if (verb->details != NULL) {
		print_roff(verb->details, strlen(verb->details));
		putchar('\n');
	}
	printf(".nf\n");
	print_roff(verb->examples, strlen(verb->examples));
	printf("\n.fi\n");
}

sc_status run_manual(struct cli *cli)
{
	printf(".TH SHOPCORE 1 \"\" \"shopcore %s\"\n.SH NAME\nshopcore \\- a shop on the command line\n",
	       sc_version());
	printf(".SH SYNOPSIS\n\\fBshopcore\\fR");
	print_options(global_options);
	printf(" \\fInoun\\fR [\\fIverb\\fR] \\fIargument\\fR...\n.SH VERBS\n");
	for (size_t i = 0; i < verb_count; i++)
		print_verb(&verbs[i]);
	printf(".SH OPTIONS OF ALL VERBS\n.nf\n");
	print_roff(global_help, strlen(global_help));
	printf(".fi\n");
	return printed(cli);
}
