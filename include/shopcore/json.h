/*
 * JSON in and out, small and bounded. The library stores its records with it, and programs around it
 * (a command line, a server, a binding) need one stable writer, so it is public.
 *
 * The writer appends to a text on an arena and remembers its first mistake: a caller writes the whole
 * document and looks at the status once, at the end. The reader makes a tree on an arena. Integers stay
 * exact in int64_t, every other number stays text, a key may stand in an object only once.
 */
#ifndef SHOPCORE_JSON_H
#define SHOPCORE_JSON_H

#include <shopcore/arena.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** In place; treat the members as private. Ready again after sc_json_writer_init(). */
typedef struct sc_json_writer {
	sc_arena *arena;
	char *text;
	size_t size, room;
	uint64_t objects; /* bit n: the level n + 1 is an object, not an array */
	uint32_t depth;
	sc_status status; /* the first thing that went wrong, or SC_OK */
	bool pretty;      /* one member a line, indented by two */
	bool some;        /* something stands before, in the object or array being written */
	bool keyed;       /* a key was written and waits for its value */
	uint64_t reserved[2];
} sc_json_writer;

/**
 * Begin a document. `pretty` puts each member on a line of its own, else there is no white space at all.
 *
 * Ownership: `writer` is the caller's; `arena` is borrowed until sc_json_finish(). Threads: one at a time.
 * Returns: nothing; cannot fail. Idempotent: no, it forgets what was written. Since: 0.1.
 */
SC_API void sc_json_writer_init(sc_json_writer *writer, sc_arena *arena, bool pretty);

/**
 * Open an object, as a value. At most SC_JSON_DEPTH_MAX levels.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_begin_object(sc_json_writer *writer);

/**
 * Close the object that was opened last.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_end_object(sc_json_writer *writer);

/**
 * Open an array, as a value. At most SC_JSON_DEPTH_MAX levels.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_begin_array(sc_json_writer *writer);

/**
 * Close the array that was opened last.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_end_array(sc_json_writer *writer);

/**
 * Write the key of the value that comes next. Whether it stands in the object already is for the caller to know.
 *
 * Ownership: `key` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_key(sc_json_writer *writer, const char *key);

/**
 * Write a string; NULL is written as null.
 *
 * Ownership: `text` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the
 * end. Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_text(sc_json_writer *writer, const char *text);

/**
 * Write a string of `size` bytes of UTF-8.
 *
 * Ownership: `data` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the
 * end. Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_bytes(sc_json_writer *writer, const void *data, size_t size);

/**
 * Write an integer.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_int(sc_json_writer *writer, int64_t value);

/**
 * Write true or false.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_bool(sc_json_writer *writer, bool value);

/**
 * Write null.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_null(sc_json_writer *writer);

/**
 * Write a number that is text already, such as "1.5e3". Anything but a JSON number is SC_BAD_FORMAT.
 *
 * Ownership: `text` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the
 * end. Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_number(sc_json_writer *writer, const char *text);

/**
 * Write a value that is JSON already, as it is. It is not checked: hand in only what this writer made or
 * sc_json_parse() accepted.
 *
 * Ownership: `json` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the
 * end. Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_put_raw(sc_json_writer *writer, sc_bytes json);

/**
 * Write a key and a string, or null for NULL.
 *
 * Ownership: `key` and `text` are borrowed for the call. Threads: one at a time. Returns: nothing; the status comes
 * at the end. Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_add_text(sc_json_writer *writer, const char *key, const char *text);

/**
 * Write a key and an integer.
 *
 * Ownership: `key` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_add_int(sc_json_writer *writer, const char *key, int64_t value);

/**
 * Write a key and true or false.
 *
 * Ownership: `key` is borrowed for the call. Threads: one at a time. Returns: nothing; the status comes at the end.
 * Idempotent: no. Since: 0.1.
 */
SC_API void sc_json_add_bool(sc_json_writer *writer, const char *key, bool value);

/**
 * End the document and hand it out. A NUL stands behind it that its size does not count.
 *
 * Ownership: `out` is written on SC_OK only and borrowed from the arena. Threads: one at a time.
 * Returns, in this order: the first of these that happened since the writer was made ready, SC_NO_MEMORY, SC_BAD_TEXT
 * for a string that is not UTF-8, SC_BAD_FORMAT for a number that is none, SC_OVER_LIMIT for more than
 * SC_JSON_DEPTH_MAX levels, or SC_BAD_ARGUMENT for a value without key, a key outside an object, an end without its
 * begin, or two documents; SC_BAD_ARGUMENT for nothing at all or an end that is missing; SC_OK. Idempotent: yes.
 * Since: 0.1.
 */
SC_API sc_status sc_json_finish(sc_json_writer *writer, sc_bytes *out, sc_error *err);

/** A value that was read. Borrowed from the arena, constant. Every function below takes NULL for "not there". */
typedef struct sc_json sc_json;

typedef enum sc_json_type {
	SC_JSON_ABSENT, /* what NULL is */
	SC_JSON_NULL,
	SC_JSON_BOOL,
	SC_JSON_INT,    /* fits int64_t, and was written without a point or an exponent */
	SC_JSON_NUMBER, /* every other number, kept as text */
	SC_JSON_TEXT,
	SC_JSON_ARRAY,
	SC_JSON_OBJECT
} sc_json_type;

