/*
 * The event sink port: where the relay publishes the journal. At least once, in order per subject;
 * `position` and `incarnation` let a consumer drop doubles.
 */
#ifndef SHOPCORE_PORT_EVENTS_H
#define SHOPCORE_PORT_EVENTS_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef struct sc_event {
	sc_id incarnation; /* of the store it comes from */
	uint32_t partition;
	uint32_t reserved0;
	uint64_t position;
	int64_t time_ms;
	sc_address subject;
	sc_bytes topic; /* "order.placed", "stock.moved", "product.changed"; "stock.low" in place of "stock.moved" when
	                   that movement took an account below the shop's threshold */
	sc_bytes body;  /* JSON */
	uint64_t reserved[4];
} sc_event;

typedef struct sc_event_sink_ops {
	size_t size;
	const char *name;
	/** R. Publish in order. `accepted`: how many from the front are safe with the receiver; the relay goes on
	 *  behind them. SC_OK unless none could be accepted. */
	sc_status (*publish)(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
	                     sc_error *err);
	/** Optional. NULL: nothing to release. */
	void (*close)(void *ctx);
} sc_event_sink_ops;

typedef struct sc_event_sink {
	const sc_event_sink_ops *ops;
	void *ctx;
} sc_event_sink;

SC_END_DECLS

#endif
