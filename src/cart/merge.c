/*
 * Merging a guest's cart into a user's. Both carts are written in one group. What cannot be moved stays where
 * it is, so no unit is ever in neither cart or in both.
 */
#include "cart/cart.h"

#include "base/arena.h"
#include "base/error.h"
#include "cart/change.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

/* What an edit found out, besides the user's cart. */
typedef struct merge_result {
	int64_t units_moved;
	sc_cart_leftover *leftovers;
	size_t leftover_count;
} merge_result;

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How many units a line that both have should gain; below 0 it loses some. */
static int64_t gain(sc_merge_rule rule, int64_t users, int64_t guests)
{
	if (rule == SC_MERGE_KEEP_USER || (rule == SC_MERGE_LARGER && users >= guests))
		return 0;
	return rule == SC_MERGE_ADD ? guests : guests - users;
}

static int64_t join_line(const sc__cart_state *user, sc_merge_rule rule, sc_cart_line *to, sc_cart_line *from)
{
	const int64_t wanted = gain(rule, to->quantity, from->quantity);
	const int64_t moved = at_most(wanted, sc__cart_state_room(user, to));
	to->quantity += moved;
	to->price_seen_minor = at_most(to->price_seen_minor, from->price_seen_minor);
	from->quantity = wanted - moved;
	return moved > 0 ? moved : 0;
}

/* Moves what fits of one line of the guest's; what stays is what it wanted to move and could not. */
static sc_status move_line(sc__cart_state *user, sc_merge_rule rule, sc_cart_line *from, int64_t *moved, sc_error *err)
{
	sc_cart_line *to = sc__cart_state_find(user, from->sku, from->options, from->option_count);
	*moved = 0;
	if (to != NULL) {
		*moved = join_line(user, rule, to, from);
		return SC_OK;
	}
	sc_cart_line part = *from;
	part.quantity = at_most(from->quantity, sc__cart_state_room(user, NULL));
	if (part.quantity == 0)
		return SC_OK;
	*moved = part.quantity;
	from->quantity -= part.quantity;
	return sc__cart_state_append(user, &part, err);
}

/* What is saved for later, the note and the coupons come along, as far as there is room. */
static sc_status move_extras(sc__cart_state *user, sc__cart_state *guest, sc_error *err)
{
	for (size_t i = 0; i < guest->saved_count && user->saved_count < SC_CART_LINES_MAX; i++) {
		sc_status status = sc__cart_state_save(user, &guest->saved[i], err);
		if (status != SC_OK)
			return status;
		guest->saved[i].quantity = 0;
	}
	if (user->note[0] == '\0')
		user->note = guest->note;
	for (size_t i = 0; i < guest->coupon_count && user->coupon_count < SC_CART_COUPONS_MAX; i++) {
		sc_status status = sc__cart_state_add_coupon(user, &guest->coupons[i], err);
		if (status != SC_OK)
			return status;
	}
	guest->coupon_count = 0;
	return SC_OK;
}

static sc_status move_lines(sc__cart_state *user, sc__cart_state *guest, sc_merge_rule rule, merge_result *result,
                            sc_error *err)
{
	const bool other_currency = user->currency[0] != '\0' && strcmp(user->currency, guest->currency) != 0;
	if (!other_currency)
		memcpy(user->currency, guest->currency, sizeof(user->currency));
	for (size_t i = 0; i < guest->line_count; i++) {
		sc_cart_line *line = &guest->lines[i];
		int64_t moved = 0;
		sc_status status = other_currency ? SC_OK : move_line(user, rule, line, &moved, err);
		if (status != SC_OK)
			return status;
		result->units_moved += moved;
		if (line->quantity > 0)
			result->leftovers[result->leftover_count++] = (sc_cart_leftover){
				.sku = line->sku,
				.quantity = line->quantity,
				.reason = other_currency ? SC_CURRENCY_MISMATCH : SC_LIMIT_REACHED,
				.line = line->id,
			};
	}
	return other_currency ? SC_OK : move_extras(user, guest, err);
}

