/*
 * Between the HTTP library and the rest: collect the body, answer at once what needs no waiting, hand everything else
 * to a worker and send what it made. A connection is suspended while a worker has its request, so nobody else touches
 * the two meanwhile, and a caller who goes away is noticed afterwards.
 */
#include "filter.h"
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ARENA_MAX (64u << 20)

static struct request *request_new(struct server *server, struct MHD_Connection *connection)
{
	struct request *request = malloc(sizeof(*request));
	if (request == NULL)
		return NULL;
	memset(request, 0, offsetof(struct request, first));
	request->server = server;
	request->connection = connection;
	request->call = (sc_call)SC_CALL_INIT(SC_ACTOR_GUEST, NULL);
	request->err = (sc_error)SC_ERROR_INIT;
	sc_arena_init_buffer(&request->arena, sc_env_default(), request->first, sizeof(request->first));
	sc_arena_set_limit(&request->arena, ARENA_MAX);
	return request;
}

/* The filter has seen to it that the body is as long as it says, and not too long. */
static bool take_body(struct request *request, const char *data, size_t size)
{
	if (request->body == NULL) {
		const char *length = header_of(request, "Content-Length");
		size_t room = length != NULL ? (size_t)strtoull(length, NULL, 10) : 0;
		request->body_room = room;
		request->body = room <= BODY_MAX ? sc_arena_zalloc(&request->arena, room + 1) : NULL;
	}
	if (request->body == NULL || size > request->body_room - request->body_size)
		return false;
	memcpy(request->body + request->body_size, data, size);
	request->body_size += size;
	return true;
}

static enum MHD_Result send_answer(struct request *request)
{
	struct MHD_Response *response = response_of(request, request->code, MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	if (atomic_load(&request->server->draining))
		MHD_add_response_header(response, "Connection", "close");
	enum MHD_Result sent = MHD_queue_response(request->connection, request->code, response);
	MHD_destroy_response(response);
	return sent;
}

static enum MHD_Result answer_later(struct request *request)
{
	MHD_suspend_connection(request->connection);
	if (workers_give(request->server->workers, request))
		return MHD_YES;
	MHD_resume_connection(request->connection);
	problem(request, 503, sc_status_name(SC_BUSY), "nobody is free to answer");
	return MHD_YES;
}

static enum MHD_Result answer(struct request *request)
{
	request->counted = true;
	atomic_fetch_add(&request->server->in_flight, 1);
	switch (request_answer_at_once(request)) {
	case ANSWER_SENT:
		return MHD_YES;
	case ANSWER_LATER:
		return answer_later(request);
	case ANSWER_READY:
		break;
	}
	return send_answer(request);
}

/* Called first when the head is there, then with each part of the body, at its end, and when a worker is done. */
enum MHD_Result server_access(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **context)
{
	struct request *request = *context;
	(void)version;
	if (request == NULL) {
		request = request_new(server, connection);
		if (request == NULL)
			return MHD_NO;
		request->method = method;
		request->url = url;
		*context = request;
		return MHD_YES;
	}
	if (*size > 0) {
		bool taken = take_body(request, data, *size);
		*size = 0;
		return taken ? MHD_YES : MHD_NO;
	}
	return request->code != 0 ? send_answer(request) : answer(request);
}

void server_completed(void *server, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode why)
{
	struct request *request = *context;
	(void)server;
	(void)connection;
	(void)why;
	if (request == NULL)
		return;
	if (request->counted)
		atomic_fetch_sub(&request->server->in_flight, 1);
	sc_arena_clear(&request->arena);
	free(request);
	*context = NULL;
}

void server_connection(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
	(void)server;
	(void)context;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL)
		return;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		wire_close(info->connect_fd);
	else if (!wire_open(info->connect_fd))
		shutdown(info->connect_fd, SHUT_RDWR); /* without its filter a connection is not served */
}

size_t server_keep_escapes(void *server, struct MHD_Connection *connection, char *text)
{
	(void)server;
	(void)connection;
	return strlen(text);
}
