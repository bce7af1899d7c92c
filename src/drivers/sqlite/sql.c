/*
 * Building the text of a statement. A text that does not fit is cut and then does not compile, so
 * nobody has to check in between.
 */
#include "drivers/sqlite/driver.h"

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
