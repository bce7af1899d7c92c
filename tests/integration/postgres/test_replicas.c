/*
 * Reads that may be old, on a primary with a standby that really streams from it. Replay is paused on the standby,
 * so that what it has and what the primary has can be told apart.
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
#include <shopcore/postgres.h>
#include <shopcore/shopcore.h>
#include <signal.h>
#include <unistd.h>

#define LONG_MS 3600000

struct pair {
	struct private_postgres servers;
	PGconn *primary, *standby;
	char replica[300]; /* "folder:port" */
	unsigned worlds;
};

static struct pair pair;

struct world {
	sc_store store;
	sc_arena arena;
	sc_error err;
};

static int64_t ask(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(pg));
	int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return number;
}

static void start_pair(void)
{
	if (!private_postgres_start_pair(&pair.servers, "async"))
		exit(PRIVATE_POSTGRES_SKIP);
	const char *folder = strstr(pair.servers.standby_url, "host=") + strlen("host=");
	pair.primary = PQconnectdb(pair.servers.url);
	pair.standby = PQconnectdb(pair.servers.standby_url);
	snprintf(pair.replica, sizeof(pair.replica), "%.*s:5433", (int)strcspn(folder, "&"), folder);
}

static void stop_pair(void)
{
	PQfinish(pair.primary);
	PQfinish(pair.standby);
	private_postgres_stop(&pair.servers);
}

/* Until the standby has all that the primary has now. */
static void catch_up(void)
{
	char sql[128];
	snprintf(sql, sizeof(sql), "SELECT (pg_last_wal_replay_lsn() - '0/0' >= %lld)::int",
	         (long long)ask(pair.primary, "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint"));
	for (int i = 0; i < 3000 && ask(pair.standby, sql) == 0; i++)
		usleep(10000);
}

static void pause_replay(void)
{
	PQclear(PQexec(pair.standby, "SELECT pg_wal_replay_pause()"));
	while (ask(pair.standby, "SELECT (pg_get_wal_replay_pause_state() = 'paused')::int") == 0)
		usleep(1000);
}

static void resume_replay(void)
{
	PQclear(PQexec(pair.standby, "SELECT pg_wal_replay_resume()"));
}

/* A standby that was too far behind is left alone for a moment. */
static void let_rest_end(void)
{
	usleep(100000);
}

static int up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char url[900];
	w->err = (sc_error)SC_ERROR_INIT;
	sc_arena_init(&w->arena, sc_env_default());
	snprintf(url, sizeof(url), "%s&schema=world_%u&replicas=%s", pair.servers.url, pair.worlds++, pair.replica);
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &w->store, &w->err), SC_OK);
	assert_int_equal(w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, &w->err), SC_OK);
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	w->store.ops->close(w->store.ctx);
	sc_arena_clear(&w->arena);
	free(w);
	resume_replay();
	return 0;
}

static sc_address mug(void)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(kinds[i].name, "stock") == 0)
			return (sc_address){ "mug", "main", 3, 4, kinds[i].number, 0 };
	return (sc_address){ 0 };
}

static void receive(struct world *w)
{
	const sc_change change = { .address = mug(), .type = SC_CHANGE_ADJUST, .counters = { .on_hand = 5 } };
	const sc_group group = {
		.id = sc_id_make(sc_env_default()), .home = SC_HOME_TABLE, .changes = &change, .count = 1
	};
	sc_outcome outcome = { .status = SC_OK };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &w->err), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
}

static int64_t on_hand(struct world *w, int64_t freshness_ms)
{
	const sc_address at = mug();
	sc_call call = *SC_CALL_SYSTEM;
	sc_record record;
	call.freshness_ms = freshness_ms;
	assert_int_equal(w->store.ops->load(w->store.ctx, &call, &at, 1, 0, &w->arena, &record, &w->err), SC_OK);
	return record.counters.on_hand;
}

static int64_t on_hand_in_a_range(struct world *w, int64_t freshness_ms)
{
	const sc_range all = { .kind = mug().kind, .index = SC_BY_ADDRESS, .limit = 10 };
	sc_call call = *SC_CALL_SYSTEM;
	sc_page page;
	call.freshness_ms = freshness_ms;
	assert_int_equal(w->store.ops->range(w->store.ctx, &call, &all, 1, &w->arena, &page, &w->err), SC_OK);
	assert_int_equal(page.count, 1);
	return page.records[0].counters.on_hand;
}

/* ---- tests ----------------------------------------------------------------------------- */

/* The standby has 5, and has shown so; the primary has 10. */
static void part_ways(struct world *w)
{
	receive(w);
	catch_up();
	assert_int_equal(on_hand(w, LONG_MS), 5);
	pause_replay();
	receive(w);
}

static void a_read_that_may_be_old_is_answered_by_the_standby(void **state)
{
	struct world *w = *state;
	part_ways(w);
	assert_int_equal(on_hand(w, LONG_MS), 5);
	assert_int_equal(on_hand_in_a_range(w, LONG_MS), 5);
}