typedef struct sc_json_options {
	size_t size;        /* set by the initialiser */
	size_t size_max;    /* bytes; a longer document is refused unread; never above UINT32_MAX - 1 */
	uint32_t depth_max; /* levels; never above SC_JSON_DEPTH_MAX */
	const char *name;   /* what errors call the document in `field`, when they know no path in it */
} sc_json_options;
#define SC_JSON_OPTIONS_INIT                                                        \
	{                                                                           \
		sizeof(sc_json_options), SC_BODY_MAX, SC_JSON_DEPTH_MAX, "document" \
	}

/**
 * Read one JSON document (RFC 8259) and nothing behind it but white space.
 *
 * A string may not hold U+0000, because it is handed out with a NUL at its end; nor half a surrogate
 * pair. An object may not hold a key twice. The error's text says line and column, both from 1, in bytes.
 *
 * Ownership: `json` is borrowed for the call; `options` may be NULL for the defaults; `out` is written on SC_OK
 * only and borrowed from the arena. Threads: one at a time an arena.
 * Returns, in this order: SC_OVER_LIMIT for too many bytes; whichever is met first from front to back, SC_OVER_LIMIT
 * for too many levels, SC_BAD_TEXT for a string that is not UTF-8 or holds U+0000, SC_BAD_FORMAT for all else that is
 * wrong, or SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_parse(sc_bytes json, sc_arena *arena, const sc_json_options *options, const sc_json **out,
                               sc_error *err);

/**
 * Tell what a value is.
 *
 * Ownership: none. Threads: any. Returns: the type; SC_JSON_ABSENT for NULL. Idempotent: yes. Since: 0.1.
 */
SC_API sc_json_type sc_json_type_of(const sc_json *value);

/**
 * Find a member of an object by its key.
 *
 * Ownership: borrowed, as the object. Threads: any. Returns: NULL when there is none, or `object` is no object.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const sc_json *sc_json_member(const sc_json *object, const char *key);

/**
 * Give the first element of an array or the first member of an object, as they stood in the document.
 *
 * Ownership: borrowed, as the value. Threads: any. Returns: NULL when there is none. Idempotent: yes. Since: 0.1.
 */
SC_API const sc_json *sc_json_first(const sc_json *value);

/**
 * Give what follows an element or a member.
 *
 * Ownership: borrowed, as the value. Threads: any. Returns: NULL behind the last. Idempotent: yes. Since: 0.1.
 */
SC_API const sc_json *sc_json_next(const sc_json *value);

/**
 * Count the elements of an array or the members of an object.
 *
 * Ownership: none. Threads: any. Returns: how many; 0 for any other value. Idempotent: yes. Since: 0.1.
 */
SC_API size_t sc_json_count(const sc_json *value);

/**
 * Give the key of a member.
 *
 * Ownership: borrowed, as the value. Threads: any. Returns: the key with a NUL at its end; NULL when the value is
 * no member. Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_json_key(const sc_json *value);

/**
 * Give the bytes of a string, or of a number that is no SC_JSON_INT as it was written. A NUL stands behind them.
 *
 * Ownership: borrowed, as the value. Threads: any. Returns: the bytes; `data` is NULL for any other value.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_bytes sc_json_text(const sc_json *value);

/**
 * Give the number of a SC_JSON_INT.
 *
 * Ownership: none. Threads: any. Returns: the number; 0 for any other value. Idempotent: yes. Since: 0.1.
 */
SC_API int64_t sc_json_int(const sc_json *value);

/**
 * Tell whether a value is true.
 *
 * Ownership: none. Threads: any. Returns: true; false for any other value. Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_json_is_true(const sc_json *value);

/**
 * Get a member that has to be a string.
 *
 * Ownership: `out` is written on SC_OK only and borrowed, as the object. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT when it is absent or no string; `err->field` is its path.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_get_text(const sc_json *object, const char *key, const char **out, sc_error *err);

/**
 * Get a member that has to be an integer.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT when it is absent or no integer, SC_OUT_OF_RANGE when it is one that does not
 * fit; `err->field` is its path. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_get_int(const sc_json *object, const char *key, int64_t *out, sc_error *err);

/**
 * Get a member that has to be true or false.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT when it is absent or neither; `err->field` is its path.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_get_bool(const sc_json *object, const char *key, bool *out, sc_error *err);

/**
 * Get a member that has to be an array.
 *
 * Ownership: `out` is written on SC_OK only and borrowed, as the object. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT when it is absent or no array; `err->field` is its path.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_get_array(const sc_json *object, const char *key, const sc_json **out, sc_error *err);

/**
 * Get a member that has to be an object.
 *
 * Ownership: `out` is written on SC_OK only and borrowed, as the object. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT when it is absent or no object; `err->field` is its path.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_json_get_object(const sc_json *object, const char *key, const sc_json **out, sc_error *err);

/**
 * Write the path of a value as errors name it, such as "lines[2].quantity". One that does not fit loses its front.
 *
 * Ownership: `out` has room for `size` bytes, at least 1, and always gets a NUL. Threads: any.
 * Returns: `out`; empty for the document itself. Idempotent: yes. Since: 0.1.
 */
SC_API char *sc_json_path(const sc_json *value, char *out, size_t size);

SC_END_DECLS

#endif
