/*
 * shopcore-http: one shop behind an HTTP interface. Options, opening and closing; the rest stands in server.c.
 *
 * SIGTERM and SIGINT stop it gracefully: /readyz turns 503, no new connection is taken, what is being answered is
 * answered, then all is closed.
 */
#include "filter.h"
#include "http.h"

#include "../shared/stores.h"

#ifdef WITH_PAYMENTS
#include <shopcore/paypal.h>
#include <shopcore/stripe.h>
#endif

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOPS_MAX     8
#define DRAIN_STEPS   500
#define DRAIN_STEP_NS 20000000
#define SILENCE_MS    1000

struct options {
	const char *shop, *gateway;
	char address[64];
	unsigned port, connections, timeout, workers;
	int64_t request_ms;
};

struct process {
	struct options options;
	struct server server;
	sc_fake_gateway *fake;
	sc_worker *worker;
	struct MHD_Daemon *daemon;
};

static const char usage[] =
	"usage: shopcore-http [--shop URL] [--listen ADDRESS:PORT] [--gateway FILE]\n"
	"                     [--connections N] [--timeout SECONDS] [--request-ms N] [--workers N]\n"
	"\n"
	"  --shop URL        sqlite:FILE, memory: or config:FILE (memory:)\n"
	"  --listen A:P      where to listen; port 0 takes a free one (127.0.0.1:8080)\n"
	"  --gateway FILE    where the fake payment provider keeps its books; `memory` for nowhere (beside the shop);\n"
	"                    or a real one: stripe:?key_file=FILE&webhook_file=FILE&return_url=URL,\n"
	"                    paypal:?key_file=FILE&webhook_id=ID&return_url=URL\n"
	"  --connections N   at most so many at once (1000)\n"
	"  --timeout S       a connection without a whole request is closed after so long (15)\n"
	"  --request-ms N    a request gives up after so long (30000)\n"
	"  --workers N       at most so many threads wait for store and payment provider (128)\n"
	"\n"
	"Who may call is said by the tokens of the shop: see shopcore help token.\n";

static bool read_unsigned(const char *text, unsigned low, unsigned high, unsigned *out)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || value < low || value > high)
		return false;
	*out = (unsigned)value;
	return true;
}

static bool read_listen(struct options *options, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t size = colon != NULL ? (size_t)(colon - text) : 0;
	if (colon == NULL || size >= sizeof(options->address) || !read_unsigned(colon + 1, 0, 65535, &options->port))
		return false;
	memcpy(options->address, text, size);
	options->address[size] = '\0';
	return true;
}

static bool read_options(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{ "shop", required_argument, NULL, 's' },        { "listen", required_argument, NULL, 'l' },
		{ "tokens", required_argument, NULL, 't' },      { "gateway", required_argument, NULL, 'g' },
		{ "connections", required_argument, NULL, 'c' }, { "timeout", required_argument, NULL, 'o' },
		{ "request-ms", required_argument, NULL, 'r' },  { "workers", required_argument, NULL, 'w' },
		{ "hash-token", no_argument, NULL, 'h' },        { NULL, 0, NULL, 0 },
	};
	unsigned request_ms = 30000;
	bool fine = true;
	*options = (struct options){ .shop = "memory:",
		                     .address = "127.0.0.1",
		                     .port = 8080,
		                     .connections = 1000,
		                     .timeout = 15,
		                     .workers = 128 };
	for (int c; fine && (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
		switch (c) {
		case 's':
			options->shop = optarg;
			break;
		case 'l':
			fine = read_listen(options, optarg);
			break;
		case 'g':
			options->gateway = optarg;
			break;
		case 'c':
			fine = read_unsigned(optarg, 1, 30000, &options->connections);
			break;
		case 'o':
			fine = read_unsigned(optarg, 1, 3600, &options->timeout);
			break;
		case 'r':
			fine = read_unsigned(optarg, 1, 3600000, &request_ms);
			break;
		case 'w':
			fine = read_unsigned(optarg, 1, 1000, &options->workers);
			break;
		default:
			fine = false;
		}
	}
	options->request_ms = request_ms;
	return fine && optind == argc;
}

/* ---- opening ----------------------------------------------------------------------------- */

/* The file of an SQLite shop with a suffix; false for another store. */
static bool beside(const char *url, const char *suffix, char *out, size_t size)
{
	static const char prefix[] = "sqlite:";
	if (strncmp(url, prefix, strlen(prefix)) != 0)
		return false;
	const char *file = url + strlen(prefix);
	return snprintf(out, size, "%.*s%s", (int)strcspn(file, "?"), file, suffix) < (int)size;
}

static sc_status open_gateway(struct process *process, sc_gateway *out, sc_error *err)
{
	sc_fake_gateway_options options = SC_FAKE_GATEWAY_OPTIONS_INIT;
	char file[1024];
	const char *url = process->options.gateway;
#ifdef WITH_PAYMENTS
	if (url != NULL && strncmp(url, "stripe:", 7) == 0)
		return sc_stripe_open_url(sc_env_default(), url, out, err);
	if (url != NULL && strncmp(url, "paypal:", 7) == 0)
		return sc_paypal_open_url(sc_env_default(), url, out, err);
#endif
	options.silence_ms = SILENCE_MS;
	options.file = url;
	if (options.file == NULL && beside(process->options.shop, ".gateway", file, sizeof(file)))
		options.file = file;
	if (options.file != NULL && strcmp(options.file, "memory") == 0)
		options.file = NULL;
	sc_status status = sc_fake_gateway_open(sc_env_default(), &options, &process->fake, err);
	if (status == SC_OK)
		*out = sc_fake_gateway_port(process->fake);
	return status;
}

