/*
 * What the rows of a kind have besides address, version, entry and shape, for drivers that make a table
 * a kind.
 */
#ifndef SC_DRIVERS_KIND_PARTS_H
#define SC_DRIVERS_KIND_PARTS_H

#include <shopcore/port/rows.h>

static inline bool sc__kind_has_body(const sc_kind *kind)
{
	return kind->kind_class != SC_CLASS_ACCOUNT;
}

static inline bool sc__kind_has_personal(const sc_kind *kind)
{
	return kind->kind_class == SC_CLASS_RECORD || kind->kind_class == SC_CLASS_CLAIM;
}

static inline bool sc__kind_has_counters(const sc_kind *kind)
{
	return kind->kind_class == SC_CLASS_ACCOUNT;
}

static inline bool sc__kind_has_hold(const sc_kind *kind)
{
	return kind->kind_class == SC_CLASS_HOLD;
}

static inline bool sc__kind_has_made_by(const sc_kind *kind)
{
	return kind->kind_class == SC_CLASS_HOLD || (kind->flags & SC_KIND_MADE_BY) != 0;
}

static inline bool sc__kind_has_lifetime(const sc_kind *kind)
{
	return (kind->flags & SC_KIND_LIFETIME) != 0;
}

/* The parts of `changed` (SC_ROW_...) that this kind has at all. */
static inline uint32_t sc__kind_parts_of(const sc_kind *kind, uint32_t changed)
{
	if (!sc__kind_has_lifetime(kind))
		changed &= ~(uint32_t)SC_ROW_LIFETIME;
	if (!sc__kind_has_made_by(kind))
		changed &= ~(uint32_t)SC_ROW_MADE_BY;
	if (!sc__kind_has_counters(kind))
		changed &= ~(uint32_t)SC_ROW_COUNTERS;
	if (!sc__kind_has_hold(kind))
		changed &= ~(uint32_t)SC_ROW_STATE;
	if (!sc__kind_has_body(kind))
		changed &= ~(uint32_t)SC_ROW_BODY;
	if (!sc__kind_has_personal(kind))
		changed &= ~(uint32_t)SC_ROW_PERSONAL;
	if (kind->column_count == 0)
		changed &= ~(uint32_t)SC_ROW_COLUMNS;
	return changed;
}

#endif
