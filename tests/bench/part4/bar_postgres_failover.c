/*
 * Bar 2 of part 4: a primary and its synchronous standby. The primary is killed with -9 while 32 callers order, pay and
 * reserve; the standby is promoted. Ten times over, each with servers of its own. What callers were told is compared
 * with what the new primary has.
 */
#include "bench.h"
#include "failover.h"

#include "private_server.h"

#include <stdio.h>

enum { ROUNDS = 10, CALLERS = 32, LOAD_MS = 2000, LIMIT_MS = 5000 };

static void add(struct failover_report *sum, const struct failover_report *one)
{
	sum->orders += one->orders;
	sum->reservations += one->reservations;
	sum->payments += one->payments;
	sum->lost_orders += one->lost_orders;
	sum->lost_reservations += one->lost_reservations;
	sum->lost_payments += one->lost_payments;
	sum->unpaid += one->unpaid;
	sum->again += one->again;
	sum->wrong += one->wrong;
	sum->findings += one->findings;
	sum->resumed += one->resumed;
	if (one->silence_ms > sum->silence_ms)
		sum->silence_ms = one->silence_ms;
}

int main(void)
{
	const int rounds = ROUNDS / bench_scale() > 0 ? ROUNDS / bench_scale() : 1;
	struct failover_report sum = { 0 };
	for (int i = 0; i < rounds; i++) {
		struct failover_report one;
		if (!failover_run(CALLERS, LOAD_MS, 100 * i, &one))
			return PRIVATE_SERVER_SKIP;
		add(&sum, &one);
	}
	printf("%d failovers: %ld orders, %ld payments, %ld reservations were acknowledged; %ld answers asked for "
	       "again\n",
	       rounds, sum.orders, sum.payments, sum.reservations, sum.again);
	bench_bar("primary killed: acknowledged orders, holds, payments lost",
	          sum.lost_orders + sum.lost_reservations + sum.lost_payments == 0 && sum.orders > 0, "0",
	          "%ld, %ld, %ld", sum.lost_orders, sum.lost_reservations, sum.lost_payments);
	bench_bar("primary killed: charges without a confirmed order", sum.unpaid == 0, "0", "%ld", sum.unpaid);
	bench_bar("primary killed: findings of verify, wrong answers", sum.findings == 0 && sum.wrong == 0, "0, 0",
	          "%zu, %ld", sum.findings, sum.wrong);
	bench_bar("primary killed: callers who went on by themselves", sum.resumed == (long)rounds * CALLERS, "all",
	          "%ld of %ld", sum.resumed, (long)rounds * CALLERS);
	bench_speed("primary killed: the last caller goes on after", sum.silence_ms <= LIMIT_MS, "5,000 ms", "%lld ms",
	            (long long)sum.silence_ms);
	return bench_result();
}
