/* See image.h. */
#include "base/image.h"

#include "base/arena.h"

#include <string.h>

#define ALIGNMENT  8
#define ROOM_FIRST 512

void sc__image_init(sc__image *image, sc_arena *arena)
{
	*image = (sc__image){ .arena = arena };
}

static bool make_room(sc__image *image, size_t size)
{
	size_t room = image->room == 0 ? ROOM_FIRST : image->room;
	while (room - image->size < size)
		if (__builtin_mul_overflow(room, 2, &room))
			return false;
	if (room == image->room)
		return true;
	char *bytes = sc__arena_resize(image->arena, image->bytes, image->room, room);
	if (bytes == NULL)
		return false;
	image->bytes = bytes;
	image->room = room;
	return true;
}

static size_t add(sc__image *image, const void *data, size_t size, size_t alignment)
{
	const size_t gap = (size_t)-image->size & (alignment - 1);
	if (image->no_memory || size > SIZE_MAX / 4 || !make_room(image, gap + size)) {
		image->no_memory = true;
		return 0;
	}
	memset(image->bytes + image->size, 0, gap);
	const size_t at = image->size + gap;
	if (data != NULL)
		memcpy(image->bytes + at, data, size);
	else
		memset(image->bytes + at, 0, size);
	image->size = at + size;
	return at;
}

size_t sc__image_add(sc__image *image, const void *data, size_t size)
{
	return add(image, data, size, ALIGNMENT);
}

size_t sc__image_add_text(sc__image *image, const char *text)
{
	return text == NULL ? 0 : add(image, text, strlen(text) + 1, 1);
}

sc_bytes sc__image_end(sc__image *image)
{
	add(image, "", 1, 1);
	return image->no_memory ? (sc_bytes){ NULL, 0 } : (sc_bytes){ image->bytes, image->size };
}
