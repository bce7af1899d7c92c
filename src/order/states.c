/*
 * The four machines, each one table. Code that moves an order asks the table; the graphs that people
 * see are printed from it; the tests walk every row and every row that is missing.
 */
#include "order/states.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const sc_machine_move order_moves[] = {
	{ 0, SC_ORDER_PENDING, "place" },
	{ SC_ORDER_PENDING, SC_ORDER_CONFIRMED, "confirm" },
	{ SC_ORDER_PENDING, SC_ORDER_PAYMENT_FAILED, "fail" },
	{ SC_ORDER_PENDING, SC_ORDER_CANCELLED, "cancel" },
	{ SC_ORDER_CONFIRMED, SC_ORDER_CANCELLED, "cancel" },
};

static const sc_machine_move payment_moves[] = {
	{ 0, SC_PAID_OPEN, "place" },
	{ SC_PAID_OPEN, SC_PAID_CAPTURED, "confirm" },
	{ SC_PAID_OPEN, SC_PAID_NONE_DUE, "confirm for nothing" },
	{ SC_PAID_OPEN, SC_PAID_FAILED, "fail or cancel" },
	{ SC_PAID_OPEN, SC_PAID_REFUNDING, "charged, but the goods are gone" },
	{ SC_PAID_FAILED, SC_PAID_REFUNDING, "charged after the order was over" },
	{ SC_PAID_CAPTURED, SC_PAID_REFUNDING, "cancel" },
	{ SC_PAID_CAPTURED, SC_PAID_REFUNDED, "cancel, without a provider" },
	{ SC_PAID_REFUNDING, SC_PAID_REFUNDED, "refund" },
};

static const sc_machine_move fulfilment_moves[] = {
	{ 0, SC_FULFILMENT_WAITING, "place" },
	{ SC_FULFILMENT_WAITING, SC_FULFILMENT_SHIPPED, "ship" },
	{ SC_FULFILMENT_SHIPPED, SC_FULFILMENT_DELIVERED, "deliver" },
	{ SC_FULFILMENT_WAITING, SC_FULFILMENT_CALLED_OFF, "cancel or fail" },
};

static const sc_machine_move attempt_moves[] = {
	{ 0, SC_ATTEMPT_PREPARED, "prepare" },
	{ SC_ATTEMPT_PREPARED, SC_ATTEMPT_NEEDS_STEP, "ask for a step" },
	{ SC_ATTEMPT_PREPARED, SC_ATTEMPT_CAPTURED, "capture" },
	{ SC_ATTEMPT_PREPARED, SC_ATTEMPT_DECLINED, "decline" },
	{ SC_ATTEMPT_PREPARED, SC_ATTEMPT_VOIDED, "call back" },
	{ SC_ATTEMPT_PREPARED, SC_ATTEMPT_REFUNDING, "captured for nothing" },
	{ SC_ATTEMPT_NEEDS_STEP, SC_ATTEMPT_CAPTURED, "capture" },
	{ SC_ATTEMPT_NEEDS_STEP, SC_ATTEMPT_DECLINED, "decline" },
	{ SC_ATTEMPT_NEEDS_STEP, SC_ATTEMPT_VOIDED, "call back" },
	{ SC_ATTEMPT_NEEDS_STEP, SC_ATTEMPT_REFUNDING, "captured for nothing" },
	{ SC_ATTEMPT_CAPTURED, SC_ATTEMPT_REFUNDING, "cancel" },
	{ SC_ATTEMPT_DECLINED, SC_ATTEMPT_REFUNDING, "captured after all" },
	{ SC_ATTEMPT_VOIDED, SC_ATTEMPT_REFUNDING, "captured after all" },
	{ SC_ATTEMPT_REFUNDING, SC_ATTEMPT_REFUNDED, "refund" },
};

