/*
 * Baselines: from where on the journal of a repaired account is believed. They are settings of the shop, one row an
 * account, written in the same group as the movement that marks the repair.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/digest.h"

#include <string.h>

#define BASELINES "audit.baseline"

/* What a row holds; behind it key and sub of the account. */
typedef struct baseline_body {
	uint64_t upto, entry;
	sc_counters counters;
	uint16_t kind, key_size, sub_size, reserved;
} baseline_body;

sc_status sc__baseline_address(const sc_address *account, sc_arena *arena, sc_address *out)
{
	uint8_t *sub = sc_arena_alloc(arena, SC__DIGEST_SIZE);
	if (sub == NULL)
		return SC_NO_MEMORY;
	sc__digest digest; /* an account's own key may be as long as a sub may be */
	sc__digest_init(&digest);
	sc__digest_int(&digest, account->kind);
	sc__digest_bytes(&digest, account->key, account->key_size);
	sc__digest_bytes(&digest, account->sub, account->sub_size);
	sc__digest_final(&digest, sub);
	*out = (sc_address){ .kind = SC_KIND_SETTING,
		             .key = BASELINES,
		             .key_size = sizeof(BASELINES) - 1,
		             .sub = (const char *)sub,
		             .sub_size = SC__DIGEST_SIZE };
	return SC_OK;
}

sc_status sc__baseline_put(const sc__baseline *baseline, const sc_record *row, sc_arena *arena, sc_change *out)
{
	const sc_address *account = &baseline->account;
	const baseline_body head = { .upto = baseline->upto,
		                     .entry = baseline->entry,
		                     .counters = baseline->counters,
		                     .kind = account->kind,
		                     .key_size = account->key_size,
		                     .sub_size = account->sub_size };
	const size_t size = sizeof(head) + account->key_size + account->sub_size;
	char *body = sc_arena_alloc(arena, size);
	if (body == NULL)
		return SC_NO_MEMORY;
	memcpy(body, &head, sizeof(head));
	memcpy(body + sizeof(head), account->key, account->key_size);
	if (account->sub_size > 0)
		memcpy(body + sizeof(head) + account->key_size, account->sub, account->sub_size);
	*out = (sc_change){ .address = row->address,
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_VERSION,
		            .version = row->version,
		            .body = { body, size } };
	return SC_OK;
}

/* The row's texts are copied by whoever keeps the account. */
static sc_status take_row(sc_verify *verify, const sc_record *row, sc_error *err)
{
	baseline_body head;
	if (row->body.size < sizeof(head))
		return sc__fail(err, SC_DAMAGED, "a baseline does not read");
	memcpy(&head, row->body.data, sizeof(head));
	if (row->body.size != sizeof(head) + head.key_size + head.sub_size || head.key_size < 1 ||
	    head.key_size > SC_KEY_MAX || head.sub_size > SC_KEY_MAX)
		return sc__fail(err, SC_DAMAGED, "a baseline does not read");
	const char *key = (const char *)row->body.data + sizeof(head);
	const sc_address address = { .kind = head.kind,
		                     .key = key,
		                     .key_size = head.key_size,
		                     .sub = key + head.key_size,
		                     .sub_size = head.sub_size };
	sc__audit_account *account = sc__audit_account_at(verify, &address);
	sc__baseline *baseline = sc_arena_zalloc(&verify->memory, sizeof(*baseline));
	if (account == NULL || baseline == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for baselines");
	*baseline = (sc__baseline){ account->address, head.upto, head.entry, head.counters };
	account->baseline = baseline;
	return SC_OK;
}

sc_status sc__audit_baselines(sc_verify *verify, const sc_call *call, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_SETTING,
		           .index = SC_BY_SUB,
		           .key = { BASELINES, sizeof(BASELINES) - 1 },
		           .limit = SC_PAGE_MAX,
		           .mask = SC_READ_BODY };
	do {
		sc_page page;
		sc_status status = sc__range(verify->shop, call, &range, 1, &verify->page, &page, err);
		for (size_t i = 0; status == SC_OK && i < page.count; i++)
			status = take_row(verify, &page.records[i], err);
		if (status != SC_OK)
			return status;
		range.cursor = page.next;
	} while (range.cursor.size > 0);
	verify->baselines_read = true;
	return SC_OK;
}

void sc__audit_rebase(sc__audit_account *account, uint64_t position)
{
	const sc__baseline *baseline = account->baseline;
	if (baseline == NULL || position <= baseline->upto)
		return;
	account->baseline = NULL;
	account->position = baseline->entry;
	account->previous = UINT64_MAX; /* no movement is a double of what was decreed */
	account->after = account->other = baseline->counters;
}
