/*
 * Idempotency keys for operations that a program builds itself. What the library does under a key (sc_call.key), it
 * remembers by itself; a server that promises more, such as to mark a repeat or to refuse another request under the
 * same key, asks before and notes afterwards:
 *
 *     bool done;
 *     status = sc_key_look(shop, &call, "POST /refunds", content, &done, &err);   // SC_KEY_REUSED: another request
 *     if (status == SC_OK && !done)
 *             … do it … and sc_key_note(shop, &call, "POST /refunds", content, &err);
 *
 * A note is durable, is shared by every process of the shop, and lives as long as the shop's keys do. What was done is
 * noted in a commit of its own: when the process dies in between, a repeat does it again, so it has to bear that.
 */
#ifndef SHOPCORE_KEY_H
#define SHOPCORE_KEY_H

#include <shopcore/shop.h>

SC_BEGIN_DECLS

#define SC_KEY_OPERATION_MAX 48 /* bytes of an operation's name */

/**
 * Ask whether an operation was noted as done under the caller's key. Keys are scoped by actor and operation.
 *
 * `content` is all that makes the request what it is; a hash of it is compared.
 *
 * Ownership: everything is borrowed for the call; `done` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT (err->field: "call", "operation", "call.key");
 * SC_NO_MEMORY; what the store says; SC_KEY_REUSED when the key stands for other content; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_key_look(sc_shop *shop, const sc_call *call, const char *operation, sc_bytes content, bool *done,
                             sc_error *err);

/**
 * Note that an operation was done under the caller's key.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT (err->field: "call", "operation", "call.key");
 * SC_NO_MEMORY; SC_KEY_REUSED when the key stands for other content; what the store says; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_key_note(sc_shop *shop, const sc_call *call, const char *operation, sc_bytes content,
                             sc_error *err);

SC_END_DECLS

#endif
