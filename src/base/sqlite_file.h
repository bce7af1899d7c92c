/*
 * What every driver on SQLite does alike: opening a file with safe settings, and saying in our own words
 * what went wrong.
 */
#ifndef SC_BASE_SQLITE_FILE_H
#define SC_BASE_SQLITE_FILE_H

#include <shopcore/status.h>

#include <sqlite3.h>

/* Opens a file, or ":memory:", made if absent, for one thread at a time. Never checkpoints when it is closed, because
 * that would happen outside the file lock. `*db` is set also when it fails, and is the caller's to close. */
int sc__sqlite_file_open(const char *path, sqlite3 **db);

/* Fills in `err` for what SQLite last answered on this connection; SC_OK for codes that are no errors. */
sc_status sc__sqlite_fail(sqlite3 *db, int code, sc_error *err);

#endif
