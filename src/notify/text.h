/*
 * How the built-in notifiers print a notice.
 */
#ifndef SC_NOTIFY_TEXT_H
#define SC_NOTIFY_TEXT_H

#include <shopcore/arena.h>
#include <shopcore/port/notifier.h>

/* A block for people to read, ending in an empty line; and one JSON object on one line. */
sc_status sc__notice_print(const sc_notice *notice, sc_arena *arena, sc_bytes *out);
sc_status sc__notice_json(const sc_notice *notice, sc_arena *arena, sc_bytes *out);

#endif
