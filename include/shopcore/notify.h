/*
 * The notifiers that come with the library: one writes to a descriptor, for a console or a log, the other
 * appends to a file. A service of your own implements shopcore/port/notifier.h.
 *
 * Both write one block of text a notice, in one write, so that processes that share a target do not mix lines.
 */
#ifndef SHOPCORE_NOTIFY_H
#define SHOPCORE_NOTIFY_H

#include <shopcore/env.h>
#include <shopcore/port/notifier.h>

SC_BEGIN_DECLS

/**
 * Make a notifier that writes to an open descriptor, such as 2.
 *
 * Ownership: the descriptor stays the caller's. The notifier is closed by the shop that takes it, or by its `close`.
 * `env` is borrowed while it lives. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a descriptor below 0; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_notifier_console(const sc_env *env, int descriptor, sc_notifier *out, sc_error *err);

/**
 * Make a notifier that appends to a file, one JSON document a line, made with mode 0600 when it is not there.
 *
 * Ownership: `path` is borrowed for the call. The notifier is closed by the shop that takes it, or by its `close`.
 * `env` is borrowed while it lives. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NO_MEMORY; SC_IO_FAILED; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_notifier_file(const sc_env *env, const char *path, sc_notifier *out, sc_error *err);

SC_END_DECLS

#endif
