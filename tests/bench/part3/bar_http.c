/*
 * Bar 2 of part 3: shopcore-http on SQLite with durable commits, 32 connections, client on the same cores. Whole
 * checkouts of three lines (fill the cart, buy), product reads, the 99th percentile of add to cart, a minute under 200
 * connections without an error, and 200 buyers at once for 50 units. Each thread is one guest on one kept connection.
 * At the end the stock is counted: every checkout that was answered has to be confirmed, down to the unit.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1000000000LL

enum { THREADS = 32, MANY = 200, PRODUCTS = 100, SECONDS = 10, LONG_SECONDS = 60, TIMES_MAX = 1 << 20 };
enum { SCARCE = 50, UNITS = 4 /* of a whole checkout */, BODY_ROOM = 16384 };

struct load {
	int port;
	int64_t until_ns;
	int round; /* so that no two rounds share a key */
	atomic_long done, errors;
	atomic_long bought; /* whole checkouts of all rounds */
	atomic_long refused;
	atomic_size_t time_count;
	int64_t *times; /* of each add to cart */
};

/* ---- one connection ---------------------------------------------------------------------- */

static int dial(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Read one answer with a Content-Length, as text; its code, or 0. */
static int read_answer(int fd, char buffer[BODY_ROOM])
{
	size_t size = 0, whole = 0;
	while (whole == 0 || size < whole) {
		ssize_t got = recv(fd, buffer + size, BODY_ROOM - 1 - size, 0);
		if (got <= 0)
			return 0;
		size += (size_t)got;
		buffer[size] = '\0';
		const char *end = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "content-length:");
		if (whole == 0 && end != NULL && length != NULL)
			whole = (size_t)(end + 4 - buffer) + strtoul(length + 15, NULL, 10);
	}
	return atoi(buffer + 9);
}

static int ask(int fd, const char *head, const char *body, char answer[BODY_ROOM])
{
	char text[4096];
	int size = snprintf(text, sizeof(text),
	                    "%sHost: shop\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", head,
	                    strlen(body), body);
	if (send(fd, text, (size_t)size, MSG_NOSIGNAL) != size)
		return 0;
	return read_answer(fd, answer);
}

static int get(int fd, const char *path, char answer[BODY_ROOM])
{
	char text[512];
	int size = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: shop\r\n\r\n", path);
	if (send(fd, text, (size_t)size, MSG_NOSIGNAL) != size)
		return 0;
	return read_answer(fd, answer);
}

/* ---- loads ------------------------------------------------------------------------------- */

static void fault(struct load *load, const char *what, int code)
{
	if (atomic_fetch_add(&load->errors, 1) < 3)
		fprintf(stderr, "%s: %d\n", what, code);
}

static void remember(struct load *load, int64_t took_ns)
{
	size_t at = atomic_fetch_add(&load->time_count, 1);
	if (at < TIMES_MAX)
		load->times[at] = took_ns;
}

static bool fill_cart(struct load *load, int fd, int index, int turn)
{
	char head[256], body[512], answer[BODY_ROOM];
	int first = (index * 7 + turn * 3) % (PRODUCTS - 2);
	snprintf(head, sizeof(head), "POST /v1/carts/me/lines HTTP/1.1\r\nShop-Guest: guest-%02d-%04d-0123456789\r\n",
	         load->round, index);
	snprintf(body, sizeof(body),
	         "{\"items\":[{\"sku\":\"p%d\",\"quantity\":1},{\"sku\":\"p%d\",\"quantity\":2},"
	         "{\"sku\":\"p%d\",\"quantity\":1}]}",
	         first, first + 1, first + 2);
	int64_t begin = bench_now_ns();
	int code = ask(fd, head, body, answer);
	remember(load, bench_now_ns() - begin);
	if (code != 200)
		fault(load, "add to cart", code);
	return code == 200;
}

