/* See sqlite_file.h. */
#include "base/sqlite_file.h"

#include "base/error.h"

/* Other programs that read the file, and recovery after a crash, may be in the way for a moment. */
#define BUSY_MS 2000

int sc__sqlite_file_open(const char *path, sqlite3 **db)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int code = sqlite3_open_v2(path, db, flags, NULL);
	if (code != SQLITE_OK)
		return code;
	sqlite3_busy_timeout(*db, BUSY_MS);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	/* No mmap: a file that is cut or fails under a mapping ends the program with a signal, where a read answers
	 * with an error. The page cache serves the hot pages as well. */
	return sqlite3_exec(*db,
	                    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
	                    "PRAGMA trusted_schema=OFF",
	                    NULL, NULL, NULL);
}

sc_status sc__sqlite_fail(sqlite3 *db, int code, sc_error *err)
{
	const char *text = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
	if (code == SQLITE_IOERR_NOMEM)
		return sc__fail(err, SC_NO_MEMORY, "%s", text);
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return SC_OK;
	case SQLITE_NOMEM:
		return sc__fail(err, SC_NO_MEMORY, "%s", text);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return sc__fail(err, SC_BUSY, "%s", text);
	case SQLITE_FULL:
		return sc__fail(err, SC_NO_ROOM, "%s", text);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return sc__fail(err, SC_DAMAGED, "%s", text);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return sc__fail(err, SC_IO_FAILED, "%s", text);
	default:
		return sc__fail(err, SC_STORE_FAILED, "%s", text);
	}
}
