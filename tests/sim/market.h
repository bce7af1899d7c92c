/*
 * The market of a simulated run: one store, one provider, two processes with four buyers each, and a
 * file on every wish, which outlives the processes as a buyer's own memory does.
 */
#ifndef SIM_MARKET_H
#define SIM_MARKET_H

#include "mutants.h"

#include <shopcore/order.h>
#include <shopcore/shop.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/testkit/sim.h>

enum { PROCESSES = 2, BUYERS_EACH = 4, BUYERS = PROCESSES * BUYERS_EACH, WISHES_EACH = 3, SKUS = 4, LINES_MAX = 8 };

extern const char *const sku_names[SKUS];
extern const int64_t sku_prices[SKUS];
extern const int64_t sku_units[SKUS];
#define SHIPPING_MINOR 490

/* What buyers type where it does not belong, and nobody may find again. */
#define CARD_NUMBER "4111 1111 1111 1111"

enum step { STEP_FILL, STEP_PLACE, STEP_PAY, STEP_CANCEL, STEP_DONE };

/* One wish to buy, and all that its buyer was ever told about it. */
struct wish {
	unsigned buyer, number;
	enum step step;
	unsigned sku[2], quantity[2];
	const char *token;
	bool changes_mind; /* cancels once it is confirmed */
	unsigned tries;
	unsigned place_calls;        /* that may have made an order: all but a first one that was refused */
	char order[SC_ID_TEXT_SIZE]; /* empty: none was told */
	char answer[2048];           /* the first answer to its placement */
	bool told_confirmed, asked_cancel, told_cancelled;
};

/* One store, or stock in one and all else in another, so that buying is a saga. */
enum market_shape { ONE_STORE, STOCK_APART };

/* A store that a test opens itself, in place of one in memory. */
struct market_ground {
	sc_status (*open)(void *ctx, const sc_env *env, sc_store *out, sc_error *err);
	void *ctx;
	int64_t (*wall_ms)(void *ctx); /* the wall clock that goes with that store's; NULL: the simulator's */
	unsigned audit_every;          /* steps between two looks of the auditor, which takes time there */
};

struct market {
	sc_sim *sim;
	const struct market_ground *ground; /* NULL: stores in memory */
	sc_env envs[PROCESSES + 1];         /* the simulator's, with the ground's wall clock */
	uint64_t steps;
	enum market_shape shape;
	sc_store store;   /* the true one; with STOCK_APART made of the two below */
	sc_store reached; /* what the processes reach: the same, or one with a fault planted */
	sc_store record, stock;
	struct mutant mutant;
	sc_fake_gateway *fake;
	sc_gateway gateway;            /* likewise */
	sc_shop *shops[PROCESSES + 1]; /* by process; NULL: not up */
	struct wish wishes[BUYERS][WISHES_EACH];
	unsigned wish_of[BUYERS]; /* which one each buyer is at */
	unsigned buyers_left;
	bool closing;      /* all buyers went home: nothing goes wrong any more */
	sc_arena arena;    /* the auditor's */
	char finding[512]; /* the first thing that is wrong, or empty */
};

/* Opens everything and sends the processes off. false: `finding` says why not. */
bool market_open(struct market *m, uint64_t seed, enum market_shape shape, enum mutant_kind kind);
/* The same on a ground of the test's own. */
bool market_open_on(struct market *m, uint64_t seed, const struct market_ground *ground);
/* The environment of a process, or of the world. */
const sc_env *market_env(struct market *m, uint32_t process);
void market_close(struct market *m);

/* A buyer's life; `arg` is a struct visit. */
struct visit {
	struct market *m;
	uint32_t process;
	unsigned buyer;
};
void buyer_main(void *arg);
/* The same buyer in another window: places what `buyer` is about to place. */
void window_main(void *arg);
void market_spawn(struct market *m, uint32_t process, void (*body)(void *), unsigned buyer);

/* Finds the first thing that is wrong; the first stays. */
void audit_step(struct market *m);
void audit_end(struct market *m);
/* The same from the library itself, by its verification. */
void verify_end(struct market *m);
void found(struct market *m, const char *format, ...) SC_PRINTF(2, 3);

#endif
