/*
 * shopcore gift-card … and credit …: money that people have with the shop.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* ---- gift cards -------------------------------------------------------------------------- */

static sc_status show_card(struct cli *cli, const sc_gift_card *card)
{
	sc_json_writer writer;
	if (!cli->json) {
		printf("card %s\nbalance %s%s\n", card->id, money_text(cli, card->balance_minor, card->currency),
		       card->expired ? ", run out" : "");
		return card->code[0] == '\0' || printf("code %s\n", card->code) > 0 ? SC_OK : SC_IO_FAILED;
	}
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", card->id);
	sc_json_add_text(&writer, "code", card->code);
	sc_json_add_text(&writer, "currency", card->currency);
	sc_json_add_int(&writer, "balance_minor", card->balance_minor);
	sc_json_add_int(&writer, "held_minor", card->held_minor);
	sc_json_add_int(&writer, "expires_ms", card->expires_ms);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_gift_card_issue(struct cli *cli)
{
	sc_call call = admin_call();
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	sc_status status = number_of(cli, cli->words[0], "AMOUNT", &request.amount_minor);
	request.currency = option(cli, "--currency");
	request.note = option(cli, "--note");
	call.key = option(cli, "--key");
	if (status == SC_OK)
		status = sc_gift_card_issue(cli->shop, &call, &request, &cli->arena, &card, &cli->error);
	return status == SC_OK ? show_card(cli, &card) : status;
}

/* Arguments can be read by whoever lists the processes, so a code may come from standard input. */
static sc_status read_code(struct cli *cli, const char **out)
{
	sc_bytes bytes;
	sc_status status = read_file(cli, "-", SC_BODY_MAX, &bytes);
	if (status != SC_OK)
		return status;
	*out = sc_arena_dup(&cli->arena, bytes.data, strcspn(bytes.data, "\r\n"));
	return *out != NULL ? SC_OK : out_of_memory(cli);
}

sc_status run_gift_card_show(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *code = cli->words[0];
	sc_gift_card card;
	sc_status status = SC_OK;
	if (strcmp(code, "-") == 0)
		status = read_code(cli, &code);
	if (status == SC_OK)
		status = sc_gift_card_find(cli->shop, &call, code, &cli->arena, &card, &cli->error);
	return status == SC_OK ? show_card(cli, &card) : status;
}

/* ---- credit ------------------------------------------------------------------------------ */

/* Only customers have credit; a guest is refused here, where "guest:ada" could become a customer of that name. */
static sc_status owner_of(struct cli *cli, const char *user, const char **out)
{
	sc_call buyer;
	sc_status status = buyer_of(cli, user, &buyer);
	if (status == SC_OK && buyer.kind != SC_ACTOR_CUSTOMER)
		status = fail(cli, SC_BAD_ARGUMENT, "USER", "a guest has no credit");
	if (status != SC_OK)
		return status;
	const size_t size = strlen(user) + sizeof("u:");
	char *owner = sc_arena_alloc(&cli->arena, size);
	if (owner == NULL)
		return out_of_memory(cli);
	snprintf(owner, size, "u:%s", user);
	*out = owner;
	return SC_OK;
}

static sc_status credit_table(struct cli *cli, const sc_credit *credit, const sc_credit_move *moves, size_t count)
{
	static const char *const titles[] = { "time (UTC)", ">amount", ">balance", "why", NULL };
	struct table table;
	printf("balance %s, held %s\n", money_text(cli, credit->balance_minor, credit->currency),
	       money_text(cli, credit->held_minor, credit->currency));
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < count; i++) {
		table_add(&table, time_text(cli, moves[i].time_ms));
		table_add(&table, money_text(cli, moves[i].amount_minor, credit->currency));
		table_add(&table, money_text(cli, moves[i].balance_minor, credit->currency));
		table_add(&table, moves[i].reason);
	}
	return table_print(&table);
}

