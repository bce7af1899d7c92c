#include "by_hand_sqlite.h"

#include "flight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD_MS 600000

static const char schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	"CREATE TABLE sku(id BLOB PRIMARY KEY, product BLOB, seller BLOB, price INT, currency BLOB) STRICT, WITHOUT "
	"ROWID;"
	"CREATE TABLE stock(sku BLOB, location BLOB, on_hand INT, held INT, committed INT, floor INT, version INT,"
	" PRIMARY KEY(sku, location)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE hold(id BLOB, n INT, version INT, state INT, deadline INT, takes BLOB, PRIMARY KEY(id, n)) "
	"STRICT,"
	" WITHOUT ROWID;"
	"CREATE INDEX hold_due ON hold(deadline) WHERE state = 1;"
	"CREATE TABLE cart(owner BLOB PRIMARY KEY, version INT, expires INT, body BLOB) STRICT;"
	"CREATE TABLE orders(id BLOB PRIMARY KEY, owner BLOB, state INT, paid INT, fulfilment INT, total INT,"
	" currency BLOB, created INT, due INT, version INT, body BLOB, personal BLOB) STRICT;"
	"CREATE INDEX orders_of ON orders(owner, created); CREATE INDEX orders_due ON orders(due) WHERE due NOT NULL;"
	"CREATE TABLE payment(id BLOB, n INT, state INT, amount INT, currency BLOB, version INT, body BLOB,"
	" PRIMARY KEY(id, n)) STRICT;";

static void must(const struct by_hand *hand, int code, int wanted)
{
	if (code == wanted)
		return;
	fprintf(stderr, "by hand: %s\n", sqlite3_errmsg(hand->db));
	exit(1);
}