static void a_read_that_may_not_be_old_is_answered_by_the_primary(void **state)
{
	struct world *w = *state;
	part_ways(w);
	assert_int_equal(on_hand(w, 0), 10);
	assert_int_equal(on_hand_in_a_range(w, 0), 10);
}

static void an_answer_is_never_older_than_allowed(void **state)
{
	struct world *w = *state;
	part_ways(w);
	usleep(120000);
	assert_int_equal(on_hand(w, 100), 10);
	assert_int_equal(on_hand(w, 100), 10);
	let_rest_end();
	assert_int_equal(on_hand(w, LONG_MS), 5); /* which is still known to be no older than that */
}

static void a_standby_that_has_caught_up_answers_again(void **state)
{
	struct world *w = *state;
	part_ways(w);
	usleep(120000);
	assert_int_equal(on_hand(w, 100), 10);
	resume_replay();
	catch_up();
	for (int i = 0; i < 500 && on_hand(w, LONG_MS) != 10; i++)
		usleep(10000);
	usleep(120000);
	for (int i = 0; i < 50; i++) { /* marks and proofs anew */
		assert_int_equal(on_hand(w, 200), 10);
		usleep(10000);
	}
	pause_replay();
	receive(w);
	let_rest_end();
	assert_int_equal(on_hand(w, LONG_MS), 10);
	assert_int_equal(on_hand(w, 0), 15);
}

static void a_store_that_only_the_primary_has_yet_is_read_there(void **state)
{
	struct world *w = *state;
	pause_replay();
	sc_store second;
	char url[900];
	snprintf(url, sizeof(url), "%s&schema=unseen&replicas=%s", pair.servers.url, pair.replica);
	assert_int_equal(sc_postgres_open(sc_env_default(), url, NULL, &second, &w->err), SC_OK);
	assert_int_equal(second.ops->prepare(second.ctx, SC_CALL_SYSTEM, &w->err), SC_OK);
	struct world other = { .store = second, .arena = w->arena, .err = SC_ERROR_INIT };
	receive(&other);
	assert_int_equal(on_hand(&other, LONG_MS), 5);
	w->arena = other.arena;
	second.ops->close(second.ctx);
}

static void a_standby_that_was_promoted_answers_no_more(void **state)
{
	struct world *w = *state;
	char answer[32];
	receive(w);
	catch_up();
	assert_int_equal(on_hand(w, LONG_MS), 5);
	assert_true(private_server_ask(&pair.servers.kept, "promote\n", answer, sizeof(answer)));
	receive(w);
	usleep(120000);
	assert_int_equal(on_hand(w, 100), 10);
}

static void a_standby_that_is_gone_is_not_missed(void **state)
{
	struct world *w = *state;
	receive(w);
	catch_up();
	assert_int_equal(on_hand(w, LONG_MS), 5);
	kill((pid_t)atoi(strchr(pair.servers.kept.processes, ' ')), SIGKILL);
	receive(w);
	usleep(120000);
	assert_int_equal(on_hand(w, 100), 10);
	assert_int_equal(on_hand(w, LONG_MS), 10);
}

static void assert_no_replicas(const char *replicas, sc_status expected)
{
	sc_store store;
	sc_error err = SC_ERROR_INIT;
	sc_postgres_options options = SC_POSTGRES_OPTIONS_INIT;
	options.replicas = replicas;
	assert_int_equal(sc_postgres_open(sc_env_default(), "postgres://h/d", &options, &store, &err), expected);
	assert_string_equal(err.field, "replicas");
}

static void names_of_replicas_that_are_none_are_bad_input(void **state)
{
	(void)state;
	assert_no_replicas(":5432", SC_BAD_ARGUMENT);
	assert_no_replicas("db2:", SC_BAD_ARGUMENT);
	assert_no_replicas("db2:x", SC_BAD_ARGUMENT);
	assert_no_replicas("db2,,db3", SC_BAD_ARGUMENT);
	assert_no_replicas("[]:5432", SC_BAD_ARGUMENT);
	assert_no_replicas("a,b,c,d,e,f,g,h,i", SC_OVER_LIMIT);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_replicas_that_are_none_are_bad_input),
		TEST(a_read_that_may_be_old_is_answered_by_the_standby),
		TEST(a_read_that_may_not_be_old_is_answered_by_the_primary),
		TEST(an_answer_is_never_older_than_allowed),
		TEST(a_standby_that_has_caught_up_answers_again),
		TEST(a_store_that_only_the_primary_has_yet_is_read_there),
		TEST(a_standby_that_was_promoted_answers_no_more), /* from here on there is none */
	};
	const struct CMUnitTest last[] = { TEST(a_standby_that_is_gone_is_not_missed) };
	start_pair();
	int failed = cmocka_run_group_tests_name("postgres, reads from a standby", tests, NULL, NULL);
	stop_pair();
	start_pair();
	failed += cmocka_run_group_tests_name("postgres, reads without a standby", last, NULL, NULL);
	stop_pair();
	return failed;
}
