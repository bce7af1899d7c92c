/* See connection.h. */
#include "drivers/redis/connection.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define RUN_MAX 64 /* requests in one write */

static struct timeval interval(int64_t ms)
{
	return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
}

void sc__connection_close(sc__connection *connection)
{
	if (connection->context != NULL)
		redisFree(connection->context);
	connection->env->resize(connection->env->ctx, connection, 0);
}

bool sc__connection_is_stale(const sc__connection *connection)
{
	char byte;
	ssize_t got = recv(connection->context->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* ---- carrying ---- */

/* Not redisBufferWrite(): that would raise SIGPIPE in a program that did not ask for it. */
static bool send_all(int descriptor, struct iovec *parts, size_t count)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
	while (message.msg_iovlen > 0) {
		ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		while (message.msg_iovlen > 0 && (size_t)sent >= message.msg_iov->iov_len) {
			sent -= (ssize_t)message.msg_iov->iov_len;
			message.msg_iov++;
			message.msg_iovlen--;
		}
		if (message.msg_iovlen > 0) {
			message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + sent;
			message.msg_iov->iov_len -= (size_t)sent;
		}
	}
	return true;
}

static bool send_requests(const sc__connection *connection, sc__request *first)
{
	sc__request *request = first;
	while (request != NULL) {
		struct iovec parts[RUN_MAX];
		size_t count = 0;
		for (; request != NULL && count < RUN_MAX; request = request->next) {
			parts[count++] = (struct iovec){ request->bytes, request->size };
			request->sent = true;
		}
		if (!send_all(connection->context->fd, parts, count))
			return false;
	}
	return true;
}

static bool read_answers(sc__connection *connection, sc__request *request)
{
	redisContext *context = connection->context;
	context->reader->privdata = request;
	for (; request->answered < request->count; request->answered++) {
		void *reply = NULL;
		if (redisGetReply(context, &reply) != REDIS_OK) {
			bool memory = context->err == REDIS_ERR_OOM;
			request->status = memory ? SC_NO_MEMORY : SC_IO_FAILED;
			request->why = memory ? "no memory for what Redis answered" : "the connection to Redis broke";
			return false;
		}
		request->replies[request->answered] = reply;
	}
	request->status = SC_OK;
	return true;
}

static void set_timeout(sc__connection *connection, int64_t timeout_ms)
{
	if (timeout_ms < 1)
		timeout_ms = 1;
	if (connection->timeout_ms == timeout_ms)
		return;
	redisSetTimeout(connection->context, interval(timeout_ms));
	connection->timeout_ms = timeout_ms;
}

bool sc__connection_carry(sc__connection *connection, sc__request *first, int64_t timeout_ms)
{
	set_timeout(connection, timeout_ms);
	bool alive = send_requests(connection, first);
	for (sc__request *request = first; request != NULL; request = request->next) {
		if (alive) {
			alive = read_answers(connection, request);
		} else {
			request->status = SC_IO_FAILED;
			request->why = "the connection to Redis broke";
		}
	}
	return alive;
}

/* ---- opening ---- */

static void write_greeting(const sc__redis_login *login, sc__request *request)
{
	if (login->password[0] != '\0' && login->user[0] != '\0') {
		sc__request_command(request, 3, "AUTH");
		sc__request_text(request, login->user);
		sc__request_text(request, login->password);
	} else if (login->password[0] != '\0') {
		sc__request_command(request, 2, "AUTH");
		sc__request_text(request, login->password);
	}
	if (login->database != 0) {
		sc__request_command(request, 2, "SELECT");
		sc__request_number(request, login->database);
	}
	sc__request_command(request, 2, "INFO");
	sc__request_text(request, "server");
}

static sc_status read_greeting(sc__connection *connection, const sc__request *request, sc_error *err)
{
	static const char field[] = "run_id:";
	for (uint32_t i = 0; i < request->count; i++)
		if (request->replies[i]->type == REDIS_REPLY_ERROR)
			return sc__fail(err, SC_SERVICE_FAILED, "Redis refuses the login: %.100s",
			                (const char *)request->replies[i]->text.data);
	sc_bytes told = request->replies[request->count - 1]->text;
	const char *at = told.size == 0 ? NULL : memmem(told.data, told.size, field, sizeof field - 1);
	if (at == NULL || (size_t)((const char *)told.data + told.size - at) < sizeof field - 1 + SC__RUN_ID)
		return sc__fail(err, SC_SERVICE_FAILED, "this server does not say which process it is");
	memcpy(connection->run_id, at + sizeof field - 1, SC__RUN_ID);
	return SC_OK;
}

static sc_status greet(sc__connection *connection, const sc__redis_login *login, int64_t timeout_ms, sc_error *err)
{
	sc_arena arena;
	sc__request request;
	sc_arena_init(&arena, connection->env);
	sc__request_init(&request, &arena);
	write_greeting(login, &request);
	sc_status status = SC_OK;
	if (request.no_memory)
		status = sc__fail(err, SC_NO_MEMORY, "no memory to connect to Redis");
	else if (!sc__connection_carry(connection, &request, timeout_ms))
		status = sc__fail(err, request.status, "%s", request.why);
	else
		status = read_greeting(connection, &request, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__connection_open(const sc__server *server, int64_t timeout_ms, sc__connection **out, sc_error *err)
{
	const sc_env *env = server->env;
	sc__connection *connection = env->resize(env->ctx, NULL, sizeof *connection);
	if (connection == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	*connection = (sc__connection){ .env = env };
	connection->context = server->port == 0
	                              ? redisConnectUnixWithTimeout(server->host, interval(timeout_ms))
	                              : redisConnectWithTimeout(server->host, server->port, interval(timeout_ms));
	sc_status status = SC_OK;
	if (connection->context == NULL) {
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	} else if (connection->context->err != 0) {
		status = sc__fail(err, SC_IO_FAILED, "%.60s:%d: %.60s", server->host, server->port,
		                  connection->context->errstr);
	} else {
		sc__reply_functions(&connection->functions);
		connection->context->reader->fn = &connection->functions;
		status = greet(connection, server->login, timeout_ms, err);
	}
	if (status != SC_OK)
		sc__connection_close(connection);
	else
		*out = connection;
	return status;
}
