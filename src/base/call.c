/* The one ready-made call: the shop's own. */
#include <shopcore/call.h>

static const sc_call system_call = SC_CALL_INIT(SC_ACTOR_SYSTEM, NULL);

const sc_call *sc_call_system(void)
{
	return &system_call;
}
