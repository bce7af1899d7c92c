/*
 * Which groups may be refused at the gate: those in which nothing else could answer first. A claim record in front of
 * the hold may say that the same request was done already; a change of an account in the same group may give what the
 * hold needs; a line with a choice is the record's to choose for.
 */
#include "wrappers/gated/gated.h"

#include "base/arena.h"

static bool may_stand_before(const sc_change *change)
{
	const sc_kind *kind = sc_kind_find(change->address.kind);
	switch (change->type) {
	case SC_CHANGE_HOLD:
		return true;
	case SC_CHANGE_CHECK:
	case SC_CHANGE_PUT:
	case SC_CHANGE_PATCH:
	case SC_CHANGE_DELETE:
	case SC_CHANGE_APPEND:
		return kind != NULL && kind->kind_class != SC_CLASS_CLAIM;
	default:
		return false;
	}
}

/* Stock is what a rush is about; limits and balances are one buyer's own. */
static bool is_stock(const sc_address *account)
{
	const sc_kind *kind = sc_kind_find(account->kind);
	return kind != NULL && kind->kind_class == SC_CLASS_ACCOUNT && (kind->flags & SC_KIND_LIFETIME) == 0;
}

static bool is_plain(const sc_hold_line *line)
{
	return line->source_count == 1 && line->sources != NULL && (line->flags & SC_LINE_LIMIT) == 0 &&
	       line->quantity > 0 && line->quantity <= SC_QUANTITY_MAX && is_stock(&line->sources[0]);
}

/* How many lines of holds a group has; 0: the gate has nothing to say about it. */
static size_t lines_of(const sc_group *group)
{
	size_t lines = 0, last = 0;
	if (sc_id_is_zero(group->id) || group->changes == NULL)
		return 0;
	for (uint32_t i = 0; i < group->count; i++)
		if (group->changes[i].type == SC_CHANGE_HOLD)
			last = i + 1;
	for (size_t i = 0; i < last; i++) {
		const sc_change *change = &group->changes[i];
		if (!may_stand_before(change))
			return 0;
		for (uint32_t n = 0; change->type == SC_CHANGE_HOLD && n < change->line_count; n++)
			if (!is_plain(&change->lines[n]))
				return 0;
		lines += change->type == SC_CHANGE_HOLD ? change->line_count : 0;
	}
	return lines;
}

/* Lines of one account are added together, as the record does. */
static void add_line(sc__claims *claims, size_t first, const sc_group *group, size_t index, uint32_t change,
                     uint32_t line)
{
	const sc_hold_line *wanted = &group->changes[change].lines[line];
	for (size_t i = first; i < claims->count; i++) {
		if (sc_address_compare(&claims->items[i].account, &wanted->sources[0]) == 0) {
			claims->items[i].quantity += wanted->quantity;
			return;
		}
	}
	claims->index[claims->count] = index;
	claims->change[claims->count] = change;
	claims->line[claims->count] = line;
	claims->items[claims->count++] =
		(sc_gate_claim){ .account = wanted->sources[0], .group = group->id, .quantity = wanted->quantity };
}

static bool make_room(sc__claims *claims, size_t room, sc_arena *arena)
{
	*claims = (sc__claims){ .room = room };
	if (room == 0)
		return true;
	claims->items = sc__arena_array(arena, room, sizeof *claims->items);
	claims->index = sc__arena_array(arena, room, sizeof *claims->index);
	claims->change = sc__arena_array(arena, room, sizeof *claims->change);
	claims->line = sc__arena_array(arena, room, sizeof *claims->line);
	return claims->items != NULL && claims->index != NULL && claims->change != NULL && claims->line != NULL;
}

bool sc__claims_collect(sc__claims *claims, const sc_group *groups, size_t count, sc_arena *arena)
{
	size_t room = 0;
	for (size_t i = 0; i < count; i++)
		room += lines_of(&groups[i]);
	if (!make_room(claims, room, arena))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t first = claims->count;
		if (lines_of(&groups[i]) == 0)
			continue;
		for (uint32_t n = 0; n < groups[i].count; n++) {
			const sc_change *change = &groups[i].changes[n];
			for (uint32_t line = 0; change->type == SC_CHANGE_HOLD && line < change->line_count; line++)
				add_line(claims, first, &groups[i], i, n, line);
		}
	}
	return true;
}
