/*
 * Reading rows by their addresses: one exchange, whatever their kinds. The time matters only for lifetimes, which
 * Redis itself ends too, so that of the last second is good enough.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

sc_status sc__redis_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	sc__domain *domain = ctx;
	sc__request request;
	bool asked = !sc__domain_time(domain, now_ms);
	sc__request_init(&request, arena);
	request.repeatable = true;
	if (asked)
		sc__state_ask(domain, &request);
	sc__request_command(&request, count + 1, "MGET");
	for (size_t i = 0; i < count; i++) {
		sc__name name;
		sc__name_init(&name, arena);
		sc__name_row(&name, domain, &addresses[i]);
		sc__request_bytes(&request, sc__name_of(&name));
		request.no_memory = request.no_memory || name.no_memory;
	}
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK && asked) {
		sc__state state;
		status = sc__state_read(domain, &request, 0, &state, err);
		*now_ms = status == SC_OK ? state.now_ms : *now_ms;
	}
	if (status != SC_OK)
		return status;
	const sc__reply *rows = request.replies[request.count - 1];
	if (rows->type != REDIS_REPLY_ARRAY || rows->count != count)
		return sc__reply_failed(rows, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		out[i] = (sc_record){ .address = addresses[i] };
		if (rows->items[i]->type == REDIS_REPLY_STRING)
			status = sc__row_unpack(rows->items[i]->text, mask, arena, &out[i], err);
	}
	return status;
}
