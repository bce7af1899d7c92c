/*
 * The note of a saga: what to undo, what to finish, in a row of settings beside the primary's own rows.
 *
 * A change is a head and its bytes one after the other. The part that a change goes to counts only where addresses do
 * not say it: so a note outlives a shop that was opened with its parts in another order.
 */
#include "wrappers/parts/saga.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/limits.h>
#include <string.h>

#define NOTES   "saga"
#define VERSION 2

struct note_head {
	uint32_t version, state;
	sc_id id;
	uint32_t counts[2]; /* of changes to undo, and to finish */
};

struct change_head {
	uint16_t kind, type, condition, key_size, sub_size, topic_size, part, reserved0;
	uint32_t flags, body_size, part_count, reserved1;
	uint64_t version;
	sc_counters counters;
	int64_t ttl_ms, lifetime_ms;
};

sc_address sc__saga_address(const struct parts *p, const sc_id *id)
{
	return (sc_address){ .kind = p->setting_kind,
		             .key = NOTES,
		             .key_size = sizeof(NOTES) - 1,
		             .sub = (const char *)id->bytes,
		             .sub_size = sizeof(id->bytes) };
}

/* ---- writing ----------------------------------------------------------------------------- */

struct writer {
	char *at; /* NULL: only count */
	size_t size;
};

static void put(struct writer *w, const void *data, size_t size)
{
	if (w->at != NULL && size > 0) {
		memcpy(w->at, data, size);
		w->at += size;
	}
	w->size += size;
}

static void put_change(struct writer *w, const sc_change *change, uint32_t part)
{
	const struct change_head head = { .kind = change->address.kind,
		                          .type = change->type,
		                          .condition = change->condition,
		                          .key_size = change->address.key_size,
		                          .sub_size = change->address.sub_size,
		                          .topic_size = (uint16_t)change->topic.size,
		                          .part = (uint16_t)part,
		                          .flags = change->flags,
		                          .body_size = (uint32_t)change->body.size,
		                          .part_count = change->parts != NULL ? change->part_count : UINT32_MAX,
		                          .version = change->version,
		                          .counters = change->counters,
		                          .ttl_ms = change->ttl_ms,
		                          .lifetime_ms = change->lifetime_ms };

	put(w, &head, sizeof(head));
	put(w, change->address.key, head.key_size);
	put(w, change->address.sub, head.sub_size);
	put(w, change->topic.data, head.topic_size);
	put(w, change->body.data, head.body_size);
	if (change->parts != NULL)
		put(w, change->parts, change->part_count * sizeof(*change->parts));
}

static const enum saga_step written[] = { SAGA_UNDO, SAGA_FINISH };

static void put_all(struct writer *w, const struct saga *saga, const struct note_head *head)
{
	put(w, head, sizeof(*head));
	for (size_t list = 0; list < 2; list++)
		for (uint32_t part = 0; part < PARTS_MAX; part++) {
			const struct steps *steps = &saga->sides[part].steps[written[list]];

			for (uint32_t i = 0; i < steps->count; i++)
				put_change(w, &steps->changes[i], part);
		}
}

static sc_status write_note(const struct saga *saga, enum saga_state state, sc_arena *arena, sc_bytes *out)
{
	struct note_head head = { .version = VERSION, .state = state, .id = saga->id };
	struct writer w = { NULL, 0 };

	for (size_t list = 0; list < 2; list++)
		for (uint32_t part = 0; part < PARTS_MAX; part++)
			head.counts[list] += saga->sides[part].steps[written[list]].count;
	put_all(&w, saga, &head);
	if (w.size > SC_BODY_MAX)
		return SC_OVER_LIMIT;
	char *data = sc__arena_bytes(arena, w.size);
	if (data == NULL)
		return SC_NO_MEMORY;
	*out = (sc_bytes){ data, w.size };
	w = (struct writer){ data, 0 };
	put_all(&w, saga, &head);
	return SC_OK;
}

