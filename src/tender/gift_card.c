/*
 * Gift cards: a record that says what a card was issued with, and a balance account under the same key.
 */
#include <shopcore/gift_card.h>

#include "base/error.h"
#include "core/input.h"
#include "coupon/tries.h"
#include "tender/grant.h"

#include <shopcore/json.h>

#include <string.h>

enum { CARD, ACCOUNT };

sc_address sc__card_address(const char *id)
{
	return (sc_address){ .kind = SC_KIND_GIFT_CARD, .key = id, .key_size = (uint16_t)strlen(id) };
}

/* ---- the record -------------------------------------------------------------------------- */

static bool write_card(const sc_gift_card *card, sc_arena *arena, sc_bytes *out)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", card->currency);
	sc_json_add_int(&writer, "issued", card->issued_minor);
	sc_json_add_int(&writer, "created", card->created_ms);
	sc_json_add_int(&writer, "expires", card->expires_ms);
	sc_json_add_text(&writer, "entry", card->ledger_id);
	sc_json_add_text(&writer, "note", card->note);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

static sc_status read_card(const sc_record *record, sc_arena *arena, sc_gift_card *out)
{
	const sc_json *body;
	sc_gift_card card = { .code = "" };
	sc_status status = sc_json_parse(record->body, arena, NULL, &body, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_DAMAGED;
	if (sc_json_get_text(body, "currency", &card.currency, NULL) != SC_OK ||
	    sc_json_get_int(body, "issued", &card.issued_minor, NULL) != SC_OK ||
	    sc_json_get_int(body, "created", &card.created_ms, NULL) != SC_OK ||
	    sc_json_get_int(body, "expires", &card.expires_ms, NULL) != SC_OK ||
	    sc_json_get_text(body, "entry", &card.ledger_id, NULL) != SC_OK ||
	    sc_json_get_text(body, "note", &card.note, NULL) != SC_OK)
		return SC_DAMAGED;
	card.id = sc_arena_dup(arena, record->address.key, record->address.key_size);
	*out = card;
	return card.id ? SC_OK : SC_NO_MEMORY;
}

sc_status sc__card_decode(const sc_record *record, const sc_counters *counters, int64_t now_ms, sc_arena *arena,
                          sc_gift_card *out, sc_error *err)
{
	sc_gift_card card;
	if (record->version == 0)
		return sc__fail(err, SC_NOT_FOUND, "no such gift card");
	sc_status status = read_card(record, arena, &card);
	if (status != SC_OK)
		return sc__fail(err, status, "a gift card's row does not read");
	card.expired = card.expires_ms != 0 && card.expires_ms <= now_ms;
	if (counters) {
		card.balance_minor = sc_counters_free(counters);
		card.held_minor = counters->held;
	}
	*out = card;
	return SC_OK;
}

/* ---- reading ----------------------------------------------------------------------------- */

static int64_t now_ms(const sc_shop *shop)
{
	return shop->env->wall_ms(shop->env->ctx);
}

/* The currency is in the record, so the account is read behind it. */
static sc_status load_card(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_gift_card *out,
                           uint64_t *version, sc_error *err)
{
	sc_address address = sc__card_address(id);
	sc_record record, account;
	sc_gift_card card;
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &record, err);
	if (status == SC_OK)
		status = sc__card_decode(&record, NULL, 0, arena, &card, err);
	if (status != SC_OK)
		return status;
	address = sc__balance_address(card.id, card.currency);
	status = sc__load(shop, call, &address, 1, 0, arena, &account, err);
	*version = record.version;
	return status == SC_OK ? sc__card_decode(&record, &account.counters, now_ms(shop), arena, out, err) : status;
}

sc_status sc_gift_card_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_gift_card *out,
                           sc_error *err)
{
	uint64_t version;
	sc_status status = sc__allow(call, SC__ISSUE_MONEY, NULL, err);
	if (status == SC_OK)
		status = sc__input_id(id, -1, "id", err);
	return status == SC_OK ? load_card(shop, call, id, arena, out, &version, err) : status;
}

