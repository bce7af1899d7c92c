/*
 * Codes in a cart. A code is looked up once, when it is given, together with the cart and with how often its giver has
 * been wrong lately; afterwards the cart knows which coupon it stands for.
 */
#include "coupon/tries.h"

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
	if (given->limited && sc__tries_used_up(&others[TRIES]))
		return sc__tries_refused(err);
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
		[TRIES] = sc__tries_account(&tries_key, owner),
		[RULES] = sc__rules_address(),
	};
	given.limited = sc__tries_count_for(call);
	change.others = others;
	change.other_count = OTHERS;
	change.edit = edit_add;
	status = sc__cart_change_run(&change, arena, out, err);
	if (status != SC_NOT_FOUND || !given.wrong || !given.limited)
		return status;
	const sc_status tried = sc__try_count(shop, call, &others[TRIES], err);
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
