/*
 * The filter of the example server: it reads no byte past its input, and however a request is cut into packets, the
 * verdict is the same. A request that was let through is complete, and no shorter front of it was.
 */
#include "check.h"

#include "../../examples/http/filter.h"

#include <string.h>

#define BODY_MAX 4096

/* The verdict on the first `size` bytes, in memory that ends there. */
static size_t judge(const uint8_t *data, size_t size, struct refusal *refusal)
{
	char *copy = malloc(size + 1);
	CHECK(copy != NULL);
	char *exact = realloc(copy, size > 0 ? size : 1);
	CHECK(exact != NULL);
	memcpy(exact, data, size);
	size_t whole = filter_request(exact, size, BODY_MAX, refusal);
	free(exact);
	return whole;
}

static void check_whole(const uint8_t *data, size_t whole)
{
	struct refusal refusal;
	const char *head = (const char *)data;
	CHECK(whole <= HEAD_MAX + BODY_MAX);
	CHECK(memmem(head, whole, "\r\n\r\n", 4) != NULL);
	CHECK(memchr(head, '\n', whole) != NULL && ((const char *)memchr(head, '\n', whole))[-1] == '\r');
	for (size_t size = 0; size < whole; size += 1 + size / 8) {
		CHECK(judge(data, size, &refusal) == 0);
		CHECK(refusal.code == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct refusal refusal, cut;
	size_t whole = judge(data, size, &refusal);
	CHECK(whole <= size);
	if (whole > 0) {
		CHECK(refusal.code == 0);
		check_whole(data, whole);
		CHECK(judge(data, whole, &cut) == whole); /* what follows it does not matter */
		return 0;
	}
	CHECK(refusal.code == 0 || (refusal.code >= 400 && refusal.code < 600 && refusal.text != NULL));
	/* once refused, always refused: what comes later cannot mend it */
	for (size_t part = 0; refusal.code != 0 && part < size; part += 1 + part / 8)
		CHECK(judge(data, part, &cut) == 0);
	return 0;
}
