#include "by_hand_buy.h"

#include "flight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_BYTEA 17
#define OID_INT8  20

enum { VALUES_MAX = 8, BODY_MAX = 8192 };

/* ---- statements -------------------------------------------------------------------------- */

static PGresult *check(PGconn *pg, PGresult *result)
{
	ExecStatusType code = PQresultStatus(result);
	if (code == PGRES_COMMAND_OK || code == PGRES_TUPLES_OK)
		return result;
	fprintf(stderr, "by hand: %s\n", PQerrorMessage(pg));
	exit(1);
}

static void run(PGconn *pg, const char *sql)
{
	PQclear(check(pg, PQexec(pg, sql)));
}

/* What a statement is given: bytes, and numbers in network order. */
struct values {
	int count;
	const char *data[VALUES_MAX];
	int sizes[VALUES_MAX];
	char numbers[VALUES_MAX][8];
};

static void add_bytes(struct values *values, const void *data, size_t size)
{
	values->data[values->count] = data;
	values->sizes[values->count++] = (int)size;
}

static void add_text(struct values *values, const char *text)
{
	add_bytes(values, text, strlen(text));
}

static void add_number(struct values *values, int64_t number)
{
	char *out = values->numbers[values->count];
	for (int i = 0; i < 8; i++)
		out[i] = (char)((uint64_t)number >> (56 - 8 * i));
	add_bytes(values, out, 8);
}

static int64_t number_at(const PGresult *result, int row, int column)
{
	const unsigned char *data = (const unsigned char *)PQgetvalue(result, row, column);
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | data[i];
	return (int64_t)number;
}

