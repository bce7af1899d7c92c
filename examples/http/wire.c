/*
 * Where the filter meets the HTTP library. libmicrohttpd shows raw bytes to nobody, so this program provides the
 * `recv` that the library links against: bytes are read here, and only complete requests that the filter let through
 * are handed on. It is the only place that sees every byte before the library's parser does, costs one copy, and
 * needs no second socket per connection.
 *
 * The library waits for edges: it asks again without one as long as it gets as many bytes as it asked for, and else
 * only when something new arrives. So fewer are handed over only when the socket has nothing more to give. A refusal is
 * written to the socket directly, once what came before it is answered; that the library asks once more for it is seen
 * to by closing the socket for reading, which is an edge.
 */
#include "filter.h"
#include "http.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FDS_MAX    65536
#define KEEP_FIRST 4096
#define KEEP_MAX   (HEAD_MAX + BODY_MAX + ASKED_MAX) /* what is complete, and the largest request behind it */

struct guard {
	char *data;
	size_t size, room;
	size_t ready;           /* bytes at the front that are complete requests, or the rest of one */
	bool drained;           /* the socket had no more to give */
	struct refusal refusal; /* waits until what came before it is answered */
	bool told;
};

/* One a descriptor. A descriptor belongs to one connection, and a connection to one thread, at a time. */
static _Atomic(struct guard *) guards[FDS_MAX];

bool wire_open(int fd)
{
	if (fd < 0 || fd >= FDS_MAX)
		return false;
	struct guard *guard = calloc(1, sizeof(*guard));
	atomic_store(&guards[fd], guard);
	return guard != NULL;
}

void wire_close(int fd)
{
	if (fd < 0 || fd >= FDS_MAX)
		return;
	struct guard *guard = atomic_exchange(&guards[fd], NULL);
	if (guard != NULL)
		free(guard->data);
	free(guard);
}

static bool grow(struct guard *guard)
{
	size_t room = guard->room == 0 ? KEEP_FIRST : guard->room * 2;
	if (room > KEEP_MAX)
		room = KEEP_MAX;
	char *data = room > guard->room ? realloc(guard->data, room) : NULL;
	if (data == NULL)
		return false;
	guard->data = data;
	guard->room = room;
	return true;
}

/* How many bytes behind those that are ready are complete requests. */
static size_t complete_bytes(struct guard *guard)
{
	size_t done = guard->ready;
	while (done < guard->size && guard->refusal.code == 0) {
		size_t one = filter_request(guard->data + done, guard->size - done, BODY_MAX, &guard->refusal);
		if (one == 0)
			break;
		done += one;
	}
	return done - guard->ready;
}

static void tell(int fd, struct guard *guard)
{
	char body[256], text[512];
	int size = snprintf(body, sizeof(body),
	                    "{\"type\":\"about:blank\",\"title\":\"Refused\",\"status\":%u,\"detail\":\"%s\"}",
	                    guard->refusal.code, guard->refusal.text);
	int all = snprintf(text, sizeof(text),
	                   "HTTP/1.1 %u Refused\r\nContent-Type: application/problem+json\r\n"
	                   "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
	                   guard->refusal.code, size, body);
	if (!guard->told)
		(void)!send(fd, text, (size_t)all, MSG_NOSIGNAL | MSG_DONTWAIT);
	guard->told = true;
	shutdown(fd, SHUT_WR);
	/* What still comes is read and dropped, or the reset that a close with unread bytes causes would take the
	 * answer with it. */
	char rest[4096];
	for (int i = 0; i < 64 && recvfrom(fd, rest, sizeof(rest), MSG_DONTWAIT, NULL, NULL) > 0; i++)
		;
}

static ssize_t hand_over(struct guard *guard, void *out, size_t size)
{
	size_t part = guard->ready < size ? guard->ready : size;
	memcpy(out, guard->data, part);
	guard->ready -= part;
	guard->size -= part;
	memmove(guard->data, guard->data + part, guard->size);
	return (ssize_t)part;
}

/* Read once, and see what is complete. What recv() returns. */
static ssize_t take_in(int fd, struct guard *guard, int flags)
{
	if (guard->size == guard->room && !grow(guard)) {
		guard->drained = true;
		errno = ENOMEM;
		return -1;
	}
	size_t room = guard->room - guard->size;
	ssize_t got = recvfrom(fd, guard->data + guard->size, room, flags, NULL, NULL);
	guard->drained = got < (ssize_t)room;
	if (got <= 0)
		return got;
	guard->size += (size_t)got;
	guard->ready += complete_bytes(guard);
	if (guard->ready > 0 && guard->refusal.code != 0)
		shutdown(fd, SHUT_RD);
	return got;
}

static ssize_t guarded(int fd, struct guard *guard, void *out, size_t size, int flags)
{
	guard->drained = false;
	while (guard->ready < size && guard->refusal.code == 0 && !guard->drained) {
		ssize_t got = take_in(fd, guard, flags);
		if (got <= 0 && guard->ready == 0)
			return got;
	}
	if (guard->ready > 0)
		return hand_over(guard, out, size);
	if (guard->refusal.code != 0) {
		tell(fd, guard);
		return 0;
	}
	errno = EAGAIN;
	return -1;
}

/* Takes the place of the C library's for the whole program. */
ssize_t recv(int fd, void *out, size_t size, int flags)
{
	struct guard *guard = fd >= 0 && fd < FDS_MAX ? atomic_load(&guards[fd]) : NULL;
	if (guard == NULL)
		return recvfrom(fd, out, size, flags, NULL, NULL);
	return guarded(fd, guard, out, size, flags);
}
