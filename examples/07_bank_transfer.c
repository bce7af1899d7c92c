/*
 * 07_bank_transfer.c - a payment provider of one's own: buyers who pay by bank transfer, days later.
 *
 * First use of the gateway port. The shop hands over wishes with `start` and collects answers with `finish`; each wish
 * has an id, the attempt, and the promise of the port hangs on it: one attempt moves money once, may be looked up, and
 * may be called back, also when it has not arrived yet. The ledger is an array here; a real one is a table with an
 * index on the attempt, written before the answer is given. The suite of the test kit proves the promise.
 */
#include <shopcore/shopcore.h>
#include <shopcore/testkit/conformance.h>
#include <shopcore/testkit/env.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEDGER_MAX 64
#define DAY_MS     INT64_C(86400000)

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

struct transfer {
	sc_id attempt, order;
	int64_t amount, taken, returned; /* minor units */
	uint32_t state;                  /* sc_gateway_state */
};

struct bank {
	const sc_env *env;
	sc_mutex mutex; /* the port is called from any thread */
	struct transfer ledger[LEDGER_MAX];
	size_t count;
	sc_gateway_reply replies[LEDGER_MAX];
	size_t reply_count;
};

/* ---- the ledger ------------------------------------------------------------------------------ */

static struct transfer *find(struct bank *bank, sc_id attempt)
{
	for (size_t i = 0; i < bank->count; i++)
		if (sc_id_equal(bank->ledger[i].attempt, attempt))
			return &bank->ledger[i];
	return NULL;
}

static struct transfer *enter(struct bank *bank, sc_id attempt, const sc_gateway_request *request, uint32_t state)
{
	struct transfer *transfer = &bank->ledger[bank->count++]; /* start() saw that there is room */
	*transfer = (struct transfer){ attempt, request->order, request->amount_minor, 0, 0, state };
	return transfer;
}

/* "transfer": the buyer will send the money. "mandate": we may draw it from the buyer's account, now. */
static struct transfer *charge(struct bank *bank, const sc_gateway_request *request)
{
	bool mandate = strcmp(request->token, "mandate") == 0, sends = strcmp(request->token, "transfer") == 0;
	uint32_t drawn = request->op == SC_GATEWAY_AUTHORISE ? SC_GATEWAY_AUTHORISED : SC_GATEWAY_CAPTURED;
	struct transfer *transfer = enter(bank, request->attempt, request,
	                                  mandate ? drawn
	                                  : sends ? SC_GATEWAY_NEEDS_STEP
	                                          : SC_GATEWAY_DECLINED);
	transfer->taken = transfer->state == SC_GATEWAY_CAPTURED ? transfer->amount : 0;
	return transfer;
}

/* Does what is asked, unless it was done before, and gives the line of the ledger that answers. */
static const struct transfer *decide(struct bank *bank, const sc_gateway_request *request)
{
	struct transfer *own = find(bank, request->attempt), *target = find(bank, request->target);
	switch ((sc_gateway_op)request->op) {
	case SC_GATEWAY_CHARGE:
	case SC_GATEWAY_AUTHORISE:
		return own != NULL ? own : charge(bank, request); /* asked again: tell, and move nothing */
	case SC_GATEWAY_CAPTURE:
		if (target == NULL || target->state != SC_GATEWAY_AUTHORISED || request->amount_minor > target->amount)
			return target;
		target->state = SC_GATEWAY_CAPTURED;
		target->taken = request->amount_minor;
		return target;
	case SC_GATEWAY_VOID:
		if (target == NULL) /* not here yet: it finds the door shut when it comes */
			return enter(bank, request->target, request, SC_GATEWAY_VOIDED);
		if (target->state == SC_GATEWAY_NEEDS_STEP || target->state == SC_GATEWAY_AUTHORISED)
			target->state = SC_GATEWAY_VOIDED;
		return target;
	case SC_GATEWAY_REFUND:
		if (own != NULL)
			return own;
		if (target == NULL || request->amount_minor > target->taken - target->returned)
			return enter(bank, request->attempt, request, SC_GATEWAY_DECLINED);
		target->returned += request->amount_minor;
		return enter(bank, request->attempt, request, SC_GATEWAY_REFUNDED);
	case SC_GATEWAY_LOOKUP:
		break;
	}
	return target;
}

