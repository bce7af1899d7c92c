/*
 * What people call a payment's states, and where its money comes from.
 */
#include <shopcore/payment.h>

static const char *const state_names[] = { "UNKNOWN",  "PREPARED", "NEEDS_STEP", "CAPTURED",
	                                   "DECLINED", "VOIDED",   "REFUNDING",  "REFUNDED" };
static const char *const tender_names[] = { "provider", "gift_card", "store_credit" };

const char *sc_attempt_state_name(uint32_t state)
{
	return state_names[state < sizeof(state_names) / sizeof(state_names[0]) ? state : 0];
}

const char *sc_tender_name(uint32_t tender)
{
	return tender < sizeof(tender_names) / sizeof(tender_names[0]) ? tender_names[tender] : "UNKNOWN";
}
