/* See kept.h. A product is kept as an image (base/image.h): copied out, it only needs its pointers set. */
#include "catalog/kept.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/image.h"
#include "catalog/body.h"
#include "catalog/offers.h"
#include "catalog/sku.h"
#include "core/handle.h"

#include <string.h>

#define FORM_PRODUCT 1 /* another number whenever sc_product, or what is linked here, changes */

enum { BY_PRODUCT = 0 }; /* the index of SC_KIND_SKU */

/* ---- writing ---- */

static size_t add_attributes(sc__image *image, const sc_attribute *list, size_t count)
{
	const size_t at = sc__image_add(image, list, count * sizeof *list);
	for (size_t i = 0; i < count && !image->no_memory; i++) {
		const size_t name = sc__image_add_text(image, list[i].name);
		const size_t text = sc__image_add_text(image, list[i].text);
		if (image->no_memory)
			break;
		sc_attribute *to = (sc_attribute *)sc__image_at(image, at) + i;
		to->name = sc__image_link(name);
		to->text = sc__image_link(text);
	}
	return at;
}

static size_t add_categories(sc__image *image, const sc_product *product)
{
	const size_t at = sc__image_add(image, NULL, product->category_count * sizeof(char *));
	for (size_t i = 0; i < product->category_count && !image->no_memory; i++) {
		const size_t id = sc__image_add_text(image, product->categories[i]);
		if (!image->no_memory)
			((const char **)sc__image_at(image, at))[i] = sc__image_link(id);
	}
	return at;
}

static size_t add_images(sc__image *image, const sc_product *product)
{
	const size_t at = sc__image_add(image, NULL, product->image_count * sizeof(sc_image));
	for (size_t i = 0; i < product->image_count && !image->no_memory; i++) {
		const size_t url = sc__image_add_text(image, product->images[i].url);
		const size_t alt = sc__image_add_text(image, product->images[i].alt);
		if (!image->no_memory)
			((sc_image *)sc__image_at(image, at))[i] = (sc_image){ sc__image_link(url),
				                                               sc__image_link(alt) };
	}
	return at;
}

static void add_sku(sc__image *image, size_t at, const sc_sku *sku)
{
	const size_t id = sc__image_add_text(image, sku->sku), product = sc__image_add_text(image, sku->product);
	const size_t seller = sc__image_add_text(image, sku->seller), name = sc__image_add_text(image, sku->name);
	const size_t options = add_attributes(image, sku->options, sku->option_count);
	if (image->no_memory)
		return;
	sc_sku *to = sc__image_at(image, at);
	to->sku = sc__image_link(id);
	to->product = sc__image_link(product);
	to->seller = sc__image_link(seller);
	to->name = sc__image_link(name);
	to->options = sc__image_link(options);
}

static sc_bytes pack(const sc_product *product, sc_arena *arena)
{
	sc__image image;
	sc__image_init(&image, arena);
	sc__image_add(&image, product, sizeof *product);
	const size_t id = sc__image_add_text(&image, product->id), name = sc__image_add_text(&image, product->name);
	const size_t brand = sc__image_add_text(&image, product->brand);
	const size_t description = sc__image_add_text(&image, product->description);
	const size_t seller = sc__image_add_text(&image, product->seller);
	const size_t attributes = add_attributes(&image, product->attributes, product->attribute_count);
	const size_t categories = add_categories(&image, product), images = add_images(&image, product);
	const size_t skus = sc__image_add(&image, product->skus, product->sku_count * sizeof *product->skus);
	for (size_t i = 0; i < product->sku_count && !image.no_memory; i++)
		add_sku(&image, skus + i * sizeof *product->skus, &product->skus[i]);
	if (!image.no_memory) {
		sc_product *root = sc__image_at(&image, 0);
		root->id = sc__image_link(id);
		root->name = sc__image_link(name);
		root->brand = sc__image_link(brand);
		root->description = sc__image_link(description);
		root->seller = sc__image_link(seller);
		root->attributes = sc__image_link(attributes);
		root->categories = sc__image_link(categories);
		root->images = sc__image_link(images);
		root->skus = sc__image_link(skus);
	}
	return sc__image_end(&image);
}

/* ---- reading, in place ---- */

static const sc_attribute *point_attributes(sc__image_view *view, const sc_attribute *member, size_t count)
{
	sc_attribute *list = sc__image_point(view, member, count, sizeof *list);
	for (size_t i = 0; i < count && list != NULL; i++) {
		list[i].name = sc__image_text(view, list[i].name);
		list[i].text = sc__image_text(view, list[i].text);
	}
	return list;
}

