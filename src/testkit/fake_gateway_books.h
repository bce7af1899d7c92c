/*
 * The books of the fake gateway: every attempt that it saw, and what became of it.
 *
 * They are a table in memory in front of an append-only log, one line an attempt and state, the newest
 * line counts. Whoever opens the books under their lock first reads what other processes appended, so
 * all of them see one provider. A line that a killed process left unfinished is cut off by the next one.
 */
#ifndef SC_TESTKIT_FAKE_GATEWAY_BOOKS_H
#define SC_TESTKIT_FAKE_GATEWAY_BOOKS_H

#include <shopcore/port/gateway.h>

/* One attempt. Also how a refund is kept: `target` says of what. */
struct fake_entry {
	sc_id attempt;
	sc_id order;
	sc_id target;   /* refunds */
	uint32_t op;    /* that made it: CHARGE, AUTHORISE, VOID (a fence), REFUND */
	uint32_t state; /* from `settle_ms` on; RUNNING before */
	uint32_t charges;
	uint32_t token; /* which of the known tokens it was asked with */
	int64_t amount; /* that was asked for */
	int64_t captured;
	int64_t refunded;  /* not in the log: added up from the refunds */
	int64_t settle_ms; /* wall clock; 0: at once */
	char currency[4];
};

struct fake_books {
	const sc_env *env;
	int fd; /* -1: only in memory */
	int64_t read_to;
	struct fake_entry *entries; /* open addressing; an empty slot has the zero id */
	size_t capacity, count;
};

sc_status fake_books_open(struct fake_books *books, const sc_env *env, const char *file, sc_error *err);
void fake_books_close(struct fake_books *books);

/* Between the two nobody else writes. The caller keeps its own threads apart. */
sc_status fake_books_lock(struct fake_books *books, sc_error *err);
void fake_books_unlock(struct fake_books *books);

/* NULL when it was never seen. Good until the next put. */
struct fake_entry *fake_books_find(struct fake_books *books, sc_id attempt);
/* Write a new entry, or the new state of an old one. Nothing happened on anything but SC_OK. */
sc_status fake_books_put(struct fake_books *books, const struct fake_entry *entry, sc_error *err);
/* Fills in `err`, which may be NULL, and gives the status back. */
sc_status fake_fail(sc_error *err, sc_status status, const char *text);
/* RUNNING until it settles. */
uint32_t fake_entry_state(const struct fake_entry *entry, int64_t now_ms);

#endif
