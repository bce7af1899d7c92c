/*
 * What a configuration's text says, member by member; see shopcore/config.h. Reading it opens nothing.
 */
#ifndef SC_SHOP_CONFIG_H
#define SC_SHOP_CONFIG_H

#include <shopcore/config.h>

typedef enum sc__config_section {
	SC__CONFIG_RECORD,
	SC__CONFIG_CATALOG,
	SC__CONFIG_STOCK,
	SC__CONFIG_CARTS,
	SC__CONFIG_CACHE,
	SC__CONFIG_GATE,
	SC__CONFIG_SECTIONS
} sc__config_section;

/* One section. `line` of a member is where it stands, for errors; 0: nowhere. */
typedef struct sc__config_part {
	int32_t line, url_line, secret_line;
	const char *url, *secret_file;
	int64_t secret_fd; /* -1: none */
	int64_t copy;      /* 1: yes */
	int64_t copy_after_ms, megabytes, keep_ms;
	uint32_t seen; /* members */
} sc__config_part;

const char *sc__config_name(sc__config_section section);

/* What it points to is in the arena. */
sc_status sc__config_read(sc_bytes text, sc_arena *arena, sc__config_part parts[SC__CONFIG_SECTIONS], sc_error *err);
/* An error about a member, or about a section when `member` is NULL. */
sc_status sc__config_bad(sc_error *err, sc_status status, int32_t line, sc__config_section section, const char *member,
                         const char *text);

#endif