/* The guest's cart afterwards: gone, or what is left over. */
static sc_status write_guest(sc_shop *shop, sc__cart_state *guest, sc_change *out, sc_error *err)
{
	sc__cart_state_sweep(guest);
	guest->hold = (sc_id){ { 0 } };
	if (guest->line_count > 0 || guest->saved_count > 0) {
		guest->changed_ms = shop->env->wall_ms(shop->env->ctx);
		return sc__cart_put(shop, guest, out, err);
	}
	*out = (sc_change){ .address = sc__cart_address(guest->owner),
		            .type = SC_CHANGE_DELETE,
		            .condition = SC_IF_VERSION,
		            .version = guest->version };
	return SC_OK;
}

static sc_status edit_merge(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                            sc_error *err)
{
	merge_result *result = change->result;
	sc__cart_state guest;
	sc_status status = sc__cart_state_read(&others[0], state->arena, &guest, err);
	if (status != SC_OK)
		return status;
	*result = (merge_result){ .leftovers = sc__arena_array(state->arena, guest.line_count + 1,
		                                               sizeof(*result->leftovers)) };
	if (result->leftovers == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a merge");
	if (guest.line_count == 0 && guest.saved_count == 0 && guest.coupon_count == 0)
		return SC_OK;
	change->other_hold = guest.hold;
	status = move_lines(state, &guest, *(const sc_merge_rule *)change->input, result, err);
	return status == SC_OK ? write_guest(change->shop, &guest, second, err) : status;
}

static sc_status check_user(const sc_call *call, const sc_cart_ref *cart, char owner[SC__OWNER_SIZE], sc_error *err)
{
	sc_status status = sc__cart_owner(call, cart != NULL ? cart->owner : NULL, true, owner, err);
	if (status == SC_OK && owner[0] != 'u')
		return sc__bad(err, SC_BAD_ARGUMENT, "owner", "a guest's cart is merged into a user's");
	if (status == SC_OK && call->key != NULL)
		status = sc__input_id(call->key, -1, "call.key", err);
	return status;
}

sc_status sc_cart_merge(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *guest_token,
                        sc_arena *arena, sc_cart_merge_report *out, sc_error *err)
{
	return sc_cart_merge_by(shop, call, cart, guest_token, SC_MERGE_ADD, arena, out, err);
}

sc_status sc_cart_merge_by(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *guest_token,
                           sc_merge_rule rule, sc_arena *arena, sc_cart_merge_report *out, sc_error *err)
{
	if ((unsigned)rule > SC_MERGE_KEEP_GUEST)
		return sc__bad(err, SC_BAD_ARGUMENT, "rule", "no such rule");
	char owner[SC__OWNER_SIZE], guest[SC__OWNER_SIZE] = "g:";
	sc_status status = sc__input_id(guest_token, -1, "guest_token", err);
	if (status == SC_OK)
		status = check_user(call, cart, owner, err);
	if (status != SC_OK)
		return status;
	memcpy(guest + 2, guest_token, strlen(guest_token) + 1);

	merge_result result = { 0 };
	const sc_address other = sc__cart_address(guest);
	sc__cart_change change = { .shop = shop,
		                   .call = call,
		                   .owner = owner,
		                   .version = cart != NULL ? cart->version : 0,
		                   .keyed = call->key != NULL,
		                   .others = &other,
		                   .other_count = 1,
		                   .edit = edit_merge,
		                   .input = &rule,
		                   .result = &result };
	sc__digest digest;
	sc__digest_init(&digest);
	sc__digest_text(&digest, "cart.merge");
	sc__digest_text(&digest, call->key);
	sc__digest_final(&digest, change.key.key);
	sc__digest_init(&digest);
	sc__digest_text(&digest, guest_token);
	sc__digest_int(&digest, rule);
	sc__digest_final(&digest, change.key.request);

	sc_cart merged;
	status = sc__cart_change_run(&change, arena, &merged, err);
	if (status != SC_OK)
		return status;
	*out = (sc_cart_merge_report){ .cart = merged,
		                       .units_moved = result.units_moved,
		                       .leftovers = result.leftovers,
		                       .leftover_count = result.leftover_count };
	return SC_OK;
}
