/*
 * One line of an import, turned into a product with one SKU as its map says. What a line does not have
 * stays empty; what it has in the wrong form makes the line wrong, never the value silently another.
 */
#include "catalog/import_map.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"

#include <shopcore/money.h>

#include <string.h>

struct reader {
	const sc__import_map *map;
	const sc_json *line;
	sc_arena *arena;
	sc_error *err;
	sc_status status; /* the first mistake */
};

static void fail(struct reader *r, sc_status status, const char *field, const char *why)
{
	if (r->status == SC_OK)
		r->status = sc__bad(r->err, status, field, "%s", why);
}

static void no_memory(struct reader *r)
{
	if (r->status == SC_OK)
		r->status = sc__fail(r->err, SC_NO_MEMORY, "no memory for a line of an import");
}

/* What the rule of a target gives for this line, or NULL; and what to call it in errors. */
static const sc_json *value_of(const struct reader *r, sc__import_target target, const char **field)
{
	const sc__import_rule *rule = &r->map->rules[target];
	*field = rule->path.text != NULL ? rule->path.text : "const";
	if (rule->constant != NULL)
		return rule->constant;
	return rule->path.step_count > 0 ? sc__import_find(r->line, &rule->path) : NULL;
}

/* Text, or the digits of a number: many files write their ids as numbers. */
static const char *scalar_text(struct reader *r, const sc_json *value, const char *field)
{
	sc_json_type type = sc_json_type_of(value);
	if (type == SC_JSON_TEXT)
		return sc_json_text(value).data;
	if (type != SC_JSON_INT && type != SC_JSON_NUMBER) {
		fail(r, SC_BAD_FORMAT, field, "must be text");
		return NULL;
	}
	const char *text = sc__number_text(value, r->arena);
	if (text == NULL)
		no_memory(r);
	return text;
}

/* How many bytes of a control character stand here; 0: none. U+0080 to U+009F, U+2028 and U+2029 are some, too. */
static size_t control_at(const unsigned char *at)
{
	if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
		return 2;
	if (at[0] == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9))
		return 3;
	return (at[0] < 0x20 && at[0] != '\0') || at[0] == 0x7f ? 1 : 0;
}

/* Text without control characters, as wrongly decoded files have them in names: tabs and line breaks become spaces,
 * or stay where several lines are fine; the others, which show nothing, are dropped. */
static const char *cleaned(struct reader *r, const char *text, bool lines)
{
	size_t first = 0;
	while (text[first] != '\0' && control_at((const unsigned char *)text + first) == 0)
		first++;
	if (text[first] == '\0')
		return text;
	char *copy = sc_arena_dup(r->arena, text, strlen(text)), *out = copy;
	if (copy == NULL) {
		no_memory(r);
		return NULL;
	}
	for (const char *at = copy; *at != '\0';) {
		size_t size = control_at((const unsigned char *)at);
		bool blank = *at == '\t' || *at == '\n' || *at == '\r' || size == 3;
		if (size == 0)
			*out++ = *at;
		else if (blank)
			*out++ = !lines ? ' ' : size == 3 ? '\n' : *at;
		at += size > 0 ? size : 1;
	}
	*out = '\0';
	return copy;
}

