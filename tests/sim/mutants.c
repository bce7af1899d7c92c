#include "mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_KEY = 2, KIND_STOCK = 7 };

static const char *const names[] = { "NONE",
#define NAME(name, text) #name,
	                             MUTANTS(NAME) };
static const char *const texts[] = { "nothing is wrong",
#define TEXT(name, text) text,
	                             MUTANTS(TEXT) };

const char *mutant_name(enum mutant_kind kind)
{
	return names[kind];
}

const char *mutant_text(enum mutant_kind kind)
{
	return texts[kind];
}

/* ---- the store ---------------------------------------------------------------------------------- */

/* A copy of the groups that the fault may change; freed by drop(). */
static sc_group *copy_groups(const sc_group *groups, size_t count)
{
	sc_group *copy = malloc(count * sizeof(*copy));

	if (copy == NULL)
		abort();
	memcpy(copy, groups, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++) {
		sc_change *changes = malloc(copy[i].count * sizeof(*changes));

		if (changes == NULL)
			abort();
		memcpy(changes, groups[i].changes, copy[i].count * sizeof(*changes));
		copy[i].changes = changes;
	}
	return copy;
}

static void drop(sc_group *groups, size_t count, sc_hold_line *lines)
{
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)groups[i].changes);
	free(groups);
	free(lines);
}

static sc_hold_line *small_lines(const sc_change *hold)
{
	sc_hold_line *lines = malloc(hold->line_count * sizeof(*lines));

	if (lines == NULL)
		abort();
	memcpy(lines, hold->lines, hold->line_count * sizeof(*lines));
	for (uint32_t i = 0; i < hold->line_count; i++)
		lines[i].quantity = 1;
	return lines;
}

/* A release turned into a check of nothing. */
static void ignore(sc_change *change)
{
	const sc_address nothing = { "nobody", "", 6, 0, 11, 0 };

	*change = (sc_change){ .address = nothing, .type = SC_CHANGE_CHECK, .condition = SC_IF_ABSENT };
}

static void spoil(struct mutant *mutant, sc_change *change, sc_hold_line **lines)
{
	if (mutant->kind == MUTANT_KEY_NOT_UNIQUE && change->type == SC_CHANGE_PUT && change->address.kind == KIND_KEY)
		change->condition = SC_IF_ANY;
	if (mutant->kind == MUTANT_HOLD_TOO_SMALL && change->type == SC_CHANGE_HOLD && *lines == NULL) {
		*lines = small_lines(change);
		change->lines = *lines;
	}
	if (mutant->kind == MUTANT_HOLD_OUTLIVES && change->type == SC_CHANGE_HOLD)
		change->ttl_ms = 0;
	if (mutant->kind == MUTANT_HOLD_OUTLIVES && change->type == SC_CHANGE_RELEASE)
		ignore(change);
}

/* One more unit is held on every account, for good. */
static void leak(struct mutant *mutant)
{
	const sc_range all = { .kind = KIND_STOCK, .index = SC_BY_ADDRESS, .limit = 1 };
	sc_arena arena;
	sc_page page;

	sc_arena_init(&arena, sc_env_default());
	if (mutant->store.ops->range(mutant->store.ctx, SC_CALL_SYSTEM, &all, 1, &arena, &page, NULL) == SC_OK &&
	    page.count == 1) {
		const sc_change more = { .address = page.records[0].address,
			                 .type = SC_CHANGE_ADJUST,
			                 .flags = SC_ADJUST_FORCED,
			                 .counters = { .held = 1 } };
		const sc_group group = {
			.id = sc_id_make(sc_env_default()), .home = SC_HOME_TABLE, .changes = &more, .count = 1
		};
		sc_outcome outcome = { 0 };

		mutant->store.ops->apply(mutant->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
	}
	sc_arena_clear(&arena);
}

static bool releases(const sc_group *groups, size_t count, const sc_outcome *out)
{
	for (size_t i = 0; i < count; i++) {
		for (uint32_t n = 0; out[i].status == SC_OK && n < groups[i].count; n++) {
			if (groups[i].changes[n].type == SC_CHANGE_RELEASE)
				return true;
		}
	}
	return false;
}

static sc_status wrong_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                             sc_error *err)
{
	struct mutant *mutant = ctx;
	sc_group *copy;
	sc_hold_line *lines = NULL;
	sc_status status;

	if (mutant->kind == MUTANT_WRITE_LOST && ++mutant->writes % 25 == 0) {
		for (size_t i = 0; i < count; i++)
			out[i].status = SC_OK;
		return SC_OK;
	}
	copy = copy_groups(groups, count);
	for (size_t i = 0; i < count; i++) {
		for (uint32_t n = 0; n < copy[i].count; n++)
			spoil(mutant, (sc_change *)(uintptr_t)&copy[i].changes[n], &lines);
	}
	status = mutant->store.ops->apply(mutant->store.ctx, call, copy, count, out, err);
	if (mutant->kind == MUTANT_HELD_LEAKS && status == SC_OK && releases(groups, count, out))
		leak(mutant);
	drop(copy, count, lines);
	return status;
}

static sc_status wrong_info(void *ctx, sc_store_info *out, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->info(mutant->store.ctx, out, err);
}

static sc_status wrong_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->prepare(mutant->store.ctx, call, err);
}

