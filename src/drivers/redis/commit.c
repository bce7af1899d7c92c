/*
 * A commit as the script takes it: which rows have to be as they were read, and then what is written.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/kind_parts.h"

#include <stdio.h>
#include <string.h>

void sc__commit_init(sc__commit *commit, sc__domain *domain, sc_arena *arena)
{
	*commit = (sc__commit){ .domain = domain, .arena = arena };
}

static void add(sc__commit *commit, sc_bytes **list, size_t *count, size_t *room, sc_bytes bytes)
{
	if (*count == *room) {
		size_t more = *room == 0 ? 32 : *room * 2;
		sc_bytes *grown = sc__arena_resize(commit->arena, *list, *room * sizeof **list, more * sizeof **list);
		if (grown == NULL) {
			commit->no_memory = true;
			return;
		}
		*list = grown;
		*room = more;
	}
	(*list)[(*count)++] = bytes;
}

void sc__commit_key(sc__commit *commit, const sc__name *name)
{
	commit->no_memory = commit->no_memory || name->no_memory;
	add(commit, &commit->keys, &commit->key_count, &commit->key_room, sc__name_of(name));
}

void sc__commit_argument(sc__commit *commit, sc_bytes bytes)
{
	add(commit, &commit->arguments, &commit->argument_count, &commit->argument_room, bytes);
}

void sc__commit_check(sc__commit *commit, const sc__name *row, const sc__reply *read)
{
	sc__commit_key(commit, row);
	sc__commit_argument(commit, (sc_bytes){ read->text.data, read->text.size < 8 ? read->text.size : 8 });
	commit->checks++;
}

void sc__commit_member(sc__commit *commit, const char *operation, const sc__name *set, const sc__name *member)
{
	commit->no_memory = commit->no_memory || member->no_memory;
	sc__commit_argument(commit, (sc_bytes){ operation, 1 });
	sc__commit_key(commit, set);
	if (*operation == 'A')
		sc__commit_argument(commit, SC_BYTES("0"));
	sc__commit_argument(commit, sc__name_of(member));
}

void sc__commit_remove(sc__commit *commit, const sc_record *old)
{
	const sc_kind *kind = sc_kind_find(old->address.kind);
	int indexes = kind->kind_class == SC_CLASS_HOLD ? 1 : (int)kind->index_count;
	sc__name row, set, member;
	sc__name_init(&row, commit->arena);
	sc__name_row(&row, commit->domain, &old->address);
	sc__commit_argument(commit, SC_BYTES("D"));
	sc__commit_key(commit, &row);
	for (int index = SC_BY_SUB; index < indexes; index++) {
		sc__name_init(&set, commit->arena);
		sc__name_init(&member, commit->arena);
		sc__name_index(&set, commit->domain, kind->number, index);
		if (sc__member_of(&member, index, old))
			sc__commit_member(commit, "R", &set, &member);
	}
	if (!sc__kind_has_lifetime(kind))
		return;
	sc__name_init(&set, commit->arena);
	sc__name_init(&member, commit->arena);
	sc__name_key(&set, commit->domain, "l");
	sc__name_row(&member, commit->domain, &old->address);
	sc__commit_member(commit, "R", &set, &member);
}

/* ---- running it ---- */

static sc_status write_request(sc__commit *commit, const sc_call *call, sc__request *request, sc_error *err)
{
	sc__name journal;
	sc_status status = sc__script_begin(commit->domain, call, SC__COMMIT, commit->arena, 2 + commit->key_count,
	                                    4 + commit->argument_count, request, err);
	if (status != SC_OK)
		return status;
	sc__name_init(&journal, commit->arena);
	sc__name_key(&journal, commit->domain, "j");
	sc__request_bytes(request, sc__name_of(&journal));
	for (size_t i = 0; i < commit->key_count; i++)
		sc__request_bytes(request, commit->keys[i]);
	sc__request_word(request, commit->state.incarnation.bytes, sizeof commit->state.incarnation.bytes);
	sc__request_number(request, commit->state.now_ms);
	sc__request_number(request, (int64_t)commit->drawn);
	sc__request_number(request, (int64_t)commit->checks);
	for (size_t i = 0; i < commit->argument_count; i++)
		sc__request_bytes(request, commit->arguments[i]);
	request->life = commit->life;
	request->no_memory = request->no_memory || commit->no_memory || journal.no_memory;
	return SC_OK;
}

sc_status sc__commit_run(sc__commit *commit, const sc_call *call, uint64_t *first, sc_error *err)
{
	sc__request request;
	sc_status status = write_request(commit, call, &request, err);
	if (status != SC_OK)
		return status;
	status = sc__script_run(commit->domain, call, SC__COMMIT, &request, err);
	/* Also when there was no memory for the answer. */
	if (sc_status_is_failure(status) && request.sent && request.answered == 0)
		return sc__fail(err, SC_OUTCOME_UNKNOWN, "Redis did not say whether it was written");
	if (status != SC_OK)
		return status;
	int64_t answer = 0;
	if (!sc__reply_number(request.replies[0], &answer))
		return sc__fail(err, SC_STORE_FAILED, "an answer that is none of the script's");
	if (answer < 0)
		return sc__fail(err, SC_CHANGED, "another transaction came between");
	*first = (uint64_t)answer;
	return SC_OK;
}
