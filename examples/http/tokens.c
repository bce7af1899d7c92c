/*
 * Bearer tokens. The file holds a hash of each, never the token: whoever reads the file cannot call the shop. Tokens
 * are random and long, so a plain fast hash is enough; a password would need a slow one.
 *
 *     # hash                role      subject  scopes
 *     9f86d081…             customer  ada      cart,checkout,orders
 *     60303ae2…             admin     office   *
 *
 * Scopes are catalog, cart, checkout, orders, stock; `read` alone lets a token look but not change; `*` is all.
 */
#include "http.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_MIN 16

struct word {
	const char *name;
	uint32_t bits;
};

static const struct word roles[] = { { "customer", ROLE_CUSTOMER },
	                             { "seller", ROLE_SELLER },
	                             { "admin", ROLE_ADMIN } };

static const struct word scopes[] = {
	{ "*", SCOPE_ALL },
	{ "read", SCOPE_READ | SCOPE_CATALOG | SCOPE_CART | SCOPE_CHECKOUT | SCOPE_ORDERS | SCOPE_STOCK },
	{ "catalog", SCOPE_CATALOG },
	{ "cart", SCOPE_CART },
	{ "checkout", SCOPE_CHECKOUT },
	{ "orders", SCOPE_ORDERS },
	{ "stock", SCOPE_STOCK },
};

static uint32_t bits_of(const struct word *words, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i].name, name) == 0)
			return words[i].bits;
	return 0;
}

static void hash_secret(const char *secret, uint8_t out[TOKEN_HASH_SIZE])
{
	crypto_generichash(out, TOKEN_HASH_SIZE, (const unsigned char *)secret, strlen(secret), NULL, 0);
}

void token_hash_text(const char *secret, char out[TOKEN_HASH_SIZE * 2 + 1])
{
	uint8_t hash[TOKEN_HASH_SIZE];
	hash_secret(secret, hash);
	sodium_bin2hex(out, TOKEN_HASH_SIZE * 2 + 1, hash, sizeof(hash));
}

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct token *)a)->hash, ((const struct token *)b)->hash, TOKEN_HASH_SIZE);
}

/* `read` beside other scopes narrows them: they may be looked at only. SCOPE_READ marks a token that only reads. */
static bool read_scopes(char *text, uint32_t *out)
{
	char *rest = NULL;
	bool all = false, only_read = false;
	*out = 0;
	for (char *word = strtok_r(text, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
		uint32_t bits = bits_of(scopes, sizeof(scopes) / sizeof(scopes[0]), word);
		if (bits == 0)
			return false;
		only_read |= strcmp(word, "read") == 0;
		all |= strcmp(word, "*") == 0;
		if (strcmp(word, "read") != 0)
			*out |= bits & ~(uint32_t)SCOPE_READ;
	}
	if (only_read && *out == 0)
		*out = SCOPE_ALL;
	*out = (*out & ~(uint32_t)SCOPE_READ) | (only_read && !all ? SCOPE_READ : 0);
	return true;
}

static bool read_line(char *line, struct token *out, bool *empty)
{
	char *rest = NULL;
	const char *hash = strtok_r(line, " \t\r\n", &rest);
	size_t size = 0;
	*empty = hash == NULL || hash[0] == '#';
	if (*empty)
		return true;
	const char *role = strtok_r(NULL, " \t\r\n", &rest), *subject = strtok_r(NULL, " \t\r\n", &rest);
	char *scope = strtok_r(NULL, " \t\r\n", &rest);
	if (role == NULL || subject == NULL || scope == NULL || strlen(subject) > SC_ID_TEXT_MAX)
		return false;
	if (sodium_hex2bin(out->hash, sizeof(out->hash), hash, strlen(hash), NULL, &size, NULL) != 0 ||
	    size != TOKEN_HASH_SIZE || strlen(hash) != 2 * TOKEN_HASH_SIZE)
		return false;
	out->role = bits_of(roles, sizeof(roles) / sizeof(roles[0]), role);
	strcpy(out->subject, subject);
	return out->role != 0 && read_scopes(scope, &out->scopes);
}

static bool add(struct tokens *tokens, const struct token *token)
{
	struct token *all = reallocarray(tokens->all, tokens->count + 1, sizeof(*all));
	if (all == NULL)
		return false;
	tokens->all = all;
	all[tokens->count++] = *token;
	return true;
}

bool tokens_load(struct tokens *tokens, const char *path, char *why, size_t why_size)
{
	char line[1024];
	size_t number = 0;
	bool fine = true;
	FILE *file = fopen(path, "r");
	if (file == NULL) {
		snprintf(why, why_size, "%s cannot be opened", path);
		return false;
	}
	while (fine && fgets(line, sizeof(line), file) != NULL) {
		struct token token = { .role = 0 };
		bool empty;
		number++;
		fine = read_line(line, &token, &empty) && (empty || add(tokens, &token));
	}
	fclose(file);
	if (!fine)
		snprintf(why, why_size, "%s:%zu: HASH ROLE SUBJECT SCOPES is expected", path, number);
	else if (tokens->count > 0)
		qsort(tokens->all, tokens->count, sizeof(*tokens->all), compare);
	return fine;
}

void tokens_free(struct tokens *tokens)
{
	free(tokens->all);
	*tokens = (struct tokens){ NULL, 0 };
}

/* Looking for a hash tells a listener nothing about the token. */
const struct token *tokens_find(const struct tokens *tokens, const char *secret)
{
	struct token wanted;
	if (strlen(secret) < SECRET_MIN || tokens->count == 0)
		return NULL;
	hash_secret(secret, wanted.hash);
	return bsearch(&wanted, tokens->all, tokens->count, sizeof(wanted), compare);
}
