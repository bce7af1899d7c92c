/*
 * The currencies of ISO 4217 and how many decimals each has. Codes that name no money (gold, test codes,
 * units of account of banks) are left out. Two that left the list lately stay: orders in them are still refunded.
 *
 * One word per currency, code above exponent, in the order of the code, so that a look-up is a binary
 * search over 700 bytes.
 */
#include <shopcore/money.h>

#define ENTRY(a, b, c, exponent) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(exponent))

/* clang-format off */
static const uint32_t currencies[] = {
	ENTRY('A', 'E', 'D', 2), ENTRY('A', 'F', 'N', 2), ENTRY('A', 'L', 'L', 2), ENTRY('A', 'M', 'D', 2),
	ENTRY('A', 'N', 'G', 2), ENTRY('A', 'O', 'A', 2), ENTRY('A', 'R', 'S', 2), ENTRY('A', 'U', 'D', 2),
	ENTRY('A', 'W', 'G', 2), ENTRY('A', 'Z', 'N', 2), ENTRY('B', 'A', 'M', 2), ENTRY('B', 'B', 'D', 2),
	ENTRY('B', 'D', 'T', 2), ENTRY('B', 'G', 'N', 2), ENTRY('B', 'H', 'D', 3), ENTRY('B', 'I', 'F', 0),
	ENTRY('B', 'M', 'D', 2), ENTRY('B', 'N', 'D', 2), ENTRY('B', 'O', 'B', 2), ENTRY('B', 'O', 'V', 2),
	ENTRY('B', 'R', 'L', 2), ENTRY('B', 'S', 'D', 2), ENTRY('B', 'T', 'N', 2), ENTRY('B', 'W', 'P', 2),
	ENTRY('B', 'Y', 'N', 2), ENTRY('B', 'Z', 'D', 2), ENTRY('C', 'A', 'D', 2), ENTRY('C', 'D', 'F', 2),
	ENTRY('C', 'H', 'E', 2), ENTRY('C', 'H', 'F', 2), ENTRY('C', 'H', 'W', 2), ENTRY('C', 'L', 'F', 4),
	ENTRY('C', 'L', 'P', 0), ENTRY('C', 'N', 'Y', 2), ENTRY('C', 'O', 'P', 2), ENTRY('C', 'O', 'U', 2),
	ENTRY('C', 'R', 'C', 2), ENTRY('C', 'U', 'P', 2), ENTRY('C', 'V', 'E', 2), ENTRY('C', 'Z', 'K', 2),
	ENTRY('D', 'J', 'F', 0), ENTRY('D', 'K', 'K', 2), ENTRY('D', 'O', 'P', 2), ENTRY('D', 'Z', 'D', 2),
	ENTRY('E', 'G', 'P', 2), ENTRY('E', 'R', 'N', 2), ENTRY('E', 'T', 'B', 2), ENTRY('E', 'U', 'R', 2),
	ENTRY('F', 'J', 'D', 2), ENTRY('F', 'K', 'P', 2), ENTRY('G', 'B', 'P', 2), ENTRY('G', 'E', 'L', 2),
	ENTRY('G', 'H', 'S', 2), ENTRY('G', 'I', 'P', 2), ENTRY('G', 'M', 'D', 2), ENTRY('G', 'N', 'F', 0),
	ENTRY('G', 'T', 'Q', 2), ENTRY('G', 'Y', 'D', 2), ENTRY('H', 'K', 'D', 2), ENTRY('H', 'N', 'L', 2),
	ENTRY('H', 'T', 'G', 2), ENTRY('H', 'U', 'F', 2), ENTRY('I', 'D', 'R', 2), ENTRY('I', 'L', 'S', 2),
	ENTRY('I', 'N', 'R', 2), ENTRY('I', 'Q', 'D', 3), ENTRY('I', 'R', 'R', 2), ENTRY('I', 'S', 'K', 0),
	ENTRY('J', 'M', 'D', 2), ENTRY('J', 'O', 'D', 3), ENTRY('J', 'P', 'Y', 0), ENTRY('K', 'E', 'S', 2),
	ENTRY('K', 'G', 'S', 2), ENTRY('K', 'H', 'R', 2), ENTRY('K', 'M', 'F', 0), ENTRY('K', 'P', 'W', 2),
	ENTRY('K', 'R', 'W', 0), ENTRY('K', 'W', 'D', 3), ENTRY('K', 'Y', 'D', 2), ENTRY('K', 'Z', 'T', 2),
	ENTRY('L', 'A', 'K', 2), ENTRY('L', 'B', 'P', 2), ENTRY('L', 'K', 'R', 2), ENTRY('L', 'R', 'D', 2),
	ENTRY('L', 'S', 'L', 2), ENTRY('L', 'Y', 'D', 3), ENTRY('M', 'A', 'D', 2), ENTRY('M', 'D', 'L', 2),
	ENTRY('M', 'G', 'A', 2), ENTRY('M', 'K', 'D', 2), ENTRY('M', 'M', 'K', 2), ENTRY('M', 'N', 'T', 2),
	ENTRY('M', 'O', 'P', 2), ENTRY('M', 'R', 'U', 2), ENTRY('M', 'U', 'R', 2), ENTRY('M', 'V', 'R', 2),
	ENTRY('M', 'W', 'K', 2), ENTRY('M', 'X', 'N', 2), ENTRY('M', 'X', 'V', 2), ENTRY('M', 'Y', 'R', 2),
	ENTRY('M', 'Z', 'N', 2), ENTRY('N', 'A', 'D', 2), ENTRY('N', 'G', 'N', 2), ENTRY('N', 'I', 'O', 2),
	ENTRY('N', 'O', 'K', 2), ENTRY('N', 'P', 'R', 2), ENTRY('N', 'Z', 'D', 2), ENTRY('O', 'M', 'R', 3),
	ENTRY('P', 'A', 'B', 2), ENTRY('P', 'E', 'N', 2), ENTRY('P', 'G', 'K', 2), ENTRY('P', 'H', 'P', 2),
	ENTRY('P', 'K', 'R', 2), ENTRY('P', 'L', 'N', 2), ENTRY('P', 'Y', 'G', 0), ENTRY('Q', 'A', 'R', 2),
	ENTRY('R', 'O', 'N', 2), ENTRY('R', 'S', 'D', 2), ENTRY('R', 'U', 'B', 2), ENTRY('R', 'W', 'F', 0),
	ENTRY('S', 'A', 'R', 2), ENTRY('S', 'B', 'D', 2), ENTRY('S', 'C', 'R', 2), ENTRY('S', 'D', 'G', 2),
	ENTRY('S', 'E', 'K', 2), ENTRY('S', 'G', 'D', 2), ENTRY('S', 'H', 'P', 2), ENTRY('S', 'L', 'E', 2),
	ENTRY('S', 'O', 'S', 2), ENTRY('S', 'R', 'D', 2), ENTRY('S', 'S', 'P', 2), ENTRY('S', 'T', 'N', 2),
	ENTRY('S', 'V', 'C', 2), ENTRY('S', 'Y', 'P', 2), ENTRY('S', 'Z', 'L', 2), ENTRY('T', 'H', 'B', 2),
	ENTRY('T', 'J', 'S', 2), ENTRY('T', 'M', 'T', 2), ENTRY('T', 'N', 'D', 3), ENTRY('T', 'O', 'P', 2),
	ENTRY('T', 'R', 'Y', 2), ENTRY('T', 'T', 'D', 2), ENTRY('T', 'W', 'D', 2), ENTRY('T', 'Z', 'S', 2),
	ENTRY('U', 'A', 'H', 2), ENTRY('U', 'G', 'X', 0), ENTRY('U', 'S', 'D', 2), ENTRY('U', 'S', 'N', 2),
	ENTRY('U', 'Y', 'I', 0), ENTRY('U', 'Y', 'U', 2), ENTRY('U', 'Y', 'W', 4), ENTRY('U', 'Z', 'S', 2),
	ENTRY('V', 'E', 'D', 2), ENTRY('V', 'E', 'S', 2), ENTRY('V', 'N', 'D', 0), ENTRY('V', 'U', 'V', 0),
	ENTRY('W', 'S', 'T', 2), ENTRY('X', 'A', 'D', 2), ENTRY('X', 'A', 'F', 0), ENTRY('X', 'C', 'D', 2),
	ENTRY('X', 'C', 'G', 2), ENTRY('X', 'O', 'F', 0), ENTRY('X', 'P', 'F', 0), ENTRY('Y', 'E', 'R', 2),
	ENTRY('Z', 'A', 'R', 2), ENTRY('Z', 'M', 'W', 2), ENTRY('Z', 'W', 'G', 2),
};
/* clang-format on */

static const size_t currency_count = sizeof currencies / sizeof currencies[0];

sc_status sc_currency_exponent(const char *code, int *out)
{
	uint32_t wanted = 0;
	for (int i = 0; i < 3; i++) {
		if (code[i] < 'A' || code[i] > 'Z')
			return SC_BAD_CURRENCY;
		wanted = wanted << 8 | (uint32_t)code[i];
	}
	if (code[3] != '\0')
		return SC_BAD_CURRENCY;
	size_t low = 0, high = currency_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (currencies[middle] >> 8 < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == currency_count || currencies[low] >> 8 != wanted)
		return SC_BAD_CURRENCY;
	*out = (int)(currencies[low] & 0xFF);
	return SC_OK;
}