static const char *const order_names[] = { NULL, "PENDING", "CONFIRMED", "PAYMENT_FAILED", "CANCELLED" };
static const char *const payment_names[] = { NULL, "OPEN", "NONE_DUE", "CAPTURED", "FAILED", "REFUNDING", "REFUNDED" };
static const char *const fulfilment_names[] = { NULL, "WAITING", "SHIPPED", "DELIVERED", "CALLED_OFF" };
static const char *const status_names[] = { NULL,      "PENDING",   "PAYMENT_FAILED", "CONFIRMED",
	                                    "SHIPPED", "DELIVERED", "CANCELLED" };

struct machine {
	const char *name;
	const sc_machine_move *moves;
	size_t move_count;
	const char *const *names; /* NULL: those of payment.h */
	size_t name_count;
};

static const struct machine machines[] = {
	[SC_MACHINE_ORDER] = { "order", order_moves, COUNT(order_moves), order_names, COUNT(order_names) },
	[SC_MACHINE_PAYMENT] = { "payment", payment_moves, COUNT(payment_moves), payment_names, COUNT(payment_names) },
	[SC_MACHINE_FULFILMENT] = { "fulfilment", fulfilment_moves, COUNT(fulfilment_moves), fulfilment_names,
	                            COUNT(fulfilment_names) },
	[SC_MACHINE_ATTEMPT] = { "attempt", attempt_moves, COUNT(attempt_moves), NULL, 0 },
};

static const struct machine *find(sc_machine machine)
{
	size_t at = (size_t)machine;
	return at < COUNT(machines) && machines[at].name ? &machines[at] : NULL;
}

const sc_machine_move *sc_order_moves(sc_machine machine, size_t *count)
{
	const struct machine *found = find(machine);
	*count = found ? found->move_count : 0;
	return found ? found->moves : NULL;
}

const char *sc_order_state_name(sc_machine machine, uint32_t state)
{
	const struct machine *found = find(machine);
	if (!found)
		return "UNKNOWN";
	if (!found->names)
		return sc_attempt_state_name(state);
	return state >= 1 && state < found->name_count ? found->names[state] : "UNKNOWN";
}

bool sc__machine_allows(sc_machine machine, uint32_t from, uint32_t to)
{
	const struct machine *found = find(machine);
	if (from == to)
		return true;
	for (size_t i = 0; found && i < found->move_count; i++)
		if (found->moves[i].from == from && found->moves[i].to == to)
			return true;
	return false;
}

/* ---- what people see --------------------------------------------------------------------- */

static const struct shown {
	uint8_t order, paid, fulfilment, status;
} shown[] = {
	{ SC_ORDER_PENDING, SC_PAID_OPEN, SC_FULFILMENT_WAITING, SC_STATUS_PENDING },
	{ SC_ORDER_PAYMENT_FAILED, SC_PAID_FAILED, SC_FULFILMENT_CALLED_OFF, SC_STATUS_PAYMENT_FAILED },
	{ SC_ORDER_PAYMENT_FAILED, SC_PAID_REFUNDING, SC_FULFILMENT_CALLED_OFF, SC_STATUS_PAYMENT_FAILED },
	{ SC_ORDER_PAYMENT_FAILED, SC_PAID_REFUNDED, SC_FULFILMENT_CALLED_OFF, SC_STATUS_PAYMENT_FAILED },
	{ SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_WAITING, SC_STATUS_CONFIRMED },
	{ SC_ORDER_CONFIRMED, SC_PAID_NONE_DUE, SC_FULFILMENT_WAITING, SC_STATUS_CONFIRMED },
	{ SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_SHIPPED, SC_STATUS_SHIPPED },
	{ SC_ORDER_CONFIRMED, SC_PAID_NONE_DUE, SC_FULFILMENT_SHIPPED, SC_STATUS_SHIPPED },
	{ SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_DELIVERED, SC_STATUS_DELIVERED },
	{ SC_ORDER_CONFIRMED, SC_PAID_NONE_DUE, SC_FULFILMENT_DELIVERED, SC_STATUS_DELIVERED },
	{ SC_ORDER_CANCELLED, SC_PAID_NONE_DUE, SC_FULFILMENT_CALLED_OFF, SC_STATUS_CANCELLED },
	{ SC_ORDER_CANCELLED, SC_PAID_FAILED, SC_FULFILMENT_CALLED_OFF, SC_STATUS_CANCELLED },
	{ SC_ORDER_CANCELLED, SC_PAID_REFUNDING, SC_FULFILMENT_CALLED_OFF, SC_STATUS_CANCELLED },
	{ SC_ORDER_CANCELLED, SC_PAID_REFUNDED, SC_FULFILMENT_CALLED_OFF, SC_STATUS_CANCELLED },
};

