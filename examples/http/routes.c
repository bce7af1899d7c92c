/*
 * The table of routes: all that this server can be asked, and who may ask it. A request that no row lets in is turned
 * away here, before any handler runs; the library then checks once more whose object it is.
 */
#include "http.h"

#include <string.h>

#define LOOKERS (ROLE_ANYONE | ROLE_GUEST | ROLE_CUSTOMER | ROLE_SELLER | ROLE_ADMIN)
#define BUYERS  (ROLE_GUEST | ROLE_CUSTOMER)
#define KEEPERS (ROLE_SELLER | ROLE_ADMIN)
#define MOVES   (ROUTE_KEYED | ROUTE_JSON)

static const struct route routes[] = {
	{ "GET", "/", LOOKERS, 0, ROUTE_LIGHT, get_page, NULL },
	{ "GET", "/openapi.json", LOOKERS, 0, ROUTE_LIGHT, get_openapi, NULL },
	{ "GET", "/livez", LOOKERS, 0, ROUTE_LIGHT, get_livez, NULL },
	{ "GET", "/readyz", LOOKERS, 0, 0, get_readyz, NULL },

	{ "GET", "/v1/products", LOOKERS, SCOPE_CATALOG, 0, list_products, NULL },
	{ "GET", "/v1/products/{}", LOOKERS, SCOPE_CATALOG, 0, get_product, peek_product },
	{ "PUT", "/v1/products/{}", KEEPERS, SCOPE_CATALOG, ROUTE_JSON, put_product, NULL },
	{ "DELETE", "/v1/products/{}", KEEPERS, SCOPE_CATALOG, 0, delete_product, NULL },
	{ "GET", "/v1/categories", LOOKERS, SCOPE_CATALOG, 0, list_categories, NULL },
	{ "GET", "/v1/categories/{}", LOOKERS, SCOPE_CATALOG, 0, get_category, NULL },
	{ "PUT", "/v1/categories/{}", ROLE_ADMIN, SCOPE_CATALOG, ROUTE_JSON, make_category, NULL },
	{ "GET", "/v1/search", LOOKERS, SCOPE_CATALOG, 0, get_search, NULL },

	{ "GET", "/v1/carts/{}", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES, get_cart, NULL },
	{ "POST", "/v1/carts/{}/lines", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES | ROUTE_JSON, add_to_cart, NULL },
	{ "PATCH", "/v1/carts/{}/lines/{}", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES | ROUTE_JSON, set_cart_line,
	  NULL },
	{ "DELETE", "/v1/carts/{}/lines/{}", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES, delete_cart_line, NULL },
	{ "POST", "/v1/carts/{}/merge", ROLE_CUSTOMER | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES | ROUTE_JSON, merge_cart,
	  NULL },

	{ "POST", "/v1/carts/{}/coupons", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES | ROUTE_JSON, add_cart_coupon,
	  NULL },
	{ "DELETE", "/v1/carts/{}/coupons/{}", BUYERS | ROLE_ADMIN, SCOPE_CART, ROUTE_HIDES, remove_cart_coupon, NULL },

	{ "POST", "/v1/checkout/quote", BUYERS, SCOPE_CHECKOUT, ROUTE_JSON, quote_cart, NULL },
	{ "POST", "/v1/checkout", BUYERS, SCOPE_CHECKOUT, MOVES | ROUTE_NOTED, buy_cart, NULL },

	{ "GET", "/v1/orders", BUYERS | ROLE_ADMIN, SCOPE_ORDERS, ROUTE_HIDES, list_orders, NULL },
	{ "GET", "/v1/orders/{}", BUYERS | ROLE_ADMIN, SCOPE_ORDERS, ROUTE_HIDES, get_order, NULL },
	{ "GET", "/v1/orders/{}/pricing", BUYERS | ROLE_ADMIN, SCOPE_ORDERS, ROUTE_HIDES, get_order_pricing, NULL },
	{ "POST", "/v1/orders/{}/what-if", ROLE_ADMIN, SCOPE_PRICES, ROUTE_JSON, ask_order_what_if, NULL },
	{ "POST", "/v1/orders/{}/payment", BUYERS, SCOPE_CHECKOUT, MOVES | ROUTE_HIDES, pay_order, NULL },
	{ "POST", "/v1/orders/{}/cancel", BUYERS | ROLE_ADMIN, SCOPE_ORDERS, MOVES | ROUTE_HIDES, cancel_order, NULL },
	{ "POST", "/v1/orders/{}/cancel-lines", BUYERS | ROLE_ADMIN, SCOPE_ORDERS, MOVES | ROUTE_HIDES,
	  cancel_order_lines, NULL },
	{ "POST", "/v1/orders/{}/shipment", ROLE_ADMIN, SCOPE_ORDERS, MOVES, ship_order, NULL },
	{ "POST", "/v1/orders/{}/delivery", ROLE_ADMIN, SCOPE_ORDERS, MOVES, deliver_order, NULL },

	{ "GET", "/v1/stock/{}", LOOKERS, SCOPE_STOCK, 0, get_stock, NULL },
	{ "POST", "/v1/stock/{}/receive", KEEPERS, SCOPE_STOCK, MOVES, receive_stock, NULL },
	{ "POST", "/v1/stock/{}/adjust", KEEPERS, SCOPE_STOCK, MOVES, adjust_stock, NULL },
	{ "POST", "/v1/stock/{}/count", KEEPERS, SCOPE_STOCK, MOVES, count_stock, NULL },
	{ "POST", "/v1/stock/{}/transfer", KEEPERS, SCOPE_STOCK, MOVES, transfer_stock, NULL },
	{ "POST", "/v1/stock/{}/safety", KEEPERS, SCOPE_STOCK, MOVES, set_safety, NULL },

	{ "GET", "/v1/rules/{}", ROLE_ADMIN, SCOPE_PRICES, 0, list_rules, NULL },
	{ "PUT", "/v1/rules/{}/{}", ROLE_ADMIN, SCOPE_PRICES, ROUTE_JSON, put_rule, NULL },
	{ "DELETE", "/v1/rules/{}/{}", ROLE_ADMIN, SCOPE_PRICES, 0, delete_rule, NULL },
	{ "GET", "/v1/coupons/{}", ROLE_ADMIN, SCOPE_PRICES, 0, count_coupon, NULL },
	{ "POST", "/v1/coupons/{}/codes", ROLE_ADMIN, SCOPE_PRICES, ROUTE_JSON, issue_codes, NULL },
	{ "PUT", "/v1/coupons/{}/codes", ROLE_ADMIN, SCOPE_PRICES, ROUTE_JSON, import_codes, NULL },
	{ "POST", "/v1/price", KEEPERS, SCOPE_PRICES, ROUTE_JSON, price_document, NULL },

	{ "POST", "/v1/gift-cards", ROLE_ADMIN, SCOPE_PRICES, MOVES | ROUTE_NOTED, issue_gift_card, NULL },
	{ "POST", "/v1/gift-cards/balance", BUYERS | ROLE_ADMIN, SCOPE_CHECKOUT, ROUTE_JSON, find_gift_card, NULL },
	{ "GET", "/v1/credit/{}", ROLE_CUSTOMER | ROLE_ADMIN, SCOPE_CHECKOUT, ROUTE_HIDES, get_credit, NULL },
	{ "POST", "/v1/credit/{}", ROLE_ADMIN, SCOPE_PRICES, MOVES, grant_credit, NULL },

	{ "POST", "/v1/webhooks/payment", LOOKERS, 0, 0, take_webhook, NULL },
};