/* The code of the answer. */
static int buy(const struct load *load, int fd, int index, int turn)
{
	static const char body[] =
		"{\"payment_token\":\"tok_ok\",\"email\":\"a@example.org\",\"shipping\":{\"name\":\"A\","
		"\"line1\":\"B\",\"city\":\"C\",\"country\":\"GB\"}}";
	char head[256], answer[BODY_ROOM];
	snprintf(head, sizeof(head),
	         "POST /v1/checkout HTTP/1.1\r\nShop-Guest: guest-%02d-%04d-0123456789\r\nIdempotency-Key: k%d\r\n",
	         load->round, index, turn);
	int code = ask(fd, head, body, answer);
	return code == 201 && strstr(answer, "\r\nLocation: /v1/orders/") == NULL ? 0 : code;
}

/* A whole checkout. false: something went wrong, and was told. */
static bool shop_once(struct load *load, int fd, int index, int turn)
{
	if (!fill_cart(load, fd, index, turn))
		return false;
	int code = buy(load, fd, index, turn);
	if (code != 201) {
		fault(load, "checkout", code);
		return false;
	}
	atomic_fetch_add(&load->done, 1);
	atomic_fetch_add(&load->bought, 1);
	return true;
}

static void buyer(void *argument, int index)
{
	struct load *load = argument;
	int fd = dial(load->port);
	for (int turn = 0; fd >= 0 && bench_now_ns() < load->until_ns && shop_once(load, fd, index, turn); turn++)
		;
	if (fd < 0)
		fault(load, "connect", 0);
	else
		close(fd);
}

static void reader(void *argument, int index)
{
	struct load *load = argument;
	char path[64], id[64], answer[BODY_ROOM];
	int fd = dial(load->port);
	if (fd < 0)
		fault(load, "connect", 0);
	for (int turn = 0; fd >= 0 && bench_now_ns() < load->until_ns; turn++) {
		snprintf(path, sizeof(path), "/v1/products/p%d", (index + turn) % PRODUCTS);
		snprintf(id, sizeof(id), "{\"id\":\"p%d\",", (index + turn) % PRODUCTS);
		int code = get(fd, path, answer);
		if (code != 200 || strstr(answer, id) == NULL) {
			fault(load, "product", code);
			break;
		}
		atomic_fetch_add(&load->done, 1);
	}
	if (fd >= 0)
		close(fd);
}

/* One unit of what is scarce: sold, or clearly refused. */
static void rusher(void *argument, int index)
{
	struct load *load = argument;
	static const char body[] = "{\"items\":[{\"sku\":\"scarce\",\"quantity\":1}]}";
	char head[256], answer[BODY_ROOM];
	int fd = dial(load->port);
	snprintf(head, sizeof(head), "POST /v1/carts/me/lines HTTP/1.1\r\nShop-Guest: guest-%02d-%04d-0123456789\r\n",
	         load->round, index);
	int code = fd >= 0 ? ask(fd, head, body, answer) : 0;
	if (code == 200)
		code = buy(load, fd, index, 0);
	if (code == 201)
		atomic_fetch_add(&load->done, 1);
	else if (code == 409)
		atomic_fetch_add(&load->refused, 1);
	else
		fault(load, "rush", code);
	if (fd >= 0)
		close(fd);
}

/* ---- the server -------------------------------------------------------------------------- */

static void add_goods(sc_shop *shop, const char *name, int64_t units)
{
	sc_error err = SC_ERROR_INIT;
	sc_sku sku = { .sku = name, .name = name, .price_minor = 1000, .currency = "USD" };
	sc_product product = { .id = name, .name = name, .skus = &sku, .sku_count = 1, .rating_milli = -1 };
	sc_stock_change change = { name, NULL, units };
	bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &change, 1, NULL, &err), &err, "stock");
}

static void stock_shop(const char *url)
{
	sc_shop *shop = bench_open(url);
	for (int i = 0; i < PRODUCTS; i++) {
		char name[16];
		snprintf(name, sizeof(name), "p%d", i);
		add_goods(shop, name, 100000000);
	}
	add_goods(shop, "scarce", SCARCE);
	sc_shop_close(shop);
}

