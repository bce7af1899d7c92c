#include "coupon/tries.h"

#include "base/error.h"

bool sc__tries_count_for(const sc_call *call)
{
	return call->kind == SC_ACTOR_CUSTOMER || call->kind == SC_ACTOR_GUEST;
}

sc_address sc__tries_account(sc__coupon_key *key, const char *owner)
{
	return sc__coupon_account(key, SC__COUPON_TRIES, "", owner);
}

bool sc__tries_used_up(const sc_record *tries)
{
	return tries->version != 0 && sc_counters_free(&tries->counters) <= 0;
}

sc_status sc__tries_refused(sc_error *err)
{
	return sc__bad(err, SC_LIMIT_REACHED, "tries", "too many wrong codes: try again later");
}

void sc__try_make(const sc_env *env, const sc_address *tries, sc__try *out)
{
	out->id = sc_id_with_tail(sc_id_make(env), sc_address_route(tries));
	out->tries = *tries;
	out->line = (sc_hold_line){ .sources = &out->tries,
		                    .source_count = 1,
		                    .flags = SC_LINE_LIMIT,
		                    .quantity = 1,
		                    .limit = SC_COUPON_TRIES_MAX };
	out->hold = (sc_change){ .address = { .kind = SC_KIND_HOLD,
		                              .key = (const char *)out->id.bytes,
		                              .key_size = sizeof(out->id.bytes),
		                              .sub = SC__TRIES_HOLD_SUB,
		                              .sub_size = sizeof(SC__TRIES_HOLD_SUB) - 1 },
		                 .type = SC_CHANGE_HOLD,
		                 .lines = &out->line,
		                 .line_count = 1,
		                 .ttl_ms = SC_COUPON_TRIES_MS };
	out->group = (sc_group){ .id = out->id, .home = SC_HOME_FIRST, .changes = &out->hold, .count = 1 };
}

sc_status sc__try_count(sc_shop *shop, const sc_call *call, const sc_address *tries, sc_error *err)
{
	sc__try one;
	sc_outcome outcome = { 0 };
	sc__try_make(shop->env, tries, &one);
	const sc_status status = sc__apply_settled(shop, call, &one.group, &one.hold.address, &outcome, err);
	return status == SC_LIMIT_REACHED ? sc__tries_refused(err) : status;
}