static sc_gateway_reply reply_of(const sc_gateway_request *request, const struct transfer *transfer)
{
	sc_gateway_reply reply = { .attempt = request->attempt, .order = request->order, .state = SC_GATEWAY_UNSEEN };
	char reference[SC_ID_TEXT_SIZE];
	if (transfer == NULL)
		return reply;
	sc_id_format(transfer->attempt, reference);
	reply.state = transfer->state;
	reply.amount_minor = transfer->state == SC_GATEWAY_CAPTURED ? transfer->taken : transfer->amount;
	snprintf(reply.provider_ref, sizeof(reply.provider_ref), "SEPA-%s", reference);
	if (transfer->state == SC_GATEWAY_NEEDS_STEP)
		snprintf(reply.step_url, sizeof(reply.step_url), "https://shop.example/how-to-pay/%s", reference);
	if (transfer->state == SC_GATEWAY_DECLINED)
		snprintf(reply.decline_code, sizeof(reply.decline_code), "no_such_account");
	return reply;
}

/* ---- the port -------------------------------------------------------------------------------- */

static sc_status bank_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                            size_t *accepted, sc_error *err)
{
	struct bank *bank = ctx;
	size_t done = 0;
	(void)call, (void)err;
	bank->env->mutex_lock(bank->env->ctx, &bank->mutex);
	while (done < count && bank->count < LEDGER_MAX && bank->reply_count < LEDGER_MAX) {
		bank->replies[bank->reply_count++] = reply_of(&requests[done], decide(bank, &requests[done]));
		done++;
	}
	bank->env->mutex_unlock(bank->env->ctx, &bank->mutex);
	*accepted = done;
	return done > 0 || count == 0 ? SC_OK : SC_BUSY; /* a failure: none of it was even looked at */
}

/* Each start leaves its answers here at once, so there is nothing to wait for. */
static sc_status bank_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                             sc_error *err)
{
	struct bank *bank = ctx;
	(void)timeout_ms, (void)err;
	bank->env->mutex_lock(bank->env->ctx, &bank->mutex);
	*count = max < bank->reply_count ? max : bank->reply_count;
	bank->reply_count -= *count;
	memcpy(out, bank->replies + bank->reply_count, *count * sizeof(*out));
	bank->env->mutex_unlock(bank->env->ctx, &bank->mutex);
	return SC_OK;
}

static const sc_gateway_ops bank_ops = { sizeof(bank_ops), "bank", bank_start, bank_finish, NULL, NULL };

/* The bank's statement names a transfer: the money came, or the bank says that it will not. */
static sc_status bank_statement(void *ctx, sc_id attempt, bool arrived)
{
	struct bank *bank = ctx;
	bank->env->mutex_lock(bank->env->ctx, &bank->mutex);
	struct transfer *transfer = find(bank, attempt);
	bool waits = transfer != NULL && transfer->state == SC_GATEWAY_NEEDS_STEP;
	if (waits) {
		transfer->state = arrived ? SC_GATEWAY_CAPTURED : SC_GATEWAY_DECLINED;
		transfer->taken = arrived ? transfer->amount : 0;
	}
	bank->env->mutex_unlock(bank->env->ctx, &bank->mutex);
	return waits ? SC_OK : SC_NOT_FOUND; /* nobody waits for this money: it goes back */
}

/* ---- proof, and a shop ----------------------------------------------------------------------- */

static sc_status open_bank(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err)
{
	struct bank *bank = ctx;
	(void)err;
	*bank = (struct bank){ .env = env };
	*out = (sc_gateway){ &bank_ops, bank };
	return env->mutex_init(env->ctx, &bank->mutex) ? SC_OK : SC_NO_MEMORY;
}

static void close_bank(void *ctx)
{
	struct bank *bank = ctx;
	bank->env->mutex_clear(bank->env->ctx, &bank->mutex);
}

static int64_t kept(void *ctx, sc_id order)
{
	const struct bank *bank = ctx;
	int64_t sum = 0;
	for (size_t i = 0; i < bank->count; i++)
		if (sc_id_equal(bank->ledger[i].order, order))
			sum += bank->ledger[i].taken - bank->ledger[i].returned;
	return sum;
}

