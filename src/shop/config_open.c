/*
 * Opening what a configuration names: each part by its URL, then the wrappers around them, from the inside out: carts
 * with their copy, the parts as one store, the gate, the cache.
 */
#include "shop/config.h"

#include "base/arena.h"
#include "base/error.h"
#include "shop/stores.h"

#include <shopcore/backed.h>
#include <shopcore/cached.h>
#include <shopcore/gated.h>
#include <shopcore/memory.h>
#include <shopcore/mixed.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

struct opening {
	const sc_env *env;
	const sc_config_driver *drivers;
	size_t driver_count;
	sc_arena *arena;
	const sc__config_part *parts;
	const char **urls; /* with their secrets, which can be read from a descriptor only once */
	sc_error *err;
};

static sc_status bad_url(const struct opening *o, sc__config_section section, sc_status status, const char *text)
{
	return sc__config_bad(o->err, status, o->parts[section].url_line, section, "url", text);
}

/* ---- secrets ---- */

static sc_status read_secret(const struct opening *o, sc__config_section section, char *out, size_t room)
{
	const sc__config_part *part = &o->parts[section];
	const char *member = part->secret_file != NULL ? "secret_file" : "secret_fd";
	const int fd = part->secret_file != NULL ? open(part->secret_file, O_RDONLY | O_CLOEXEC) : (int)part->secret_fd;
	ssize_t got = -1, size = 0;
	while (fd >= 0 && (size_t)size < room &&
	       ((got = read(fd, out + size, room - (size_t)size)) > 0 || (got < 0 && errno == EINTR)))
		size += got > 0 ? got : 0;
	if (part->secret_file != NULL && fd >= 0)
		close(fd);
	if (fd < 0 || got < 0)
		return sc__config_bad(o->err, SC_IO_FAILED, part->secret_line, section, member, "cannot be read");
	char *end = memchr(out, '\n', (size_t)size);
	const size_t length = end != NULL ? (size_t)(end - out) : (size_t)size;
	if (length == 0 || length > SC_CONFIG_SECRET_MAX || memchr(out, '\0', length) != NULL)
		return sc__config_bad(o->err, SC_BAD_FORMAT, part->secret_line, section, member,
		                      "has no secret in its first line, or one that is too long");
	out[length] = '\0';
	return SC_OK;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
}

/* The URL with the secret in its place: behind the user, or in front of the host. */
static sc_status put_secret(const struct opening *o, sc__config_section section, const char *secret, const char **url)
{
	const char *from = *url, *host = strstr(from, "://");
	const size_t authority = host == NULL ? 0 : strcspn(host + 3, "/?");
	const char *at = host == NULL ? NULL : memchr(host + 3, '@', authority);
	const char *place = at != NULL ? at : host == NULL ? NULL : host + 3;
	for (const char *c = secret; *c != '\0'; c++)
		if (!is_plain(*c))
			return sc__config_bad(o->err, SC_UNSUPPORTED, o->parts[section].secret_line, section, NULL,
			                      "a secret has letters, digits and - . _ ~ only");
	if (authority == 0)
		return bad_url(o, section, SC_UNSUPPORTED, "takes no secret");
	const size_t size = strlen(from) + strlen(secret) + 3, head = (size_t)(place - from);
	char *made = sc__arena_bytes(o->arena, size);
	if (made == NULL)
		return sc__fail(o->err, SC_NO_MEMORY, "no memory for a configuration");
	memcpy(made, from, head);
	made[head] = ':';
	memcpy(made + head + 1, secret, strlen(secret));
	char *rest = made + head + 1 + strlen(secret);
	if (at == NULL)
		*rest++ = '@';
	memcpy(rest, place, strlen(place) + 1);
	*url = made;
	return SC_OK;
}

static bool has_password(const char *url)
{
	const char *host = strstr(url, "://");
	const size_t authority = host == NULL ? 0 : strcspn(host + 3, "/?");
	const char *at = authority == 0 ? NULL : memchr(host + 3, '@', authority);
	return (at != NULL && memchr(host + 3, ':', (size_t)(at - host - 3)) != NULL) ||
	       strstr(url, "password=") != NULL;
}

static sc_status url_of(const struct opening *o, sc__config_section section, const char **out)
{
	const sc__config_part *part = &o->parts[section];
	char secret[SC_CONFIG_SECRET_MAX + 2];
	*out = o->urls[section] != NULL ? o->urls[section] : part->url;
	if (o->urls[section] != NULL)
		return SC_OK;
	if (part->url == NULL)
		return sc__config_bad(o->err, SC_BAD_ARGUMENT, part->line, section, "url", "is missing");
	if (has_password(part->url))
		return bad_url(o, section, SC_BAD_ARGUMENT,
		               "has a password: put it into a file, and name that as secret_file");
	if (part->secret_file != NULL && part->secret_fd >= 0)
		return sc__config_bad(o->err, SC_BAD_ARGUMENT, part->secret_line, section, "secret_fd",
		                      "there is a secret_file already");
	if (part->secret_file == NULL && part->secret_fd < 0)
		return SC_OK;
	sc_status status = read_secret(o, section, secret, sizeof secret - 1);
	if (status == SC_OK)
		status = put_secret(o, section, secret, out);
	if (status == SC_OK)
		o->urls[section] = *out;
	sodium_memzero(secret, sizeof secret);
	return status;
}

