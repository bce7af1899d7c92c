/*
 * Answers about products that are ready to be sent. A product is read a thousand times for each time that it is
 * changed, and finding its rows, parsing and writing it costs ten times what sending costs.
 *
 * How old an answer may be is a promise: SHELF_FRESH_MS from the moment before it was read from the store. A change
 * made through this process shows at once, because it empties the slot and what was read before it is not kept. The
 * table has a fixed size and a slot keeps one answer, so memory is bounded and nothing has to be swept.
 */
#include "http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS     4096 /* a power of two */
#define LOCKS     64   /* each guards every 64th slot */
#define REPLY_MAX 16384
#define NS_PER_MS 1000000

struct slot {
	char *id;
	uint64_t changes; /* of products that fall here, made through this process */
	uint64_t etag;
	int64_t until_ns;
	struct MHD_Response *whole, *unchanged; /* 200 and 304 */
};

struct shelf {
	pthread_mutex_t locks[LOCKS];
	struct slot slots[SLOTS];
};

static size_t place_of(const char *id)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *id != '\0'; id++)
		hash = (hash ^ (uint8_t)*id) * 16777619u;
	return (hash ^ hash >> 15) % SLOTS;
}

static struct slot *lock_slot(struct shelf *shelf, const char *id)
{
	size_t at = place_of(id);
	pthread_mutex_lock(&shelf->locks[at % LOCKS]);
	return &shelf->slots[at];
}

static void unlock_slot(struct shelf *shelf, const struct slot *slot)
{
	pthread_mutex_unlock(&shelf->locks[(size_t)(slot - shelf->slots) % LOCKS]);
}

static int64_t now_ns(void)
{
	const sc_env *env = sc_env_default();
	return env->mono_ns(env->ctx);
}

/* The HTTP library counts who still sends a response, so it lives as long as they need it. */
static void empty(struct slot *slot)
{
	free(slot->id);
	if (slot->whole != NULL)
		MHD_destroy_response(slot->whole);
	if (slot->unchanged != NULL)
		MHD_destroy_response(slot->unchanged);
	*slot = (struct slot){ .changes = slot->changes };
}

struct shelf *shelf_new(void)
{
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	for (size_t i = 0; shelf != NULL && i < LOCKS; i++)
		pthread_mutex_init(&shelf->locks[i], NULL);
	return shelf;
}

void shelf_free(struct shelf *shelf)
{
	if (shelf == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		empty(&shelf->slots[i]);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&shelf->locks[i]);
	free(shelf);
}

struct shelf_mark shelf_mark(struct shelf *shelf, const char *id)
{
	struct slot *slot = lock_slot(shelf, id);
	struct shelf_mark mark = { slot->changes, now_ns() };
	unlock_slot(shelf, slot);
	return mark;
}

void shelf_keep(struct shelf *shelf, const char *id, struct shelf_mark mark, const struct request *answered)
{
	if (answered->reply.size > REPLY_MAX)
		return;
	struct slot fresh = { .id = strdup(id),
		              .changes = mark.changes,
		              .etag = answered->etag,
		              .until_ns = mark.read_ns + SHELF_FRESH_MS * (int64_t)NS_PER_MS,
		              .whole = response_of(answered, 200, MHD_RESPMEM_MUST_COPY),
		              .unchanged = response_of(answered, 304, MHD_RESPMEM_PERSISTENT) };
	bool whole = fresh.id != NULL && fresh.whole != NULL && fresh.unchanged != NULL;
	struct slot *slot = lock_slot(shelf, id);
	if (whole && slot->changes == mark.changes) {
		struct slot old = *slot;
		*slot = fresh;
		fresh = old;
	}
	unlock_slot(shelf, slot);
	empty(&fresh);
}

void shelf_drop(struct shelf *shelf, const char *id)
{
	struct slot *slot = lock_slot(shelf, id);
	slot->changes++;
	empty(slot);
	unlock_slot(shelf, slot);
}

bool shelf_send(struct shelf *shelf, const char *id, struct request *request)
{
	const char *had = header_of(request, "If-None-Match");
	enum MHD_Result sent = MHD_NO;
	struct slot *slot = lock_slot(shelf, id);
	if (slot->id != NULL && strcmp(slot->id, id) == 0 && now_ns() < slot->until_ns) {
		bool unchanged = had != NULL && etag_names(had, slot->etag);
		sent = unchanged ? MHD_queue_response(request->connection, 304, slot->unchanged)
		                 : MHD_queue_response(request->connection, 200, slot->whole);
	}
	unlock_slot(shelf, slot);
	return sent == MHD_YES;
}
