/*
 * Codes in a cart. A code is looked up once, when it is given, together with the cart and with how often its giver has
 * been wrong lately; afterwards the cart knows which coupon it stands for.
 *
 * A wrong code holds one of so many tries and lets go of it by itself after a while, so tries need no counter of their
 * own and nothing that resets it.
 */
#include "coupon/coupon.h"

#include "base/error.h"
#include "cart/change.h"
#include "core/access.h"

#include <string.h>

/* What is loaded together with the cart. */
enum { IMPORTED, TRIES, RULES, OTHERS };

typedef struct giving {
	char code[SC_COUPON_CODE_MAX + 1];
	bool limited; /* its giver may be guessing */
	bool wrong;
} giving;

static sc_status too_many_tries(sc_error *err)
{
	sc__bad(err, SC_LIMIT_REACHED, "tries", "too many wrong codes: try again later");
	return SC_LIMIT_REACHED;
}

static sc_status edit_add(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                          sc_error *err)
{
	giving *given = change->result;
	sc__rule_set *set;
	const char *code = sc_arena_dup(state->arena, given->code, strlen(given->code));

	(void)second;
	given->wrong = false;
	if (code == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a coupon");
	if (given->limited && others[TRIES].version != 0 && sc_counters_free(&others[TRIES].counters) <= 0)
		return too_many_tries(err);
	sc_status status = sc__rules_get(change->shop, change->call, others[RULES].version, &set, err);
	if (status != SC_OK)
		return status;
	const char *coupon = sc__coupon_of_code(set, code, &others[IMPORTED], state->arena);
	sc__rules_release(change->shop, set);
	if (coupon == NULL) {
		given->wrong = true;
		return sc__bad(err, SC_NOT_FOUND, "code", "no coupon has this code");
	}
	return sc__cart_state_add_coupon(state, &(sc_cart_coupon){ code, coupon }, err);
}

static sc_status edit_remove(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                             sc_error *err)
{
	const giving *given = change->result;

	(void)others, (void)second;
	if (!sc__cart_state_remove_coupon(state, given->code))
		return sc__bad(err, SC_NOT_FOUND, "code", "the cart does not carry this code");
	return SC_OK;
}

/* Holds one of the tries that the giver has left. */
static sc_status count_try(sc_shop *shop, const sc_call *call, const sc_address *tries, sc_error *err)
{
	const sc_id id = sc_id_with_tail(sc_id_make(shop->env), sc_address_route(tries));
	const sc_hold_line line = {
		.sources = tries, .source_count = 1, .flags = SC_LINE_LIMIT, .quantity = 1, .limit = SC_COUPON_TRIES_MAX
	};
	const sc_change hold = { .address = { .kind = SC_KIND_HOLD,
		                              .key = (const char *)id.bytes,
		                              .key_size = sizeof(id.bytes),
		                              .sub = SC__TRIES_HOLD_SUB,
		                              .sub_size = sizeof(SC__TRIES_HOLD_SUB) - 1 },
		                 .type = SC_CHANGE_HOLD,
		                 .lines = &line,
		                 .line_count = 1,
		                 .ttl_ms = SC_COUPON_TRIES_MS };
	const sc_group group = { .id = id, .home = SC_HOME_FIRST, .changes = &hold, .count = 1 };
	sc_outcome outcome = { 0 };
	const sc_status status = sc__apply_settled(shop, call, &group, &hold.address, &outcome, err);

	return status == SC_LIMIT_REACHED ? too_many_tries(err) : status;
}

static sc_status begin(sc__cart_change *change, sc_shop *shop, const sc_call *call, const sc_cart_ref *cart,
                       const char *operation, const char *code, giving *given, char owner[SC__OWNER_SIZE],
                       sc_error *err)
{
	sc__digest digest;
	sc_status status = sc__coupon_normalise(code, -1, given->code, err);

	if (status == SC_OK)
		status = sc__cart_change_begin(change, shop, call, cart, operation, owner, &digest, err);
	if (status != SC_OK)
		return status;
	sc__digest_text(&digest, given->code);
	sc__digest_final(&digest, change->key.request);
	change->keeps_hold = true;
	change->result = given;
	return SC_OK;
}

sc_status sc_coupon_add(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *code, sc_arena *arena,
                        sc_cart *out, sc_error *err)
{
	sc__cart_change change;
	giving given = { .wrong = false };
	char owner[SC__OWNER_SIZE];
	sc__code_key code_key;
	sc__coupon_key tries_key;
	sc_status status = begin(&change, shop, call, cart, "coupon.add", code, &given, owner, err);

	if (status != SC_OK)
		return status;
	const sc_address others[OTHERS] = {
		[IMPORTED] = sc__code_address(&code_key, given.code),
		[TRIES] = sc__coupon_account(&tries_key, SC__COUPON_TRIES, "", owner),
		[RULES] = sc__rules_address(),
	};
	given.limited = call->kind == SC_ACTOR_CUSTOMER || call->kind == SC_ACTOR_GUEST;
	change.others = others;
	change.other_count = OTHERS;
	change.edit = edit_add;
	status = sc__cart_change_run(&change, arena, out, err);
	if (status != SC_NOT_FOUND || !given.wrong || !given.limited)
		return status;
	const sc_status tried = count_try(shop, call, &others[TRIES], err);
	return tried == SC_OK ? sc__bad(err, SC_NOT_FOUND, "code", "no coupon has this code") : tried;
}

sc_status sc_coupon_remove(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *code,
                           sc_arena *arena, sc_cart *out, sc_error *err)
{
	sc__cart_change change;
	giving given = { .wrong = false };
	char owner[SC__OWNER_SIZE];
	sc_status status = begin(&change, shop, call, cart, "coupon.remove", code, &given, owner, err);

	if (status != SC_OK)
		return status;
	change.edit = edit_remove;
	return sc__cart_change_run(&change, arena, out, err);
}
