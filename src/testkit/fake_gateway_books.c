#include "testkit/fake_gateway_books.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER         "shopcore-fake-gateway 1\n"
#define HEADER_SIZE    (sizeof(HEADER) - 1)
#define LINE_MAX_SIZE  320
#define FIRST_CAPACITY 64

sc_status fake_fail(sc_error *err, sc_status status, const char *text)
{
	if (err) {
		*err = (sc_error)SC_ERROR_INIT;
		err->status = status;
		snprintf(err->text, sizeof(err->text), "fake gateway: %s", text);
	}
	return status;
}

uint32_t fake_entry_state(const struct fake_entry *entry, int64_t now_ms)
{
	return entry->settle_ms > now_ms ? SC_GATEWAY_RUNNING : entry->state;
}

/* ---- the table --------------------------------------------------------------------------- */

static struct fake_entry *slot_of(struct fake_entry *entries, size_t capacity, sc_id id)
{
	uint64_t hash;
	memcpy(&hash, id.bytes + 8, sizeof(hash)); /* the random half of a UUIDv7 */
	hash ^= (uint64_t)id.bytes[6] << 32 | (uint64_t)id.bytes[7] << 24;
	hash *= 0x9e3779b97f4a7c15ULL;
	for (size_t i = (size_t)(hash >> 20) & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
		if (sc_id_is_zero(entries[i].attempt) || sc_id_equal(entries[i].attempt, id))
			return &entries[i];
	}
}

/* Room for one more, so that what follows cannot fail. */
static bool make_room(struct fake_books *books)
{
	if ((books->count + 1) * 2 <= books->capacity)
		return true;
	size_t capacity = books->capacity ? books->capacity * 2 : FIRST_CAPACITY;
	struct fake_entry *entries = books->env->resize(books->env->ctx, NULL, capacity * sizeof(*entries));
	if (!entries)
		return false;
	memset(entries, 0, capacity * sizeof(*entries));
	for (size_t i = 0; i < books->capacity; i++)
		if (!sc_id_is_zero(books->entries[i].attempt))
			*slot_of(entries, capacity, books->entries[i].attempt) = books->entries[i];
	books->env->resize(books->env->ctx, books->entries, 0);
	books->entries = entries;
	books->capacity = capacity;
	return true;
}

struct fake_entry *fake_books_find(struct fake_books *books, sc_id attempt)
{
	if (!books->capacity || sc_id_is_zero(attempt))
		return NULL;
	struct fake_entry *entry = slot_of(books->entries, books->capacity, attempt);
	return sc_id_is_zero(entry->attempt) ? NULL : entry;
}

/* A refund counts for its target the first time it is seen. Needs make_room(). */
static void enter(struct fake_books *books, const struct fake_entry *entry)
{
	struct fake_entry *slot = slot_of(books->entries, books->capacity, entry->attempt);
	bool is_new = sc_id_is_zero(slot->attempt);
	int64_t refunded = is_new ? 0 : slot->refunded;
	*slot = *entry;
	slot->refunded = refunded;
	if (!is_new)
		return;
	books->count++;
	struct fake_entry *target = entry->op == SC_GATEWAY_REFUND ? fake_books_find(books, entry->target) : NULL;
	if (target && entry->state == SC_GATEWAY_REFUNDED)
		target->refunded += entry->amount;
}

/* ---- the log ----------------------------------------------------------------------------- */

static int format_line(const struct fake_entry *entry, char out[LINE_MAX_SIZE])
{
	char attempt[SC_ID_TEXT_SIZE], order[SC_ID_TEXT_SIZE], target[SC_ID_TEXT_SIZE];
	return snprintf(out, LINE_MAX_SIZE,
	                "%s %s %s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRId64 " %" PRId64 " %" PRId64
	                " %s\n",
	                sc_id_format(entry->attempt, attempt), sc_id_format(entry->order, order),
	                sc_id_format(entry->target, target), entry->op, entry->state, entry->charges, entry->token,
	                entry->amount, entry->captured, entry->settle_ms, entry->currency[0] ? entry->currency : "-");
}

static bool parse_line(const char *line, struct fake_entry *out)
{
	char attempt[SC_ID_TEXT_SIZE], order[SC_ID_TEXT_SIZE], target[SC_ID_TEXT_SIZE];
	*out = (struct fake_entry){ 0 };
	int fields = sscanf(line,
	                    "%36s %36s %36s %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNd64 " %" SCNd64
	                    " %" SCNd64 " %3s",
	                    attempt, order, target, &out->op, &out->state, &out->charges, &out->token, &out->amount,
	                    &out->captured, &out->settle_ms, out->currency);
	return fields == 11 && sc_id_parse(attempt, &out->attempt) == SC_OK &&
	       sc_id_parse(order, &out->order) == SC_OK && sc_id_parse(target, &out->target) == SC_OK &&
	       !sc_id_is_zero(out->attempt);
}

