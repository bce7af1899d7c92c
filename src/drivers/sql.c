/*
 * Building the text of a statement. A text that does not fit is cut and then does not compile, so
 * nobody has to check in between.
 */
#include "drivers/sql.h"

#include "drivers/kind_parts.h"

#include <stdarg.h>
#include <stdio.h>

void sc__sql_add(sc__sql *sql, const char *format, ...)
{
	size_t room = sizeof sql->text - sql->size;
	va_list args;
	va_start(args, format);
	int length = vsnprintf(sql->text + sql->size, room, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= room)
		sql->size = sizeof sql->text - 1;
	else
		sql->size += (size_t)length;
}

void sc__sql_add_record(sc__sql *sql, const sc_kind *kind, uint32_t mask)
{
	sc__sql_add(sql, "version, entry, shape");
	if (sc__kind_has_lifetime(kind))
		sc__sql_add(sql, ", expires");
	if (sc__kind_has_made_by(kind))
		sc__sql_add(sql, ", made_by");
	if (sc__kind_has_counters(kind))
		sc__sql_add(sql, ", on_hand, held, committed, floor");
	if (sc__kind_has_hold(kind))
		sc__sql_add(sql, ", state, deadline");
	for (uint32_t i = 0; (mask & SC_READ_COLUMNS) != 0 && i < kind->column_count; i++)
		sc__sql_add(sql, ", \"%s\"", kind->columns[i].name);
	if ((mask & SC_READ_BODY) != 0 && sc__kind_has_body(kind))
		sc__sql_add(sql, ", body");
	if ((mask & SC_READ_PERSONAL) != 0 && sc__kind_has_personal(kind))
		sc__sql_add(sql, ", personal");
}
