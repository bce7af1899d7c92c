/*
 * shopcore cart what-if and order what-if: the same lines under other promotions, tax rates or another policy, and the
 * difference in money.
 */
#include "cli.h"

#include <inttypes.h>

#define RULES_MAX ((size_t)1 << 20) /* bytes of a file of rules */

/* {"order": document, "what_if": rules} */
static sc_status join(struct cli *cli, sc_bytes document, sc_bytes rules, sc_bytes *out)
{
	const sc_json *checked;
	sc_json_writer writer;
	sc_status status = sc_json_parse(rules, &cli->arena, NULL, &checked, &cli->error);
	if (status != SC_OK)
		return status;
	sc_json_writer_init(&writer, &cli->arena, false);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "order");
	sc_json_put_raw(&writer, document);
	sc_json_put_key(&writer, "what_if");
	sc_json_put_raw(&writer, rules);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, &cli->error);
}

static const char *money_at(struct cli *cli, const sc_json *answer, const char *part, const char *total,
                            const char *currency)
{
	return money_text(cli, sc_json_int(sc_json_member(sc_json_member(answer, part), total)), currency);
}

static sc_status answer_table(struct cli *cli, const sc_json *answer, const char *currency)
{
	static const char *const titles[] = { "", ">before", ">after", ">difference", NULL };
	static const char *const totals[][2] = { { "net", "total_net" },
		                                 { "tax", "tax_total" },
		                                 { "total", "total_gross" },
		                                 { "discount", "discount_total" } };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		table_add(&table, totals[i][0]);
		table_add(&table, money_at(cli, answer, "before", totals[i][1], currency));
		table_add(&table, money_at(cli, answer, "after", totals[i][1], currency));
		table_add(&table, money_at(cli, answer, "difference", totals[i][1], currency));
	}
	return table_print(&table);
}

static sc_status show(struct cli *cli, sc_bytes document)
{
	const sc_json *priced, *compared;
	sc_bytes rules, question, answer;
	const char *currency;
	sc_status status = read_file(cli, cli->words[1], RULES_MAX, &rules);
	if (status == SC_OK)
		status = join(cli, document, rules, &question);
	if (status == SC_OK)
		status = sc_price_document(question, 0, &cli->arena, &answer, &cli->error);
	if (status == SC_OK && cli->json)
		return printf("%.*s\n", (int)answer.size, (const char *)answer.data) > 0 ? SC_OK : SC_IO_FAILED;
	if (status == SC_OK)
		status = sc_json_parse(document, &cli->arena, NULL, &priced, &cli->error);
	if (status == SC_OK)
		status = sc_json_get_text(priced, "currency", &currency, &cli->error);
	if (status == SC_OK)
		status = sc_json_parse(answer, &cli->arena, NULL, &compared, &cli->error);
	return status == SC_OK ? answer_table(cli, compared, currency) : status;
}

sc_status run_order_what_if(struct cli *cli)
{
	const sc_call call = admin_call();
	sc_bytes document;
	sc_status status = sc_order_pricing(cli->shop, &call, cli->words[0], &cli->arena, &document, &cli->error);
	return status == SC_OK ? show(cli, document) : status;
}

sc_status run_cart_what_if(struct cli *cli)
{
	const sc_quote_options options = quote_options_of(cli);
	sc_call call;
	sc_bytes document;
	sc_status status = buyer_of(cli, cli->words[0], &call);
	if (status == SC_OK)
		status = sc_checkout_pricing(cli->shop, &call, &options, &cli->arena, &document, &cli->error);
	return status == SC_OK ? show(cli, document) : status;
}
