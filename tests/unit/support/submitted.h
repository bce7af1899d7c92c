/*
 * The calls of stock and checkout, submitted, driven and completed on the spot. A test program that is compiled with
 * SUBMITTED runs all its cases through the submit forms, and whatever holds for a caller who waits has to hold there.
 */
#ifndef TESTS_UNIT_SUPPORT_SUBMITTED_H
#define TESTS_UNIT_SUPPORT_SUBMITTED_H

#include <shopcore/submit.h>

/* As the calls that wait. While a provider takes its time the shop's clock goes on, as it does for a caller who waits.
 */
sc_status submitted_reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request, sc_reservation *out,
                            sc_error *err);
sc_status submitted_commit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts, size_t part_count,
                           sc_error *err);
sc_status submitted_release(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err);
sc_status submitted_place(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                          sc_placement *out, sc_error *err);
sc_status submitted_buy(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                        sc_placement *out, sc_error *err);
sc_status submitted_pay(sc_shop *shop, const sc_call *call, const char *order_id, const char *token, sc_error *err);

/* Whose clock that is; NULL: the system's. */
void submitted_env(const sc_env *env);

#ifdef SUBMITTED
#define sc_inventory_reserve submitted_reserve
#define sc_inventory_commit  submitted_commit
#define sc_inventory_release submitted_release
#define sc_checkout_place    submitted_place
#define sc_checkout_buy      submitted_buy
#define sc_checkout_pay      submitted_pay
#endif

#endif
