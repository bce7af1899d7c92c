/* See table.h: the ordered indexes of a table. */
#include "drivers/memory/table.h"

#include <string.h>

uint32_t index_width(const sc_kind *kind, uint16_t index)
{
	return kind->kind_class == SC_CLASS_HOLD ? 1 : kind->indexes[index - INDEX_KIND].count;
}

sc_value index_value(const sc_kind *kind, uint16_t index, const sc_record *record, uint32_t n)
{
	if (kind->kind_class == SC_CLASS_HOLD)
		return SC_VALUE_OF_INT(record->deadline_ms);
	if (record->columns == NULL)
		return SC_VALUE_NONE;
	return record->columns[kind->indexes[index - INDEX_KIND].columns[n]];
}

int value_compare(const sc_value *a, const sc_value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type != SC_VALUE_BYTES)
		return (a->number > b->number) - (a->number < b->number);
	size_t shorter = a->bytes.size < b->bytes.size ? a->bytes.size : b->bytes.size;
	int order = shorter == 0 ? 0 : memcmp(a->bytes.data, b->bytes.data, shorter);
	return order != 0 ? order : (a->bytes.size > b->bytes.size) - (a->bytes.size < b->bytes.size);
}

int index_compare(const struct table *table, uint16_t index, const sc_record *a, const sc_record *b)
{
	if (index != INDEX_ADDRESS && index == table->lifetime_index) {
		if (a->expires_ms != b->expires_ms)
			return a->expires_ms < b->expires_ms ? -1 : 1;
	} else if (index != INDEX_ADDRESS) {
		uint32_t width = index_width(table->kind, index);
		for (uint32_t n = 0; n < width; n++) {
			sc_value left = index_value(table->kind, index, a, n);
			sc_value right = index_value(table->kind, index, b, n);
			int order = value_compare(&left, &right);
			if (order != 0)
				return order;
		}
	}
	return sc_address_compare(&a->address, &b->address);
}

static int link_compare(struct link *a, struct link *b)
{
	return index_compare(a->node->table, a->index, &a->node->value, &b->node->value);
}

RB_GENERATE_INTERNAL(link_tree, link, in.tree, link_compare, static __attribute__((unused)))

struct link *link_next(struct link *link)
{
	return RB_NEXT(link_tree, NULL, link);
}

struct link *link_previous(struct link *link)
{
	return RB_PREV(link_tree, NULL, link);
}

struct link_tree *index_sorted(struct table *table, uint16_t index)
{
	struct link_list *unsorted = &table->indexes[index].unsorted;
	struct link_tree *tree = &table->indexes[index].tree;
	while (!LIST_EMPTY(unsorted)) {
		struct link *link = LIST_FIRST(unsorted);
		LIST_REMOVE(link, in.list);
		RB_INSERT(link_tree, tree, link);
		link->place = LINK_SORTED;
	}
	return tree;
}

struct link *index_first(struct table *table, uint16_t index)
{
	return RB_MIN(link_tree, index_sorted(table, index));
}

/* Whether a row stands in an index at all. */
static bool belongs(const struct table *table, uint16_t index, const sc_record *value)
{
	if (index == table->lifetime_index)
		return value->expires_ms != 0;
	if (table->kind->kind_class == SC_CLASS_HOLD)
		return value->hold_state == SC_HOLD_HELD && value->deadline_ms != 0;
	uint32_t width = index_width(table->kind, index);
	for (uint32_t n = 0; n < width; n++)
		if (index_value(table->kind, index, value, n).type == SC_VALUE_NULL)
			return false;
	return true;
}

static void put(struct node *node, uint16_t index)
{
	struct link *link = &node->links[index];
	LIST_INSERT_HEAD(&node->table->indexes[index].unsorted, link, in.list);
	link->place = LINK_UNSORTED;
}

static void take(struct node *node, uint16_t index)
{
	struct link *link = &node->links[index];
	if (link->place == LINK_UNSORTED)
		LIST_REMOVE(link, in.list);
	else if (link->place == LINK_SORTED)
		RB_REMOVE(link_tree, &node->table->indexes[index].tree, link);
	link->place = LINK_NOWHERE;
}

void node_link(struct node *node)
{
	for (uint16_t i = INDEX_KIND; i < node->table->index_count; i++)
		if (belongs(node->table, i, &node->value))
			put(node, i);
}

void node_unlink(struct node *node)
{
	for (uint16_t i = INDEX_KIND; i < node->table->index_count; i++)
		take(node, i);
}

void node_link_address(struct node *node)
{
	put(node, INDEX_ADDRESS);
}

void node_unlink_address(struct node *node)
{
	take(node, INDEX_ADDRESS);
}
