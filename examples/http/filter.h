/*
 * The strict filter in front of the HTTP library. libmicrohttpd takes two Content-Lengths for one, a bare CR for the
 * end of a line and a space before a colon for part of a name: shapes with which a request is smuggled past a proxy
 * that reads them otherwise. So each connection's bytes are collected here until a request is complete, and only a
 * request that can be read in one way goes on. An incomplete one does not count as activity, so whoever drips bytes
 * runs into the connection's timeout.
 */
#ifndef SHOPCORE_HTTP_FILTER_H
#define SHOPCORE_HTTP_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#define HEAD_MAX    8192 /* bytes of request line and headers */
#define HEADERS_MAX 64

/* Why a request was refused. `code` 0: it was not. */
struct refusal {
	unsigned code;
	const char *text;
};

/*
 * Look at the front of `data`. Returns the size of the first request, head and body, when all of it is there; 0 when
 * more is needed; 0 with `refusal` filled in when it must not go on.
 */
size_t filter_request(const char *data, size_t size, size_t body_max, struct refusal *refusal);

/* What wire.c needs to be told: a connection begins or ends. false: it cannot be guarded and has to be closed. */
bool wire_open(int fd);
void wire_close(int fd);

#endif
