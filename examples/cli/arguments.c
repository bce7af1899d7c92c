/*
 * Reading the command line: `shopcore [--global …] NOUN [VERB] WORD… [--option …]`. Options may stand
 * anywhere; "--" ends them; "--name value" and "--name=value" mean the same.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char global_options[] = "--shop=URL --gateway=URL --notify=TARGET --json --color=auto|always|never --help";

sc_status fail(struct cli *cli, sc_status status, const char *field, const char *format, ...)
{
	va_list arguments;
	cli->error = (sc_error)SC_ERROR_INIT;
	cli->error.status = status;
	if (field != NULL)
		snprintf(cli->error.field, sizeof(cli->error.field), "%s", field);
	va_start(arguments, format);
	vsnprintf(cli->error.text, sizeof(cli->error.text), format, arguments);
	va_end(arguments);
	return status;
}

sc_status out_of_memory(struct cli *cli)
{
	return fail(cli, SC_NO_MEMORY, NULL, "out of memory");
}

/* ---- options ----------------------------------------------------------------------------- */

enum known { UNKNOWN, FLAG, VALUED };

bool item_next(const char **list, struct item *out)
{
	const char *word = *list + strspn(*list, " ");
	size_t size = strcspn(word, " "), name = strcspn(word, "= ");
	*list = word + size;
	*out = (struct item){ .name = word, .size = name };
	if (name < size) {
		out->value = word + name + 1;
		out->value_size = size - name - 1;
	}
	if (size > 2 && word[0] == '[') {
		out->optional = true;
		out->name++;
		out->size -= 2;
	}
	out->repeated = out->size > 3 && memcmp(out->name + out->size - 3, "...", 3) == 0;
	if (out->repeated)
		out->size -= 3;
	return size > 0;
}

/* Whether a list such as "--key=K --consent" has the option `name`, of `size` bytes. */
static enum known look_up(const char *list, const char *name, size_t size)
{
	struct item item;
	while (item_next(&list, &item))
		if (item.size == size && strncmp(item.name, name, size) == 0)
			return item.value != NULL ? VALUED : FLAG;
	return UNKNOWN;
}

static sc_status set_color(struct cli *cli, const char *when)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(when, names[i]) == 0) {
			cli->color = (enum color_when)i;
			return SC_OK;
		}
	return fail(cli, SC_BAD_ARGUMENT, "--color", "auto, always or never");
}

static sc_status keep(struct cli *cli, const char *name, size_t size, const char *value)
{
	char *copy = sc_arena_dup(&cli->arena, name, size);
	if (copy == NULL)
		return out_of_memory(cli);
	if (strcmp(copy, "--json") == 0)
		cli->json = true;
	else if (strcmp(copy, "--shop") == 0)
		cli->shop_url = value;
	else if (strcmp(copy, "--gateway") == 0)
		cli->gateway_url = value;
	else if (strcmp(copy, "--notify") == 0)
		cli->notify = value;
	else if (strcmp(copy, "--color") == 0)
		return set_color(cli, value);
	else if (cli->option_count == OPTIONS_MAX)
		return fail(cli, SC_BAD_ARGUMENT, copy, "too many options");
	else
		cli->options[cli->option_count++] = (struct given){ copy, value };
	return SC_OK;
}

/* Any option of any verb takes a value or does not, alike everywhere; so words can be told before the verb is known. */
static enum known any_option(const char *name, size_t size)
{
	enum known known = look_up(global_options, name, size);
	for (size_t i = 0; known == UNKNOWN && i < verb_count; i++)
		known = look_up(verbs[i].options, name, size);
	return known;
}

static sc_status take_option(struct cli *cli, int argc, char **argv, int *at)
{
	const char *name = argv[*at], *equals = strchr(name, '=');
	size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
	enum known known = any_option(name, size);
	const char *value = equals != NULL ? equals + 1 : NULL;
	if (known == UNKNOWN)
		return fail(cli, SC_BAD_ARGUMENT, name, "there is no such option");
	if (known == FLAG && value != NULL)
		return fail(cli, SC_BAD_ARGUMENT, name, "takes no value");
	if (known == VALUED && value == NULL) {
		if (*at + 1 >= argc)
			return fail(cli, SC_BAD_ARGUMENT, name, "needs a value");
		value = argv[++*at];
	}
	return keep(cli, name, size, value);
}

static sc_status check_options(struct cli *cli)
{
	for (size_t i = 0; i < cli->option_count; i++) {
		const char *name = cli->options[i].name;
		if (look_up(cli->verb->options, name, strlen(name)) == UNKNOWN)
			return fail(cli, SC_BAD_ARGUMENT, name, "not an option of this verb");
	}
	return SC_OK;
}

/* ---- words ------------------------------------------------------------------------------- */

/* How many arguments a verb needs and takes at most; "WORDS…" takes any number. */
static void count_arguments(const struct verb *verb, size_t *least, size_t *most)
{
	const char *list = verb->arguments;
	struct item item;
	*least = *most = 0;
	while (item_next(&list, &item)) {
		*least += !item.optional;
		*most = item.repeated ? WORDS_MAX : *most + 1;
	}
}

static sc_status check_words(struct cli *cli)
{
	size_t least, most;
	count_arguments(cli->verb, &least, &most);
	if (cli->word_count >= least && cli->word_count <= most)
		return SC_OK;
	const char *name = cli->verb->name != NULL ? cli->verb->name : "";
	return fail(cli, SC_BAD_ARGUMENT, NULL, "usage: shopcore %s %s%s%s", cli->verb->noun, name,
	            name[0] != '\0' ? " " : "", cli->verb->arguments);
}

