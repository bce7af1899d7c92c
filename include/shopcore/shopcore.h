/*
 * All of libshopcore. A program that wants to compile faster includes the nouns it uses.
 */
#ifndef SHOPCORE_SHOPCORE_H
#define SHOPCORE_SHOPCORE_H

#include <shopcore/arena.h>
#include <shopcore/backed.h>
#include <shopcore/cached.h>
#include <shopcore/call.h>
#include <shopcore/cart.h>
#include <shopcore/catalog.h>
#include <shopcore/catalog_export.h>
#include <shopcore/catalog_import.h>
#include <shopcore/catalog_prices.h>
#include <shopcore/catalog_tree.h>
#include <shopcore/checkout.h>
#include <shopcore/common.h>
#include <shopcore/config.h>
#include <shopcore/coupon.h>
#include <shopcore/credit.h>
#include <shopcore/env.h>
#include <shopcore/faulty.h>
#include <shopcore/fts5.h>
#include <shopcore/gated.h>
#include <shopcore/gift_card.h>
#include <shopcore/id.h>
#include <shopcore/inventory.h>
#include <shopcore/json.h>
#include <shopcore/key.h>
#include <shopcore/ledger.h>
#include <shopcore/limits.h>
#include <shopcore/memory.h>
#include <shopcore/mixed.h>
#include <shopcore/money.h>
#include <shopcore/notify.h>
#include <shopcore/order.h>
#include <shopcore/payment.h>
#include <shopcore/port/cache.h>
#include <shopcore/port/events.h>
#include <shopcore/port/gate.h>
#include <shopcore/port/gateway.h>
#include <shopcore/port/notifier.h>
#include <shopcore/port/rows.h>
#include <shopcore/port/search.h>
#include <shopcore/port/store.h>
#include <shopcore/price_tables.h>
#include <shopcore/pricing.h>
#include <shopcore/refund.h>
#include <shopcore/rule.h>
#include <shopcore/search.h>
#include <shopcore/sharded.h>
#include <shopcore/shop.h>
#include <shopcore/shortage.h>
#include <shopcore/sqlite.h>
#include <shopcore/status.h>
#include <shopcore/submit.h>
#include <shopcore/text.h>
#include <shopcore/token.h>
#include <shopcore/traced.h>
#include <shopcore/verify.h>
#include <shopcore/worker.h>

#endif
