#include "by_hand.h"

#include <shopcore/shopcore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_BYTEA 17
#define OID_INT8  20

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

void by_hand_make(PGconn *pg, int skus, int64_t units)
{
	char sql[512];
	run(pg, "SET client_min_messages = error; DROP SCHEMA IF EXISTS by_hand CASCADE; CREATE SCHEMA by_hand;"
	        "CREATE TABLE by_hand.stock(version bigint NOT NULL, on_hand bigint NOT NULL,"
	        " held bigint NOT NULL CHECK (held >= 0), committed bigint NOT NULL CHECK (committed >= 0),"
	        " floor bigint NOT NULL, sku bytea NOT NULL, location bytea NOT NULL, PRIMARY KEY(sku, location))"
	        " WITH (fillfactor = 85);"
	        "CREATE TABLE by_hand.reservation(version bigint NOT NULL, deadline bigint NOT NULL,"
	        " state smallint NOT NULL, key bytea NOT NULL, sub bytea NOT NULL, made_by bytea NOT NULL,"
	        " body bytea NOT NULL, PRIMARY KEY(key, sub));"
	        "CREATE INDEX reservation_due ON by_hand.reservation(deadline, key, sub)"
	        " WHERE state = 1 AND deadline > 0");
	snprintf(sql, sizeof(sql),
	         "INSERT INTO by_hand.stock SELECT 1, %lld, 0, 0, 0, convert_to('sku-' || n, 'UTF8'), 'main'"
	         " FROM generate_series(0, %d) n; VACUUM ANALYZE by_hand.stock",
	         (long long)units, skus - 1);
	char *vacuum = strstr(sql, "; VACUUM");
	*vacuum = '\0';
	run(pg, sql);
	run(pg, vacuum + 2);
}

static void prepare(PGconn *pg, const char *name, const char *sql, int count, const Oid *types)
{
	PQclear(check(pg, PQprepare(pg, name, sql, count, types)));
}

PGconn *by_hand_connect(const char *url)
{
	static const Oid texts[] = { OID_BYTEA, OID_INT8, OID_BYTEA, OID_BYTEA };
	PGconn *pg = PQconnectdb(url);
	if (PQstatus(pg) != CONNECTION_OK) {
		fprintf(stderr, "by hand: %s\n", PQerrorMessage(pg));
		exit(1);
	}
	prepare(pg, "begin", "BEGIN", 0, NULL);
	prepare(pg, "commit", "COMMIT", 0, NULL);
	prepare(pg, "rollback", "ROLLBACK", 0, NULL);
	prepare(pg, "lock",
	        "SELECT on_hand, held, committed, floor FROM by_hand.stock WHERE sku = $1 AND location = 'main'"
	        " FOR UPDATE",
	        1, texts);
	prepare(pg, "take",
	        "UPDATE by_hand.stock SET held = held + 1, version = version + 1 WHERE sku = $1 AND location = 'main'",
	        1, texts);
	prepare(pg, "take_if",
	        "UPDATE by_hand.stock SET held = held + 1, version = version + 1 WHERE sku = $1 AND location = 'main'"
	        " AND on_hand - held - committed - floor >= 1",
	        1, texts);
	prepare(pg, "hold", "INSERT INTO by_hand.reservation VALUES(1, $2, 1, $1, 'r', $3, $4)", 4, texts);
	prepare(pg, "both",
	        "WITH taken AS (UPDATE by_hand.stock SET held = held + 1, version = version + 1 WHERE sku = $4"
	        " AND location = 'main' AND on_hand - held - committed - floor >= 1 RETURNING 1)"
	        " INSERT INTO by_hand.reservation SELECT 1, $2, 1, $1, 'r', $3, $5::bytea FROM taken",
	        5, (const Oid[]){ OID_BYTEA, OID_INT8, OID_BYTEA, OID_BYTEA, OID_BYTEA });
	return pg;
}

/* How many rows a statement touched or gave. */
static int step(PGconn *pg, const char *name, int count, const char *const *values, const int *sizes)
{
	static const int binary[] = { 1, 1, 1, 1, 1 };
	PGresult *result = check(pg, PQexecPrepared(pg, name, count, values, sizes, binary, 1));
	int rows = PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result) : atoi(PQcmdTuples(result));
	PQclear(result);
	return rows;
}

static int64_t number_at(const PGresult *result, int column)
{
	const unsigned char *data = (const unsigned char *)PQgetvalue(result, 0, column);
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | data[i];
	return (int64_t)number;
}

/* Locks the row and looks whether there is one unit. */
static bool look(PGconn *pg, const char *const *values, const int *sizes)
{
	static const int binary[] = { 1 };
	PGresult *result = check(pg, PQexecPrepared(pg, "lock", 1, values, sizes, binary, 1));
	bool enough = PQntuples(result) == 1 &&
	              number_at(result, 0) - number_at(result, 1) - number_at(result, 2) - number_at(result, 3) >= 1;
	PQclear(result);
	return enough;
}

bool by_hand_reserve(PGconn *pg, enum by_hand_way way, int sku)
{
	static const char body[40]; /* what was taken from where; as long as ours */
	const sc_env *env = sc_env_default();
	sc_id id = sc_id_make(env);
	uint64_t deadline = (uint64_t)env->wall_ms(env->ctx) + 600000;
	char name[24], due[8];
	int size = snprintf(name, sizeof(name), "sku-%d", sku);
	for (int i = 0; i < 8; i++)
		due[i] = (char)(deadline >> (56 - 8 * i));
	const char *const stock[] = { name };
	const char *const hold[] = { (const char *)id.bytes, due, (const char *)id.bytes, body };
	const char *const both[] = { (const char *)id.bytes, due, (const char *)id.bytes, name, body };
	const int hold_sizes[] = { 16, 8, 16, sizeof(body) }, both_sizes[] = { 16, 8, 16, size, sizeof(body) };
	if (way == BY_HAND_STATEMENT)
		return step(pg, "both", 5, both, both_sizes) == 1;
	step(pg, "begin", 0, NULL, NULL);
	bool enough = way == BY_HAND_UPDATE || look(pg, stock, &size);
	if (enough)
		enough = step(pg, way == BY_HAND_UPDATE ? "take_if" : "take", 1, stock, &size) == 1;
	if (enough)
		step(pg, "hold", 4, hold, hold_sizes);
	step(pg, enough ? "commit" : "rollback", 0, NULL, NULL);
	return enough;
}

void by_hand_count(PGconn *pg, int64_t *held, int64_t *reservations)
{
	PGresult *result = check(pg, PQexec(pg, "SELECT sum(held), (SELECT count(*) FROM by_hand.reservation)"
	                                        " FROM by_hand.stock"));
	*held = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	*reservations = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
	PQclear(result);
}
