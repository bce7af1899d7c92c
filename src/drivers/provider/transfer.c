/*
 * One try of one call: an easy handle of libcurl, told everything that matters, so that nothing in the process's
 * surroundings (proxies in the environment, a .netrc) can change where a secret goes.
 */
#include "drivers/provider/engine.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define URL_MAX 1024

/* ---- what comes back ------------------------------------------------------------------------ */

static size_t receive(char *data, size_t size, size_t count, void *user)
{
	struct sc__job_work *work = user;
	const sc_env *env = work->job.arena.env;
	size_t more = size * count;
	if (more > SC__ANSWER_MAX - work->received_size)
		return 0;
	if (work->received_size + more > work->received_room) {
		size_t room = work->received_room ? work->received_room : 4096;
		while (room < work->received_size + more)
			room *= 2;
		char *larger = env->resize(env->ctx, work->received, room);
		if (!larger)
			return 0;
		work->received = larger;
		work->received_room = room;
	}
	memcpy(work->received + work->received_size, data, more);
	work->received_size += more;
	return more;
}

/* The value of a header line, when it is that header; copied, because lines have no NUL. */
static bool header_is(const char *line, size_t size, const char *name, char out[64])
{
	size_t length = strlen(name), taken = 0;
	if (size <= length || strncasecmp(line, name, length) != 0 || line[length] != ':')
		return false;
	for (size_t i = length + 1; i < size && taken < 63; i++)
		if (line[i] != ' ' && line[i] != '\r' && line[i] != '\n')
			out[taken++] = line[i];
	out[taken] = '\0';
	return true;
}

static int64_t seconds_in_ms(const char *text)
{
	int64_t seconds = 0;
	if (text[0] == '\0' || strlen(text) > 6)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1; /* a date: none of our providers sends one */
		seconds = seconds * 10 + (*text - '0');
	}
	return seconds * 1000;
}

static size_t receive_header(char *line, size_t size, size_t count, void *user)
{
	struct sc__job_work *work = user;
	char value[64];
	size *= count;
	if (header_is(line, size, "Stripe-Should-Retry", value))
		work->answer.should_retry = strcmp(value, "true") == 0 ? 1 : strcmp(value, "false") == 0 ? 0 : -1;
	else if (header_is(line, size, "Retry-After", value))
		work->answer.retry_after_ms = seconds_in_ms(value);
	else if (header_is(line, size, "Idempotent-Replayed", value))
		work->answer.replayed = strcmp(value, "true") == 0;
	return size;
}

/* ---- what is sent --------------------------------------------------------------------------- */

static bool add_header(struct sc__job_work *work, const char *line)
{
	struct curl_slist *longer = curl_slist_append(work->headers, line);
	if (longer)
		work->headers = longer;
	return longer != NULL;
}

static bool set_headers(struct sc__job_work *work)
{
	const sc__http_call *call = &work->job.call;
	bool fine = add_header(work, "Expect:") && add_header(work, "Accept: application/json");
	for (size_t i = 0; fine && i < SC__CALL_HEADERS_MAX && call->headers[i]; i++)
		fine = add_header(work, call->headers[i]);
	return fine && curl_easy_setopt(work->easy, CURLOPT_HTTPHEADER, work->headers) == CURLE_OK;
}

/* libcurl repeats a request by itself when a kept connection turns out to be dead, and nobody hears of it. It cannot
 * rewind a body that comes from here, so every try is one that we know of. */
static size_t give(char *out, size_t size, size_t count, void *user)
{
	struct sc__job_work *work = user;
	const sc_bytes body = work->job.call.body;
	size_t room = size * count, left = body.size - work->given;
	if (left > room)
		left = room;
	if (left > 0)
		memcpy(out, (const char *)body.data + work->given, left);
	work->given += left;
	return left;
}

static bool set_body(struct sc__job_work *work)
{
	const sc__http_call *call = &work->job.call;
	CURL *easy = work->easy;
	if (strcmp(call->method, "GET") == 0)
		return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK;
	work->given = 0;
	return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.size) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_READFUNCTION, give) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_READDATA, work) == CURLE_OK;
}

static bool set_limits(const sc__provider *provider, CURL *easy)
{
	const sc_provider_tuning *tuning = &provider->tuning;
	return curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)tuning->connect_timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)tuning->timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "libshopcore/" SC_VERSION) == CURLE_OK;
}

static bool set_ways(struct sc__job_work *work, const char *url)
{
	CURL *easy = work->easy;
	return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PRIVATE, work) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, work) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, work) == CURLE_OK;
}

static void drop(struct sc__job_work *work)
{
	curl_easy_cleanup(work->easy);
	curl_slist_free_all(work->headers);
	work->easy = NULL;
	work->headers = NULL;
}

bool transfer_begin(sc__provider *provider, struct sc__job_work *work)
{
	char url[URL_MAX];
	int length = snprintf(url, sizeof(url), "%s%s", provider->url, work->job.call.path);
	work->answer = (sc__http_answer){ .should_retry = -1, .retry_after_ms = -1 };
	work->received_size = 0;
	if (length < 0 || (size_t)length >= sizeof(url))
		return false;
	work->easy = curl_easy_init();
	if (work->easy && set_ways(work, url) && set_limits(provider, work->easy) && set_body(work) &&
	    set_headers(work) && curl_multi_add_handle(provider->multi, work->easy) == CURLM_OK) {
		provider->running++;
		return true;
	}
	drop(work);
	return false;
}

/* Whether nothing of the request can have reached the provider. */
static bool was_not_sent(CURLcode code)
{
	switch ((int)code) { /* not an enum's switch: libcurl has a hundred codes */
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
		return true;
	default:
		return false;
	}
}

void transfer_end(sc__provider *provider, struct sc__job_work *work, CURLcode code)
{
	sc__http_answer *answer = &work->answer;
	long status = 0;
	curl_off_t sent = 0;
	curl_easy_getinfo(work->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(work->easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
	curl_multi_remove_handle(provider->multi, work->easy);
	drop(work);
	provider->running--;
	answer->status = (int)status;
	answer->body = (sc_bytes){ work->received, work->received_size };
	if (code == CURLE_OK)
		answer->end = SC__HTTP_ANSWERED;
	else if (was_not_sent(code) || (code == CURLE_OPERATION_TIMEDOUT && sent == 0))
		answer->end = SC__HTTP_NOT_SENT; /* it never came past the connection */
	else
		answer->end = SC__HTTP_SILENT;
}
