/*
 * PostgreSQL with a synchronous standby: the primary is killed with -9 under load, the standby promoted. And hosts
 * that are silent, or the wrong ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failover.h"
#include "private_postgres.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <shopcore/postgres.h>
#include <shopcore/shopcore.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLERS 8

static void nothing_acknowledged_is_lost_when_the_primary_dies(void **state)
{
	struct failover_report report;
	(void)state;
	if (!failover_run(CALLERS, 600, 200, &report))
		skip();
	print_message("%ld orders, %ld payments, %ld reservations; %ld asked for again; silent for %lld ms\n",
	              report.orders, report.payments, report.reservations, report.again, (long long)report.silence_ms);
	assert_true(report.orders > CALLERS && report.payments > CALLERS && report.reservations > CALLERS);
	assert_int_equal(report.lost_orders, 0);
	assert_int_equal(report.lost_payments, 0);
	assert_int_equal(report.lost_reservations, 0);
	assert_int_equal(report.unpaid, 0);
	assert_int_equal(report.wrong, 0);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.resumed, CALLERS);
}

/* A socket that listens and never answers, as a machine does that is gone behind its router. */
static int silent_host(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	*port = ntohs(at.sin_port);
	return listener;
}

static int64_t now_ms(void)
{
	return sc_env_default()->mono_ns(sc_env_default()->ctx) / 1000000;
}

static void end_sessions(const char *url)
{
	PGconn *pg = PQconnectdb(url);
	PQclear(PQexec(pg,
	               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shopcore'"));
	PQfinish(pg);
}

static void a_silent_host_is_passed_over_and_then_asked_last(void **state)
{
	struct private_postgres server;
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	char url[640];
	int port, listener = silent_host(&port);
	(void)state;
	if (!private_postgres_start(&server, NULL))
		skip();
	snprintf(url, sizeof(url), "postgres://shop@/postgres?host=127.0.0.1,%.*s&port=%d,5432",
	         (int)strcspn(strstr(server.url, "host=") + 5, "&"), strstr(server.url, "host=") + 5, port);
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &store, &err), SC_OK);
	assert_int_equal(store.ops->prepare(store.ctx, SC_CALL_SYSTEM, &err), SC_OK);
	end_sessions(server.url);
	int64_t before_ms = now_ms(), time_ms;
	assert_int_equal(store.ops->now(store.ctx, SC_CALL_SYSTEM, &time_ms, &err), SC_OK);
	assert_true(now_ms() - before_ms < 2000);
	store.ops->close(store.ctx);
	close(listener);
	private_postgres_stop(&server);
}

static void a_standby_alone_takes_no_writes(void **state)
{
	struct private_postgres servers;
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	sc_postgres_options options = SC_POSTGRES_OPTIONS_INIT;
	(void)state;
	options.patience_ms = 500;
	if (!private_postgres_start_pair(&servers, "async"))
		skip();
	assert_int_equal(sc_postgres_open(sc_env_default(), servers.standby_url, &options, &store, &err),
	                 SC_STORE_FAILED);
	assert_int_equal(sc_postgres_open(sc_env_default(), servers.url, &options, &store, &err), SC_OK);
	store.ops->close(store.ctx);
	private_postgres_stop(&servers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_acknowledged_is_lost_when_the_primary_dies),
		cmocka_unit_test(a_silent_host_is_passed_over_and_then_asked_last),
		cmocka_unit_test(a_standby_alone_takes_no_writes),
	};
	return cmocka_run_group_tests_name("postgres and its standby", tests, NULL, NULL);
}
