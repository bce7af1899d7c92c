#include "drivers/redis/slot.h"

#include <string.h>

static uint16_t crc16(const char *bytes, size_t size)
{
	uint16_t crc = 0;
	for (size_t i = 0; i < size; i++) {
		crc ^= (uint16_t)((uint8_t)bytes[i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc;
}

uint16_t sc__redis_slot(const char *key, size_t size)
{
	const char *open = size == 0 ? NULL : memchr(key, '{', size);
	if (open != NULL) {
		size_t left = size - (size_t)(open + 1 - key);
		const char *close = left == 0 ? NULL : memchr(open + 1, '}', left);
		if (close != NULL && close > open + 1)
			return crc16(open + 1, (size_t)(close - open - 1)) % SC__SLOTS;
	}
	return crc16(key, size) % SC__SLOTS;
}