/* Walk pattern and path side by side; `params` gets where each "{}" stands in the path. */
static bool matches(const char *pattern, const char *path, sc_bytes params[PARAMS_MAX])
{
	size_t count = 0;
	while (*pattern != '\0') {
		if (pattern[0] == '{') {
			size_t size = strcspn(path, "/");
			if (size == 0 || count == PARAMS_MAX)
				return false;
			params[count++] = (sc_bytes){ path, size };
			path += size;
			pattern += 2;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* The methods of a path, as Allow lists them. */
static const char *methods_of(struct request *request, const char *path)
{
	sc_bytes ignored[PARAMS_MAX];
	char *out = sc_arena_zalloc(&request->arena, 64);
	for (size_t i = 0; out != NULL && i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!matches(routes[i].path, path, ignored))
			continue;
		if (out[0] != '\0')
			strcat(out, ", ");
		strcat(out, routes[i].method);
	}
	return out;
}

static sc_status take_params(struct request *request, const sc_bytes params[PARAMS_MAX])
{
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < PARAMS_MAX && params[i].data != NULL; i++)
		status = decode(request, params[i].data, params[i].size, "path", &request->params[i]);
	return status;
}

const struct route *route_find(struct request *request, const char *method, const char *path, bool *found)
{
	*found = false;
	if (strcmp(method, "HEAD") == 0)
		method = "GET"; /* the HTTP library leaves the body out */
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		sc_bytes params[PARAMS_MAX] = { { NULL, 0 } };
		if (!matches(routes[i].path, path, params))
			continue;
		*found = true;
		if (strcmp(routes[i].method, method) != 0)
			continue;
		if (take_params(request, params) == SC_OK)
			return &routes[i];
		*found = false; /* nothing has a name that does not decode */
		return NULL;
	}
	if (*found)
		request->allow = methods_of(request, path);
	return NULL;
}