static void prove(struct bank *bank)
{
	sc_conformance_gateway_options options = SC_CONFORMANCE_GATEWAY_OPTIONS_INIT;
	sc_conformance_summary summary;
	sc_error err = SC_ERROR_INIT;
	options.ctx = bank;
	options.open = open_bank;
	options.close = close_bank;
	options.take_step = bank_statement;
	options.kept = kept;
	options.token_ok = "mandate";
	options.token_step = "transfer";
	options.token_declined = "no such account";
	must(sc_conformance_gateway(&options, &summary, &err), &err);
	printf("cases of the gateway suite that fail: %zu\n", summary.failed);
}

static sc_shop *open_shop(const sc_env *env, struct bank *bank)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.env = env;
	options.store_url = "memory:";
	options.hold_ttl_ms = 3 * DAY_MS; /* stock waits as long as banks take */
	must(open_bank(bank, env, &options.gateway, &err), &err);
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	const sc_sku sku = { .sku = "oak-table", .price_minor = 64900, .currency = "EUR" };
	const sc_product table = { .id = "table", .name = "Table", .skus = &sku, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "oak-table", .quantity = 2 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &table, NULL, &err), &err);
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err);
	return shop;
}

/* Orders a table, to be paid by transfer, and gives the attempt that the buyer writes into the transfer form. */
static sc_id order_table(sc_shop *shop, const char *buyer, sc_arena *arena, const char **order_id)
{
	sc_error err = SC_ERROR_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, buyer);
	const sc_cart_item item = { .sku = "oak-table", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_cart cart;
	sc_placement placement;
	sc_payment *payments;
	size_t count;
	must(sc_cart_add(shop, &call, NULL, &item, 1, arena, &cart, &err), &err);
	request.shipping = (sc_postal_address){ .name = buyer, .line1 = "4 Mole", .city = "Kiel", .country = "DE" };
	call.key = "table";
	must(sc_checkout_place(shop, &call, &request, arena, &placement, &err), &err);
	sc_status status = sc_checkout_pay(shop, &call, placement.order_id, "transfer", &err);
	printf("%s orders a table: %s\n", buyer, sc_status_text(status));
	if (status != SC_ACTION_REQUIRED)
		must(SC_OUTCOME_UNKNOWN, &err);
	must(sc_payment_list(shop, &call, placement.order_id, arena, &payments, &count, &err), &err);
	*order_id = placement.order_id;
	sc_id attempt;
	must(sc_id_parse(payments[count - 1].attempt, &attempt), &err);
	return attempt;
}

static void show(sc_shop *shop, const char *when, const char *order_id, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_order order;
	must(sc_shop_tick(shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err); /* asks the bank about what is open */
	must(sc_order_get(shop, SC_CALL_SYSTEM, order_id, arena, &order, &err), &err);
	printf("%s the order of %s is %s\n", when, order.shipping.name, sc_order_status_name(order.status));
}

int main(void)
{
	static struct bank tested, bank;
	sc_testkit_env *world = sc_testkit_env_new(7); /* a clock on which three days pass at once */
	if (world == NULL)
		return 1;
	prove(&tested);
	sc_shop *shop = open_shop(sc_testkit_env_table(world), &bank);
	sc_arena arena;
	sc_arena_init(&arena, sc_testkit_env_table(world));
	const char *ada, *bob;
	sc_id from_ada = order_table(shop, "Ada", &arena, &ada), from_bob = order_table(shop, "Bob", &arena, &bob);

	sc_testkit_env_advance_ms(world, DAY_MS);
	if (bank_statement(&bank, from_ada, true) != SC_OK)
		return 1;
	show(shop, "after a day", ada, &arena);
	sc_testkit_env_advance_ms(world, 2 * DAY_MS + 1);
	show(shop, "after three days", bob, &arena);
	if (bank_statement(&bank, from_bob, true) == SC_NOT_FOUND)
		printf("on the fourth day Bob's money comes, and goes back\n");
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	close_bank(&bank);
	sc_testkit_env_free(world);
	return 0;
}

/*
 * It prints:
 *
 *   cases of the gateway suite that fail: 0
 *   Ada orders a table: the buyer has to take a step with the provider
 *   Bob orders a table: the buyer has to take a step with the provider
 *   after a day the order of Ada is CONFIRMED
 *   after three days the order of Bob is PAYMENT_FAILED
 *   on the fourth day Bob's money comes, and goes back
 */