/* An empty text is as good as none. */
static const char *optional_text(struct reader *r, sc__import_target target)
{
	const char *field;
	const sc_json *value = value_of(r, target, &field);
	const char *text = value != NULL ? scalar_text(r, value, field) : NULL;
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* The same for what people read, not programs. */
static const char *optional_words(struct reader *r, sc__import_target target)
{
	const char *text = optional_text(r, target);
	if (text != NULL)
		text = cleaned(r, text, target == SC__IMPORT_DESCRIPTION);
	return text != NULL && text[0] != '\0' ? text : NULL;
}

static const char *needed_text(struct reader *r, sc__import_target target)
{
	const char *field;
	const char *text = optional_text(r, target);
	value_of(r, target, &field);
	if (text == NULL)
		fail(r, SC_BAD_ARGUMENT, field, "is missing");
	return text;
}

static int64_t optional_int(struct reader *r, sc__import_target target, int64_t otherwise)
{
	const char *field;
	const sc_json *value = value_of(r, target, &field);
	if (value == NULL)
		return otherwise;
	if (sc_json_type_of(value) != SC_JSON_INT)
		fail(r, SC_BAD_FORMAT, field, "must be an integer");
	return sc_json_int(value);
}

static int64_t decimal_price(struct reader *r, const sc_json *value, const char *field, const char *currency)
{
	int64_t minor = 0;
	const char *text = scalar_text(r, value, field);
	if (r->status != SC_OK)
		return 0;
	sc_status status = sc_money_parse_amount(text, currency, &minor);
	if (status == SC_BAD_CURRENCY)
		fail(r, status, "currency", "no such currency");
	else if (status != SC_OK)
		fail(r, status, field, "must be an amount with no more decimals than its currency has");
	return minor;
}

static int64_t price(struct reader *r, const char *currency)
{
	const char *field;
	const sc_json *value = value_of(r, SC__IMPORT_PRICE, &field);
	if (value == NULL)
		fail(r, SC_BAD_ARGUMENT, field, "is missing");
	else if (r->map->rules[SC__IMPORT_PRICE].decimal && r->status == SC_OK)
		return decimal_price(r, value, field, currency);
	else if (sc_json_type_of(value) != SC_JSON_INT)
		fail(r, SC_BAD_FORMAT, field, "must be an integer of minor units");
	return sc_json_int(value);
}

/* ---- attributes -------------------------------------------------------------------------- */

struct attributes {
	sc_attribute *list;
	size_t count, room;
};

static bool has_attribute(const struct attributes *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->list[i].name, name) == 0)
			return true;
	return false;
}

/* A list of values becomes one text. */
static const char *joined(struct reader *r, const sc_json *list, const char *field)
{
	char *text = sc__arena_bytes(r->arena, 1);
	size_t size = 0;
	for (const sc_json *at = sc_json_first(list); text != NULL && r->status == SC_OK && at != NULL;
	     at = sc_json_next(at)) {
		const char *part = scalar_text(r, at, field);
		size_t length = part != NULL ? strlen(part) : 0;
		char *grown = sc__arena_bytes(r->arena, size + length + 3);
		if (grown == NULL || part == NULL) {
			text = NULL;
			break;
		}
		memcpy(grown, text, size);
		if (size > 0) {
			memcpy(grown + size, ", ", 2);
			size += 2;
		}
		memcpy(grown + size, part, length);
		size += length;
		text = grown;
	}
	if (text == NULL)
		no_memory(r);
	else
		text[size] = '\0';
	return text;
}

static void add_attribute(struct reader *r, struct attributes *a, const char *name, const sc_json *value)
{
	sc_json_type type = sc_json_type_of(value);
	sc_attribute attribute = { .name = name };
	if (a->count == a->room) {
		fail(r, SC_OVER_LIMIT, name, "too many attributes");
		return;
	}
	if (type == SC_JSON_BOOL) {
		attribute.type = SC_ATTRIBUTE_BOOL;
		attribute.text = sc_json_is_true(value) ? "true" : "false";
	} else if (type == SC_JSON_ARRAY) {
		attribute.text = joined(r, value, name);
	} else {
		attribute.type = type == SC_JSON_TEXT ? SC_ATTRIBUTE_TEXT : SC_ATTRIBUTE_NUMBER;
		attribute.text = scalar_text(r, value, name);
	}
	if (r->status == SC_OK)
		attribute.text = cleaned(r, attribute.text, true);
	if (r->status == SC_OK && attribute.text[0] != '\0' && name[0] != '\0')
		a->list[a->count++] = attribute;
}

static const char *stripped(const sc__import_source *source, const char *name)
{
	for (size_t i = 0; i < source->strip_count; i++) {
		size_t size = strlen(source->strip[i]);
		if (strncmp(name, source->strip[i], size) == 0 && name[size] != '\0')
			return name + size;
	}
	return name;
}

static void add_object(struct reader *r, struct attributes *a, const sc__import_source *source)
{
	const sc_json *object = sc__import_find(r->line, &source->path);
	if (object != NULL && sc_json_type_of(object) != SC_JSON_OBJECT)
		fail(r, SC_BAD_FORMAT, source->path.text, "must be an object");
	for (const sc_json *at = sc_json_first(object); r->status == SC_OK && at != NULL; at = sc_json_next(at)) {
		const char *name = stripped(source, sc_json_key(at));
		if (name != sc_json_key(at) && has_attribute(a, name))
			name = sc_json_key(at); /* t_weight and n_weight: the second keeps its prefix */
		if (sc_json_type_of(at) != SC_JSON_NULL)
			add_attribute(r, a, name, at);
	}
}