static void point_lists(sc__image_view *view, sc_product *product)
{
	const char **categories = sc__image_point(view, product->categories, product->category_count,
	                                          sizeof *categories);
	for (size_t i = 0; i < product->category_count && categories != NULL; i++)
		categories[i] = sc__image_text(view, categories[i]);
	product->categories = categories;
	sc_image *images = sc__image_point(view, product->images, product->image_count, sizeof *images);
	for (size_t i = 0; i < product->image_count && images != NULL; i++)
		images[i] = (sc_image){ sc__image_text(view, images[i].url), sc__image_text(view, images[i].alt) };
	product->images = images;
}

static void point_skus(sc__image_view *view, sc_product *product)
{
	sc_sku *skus = sc__image_point(view, product->skus, product->sku_count, sizeof *skus);
	for (size_t i = 0; i < product->sku_count && skus != NULL; i++) {
		sc_sku *sku = &skus[i];
		sku->sku = sc__image_text(view, sku->sku);
		sku->product = sc__image_text(view, sku->product);
		sku->seller = sc__image_text(view, sku->seller);
		sku->name = sc__image_text(view, sku->name);
		sku->options = point_attributes(view, sku->options, sku->option_count);
	}
	product->skus = skus;
}

static bool unpack(sc_bytes bytes, sc_product *out)
{
	sc__image_view view;
	sc_product *root = sc__image_view_init(&view, bytes, sizeof *root);
	if (root == NULL)
		return false;
	root->id = sc__image_text(&view, root->id);
	root->name = sc__image_text(&view, root->name);
	root->brand = sc__image_text(&view, root->brand);
	root->description = sc__image_text(&view, root->description);
	root->seller = sc__image_text(&view, root->seller);
	root->attributes = point_attributes(&view, root->attributes, root->attribute_count);
	point_lists(&view, root);
	point_skus(&view, root);
	if (!view.damaged)
		*out = *root;
	return !view.damaged;
}

/* ---- what is asked for ---- */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for products");
}

/* A product is out of date when it, one of its SKUs, or the list of them is. */
static bool describe(const sc_product *product, const sc_recall *wanted, sc_arena *arena, sc_made *out)
{
	sc_address *rows = sc__arena_array(arena, product->sku_count + 1, sizeof *rows);
	sc_range *range = sc_arena_zalloc(arena, sizeof *range);
	sc_value *equal = sc_arena_zalloc(arena, sizeof *equal);
	if (rows == NULL || range == NULL || equal == NULL)
		return false;
	rows[0] = wanted->subject;
	for (size_t i = 0; i < product->sku_count; i++)
		rows[i + 1] = sc__sku_address(product->skus[i].sku);
	*equal = SC_VALUE_OF_BYTES(wanted->subject.key, wanted->subject.key_size);
	*range = (sc_range){ .kind = SC_KIND_SKU, .index = BY_PRODUCT, .equal = equal, .equal_count = 1 };
	*out = (sc_made){ .bytes = pack(product, arena),
		          .rows = rows,
		          .row_count = (uint32_t)product->sku_count + 1,
		          .ranges = range,
		          .range_count = 1,
		          .absent = product->version == 0 };
	return out->bytes.data != NULL;
}

static sc_status make_products(void *maker, const sc_call *call, const sc_recall *wanted, const size_t *which,
                               size_t count, sc_arena *arena, sc_made *out, sc_error *err)
{
	const char **ids = sc__arena_array(arena, count, sizeof *ids);
	sc_product *products = sc__arena_array(arena, count, sizeof *products);
	if (ids == NULL || products == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		ids[i] = wanted[which[i]].subject.key; /* a text: see ask_for() */
	sc_status status = sc__product_load(maker, call, ids, count, arena, products, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		if (!describe(&products[i], &wanted[which[i]], arena, &out[which[i]]))
			status = no_memory(err);
	return status;
}

static sc_recall ask_for(sc_shop *shop, const char *id)
{
	return (sc_recall){
		.subject = sc__product_address(id), .form = FORM_PRODUCT, .make = make_products, .maker = shop
	};
}

sc_status sc__products_kept(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                            sc_product *out, sc_error *err)
{
	sc_recall one, *wanted = count == 1 ? &one : sc__arena_array(arena, count, sizeof *wanted);
	sc_bytes single, *found = count == 1 ? &single : sc__arena_array(arena, count, sizeof *found);
	if (wanted == NULL || found == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		wanted[i] = ask_for(shop, ids[i]);
	sc_status status = shop->store.ops->recall(shop->store.ctx, call, wanted, count, arena, found, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		if (!unpack(found[i], &out[i]))
			status = sc__fail(err, SC_DAMAGED, "a product that was kept cannot be read");
	return status;
}
