/*
 * What rules of providers have in common.
 */
#include "drivers/provider/engine.h"

#include "base/card.h"

#include <string.h>

sc__next sc__provider_end(sc__job *job, sc_status status)
{
	job->reply.status = status;
	return SC__NEXT_DONE;
}

sc__next sc__provider_say(sc__job *job, sc_gateway_state state, int64_t amount_minor)
{
	job->reply.status = SC_OK;
	job->reply.state = state;
	job->reply.amount_minor = amount_minor;
	return SC__NEXT_DONE;
}

static sc_status status_of(const sc__http_answer *answer, bool moves)
{
	if (answer->end == SC__HTTP_SILENT)
		return moves ? SC_PAYMENT_UNKNOWN : SC_SERVICE_FAILED;
	if (answer->end == SC__HTTP_NOT_SENT)
		return SC_SERVICE_FAILED;
	if (answer->status == 409)
		return moves ? SC_PAYMENT_UNKNOWN : SC_BUSY; /* the same call is still running there */
	return answer->status == 429 ? SC_BUSY : SC_SERVICE_FAILED;
}

sc__next sc__provider_give_up(const sc__provider *provider, sc__job *job, const sc__http_answer *answer, bool moves)
{
	const sc_env *env = provider->env;
	const int64_t deadline_ns = job->work->deadline_ns;
	sc_status status = status_of(answer, moves);
	if (answer->end == SC__HTTP_ANSWERED && (answer->status == 401 || answer->status == 403))
		env->log(env->ctx, SC_LOG_ERROR, "the payment provider does not accept the key");
	if (answer->end == SC__HTTP_NOT_SENT && deadline_ns != 0 && engine_now(provider) >= deadline_ns)
		status = SC_DEADLINE;
	return sc__provider_end(job, status);
}

/* ---- text ----------------------------------------------------------------------------------- */

const char *sc__member_text(const sc_json *object, const char *key)
{
	const sc_json *member = sc_json_member(object, key);
	return sc_json_type_of(member) == SC_JSON_TEXT ? (const char *)sc_json_text(member).data : "";
}

bool sc__copy_text(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);
	bool fits = length < size;
	out[0] = '\0';
	if (fits)
		memcpy(out, text, length + 1);
	return fits;
}

bool sc__is_plain_name(const char *text, size_t max)
{
	size_t length = strnlen(text, max + 1);
	if (length == 0 || length > max)
		return false;
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

bool sc__looks_like_card(const char *text)
{
	sc_bytes card;
	return sc__card_find((sc_bytes){ text, strlen(text) }, SC__CARD_IN_PROSE, &card);
}

/* ---- memory of attempts --------------------------------------------------------------------- */

/* The random half of the id spreads well enough for a table that may forget. */
static size_t slot_of(sc_id attempt)
{
	return ((size_t)attempt.bytes[9] << 8 ^ (size_t)attempt.bytes[12] << 4 ^ attempt.bytes[13]) & (REMEMBERED - 1);
}

void sc__provider_remember(sc__provider *provider, sc_id attempt, const char *ref)
{
	struct remembered *slot = &provider->remembered[slot_of(attempt)];
	slot->attempt = sc__copy_text(slot->ref, sizeof(slot->ref), ref) ? attempt : (sc_id){ { 0 } };
}

const char *sc__provider_recall(const sc__provider *provider, sc_id attempt)
{
	const struct remembered *slot = &provider->remembered[slot_of(attempt)];
	return !sc_id_is_zero(attempt) && sc_id_equal(slot->attempt, attempt) ? slot->ref : NULL;
}
