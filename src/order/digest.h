/*
 * The hash over what of an order was written once. The column holds the hash of the body and behind it
 * the hash of the personal part, so that erasing a person leaves the proof of the snapshot intact. Checked on each
 * read, and by a verification.
 */
#ifndef SC_ORDER_DIGEST_H
#define SC_ORDER_DIGEST_H

#include <shopcore/port/store.h>

#define SC__ORDER_DIGEST_SIZE 64 /* two of BLAKE2b, 32 bytes each */

void sc__order_digest(sc_bytes body, sc_bytes personal, uint8_t out[SC__ORDER_DIGEST_SIZE]);

/* Whether an order's record, read in all its parts, matches its column. An erased personal part does. */
bool sc__order_digest_matches(const sc_record *order);

#endif
