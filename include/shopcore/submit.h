/*
 * Stock and checkout for programs that must not wait: an event loop, a server with thousands of buyers on one thread.
 *
 *     sc_inventory_reserve_submit(shop, &call, &request, on_reserved, conn, NULL, &err);   copies, never blocks
 *     sc_shop_drive(shop, 1000, &wait_ms);     does the work of all who were submitted, on the thread that calls it
 *     sc_shop_complete(shop, 1000);            calls the callbacks, on the thread that calls it
 *
 * The more requests are in flight, the less each costs: whoever drives reads for all of them at once and writes them
 * in one group of groups, with one commit. One thread may do all three; or the loop's thread submits and completes,
 * and another one drives. sc_shop_descriptor() gives descriptors to wait on with poll() or epoll: one is readable while
 * requests wait to be driven, the other while answers wait to be completed.
 *
 * A request is *sent* when it is first given to a store to be written, or to the payment provider. Until then it can be
 * cancelled, and fails by itself when its call's deadline passes: nothing happened. From then on its outcome is the
 * store's, and the callback says it, however late it is. So the answer never claims that something did not happen which
 * did.
 *
 * When too many requests are in flight (sc_shop_options.submitted_max) the next one is refused at once with SC_BUSY.
 * Whoever closes a shop with requests in flight never hears of them; those that were sent may have happened.
 */
#ifndef SHOPCORE_SUBMIT_H
#define SHOPCORE_SUBMIT_H

#include <shopcore/checkout.h>
#include <shopcore/inventory.h>

SC_BEGIN_DECLS

/** What became of a request: handed to its callback, and borrowed from the library until that returns. */
typedef struct sc_completion {
	sc_status status;
	uint32_t reserved0;
	uint64_t
		ticket; /* names the request while it is in flight; never 0, and never another one in the shop's life */
	const sc_error *err;               /* details, as of the call that waits; never NULL */
	const sc_reservation *reservation; /* of sc_inventory_reserve_submit() with SC_OK, else NULL */
	const sc_placement *placement;     /* of a placing or buying with SC_OK, else NULL */
	void *context;                     /* as it was submitted */
	uint64_t reserved[4];
} sc_completion;

/** Called once for each request that was accepted, from within sc_shop_complete() and with no lock held. It may submit
 *  and cancel, but neither complete nor close. */
typedef void (*sc_on_completion)(const sc_completion *completion);

/* ---- what can be submitted ------------------------------------------------------------- */

/**
 * Submit a reservation: sc_inventory_reserve() without waiting.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store. Returns, in this order: what sc_inventory_reserve() says of bad input;
 * SC_NOT_ALLOWED; SC_BUSY when too many are in flight; SC_NO_MEMORY; SC_OK: `done` will be called with what else
 * sc_inventory_reserve() returns, SC_DEADLINE or SC_CANCELLED. Idempotent: by id or key, as the call that waits.
 * Since: 0.1.
 */
SC_API sc_status sc_inventory_reserve_submit(sc_shop *shop, const sc_call *call, const sc_reserve_request *request,
                                             sc_on_completion done, void *context, uint64_t *ticket, sc_error *err);

/**
 * Submit the commit of a reservation: sc_inventory_commit() without waiting.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store. Returns, in this order: what sc_inventory_commit() says of bad input;
 * SC_NOT_ALLOWED; SC_BUSY when too many are in flight; SC_NO_MEMORY; SC_OK: `done` will be called with what else
 * sc_inventory_commit() returns, SC_DEADLINE or SC_CANCELLED. Idempotent: as the call that waits. Since: 0.1.
 */
SC_API sc_status sc_inventory_commit_submit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts,
                                            size_t part_count, sc_on_completion done, void *context, uint64_t *ticket,
                                            sc_error *err);

/**
 * Submit the release of a reservation: sc_inventory_release() without waiting.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store. Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_BUSY when too
 * many are in flight; SC_NO_MEMORY; SC_OK: `done` will be called with what else sc_inventory_release() returns,
 * SC_DEADLINE or SC_CANCELLED. Idempotent: as the call that waits. Since: 0.1.
 */
SC_API sc_status sc_inventory_release_submit(sc_shop *shop, const sc_call *call, sc_id id, sc_on_completion done,
                                             void *context, uint64_t *ticket, sc_error *err);

