/*
 * Problem documents (RFC 9457): one table from the library's answers to HTTP's codes. `name` is the status as code
 * knows it; field, index, wanted and available are the details of sc_error.
 */
#include "http.h"

#include <string.h>

struct code_row {
	sc_status status;
	unsigned code;
};

/* Where the family's own code would mislead. */
static const struct code_row rows[] = {
	{ SC_NOT_FOUND, 404 },       { SC_CHANGED, 412 },         { SC_NOT_ALLOWED, 403 },
	{ SC_KEY_REUSED, 422 },      { SC_IN_PROGRESS, 409 },     { SC_DECLINED, 402 },
	{ SC_ACTION_REQUIRED, 402 }, { SC_QUOTE_EXPIRED, 410 },   { SC_TOO_OLD, 410 },
	{ SC_OVER_LIMIT, 413 },      { SC_UNSUPPORTED, 501 },     { SC_BUSY, 503 },
	{ SC_DEADLINE, 503 },        { SC_CANCELLED, 503 },       { SC_SERVICE_FAILED, 502 },
	{ SC_NO_ROOM, 507 },         { SC_OUTCOME_UNKNOWN, 504 }, { SC_PAYMENT_UNKNOWN, 504 },
};

unsigned http_code_of(sc_status status)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status)
			return rows[i].code;
	if (sc_status_is_refusal(status))
		return 409;
	return sc_status_is_bad_input(status) ? 400 : 500;
}

static void write_details(sc_json_writer *writer, const sc_error *err)
{
	if (err->field[0] != '\0')
		sc_json_add_text(writer, "field", err->field);
	if (err->index >= 0)
		sc_json_add_int(writer, "index", err->index);
	if (err->status == SC_OUT_OF_STOCK || err->status == SC_LIMIT_REACHED) {
		sc_json_add_int(writer, "wanted", err->wanted);
		sc_json_add_int(writer, "available", err->available);
	}
}

static void write_problem(struct request *request, unsigned code, const char *name, const char *title,
                          const char *detail, const sc_error *err)
{
	static const char plain[] = "{\"type\":\"about:blank\",\"title\":\"out of memory\",\"status\":500}";
	sc_json_writer writer;
	request->code = code;
	request->type = "application/problem+json";
	request->etag = 0;
	request->location = NULL;
	sc_json_writer_init(&writer, &request->arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "type", "about:blank");
	sc_json_add_text(&writer, "title", title);
	sc_json_add_int(&writer, "status", code);
	sc_json_add_text(&writer, "name", name);
	if (detail != NULL && detail[0] != '\0')
		sc_json_add_text(&writer, "detail", detail);
	if (err != NULL)
		write_details(&writer, err);
	sc_json_end_object(&writer);
	if (sc_json_finish(&writer, &request->reply, NULL) == SC_OK)
		return;
	request->code = 500;
	request->reply = (sc_bytes){ plain, sizeof(plain) - 1 };
}

void problem(struct request *request, unsigned code, const char *name, const char *detail)
{
	write_problem(request, code, name, detail, NULL, NULL);
}

/* Of a request that failed. Who guesses codes, of coupons or gift cards, is told to wait. */
static unsigned code_of(const struct request *request, sc_status status)
{
	bool guesses = status == SC_LIMIT_REACHED && strcmp(request->err.field, "tries") == 0;
	return guesses ? 429 : http_code_of(status);
}

void problem_of_status(struct request *request, sc_status status)
{
	bool hidden = status == SC_NOT_ALLOWED && (request->route->flags & ROUTE_HIDES) != 0;
	if (hidden) {
		problem(request, 404, sc_status_name(SC_NOT_FOUND), sc_status_text(SC_NOT_FOUND));
		return;
	}
	bool ours = request->err.status == status;
	/* What broke inside is for the log; a stranger learns only that it did. */
	bool told = ours && !sc_status_is_failure(status);
	write_problem(request, code_of(request, status), sc_status_name(status), sc_status_text(status),
	              told ? request->err.text : NULL, told ? &request->err : NULL);
}

sc_status bad(struct request *request, sc_status status, const char *field, const char *text)
{
	request->err = (sc_error)SC_ERROR_INIT;
	request->err.status = status;
	strncpy(request->err.field, field, sizeof(request->err.field) - 1);
	strncpy(request->err.text, text, sizeof(request->err.text) - 1);
	return status;
}
