/*
 * Checks of what enters the catalogue. Each function goes through its object in the order of its
 * members, so that the same fault is always the first one reported.
 */
#include "catalog/check.h"

#include "base/error.h"
#include "base/text.h"

#include <shopcore/money.h>

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define FIELD_SIZE 64
#define SEEN_SLOTS 2048 /* a power of two, above twice SC_SKUS_PER_PRODUCT_MAX */

_Static_assert(SEEN_SLOTS > 2 * SC_SKUS_PER_PRODUCT_MAX, "a table of names never more than half full");
_Static_assert(SC_SKUS_PER_PRODUCT_MAX >= SC_ATTRIBUTES_MAX, "the longest list of names is that of the SKUs");

/* Where a check stands: an object, in front of the names of its members. A path is written only once something is
 * wrong, because a catalogue of a million products is checked member by member. */
struct place {
	const struct place *in; /* the object around it; NULL: this is the object that was handed in */
	const char *list;       /* "skus", a member of that object */
	size_t index;
	sc_error *err;
};

static const char *path(const struct place *at, const char *member, char out[FIELD_SIZE])
{
	if (at->in == NULL) {
		snprintf(out, FIELD_SIZE, "%.40s", member);
		return out;
	}
	char outer[FIELD_SIZE];
	snprintf(out, FIELD_SIZE, "%.24s[%u]%s%.12s", path(at->in, at->list, outer), (unsigned)at->index,
	         member[0] != '\0' ? "." : "", member);
	return out;
}

/* Goods are full of long numbers that nobody types by mistake, so all text about them is looked at as codes are. */
static sc_status text(const struct place *at, const char *member, const char *value, size_t max, unsigned flags)
{
	char field[FIELD_SIZE];
	flags |= SC__TEXT_CODE;
	if (sc__text_check(NULL, member, value, max, flags) == SC_OK)
		return SC_OK;
	return sc__text_check(at->err, path(at, member, field), value, max, flags);
}

/* One line that has to be there: names and ids. */
static sc_status line(const struct place *at, const char *member, const char *value, size_t max)
{
	return text(at, member, value, max, 0);
}

static sc_status optional_line(const struct place *at, const char *member, const char *value, size_t max)
{
	return text(at, member, value, max, SC__TEXT_OPTIONAL);
}

static sc_status range(const struct place *at, const char *member, int64_t value, int64_t low, int64_t high)
{
	char field[FIELD_SIZE];
	if (value < low || value > high)
		return sc__bad(at->err, SC_OUT_OF_RANGE, path(at, member, field), "must be %lld to %lld",
		               (long long)low, (long long)high);
	return SC_OK;
}

static sc_status count_within(const struct place *at, const char *member, size_t count, size_t max)
{
	char field[FIELD_SIZE];
	if (count > max)
		return sc__bad(at->err, SC_OVER_LIMIT, path(at, member, field), "at most %zu", max);
	return SC_OK;
}

/* The index of the first element whose name an earlier one has, or `count`. Each element begins with its name. */
static size_t first_double(const void *array, size_t count, size_t stride)
{
	uint16_t seen[SEEN_SLOTS] = { 0 }; /* index + 1 */
	for (size_t i = 0; i < count; i++) {
		const char *name = *(const char *const *)((const char *)array + i * stride);
		size_t slot = (size_t)XXH3_64bits(name, strlen(name)) % SEEN_SLOTS;
		for (; seen[slot] != 0; slot = (slot + 1) % SEEN_SLOTS) {
			const char *other = *(const char *const *)((const char *)array + (seen[slot] - 1U) * stride);
			if (strcmp(name, other) == 0)
				return i;
		}
		seen[slot] = (uint16_t)(i + 1);
	}
	return count;
}

