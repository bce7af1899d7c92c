/*
 * Opening a store made of several.
 */
#include "wrappers/mixed/mixed.h"

#include "base/error.h"
#include "wrappers/required.h"

static void mixed_close(void *ctx)
{
	struct mixed *m = ctx;
	const sc_env *env = m->parts.env;

	sc__parts_close(&m->parts);
	env->resize(env->ctx, m, 0);
}

static const sc_store_ops operations = {
	.size = sizeof(operations),
	.name = "mixed",
	.info = sc__parts_info,
	.prepare = sc__parts_prepare,
	.load = sc__parts_load,
	.range = sc__parts_range,
	.apply = sc__parts_apply,
	.resolve = sc__parts_resolve,
	.expire = sc__parts_expire,
	.log_read = sc__parts_log_read,
	.log_of = sc__parts_log_of,
	.log_trim = sc__parts_log_trim,
	.now = sc__parts_now,
	.close = mixed_close,
	.partition = sc__parts_partition,
};

static sc_status check(const sc_store *record, const sc_mixed_part *parts, size_t count, sc_error *err)
{
	const uint32_t known = SC_KEEPS_CATALOG | SC_KEEPS_CARTS | SC_KEEPS_STOCK;
	const char *missing = sc__store_lacks(record->ops);
	uint32_t kept = 0;

	if (count < 1 || count > SC_MIXED_PARTS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "count", "must be 1 to %d", SC_MIXED_PARTS_MAX);
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "record", "lacks the operation %s", missing);
	for (size_t i = 0; i < count; i++) {
		missing = sc__store_lacks(parts[i].store.ops);
		if (missing != NULL)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "store", "lacks the operation %s", missing);
		if (parts[i].keeps == 0 || (parts[i].keeps & ~known) != 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "keeps", "is nothing that can be kept");
		if ((parts[i].keeps & kept) != 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "keeps", "is kept by another part");
		kept |= parts[i].keeps;
	}
	return SC_OK;
}

static bool keeps_critical(const struct parts *p, uint32_t part)
{
	const struct mixed *m = (const struct mixed *)p;
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);

	for (size_t i = 0; i < count; i++)
		if ((kinds[i].flags & SC_KIND_CRITICAL) != 0 && m->part_of[kinds[i].number] == part)
			return true;
	return false;
}

sc_status sc_mixed_open(const sc_env *env, sc_store record, const sc_mixed_part *parts, size_t count, sc_store *out,
                        sc_error *err)
{
	sc_status status = check(&record, parts, count, err);
	uint32_t keeps[SC_MIXED_PARTS_MAX + 1] = { 0 };

	if (status != SC_OK)
		return status;
	struct mixed *m = env->resize(env->ctx, NULL, sizeof(*m));
	if (m == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the mixed store");
	*m = (struct mixed){ .parts = { .env = env,
		                        .name = operations.name,
		                        .count = (uint32_t)count + 1,
		                        .stores = { record },
		                        .place = sc__mixed_place,
		                        .is_critical = keeps_critical } };
	for (size_t i = 0; i < count; i++) {
		m->parts.stores[i + 1] = parts[i].store;
		keeps[i + 1] = parts[i].keeps;
	}
	sc__mixed_routes(m, keeps);
	status = sc__parts_read_infos(&m->parts, err);
	if (status != SC_OK) {
		env->resize(env->ctx, m, 0);
		return status;
	}
	*out = (sc_store){ &operations, m };
	return SC_OK;
}