/**
 * Submit a placement: sc_checkout_place() without waiting.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store. Returns, in this order: what sc_checkout_place() says of bad input before
 * it looks at key, quote or cart; SC_BUSY when too many are in flight; SC_NO_MEMORY; SC_OK: `done` will be called with
 * what else sc_checkout_place() returns, SC_DEADLINE or SC_CANCELLED. Idempotent: by key. Since: 0.1.
 */
SC_API sc_status sc_checkout_place_submit(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                          sc_on_completion done, void *context, uint64_t *ticket, sc_error *err);

/**
 * Submit a payment: sc_checkout_pay() without waiting. A provider that takes its time keeps no thread: drive looks
 * after its answer.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store or the provider. Returns, in this order: what sc_checkout_pay() says of
 * bad input; SC_BUSY when too many are in flight; SC_NO_MEMORY; SC_OK: `done` will be called with what else
 * sc_checkout_pay() returns, SC_DEADLINE or SC_CANCELLED. Idempotent: as the call that waits. Since: 0.1.
 */
SC_API sc_status sc_checkout_pay_submit(sc_shop *shop, const sc_call *call, const char *order_id, const char *token,
                                        sc_on_completion done, void *context, uint64_t *ticket, sc_error *err);

/**
 * Submit a whole purchase: sc_checkout_buy() without waiting.
 *
 * Ownership: everything is copied; `context` is handed back. `ticket` may be NULL, and is written on SC_OK. Threads:
 * any, never blocks and never calls a store or the provider. Returns, in this order: what sc_checkout_place() says of
 * bad input before it looks at key, quote or cart; SC_BUSY when too many are in flight; SC_NO_MEMORY; SC_OK: `done`
 * will be called with what else sc_checkout_buy() returns, SC_DEADLINE or SC_CANCELLED. Idempotent: by key. Since: 0.1.
 */
SC_API sc_status sc_checkout_buy_submit(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                        sc_on_completion done, void *context, uint64_t *ticket, sc_error *err);

/* ---- carrying them --------------------------------------------------------------------- */

/**
 * Do the work of at most `max` requests that wait, and go on with those whose payment provider has answered.
 *
 * Reads, writes and commits happen on the calling thread, which therefore waits for the store, but never for a payment
 * provider. `wait_ms` may be NULL; it says when driving is worth while again if nothing is submitted before: 0 when
 * requests are left over, some milliseconds while providers are asked, SC_NEVER when there is nothing to do.
 *
 * Ownership: none. Threads: any, several at once, which then share the requests. Returns: how many requests have their
 * answer now and wait to be completed. Idempotent: yes, without requests it does nothing. Since: 0.1.
 */
SC_API size_t sc_shop_drive(sc_shop *shop, size_t max, int64_t *wait_ms);

/**
 * Call the callbacks of at most `max` requests that have their answer.
 *
 * Ownership: none. Threads: any, several at once; a callback runs on the thread that calls this. Returns: how many
 * were called. Idempotent: yes, each callback is called once. Since: 0.1.
 */
SC_API size_t sc_shop_complete(sc_shop *shop, size_t max);

/**
 * Cancel a request unless it was sent. Its callback is called in either case.
 *
 * Ownership: none. Threads: any. Returns, in this order: SC_NOT_FOUND when no such request is in flight, or its answer
 * is there already; SC_IN_PROGRESS when it was sent: its outcome is the store's; SC_OK: it will not be sent, and
 * completes with SC_CANCELLED. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_shop_cancel(sc_shop *shop, uint64_t ticket, sc_error *err);

/** What a descriptor tells. */
typedef enum sc_descriptor_kind {
	SC_DESCRIPTOR_SUBMITTED = 1, /* requests wait to be driven */
	SC_DESCRIPTOR_DONE = 2       /* answers wait to be completed */
} sc_descriptor_kind;

/**
 * Give a descriptor that is readable while there is something to drive, or to complete: for poll(), epoll and the like.
 * Only wait on it; drive and complete read it empty.
 *
 * Ownership: the shop's, until it is closed; never close it. `out` is written on SC_OK. Threads: any. Returns, in this
 * order: SC_BAD_ARGUMENT for a kind that there is not; SC_IO_FAILED when the system gives no descriptor; SC_OK.
 * Idempotent: yes, the same one each time. Since: 0.1.
 */
SC_API sc_status sc_shop_descriptor(sc_shop *shop, sc_descriptor_kind kind, int *out, sc_error *err);

SC_END_DECLS

#endif
