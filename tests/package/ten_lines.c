#include <shopcore/shopcore.h>

int main(void)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	if (sc_shop_open(sc_env_default(), &options, &shop, &err) != SC_OK)
		return 1;
	sc_shop_close(shop);
	return 0;
}
