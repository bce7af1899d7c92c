/*
 * What the PostgreSQL driver does when the server and other sessions come in its way, on a server of its own. A second
 * session plays the others: it holds locks, draws positions, ends connections.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "private_postgres.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <shopcore/postgres.h>
#include <shopcore/shopcore.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS INT64_C(1000000)

static struct private_postgres server;

struct world {
	char url[640], schema[32];
	sc_store store;
	PGconn *other; /* the other session, in the store's schema */
	sc_arena arena;
	sc_error err;
};

static void sql(struct world *w, const char *text)
{
	PGresult *result = PQexec(w->other, text);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(w->other));
	PQclear(result);
}

static int64_t number(struct world *w, const char *text)
{
	PGresult *result = PQexec(w->other, text);
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	int64_t found = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return found;
}

static int up(void **state)
{
	static int count;
	struct world *w = calloc(1, sizeof(*w));
	char text[64];
	w->err = (sc_error)SC_ERROR_INIT;
	sc_arena_init(&w->arena, sc_env_default());
	snprintf(w->schema, sizeof(w->schema), "world_%d", count++);
	snprintf(w->url, sizeof(w->url), "%s&schema=%s", server.url, w->schema);
	assert_int_equal(sc_postgres_open(sc_env_default(), w->url, NULL, &w->store, &w->err), SC_OK);
	assert_int_equal(w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, &w->err), SC_OK);
	w->other = PQconnectdb(server.url);
	snprintf(text, sizeof(text), "SET search_path TO %s", w->schema);
	sql(w, text);
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	PQfinish(w->other);
	w->store.ops->close(w->store.ctx);
	sc_arena_clear(&w->arena);
	free(w);
	return 0;
}

/* ---- what the store is asked ----------------------------------------------------------- */

static const sc_kind *kind_named(const char *name)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static sc_address address(const char *kind, const char *key)
{
	return (sc_address){ key, "", (uint16_t)strlen(key), 0, kind_named(kind)->number, 0 };
}

static sc_status put(struct world *w, const sc_call *call, const char *kind, const char *key)
{
	const sc_change change = {
		.address = address(kind, key), .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .body = { "{}", 2 }
	};
	const sc_group group = { .changes = &change, .count = 1 };
	sc_outcome outcome = { .status = SC_OK };
	sc_status status = w->store.ops->apply(w->store.ctx, call, &group, 1, &outcome, &w->err);
	return status == SC_OK ? outcome.status : status;
}

static sc_status receive(struct world *w, const sc_call *call, const char *sku)
{
	const sc_change change = { .address = address("stock", sku),
		                   .type = SC_CHANGE_ADJUST,
		                   .counters = { .on_hand = 5 } };
	const sc_group group = {
		.id = sc_id_make(sc_env_default()), .home = SC_HOME_TABLE, .changes = &change, .count = 1
	};
	sc_outcome outcome = { .status = SC_OK };
	sc_status status = w->store.ops->apply(w->store.ctx, call, &group, 1, &outcome, &w->err);
	return status == SC_OK ? outcome.status : status;
}

static size_t read_log(struct world *w)
{
	sc_entry entries[64];
	size_t count = 0;
	sc_arena_reset(&w->arena);
	assert_int_equal(
		w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 64, &w->arena, entries, &count, &w->err),
		SC_OK);
	return count;
}

static sc_call within(int64_t ms)
{
	sc_call call = *SC_CALL_SYSTEM;
	call.deadline_ns = sc_env_default()->mono_ns(sc_env_default()->ctx) + ms * MS;
	return call;
}

/* Until a session of the driver waits for a lock. */
static void wait_until_blocked(struct world *w)
{
	for (int i = 0; i < 1000; i++) {
		if (number(w, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shopcore'"
		              " AND wait_event_type = 'Lock'") > 0)
			return;
		usleep(10000);
	}
	fail_msg("nobody waits for a lock");
}

/* ---- opening --------------------------------------------------------------------------- */

static void assert_no_url(const char *url, const char *field)
{
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &store, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, field);
}

