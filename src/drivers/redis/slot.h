/*
 * Which of the 16,384 slots of a Redis Cluster a key lies in: CRC16 (XMODEM) of the part between the first "{" and
 * the next "}", or of all of it when there is no such part or it is empty.
 */
#ifndef SC_DRIVERS_REDIS_SLOT_H
#define SC_DRIVERS_REDIS_SLOT_H

#include <stddef.h>
#include <stdint.h>

#define SC__SLOTS 16384

uint16_t sc__redis_slot(const char *key, size_t size);

#endif
