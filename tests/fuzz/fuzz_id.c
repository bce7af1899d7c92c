/* Ids as text: what is read is written the same but for the case of its digits; everything else is refused. */
#include "check.h"

#include <shopcore/id.h>

#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_id id, again;
	char written[SC_ID_TEXT_SIZE];
	char *text = malloc(size + 1);
	CHECK(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	sc_status status = sc_id_parse(text, &id);
	if (status == SC_OK) {
		CHECK(strcasecmp(sc_id_format(id, written), text) == 0);
		CHECK(sc_id_parse(written, &again) == SC_OK && sc_id_equal(id, again));
		CHECK(sc_id_tail(sc_id_step(id, 1)) == sc_id_tail(id));
		CHECK(sc_id_time_ms(sc_id_step(id, 1)) == sc_id_time_ms(id));
	} else {
		CHECK(status == SC_BAD_FORMAT);
		CHECK(strspn(text, "0123456789abcdefABCDEF-") < 36 || strlen(text) != 36 || text[8] != '-' ||
		      text[13] != '-' || text[18] != '-' || text[23] != '-' || strcspn(text, "-") != 8 ||
		      strchr(text + 24, '-') != NULL || strcspn(text + 9, "-") != 4 || strcspn(text + 14, "-") != 4 ||
		      strcspn(text + 19, "-") != 4);
	}
	free(text);
	return 0;
}
