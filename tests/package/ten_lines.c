#include <shopcore/shopcore.h>

int main(void)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	options.store_url = "memory:";
	if (sc_shop_open(&options, &shop, &err) != SC_OK)
		return 1;
	sc_shop_close(shop);
	return 0;
}
