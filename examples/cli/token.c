/*
 * shopcore token …: who may call a program that puts the shop behind a network. A token's text is printed once, when it
 * is made; the shop keeps a hash of it.
 */
#include "cli.h"

#include <string.h>

#define MS_PER_HOUR 3600000LL
#define HOURS_MAX   876000 /* a hundred years */

static const struct {
	const char *name;
	sc_actor_kind kind;
} roles[] = { { "customer", SC_ACTOR_CUSTOMER }, { "seller", SC_ACTOR_SELLER }, { "admin", SC_ACTOR_ADMIN } };

static const char *role_name(sc_actor_kind kind)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (roles[i].kind == kind)
			return roles[i].name;
	return "";
}

static sc_status role_of(struct cli *cli, const char *name, sc_actor_kind *out)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0) {
			*out = roles[i].kind;
			return SC_OK;
		}
	return fail(cli, SC_BAD_ARGUMENT, "ROLE", "\"%.40s\" is not customer, seller or admin", name);
}

static sc_status hours_of(struct cli *cli, const char *name, int64_t *out_ms)
{
	const char *text = option(cli, name);
	int64_t hours = 0;
	sc_status status = text != NULL ? number_of(cli, text, name, &hours) : SC_OK;
	if (status == SC_OK && (hours < 0 || hours > HOURS_MAX))
		return fail(cli, SC_OUT_OF_RANGE, name, "0 to %d hours", HOURS_MAX);
	*out_ms = hours * MS_PER_HOUR;
	return status;
}

static const char *end_text(struct cli *cli, int64_t expires_ms)
{
	return expires_ms == SC_NEVER ? "never" : time_text(cli, expires_ms);
}

static void add_end(sc_json_writer *writer, int64_t expires_ms)
{
	if (expires_ms == SC_NEVER) {
		sc_json_put_key(writer, "expires_ms");
		sc_json_put_null(writer);
	} else {
		sc_json_add_int(writer, "expires_ms", expires_ms);
	}
}

static sc_status show_new(struct cli *cli, const sc_new_token *made)
{
	if (!cli->json) {
		printf("token  %s\nid     %s\nends   %s\nThe token is shown this once.\n", made->secret, made->id,
		       end_text(cli, made->expires_ms));
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", made->id);
	sc_json_add_text(&writer, "token", made->secret);
	add_end(&writer, made->expires_ms);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_token_create(struct cli *cli)
{
	sc_call call = admin_call();
	sc_token_request request = SC_TOKEN_REQUEST_INIT;
	sc_new_token made;
	request.actor = cli->words[1];
	request.scopes = option(cli, "--scopes");
	request.note = option(cli, "--note");
	sc_status status = role_of(cli, cli->words[0], &request.kind);
	if (status == SC_OK)
		status = hours_of(cli, "--hours", &request.ttl_ms);
	if (status == SC_OK)
		status = sc_token_create(cli->shop, &call, &request, &cli->arena, &made, &cli->error);
	return status == SC_OK ? show_new(cli, &made) : status;
}

sc_status run_token_rotate(struct cli *cli)
{
	sc_call call = admin_call();
	sc_new_token made;
	int64_t grace_ms = 0;
	sc_status status = hours_of(cli, "--grace", &grace_ms);
	if (status == SC_OK)
		status = sc_token_rotate(cli->shop, &call, cli->words[0], grace_ms, &cli->arena, &made, &cli->error);
	return status == SC_OK ? show_new(cli, &made) : status;
}

sc_status run_token_revoke(struct cli *cli)
{
	sc_call call = admin_call();
	sc_status status = sc_token_revoke(cli->shop, &call, cli->words[0], &cli->error);
	if (status != SC_OK)
		return status;
	if (!cli->json) {
		printf("token %s is good for nothing any more\n", cli->words[0]);
		return SC_OK;
	}
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "revoked", cli->words[0]);
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

/* ---- list -------------------------------------------------------------------------------- */

static sc_status list_table(struct cli *cli, const sc_token_page *page)
{
	static const char *const titles[] = { "id", "role", "who", "scopes", "made (UTC)", "ends (UTC)", "note", NULL };
	struct table table;
	table_begin(&table, cli, titles);
	for (size_t i = 0; i < page->count; i++) {
		const sc_token *token = &page->tokens[i];
		table_add(&table, token->id);
		table_add(&table, role_name(token->kind));
		table_add(&table, token->actor);
		table_add(&table, token->scopes);
		table_add(&table, time_text(cli, token->created_ms));
		table_add(&table, token->expired ? "ended" : end_text(cli, token->expires_ms));
		table_add(&table, token->note);
	}
	sc_status status = table_print(&table);
	if (page->next.size > 0)
		printf("more: --cursor %s\n", hexadecimal(cli, page->next));
	return status;
}

static sc_status list_json(struct cli *cli, const sc_token_page *page)
{
	sc_json_writer writer;
	json_begin(cli, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "tokens");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page->count; i++) {
		const sc_token *token = &page->tokens[i];
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "id", token->id);
		sc_json_add_text(&writer, "role", role_name(token->kind));
		sc_json_add_text(&writer, "actor", token->actor);
		sc_json_add_text(&writer, "scopes", token->scopes);
		sc_json_add_text(&writer, "note", token->note);
		sc_json_add_int(&writer, "created_ms", token->created_ms);
		add_end(&writer, token->expires_ms);
		sc_json_add_bool(&writer, "expired", token->expired != 0);
		sc_json_end_object(&writer);
	}
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", hexadecimal(cli, page->next));
	sc_json_end_object(&writer);
	return json_end(cli, &writer);
}

sc_status run_token_list(struct cli *cli)
{
	sc_call call = admin_call();
	sc_token_page page;
	sc_bytes cursor;
	uint32_t limit;
	sc_status status = limit_of(cli, &limit);
	if (status == SC_OK)
		status = cursor_of(cli, &cursor);
	if (status == SC_OK)
		status = sc_token_list(cli->shop, &call, limit, cursor, &cli->arena, &page, &cli->error);
	if (status != SC_OK)
		return status;
	return cli->json ? list_json(cli, &page) : list_table(cli, &page);
}
