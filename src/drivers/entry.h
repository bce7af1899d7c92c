/*
 * Entries of a journal that were unpacked from something that is about to go.
 */
#ifndef SC_DRIVERS_ENTRY_H
#define SC_DRIVERS_ENTRY_H

#include <shopcore/port/store.h>

/* Moves what an entry points at into the arena. SC_NO_MEMORY, SC_OK. */
sc_status sc__entry_keep(sc_arena *arena, sc_entry *entry, sc_error *err);

#endif
