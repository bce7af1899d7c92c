/*
 * One check of a table for all wrappers, so that none of them meets a NULL in the middle of a call.
 */
#include "wrappers/required.h"

#define REQUIRE(type, member)               \
	if (!SC_OPS_HAS(ops, type, member)) \
	return #member

const char *sc__store_lacks(const sc_store_ops *ops)
{
	REQUIRE(sc_store_ops, info);
	REQUIRE(sc_store_ops, prepare);
	REQUIRE(sc_store_ops, load);
	REQUIRE(sc_store_ops, range);
	REQUIRE(sc_store_ops, apply);
	REQUIRE(sc_store_ops, resolve);
	REQUIRE(sc_store_ops, expire);
	REQUIRE(sc_store_ops, log_read);
	REQUIRE(sc_store_ops, log_of);
	REQUIRE(sc_store_ops, now);
	return NULL;
}

const char *sc__gateway_lacks(const sc_gateway_ops *ops)
{
	REQUIRE(sc_gateway_ops, start);
	REQUIRE(sc_gateway_ops, finish);
	return NULL;
}