/* ---- parts ---- */

/* NULL: nobody brought one along. */
static const sc_config_driver *driver_of(const struct opening *o, const char *url)
{
	const size_t size = strcspn(url, ":");
	for (size_t i = 0; i < o->driver_count; i++)
		if (strlen(o->drivers[i].scheme) == size && memcmp(o->drivers[i].scheme, url, size) == 0)
			return &o->drivers[i];
	return NULL;
}

/* What a driver says is about its URL, in this section, on that line. */
static sc_status told(const struct opening *o, sc__config_section section, sc_status status, const sc_error *theirs)
{
	return status == SC_OK ? SC_OK : bad_url(o, section, status, theirs->text);
}

static sc_status open_store(const struct opening *o, sc__config_section section, sc_store *out)
{
	const char *url;
	bool ignored;
	sc_error theirs = SC_ERROR_INIT;
	sc_status status = url_of(o, section, &url);
	if (status != SC_OK)
		return status;
	const sc_config_driver *driver = driver_of(o, url);
	if (driver != NULL && driver->open_store != NULL)
		status = driver->open_store(o->env, url, out, &theirs);
	else
		status = sc__store_open(o->env, url, out, &ignored, &theirs);
	return told(o, section, status, &theirs);
}

static sc_status open_carts(const struct opening *o, sc_store *out)
{
	const sc__config_part *part = &o->parts[SC__CONFIG_CARTS];
	sc_store quick, copies;
	sc_backed_options options = SC_BACKED_OPTIONS_INIT;
	sc_error theirs = SC_ERROR_INIT;
	sc_status status = open_store(o, SC__CONFIG_CARTS, &quick);
	if (status != SC_OK || part->copy == 0) {
		*out = quick;
		return status;
	}
	status = open_store(o, SC__CONFIG_RECORD, &copies);
	if (status == SC_OK) {
		options.behind_ms = part->copy_after_ms;
		status = sc_backed_open(o->env, quick, copies, &options, out, &theirs);
		if (status != SC_OK) {
			sc__store_close(&copies);
			sc__config_bad(o->err, status, part->line, SC__CONFIG_CARTS, "copy_after_ms", theirs.text);
		}
	}
	if (status != SC_OK)
		sc__store_close(&quick);
	return status;
}

static sc_status open_parts(const struct opening *o, sc_mixed_part *parts, size_t *count)
{
	static const struct {
		sc__config_section section;
		uint32_t keeps;
	} all[] = { { SC__CONFIG_CATALOG, SC_KEEPS_CATALOG },
		    { SC__CONFIG_STOCK, SC_KEEPS_STOCK },
		    { SC__CONFIG_CARTS, SC_KEEPS_CARTS } };
	sc_status status = SC_OK;
	for (size_t i = 0; i < sizeof all / sizeof all[0] && status == SC_OK; i++) {
		sc_mixed_part *part = &parts[*count];
		if (o->parts[all[i].section].line == 0)
			continue;
		*part = (sc_mixed_part){ .keeps = all[i].keeps };
		status = all[i].section == SC__CONFIG_CARTS ? open_carts(o, &part->store)
		                                            : open_store(o, all[i].section, &part->store);
		*count += status == SC_OK;
	}
	return status;
}

/* ---- wrappers; on failure `store` stays what it was, and open ---- */

static sc_status put_gate(const struct opening *o, sc_store *store)
{
	const char *url;
	sc_gate gate;
	sc_error theirs = SC_ERROR_INIT;
	if (o->parts[SC__CONFIG_GATE].line == 0)
		return SC_OK;
	sc_status status = url_of(o, SC__CONFIG_GATE, &url);
	if (status != SC_OK)
		return status;
	const sc_config_driver *driver = driver_of(o, url);
	if (driver == NULL || driver->open_gate == NULL)
		return bad_url(o, SC__CONFIG_GATE, SC_UNSUPPORTED, "nobody opens a gate of that kind");
	status = driver->open_gate(o->env, url, &gate, &theirs);
	if (status == SC_OK) {
		status = sc_gated_open(o->env, *store, gate, NULL, store, &theirs);
		if (status != SC_OK)
			gate.ops->close(gate.ctx);
	}
	return told(o, SC__CONFIG_GATE, status, &theirs);
}

