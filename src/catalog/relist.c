/* See relist.h. */
#include "catalog/relist.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for the categories of a product");
}

static bool has(const char *const *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], id) == 0)
			return true;
	return false;
}

/* Whether a product stands in `above` for another reason than the category that moved. */
static bool stays(const sc__relisting *move, const sc_product *product, const char *above)
{
	for (size_t i = 0; i < product->category_count; i++) {
		const char *other = product->categories[i];
		if (!has(move->before, move->before_count, other) &&
		    !sc__tree_is_within(move->tree, other, move->moved) && sc__tree_is_within(move->tree, other, above))
			return true;
	}
	return false;
}

static bool leaves(const sc__relisting *move, const sc_product *product, const char *id)
{
	return has(move->before, move->before_count, id) && !has(move->after, move->after_count, id) &&
	       !stays(move, product, id);
}

sc_status sc__relist(const sc__relisting *move, const sc_product *product, sc_arena *arena, sc__relisted *out,
                     sc_error *err)
{
	size_t room = product->category_count + move->after_count;
	*out = (sc__relisted){ .categories = sc__arena_array(arena, room, sizeof(char *)),
		               .left = sc__arena_array(arena, room, sizeof(char *)),
		               .entered = sc__arena_array(arena, room, sizeof(char *)) };
	if (out->categories == NULL || out->left == NULL || out->entered == NULL)
		return no_memory(err);
	for (size_t i = 0; i < product->category_count; i++) {
		const char *id = product->categories[i];
		if (leaves(move, product, id)) {
			out->left[out->left_count++] = id;
			continue;
		}
		/* What is above the category that moved stands in front of it, as after an import. */
		for (size_t k = 0; strcmp(id, move->moved) == 0 && k < move->after_count; k++)
			if (!has(product->categories, product->category_count, move->after[k]))
				out->categories[out->count++] = out->entered[out->entered_count++] = move->after[k];
		out->categories[out->count++] = id;
	}
	return SC_OK;
}

sc_status sc__relist_plan(const sc_product *product, const sc__relisted *listed, sc_arena *arena, sc_group *out,
                          sc_error *err)
{
	sc_product want = *product;
	uint32_t count = 0;
	sc_change *changes = sc__arena_array(arena, 1 + listed->left_count + listed->entered_count, sizeof(*changes));
	if (changes == NULL)
		return no_memory(err);
	want.categories = listed->categories;
	want.category_count = listed->count;
	for (size_t i = 0; i < listed->entered_count; i++)
		changes[count++] = (sc_change){ .address = sc__listing_address(listed->entered[i], product->id),
			                        .type = SC_CHANGE_PUT,
			                        .condition = SC_IF_ABSENT,
			                        .flags = SC_SKIP };
	for (size_t i = 0; i < listed->left_count; i++)
		changes[count++] = (sc_change){ .address = sc__listing_address(listed->left[i], product->id),
			                        .type = SC_CHANGE_DELETE,
			                        .condition = SC_IF_PRESENT,
			                        .flags = SC_SKIP };
	sc_change *own = &changes[count++];
	*own = (sc_change){ .address = sc__product_address(product->id),
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_VERSION,
		            .version = product->version };
	*out = (sc_group){ .changes = changes, .count = count };
	return sc__product_encode(&want, arena, &own->body, err);
}
