/*
 * Signatures of webhooks: one table of headers and bodies, and what the verifier has to say to each. The same cases
 * are put to Stripe's own client by tests/peers/stripe_node.sh.
 */
#include <shopcore/stripe.h>

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW    1700000000LL
#define SECRET "whsec_a_secret_for_tests"
#define BODY   "{\"id\":\"evt_1\",\"object\":\"event\"}"

/* Hexadecimal HMAC-SHA256 of "TIME.BODY". */
static const char *signature_of(const char *time, const char *body, const char *secret)
{
	static char hex[4][2 * crypto_auth_hmacsha256_BYTES + 1];
	static unsigned turn;
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	char *out = hex[turn++ % 4];
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)time, strlen(time));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
	crypto_auth_hmacsha256_final(&state, hash);
	sodium_bin2hex(out, sizeof(hex[0]), hash, sizeof(hash));
	return out;
}

struct one {
	const char *what;
	const char *header; /* $ stands for the right signature of `time`, % for one by another secret */
	const char *time;   /* that is signed; NULL: now */
	int64_t now;        /* when it arrives; 0: now */
	bool good;
};

static const struct one cases[] = {
	{ "a plain header", "t=1700000000,v1=$", NULL, 0, true },
	{ "the signature first", "v1=$,t=1700000000", NULL, 0, true },
	{ "a wrong one, then a right one", "t=1700000000,v1=%,v1=$", NULL, 0, true },
	{ "a right one, then a wrong one", "t=1700000000,v1=$,v1=%", NULL, 0, true },
	{ "an old scheme beside it", "t=1700000000,v1=$,v0=%", NULL, 0, true },
	{ "an old scheme before it", "t=1700000000,v0=%,v1=$", NULL, 0, true },
	{ "an unknown item", "t=1700000000,x=1,v1=$", NULL, 0, true },
	{ "an item without a value", "t=1700000000,hello,v1=$", NULL, 0, true },
	{ "an empty item", "t=1700000000,,v1=$", NULL, 0, true },
	{ "a comma at the end", "t=1700000000,v1=$,", NULL, 0, true },
	{ "a comma in front", ",t=1700000000,v1=$", NULL, 0, true },
	{ "a signature of the next scheme too", "t=1700000000,v1=$,v2=%", NULL, 0, true },
	{ "an empty signature beside it", "t=1700000000,v1=,v1=$", NULL, 0, true },
	{ "a short signature beside it", "t=1700000000,v1=00ff,v1=$", NULL, 0, true },
	{ "the same signature twice", "t=1700000000,v1=$,v1=$", NULL, 0, true },
	{ "sixteen signatures, the last one right",
	  "t=1700000000,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=$", NULL, 0,
	  true },
	{ "seventeen signatures, the last one right",
	  "t=1700000000,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=%,v1=$", NULL, 0,
	  false },
	{ "exactly as old as may be", "t=1699999700,v1=$", "1699999700", 0, true },
	{ "a second too old", "t=1699999699,v1=$", "1699999699", 0, false },
	{ "an hour old", "t=1699996400,v1=$", "1699996400", 0, false },
	{ "exactly as early as may be", "t=1700000300,v1=$", "1700000300", 0, true },
	{ "a second too early", "t=1700000301,v1=$", "1700000301", 0, false },
	{ "a year early", "t=1731536000,v1=$", "1731536000", 0, false },
	{ "a minute old", "t=1699999940,v1=$", "1699999940", 0, true },
	{ "a minute early", "t=1700000060,v1=$", "1700000060", 0, true },
	{ "time zero at time zero", "t=0,v1=$", "0", 1, true },
	{ "time zero now", "t=0,v1=$", "0", 0, false },
	{ "another secret", "t=1700000000,v1=%", NULL, 0, false },
	{ "another secret, many times", "t=1700000000,v1=%,v1=%,v1=%", NULL, 0, false },
	{ "the right one as an old scheme", "t=1700000000,v0=$", NULL, 0, false },
	{ "the right one as the next scheme", "t=1700000000,v2=$", NULL, 0, false },
	{ "no signature", "t=1700000000", NULL, 0, false },
	{ "an empty signature", "t=1700000000,v1=", NULL, 0, false },
	{ "no time", "v1=$", NULL, 0, false },
	{ "an empty time", "t=,v1=$", "", 0, false },
	{ "a time that was changed", "t=1700000001,v1=$", NULL, 0, false },
	{ "a time with a sign", "t=+1700000000,v1=$", "+1700000000", 0, false },
	{ "a time below zero", "t=-1,v1=$", "-1", 0, false },
	{ "a time with a point", "t=1700000000.5,v1=$", "1700000000.5", 0, false },
	{ "a time in hexadecimal", "t=0x6553f100,v1=$", "0x6553f100", 0, false },
	{ "a time with an exponent", "t=17e8,v1=$", "17e8", 0, false },
	{ "a time in words", "t=now,v1=$", "now", 0, false },
	{ "a time of a hundred digits",
	  "t=1700000000170000000017000000001700000000170000000017000000001700000000170000000017000000001700000000,v1=$",
	  NULL, 0, false },
	{ "a time of thirteen digits", "t=1700000000000,v1=$", "1700000000000", 0, false },
	{ "a space before the time", "t= 1700000000,v1=$", " 1700000000", 0, false },
	{ "a space behind the time", "t=1700000000 ,v1=$", "1700000000 ", 0, false },
	{ "two times, the first one signed", "t=1700000000,t=1700000001,v1=$", NULL, 0, false },
	{ "two times, the second one signed", "t=1699999999,t=1700000000,v1=$", NULL, 0, false },
	{ "the same time twice", "t=1700000000,t=1700000000,v1=$", NULL, 0, false },
	{ "a time in capitals", "T=1700000000,v1=$", NULL, 0, false },
	{ "a scheme in capitals", "t=1700000000,V1=$", NULL, 0, false },
	{ "a space before the time's name", " t=1700000000,v1=$", NULL, 0, false },
	{ "a space before the scheme", "t=1700000000, v1=$", NULL, 0, false },
	{ "a space before the signature", "t=1700000000,v1= $", NULL, 0, false },
	{ "a space behind the signature", "t=1700000000,v1=$ ", NULL, 0, false },
	{ "a line break behind the signature", "t=1700000000,v1=$\n", NULL, 0, false },
	{ "a digit too many", "t=1700000000,v1=$0", NULL, 0, false },
	{ "a semicolon between", "t=1700000000;v1=$", NULL, 0, false },
	{ "nothing", "", NULL, 0, false },
	{ "only commas", ",,,,", NULL, 0, false },
	{ "only a word", "signature", NULL, 0, false },
	{ "the signature alone", "$", NULL, 0, false },
	{ "quotes", "t=\"1700000000\",v1=\"$\"", NULL, 0, false },
	{ "the scheme's name twice", "t=1700000000,v1=v1=$", NULL, 0, false },
	{ "a colon between", "t:1700000000,v1:$", NULL, 0, false },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void write_header(const struct one *one, char *out)
{
	const char *time = one->time ? one->time : "1700000000";
	*out = '\0';
	for (const char *at = one->header; *at; at++) {
		if (*at == '$')
			strcat(out, signature_of(time, BODY, SECRET));
		else if (*at == '%')
			strcat(out, signature_of(time, BODY, "whsec_another"));
		else
			strncat(out, at, 1);
	}
}

static void check_case(void **state)
{
	const struct one *one = *state;
	char header[4096];
	write_header(one, header);
	sc_status status = sc_stripe_verify(SC_BYTES(BODY), header, SECRET, (one->now ? one->now : NOW) * 1000,
	                                    SC_STRIPE_TOLERANCE_MS, NULL);
	assert_int_equal(status, one->good ? SC_OK : SC_BAD_SIGNATURE);
}

static sc_status verify(sc_bytes body, const char *header)
{
	return sc_stripe_verify(body, header, SECRET, NOW * 1000, SC_STRIPE_TOLERANCE_MS, NULL);
}

static void every_byte_of_the_body_counts(void **state)
{
	char header[256], body[] = BODY;
	(void)state;
	snprintf(header, sizeof(header), "t=1700000000,v1=%s", signature_of("1700000000", BODY, SECRET));
	for (size_t i = 0; i < sizeof(body) - 1; i++) {
		body[i] ^= 1;
		assert_int_equal(verify((sc_bytes){ body, sizeof(body) - 1 }, header), SC_BAD_SIGNATURE);
		body[i] ^= 1;
	}
	assert_int_equal(verify((sc_bytes){ body, sizeof(body) - 1 }, header), SC_OK);
	assert_int_equal(verify((sc_bytes){ body, sizeof(body) - 2 }, header), SC_BAD_SIGNATURE);
}

static void every_digit_of_the_signature_counts(void **state)
{
	char header[256];
	(void)state;
	snprintf(header, sizeof(header), "t=1700000000,v1=%s", signature_of("1700000000", BODY, SECRET));
	for (size_t i = strlen("t=1700000000,v1="); header[i]; i++) {
		char kept = header[i];
		header[i] = kept == '0' ? '1' : '0';
		assert_int_equal(verify(SC_BYTES(BODY), header), SC_BAD_SIGNATURE);
		header[i] = kept;
	}
	assert_int_equal(verify(SC_BYTES(BODY), header), SC_OK);
}

static void bytes_that_are_no_text_are_signed_like_others(void **state)
{
	char header[256];
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	char hex[2 * sizeof(hash) + 1];
	crypto_auth_hmacsha256_state mac;
	(void)state;
	crypto_auth_hmacsha256_init(&mac, (const unsigned char *)SECRET, strlen(SECRET));
	crypto_auth_hmacsha256_update(&mac, (const unsigned char *)"1700000000.\0\xff\xfe", 14);
	crypto_auth_hmacsha256_final(&mac, hash);
	snprintf(header, sizeof(header), "t=1700000000,v1=%s", sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
	assert_int_equal(verify((sc_bytes){ "\0\xff\xfe", 3 }, header), SC_OK);
}

static void a_header_beyond_the_limit_is_refused(void **state)
{
	static char header[8192];
	(void)state;
	int size = snprintf(header, sizeof(header), "t=1700000000,v1=%s", signature_of("1700000000", BODY, SECRET));
	memset(header + size, ',', (size_t)(4096 - size));
	assert_int_equal(verify(SC_BYTES(BODY), header), SC_OK);
	header[4096] = ',';
	assert_int_equal(verify(SC_BYTES(BODY), header), SC_BAD_SIGNATURE);
}

static void what_is_missing_is_refused(void **state)
{
	(void)state;
	assert_int_equal(verify(SC_BYTES(BODY), NULL), SC_BAD_SIGNATURE);
	assert_int_equal(verify((sc_bytes){ NULL, 0 }, "t=1700000000,v1=00"), SC_BAD_SIGNATURE);
	assert_int_equal(sc_stripe_verify(SC_BYTES(BODY), "t=1", NULL, 0, 1, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_stripe_verify(SC_BYTES(BODY), "t=1", "", 0, 1, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_stripe_verify(SC_BYTES(BODY), "t=1", "s", 0, 0, NULL), SC_BAD_ARGUMENT);
}

/* For the peer: "now TAB header" of each case, its line breaks as \n. */
static int print_cases(void)
{
	for (size_t i = 0; i < CASES; i++) {
		char header[4096];
		write_header(&cases[i], header);
		printf("%lld\t%d\t%s\t", (long long)(cases[i].now ? cases[i].now : NOW), cases[i].good, cases[i].what);
		for (const char *at = header; *at; at++)
			printf(*at == '\n' ? "\\n" : "%c", *at);
		printf("\n");
	}
	return 0;
}

/* For the peer: lines of "now TAB header TAB body in hexadecimal", answered with "good" or "bad". */
static int verify_lines(void)
{
	static char line[1 << 20];
	static unsigned char body[1 << 19];
	while (fgets(line, sizeof(line), stdin)) {
		char *rest = NULL, *now = strtok_r(line, "\t", &rest), *header = strtok_r(NULL, "\t", &rest);
		char *hex = strtok_r(NULL, "\n", &rest);
		size_t size = 0;
		if (!hex || sodium_hex2bin(body, sizeof(body), hex, strlen(hex), NULL, &size, NULL) != 0)
			return 1;
		sc_status status = sc_stripe_verify((sc_bytes){ body, size }, header, SECRET,
		                                    strtoll(now, NULL, 10) * 1000, SC_STRIPE_TOLERANCE_MS, NULL);
		puts(status == SC_OK ? "good" : "bad");
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[CASES + 5] = {
		cmocka_unit_test(every_byte_of_the_body_counts),
		cmocka_unit_test(every_digit_of_the_signature_counts),
		cmocka_unit_test(bytes_that_are_no_text_are_signed_like_others),
		cmocka_unit_test(a_header_beyond_the_limit_is_refused),
		cmocka_unit_test(what_is_missing_is_refused),
	};
	static struct one copies[CASES];
	if (argc > 1 && strcmp(argv[1], "--print") == 0)
		return print_cases();
	if (argc > 1 && strcmp(argv[1], "--verify") == 0)
		return verify_lines();
	for (size_t i = 0; i < CASES; i++) {
		copies[i] = cases[i];
		tests[5 + i] = (struct CMUnitTest){ .name = cases[i].what,
			                            .test_func = check_case,
			                            .initial_state = &copies[i] };
	}
	return _cmocka_run_group_tests("signatures of Stripe's webhooks", tests, CASES + 5, NULL, NULL);
}
