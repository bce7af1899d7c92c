/*
 * What is no noun of the shop: the page for people, the description for programs, and the two questions that whoever
 * runs the process asks.
 */
#include "http.h"

#include "assets.h"

#include <string.h>

sc_status get_page(struct request *request)
{
	request->code = 200;
	request->type = "text/html; charset=utf-8";
	request->reply = (sc_bytes){ asset_page, asset_page_size };
	return SC_OK;
}

sc_status get_openapi(struct request *request)
{
	request->code = 200;
	request->type = "application/json";
	request->reply = (sc_bytes){ asset_openapi, asset_openapi_size };
	return SC_OK;
}

static sc_status say(struct request *request, unsigned code, const char *state)
{
	sc_json_writer writer;
	request->code = code;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "status", state);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

/* The process answers: that is all it says. */
sc_status get_livez(struct request *request)
{
	return say(request, 200, "live");
}

/* The store answers too, and nobody asked the process to stop. */
sc_status get_readyz(struct request *request)
{
	int64_t now;
	if (atomic_load(&request->server->draining))
		return say(request, 503, "stopping");
	sc_status status = sc_shop_now(request->server->shop, SC_CALL_SYSTEM, &now, &request->err);
	return status == SC_OK ? say(request, 200, "ready") : say(request, 503, "the store does not answer");
}