static void add_prefixed(struct reader *r, struct attributes *a, const sc__import_source *source)
{
	size_t size = strlen(source->name);
	for (const sc_json *at = sc_json_first(r->line); r->status == SC_OK && at != NULL; at = sc_json_next(at))
		if (strncmp(sc_json_key(at), source->name, size) == 0 && sc_json_type_of(at) != SC_JSON_NULL)
			add_attribute(r, a, sc_json_key(at) + size, at);
}

static void read_attributes(struct reader *r, sc_product *product)
{
	struct attributes a = { NULL, 0, SC_ATTRIBUTES_MAX };
	if (r->map->source_count == 0 || r->status != SC_OK)
		return;
	sc_attribute room[SC_ATTRIBUTES_MAX];
	a.list = room;
	for (size_t i = 0; r->status == SC_OK && i < r->map->source_count; i++) {
		const sc__import_source *source = &r->map->sources[i];
		const sc_json *value;
		if (source->type == SC__SOURCE_OBJECT)
			add_object(r, &a, source);
		else if (source->type == SC__SOURCE_PREFIX)
			add_prefixed(r, &a, source);
		else if ((value = sc__import_find(r->line, &source->path)) != NULL)
			add_attribute(r, &a, source->name, value);
	}
	sc_attribute *kept = sc__arena_array(r->arena, a.count, sizeof(*kept));
	if (kept == NULL) {
		no_memory(r);
		return;
	}
	memcpy(kept, room, a.count * sizeof(*kept));
	product->attributes = kept;
	product->attribute_count = a.count;
}

static void read_options(struct reader *r, sc_sku *sku)
{
	const char *field;
	const sc_json *object = value_of(r, SC__IMPORT_OPTIONS, &field);
	if (object == NULL || r->status != SC_OK)
		return;
	if (sc_json_type_of(object) != SC_JSON_OBJECT)
		fail(r, SC_BAD_FORMAT, field, "must be an object");
	else
		r->status = sc__attributes_get(object, r->arena, &sku->options, &sku->option_count, r->err);
}

static void read_images(struct reader *r, sc_product *product)
{
	const char *field;
	const sc_json *list = value_of(r, SC__IMPORT_IMAGES, &field);
	bool array = sc_json_type_of(list) == SC_JSON_ARRAY;
	if (list == NULL || r->status != SC_OK)
		return;
	sc_image *images = sc_arena_zalloc(r->arena, (array ? sc_json_count(list) : 1) * sizeof(*images));
	if (images == NULL) {
		no_memory(r);
		return;
	}
	size_t count = 0;
	for (const sc_json *at = array ? sc_json_first(list) : list; at != NULL; at = array ? sc_json_next(at) : NULL) {
		const sc_json *url = sc_json_type_of(at) == SC_JSON_OBJECT ? sc_json_member(at, "url") : at;
		if (sc_json_type_of(url) != SC_JSON_TEXT) {
			fail(r, SC_BAD_FORMAT, field, "must be URLs");
			return;
		}
		images[count].alt = sc_json_text(sc_json_member(at, "alt")).data;
		images[count++].url = sc_json_text(url).data;
	}
	product->images = images;
	product->image_count = count;
}

/* ---- categories -------------------------------------------------------------------------- */

/* The names, or ids, of the line's categories: from one list, or one member a level. */
static size_t category_names(struct reader *r, const char *names[SC_CATEGORIES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; r->status == SC_OK && i < r->map->category_count; i++) {
		const sc__import_path *path = &r->map->categories[i];
		const sc_json *value = sc__import_find(r->line, path);
		bool array = sc_json_type_of(value) == SC_JSON_ARRAY && !r->map->category_levels;
		for (const sc_json *at = array ? sc_json_first(value) : value; r->status == SC_OK && at != NULL;
		     at = array ? sc_json_next(at) : NULL) {
			const char *name = scalar_text(r, at, path->text);
			if (name != NULL && r->map->category_paths)
				name = cleaned(r, name, false);
			if (count == SC_CATEGORIES_MAX)
				fail(r, SC_OVER_LIMIT, path->text, "too many categories");
			else if (name != NULL && name[0] != '\0')
				names[count++] = name;
		}
	}
	return count;
}

