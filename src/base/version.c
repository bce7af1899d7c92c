#include <shopcore/common.h>

const char *sc_version(void)
{
	return SC_VERSION;
}