/* Enters each whole line of `text` and says how many bytes they were; -1: a line that is not ours. */
static int64_t enter_lines(struct fake_books *books, char *text, size_t size, sc_status *status)
{
	size_t at = 0;
	char *newline;
	while ((newline = memchr(text + at, '\n', size - at)) != NULL) {
		struct fake_entry entry;
		*newline = '\0';
		if (!parse_line(text + at, &entry)) {
			*status = SC_BAD_FORMAT;
			return -1;
		}
		if (!make_room(books)) {
			*status = SC_NO_MEMORY;
			return -1;
		}
		enter(books, &entry);
		at = (size_t)(newline - text) + 1;
	}
	return (int64_t)at;
}

static sc_status read_news(struct fake_books *books, sc_error *err)
{
	char text[16384];
	for (;;) {
		ssize_t got = pread(books->fd, text, sizeof(text), books->read_to);
		if (got < 0)
			return fake_fail(err, SC_IO_FAILED, "the log cannot be read");
		sc_status status = SC_OK;
		int64_t used = enter_lines(books, text, (size_t)got, &status);
		if (used < 0)
			return fake_fail(err, status,
			                 status == SC_NO_MEMORY ? "no memory" : "the log has a line that is not ours");
		if (used == 0)
			return SC_OK;
		books->read_to += used;
	}
}

/* The header is written by whoever opens an empty file, and checked by all others. */
static sc_status check_header(struct fake_books *books, sc_error *err)
{
	char header[HEADER_SIZE];
	ssize_t got = pread(books->fd, header, HEADER_SIZE, 0);
	if (got < 0)
		return fake_fail(err, SC_IO_FAILED, "the log cannot be read");
	if (got == 0 && pwrite(books->fd, HEADER, HEADER_SIZE, 0) != (ssize_t)HEADER_SIZE)
		return fake_fail(err, SC_IO_FAILED, "the log cannot be written");
	if (got != 0 && (got != (ssize_t)HEADER_SIZE || memcmp(header, HEADER, HEADER_SIZE) != 0))
		return fake_fail(err, SC_BAD_FORMAT, "the file is no log of a fake gateway");
	books->read_to = (int64_t)HEADER_SIZE;
	return SC_OK;
}

sc_status fake_books_open(struct fake_books *books, const sc_env *env, const char *file, sc_error *err)
{
	*books = (struct fake_books){ .env = env, .fd = -1 };
	if (!file)
		return SC_OK;
	books->fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (books->fd < 0)
		return fake_fail(err, SC_IO_FAILED, "the log cannot be opened");
	sc_status status = SC_IO_FAILED;
	if (flock(books->fd, LOCK_EX) == 0) {
		status = check_header(books, err);
		if (status == SC_OK)
			status = read_news(books, err);
		flock(books->fd, LOCK_UN);
	} else {
		fake_fail(err, status, "the log cannot be locked");
	}
	if (status != SC_OK)
		fake_books_close(books);
	return status;
}

void fake_books_close(struct fake_books *books)
{
	if (books->fd >= 0)
		close(books->fd);
	books->env->resize(books->env->ctx, books->entries, 0);
	*books = (struct fake_books){ .env = books->env, .fd = -1 };
}

sc_status fake_books_lock(struct fake_books *books, sc_error *err)
{
	if (books->fd < 0)
		return SC_OK;
	if (flock(books->fd, LOCK_EX) != 0)
		return fake_fail(err, SC_IO_FAILED, "the log cannot be locked");
	sc_status status = read_news(books, err);
	if (status != SC_OK)
		flock(books->fd, LOCK_UN);
	return status;
}

void fake_books_unlock(struct fake_books *books)
{
	if (books->fd >= 0)
		flock(books->fd, LOCK_UN);
}

static sc_status append(struct fake_books *books, const struct fake_entry *entry, sc_error *err)
{
	char line[LINE_MAX_SIZE];
	int size = format_line(entry, line);
	/* a killed process may have left half a line behind the last whole one */
	if (ftruncate(books->fd, books->read_to) != 0 ||
	    pwrite(books->fd, line, (size_t)size, books->read_to) != size) {
		return fake_fail(err, SC_IO_FAILED, "the log cannot be written");
	}
	books->read_to += size;
	return SC_OK;
}

sc_status fake_books_put(struct fake_books *books, const struct fake_entry *entry, sc_error *err)
{
	if (!make_room(books))
		return fake_fail(err, SC_NO_MEMORY, "no memory");
	if (books->fd >= 0) {
		sc_status status = append(books, entry, err);
		if (status != SC_OK)
			return status;
	}
	enter(books, entry);
	return SC_OK;
}