static PGresult *ask(PGconn *pg, const char *name, const struct values *values)
{
	static const int binary[VALUES_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	return check(pg, PQexecPrepared(pg, name, values ? values->count : 0, values ? values->data : NULL,
	                                values ? values->sizes : NULL, binary, 1));
}

/* A statement that has to touch so many rows. */
static void step(PGconn *pg, const char *name, const struct values *values, int rows)
{
	PGresult *result = ask(pg, name, values);
	if (rows > 0 && atoi(PQcmdTuples(result)) != rows) {
		fprintf(stderr, "by hand: %s touched %s rows\n", name, PQcmdTuples(result));
		exit(1);
	}
	PQclear(result);
}

/* ---- the world --------------------------------------------------------------------------- */

void by_hand_buy_make(PGconn *pg, int skus, int64_t units)
{
	char sql[512];
	run(pg,
	    "SET client_min_messages = error; DROP SCHEMA IF EXISTS by_hand CASCADE; CREATE SCHEMA by_hand;"
	    "CREATE TABLE by_hand.sku(id bytea PRIMARY KEY, product bytea, seller bytea, price bigint,"
	    " currency bytea);"
	    "CREATE TABLE by_hand.stock(version bigint NOT NULL, on_hand bigint NOT NULL,"
	    " held bigint NOT NULL CHECK (held >= 0), committed bigint NOT NULL CHECK (committed >= 0),"
	    " floor bigint NOT NULL, sku bytea NOT NULL, location bytea NOT NULL, PRIMARY KEY(sku, location))"
	    " WITH (fillfactor = 50);"
	    "CREATE TABLE by_hand.hold(version bigint NOT NULL, deadline bigint NOT NULL, state smallint NOT NULL,"
	    " id bytea NOT NULL, n smallint NOT NULL, takes bytea NOT NULL, PRIMARY KEY(id, n));"
	    "CREATE INDEX hold_due ON by_hand.hold(deadline) WHERE state = 1;"
	    "CREATE TABLE by_hand.orders(version bigint NOT NULL, total bigint, created bigint, due bigint,"
	    " state smallint, paid smallint, fulfilment smallint, id bytea PRIMARY KEY, owner bytea,"
	    " currency bytea, body bytea, personal bytea);"
	    "CREATE INDEX orders_of ON by_hand.orders(owner, created);"
	    "CREATE INDEX orders_due ON by_hand.orders(due) WHERE due IS NOT NULL;"
	    "CREATE TABLE by_hand.payment(version bigint NOT NULL, amount bigint, state smallint, n smallint,"
	    " id bytea, currency bytea, body bytea, PRIMARY KEY(id, n));"
	    "CREATE TABLE by_hand.cart(version bigint NOT NULL, expires bigint, owner bytea PRIMARY KEY, body bytea)"
	    " WITH (fillfactor = 50)");
	snprintf(sql, sizeof(sql),
	         "INSERT INTO by_hand.sku SELECT convert_to(s, 'UTF8'), convert_to(s, 'UTF8'), NULL, 1000, 'USD'"
	         " FROM (SELECT 'sku-' || lpad(n::text, 6, '0') AS s FROM generate_series(0, %d) n) names",
	         skus - 1);
	run(pg, sql);
	snprintf(sql, sizeof(sql), "INSERT INTO by_hand.stock SELECT 1, %lld, 0, 0, 0, id, 'main' FROM by_hand.sku",
	         (long long)units);
	run(pg, sql);
	run(pg, "VACUUM ANALYZE by_hand.stock");
	run(pg, "VACUUM ANALYZE by_hand.sku");
}

static const struct {
	const char *name, *sql;
	int count;
	Oid types[VALUES_MAX];
} statements[] = {
	{ "begin", "BEGIN", 0, { 0 } },
	{ "commit", "COMMIT", 0, { 0 } },
	{ "prices",
	  "SELECT id, price FROM by_hand.sku WHERE id IN ($1, $2, $3)",
	  3,
	  { OID_BYTEA, OID_BYTEA, OID_BYTEA } },
	{ "lock",
	  "SELECT on_hand - held - committed - floor FROM by_hand.stock WHERE sku IN ($1, $2, $3)"
	  " AND location = 'main' ORDER BY sku FOR UPDATE",
	  3,
	  { OID_BYTEA, OID_BYTEA, OID_BYTEA } },
	{ "take",
	  "UPDATE by_hand.stock SET held = held + 1, version = version + 1 WHERE sku IN ($1, $2, $3)"
	  " AND location = 'main'",
	  3,
	  { OID_BYTEA, OID_BYTEA, OID_BYTEA } },
	{ "hold", "INSERT INTO by_hand.hold VALUES(1, $2, 1, $1, 0, $3)", 3, { OID_BYTEA, OID_INT8, OID_BYTEA } },
	{ "order",
	  "INSERT INTO by_hand.orders VALUES(1, 3000, $3, $4, 1, 1, 1, $1, $2, 'USD', $5, $6)",
	  6,
	  { OID_BYTEA, OID_BYTEA, OID_INT8, OID_INT8, OID_BYTEA, OID_BYTEA } },
	{ "payment", "INSERT INTO by_hand.payment VALUES(1, 3000, 1, 1, $1, 'USD', '{}')", 1, { OID_BYTEA } },
	{ "settle_order",
	  "UPDATE by_hand.orders SET state = 2, paid = 2, fulfilment = 2, due = NULL, version = version + 1"
	  " WHERE id = $1 AND state = 1",
	  1,
	  { OID_BYTEA } },
	{ "settle_hold",
	  "UPDATE by_hand.hold SET state = 2, version = version + 1 WHERE id = $1 AND n = 0 AND state = 1"
	  " AND deadline > $2",
	  2,
	  { OID_BYTEA, OID_INT8 } },
	{ "settle_stock",
	  "UPDATE by_hand.stock s SET held = held - 1, committed = committed + 1, version = version + 1"
	  " FROM (SELECT sku, location FROM by_hand.stock WHERE sku IN ($1, $2, $3) AND location = 'main'"
	  " ORDER BY sku FOR UPDATE) locked WHERE s.sku = locked.sku AND s.location = locked.location",
	  3,
	  { OID_BYTEA, OID_BYTEA, OID_BYTEA } },
	{ "settle_payment",
	  "UPDATE by_hand.payment SET state = 3, version = version + 1, body = $2 WHERE id = $1 AND n = 1"
	  " AND state = 1",
	  2,
	  { OID_BYTEA, OID_BYTEA } },
	{ "price", "SELECT price FROM by_hand.sku WHERE id = $1", 1, { OID_BYTEA } },
	{ "cart", "SELECT version, body FROM by_hand.cart WHERE owner = $1", 1, { OID_BYTEA } },
	{ "cart_lock", "SELECT version, body FROM by_hand.cart WHERE owner = $1 FOR UPDATE", 1, { OID_BYTEA } },
	{ "cart_write",
	  "INSERT INTO by_hand.cart VALUES(1, $2, $1, $3) ON CONFLICT(owner) DO UPDATE"
	  " SET version = cart.version + 1, expires = excluded.expires, body = excluded.body",
	  3,
	  { OID_BYTEA, OID_INT8, OID_BYTEA } },
};

PGconn *by_hand_buy_connect(const char *url)
{
	PGconn *pg = PQconnectdb(url);
	if (PQstatus(pg) != CONNECTION_OK) {
		fprintf(stderr, "by hand: %s\n", PQerrorMessage(pg));
		exit(1);
	}
	run(pg, "SET enable_seqscan = off"); /* plans are made while tables are small */
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		PQclear(check(pg, PQprepare(pg, statements[i].name, statements[i].sql, statements[i].count,
		                            statements[i].types)));
	return pg;
}

/* ---- requests ---------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	return sc_env_default()->wall_ms(sc_env_default()->ctx);
}

/* Prices and names of the lines, as the order's body keeps them. */
static size_t write_body(PGconn *pg, char names[3][16], const struct values *skus, char *out, size_t room)
{
	PGresult *result = ask(pg, "prices", skus);
	size_t size = (size_t)snprintf(out, room, "{\"currency\":\"USD\",\"lines\":[");
	if (PQntuples(result) != 3)
		exit(1);
	for (int i = 0; i < 3; i++) {
		char line[SC_ID_TEXT_SIZE];
		const int64_t price = number_at(result, i, 1);
		size += (size_t)snprintf(out + size, room - size,
		                         "%s{\"id\":\"%s\",\"sku\":\"%s\",\"product\":\"%s\",\"name\":\"%s\","
		                         "\"quantity\":1,\"unit_price\":%lld,\"discount\":0,\"tax\":0,\"total\":%lld}",
		                         i == 0 ? "" : ",", sc_id_format(sc_id_make(sc_env_default()), line), names[i],
		                         names[i], names[i], (long long)price, (long long)price);
	}
	PQclear(result);
	size += (size_t)snprintf(out + size, room - size, "],\"goods\":3000,\"shipping\":0,\"tax\":0,\"total\":3000}");
	return size;
}

static void lock_stock(PGconn *pg, const struct values *skus)
{
	PGresult *result = ask(pg, "lock", skus);
	for (int i = 0; i < 3; i++)
		if (PQntuples(result) != 3 || number_at(result, i, 0) < 1)
			exit(1);
	PQclear(result);
}

static void place(PGconn *pg, const char *owner, const sc_id *id, char names[3][16], const struct values *skus)
{
	static const char takes[72], personal[] = "{\"email\":\"buyer@example.org\",\"shipping\":{\"name\":\"Buyer\","
						  "\"line1\":\"1 Main Street\",\"city\":\"Bath\",\"country\":\"GB\"}}";
	char body[1024];
	struct values hold = { 0 }, order = { 0 }, payment = { 0 };
	step(pg, "begin", NULL, 0);
	const size_t size = write_body(pg, names, skus, body, sizeof(body));
	lock_stock(pg, skus);
	step(pg, "take", skus, 3);
	add_bytes(&hold, id->bytes, sizeof(id->bytes));
	add_number(&hold, now_ms() + 600000);
	add_bytes(&hold, takes, sizeof(takes));
	step(pg, "hold", &hold, 1);
	add_bytes(&order, id->bytes, sizeof(id->bytes));
	add_text(&order, owner);
	add_number(&order, now_ms());
	add_number(&order, now_ms() + 30000);
	add_bytes(&order, body, size);
	add_text(&order, personal);
	step(pg, "order", &order, 1);
	add_bytes(&payment, id->bytes, sizeof(id->bytes));
	step(pg, "payment", &payment, 1);
	step(pg, "commit", NULL, 0);
}

static void confirm(PGconn *pg, const char *owner, const sc_id *id, const struct values *skus)
{
	struct values order = { 0 }, hold = { 0 }, payment = { 0 }, cart = { 0 };
	step(pg, "begin", NULL, 0);
	add_bytes(&order, id->bytes, sizeof(id->bytes));
	step(pg, "settle_order", &order, 1);
	add_bytes(&hold, id->bytes, sizeof(id->bytes));
	add_number(&hold, now_ms());
	step(pg, "settle_hold", &hold, 1);
	step(pg, "settle_stock", skus, 3);
	add_bytes(&payment, id->bytes, sizeof(id->bytes));
	add_text(&payment, "{\"provider_ref\":\"ch_0123456789\"}");
	step(pg, "settle_payment", &payment, 1);
	add_text(&cart, owner); /* what was bought is out of it already */
	step(pg, "cart", &cart, 0);
	step(pg, "commit", NULL, 0);
}

void by_hand_buy(PGconn *pg, const char *owner, const int skus[3])
{
	const sc_id id = sc_id_make(sc_env_default());
	char names[3][16];
	struct values three = { 0 };
	for (int i = 0; i < 3; i++) {
		bench_sku(skus[i], names[i]);
		add_text(&three, names[i]);
	}
	place(pg, owner, &id, names, &three);
	confirm(pg, owner, &id, &three);
}

/* The cart as it is, locked. */
static size_t read_cart(PGconn *pg, const char *owner, char body[BODY_MAX])
{
	struct values cart = { 0 };
	size_t size = 0;
	add_text(&cart, owner);
	PGresult *result = ask(pg, "cart_lock", &cart);
	if (PQntuples(result) == 1) {
		size = (size_t)PQgetlength(result, 0, 1);
		if (size > BODY_MAX / 2)
			exit(1);
		memcpy(body, PQgetvalue(result, 0, 1), size);
	}
	PQclear(result);
	return size;
}

void by_hand_add(PGconn *pg, const char *owner, int sku)
{
	char name[16], line[SC_ID_TEXT_SIZE], body[BODY_MAX];
	struct values offer = { 0 }, cart = { 0 };
	bench_sku(sku, name);
	add_text(&offer, name);
	step(pg, "begin", NULL, 0);
	PGresult *result = ask(pg, "price", &offer);
	const int64_t price = PQntuples(result) == 1 ? number_at(result, 0, 0) : 0;
	PQclear(result);
	size_t size = read_cart(pg, owner, body);
	size += (size_t)snprintf(body + size, sizeof(body) - size,
	                         "{\"id\":\"%s\",\"sku\":\"%s\",\"quantity\":1,\"price_seen\":%lld}",
	                         sc_id_format(sc_id_make(sc_env_default()), line), name, (long long)price);
	add_text(&cart, owner);
	add_number(&cart, now_ms() + 2592000000);
	add_bytes(&cart, body, size);
	step(pg, "cart_write", &cart, 1);
	step(pg, "commit", NULL, 0);
}

void by_hand_buy_count(PGconn *pg, int64_t *held, int64_t *committed, int64_t *orders)
{
	PGresult *result = check(pg, PQexec(pg, "SELECT sum(held), sum(committed),"
	                                        " (SELECT count(*) FROM by_hand.orders WHERE state = 2)"
	                                        " FROM by_hand.stock"));
	*held = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	*committed = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
	*orders = strtoll(PQgetvalue(result, 0, 2), NULL, 10);
	PQclear(result);
}