/* Who may be guessing: whether there are tries left, before the code is looked at. */
static sc_status may_try(sc_shop *shop, const sc_call *call, sc_arena *arena, sc__coupon_key *key, sc_address *tries,
                         sc_error *err)
{
	char owner[SC__OWNER_SIZE];
	sc_record record;
	sc_status status = sc__owner_of(call, owner, err);
	if (status != SC_OK)
		return status;
	*tries = sc__tries_account(key, owner);
	status = sc__load(shop, call, tries, 1, 0, arena, &record, err);
	return status == SC_OK && sc__tries_used_up(&record) ? sc__tries_refused(err) : status;
}

sc_status sc_gift_card_find(sc_shop *shop, const sc_call *call, const char *code, sc_arena *arena, sc_gift_card *out,
                            sc_error *err)
{
	char id[SC__CARD_ID_SIZE];
	sc__coupon_key key;
	sc_address tries;
	uint64_t version;
	sc_gift_card card;
	sc_status status = sc__allow(call, SC__FIND_CARD, NULL, err);
	if (status == SC_OK)
		status = sc__card_id_of(code, -1, "code", id, err);
	if (status != SC_OK)
		return status;
	const bool limited = sc__tries_count_for(call);
	if (limited)
		status = may_try(shop, call, arena, &key, &tries, err);
	if (status == SC_OK)
		status = load_card(shop, call, id, arena, &card, &version, err);
	if (status == SC_NOT_FOUND && limited) {
		const sc_status tried = sc__try_count(shop, call, &tries, err);
		return tried == SC_OK ? sc__fail(err, SC_NOT_FOUND, "no such gift card") : tried;
	}
	if (status != SC_OK)
		return status;
	if (limited)
		card.note = "";
	*out = card;
	return SC_OK;
}

/* ---- issuing ----------------------------------------------------------------------------- */

