/*
 * Promotions made ready: copied, checked, their texts sorted, in the order in which they apply.
 */
#ifndef SC_PRICING_RULES_H
#define SC_PRICING_RULES_H

#include <shopcore/pricing.h>

typedef struct sc__rule {
	bool picks_all; /* no filter: every line */
	bool has_conditions;
	bool plain;                         /* about lines, and nothing limits what it takes: see plain.c */
	sc_promotion_allocation allocation; /* not DEFAULT */
	uint32_t group;                     /* number of its stacking group, or SC__NO_GROUP */
	sc_promotion promotion;             /* a deep copy; its text lists are sorted */
} sc__rule;

#define SC__NO_GROUP UINT32_MAX

struct sc_price_rules {
	const sc_env *env;
	sc_arena arena;
	sc__rule *rules; /* as listed */
	uint32_t *order; /* indices into rules: by priority, then as listed */
	size_t count;
	int64_t *group_caps; /* 0: none */
	uint32_t group_count;
};

/* Whether a list of a prepared promotion has a text; `item` may be NULL. */
bool sc__texts_have(const sc_price_texts *texts, const char *item);

#endif
