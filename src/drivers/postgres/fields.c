/*
 * The parts of a row by name. One list gives the names in a statement and the arrays that fill them, so
 * the two cannot disagree.
 */
#include "drivers/postgres/driver.h"

enum {
	VERSION,
	ENTRY,
	SHAPE,
	EXPIRES,
	MADE_BY,
	ON_HAND,
	HELD,
	COMMITTED,
	FLOOR,
	STATE,
	DEADLINE,
	BODY,
	PERSONAL,
	COLUMN /* and so on */
};

size_t sc__pg_fields(const sc_kind *kind, uint32_t parts, sc__pg_field out[SC__PG_FIELDS_MAX])
{
	static const struct {
		uint32_t part; /* 0: always */
		sc__pg_field field;
	} fixed[] = {
		{ 0, { "version", SC_VALUE_INT, VERSION } },
		{ 0, { "entry", SC_VALUE_INT, ENTRY } },
		{ 0, { "shape", SC_VALUE_INT, SHAPE } },
		{ SC_ROW_LIFETIME, { "expires", SC_VALUE_INT, EXPIRES } },
		{ SC_ROW_MADE_BY, { "made_by", SC_VALUE_BYTES, MADE_BY } },
		{ SC_ROW_COUNTERS, { "on_hand", SC_VALUE_INT, ON_HAND } },
		{ SC_ROW_COUNTERS, { "held", SC_VALUE_INT, HELD } },
		{ SC_ROW_COUNTERS, { "committed", SC_VALUE_INT, COMMITTED } },
		{ SC_ROW_COUNTERS, { "floor", SC_VALUE_INT, FLOOR } },
		{ SC_ROW_STATE, { "state", SC_VALUE_INT, STATE } },
		{ SC_ROW_STATE, { "deadline", SC_VALUE_INT, DEADLINE } },
		{ SC_ROW_BODY, { "body", SC_VALUE_BYTES, BODY } },
		{ SC_ROW_PERSONAL, { "personal", SC_VALUE_BYTES, PERSONAL } },
	};
	size_t count = 0;
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (fixed[i].part == 0 || (fixed[i].part & parts) != 0)
			out[count++] = fixed[i].field;
	for (uint32_t i = 0; (parts & SC_ROW_COLUMNS) != 0 && i < kind->column_count; i++)
		out[count++] = (sc__pg_field){ kind->columns[i].name, (sc_value_type)kind->columns[i].type,
			                       COLUMN + i };
	return count;
}

sc_value sc__pg_field_value(const sc_record *record, uint32_t which)
{
	switch (which) {
	case VERSION:
		return SC_VALUE_OF_INT((int64_t)record->version);
	case ENTRY:
		return SC_VALUE_OF_INT((int64_t)record->entry);
	case SHAPE:
		return SC_VALUE_OF_INT(record->shape);
	case EXPIRES:
		return SC_VALUE_OF_INT(record->expires_ms);
	case MADE_BY:
		if (sc_id_is_zero(record->made_by))
			return SC_VALUE_NONE;
		return SC_VALUE_OF_BYTES(record->made_by.bytes, sizeof record->made_by.bytes);
	case ON_HAND:
		return SC_VALUE_OF_INT(record->counters.on_hand);
	case HELD:
		return SC_VALUE_OF_INT(record->counters.held);
	case COMMITTED:
		return SC_VALUE_OF_INT(record->counters.committed);
	case FLOOR:
		return SC_VALUE_OF_INT(record->counters.floor);
	case STATE:
		return SC_VALUE_OF_INT(record->hold_state);
	case DEADLINE:
		return SC_VALUE_OF_INT(record->deadline_ms);
	case BODY:
		return SC_VALUE_OF_BYTES(record->body.data, record->body.size);
	case PERSONAL:
		return SC_VALUE_OF_BYTES(record->personal.data, record->personal.size);
	default:
		return record->columns != NULL ? record->columns[which - COLUMN] : SC_VALUE_NONE;
	}
}
