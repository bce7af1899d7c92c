/*
 * Help, written from the table of verbs.
 */
#include "cli.h"

#include <string.h>

const char global_help[] =
	"Everywhere:\n"
	"  --shop URL       which shop: sqlite:FILE, memory: or config:FILE, otherwise sqlite:shop.db\n"
	"  --gateway URL    the payment provider: fake:FILE, or fake:FILE?silence_ms=N; otherwise beside the shop; or\n"
	"                   stripe:?key_file=FILE&webhook_file=FILE&return_url=URL,\n"
	"                   paypal:?key_file=FILE&webhook_id=ID&return_url=URL\n"
	"  --notify TARGET  send notices to a file, or to \"console\"\n"
	"  --json           one JSON document on standard output, errors too\n"
	"  --color WHEN     auto, always or never; auto is for terminals, and not when NO_COLOR is set\n"
	"  --help           help for a verb, as in `shopcore help cart add`\n"
	"\n"
	"Exit codes: 0 done, 1 refused, 2 usage or bad input, 3 not found or changed since, 4 backend failed,\n"
	"5 unknown: it may have happened, or may happen yet.\n";

static void print_usage(FILE *out, const struct verb *verb)
{
	fprintf(out, "%s%s%s%s%s", verb->noun, verb->name != NULL ? " " : "", verb->name != NULL ? verb->name : "",
	        verb->arguments[0] != '\0' ? " " : "", verb->arguments);
}

static void print_options(FILE *out, const char *options)
{
	struct item item;
	while (item_next(&options, &item)) {
		fprintf(out, " [%.*s", (int)item.size, item.name);
		if (item.value != NULL)
			fprintf(out, " %.*s", (int)item.value_size, item.value);
		fputc(']', out);
	}
}

static void print_indented(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		fprintf(out, "  %.*s\n", (int)size, text);
		text += size + (text[size] == '\n');
	}
}

static void print_verb(FILE *out, const struct verb *verb)
{
	fprintf(out, "shopcore ");
	print_usage(out, verb);
	print_options(out, verb->options);
	fprintf(out, "\n\n  %s\n", verb->summary);
	if (verb->details != NULL) {
		fputc('\n', out);
		print_indented(out, verb->details);
	}
	fprintf(out, "\nExamples:\n");
	print_indented(out, verb->examples);
	fputc('\n', out);
}

static void print_summary(FILE *out, const struct verb *verb)
{
	char usage[64];
	snprintf(usage, sizeof(usage), "%s%s%s%s%s", verb->noun, verb->name != NULL ? " " : "",
	         verb->name != NULL ? verb->name : "", verb->arguments[0] != '\0' ? " " : "", verb->arguments);
	fprintf(out, "  %-38s %s\n", usage, verb->summary);
}

static void print_all(FILE *out)
{
	fprintf(out, "shopcore: a shop on the command line.\n\n");
	for (size_t i = 0; i < verb_count; i++)
		print_summary(out, &verbs[i]);
	fprintf(out, "\n%s", global_help);
	fprintf(out, "\nA first purchase:\n"
	             "  shopcore init\n"
	             "  shopcore catalog import mugs.jsonl\n"
	             "  shopcore inventory receive mug-red 50\n"
	             "  shopcore cart add ada mug-red 2\n"
	             "  shopcore checkout place ada --key k-1 --payment tok_ok --address demo\n");
}

bool help_print(FILE *out, const char *noun, const char *name)
{
	bool found = false;
	if (noun == NULL) {
		print_all(out);
		return true;
	}
	for (size_t i = 0; i < verb_count; i++) {
		const struct verb *verb = &verbs[i];
		if (strcmp(verb->noun, noun) != 0)
			continue;
		if (name != NULL && (verb->name == NULL || strcmp(verb->name, name) != 0))
			continue;
		print_verb(out, verb);
		found = true;
	}
	if (found)
		fprintf(out, "%s", global_help);
	return found;
}