/* The first words name the verb; those after it are its arguments. */
static sc_status find_verb(struct cli *cli, const char *const *words, size_t count)
{
	if (count == 0)
		return fail(cli, SC_BAD_ARGUMENT, NULL, "what should be done? `shopcore help` lists it");
	size_t used = 2;
	cli->verb = verb_find(words[0], count > 1 ? words[1] : NULL);
	if (cli->verb == NULL || cli->verb->name == NULL)
		used = 1;
	if (cli->verb == NULL)
		return fail(cli, SC_BAD_ARGUMENT, NULL, "there is no `%s%s%s`; `shopcore help` lists what there is",
		            words[0], count > 1 ? " " : "", count > 1 ? words[1] : "");
	for (size_t i = used; i < count; i++) {
		if (cli->word_count == WORDS_MAX)
			return fail(cli, SC_BAD_ARGUMENT, words[i], "too many words");
		cli->words[cli->word_count++] = words[i];
	}
	return SC_OK;
}

sc_status arguments_parse(struct cli *cli, int argc, char **argv, bool *help)
{
	const char *words[WORDS_MAX + 2];
	size_t count = 0;
	bool options = true;
	sc_status status = SC_OK;
	for (int i = 1; status == SC_OK && i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strcmp(argv[i], "--help") == 0)
			*help = true;
		else if (options && strncmp(argv[i], "--", 2) == 0)
			status = take_option(cli, argc, argv, &i);
		else if (count == WORDS_MAX + 2)
			status = fail(cli, SC_BAD_ARGUMENT, argv[i], "too many words");
		else
			words[count++] = argv[i];
	}
	if (status != SC_OK)
		return status;
	if (count > 0 && strcmp(words[0], "help") == 0) {
		*help = true;
		memmove(words, words + 1, --count * sizeof(words[0]));
	}
	if (*help) {
		cli->word_count = count < 2 ? count : 2;
		memcpy(cli->words, words, cli->word_count * sizeof(words[0]));
		return SC_OK;
	}
	status = find_verb(cli, words, count);
	if (status == SC_OK)
		status = check_words(cli);
	return status == SC_OK ? check_options(cli) : status;
}

/* ---- values ------------------------------------------------------------------------------ */

const char *option(const struct cli *cli, const char *name)
{
	for (size_t i = cli->option_count; i > 0; i--)
		if (strcmp(cli->options[i - 1].name, name) == 0)
			return cli->options[i - 1].value;
	return NULL;
}

bool flag(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->option_count; i++)
		if (strcmp(cli->options[i].name, name) == 0)
			return true;
	return false;
}

sc_status number_of(struct cli *cli, const char *text, const char *what, int64_t *out)
{
	char *end;
	errno = 0;
	long long number = strtoll(text, &end, 10);
	bool digits = text[0] == '-' ? text[1] >= '0' && text[1] <= '9' : text[0] >= '0' && text[0] <= '9';
	if (!digits || *end != '\0')
		return fail(cli, SC_BAD_ARGUMENT, what, "\"%.40s\" is not a whole number", text);
	if (errno == ERANGE)
		return fail(cli, SC_OUT_OF_RANGE, what, "%.40s does not fit", text);
	*out = number;
	return SC_OK;
}

sc_status buyer_of(struct cli *cli, const char *text, sc_call *out)
{
	static const char guest[] = "guest:";
	bool is_guest = strncmp(text, guest, strlen(guest)) == 0;
	const char *actor = is_guest ? text + strlen(guest) : text;
	if (actor[0] == '\0')
		return fail(cli, SC_BAD_ARGUMENT, "USER", "nobody is named");
	*out = (sc_call)SC_CALL_INIT(is_guest ? SC_ACTOR_GUEST : SC_ACTOR_CUSTOMER, actor);
	out->key = option(cli, "--key");
	return SC_OK;
}

sc_status limit_of(struct cli *cli, uint32_t *out)
{
	int64_t limit = 50;
	const char *text = option(cli, "--limit");
	sc_status status = text != NULL ? number_of(cli, text, "--limit", &limit) : SC_OK;
	if (status == SC_OK && (limit < 1 || limit > SC_PAGE_MAX))
		status = fail(cli, SC_OUT_OF_RANGE, "--limit", "must be 1 to %d", SC_PAGE_MAX);
	if (status == SC_OK)
		*out = (uint32_t)limit;
	return status;
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

sc_status cursor_of(struct cli *cli, sc_bytes *out)
{
	const char *text = option(cli, "--cursor");
	*out = (sc_bytes){ NULL, 0 };
	if (text == NULL)
		return SC_OK;
	size_t size = strlen(text) / 2;
	unsigned char *bytes = sc_arena_alloc(&cli->arena, size);
	if (bytes == NULL)
		return out_of_memory(cli);
	for (size_t i = 0; i < size; i++) {
		int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
		if (high < 0 || low < 0)
			size = 0;
		else
			bytes[i] = (unsigned char)(high << 4 | low);
	}
	if (size == 0 || strlen(text) % 2 != 0)
		return fail(cli, SC_BAD_ARGUMENT, "--cursor", "not a cursor that a listing gave");
	*out = (sc_bytes){ bytes, size };
	return SC_OK;
}

const char *hexadecimal(struct cli *cli, sc_bytes bytes)
{
	const unsigned char *data = bytes.data;
	char *text = bytes.size > 0 ? sc_arena_alloc(&cli->arena, 2 * bytes.size + 1) : NULL;
	for (size_t i = 0; text != NULL && i < bytes.size; i++)
		snprintf(text + 2 * i, 3, "%02x", data[i]);
	return text;
}
