/*
 * A structure and all that it points to in one run of bytes, with offsets in the place of pointers: it can be copied,
 * sent and kept, and is made a structure again where it lies, by adding to each pointer where that is.
 *
 * An image may come from outside, so reading checks that no pointer leads out of it and that no text runs out of it.
 * The root stands at offset 0; an offset of 0 is a NULL pointer.
 */
#ifndef SC_BASE_IMAGE_H
#define SC_BASE_IMAGE_H

#include <shopcore/arena.h>

typedef struct sc__image {
	sc_arena *arena;
	char *bytes;
	size_t size, room;
	bool no_memory;
} sc__image;

void sc__image_init(sc__image *image, sc_arena *arena);

/* Adds bytes, aligned for any type, and gives their offset; 0, and `no_memory` set, when there is none. `data` NULL:
 * zeroes. */
size_t sc__image_add(sc__image *image, const void *data, size_t size);
/* Adds a text, which may be NULL. */
size_t sc__image_add_text(sc__image *image, const char *text);

/* What stands at an offset; good until something is added. */
static inline void *sc__image_at(const sc__image *image, size_t offset)
{
	return image->bytes + offset;
}

/* The offset as a pointer member keeps it. */
static inline void *sc__image_link(size_t offset)
{
	return (void *)(uintptr_t)offset; /* NOLINT: no pointer until it is read */
}

/* Ends an image: its last byte is a NUL, so that no text runs out of it. data NULL: no memory. */
sc_bytes sc__image_end(sc__image *image);

/* ---- reading, in place ---- */

typedef struct sc__image_view {
	char *bytes; /* writable, aligned for any type */
	size_t size;
	bool damaged; /* some pointer led out of it */
} sc__image_view;

/* The root, of `root_size` bytes; NULL: these bytes are no image. */
static inline void *sc__image_view_init(sc__image_view *view, sc_bytes bytes, size_t root_size)
{
	*view = (sc__image_view){ .bytes = (char *)(uintptr_t)bytes.data, .size = bytes.size };
	return bytes.size > root_size && view->bytes[bytes.size - 1] == '\0' ? view->bytes : NULL;
}

/* Makes what a member holds the pointer to `count` elements of `size` bytes. */
static inline void *sc__image_point(sc__image_view *view, const void *member, size_t count, size_t size)
{
	const uintptr_t offset = (uintptr_t)member;
	size_t bytes;
	if (offset == 0) {
		view->damaged = view->damaged || (count > 0 && size > 1);
		return NULL;
	}
	if (__builtin_mul_overflow(count, size, &bytes) || offset > view->size || bytes > view->size - offset ||
	    (size > 1 && offset % 8 != 0)) {
		view->damaged = true;
		return NULL;
	}
	return view->bytes + offset;
}

static inline const char *sc__image_text(sc__image_view *view, const char *member)
{
	return sc__image_point(view, member, 1, 1);
}

#endif
