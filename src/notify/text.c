/*
 * Notices as text. What a notice says may come from strangers, so control characters never reach a terminal.
 */
#include "notify/text.h"

#include <shopcore/json.h>

#include <string.h>

/* Everything below a space but line feeds becomes a space. */
static char *add_clean(char *at, const char *text, bool lines)
{
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		const bool keep = (c >= 0x20 && c != 0x7f) || (lines && c == '\n');
		*at++ = keep ? *text : ' ';
	}
	return at;
}

static char *add_line(char *at, const char *label, const char *text)
{
	at = add_clean(at, label, false);
	at = add_clean(at, text, false);
	*at++ = '\n';
	return at;
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

sc_status sc__notice_print(const sc_notice *notice, sc_arena *arena, sc_bytes *out)
{
	const char *to = notice->to != NULL ? notice->to : "the shop";
	const char *subject = or_empty(notice->subject), *text = or_empty(notice->text);
	const size_t size = strlen(to) + strlen(subject) + strlen(text) + 32;
	char *block = sc_arena_alloc(arena, size);
	if (block == NULL)
		return SC_NO_MEMORY;
	char *at = add_line(block, "To: ", to);
	at = add_line(at, "Subject: ", subject);
	*at++ = '\n';
	at = add_clean(at, text, true);
	*at++ = '\n';
	*at++ = '\n';
	*out = (sc_bytes){ block, (size_t)(at - block) };
	return SC_OK;
}

sc_status sc__notice_json(const sc_notice *notice, sc_arena *arena, sc_bytes *out)
{
	char id[SC_ID_TEXT_SIZE];
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", sc_id_format(notice->id, id));
	sc_json_add_text(&writer, "topic", notice->topic);
	sc_json_add_text(&writer, "to", notice->to);
	sc_json_add_text(&writer, "subject", notice->subject);
	sc_json_add_text(&writer, "text", notice->text);
	sc_json_add_text(&writer, "order", sc_id_is_zero(notice->order) ? NULL : sc_id_format(notice->order, id));
	sc_json_end_object(&writer);
	sc_bytes line;
	sc_status status = sc_json_finish(&writer, &line, NULL);
	if (status != SC_OK)
		return status;
	char *copy = sc_arena_dup(arena, line.data, line.size);
	if (copy == NULL)
		return SC_NO_MEMORY;
	copy[line.size] = '\n'; /* where the NUL was */
	*out = (sc_bytes){ copy, line.size + 1 };
	return SC_OK;
}