static sqlite3_stmt *prepare(const struct by_hand *hand, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	must(hand, sqlite3_prepare_v3(hand->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
	return statement;
}

static void run(const struct by_hand *hand, sqlite3_stmt *statement)
{
	must(hand, sqlite3_step(statement), SQLITE_DONE);
	must(hand, sqlite3_reset(statement), SQLITE_OK);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_blob(statement, at, text, (int)strlen(text), SQLITE_STATIC);
}

static void fill(struct by_hand *hand, int skus, int64_t units)
{
	sqlite3_stmt *sku = prepare(hand, "INSERT INTO sku VALUES(?1, ?1, NULL, 1000, x'555344')");
	sqlite3_stmt *stock = prepare(hand, "INSERT INTO stock VALUES(?1, x'6d61696e', ?2, 0, 0, 0, 1)");
	run(hand, hand->begin);
	for (int i = 0; i < skus; i++) {
		char name[16];
		bench_sku(i, name);
		bind_text(sku, 1, name);
		run(hand, sku);
		bind_text(stock, 1, name);
		sqlite3_bind_int64(stock, 2, units);
		run(hand, stock);
	}
	run(hand, hand->commit);
	sqlite3_finalize(sku);
	sqlite3_finalize(stock);
}

static void prepare_all(struct by_hand *hand)
{
	hand->begin = prepare(hand, "BEGIN IMMEDIATE");
	hand->commit = prepare(hand, "COMMIT");
	hand->read_sku = prepare(hand, "SELECT product, price, currency FROM sku WHERE id = ?1");
	hand->read_stock = prepare(hand, "SELECT on_hand - held - committed - floor FROM stock WHERE sku = ?1 AND"
	                                 " location = x'6d61696e'");
	hand->hold_stock = prepare(hand, "UPDATE stock SET held = held + 1, version = ?2 WHERE sku = ?1 AND"
	                                 " location = x'6d61696e'");
	hand->commit_stock = prepare(hand, "UPDATE stock SET held = held - 1, committed = committed + 1, version = ?2"
	                                   " WHERE sku = ?1 AND location = x'6d61696e'");
	hand->make_hold = prepare(hand, "INSERT INTO hold VALUES(?1, 0, ?2, 1, ?3, ?4)");
	hand->settle_hold = prepare(hand, "UPDATE hold SET state = 2, version = ?2 WHERE id = ?1 AND n = 0 AND"
	                                  " state = 1 AND deadline > ?3");
	hand->make_order = prepare(hand, "INSERT INTO orders VALUES(?1, ?2, 1, 1, 1, 3000, x'555344', ?3, ?4, ?5, ?6,"
	                                 " ?7)");
	hand->settle_order = prepare(hand, "UPDATE orders SET state = 2, paid = 2, fulfilment = 2, due = NULL,"
	                                   " version = ?2 WHERE id = ?1 AND state = 1");
	hand->make_payment = prepare(hand, "INSERT INTO payment VALUES(?1, 1, 1, 3000, x'555344', ?2, x'7b7d')");
	hand->settle_payment = prepare(hand, "UPDATE payment SET state = 3, version = ?2, body = ?3 WHERE id = ?1 AND"
	                                     " n = 1 AND state = 1");
	hand->read_cart = prepare(hand, "SELECT version, body FROM cart WHERE owner = ?1");
	hand->write_cart = prepare(hand, "INSERT INTO cart VALUES(?1, ?2, ?3, ?4) ON CONFLICT(owner) DO UPDATE SET"
	                                 " version = ?2, expires = ?3, body = ?4 WHERE version = ?5");
}

void by_hand_open(struct by_hand *hand, const char *path, int skus, int64_t units)
{
	*hand = (struct by_hand){ .version = 1 };
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	must(hand, sqlite3_open_v2(path, &hand->db, flags, NULL), SQLITE_OK);
	must(hand, sqlite3_exec(hand->db, schema, NULL, NULL, NULL), SQLITE_OK);
	prepare_all(hand);
	fill(hand, skus, units);
}

void by_hand_close(struct by_hand *hand)
{
	for (sqlite3_stmt *statement; (statement = sqlite3_next_stmt(hand->db, NULL)) != NULL;)
		sqlite3_finalize(statement);
	sqlite3_close(hand->db);
}

/* ---- requests ---------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	return sc_env_default()->wall_ms(sc_env_default()->ctx);
}

static void take_unit(struct by_hand *hand, const char *sku)
{
	bind_text(hand->read_stock, 1, sku);
	must(hand, sqlite3_step(hand->read_stock), SQLITE_ROW);
	if (sqlite3_column_int64(hand->read_stock, 0) < 1)
		exit(1);
	must(hand, sqlite3_reset(hand->read_stock), SQLITE_OK);
	bind_text(hand->hold_stock, 1, sku);
	sqlite3_bind_int64(hand->hold_stock, 2, hand->version);
	run(hand, hand->hold_stock);
}

static void make_hold(struct by_hand *hand, const sc_id *id, size_t takes_size)
{
	static const char takes[96];
	sqlite3_bind_blob(hand->make_hold, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	sqlite3_bind_int64(hand->make_hold, 2, hand->version);
	sqlite3_bind_int64(hand->make_hold, 3, now_ms() + HOLD_MS);
	sqlite3_bind_blob(hand->make_hold, 4, takes, (int)takes_size, SQLITE_STATIC);
	run(hand, hand->make_hold);
}

void by_hand_reserve(struct by_hand *hand, int sku)
{
	const sc_id id = sc_id_make(sc_env_default());
	char name[16];
	bench_sku(sku, name);
	hand->version++;
	run(hand, hand->begin);
	take_unit(hand, name);
	make_hold(hand, &id, 24);
	run(hand, hand->commit);
}

/* Prices and names of the lines, as the order's body keeps them. */
static int write_body(struct by_hand *hand, const int skus[3], char *out, size_t room)
{
	int size = snprintf(out, room, "{\"currency\":\"USD\",\"lines\":[");
	for (int i = 0; i < 3; i++) {
		char name[16], line[SC_ID_TEXT_SIZE];
		bench_sku(skus[i], name);
		bind_text(hand->read_sku, 1, name);
		must(hand, sqlite3_step(hand->read_sku), SQLITE_ROW);
		const int64_t price = sqlite3_column_int64(hand->read_sku, 1);
		size += snprintf(out + size, room - (size_t)size,
		                 "%s{\"id\":\"%s\",\"sku\":\"%s\",\"product\":\"%s\",\"name\":\"%s\",\"quantity\":1,"
		                 "\"unit_price\":%lld,\"discount\":0,\"tax\":0,\"total\":%lld}",
		                 i == 0 ? "" : ",", sc_id_format(sc_id_make(sc_env_default()), line), name, name, name,
		                 (long long)price, (long long)price);
		must(hand, sqlite3_reset(hand->read_sku), SQLITE_OK);
	}
	return size +
	       snprintf(out + size, room - (size_t)size, "],\"goods\":3000,\"shipping\":0,\"tax\":0,\"total\":3000}");
}

static void place(struct by_hand *hand, const char *owner, const int skus[3], const sc_id *id)
{
	static const char personal[] = "{\"email\":\"buyer@example.org\",\"shipping\":{\"name\":\"Buyer\",\"line1\":"
				       "\"1 Main Street\",\"city\":\"Bath\",\"country\":\"GB\"}}";
	char body[1024];
	hand->version++;
	run(hand, hand->begin);
	const int size = write_body(hand, skus, body, sizeof(body));
	for (int i = 0; i < 3; i++) {
		char name[16];
		bench_sku(skus[i], name);
		take_unit(hand, name);
	}
	make_hold(hand, id, 72);
	sqlite3_bind_blob(hand->make_order, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	bind_text(hand->make_order, 2, owner);
	sqlite3_bind_int64(hand->make_order, 3, now_ms());
	sqlite3_bind_int64(hand->make_order, 4, now_ms() + 30000);
	sqlite3_bind_int64(hand->make_order, 5, hand->version);
	sqlite3_bind_blob(hand->make_order, 6, body, size, SQLITE_STATIC);
	sqlite3_bind_blob(hand->make_order, 7, personal, (int)sizeof(personal) - 1, SQLITE_STATIC);
	run(hand, hand->make_order);
	sqlite3_bind_blob(hand->make_payment, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	sqlite3_bind_int64(hand->make_payment, 2, hand->version);
	run(hand, hand->make_payment);
	run(hand, hand->commit);
}

static void settle(struct by_hand *hand, sqlite3_stmt *statement, const sc_id *id)
{
	sqlite3_bind_blob(statement, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, hand->version);
	run(hand, statement);
	if (sqlite3_changes(hand->db) != 1)
		exit(1);
}

static void confirm(struct by_hand *hand, const char *owner, const int skus[3], const sc_id *id)
{
	hand->version++;
	run(hand, hand->begin);
	settle(hand, hand->settle_order, id);
	sqlite3_bind_int64(hand->settle_hold, 3, now_ms());
	settle(hand, hand->settle_hold, id);
	for (int i = 0; i < 3; i++) {
		char name[16];
		bench_sku(skus[i], name);
		bind_text(hand->commit_stock, 1, name);
		sqlite3_bind_int64(hand->commit_stock, 2, hand->version);
		run(hand, hand->commit_stock);
	}
	bind_text(hand->settle_payment, 3, "{\"provider_ref\":\"ch_0123456789\"}");
	settle(hand, hand->settle_payment, id);
	bind_text(hand->read_cart, 1, owner); /* what was bought is out of it already */
	sqlite3_step(hand->read_cart);
	must(hand, sqlite3_reset(hand->read_cart), SQLITE_OK);
	run(hand, hand->commit);
}

void by_hand_checkout(struct by_hand *hand, const char *owner, const int skus[3])
{
	const sc_id id = sc_id_make(sc_env_default());
	place(hand, owner, skus, &id);
	confirm(hand, owner, skus, &id);
}

void by_hand_add(struct by_hand *hand, const char *owner, int sku)
{
	char name[16], line[SC_ID_TEXT_SIZE], body[8192];
	int64_t before = 0;
	int size = 0;
	bench_sku(sku, name);
	hand->version++;
	run(hand, hand->begin);
	bind_text(hand->read_sku, 1, name);
	must(hand, sqlite3_step(hand->read_sku), SQLITE_ROW);
	const int64_t price = sqlite3_column_int64(hand->read_sku, 1);
	must(hand, sqlite3_reset(hand->read_sku), SQLITE_OK);
	bind_text(hand->read_cart, 1, owner);
	if (sqlite3_step(hand->read_cart) == SQLITE_ROW) {
		before = sqlite3_column_int64(hand->read_cart, 0);
		size = sqlite3_column_bytes(hand->read_cart, 1);
		memcpy(body, sqlite3_column_blob(hand->read_cart, 1), (size_t)size);
	}
	must(hand, sqlite3_reset(hand->read_cart), SQLITE_OK);
	size += snprintf(body + size, sizeof(body) - (size_t)size,
	                 "{\"id\":\"%s\",\"sku\":\"%s\",\"quantity\":1,\"price_seen\":%lld}",
	                 sc_id_format(sc_id_make(sc_env_default()), line), name, (long long)price);
	bind_text(hand->write_cart, 1, owner);
	sqlite3_bind_int64(hand->write_cart, 2, hand->version);
	sqlite3_bind_int64(hand->write_cart, 3, now_ms() + 2592000000);
	sqlite3_bind_blob(hand->write_cart, 4, body, size, SQLITE_STATIC);
	sqlite3_bind_int64(hand->write_cart, 5, before);
	run(hand, hand->write_cart);
	run(hand, hand->commit);
}

void by_hand_stock(struct by_hand *hand, int64_t *held, int64_t *committed)
{
	sqlite3_stmt *sums = prepare(hand, "SELECT sum(held), sum(committed) FROM stock");
	must(hand, sqlite3_step(sums), SQLITE_ROW);
	*held = sqlite3_column_int64(sums, 0);
	*committed = sqlite3_column_int64(sums, 1);
	sqlite3_finalize(sums);
}
