/*
 * Bar 8: one caller reserving one unit after the other on SQLite, against a loop that a good engineer writes by hand:
 * one transaction each, prepared statements, the same pragmas, and the same rows: the account updated, the hold and
 * the journal entry inserted. They take short turns, each first every other time, so that a drift of the machine hits
 * both; the ratio is that of the medians.
 */
#include "bench.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 601, EACH = 14 };

static void must(sqlite3 *db, int code, int wanted)
{
	if (code == wanted)
		return;
	fprintf(stderr, "by hand: %s\n", sqlite3_errmsg(db));
	exit(1);
}

struct by_hand {
	sqlite3 *db;
	sqlite3_stmt *begin, *read, *take, *hold, *journal, *commit;
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	must(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
	return statement;
}

static void by_hand_open(struct by_hand *hand, const char *path)
{
	must(NULL,
	     sqlite3_open_v2(path, &hand->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL),
	     SQLITE_OK);
	must(hand->db,
	     sqlite3_exec(hand->db,
	                  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	                  "CREATE TABLE stock(sku BLOB, location BLOB, on_hand INT, held INT, committed INT, floor INT,"
	                  " version INT, entry INT, PRIMARY KEY(sku, location)) STRICT, WITHOUT ROWID;"
	                  "CREATE TABLE hold(key BLOB, sub BLOB, version INT, state INT, deadline INT, made_by BLOB, "
	                  "body BLOB,"
	                  " PRIMARY KEY(key, sub)) STRICT, WITHOUT ROWID;"
	                  "CREATE INDEX hold_due ON hold(deadline) WHERE state = 1;"
	                  "CREATE TABLE journal(position INTEGER PRIMARY KEY, time INT, entries BLOB) STRICT;"
	                  "INSERT INTO stock VALUES(x'6d7567', x'6d61696e', 100000000, 0, 0, 0, 1, 1);",
	                  NULL, NULL, NULL),
	     SQLITE_OK);
	hand->begin = prepare(hand->db, "BEGIN IMMEDIATE");
	hand->read = prepare(hand->db, "SELECT on_hand, held, committed, floor FROM stock WHERE sku = x'6d7567' AND"
	                               " location = x'6d61696e'");
	hand->take = prepare(hand->db,
	                     "UPDATE stock SET held = held + 1, version = ?1, entry = ?1 WHERE sku = x'6d7567' AND"
	                     " location = x'6d61696e'");
	hand->hold = prepare(hand->db, "INSERT INTO hold VALUES(?1, x'0000', ?2, 1, ?3, ?1, ?4)");
	hand->journal = prepare(hand->db, "INSERT INTO journal VALUES(?1, ?2, ?3)");
	hand->commit = prepare(hand->db, "COMMIT");
}

static void step(struct by_hand *hand, sqlite3_stmt *statement)
{
	must(hand->db, sqlite3_step(statement), SQLITE_DONE);
	must(hand->db, sqlite3_reset(statement), SQLITE_OK);
}

static void by_hand_reserve(struct by_hand *hand, int64_t position)
{
	static const char took[32], entry[120]; /* as long as ours */
	sc_id id = sc_id_make(sc_env_default());
	int64_t now_ms = sc_env_default()->wall_ms(sc_env_default()->ctx);

	step(hand, hand->begin);
	must(hand->db, sqlite3_step(hand->read), SQLITE_ROW);
	int64_t available = sqlite3_column_int64(hand->read, 0) - sqlite3_column_int64(hand->read, 1) -
	                    sqlite3_column_int64(hand->read, 2) - sqlite3_column_int64(hand->read, 3);
	must(hand->db, sqlite3_reset(hand->read), SQLITE_OK);
	if (available < 1)
		exit(1);
	sqlite3_bind_int64(hand->take, 1, position);
	step(hand, hand->take);
	sqlite3_bind_blob(hand->hold, 1, id.bytes, 16, SQLITE_STATIC);
	sqlite3_bind_int64(hand->hold, 2, position);
	sqlite3_bind_int64(hand->hold, 3, now_ms + 600000);
	sqlite3_bind_blob(hand->hold, 4, took, sizeof(took), SQLITE_STATIC);
	step(hand, hand->hold);
	sqlite3_bind_int64(hand->journal, 1, position);
	sqlite3_bind_int64(hand->journal, 2, now_ms);
	sqlite3_bind_blob(hand->journal, 3, entry, sizeof(entry), SQLITE_STATIC);
	step(hand, hand->journal);
	step(hand, hand->commit);
}

static void ours_reserve(sc_shop *shop)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_error err = SC_ERROR_INIT;
	request.lines = &line;
	request.line_count = 1;
	bench_must(sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
}

int main(void)
{
	char folder[64], url[128], path[128];
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/ours.db", folder);
	snprintf(path, sizeof(path), "%s/hand.db", folder);
	sc_shop *shop = bench_open(url);
	const sc_stock_change change = { "mug", NULL, 100000000 };
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &change, 1, "delivery", &err), &err, "receive");
	struct by_hand hand;
	by_hand_open(&hand, path);

	static int64_t ours[ROUNDS], theirs[ROUNDS];
	int rounds = ROUNDS / bench_scale();
	int64_t position = 2;
	for (int round = 0; round < rounds; round++) {
		bool ours_first = round % 2 == 0;
		for (int turn = 0; turn < 2; turn++) {
			bool is_ours = (turn == 0) == ours_first;
			int64_t begin = bench_now_ns();
			for (int i = 0; i < EACH; i++) {
				if (is_ours)
					ours_reserve(shop);
				else
					by_hand_reserve(&hand, position++);
			}
			*(is_ours ? &ours[round] : &theirs[round]) = bench_now_ns() - begin;
		}
	}
	double our_rate = EACH / ((double)bench_percentile(ours, (size_t)rounds, 50) / 1e9);
	double hand_rate = EACH / ((double)bench_percentile(theirs, (size_t)rounds, 50) / 1e9);
	printf("ours %.0f/s, by hand %.0f/s\n", our_rate, hand_rate);
	bench_speed("a lone caller / one transaction by hand, SQLite", our_rate / hand_rate >= 0.9, ">= 0.90", "%.2f",
	            our_rate / hand_rate);

	sc_arena arena;
	const sc_stock_ref ref = { "mug", NULL };
	sc_level level;
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
	bench_bar("a lone caller: what is held afterwards", level.held == (int64_t)rounds * EACH, "each once", "%lld",
	          (long long)level.held);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	bench_folder_remove(folder);
	return bench_result();
}
