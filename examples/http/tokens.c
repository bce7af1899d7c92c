/*
 * Bearer tokens: what `shopcore token` made, as this server understands it. The shop keeps them hashed and says whose
 * they are; roles and scopes are the words of this server.
 *
 * A token that was found good is believed for TOKEN_FRESH_MS, so that a loop need not wait for the store with each
 * request; one that was revoked stops to work that much later at most. What is no good is never remembered: somebody
 * who guesses would push out those who need not.
 */
#include "http.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS     1024 /* a power of two; a slot keeps the last token that fell on it */
#define HASH_SIZE 32
#define NS_PER_MS 1000000

struct slot {
	uint8_t hash[HASH_SIZE];
	int64_t until_ns;
	uint32_t role, scopes;
	char subject[SC_ID_TEXT_MAX + 1];
};

struct tokens {
	pthread_mutex_t lock;
	uint8_t key[HASH_SIZE]; /* of the hash: nobody outside can aim at a slot */
	struct slot slots[SLOTS];
};

static const struct {
	const char *name;
	uint32_t bits;
} scope_words[] = {
	{ "*", SCOPE_ALL },       { "read", SCOPE_READ },         { "catalog", SCOPE_CATALOG },
	{ "cart", SCOPE_CART },   { "checkout", SCOPE_CHECKOUT }, { "orders", SCOPE_ORDERS },
	{ "stock", SCOPE_STOCK }, { "prices", SCOPE_PRICES },
};

/* `read` beside other scopes narrows them: they may be looked at only. Alone it lets everything be looked at. Words
 * that this server does not know are another program's. */
static uint32_t read_scopes(const char *text)
{
	uint32_t bits = 0;
	while (*text != '\0') {
		size_t size = strcspn(text, ",");
		for (size_t i = 0; i < sizeof(scope_words) / sizeof(scope_words[0]); i++)
			if (strlen(scope_words[i].name) == size && memcmp(scope_words[i].name, text, size) == 0)
				bits |= scope_words[i].bits;
		text += size + (text[size] == ',');
	}
	return bits == SCOPE_READ ? SCOPE_READ | SCOPE_ALL : bits;
}

static uint32_t role_of(sc_actor_kind kind)
{
	if (kind == SC_ACTOR_CUSTOMER)
		return ROLE_CUSTOMER;
	if (kind == SC_ACTOR_SELLER)
		return ROLE_SELLER;
	return kind == SC_ACTOR_ADMIN ? ROLE_ADMIN : 0;
}

struct tokens *tokens_new(void)
{
	struct tokens *tokens = calloc(1, sizeof(*tokens));
	if (tokens == NULL)
		return NULL;
	randombytes_buf(tokens->key, sizeof(tokens->key));
	pthread_mutex_init(&tokens->lock, NULL);
	return tokens;
}

void tokens_free(struct tokens *tokens)
{
	if (tokens != NULL)
		pthread_mutex_destroy(&tokens->lock);
	free(tokens);
}

static struct slot *slot_of(struct tokens *tokens, const uint8_t hash[HASH_SIZE])
{
	return &tokens->slots[(hash[0] | (size_t)hash[1] << 8) % SLOTS];
}

static int64_t now_ns(void)
{
	const sc_env *env = sc_env_default();
	return env->mono_ns(env->ctx);
}

static bool recall(struct tokens *tokens, const uint8_t hash[HASH_SIZE], struct slot *out)
{
	pthread_mutex_lock(&tokens->lock);
	const struct slot *slot = slot_of(tokens, hash);
	bool known = now_ns() < slot->until_ns && sodium_memcmp(slot->hash, hash, HASH_SIZE) == 0;
	if (known)
		*out = *slot;
	pthread_mutex_unlock(&tokens->lock);
	return known;
}

static sc_status ask_store(struct request *request, const char *secret, struct slot *out)
{
	struct tokens *tokens = request->server->tokens;
	sc_token token;
	out->until_ns = now_ns() + TOKEN_FRESH_MS * (int64_t)NS_PER_MS;
	sc_status status = sc_token_check(request->server->shop, SC_CALL_SYSTEM, secret, &request->arena, &token,
	                                  &request->err);
	if (status != SC_OK)
		return status;
	out->role = role_of(token.kind);
	out->scopes = read_scopes(token.scopes);
	strcpy(out->subject, token.actor);
	pthread_mutex_lock(&tokens->lock);
	*slot_of(tokens, out->hash) = *out;
	pthread_mutex_unlock(&tokens->lock);
	return SC_OK;
}

enum token_answer tokens_find(struct request *request, const char *secret, struct token *out)
{
	struct tokens *tokens = request->server->tokens;
	struct slot found;
	crypto_generichash(found.hash, HASH_SIZE, (const unsigned char *)secret, strlen(secret), tokens->key,
	                   sizeof(tokens->key));
	if (!recall(tokens, found.hash, &found)) {
		if (!request->may_wait)
			return TOKEN_LATER;
		sc_status status = ask_store(request, secret, &found);
		if (status != SC_OK)
			return status == SC_NOT_FOUND ? TOKEN_NONE : TOKEN_FAILED;
	}
	out->role = found.role;
	out->scopes = found.scopes;
	out->subject = sc_arena_dup(&request->arena, found.subject, strlen(found.subject));
	return out->subject != NULL ? TOKEN_GOOD : TOKEN_FAILED;
}
