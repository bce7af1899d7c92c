/*
 * The table of who may do what, and the one function that reads it.
 */
#include "core/access.h"

#include "base/error.h"
#include "core/input.h"

#include <string.h>

#define KINDS 5 /* sc_actor_kind starts at 1 */

typedef struct access_row {
	const char *name;
	sc__access by_kind[KINDS]; /* system, admin, seller, customer, guest */
} access_row;

static const access_row table[SC__OPERATIONS] = {
	[SC__READ_CATALOG] = { "read the catalogue", { SC__ALWAYS, SC__ALWAYS, SC__ALWAYS, SC__ALWAYS, SC__ALWAYS } },
	[SC__WRITE_CATALOG] = { "write the catalogue", { SC__ALWAYS, SC__ALWAYS, SC__OWN, SC__NEVER, SC__NEVER } },
	[SC__READ_CART] = { "read a cart", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__OWN } },
	[SC__WRITE_CART] = { "write a cart", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__OWN } },
	[SC__READ_STOCK] = { "read availability", { SC__ALWAYS, SC__ALWAYS, SC__ALWAYS, SC__ALWAYS, SC__ALWAYS } },
	[SC__AUDIT_STOCK] = { "read counters and journal", { SC__ALWAYS, SC__ALWAYS, SC__OWN, SC__NEVER, SC__NEVER } },
	[SC__WRITE_STOCK] = { "write stock", { SC__ALWAYS, SC__ALWAYS, SC__OWN, SC__NEVER, SC__NEVER } },
	[SC__RESERVE] = { "reserve outside a checkout", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
	[SC__CHECKOUT] = { "check out", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__OWN } },
	[SC__READ_ORDER] = { "read an order", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__OWN } },
	[SC__CANCEL_ORDER] = { "cancel an order", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__OWN } },
	[SC__FULFIL_ORDER] = { "ship and deliver", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
	[SC__REFUND_ORDER] = { "refund", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
	[SC__ISSUE_MONEY] = { "issue gift cards and credit",
	                      { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
	[SC__READ_CREDIT] = { "read store credit", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__OWN, SC__NEVER } },
	[SC__FIND_CARD] = { "find a card by its code", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__ALWAYS, SC__ALWAYS } },
	[SC__EDIT_RULES] = { "edit prices and rules", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
	[SC__RUN_SHOP] = { "run the shop", { SC__ALWAYS, SC__ALWAYS, SC__NEVER, SC__NEVER, SC__NEVER } },
};

sc__access sc__access_of(sc_actor_kind kind, sc__operation operation)
{
	if (kind < SC_ACTOR_SYSTEM || kind > SC_ACTOR_GUEST || operation >= SC__OPERATIONS)
		return SC__NEVER;
	return table[operation].by_kind[kind - SC_ACTOR_SYSTEM];
}

const char *sc__operation_name(sc__operation operation)
{
	return operation < SC__OPERATIONS ? table[operation].name : "do that";
}

sc_status sc__call_check(const sc_call *call, sc_error *err)
{
	if (call == NULL || call->size < offsetof(sc_call, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "call", "there is no call, or its size is not set");
	if (call->kind < SC_ACTOR_SYSTEM || call->kind > SC_ACTOR_GUEST)
		return sc__bad(err, SC_BAD_ARGUMENT, "call.kind", "no such kind of actor");
	if (call->actor == NULL && (call->kind == SC_ACTOR_SYSTEM || call->kind == SC_ACTOR_ADMIN))
		return SC_OK;
	return sc__input_id(call->actor, -1, "call.actor", err);
}

/* Whether the object's owner is the caller. */
static bool is_own(const sc_call *call, const char *owner)
{
	if (owner == NULL)
		return false;
	if (call->kind == SC_ACTOR_SELLER)
		return strcmp(owner, call->actor) == 0;
	char own[SC__OWNER_SIZE];
	return sc__owner_of(call, own, NULL) == SC_OK && strcmp(owner, own) == 0;
}

sc_status sc__allow(const sc_call *call, sc__operation operation, const char *owner, sc_error *err)
{
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	sc__access access = sc__access_of(call->kind, operation);
	if (access == SC__ALWAYS || (access == SC__OWN && is_own(call, owner)))
		return SC_OK;
	return sc__fail(err, SC_NOT_ALLOWED, "this actor may not %s%s", sc__operation_name(operation),
	                access == SC__OWN ? " of somebody else" : "");
}

sc_status sc__owner_of(const sc_call *call, char out[SC__OWNER_SIZE], sc_error *err)
{
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	if (call->kind != SC_ACTOR_CUSTOMER && call->kind != SC_ACTOR_GUEST)
		return sc__bad(err, SC_BAD_ARGUMENT, "owner",
		               "only a customer or a guest has things of its own: name the owner");
	out[0] = call->kind == SC_ACTOR_CUSTOMER ? 'u' : 'g';
	out[1] = ':';
	memcpy(out + 2, call->actor, strlen(call->actor) + 1);
	return SC_OK;
}

/* ---- printing -------------------------------------------------------------------------- */

#define NAME_WIDTH 28
#define CELL_WIDTH 10
#define LINE_SIZE  (NAME_WIDTH + KINDS * CELL_WIDTH + 1)

/* Text padded with spaces; the last byte of a line is its line feed. */
static char *put_cell(char *at, const char *text, size_t width)
{
	const size_t size = strlen(text) < width ? strlen(text) : width;
	memcpy(at, text, size);
	memset(at + size, ' ', width - size);
	return at + width;
}

static char *put_line(char *at, const char *name, const char *const cells[KINDS])
{
	at = put_cell(at, name, NAME_WIDTH);
	for (size_t i = 0; i < KINDS; i++)
		at = put_cell(at, cells[i], CELL_WIDTH);
	*at++ = '\n';
	return at;
}

sc_status sc_access_table(sc_arena *arena, const char **out, sc_error *err)
{
	static const char *const heads[KINDS] = { "system", "admin", "seller", "customer", "guest" };
	static const char *const words[] = { [SC__NEVER] = "no", [SC__OWN] = "own", [SC__ALWAYS] = "yes" };
	char *text = sc_arena_alloc(arena, LINE_SIZE * (SC__OPERATIONS + 1) + 1);
	if (text == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the table of access");
	char *at = put_line(text, "", heads);
	for (size_t i = 0; i < SC__OPERATIONS; i++) {
		const char *cells[KINDS];
		for (size_t k = 0; k < KINDS; k++)
			cells[k] = words[table[i].by_kind[k]];
		at = put_line(at, table[i].name, cells);
	}
	*at = '\0';
	*out = text;
	return SC_OK;
}
