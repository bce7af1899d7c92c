/*
 * Telling buyers about their orders. A notice's id is derived from the entry that caused it, so a notice that is sent
 * twice after a crash can be dropped by who receives it. A notice that its receiver refuses for good (bad address) is
 * logged and passed over; one that failed for now stops the reader, which tries again at the next tick.
 */
#include "notify/notices.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/consumer.h"

#include <shopcore/money.h>
#include <shopcore/order.h>

#include <stdio.h>
#include <string.h>

#define POSITION_SETTING "notify.orders"

/* What a buyer is told. %s: the order's id, then the total where there is one. */
static const struct {
	const char *topic;
	const char *subject;
	const char *text;
} templates[] = {
	{ "order.placed", "We have your order", "Thank you. Your order %s over %s has arrived and waits for payment." },
	{ "order.confirmed", "Your order is confirmed", "Your order %s over %s is paid and will be shipped soon." },
	{ "order.payment_failed", "Your payment did not come through",
	  "Your order %s over %s was not paid in time. Nothing was charged, and you can order again." },
	{ "order.shipped", "Your order is on its way", "Your order %s over %s has been shipped." },
	{ "order.delivered", "Your order has arrived", "Your order %s over %s has been delivered." },
	{ "order.reduced", "Part of your order is cancelled",
	  "Part of your order %s over %s is cancelled. What was paid for it is on its way back." },
	{ "order.cancelled", "Your order is cancelled",
	  "Your order %s over %s is cancelled. Money that was paid is on its way back." },
};

static const size_t template_count = sizeof(templates) / sizeof(templates[0]);

static size_t find_template(const sc_entry *entry)
{
	size_t i = 0;
	while (i < template_count && (strlen(templates[i].topic) != entry->topic.size ||
	                              memcmp(templates[i].topic, entry->topic.data, entry->topic.size) != 0))
		i++;
	return i;
}

static bool is_order_event(const sc_entry *entry)
{
	return entry->type == SC_ENTRY_EVENT && entry->subject.kind == SC_KIND_ORDER &&
	       entry->subject.key_size == sizeof(sc_id) && find_template(entry) < template_count;
}

/* The same for the same entry, whoever sends it and when. */
static sc_id notice_id(const sc_shop *shop, const sc_entry *entry)
{
	const sc_id base = sc_id_step(shop->info.incarnation, (uint32_t)(entry->position >> 32));
	return sc_id_step(base, (uint32_t)entry->position);
}

static const char *format_text(const char *format, const char *order, const char *total, sc_arena *arena)
{
	char text[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	const int size = snprintf(text, sizeof(text), format, order, total);
#pragma GCC diagnostic pop
	return size < 0 ? NULL : sc_arena_dup(arena, text, strlen(text));
}

/* `found` false: the order is gone, belongs to an erased person, or has nobody to write to. */
static sc_status make_notice(sc_shop *shop, const sc_call *call, const sc_entry *entry, sc_arena *arena, sc_notice *out,
                             bool *found, sc_error *err)
{
	const size_t which = find_template(entry);
	char id[SC_ID_TEXT_SIZE], total[SC_MONEY_TEXT_SIZE];
	sc_order order;
	*found = false;
	*out = (sc_notice){ .id = notice_id(shop, entry),
		            .topic = templates[which].topic,
		            .subject = templates[which].subject };
	memcpy(out->order.bytes, entry->subject.key, sizeof(out->order.bytes));
	sc_status status = sc_order_get(shop, call, sc_id_format(out->order, id), arena, &order, err);
	if (status == SC_DAMAGED)
		shop->env->log(shop->env->ctx, SC_LOG_ERROR,
		               "a notice is dropped: its order does not match its digest");
	if (status == SC_NOT_FOUND || status == SC_DAMAGED)
		return SC_OK;
	if (status != SC_OK || order.erased || order.email[0] == '\0')
		return status;
	status = sc_money_format(order.total_minor, order.currency, total);
	if (status != SC_OK)
		return sc__fail(err, status, "an order's currency is none");
	out->to = order.email;
	out->text = format_text(templates[which].text, id, total, arena);
	if (out->text == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a notice");
	*found = true;
	return SC_OK;
}

/* SC_OK also for what will never be delivered. */
static sc_status send_notice(sc_shop *shop, const sc_call *call, const sc_notice *notice, uint64_t *sent, sc_error *err)
{
	sc_status own = SC_OK;
	sc_status status = shop->notifier.ops->send(shop->notifier.ctx, call, notice, 1, &own, err);
	if (status != SC_OK)
		return status;
	if (sc_status_may_retry(own))
		return sc__fail(err, own, "a notice could not be sent now");
	if (own == SC_OK)
		(*sent)++;
	else
		shop->env->log(shop->env->ctx, SC_LOG_WARN, "a notice was refused by its receiver and is dropped");
	return SC_OK;
}

struct notifying {
	sc_shop *shop;
	uint64_t *sent;
};

/* One notice after the other, each with memory of its own. */
static sc_status send_entries(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, sc_arena *unused,
                              size_t *done, sc_error *err)
{
	const struct notifying *n = ctx;
	sc_arena arena;
	sc_status status = SC_OK;
	(void)unused;
	sc_arena_init(&arena, n->shop->env);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		sc_notice notice;
		bool found = false;
		sc_arena_reset(&arena);
		if (is_order_event(&entries[i]))
			status = make_notice(n->shop, call, &entries[i], &arena, &notice, &found, err);
		if (status == SC_OK && found)
			status = send_notice(n->shop, call, &notice, n->sent, err);
		*done += status == SC_OK;
	}
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__notices_send(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns, uint64_t *sent,
                           bool *more, sc_error *err)
{
	struct notifying notifying = { shop, sent };
	const sc__consumer consumer = { POSITION_SETTING, send_entries, &notifying };
	return shop->notifier.ops != NULL ? sc__consumer_run(shop, call, &consumer, items, until_ns, more, err) : SC_OK;
}