static void a_url_that_is_none_is_bad_input(void **state)
{
	(void)state;
	assert_no_url(NULL, "url");
	assert_no_url("sqlite:shop.db", "url");
	assert_no_url("postgres://h/d?nonsense=1", "url");
	assert_no_url("postgres://h/d?schema=", "schema");
	assert_no_url("postgres://h/d?schema=Shop", "schema");
	assert_no_url("postgres://h/d?schema=a\"b", "schema");
	assert_no_url("postgres://h/d?pool=0", "pool");
	assert_no_url("postgres://h/d?pool=1001", "pool");
	assert_no_url("postgres://h/d?pool=many", "pool");
	assert_no_url("postgres://h/d?strategy=hopeful", "strategy");
}

static void a_url_at_the_limit_is_read_and_one_past_it_is_not(void **state)
{
	char url[4002];
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	(void)state;
	memset(url, 'x', sizeof(url));
	memcpy(url, "postgres://h/", 13);
	url[4000] = '\0';
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &store, &err), SC_OVER_LIMIT);
	memcpy(url, "postgres://h/d?pool=0&", 22);
	url[3999] = '\0';
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &store, &err), SC_BAD_ARGUMENT);
}

static void a_server_that_is_not_there_is_a_failure(void **state)
{
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	(void)state;
	assert_int_equal(sc_postgres_open(sc_env_default(), "postgres://127.0.0.1:1/none", NULL, &store, &err),
	                 SC_STORE_FAILED);
}

static void a_server_that_writes_to_disk_says_so(void **state)
{
	struct world *w = *state;
	sc_store_info info = { .size = sizeof(info) };
	assert_int_equal(w->store.ops->info(w->store.ctx, &info, &w->err), SC_OK);
	assert_string_equal(info.name, "postgres");
	assert_int_equal(info.durability, SC_DURABLE_DISK);
	assert_false(sc_id_is_zero(info.incarnation));
}

static void a_schema_of_a_later_library_is_left_alone(void **state)
{
	struct world *w = *state;
	sc_store second;
	sql(w, "UPDATE sc_meta SET schema_version = 99, generation = generation + 1");
	assert_int_equal(sc_postgres_open(sc_env_default(), w->url, NULL, &second, &w->err), SC_OK);
	assert_int_equal(second.ops->prepare(second.ctx, SC_CALL_SYSTEM, &w->err), SC_SCHEMA_TOO_NEW);
	second.ops->close(second.ctx);
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_SCHEMA_TOO_NEW);
}

static void *prepare_one(void *url)
{
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc_postgres_open(sc_env_default(), url, NULL, &store, &err);
	if (status == SC_OK) {
		status = store.ops->prepare(store.ctx, SC_CALL_SYSTEM, &err);
		store.ops->close(store.ctx);
	}
	if (status != SC_OK)
		print_error("%s: %s\n", sc_status_name(status), err.text);
	return status == SC_OK ? NULL : url;
}

