/*
 * A range as SQL, alike for every SQL driver: which columns it is ordered by, which bounds it has, where
 * the page before stopped.
 *
 * A page goes on where the one before stopped, by the values it is ordered by and not by counting, so
 * a page costs the same wherever it is. Each shape of range has its own statement; values are bound.
 */
#ifndef SC_DRIVERS_RANGE_WALK_H
#define SC_DRIVERS_RANGE_WALK_H

#include "drivers/cursor.h"
#include "drivers/sql.h"

typedef struct sc__range_walk {
	const sc_kind *kind;
	const char *equal[SC_INDEX_COLUMNS_MAX]; /* columns that have one value */
	size_t equal_count;
	const char *order[SC__ORDER_MAX]; /* the others, then the address */
	size_t order_count;
	const char *filter; /* the condition of a partial index, or NULL */
	bool indexed;       /* the columns in `order` but the last two are not NULL */
	bool low, high;     /* bounds that the statement has */
	sc_value cursor[SC__ORDER_MAX];
} sc__range_walk;

/* SC_BAD_ARGUMENT for a kind, an index or a cursor that is none. */
sc_status sc__range_plan(sc__range_walk *walk, const sc_range *range, sc_error *err);

/* What tells the statement of this range from those of others on the kind: at most 32 bits. */
uint64_t sc__range_shape(const sc__range_walk *walk, const sc_range *range);

/*
 * The statement: key, sub, the columns in `order` but the last two, and what sc__sql_add_record() names. Its
 * parameters: the key of SC_BY_SUB, or the values of `equal`; the low bound; the high bound; the
 * cursor's values; the limit.
 */
void sc__range_text(const sc__range_walk *walk, const sc_range *range, sc__sql *sql);

/* Room for one more record on a page, which grows up to `limit`. */
sc_status sc__page_room(sc_page *page, size_t *capacity, uint32_t limit, sc_arena *arena, sc_error *err);

#endif