static sc_status wrong_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                            sc_arena *arena, sc_record *out, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->load(mutant->store.ctx, call, addresses, count, mask, arena, out, err);
}

static sc_status wrong_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                             sc_page *out, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->range(mutant->store.ctx, call, ranges, count, arena, out, err);
}

static sc_status wrong_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                               sc_outcome *out, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->resolve(mutant->store.ctx, call, refs, count, fence, out, err);
}

static sc_status wrong_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->expire(mutant->store.ctx, call, max, done, next_ms, err);
}

static sc_status wrong_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->log_read(mutant->store.ctx, call, partition, after, max, arena, out, count, err);
}

static sc_status wrong_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->log_of(mutant->store.ctx, call, subject, before, max, arena, out, count, err);
}

static sc_status wrong_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->store.ops->now(mutant->store.ctx, call, now_ms, err);
}

sc_store mutant_store(struct mutant *mutant, sc_store store)
{
	mutant->store = store;
	if (mutant->kind == MUTANT_NONE || mutant->kind >= MUTANT_IDEMPOTENCY_IGNORED)
		return store;
	mutant->store_ops = (sc_store_ops){
		.size = sizeof(mutant->store_ops),
		.name = "mutant",
		.info = wrong_info,
		.prepare = wrong_prepare,
		.load = wrong_load,
		.range = wrong_range,
		.apply = wrong_apply,
		.resolve = wrong_resolve,
		.expire = wrong_expire,
		.log_read = wrong_log_read,
		.log_of = wrong_log_of,
		.now = wrong_now,
	};
	return (sc_store){ &mutant->store_ops, mutant };
}

/* ---- the provider --------------------------------------------------------------------------------- */

static bool is_noted(const struct mutant *mutant, sc_id attempt)
{
	for (unsigned i = 0; i < mutant->noted_count; i++) {
		if (sc_id_equal(mutant->noted[i], attempt))
			return true;
	}
	return false;
}

static void note(struct mutant *mutant, sc_id attempt)
{
	if (mutant->noted_count < sizeof(mutant->noted) / sizeof(mutant->noted[0]))
		mutant->noted[mutant->noted_count++] = attempt;
}

static void charge_once_more(struct mutant *mutant, const sc_call *call, sc_gateway_request request)
{
	size_t taken = 0;

	request.attempt.bytes[9] ^= (uint8_t)(++mutant->repeats);
	request.attempt.bytes[10] ^= 0x55;
	mutant->gateway.ops->start(mutant->gateway.ctx, call, &request, 1, &taken, NULL);
}

/* What is noted here gets a wrong answer in wrong_finish(). One request at a time is accepted. */
static sc_status wrong_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                             size_t *accepted, sc_error *err)
{
	struct mutant *mutant = ctx;
	sc_gateway_request request;

	if (count == 0)
		return mutant->gateway.ops->start(mutant->gateway.ctx, call, requests, count, accepted, err);
	request = requests[0];
	if (mutant->kind == MUTANT_IDEMPOTENCY_IGNORED && request.op == SC_GATEWAY_CHARGE) {
		if (is_noted(mutant, request.attempt))
			charge_once_more(mutant, call, request);
		note(mutant, request.attempt);
	}
	if (mutant->kind == MUTANT_REFUND_FORGOTTEN && request.op == SC_GATEWAY_REFUND) {
		note(mutant, request.attempt);
		request.op = SC_GATEWAY_LOOKUP;
	}
	if (mutant->kind == MUTANT_VOID_LIES && request.op == SC_GATEWAY_VOID)
		note(mutant, request.attempt);
	return mutant->gateway.ops->start(mutant->gateway.ctx, call, &request, 1, accepted, err);
}

static sc_status wrong_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                              sc_error *err)
{
	struct mutant *mutant = ctx;
	sc_status status = mutant->gateway.ops->finish(mutant->gateway.ctx, max, timeout_ms, out, count, err);

	for (size_t i = 0; status == SC_OK && i < *count; i++) {
		bool noted = is_noted(mutant, out[i].attempt);

		if (mutant->kind == MUTANT_DECLINE_CONFIRMED && out[i].state == SC_GATEWAY_DECLINED)
			out[i].state = SC_GATEWAY_CAPTURED;
		if (mutant->kind == MUTANT_REFUND_FORGOTTEN && noted)
			out[i].state = SC_GATEWAY_REFUNDED;
		if (mutant->kind == MUTANT_VOID_LIES && noted)
			out[i].state = SC_GATEWAY_VOIDED;
	}
	return status;
}

static sc_status wrong_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
                               sc_gateway_event *out, sc_error *err)
{
	struct mutant *mutant = ctx;

	return mutant->gateway.ops->webhook(mutant->gateway.ctx, call, body, signature_header, out, err);
}

sc_gateway mutant_gateway(struct mutant *mutant, sc_gateway gateway)
{
	mutant->gateway = gateway;
	if (mutant->kind < MUTANT_IDEMPOTENCY_IGNORED)
		return gateway;
	mutant->gateway_ops = (sc_gateway_ops){
		.size = sizeof(mutant->gateway_ops),
		.name = "mutant",
		.start = wrong_start,
		.finish = wrong_finish,
		.webhook = wrong_webhook,
	};
	return (sc_gateway){ &mutant->gateway_ops, mutant };
}