sc_order_status sc_order_status_of(sc_order_state order, sc_paid_state paid, sc_fulfilment_state fulfilment)
{
	for (size_t i = 0; i < COUNT(shown); i++)
		if (shown[i].order == order && shown[i].paid == paid && shown[i].fulfilment == fulfilment)
			return (sc_order_status)shown[i].status;
	return (sc_order_status)0;
}

const char *sc_order_status_name(sc_order_status status)
{
	return status >= SC_STATUS_PENDING && status <= SC_STATUS_CANCELLED ? status_names[status] : "UNKNOWN";
}

/* ---- printing ---------------------------------------------------------------------------- */

#define LINE_SIZE 160

/* Lines of bounded length into one block of the arena. */
struct printer {
	char *text;
	size_t size, room;
};

static sc_status printer_init(struct printer *printer, sc_arena *arena, size_t lines, sc_error *err)
{
	*printer = (struct printer){ .text = sc_arena_alloc(arena, lines * LINE_SIZE), .room = lines * LINE_SIZE };
	return printer->text ? SC_OK : sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static void print(struct printer *printer, const char *format, ...) SC_PRINTF(2, 3);
static void print(struct printer *printer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(printer->text + printer->size, printer->room - printer->size, format, arguments);
	va_end(arguments);
	printer->size += (size_t)size;
}

sc_status sc_order_states_dot(sc_machine machine, sc_arena *arena, const char **out, sc_error *err)
{
	const struct machine *found = find(machine);
	struct printer printer;
	if (!found)
		return sc__bad(err, SC_BAD_ARGUMENT, "machine", "no such machine");
	sc_status status = printer_init(&printer, arena, found->move_count + 4, err);
	if (status != SC_OK)
		return status;
	print(&printer, "digraph %s {\n\trankdir=LR;\n\tstart [shape=point];\n", found->name);
	for (size_t i = 0; i < found->move_count; i++) {
		const sc_machine_move *move = &found->moves[i];
		print(&printer, "\t%s -> %s [label=\"%s\"];\n",
		      move->from ? sc_order_state_name(machine, move->from) : "start",
		      sc_order_state_name(machine, move->to), move->event);
	}
	print(&printer, "}\n");
	*out = printer.text;
	return SC_OK;
}

sc_status sc_order_status_table(sc_arena *arena, const char **out, sc_error *err)
{
	struct printer printer;
	sc_status status = printer_init(&printer, arena, COUNT(shown) + 2, err);
	if (status != SC_OK)
		return status;
	print(&printer, "%-16s %-10s %-11s %s\n", "order", "payment", "fulfilment", "status");
	for (size_t i = 0; i < COUNT(shown); i++)
		print(&printer, "%-16s %-10s %-11s %s\n", sc_order_state_name(SC_MACHINE_ORDER, shown[i].order),
		      sc_order_state_name(SC_MACHINE_PAYMENT, shown[i].paid),
		      sc_order_state_name(SC_MACHINE_FULFILMENT, shown[i].fulfilment),
		      sc_order_status_name((sc_order_status)shown[i].status));
	*out = printer.text;
	return SC_OK;
}