/* What is sold is committed, and what is held waits for a payment. */
static void count_stock(const char *url, const struct load *load)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = bench_open(url);
	int64_t sold = 0, held = 0;
	for (int i = 0; i < PRODUCTS; i++) {
		char name[16];
		sc_stock_ref ref = { name, NULL };
		sc_level level;
		sc_arena arena;
		snprintf(name, sizeof(name), "p%d", i);
		sc_arena_init(&arena, sc_env_default());
		bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "level");
		sold += level.committed;
		held += level.held;
		sc_arena_clear(&arena);
	}
	sc_shop_close(shop);
	bench_bar("HTTP: units sold are those of all checkouts", sold == UNITS * load->bought && held == 0, "none held",
	          "%lld of %ld, %lld held", (long long)sold, UNITS * (long)load->bought, (long long)held);
}

/* Start the server and read its port from the line that it prints. */
static pid_t start(const char *program, const char *url, int *port)
{
	int ends[2];
	char line[128] = "";
	if (pipe(ends) != 0)
		exit(1);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		execl(program, program, "--shop", url, "--listen", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	ssize_t got = read(ends[0], line, sizeof(line) - 1);
	close(ends[0]);
	const char *colon = got > 0 ? strrchr(line, ':') : NULL;
	if (child < 0 || colon == NULL) {
		fprintf(stderr, "%s did not start\n", program);
		exit(1);
	}
	*port = atoi(colon + 1);
	return child;
}

static double measure(struct load *load, int threads, int seconds, void (*work)(void *argument, int index))
{
	atomic_store(&load->done, 0);
	atomic_store(&load->time_count, 0);
	load->round++;
	seconds = seconds / bench_scale() > 0 ? seconds / bench_scale() : 1;
	load->until_ns = bench_now_ns() + seconds * SECOND;
	int64_t took = bench_threads(threads, work, load);
	return (double)load->done / ((double)took / (double)SECOND);
}

static void run(struct load *load)
{
	double rate = measure(load, THREADS, SECONDS, buyer);
	size_t count = load->time_count < TIMES_MAX ? load->time_count : TIMES_MAX;
	double p99_ms = (double)bench_percentile(load->times, count, 99) / 1e6;
	bench_speed("HTTP: checkouts of 3 lines, 32 connections", rate >= 1000 && load->errors == 0, "1000/s",
	            "%.0f/s, %ld errors", rate, (long)load->errors);
	bench_speed("HTTP: add to cart, p99", p99_ms < 20, "20 ms", "%.1f ms", p99_ms);
	rate = measure(load, THREADS, SECONDS, reader);
	bench_speed("HTTP: product reads, 32 connections", rate >= 30000 && load->errors == 0, "30000/s",
	            "%.0f/s, %ld errors", rate, (long)load->errors);
	rate = measure(load, MANY, LONG_SECONDS, buyer);
	bench_bar("HTTP: 200 connections for 60 s, errors", load->errors == 0, "0", "%ld (%.0f/s)", (long)load->errors,
	          rate);
	measure(load, MANY, 1, rusher);
	bench_bar("HTTP: 200 buyers at once for 50 units", load->done == SCARCE && load->refused == MANY - SCARCE,
	          "50 sold, 150 refused", "%ld sold, %ld refused", (long)load->done, (long)load->refused);
}

int main(void)
{
	const char *build = getenv("SHOPCORE_BUILD");
	char folder[64], url[128], program[512];
	struct load load = { .times = calloc(TIMES_MAX, sizeof(int64_t)) };
	int state = 0;
	snprintf(program, sizeof(program), "%s/examples/http/shopcore-http", build != NULL ? build : ".");
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	stock_shop(url);
	pid_t child = start(program, url, &load.port);
	if (load.times != NULL)
		run(&load);
	kill(child, SIGTERM);
	waitpid(child, &state, 0);
	count_stock(url, &load);
	bench_bar("HTTP: the server stopped by itself", state == 0, "exit 0", "state %d", state);
	bench_folder_remove(folder);
	free(load.times);
	return bench_result();
}
