/*
 * Product search on SQLite's FTS5: good for some hundred thousand products on one machine. It is a
 * derived index in a file of its own and can be rebuilt from the catalogue at any time, so it is
 * written without waiting for the disk.
 *
 * Words are folded (case, marks) and reduced to English stems by the library, alike when indexing and
 * when asking. Several processes may open one file.
 */
#ifndef SHOPCORE_FTS5_H
#define SHOPCORE_FTS5_H

#include <shopcore/env.h>
#include <shopcore/port/search.h>

SC_BEGIN_DECLS

/**
 * Open a search index in a file, which is made when it is not there, or in memory.
 *
 * `name` is a path or a URL: "shop.db.search", "fts5:shop.db.search", "fts5::memory:" or ":memory:".
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `name` for
 * the call. Threads: any; so may the index's operations, but not after fork() in the child.
 * Returns, in this order: SC_BAD_ARGUMENT for an empty name (err->field); SC_OVER_LIMIT for a name that is too long;
 * SC_NO_MEMORY; SC_IO_FAILED when the file or its lock cannot be opened; SC_BUSY when its turn does not come in
 * time; SC_DAMAGED when it is no index of ours; SC_SCHEMA_TOO_NEW when a later version made it; SC_UNSUPPORTED
 * when SQLite was built without FTS5; SC_OK.
 * Idempotent: no, each call opens an index. Since: 0.1.
 */
SC_API sc_status sc_fts5_open(const sc_env *env, const char *name, sc_search_index *out, sc_error *err);

SC_END_DECLS

#endif