/* A product stands in its category and in all above it, so that each of them lists it in one range. */
static void read_categories(struct reader *r, sc__import_line *out)
{
	const char *names[SC_CATEGORIES_MAX];
	size_t count = category_names(r, names), kept = 0;
	if (count == 0 || r->status != SC_OK)
		return;
	sc_category *categories = sc_arena_zalloc(r->arena, count * sizeof(*categories));
	const char **ids = sc__arena_array(r->arena, count, sizeof(*ids));
	if (categories == NULL || ids == NULL) {
		no_memory(r);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *parent = r->map->category_paths && kept > 0 ? ids[kept - 1] : NULL;
		const char *id = names[i];
		if (r->map->category_paths)
			id = sc__category_path_id(parent, names[i], r->arena);
		if (id == NULL) {
			no_memory(r);
			return;
		}
		categories[kept] = (sc_category){ .id = id, .name = names[i], .parent = parent };
		if (sc__category_check(&categories[kept], r->err) != SC_OK) {
			fail(r, SC_BAD_TEXT, r->map->categories[0].text, "not fit for the name of a category");
			return;
		}
		ids[kept++] = id;
	}
	out->categories = categories;
	out->product.categories = ids;
	out->product.category_count = kept;
}

/* ---- the whole --------------------------------------------------------------------------- */

static void read_sku(struct reader *r, sc__import_line *out)
{
	sc_sku *sku = &out->sku;
	sku->sku = needed_text(r, SC__IMPORT_SKU);
	sku->name = optional_words(r, SC__IMPORT_SKU_NAME);
	sku->seller = optional_text(r, SC__IMPORT_SELLER);
	const char *currency = needed_text(r, SC__IMPORT_CURRENCY);
	if (currency != NULL && strlen(currency) != 3)
		fail(r, SC_BAD_CURRENCY, "currency", "no such currency");
	if (r->status == SC_OK) {
		memcpy(sku->currency, currency, 4);
		sku->price_minor = price(r, currency);
	}
	read_options(r, sku);
}

static void read_product(struct reader *r, sc__import_line *out)
{
	sc_product *product = &out->product;
	product->id = optional_text(r, SC__IMPORT_PRODUCT);
	if (product->id == NULL)
		product->id = out->sku.sku;
	product->name = needed_text(r, SC__IMPORT_NAME);
	if (product->name != NULL)
		product->name = cleaned(r, product->name, false);
	product->brand = optional_words(r, SC__IMPORT_BRAND);
	product->description = optional_words(r, SC__IMPORT_DESCRIPTION);
	product->seller = out->sku.seller;
	product->popularity = optional_int(r, SC__IMPORT_POPULARITY, 0);
	int64_t rating = optional_int(r, SC__IMPORT_RATING_MILLI, -1);
	if (rating < -1 || rating > 5000)
		fail(r, SC_OUT_OF_RANGE, "rating_milli", "must be 0 to 5000");
	product->rating_milli = (int32_t)rating;
	product->rating_count = optional_int(r, SC__IMPORT_RATING_COUNT, 0);
	read_attributes(r, product);
	read_images(r, product);
	read_categories(r, out);
}

sc_status sc__import_line_read(const sc__import_map *map, sc_bytes json, size_t line_max, sc_arena *arena,
                               sc__import_line *out, sc_error *err)
{
	struct reader r = { .map = map, .arena = arena, .err = err };
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	options.name = "line";
	options.size_max = line_max;
	*out = (sc__import_line){ .product.rating_milli = -1 };
	r.status = sc_json_parse(json, arena, &options, &r.line, err);
	if (r.status == SC_OK && sc_json_type_of(r.line) != SC_JSON_OBJECT)
		fail(&r, SC_BAD_FORMAT, "line", "must be an object");
	if (r.status != SC_OK)
		return r.status;
	read_sku(&r, out);
	if (r.status == SC_OK)
		read_product(&r, out);
	if (r.status != SC_OK)
		return r.status;
	out->product.skus = &out->sku;
	out->product.sku_count = 1;
	return sc__product_check(&out->product, err);
}
