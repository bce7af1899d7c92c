/* Claims at the gate: a batch is one script for each domain that it touches. */
#include "base/error.h"
#include "drivers/redis/gate.h"

#define SWEPT_MAX 5000

static size_t group_end(const sc_gate_claim *claims, size_t count, size_t first)
{
	size_t end = first + 1;
	while (end < count && sc_id_equal(claims[end].group, claims[first].group))
		end++;
	return end;
}

static bool is_in(const sc__redis *redis, uint32_t number, const sc_gate_claim *claim)
{
	return redis->domain_count == 1 || sc__domain_of(redis, &claim->account) == number;
}

/* Claims of a group that lie in a domain. */
static size_t count_in(const sc__redis *redis, uint32_t number, const sc_gate_claim *claims, size_t first, size_t end)
{
	size_t found = 0;
	for (size_t i = first; i < end; i++)
		found += is_in(redis, number, &claims[i]);
	return found;
}

_Static_assert(SC_RESERVATION_LINES_MAX <= UINT16_MAX, "two bytes count the accounts of a group");

static void add_groups(const sc__redis *redis, uint32_t number, const sc_gate_claim *claims, size_t count,
                       sc__name *batch)
{
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		const size_t found = count_in(redis, number, claims, i, end);
		const uint8_t accounts[2] = { (uint8_t)(found >> 8), (uint8_t)found };
		if (found > 0)
			sc__name_raw(batch, accounts, sizeof accounts);
		for (; i < end; i++) {
			uint8_t wants[8];
			if (!is_in(redis, number, &claims[i]))
				continue;
			sc__put_u64(wants, (uint64_t)claims[i].quantity);
			sc__gate_pack(batch, wants + 2, sizeof wants - 2, &claims[i].group, &claims[i].account);
		}
	}
}

/* false: this is no answer to these claims. */
static bool read_verdicts(const sc__redis *redis, uint32_t number, sc_gate_claim *claims, size_t count,
                          const sc__reply *reply)
{
	if (reply->count != 2)
		return false;
	const sc_bytes verdicts = reply->items[0]->text;
	const sc__reply *left = reply->items[1];
	size_t group = 0, at = 0;
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		if (count_in(redis, number, claims, i, end) == 0) {
			i = end;
			continue;
		}
		if (group >= verdicts.size)
			return false;
		const uint32_t verdict = (uint32_t)(((const char *)verdicts.data)[group++] - '0');
		for (; i < end; i++) {
			if (!is_in(redis, number, &claims[i]))
				continue;
			if (verdict != SC_GATE_PASSED && at >= left->count)
				return false;
			claims[i].verdict = verdict;
			claims[i].available = verdict == SC_GATE_PASSED ? 0 : left->items[at++]->number;
		}
	}
	return group == verdicts.size && at == left->count;
}

static sc_status claim_in(sc__gate_handle *gate, uint32_t number, const sc_call *call, sc_gate_claim *claims,
                          size_t count, sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	sc_arena arena;
	sc__request request;
	sc__name batch;
	if (count_in(gate->redis, number, claims, 0, count) == 0)
		return SC_OK;
	sc_arena_init(&arena, gate->redis->env);
	sc__name_init(&batch, &arena);
	add_groups(gate->redis, number, claims, count, &batch);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_CLAIM, 1, &arena, &request, err);
	if (status == SC_OK) {
		sc__request_bytes(&request, sc__name_of(&batch));
		request.no_memory = request.no_memory || batch.no_memory;
		status = sc__gate_run(domain, call, SC__GATE_CLAIM, &request, err);
	}
	if (status == SC_OK && !read_verdicts(gate->redis, number, claims, count, request.replies[0]))
		status = sc__fail(err, SC_STORE_FAILED, "an answer that is none of the gate's");
	sc_arena_clear(&arena);
	return status;
}

/* A group whose accounts lie in several domains passes when all of them let it. */
static void join_verdicts(sc__gate_handle *gate, const sc_call *call, sc_gate_claim *claims, size_t first, size_t end)
{
	uint32_t verdict = SC_GATE_PASSED;
	sc_error ignored;
	for (size_t i = first; i < end; i++)
		if (claims[i].verdict != SC_GATE_PASSED && verdict != SC_GATE_REFUSED)
			verdict = claims[i].verdict;
	for (size_t i = first; i < end; i++) {
		if (claims[i].verdict == SC_GATE_PASSED && verdict != SC_GATE_PASSED)
			sc__gate_give(gate, call, &claims[i], 1, &ignored); /* what stays is swept */
		claims[i].verdict = verdict;
	}
}

sc_status sc__gate_claim(void *ctx, const sc_call *call, sc_gate_claim *claims, size_t count, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = claim_in(gate, number, call, claims, count, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count;) {
		size_t end = group_end(claims, count, i);
		if (end > i + 1)
			join_verdicts(gate, call, claims, i, end);
		i = end;
	}
	return SC_OK;
}

static sc_status give_in(sc__gate_handle *gate, uint32_t number, const sc_call *call, const sc_gate_claim *claims,
                         size_t count, sc_error *err)
{
	sc__domain *domain = &gate->redis->domains[number];
	const size_t found = count_in(gate->redis, number, claims, 0, count);
	sc_arena arena;
	sc__request request;
	if (found == 0)
		return SC_OK;
	sc_arena_init(&arena, gate->redis->env);
	sc_status status = sc__gate_begin(gate, domain, call, SC__GATE_GIVE, found, &arena, &request, err);
	if (status == SC_OK) {
		for (size_t i = 0; i < count; i++)
			if (is_in(gate->redis, number, &claims[i]))
				sc__gate_account(&request, &claims[i].group, &claims[i].account);
		request.repeatable = true;
		status = sc__gate_run(domain, call, SC__GATE_GIVE, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__gate_give(void *ctx, const sc_call *call, const sc_gate_claim *claims, size_t count, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc_status status = SC_OK;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++)
		status = give_in(gate, number, call, claims, count, err);
	return status;
}

sc_status sc__gate_sweep(void *ctx, const sc_call *call, int64_t age_ms, size_t *given, sc_error *err)
{
	sc__gate_handle *gate = ctx;
	sc_status status = SC_OK;
	size_t all = 0;
	for (uint32_t number = 0; number < gate->redis->domain_count && status == SC_OK; number++) {
		sc__domain *domain = &gate->redis->domains[number];
		sc_arena arena;
		sc__request request;
		sc_arena_init(&arena, gate->redis->env);
		status = sc__gate_begin(gate, domain, call, SC__GATE_SWEEP, 2, &arena, &request, err);
		if (status == SC_OK) {
			sc__request_number(&request, age_ms);
			sc__request_number(&request, SWEPT_MAX);
			request.repeatable = true;
			status = sc__gate_run(domain, call, SC__GATE_SWEEP, &request, err);
		}
		if (status == SC_OK)
			all += (size_t)request.replies[0]->number;
		sc_arena_clear(&arena);
	}
	if (status == SC_OK)
		*given = all;
	return status;
}
