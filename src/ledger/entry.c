/*
 * Building entries, and the two that every order may have: its capture, and the return of what is left.
 */
#include "ledger/ledger.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/json.h>
#include <shopcore/money.h>

#include <string.h>

#define SELLER_PREFIX "seller:"

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

void sc__entry_begin(sc__entry *entry, sc_ledger_what what, uint32_t number, uint32_t payment, const char *currency,
                     size_t accounts, sc_arena *arena)
{
	*entry = (sc__entry){
		.what = (uint32_t)what, .number = number, .payment = payment, .currency = currency, .room = accounts
	};
	entry->postings = sc__arena_array(arena, accounts, sizeof(*entry->postings));
	entry->failed = !entry->postings;
}

void sc__entry_add(sc__entry *entry, const char *account, int64_t amount)
{
	size_t at = 0;
	if (entry->failed || amount == 0)
		return;
	while (at < entry->count && strcmp(entry->postings[at].account, account) != 0)
		at++;
	if (at == entry->room) {
		entry->failed = true;
		return;
	}
	if (at == entry->count)
		entry->postings[entry->count++] = (sc_posting){ account, 0 };
	int64_t *sum = &entry->postings[at].amount_minor;
	entry->failed = __builtin_add_overflow(*sum, amount, sum);
}

void sc__entry_add_income(sc__entry *entry, const char *seller, int64_t amount, sc_arena *arena)
{
	char *account = NULL;
	if (!seller[0]) {
		sc__entry_add(entry, "shop", amount);
		return;
	}
	account = sc__arena_bytes(arena, sizeof(SELLER_PREFIX) + strlen(seller));
	if (!account) {
		entry->failed = true;
		return;
	}
	memcpy(account, SELLER_PREFIX, sizeof(SELLER_PREFIX) - 1);
	memcpy(account + sizeof(SELLER_PREFIX) - 1, seller, strlen(seller) + 1);
	sc__entry_add(entry, account, amount);
}

static bool is_even(const sc__entry *entry)
{
	int64_t sum = 0;
	for (size_t i = 0; i < entry->count; i++)
		if (__builtin_add_overflow(sum, entry->postings[i].amount_minor, &sum))
			return false;
	return sum == 0;
}

static bool write_body(const sc__entry *entry, sc_arena *arena, sc_bytes *out)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "payment", entry->payment);
	sc_json_add_text(&writer, "currency", entry->currency);
	sc_json_put_key(&writer, "postings");
	sc_json_begin_object(&writer);
	for (size_t i = 0; i < entry->count; i++)
		sc_json_add_int(&writer, entry->postings[i].account, entry->postings[i].amount_minor);
	sc_json_end_object(&writer);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

sc_status sc__entry_put(const sc__entry *entry, sc_id order, sc_arena *arena, sc_change *out, sc_error *err)
{
	struct {
		sc_id order;
		char sub[3];
	} *key = sc_arena_alloc(arena, sizeof(*key));
	sc_change change = { .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT };
	if (!key || entry->failed || !write_body(entry, arena, &change.body))
		return no_memory(err);
	if (!is_even(entry))
		return sc__fail(err, SC_DAMAGED, "an entry of the ledger does not add up to zero");
	key->order = order;
	key->sub[0] = (char)entry->what;
	key->sub[1] = (char)(entry->number >> 8 & 0xff);
	key->sub[2] = (char)(entry->number & 0xff);
	change.address = (sc_address){ .key = (const char *)key->order.bytes,
		                       .key_size = sizeof(key->order.bytes),
		                       .sub = key->sub,
		                       .sub_size = sizeof(key->sub),
		                       .kind = SC_KIND_LEDGER };
	*out = change;
	return SC_OK;
}

/* The part of what an order earned that one of its payments covers: the money from `from` up to `to`, when lines and
 * then shipping are laid end to end. Tax is cut so that the slices of all payments add up to it. */
struct slice {
	int64_t from, to, at;
};

static int64_t tax_upto(int64_t tax, int64_t amount, int64_t upto)
{
	int64_t part = 0;
	if (upto >= amount)
		return tax;
	(void)sc_money_ratio(tax, upto, amount, SC_ROUND_HALF_UP, &part); /* smaller than its input */
	return part;
}

/* What the slice has of the next part of the order. */
static void cut(struct slice *slice, int64_t amount, int64_t tax, int64_t *net, int64_t *tax_cut)
{
	int64_t low = slice->from - slice->at, high = slice->to - slice->at;
	slice->at += amount;
	*net = *tax_cut = 0;
	if (low < 0)
		low = 0;
	if (high > amount)
		high = amount;
	if (low >= high)
		return;
	*tax_cut = tax_upto(tax, amount, high) - tax_upto(tax, amount, low);
	*net = high - low - *tax_cut;
}

static void add_sale(sc__entry *entry, const sc_order *order, struct slice slice, sc_arena *arena)
{
	const size_t count = order->line_count;
	sc__money_part *parts = sc__arena_array(arena, count + 1, sizeof(*parts));
	int64_t net, tax;
	if (!parts || !sc__money_parts(order, arena, parts)) {
		entry->failed = true;
		return;
	}
	for (size_t i = 0; i <= count; i++) {
		cut(&slice, parts[i].amount, parts[i].tax, &net, &tax);
		if (i < count)
			sc__entry_add_income(entry, order->lines[i].seller, -net, arena);
		else
			sc__entry_add(entry, "shipping", -net);
		sc__entry_add(entry, "tax", -tax);
	}
}

sc_status sc__ledger_captured(sc_id id, const sc_order *order, const sc_payment *payment, int64_t from, bool sold,
                              sc_arena *arena, sc_change *out, sc_error *err)
{
	const struct slice slice = { from, from + payment->amount_minor, 0 };
	sc__entry entry;
	sc__entry_begin(&entry, SC_LEDGER_CAPTURE, payment->number, payment->number, order->currency,
	                order->line_count + 4, arena);
	sc__entry_add(&entry, sc_tender_name(payment->tender), payment->amount_minor);
	if (sold)
		add_sale(&entry, order, slice, arena);
	else
		sc__entry_add(&entry, "buyer", -payment->amount_minor);
	return sc__entry_put(&entry, id, arena, out, err);
}

/* What became store credit meanwhile stays credit: so much less goes back to where the payment came from. */
sc_status sc__ledger_returned(sc_id id, const sc_ledger_entry *entries, size_t count, const sc_payment *payment,
                              sc_arena *arena, sc_change *out, sc_error *err)
{
	const char *source = sc_tender_name(payment->tender), *credit = sc_tender_name(SC_TENDER_CREDIT);
	sc__entry entry;
	size_t room = 1;
	for (size_t i = 0; i < count; i++)
		room += entries[i].payment == payment->number ? entries[i].count : 0;
	sc__entry_begin(&entry, SC_LEDGER_RETURN, payment->number, payment->number, payment->currency, room, arena);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; entries[i].payment == payment->number && k < entries[i].count; k++) {
			const sc_posting *posting = &entries[i].postings[k];
			const bool is_credit = strcmp(posting->account, credit) == 0;
			sc__entry_add(&entry, is_credit ? source : posting->account, -posting->amount_minor);
		}
	return sc__entry_put(&entry, id, arena, out, err);
}
