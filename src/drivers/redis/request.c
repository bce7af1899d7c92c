/* See request.h. */
#include "drivers/redis/request.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

#define ROOM_FIRST 512

void sc__request_init(sc__request *request, sc_arena *arena)
{
	*request = (sc__request){ .arena = arena };
}

/* ---- commands ---- */

static char *room_for(sc__request *request, size_t size)
{
	if (request->no_memory)
		return NULL;
	if (request->room - request->size < size) {
		size_t room = request->room == 0 ? ROOM_FIRST : request->room;
		while (room - request->size < size)
			room *= 2;
		char *bytes = sc__arena_resize(request->arena, request->bytes, request->room, room);
		if (bytes == NULL) {
			request->no_memory = true;
			return NULL;
		}
		request->bytes = bytes;
		request->room = room;
	}
	char *at = request->bytes + request->size;
	request->size += size;
	return at;
}

static void add(sc__request *request, const void *data, size_t size)
{
	char *at = room_for(request, size);
	if (at != NULL && size > 0)
		memcpy(at, data, size);
}

static void add_head(sc__request *request, char kind, size_t number)
{
	char head[24];
	char *at = head + sizeof head;
	*--at = '\n';
	*--at = '\r';
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	*--at = kind;
	add(request, at, (size_t)(head + sizeof head - at));
}

void sc__request_command(sc__request *request, size_t words, const char *name)
{
	if (request->count == SC__REQUEST_COMMANDS) {
		request->no_memory = true;
		return;
	}
	request->starts[request->count++] = request->size;
	add_head(request, '*', words);
	sc__request_text(request, name);
}

void sc__request_word(sc__request *request, const void *data, size_t size)
{
	add_head(request, '$', size);
	add(request, data, size);
	add(request, "\r\n", 2);
}

void sc__request_text(sc__request *request, const char *text)
{
	sc__request_word(request, text, strlen(text));
}

void sc__request_number(sc__request *request, int64_t number)
{
	char text[24];
	int size = snprintf(text, sizeof text, "%lld", (long long)number);
	sc__request_word(request, text, (size_t)size);
}

void sc__request_bytes(sc__request *request, sc_bytes bytes)
{
	sc__request_word(request, bytes.data, bytes.size);
}

void sc__request_rewind(sc__request *request)
{
	request->answered = 0;
	request->sent = false;
	request->status = SC_OK;
	request->why = NULL;
	request->done = request->promoted = false;
	memset(request->replies, 0, sizeof request->replies);
}

bool sc__request_asking(const sc__request *request, sc__request *out)
{
	sc__request_init(out, request->arena);
	out->repeatable = request->repeatable;
	if (request->count * 2 > SC__REQUEST_COMMANDS)
		return false;
	for (uint32_t i = 0; i < request->count; i++) {
		size_t end = i + 1 < request->count ? request->starts[i + 1] : request->size;
		sc__request_command(out, 1, "ASKING");
		out->starts[out->count++] = out->size;
		add(out, request->bytes + request->starts[i], end - request->starts[i]);
	}
	return !out->no_memory;
}

/* ---- replies ---- */

static void *keep(const redisReadTask *task, sc__reply *reply)
{
	if (reply == NULL || task->parent == NULL)
		return reply;
	sc__reply *parent = task->parent->obj;
	parent->items[task->idx] = reply;
	return reply;
}

static sc__reply *reply_new(const redisReadTask *task, int type)
{
	const sc__request *request = task->privdata;
	sc__reply *reply = sc_arena_zalloc(request->arena, sizeof *reply);
	if (reply != NULL)
		reply->type = type;
	return reply;
}

static void *create_string(const redisReadTask *task, char *text, size_t size)
{
	const sc__request *request = task->privdata;
	sc__reply *reply = reply_new(task, task->type);
	char *copy = reply == NULL ? NULL : sc__arena_bytes(request->arena, size + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	reply->text = (sc_bytes){ copy, size };
	return keep(task, reply);
}

static void *create_array(const redisReadTask *task, int count)
{
	const sc__request *request = task->privdata;
	sc__reply *reply = reply_new(task, REDIS_REPLY_ARRAY);
	if (reply != NULL && count > 0) {
		reply->items = sc_arena_zalloc(request->arena, (size_t)count * sizeof *reply->items);
		reply->count = (size_t)count;
	}
	return reply == NULL || (count > 0 && reply->items == NULL) ? NULL : keep(task, reply);
}

static void *create_integer(const redisReadTask *task, long long number)
{
	sc__reply *reply = reply_new(task, REDIS_REPLY_INTEGER);
	if (reply != NULL)
		reply->number = number;
	return keep(task, reply);
}

/* Here the task still has the type of what is not there. */
static void *create_nil(const redisReadTask *task)
{
	return keep(task, reply_new(task, REDIS_REPLY_NIL));
}

/* Replies go with their arena. */
static void free_object(void *reply)
{
	(void)reply;
}

void sc__reply_functions(redisReplyObjectFunctions *out)
{
	*out = (redisReplyObjectFunctions){ create_string, create_array, create_integer, create_nil, free_object };
}

bool sc__reply_is_error(const sc__reply *reply, const char *code)
{
	size_t size = strlen(code);
	return reply->type == REDIS_REPLY_ERROR && reply->text.size >= size &&
	       memcmp(reply->text.data, code, size) == 0;
}

bool sc__reply_number(const sc__reply *reply, int64_t *out)
{
	if (reply->type == REDIS_REPLY_INTEGER) {
		*out = reply->number;
		return true;
	}
	const char *at = reply->text.data, *end = at == NULL ? NULL : at + reply->text.size;
	bool negative = at != end && *at == '-';
	int64_t number = 0;
	at += negative;
	if (reply->type != REDIS_REPLY_STRING || at == end)
		return false;
	for (; at < end; at++)
		if (*at < '0' || *at > '9' || __builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *at - '0', &number))
			return false;
	*out = negative ? -number : number;
	return true;
}

sc_bytes sc__reply_text(const sc__reply *reply)
{
	return reply->text;
}