static sc_status check_request(const sc_shop *shop, const sc_gift_card_request *request, sc_gift_card *card,
                               sc_error *err)
{
	if (!request || request->size < offsetof(sc_gift_card_request, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "request", "there is none, or its size is not set");
	*card = (sc_gift_card){ .issued_minor = request->amount_minor,
		                .balance_minor = request->amount_minor,
		                .created_ms = now_ms(shop),
		                .expires_ms = request->expires_ms,
		                .note = request->note ? request->note : "" };
	sc_status status = sc__input_range(request->amount_minor, 1, SC_GIFT_CARD_MAX, -1, "amount_minor", err);
	if (status == SC_OK)
		status = sc__input_range(request->expires_ms, 0, INT64_MAX, -1, "expires_ms", err);
	if (status == SC_OK)
		status = sc__currency_read(shop, request->currency, &card->currency, err);
	return status;
}

static void hash_request(const sc_gift_card_request *request, const sc_gift_card *card, const char *id,
                         sc__digest *digest)
{
	sc__digest_init(digest);
	sc__digest_int(digest, card->issued_minor);
	sc__digest_text(digest, card->currency);
	sc__digest_int(digest, card->expires_ms);
	sc__digest_text(digest, card->note);
	sc__digest_text(digest, request->code ? id : NULL);
}

static bool keep_texts(sc_gift_card *card, const char *id, sc_id entry, sc_arena *arena)
{
	char text[SC_ID_TEXT_SIZE];
	card->id = sc_arena_dup(arena, id, strlen(id));
	card->code = sc_arena_dup(arena, card->code, strlen(card->code));
	card->currency = sc_arena_dup(arena, card->currency, strlen(card->currency));
	card->note = sc_arena_dup(arena, card->note, strlen(card->note));
	card->ledger_id = sc_arena_dup(arena, sc_id_format(entry, text), SC_ID_TEXT_SIZE - 1);
	return card->id && card->code && card->currency && card->note && card->ledger_id;
}

/* What a key remembers of a card: its id without the two letters that all of them begin with. */
static sc_id note_of(const char *id)
{
	sc_id note;
	memcpy(note.bytes, id + 2, sizeof(note.bytes));
	return note;
}

static void id_of_note(sc_id note, char id[SC__CARD_ID_SIZE])
{
	memcpy(id, "GC", 2);
	memcpy(id + 2, note.bytes, sizeof(note.bytes));
	id[SC__CARD_ID_SIZE - 1] = '\0';
}

static sc_status issue(sc_shop *shop, const sc_call *call, const sc_gift_card_request *request, sc_gift_card *card,
                       const char *code, sc_arena *arena, sc_error *err)
{
	char id[SC__CARD_ID_SIZE];
	sc__digest digest;
	sc_change put = { .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT };
	sc__grant grant = { .shop = shop,
		            .call = call,
		            .arena = arena,
		            .err = err,
		            .operation = "gift_card.issue",
		            .tender = SC_TENDER_GIFT_CARD,
		            .reason = "issue",
		            .amount = card->issued_minor,
		            .entry = sc_id_make(shop->env),
		            .record = &put };
	uint64_t version;
	sc_status status = sc__card_id_of(code, -1, "code", id, err);
	if (status == SC_OK)
		status = sc__input_text(card->note, SC__TEXT_EMPTY, SC_NOTE_MAX, -1, "note", err);
	if (status != SC_OK)
		return status;
	card->code = code;
	if (!keep_texts(card, id, grant.entry, arena) || !write_card(card, arena, &put.body))
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	put.address = sc__card_address(card->id);
	grant.whose = card->id;
	grant.currency = card->currency;
	grant.note = note_of(id);
	hash_request(request, card, id, &digest);
	status = sc__grant_make(&grant, &digest);
	if (status != SC_OK || !grant.repeated)
		return status;
	id_of_note(grant.made, id);
	return load_card(shop, call, id, arena, card, &version, err);
}

sc_status sc_gift_card_issue(sc_shop *shop, const sc_call *call, const sc_gift_card_request *request, sc_arena *arena,
                             sc_gift_card *out, sc_error *err)
{
	char code[SC__CARD_CODE_SIZE];
	sc_gift_card card;
	sc_status status = sc__allow(call, SC__ISSUE_MONEY, NULL, err);
	if (status == SC_OK)
		status = check_request(shop, request, &card, err);
	if (status != SC_OK)
		return status;
	if (!request->code)
		sc__card_code_make(shop->env, code);
	status = issue(shop, call, request, &card, request->code ? request->code : code, arena, err);
	if (status == SC_OK)
		*out = card;
	return status;
}

/* ---- its end ----------------------------------------------------------------------------- */

static sc_status extend(sc_shop *shop, const sc_call *call, const char *id, int64_t expires_ms, sc_arena *arena,
                        sc_error *err)
{
	sc_gift_card card;
	sc_change put = { .address = sc__card_address(id), .type = SC_CHANGE_PUT, .condition = SC_IF_VERSION };
	sc_outcome outcome = { 0 };
	sc_status status = load_card(shop, call, id, arena, &card, &put.version, err);
	if (status != SC_OK || card.expires_ms == expires_ms)
		return status;
	card.expires_ms = expires_ms;
	if (!write_card(&card, arena, &put.body))
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	const sc_group group = { .home = SC_HOME_NONE, .changes = &put, .count = 1 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_gift_card_extend(sc_shop *shop, const sc_call *call, const char *id, int64_t expires_ms, sc_error *err)
{
	sc_arena arena;
	sc_status status = sc__allow(call, SC__ISSUE_MONEY, NULL, err);
	if (status == SC_OK)
		status = sc__input_id(id, -1, "id", err);
	if (status == SC_OK)
		status = sc__input_range(expires_ms, 0, INT64_MAX, -1, "expires_ms", err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = extend(shop, call, id, expires_ms, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
