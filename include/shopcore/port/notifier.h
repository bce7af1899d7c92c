/*
 * The notifier port: tells a person something, such as "your order was placed".
 */
#ifndef SHOPCORE_PORT_NOTIFIER_H
#define SHOPCORE_PORT_NOTIFIER_H

#include <shopcore/call.h>
#include <shopcore/env.h>
#include <shopcore/id.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** One message. The id stays the same when it is sent again, so that a receiver can drop doubles. */
typedef struct sc_notice {
	sc_id id;
	const char *topic;   /* "order.confirmed" and the like */
	const char *to;      /* e-mail address, or NULL for the shop's own people */
	const char *subject; /* one line, no control characters */
	const char *text;    /* plain text, UTF-8 */
	sc_id order;         /* zero when it is about none */
	uint64_t reserved[4];
} sc_notice;

typedef struct sc_notifier_ops {
	size_t size;
	const char *name;
	/** R. Send; statuses[i] is that notice's own. SC_OK when `statuses` is filled. */
	sc_status (*send)(void *ctx, const sc_call *call, const sc_notice *notices, size_t count, sc_status *statuses,
	                  sc_error *err);
	/** Optional. NULL: nothing to release. */
	void (*close)(void *ctx);
} sc_notifier_ops;

typedef struct sc_notifier {
	const sc_notifier_ops *ops;
	void *ctx;
} sc_notifier;

SC_END_DECLS

#endif