static sc_status no_doubles(const struct place *at, const char *member, const void *array, size_t count, size_t stride)
{
	char field[FIELD_SIZE], whole[FIELD_SIZE];
	size_t i = first_double(array, count, stride);
	if (i == count)
		return SC_OK;
	snprintf(field, sizeof(field), "%.40s[%u]", path(at, member, whole), (unsigned)i);
	return sc__bad(at->err, SC_BAD_ARGUMENT, field, "named twice");
}

static const char *digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* RFC 8259 section 6. */
static bool is_json_number(const char *at)
{
	at += *at == '-';
	const char *whole = at;
	at = digits(at);
	if (at == whole || (*whole == '0' && at - whole > 1))
		return false;
	if (*at == '.') {
		const char *fraction = ++at;
		at = digits(at);
		if (at == fraction)
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		const char *exponent = at;
		at = digits(at);
		if (at == exponent)
			return false;
	}
	return *at == '\0';
}

static sc_status attribute(const struct place *in, const char *member, size_t index, const sc_attribute *attribute)
{
	char field[FIELD_SIZE];
	struct place at = { in, member, index, in->err };
	sc_status status = line(&at, "name", attribute->name, SC_ATTRIBUTE_NAME_MAX);
	if (status != SC_OK)
		return status;
	status = text(&at, "text", attribute->text, SC_ATTRIBUTE_VALUE_MAX, SC__TEXT_EMPTY | SC__TEXT_LINES);
	if (status != SC_OK)
		return status;
	bool fits = attribute->type == SC_ATTRIBUTE_TEXT;
	if (attribute->type == SC_ATTRIBUTE_NUMBER)
		fits = is_json_number(attribute->text);
	else if (attribute->type == SC_ATTRIBUTE_BOOL)
		fits = strcmp(attribute->text, "true") == 0 || strcmp(attribute->text, "false") == 0;
	return fits ? SC_OK : sc__bad(at.err, SC_BAD_ARGUMENT, path(&at, "text", field), "does not fit its type");
}

static sc_status attributes(const struct place *at, const char *member, const sc_attribute *list, size_t count)
{
	sc_status status = count_within(at, member, count, SC_ATTRIBUTES_MAX);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = attribute(at, member, i, &list[i]);
	return status == SC_OK ? no_doubles(at, member, list, count, sizeof(list[0])) : status;
}

static sc_status sku_members(const struct place *at, const sc_sku *sku)
{
	char field[FIELD_SIZE];
	sc_status status = line(at, "sku", sku->sku, SC_ID_TEXT_MAX);
	if (status == SC_OK)
		status = optional_line(at, "seller", sku->seller, SC_ID_TEXT_MAX);
	if (status == SC_OK)
		status = optional_line(at, "name", sku->name, SC_NAME_MAX);
	if (status == SC_OK)
		status = range(at, "price", sku->price_minor, 0, SC_AMOUNT_MAX);
	int exponent;
	if (status == SC_OK && sc_currency_exponent(sku->currency, &exponent) != SC_OK)
		status = sc__bad(at->err, SC_BAD_CURRENCY, path(at, "currency", field), "no such currency");
	return status == SC_OK ? attributes(at, "options", sku->options, sku->option_count) : status;
}

static sc_status category_ids(const struct place *top, const sc_product *product)
{
	sc_status status = count_within(top, "categories", product->category_count, SC_CATEGORIES_MAX);
	for (size_t i = 0; status == SC_OK && i < product->category_count; i++) {
		struct place at = { top, "categories", i, top->err };
		status = line(&at, "", product->categories[i], SC_ID_TEXT_MAX);
	}
	if (status != SC_OK)
		return status;
	return no_doubles(top, "categories", product->categories, product->category_count, sizeof(char *));
}

static sc_status images(const struct place *top, const sc_product *product)
{
	sc_status status = count_within(top, "images", product->image_count, SC_IMAGES_MAX);
	for (size_t i = 0; status == SC_OK && i < product->image_count; i++) {
		struct place at = { top, "images", i, top->err };
		status = line(&at, "url", product->images[i].url, SC_ATTRIBUTE_VALUE_MAX);
		if (status == SC_OK)
			status = optional_line(&at, "alt", product->images[i].alt, SC_ATTRIBUTE_VALUE_MAX);
	}
	return status;
}