static sc_status credit_json(struct cli *cli, const sc_credit *credit, const sc_credit_move *moves, size_t count)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", credit->currency);
	sc_json_add_int(&writer, "balance_minor", credit->balance_minor);
	sc_json_add_int(&writer, "held_minor", credit->held_minor);
	sc_json_put_key(&writer, "moves");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(&writer);
		sc_json_add_int(&writer, "time_ms", moves[i].time_ms);
		sc_json_add_int(&writer, "amount_minor", moves[i].amount_minor);
		sc_json_add_int(&writer, "balance_minor", moves[i].balance_minor);
		sc_json_add_text(&writer, "reason", moves[i].reason);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_credit_show(struct cli *cli)
{
	const sc_call call = admin_call();
	const char *owner, *currency = option(cli, "--currency");
	sc_credit credit;
	sc_credit_move *moves;
	size_t count;
	uint32_t limit;
	sc_status status = owner_of(cli, cli->words[0], &owner);
	if (status == SC_OK)
		status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = sc_credit_get(cli->shop, &call, owner, currency, &credit, &cli->error);
	if (status == SC_OK)
		status = sc_credit_list(cli->shop, &call, owner, currency, limit, &cli->arena, &moves, &count,
		                        &cli->error);
	if (status != SC_OK)
		return status;
	return cli->json ? credit_json(cli, &credit, moves, count) : credit_table(cli, &credit, moves, count);
}

sc_status run_credit_grant(struct cli *cli)
{
	sc_call call = admin_call();
	const char *owner;
	int64_t amount;
	sc_status status = owner_of(cli, cli->words[0], &owner);
	if (status == SC_OK)
		status = number_of(cli, cli->words[1], "AMOUNT", &amount);
	call.key = option(cli, "--key");
	if (status == SC_OK)
		status = sc_credit_grant(cli->shop, &call, owner, amount, option(cli, "--currency"),
		                         option(cli, "--reason"), &cli->error);
	return status == SC_OK ? run_credit_show(cli) : status;
}

/* ---- what pays an order beside the provider ---------------------------------------------- */

/* "CODE" or "CODE:AMOUNT". What is wrong is told without the code. */
static sc_status card_of(struct cli *cli, char *line, sc_gift_card_use *out)
{
	char *colon = strchr(line, ':');
	*out = (sc_gift_card_use){ .code = line };
	if (colon == NULL)
		return SC_OK;
	*colon = '\0';
	return number_of(cli, colon + 1, "--gift-cards", &out->amount_minor);
}

static sc_status cards_of(struct cli *cli, const char *path, sc_checkout_request *request)
{
	sc_bytes bytes;
	sc_gift_card_use *cards = sc_arena_alloc(&cli->arena, SC_GIFT_CARDS_MAX * sizeof(*cards));
	if (cards == NULL)
		return out_of_memory(cli);
	sc_status status = read_file(cli, path, SC_BODY_MAX, &bytes);
	char *rest = status == SC_OK ? sc_arena_dup(&cli->arena, bytes.data, bytes.size) : NULL;
	if (status == SC_OK && rest == NULL)
		return out_of_memory(cli);
	for (char *line; status == SC_OK && (line = strsep(&rest, "\r\n")) != NULL;) {
		if (line[0] == '\0')
			continue;
		if (request->gift_card_count == SC_GIFT_CARDS_MAX)
			return fail(cli, SC_OVER_LIMIT, "--gift-cards", "at most %d", SC_GIFT_CARDS_MAX);
		status = card_of(cli, line, &cards[request->gift_card_count++]);
	}
	request->gift_cards = cards;
	return status;
}

sc_status tenders_of(struct cli *cli, sc_checkout_request *request)
{
	const char *path = option(cli, "--gift-cards"), *credit = option(cli, "--credit");
	sc_status status = path != NULL ? cards_of(cli, path, request) : SC_OK;
	if (status != SC_OK || credit == NULL)
		return status;
	request->credit_minor = SC_CREDIT_ALL;
	return strcmp(credit, "all") == 0 ? SC_OK : number_of(cli, credit, "--credit", &request->credit_minor);
}