static void many_may_make_one_schema_at_once(void **state)
{
	char url[640];
	pthread_t threads[6];
	(void)state;
	snprintf(url, sizeof(url), "%s&schema=made_by_many", server.url);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, prepare_one, url), 0);
	for (size_t i = 0; i < 6; i++) {
		void *failed = NULL;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

/* ---- connections ----------------------------------------------------------------------- */

static void connections_that_the_server_ended_are_made_anew(void **state)
{
	struct world *w = *state;
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	sql(w, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shopcore'");
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	sql(w, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shopcore'");
	assert_int_equal(read_log(w), 2);
	assert_int_equal(number(w, "SELECT on_hand FROM stock"), 10);
}

static void a_child_of_the_process_may_not_use_it(void **state)
{
	struct world *w = *state;
	pid_t child = fork();
	if (child == 0) {
		sc_status status = receive(w, SC_CALL_SYSTEM, "mug");
		w->store.ops->close(w->store.ctx);
		_exit(status == SC_STORE_FAILED ? 0 : 1);
	}
	int answer = 1;
	waitpid(child, &answer, 0);
	assert_int_equal(answer, 0);
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
}

/* ---- other sessions -------------------------------------------------------------------- */

struct writer {
	struct world *w;
	sc_status status;
};

static void *put_claim(void *argument)
{
	struct writer *writer = argument;
	writer->status = put(writer->w, SC_CALL_SYSTEM, "claim", "slug");
	return NULL;
}

static void who_inserts_second_decides_anew(void **state)
{
	struct world *w = *state;
	struct writer writer = { w, SC_OK };
	pthread_t thread;
	sql(w, "BEGIN");
	sql(w, "INSERT INTO claim(version, entry, shape, key, sub) VALUES(1, 0, 1, 'slug', '')");
	assert_int_equal(pthread_create(&thread, NULL, put_claim, &writer), 0);
	wait_until_blocked(w);
	sql(w, "COMMIT");
	pthread_join(thread, NULL);
	assert_int_equal(writer.status, SC_EXISTS);
}

static void a_lock_that_is_not_had_in_time_ends_with_the_deadline(void **state)
{
	struct world *w = *state;
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	sql(w, "BEGIN");
	sql(w, "SELECT 1 FROM stock FOR UPDATE");
	sc_call call = within(200);
	assert_int_equal(receive(w, &call, "mug"), SC_DEADLINE);
	sql(w, "ROLLBACK");
	assert_int_equal(number(w, "SELECT on_hand FROM stock"), 5);
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
}

static void a_reader_stops_where_somebody_may_still_write(void **state)
{
	struct world *w = *state;
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	sql(w, "BEGIN");
	sql(w, "SELECT pg_current_xact_id(), nextval('sc_positions')");
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "pot"), SC_OK);
	assert_int_equal(read_log(w), 1);
	assert_int_equal(read_log(w), 1);
	sql(w, "ROLLBACK");
	assert_int_equal(read_log(w), 2);
}

static void a_gap_that_was_filled_is_read_in_its_place(void **state)
{
	struct world *w = *state;
	char text[200];
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	sql(w, "BEGIN");
	int64_t block = number(w, "SELECT nextval('sc_positions'), pg_current_xact_id()");
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "pot"), SC_OK);
	assert_int_equal(read_log(w), 1);
	/* A transaction without entries; its checksum is that of nothing. */
	snprintf(text, sizeof(text), "INSERT INTO sc_journal VALUES(%lld, 0, %lld, 1, '')", (long long)block << 16,
	         (long long)0x02CC5D05);
	sql(w, text);
	sql(w, "COMMIT");
	assert_int_equal(read_log(w), 2);
}

static void time_does_not_go_back_with_the_servers_clock(void **state)
{
	struct world *w = *state;
	int64_t before_ms = 0, ahead_ms = 0, later_ms = 0;
	assert_int_equal(w->store.ops->now(w->store.ctx, SC_CALL_SYSTEM, &before_ms, &w->err), SC_OK);
	sql(w, "UPDATE sc_meta SET time_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 3600000");
	assert_int_equal(w->store.ops->now(w->store.ctx, SC_CALL_SYSTEM, &ahead_ms, &w->err), SC_OK);
	assert_true(ahead_ms >= before_ms + 3600000);
	usleep(30000);
	assert_int_equal(w->store.ops->now(w->store.ctx, SC_CALL_SYSTEM, &later_ms, &w->err), SC_OK);
	assert_true(later_ms >= ahead_ms + 20);
}

static void counters_below_zero_are_refused_by_the_table_itself(void **state)
{
	struct world *w = *state;
	assert_int_equal(receive(w, SC_CALL_SYSTEM, "mug"), SC_OK);
	PGresult *result = PQexec(w->other, "UPDATE stock SET held = -1");
	assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "23514");
	PQclear(result);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_that_is_none_is_bad_input),
		cmocka_unit_test(a_url_at_the_limit_is_read_and_one_past_it_is_not),
		cmocka_unit_test(a_server_that_is_not_there_is_a_failure),
		TEST(a_server_that_writes_to_disk_says_so),
		TEST(a_schema_of_a_later_library_is_left_alone),
		cmocka_unit_test(many_may_make_one_schema_at_once),
		TEST(connections_that_the_server_ended_are_made_anew),
		TEST(a_child_of_the_process_may_not_use_it),
		TEST(who_inserts_second_decides_anew),
		TEST(a_lock_that_is_not_had_in_time_ends_with_the_deadline),
		TEST(a_reader_stops_where_somebody_may_still_write),
		TEST(a_gap_that_was_filled_is_read_in_its_place),
		TEST(time_does_not_go_back_with_the_servers_clock),
		TEST(counters_below_zero_are_refused_by_the_table_itself),
	};
	if (!private_postgres_start(&server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	int failed = cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
	private_postgres_stop(&server);
	return failed;
}