sc_status sc__saga_put(const struct parts *p, const struct saga *saga, enum saga_state state, sc_arena *arena,
                       sc_change *out)
{
	*out = (sc_change){ .address = sc__saga_address(p, &saga->id),
		            .type = SC_CHANGE_PUT,
		            .condition = saga->version == 0 ? SC_IF_ABSENT : SC_IF_VERSION,
		            .version = saga->version };
	return write_note(saga, state, arena, &out->body);
}

/* ---- reading ----------------------------------------------------------------------------- */

struct reader {
	const char *at, *end;
	bool bad;
};

static const char *take(struct reader *r, size_t size)
{
	const char *at = r->at;

	if (r->bad || size > (size_t)(r->end - r->at)) {
		r->bad = true;
		return NULL;
	}
	r->at += size;
	return at;
}

static bool read_change(struct reader *r, sc_arena *arena, sc_change *out, uint32_t *part)
{
	struct change_head head;
	const char *at = take(r, sizeof(head));

	if (at == NULL)
		return false;
	memcpy(&head, at, sizeof(head));
	*part = head.part;
	*out = (sc_change){ .type = head.type,
		            .condition = head.condition,
		            .flags = head.flags,
		            .version = head.version,
		            .counters = head.counters,
		            .ttl_ms = head.ttl_ms,
		            .lifetime_ms = head.lifetime_ms };
	out->address = (sc_address){ .key = take(r, head.key_size), .key_size = head.key_size, .kind = head.kind };
	out->address.sub = take(r, head.sub_size);
	out->address.sub_size = head.sub_size;
	out->topic = (sc_bytes){ take(r, head.topic_size), head.topic_size };
	out->body = (sc_bytes){ take(r, head.body_size), head.body_size };
	if (head.part_count != UINT32_MAX) {
		const size_t size = (size_t)head.part_count * sizeof(sc_commit_part);
		const char *parts = take(r, size);

		out->parts = parts != NULL ? (const void *)sc_arena_dup(arena, parts, size) : NULL; /* aligned */
		out->part_count = head.part_count;
		r->bad = r->bad || out->parts == NULL;
	}
	return !r->bad;
}

/* `count` changes, each to the list of its part. */
static bool read_steps(const struct parts *p, struct reader *r, uint32_t count, enum saga_step step, sc_arena *arena,
                       struct saga *saga)
{
	for (uint32_t part = 0; part < p->count; part++) {
		sc_change *changes = sc__arena_array(arena, (size_t)count + 1, sizeof(*changes));

		if (changes == NULL)
			return false;
		saga->sides[part].steps[step].changes = changes;
	}
	for (uint32_t i = 0; i < count; i++) {
		sc_change change;
		uint32_t part;

		if (!read_change(r, arena, &change, &part))
			return false;
		if (p->place_changes == NULL)
			part = p->place(p, &change.address);
		if (part >= p->count) {
			r->bad = true;
			return false;
		}
		struct steps *steps = &saga->sides[part].steps[step];
		steps->changes[steps->count++] = change;
	}
	return true;
}

sc_status sc__saga_read(const struct parts *p, uint32_t primary, const sc_record *note, sc_arena *arena,
                        struct saga *out, enum saga_state *state)
{
	struct reader r = { note->body.data, (const char *)note->body.data + note->body.size, false };
	const size_t most = note->body.size / sizeof(struct change_head);
	const char *at = take(&r, sizeof(struct note_head));
	struct note_head head;

	if (at == NULL)
		return SC_DAMAGED;
	memcpy(&head, at, sizeof(head));
	if (head.version != VERSION || head.counts[0] > most || head.counts[1] > most)
		return SC_DAMAGED;
	*out = (struct saga){ .id = head.id, .primary = primary, .version = note->version, .noted = true };
	*state = (enum saga_state)head.state;
	for (size_t list = 0; list < 2; list++)
		if (!read_steps(p, &r, head.counts[list], written[list], arena, out))
			return r.bad ? SC_DAMAGED : SC_NO_MEMORY;
	return r.at == r.end ? SC_OK : SC_DAMAGED;
}