static sc_status skus(const struct place *top, const sc_product *product)
{
	sc_status status = count_within(top, "skus", product->sku_count, SC_SKUS_PER_PRODUCT_MAX);
	for (size_t i = 0; status == SC_OK && i < product->sku_count; i++) {
		const sc_sku *sku = &product->skus[i];
		struct place at = { top, "skus", i, top->err };
		char field[FIELD_SIZE];
		status = sku_members(&at, sku);
		if (status == SC_OK && sku->product != NULL && strcmp(sku->product, product->id) != 0)
			status = sc__bad(at.err, SC_BAD_ARGUMENT, path(&at, "product", field), "is another product's");
	}
	return status == SC_OK ? no_doubles(top, "skus", product->skus, product->sku_count, sizeof(sc_sku)) : status;
}

static sc_status numbers(const struct place *top, const sc_product *product)
{
	sc_status status = range(top, "rating", product->rating_milli, -1, 5000);
	if (status == SC_OK)
		status = range(top, "rating_count", product->rating_count, 0, SC_AMOUNT_MAX);
	if (status == SC_OK)
		status = range(top, "popularity", product->popularity, 0, SC_AMOUNT_MAX);
	return status;
}

sc_status sc__id_check(const char *id, const char *field, sc_error *err)
{
	struct place top = { .err = err };
	return line(&top, field, id, SC_ID_TEXT_MAX);
}

sc_status sc__product_check(const sc_product *product, sc_error *err)
{
	struct place top = { .err = err };
	sc_status status = line(&top, "id", product->id, SC_ID_TEXT_MAX);
	if (status == SC_OK)
		status = line(&top, "name", product->name, SC_NAME_MAX);
	if (status == SC_OK)
		status = optional_line(&top, "brand", product->brand, SC_NAME_MAX);
	if (status == SC_OK)
		status = text(&top, "description", product->description, SC_DESCRIPTION_MAX,
		              SC__TEXT_OPTIONAL | SC__TEXT_EMPTY | SC__TEXT_LINES);
	if (status == SC_OK)
		status = optional_line(&top, "seller", product->seller, SC_ID_TEXT_MAX);
	if (status == SC_OK)
		status = attributes(&top, "attributes", product->attributes, product->attribute_count);
	if (status == SC_OK)
		status = category_ids(&top, product);
	if (status == SC_OK)
		status = images(&top, product);
	if (status == SC_OK)
		status = skus(&top, product);
	return status == SC_OK ? numbers(&top, product) : status;
}

sc_status sc__sku_check(const sc_sku *sku, sc_error *err)
{
	struct place top = { .err = err };
	sc_status status = sku_members(&top, sku);
	return status == SC_OK ? line(&top, "product", sku->product, SC_ID_TEXT_MAX) : status;
}

sc_status sc__category_check(const sc_category *category, sc_error *err)
{
	struct place top = { .err = err };
	sc_status status = line(&top, "id", category->id, SC_ID_TEXT_MAX);
	if (status == SC_OK)
		status = line(&top, "name", category->name, SC_NAME_MAX);
	if (status == SC_OK)
		status = optional_line(&top, "parent", category->parent, SC_ID_TEXT_MAX);
	if (status == SC_OK && category->parent != NULL && strcmp(category->parent, category->id) == 0)
		status = sc__bad(err, SC_BAD_ARGUMENT, "parent", "a category cannot be its own parent");
	return status;
}

sc_status sc__page_check(const sc_catalog_page *page, sc_error *err)
{
	if (page->limit < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "limit", "must be at least 1");
	if (page->limit > SC_PAGE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "limit", "at most %d", SC_PAGE_MAX);
	return SC_OK;
}
