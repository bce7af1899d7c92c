/*
 * The table of statuses turned into answers. The family is in the number itself; whether a repeat is
 * sensible is not, so that one is a switch without a default: the compiler makes every new code choose.
 */
#include <shopcore/status.h>

const char *sc_status_name(sc_status status)
{
#define CASE(name, code, text) \
	case SC_##name:        \
		return #name;
	switch (status) {
		SC_STATUS_MAP(CASE)
	}
#undef CASE
	return "UNKNOWN_STATUS";
}

const char *sc_status_text(sc_status status)
{
#define CASE(name, code, text) \
	case SC_##name:        \
		return text;
	switch (status) {
		SC_STATUS_MAP(CASE)
	}
#undef CASE
	return "no such status";
}

static bool in_family(sc_status status, int first)
{
	return (int)status <= first && (int)status > first - 100;
}

bool sc_status_is_refusal(sc_status status)
{
	return in_family(status, -100);
}

bool sc_status_is_bad_input(sc_status status)
{
	return in_family(status, -300);
}

bool sc_status_is_failure(sc_status status)
{
	return in_family(status, -500);
}

bool sc_status_is_unknown(sc_status status)
{
	return in_family(status, -900);
}

bool sc_status_may_retry(sc_status status)
{
	switch (status) {
	case SC_NO_MEMORY:
	case SC_STORE_FAILED:
	case SC_BUSY:
	case SC_SERVICE_FAILED:
	case SC_NO_ROOM:
	case SC_OUTCOME_UNKNOWN:
	case SC_PAYMENT_UNKNOWN:
		return true;
	case SC_OK:
	case SC_NOT_FOUND:
	case SC_OUT_OF_STOCK:
	case SC_CHANGED:
	case SC_EXISTS:
	case SC_LIMIT_REACHED:
	case SC_HOLD_LAPSED:
	case SC_HOLD_SETTLED:
	case SC_NOT_ALLOWED:
	case SC_KEY_REUSED:
	case SC_IN_PROGRESS:
	case SC_DECLINED:
	case SC_ACTION_REQUIRED:
	case SC_CONSENT_NEEDED:
	case SC_WRONG_STATE:
	case SC_QUOTE_EXPIRED:
	case SC_CART_EMPTY:
	case SC_NOT_FOR_SALE:
	case SC_CURRENCY_MISMATCH:
	case SC_FENCED:
	case SC_TOO_OLD:
	case SC_STALE_EPOCH:
	case SC_NOTHING_DUE:
	case SC_BAD_ARGUMENT:
	case SC_BAD_TEXT:
	case SC_OVER_LIMIT:
	case SC_BAD_FORMAT:
	case SC_OUT_OF_RANGE:
	case SC_BAD_CURRENCY:
	case SC_BAD_SIGNATURE:
	case SC_UNSUPPORTED:
	case SC_DEADLINE: /* the very same call has the very same deadline */
	case SC_CANCELLED:
	case SC_DAMAGED:
	case SC_IO_FAILED:
	case SC_SCHEMA_TOO_NEW:
		return false;
	}
	return false;
}
