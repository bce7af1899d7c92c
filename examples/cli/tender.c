/*
 * shopcore gift-card … and credit …: money that people have with the shop.
 */
#include "cli.h"

#include <stdio.h>

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

sc_status run_gift_card_show(struct cli *cli)
{
	const sc_call call = admin_call();
	sc_gift_card card;
	sc_status status = sc_gift_card_find(cli->shop, &call, cli->words[0], &cli->arena, &card, &cli->error);
	return status == SC_OK ? show_card(cli, &card) : status;
}
