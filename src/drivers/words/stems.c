#include "drivers/words/stems.h"

#include <libstemmer.h>
#include <string.h>
#include <xxhash.h>

sc__stems *sc__stems_new(const sc_env *env)
{
	sc__stems *stems = env->resize(env->ctx, NULL, sizeof *stems);
	if (stems == NULL)
		return NULL;
	memset(stems, 0, sizeof *stems);
	stems->env = env;
	stems->stemmer = sb_stemmer_new("english", "UTF_8");
	if (stems->stemmer == NULL) {
		env->resize(env->ctx, stems, 0);
		return NULL;
	}
	return stems;
}

void sc__stems_free(sc__stems *stems)
{
	if (stems == NULL)
		return;
	sb_stemmer_delete(stems->stemmer);
	stems->env->resize(stems->env->ctx, stems, 0);
}

const char *sc__stem(sc__stems *stems, const char *word, size_t size, size_t *stem_size)
{
	sc__stem_slot *slot = &stems->slots[XXH3_64bits(word, size) % SC__STEM_SLOTS];
	if (slot->word_size == size && memcmp(slot->word, word, size) == 0) {
		*stem_size = slot->stem_size;
		return slot->stem;
	}
	const sb_symbol *stem = sb_stemmer_stem(stems->stemmer, (const sb_symbol *)word, (int)size);
	*stem_size = stem != NULL ? (size_t)sb_stemmer_length(stems->stemmer) : size;
	if (stem == NULL)
		return word;
	if (size <= SC__STEM_WORD_MAX && *stem_size <= SC__STEM_WORD_MAX) {
		slot->word_size = (uint8_t)size;
		slot->stem_size = (uint8_t)*stem_size;
		memcpy(slot->word, word, size);
		memcpy(slot->stem, stem, *stem_size);
	}
	return (const char *)stem;
}