static sc_status open_cache(const struct opening *o, sc_cache *out)
{
	const sc__config_part *part = &o->parts[SC__CONFIG_CACHE];
	const char *url;
	sc_error theirs = SC_ERROR_INIT;
	sc_status status = url_of(o, SC__CONFIG_CACHE, &url);
	if (status != SC_OK)
		return status;
	const sc_config_driver *driver = driver_of(o, url);
	if (strcmp(url, "memory:") == 0)
		status = sc_memory_cache_open(o->env, part->megabytes << 20, out, &theirs);
	else if (driver == NULL || driver->open_cache == NULL)
		return bad_url(o, SC__CONFIG_CACHE, SC_UNSUPPORTED, "nobody opens a cache of that kind");
	else
		status = driver->open_cache(o->env, url, out, &theirs);
	return told(o, SC__CONFIG_CACHE, status, &theirs);
}

static sc_status put_cache(const struct opening *o, sc_store *store)
{
	sc_cache cache;
	sc_cached_options options = SC_CACHED_OPTIONS_INIT;
	sc_error theirs = SC_ERROR_INIT;
	if (o->parts[SC__CONFIG_CACHE].line == 0)
		return SC_OK;
	sc_status status = open_cache(o, &cache);
	if (status != SC_OK)
		return status;
	options.ttl_ms = o->parts[SC__CONFIG_CACHE].keep_ms;
	status = sc_cached_open(o->env, *store, cache, &options, store, &theirs);
	if (status != SC_OK && cache.ops->close != NULL)
		cache.ops->close(cache.ctx);
	return told(o, SC__CONFIG_CACHE, status, &theirs);
}

static sc_status mix(const struct opening *o, sc_store *store, sc_mixed_part *parts, size_t count)
{
	sc_error theirs = SC_ERROR_INIT;
	if (count == 0)
		return SC_OK;
	sc_status status = sc_mixed_open(o->env, *store, parts, count, store, &theirs);
	return told(o, SC__CONFIG_RECORD, status, &theirs);
}

static sc_status open_all(const struct opening *o, sc_store *out)
{
	sc_mixed_part parts[SC_MIXED_PARTS_MAX];
	size_t count = 0;
	sc_store store;
	sc_status status = open_store(o, SC__CONFIG_RECORD, &store);
	if (status != SC_OK)
		return status;
	status = open_parts(o, parts, &count);
	if (status == SC_OK)
		status = mix(o, &store, parts, count);
	if (status != SC_OK) {
		for (size_t i = 0; i < count; i++)
			sc__store_close(&parts[i].store);
		sc__store_close(&store);
		return status;
	}
	status = put_gate(o, &store);
	if (status == SC_OK)
		status = put_cache(o, &store);
	if (status == SC_OK)
		*out = store;
	else
		sc__store_close(&store);
	return status;
}

static bool is_in_memory(const sc__config_part *part)
{
	return part->line != 0 && part->url != NULL && strcmp(part->url, "memory:") == 0;
}

static sc_status check(const struct opening *o)
{
	const sc__config_part *parts = o->parts;
	if (parts[SC__CONFIG_RECORD].line == 0)
		return sc__bad(o->err, SC_BAD_ARGUMENT, "record", "there is no section [record]");
	if (parts[SC__CONFIG_GATE].line == 0)
		return SC_OK;
	for (int i = SC__CONFIG_CATALOG; i <= SC__CONFIG_CARTS; i++)
		if (parts[i].line != 0)
			return sc__config_bad(o->err, SC_BAD_ARGUMENT, parts[SC__CONFIG_GATE].line, SC__CONFIG_GATE,
			                      NULL, "a gate stands in front of a record that keeps everything");
	return SC_OK;
}

sc_status sc_config_open(const sc_env *env, sc_bytes text, const sc_config_driver *drivers, size_t driver_count,
                         sc_shop_options *options, sc_error *err)
{
	sc__config_part parts[SC__CONFIG_SECTIONS];
	const char *urls[SC__CONFIG_SECTIONS] = { NULL };
	sc_store store;
	sc_arena arena;
	struct opening opening = { .env = env,
		                   .drivers = drivers,
		                   .driver_count = driver_count,
		                   .arena = &arena,
		                   .parts = parts,
		                   .urls = urls,
		                   .err = err };
	sc_arena_init(&arena, env);
	sc_status status = sc__config_read(text, &arena, parts, err);
	if (status == SC_OK)
		status = check(&opening);
	if (status == SC_OK)
		status = open_all(&opening, &store);
	if (status == SC_OK) {
		options->store = store;
		options->store_url = NULL;
		options->volatile_ok = options->volatile_ok || is_in_memory(&parts[SC__CONFIG_RECORD]) ||
		                       is_in_memory(&parts[SC__CONFIG_STOCK]);
	}
	sc_arena_clear(&arena);
	return status;
}