#ifdef WITH_POSTGRES
static bool on_postgres(const char *url)
{
	return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}
#endif

/* PostgreSQL's driver is a library of its own; the others are named to the shop. */
static sc_status choose_store(const struct process *process, sc_shop_options *options, sc_error *err)
{
	const char *url = process->options.shop;
	const char *file = config_file_of(url);
	if (file != NULL)
		return open_config_file(file, options, err);
#ifdef WITH_POSTGRES
	if (on_postgres(url))
		return sc_postgres_open(sc_env_default(), url, NULL, &options->store, err);
#endif
	options->store_url = url;
	return SC_OK;
}

/* Beside the shop, so that every server of one PostgreSQL shop asks the same index. */
static sc_status choose_search(const struct process *process, sc_search_index *out, sc_error *err)
{
	char file[1024];
#ifdef WITH_POSTGRES
	if (on_postgres(process->options.shop))
		return sc_postgres_search_open(sc_env_default(), process->options.shop, NULL, out, err);
#endif
	bool kept = beside(process->options.shop, ".search", file, sizeof(file));
	return sc_fts5_open(sc_env_default(), kept ? file : ":memory:", out, err);
}

static bool open_shop(struct process *process)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_status status = choose_store(process, &options, &err);
	if (status == SC_OK)
		status = open_gateway(process, &options.gateway, &err);
	if (status == SC_OK)
		status = choose_search(process, &options.search, &err);
	if (status == SC_OK) {
		status = sc_shop_open(&options, &process->server.shop, &err);
		if (status != SC_OK)
			options.search.ops->close(options.search.ctx);
	}
	if (status == SC_OK)
		status = sc_worker_start(process->server.shop, NULL, &process->worker, &err);
	if (status != SC_OK)
		fprintf(stderr, "shopcore-http: %s: %s\n", process->options.shop, err.text);
	return status == SC_OK;
}

/* A loop for each processor, and no more loops than connections. */
static unsigned loop_count(const struct options *options)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned count = processors < 1 ? 1 : processors > LOOPS_MAX ? LOOPS_MAX : (unsigned)processors;
	return count < options->connections ? count : options->connections;
}

static bool listen_on(struct process *process)
{
	const struct options *options = &process->options;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)options->port) };
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
	if (inet_pton(AF_INET, options->address, &address.sin_addr) == 1)
		process->daemon = MHD_start_daemon(
			flags, (uint16_t)options->port, NULL, NULL, server_access, &process->server,
			MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, options->connections,
			MHD_OPTION_CONNECTION_TIMEOUT, options->timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			(size_t)ASKED_MAX, MHD_OPTION_THREAD_POOL_SIZE, loop_count(options),
			MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_NOTIFY_COMPLETED, server_completed,
			&process->server, MHD_OPTION_NOTIFY_CONNECTION, server_connection, &process->server,
			MHD_OPTION_UNESCAPE_CALLBACK, server_keep_escapes, NULL, MHD_OPTION_END);
	if (process->daemon == NULL) {
		fprintf(stderr, "shopcore-http: cannot listen on %s:%u\n", options->address, options->port);
		return false;
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(process->daemon, MHD_DAEMON_INFO_BIND_PORT);
	printf("listening on http://%s:%u\n", options->address, info != NULL ? info->port : options->port);
	return fflush(stdout) == 0;
}

static bool open_all(struct process *process)
{
	struct server *server = &process->server;
	server->request_ms = process->options.request_ms;
	server->keys = keys_new();
	server->tokens = tokens_new();
	server->shelf = shelf_new();
	server->workers = workers_new(process->options.workers);
	if (server->keys == NULL || server->tokens == NULL || server->shelf == NULL || server->workers == NULL)
		return false;
	return open_shop(process) && listen_on(process);
}

/* ---- stopping ---------------------------------------------------------------------------- */

/* Nobody new is let in; those who are being served are, up to a time. */
static void drain(struct process *process)
{
	const struct timespec step = { 0, DRAIN_STEP_NS };
	atomic_store(&process->server.draining, true);
	MHD_socket listener = MHD_quiesce_daemon(process->daemon);
	if (listener != MHD_INVALID_SOCKET)
		close(listener);
	for (int i = 0; i < DRAIN_STEPS && atomic_load(&process->server.in_flight) > 0; i++)
		nanosleep(&step, NULL);
}

static void close_all(struct process *process)
{
	if (process->daemon != NULL) {
		drain(process);
		workers_end(process->server.workers); /* first: it resumes what is suspended */
		MHD_stop_daemon(process->daemon);
	}
	sc_worker_stop(process->worker);
	sc_shop_close(process->server.shop);
	sc_fake_gateway_free(process->fake);
	workers_free(process->server.workers);
	shelf_free(process->server.shelf);
	keys_free(process->server.keys);
	tokens_free(process->server.tokens);
}

int main(int argc, char **argv)
{
	struct process process = { .daemon = NULL };
	sigset_t stops;
	int got;
	if (sodium_init() < 0)
		return 1;
	if (!read_options(&process.options, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stops, NULL); /* every thread inherits it; only sigwait hears them */
	signal(SIGPIPE, SIG_IGN);
	bool fine = open_all(&process);
	if (fine)
		sigwait(&stops, &got);
	close_all(&process);
	return fine ? 0 : 1;
}
