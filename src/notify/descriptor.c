/*
 * The two built-in notifiers: both write to a descriptor, one in words, one in JSON to a file of its own. Each notice
 * is one write; a file is opened to append, so that several processes can share it.
 */
#include <shopcore/notify.h>

#include "base/error.h"
#include "notify/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

typedef struct descriptor_notifier {
	const sc_env *env;
	int descriptor;
	bool owned;
	sc_status (*print)(const sc_notice *notice, sc_arena *arena, sc_bytes *out);
} descriptor_notifier;

/* A pipe or a terminal may take less than all at once. */
static sc_status write_all(int descriptor, sc_bytes bytes)
{
	const char *at = bytes.data;
	size_t left = bytes.size;
	while (left > 0) {
		const ssize_t written = write(descriptor, at, left);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return SC_IO_FAILED;
		at += written;
		left -= (size_t)written;
	}
	return SC_OK;
}

static sc_status send_all(void *ctx, const sc_call *call, const sc_notice *notices, size_t count, sc_status *statuses,
                          sc_error *err)
{
	const descriptor_notifier *self = ctx;
	sc_arena arena;
	(void)call;
	(void)err;
	sc_arena_init(&arena, self->env);
	for (size_t i = 0; i < count; i++) {
		sc_bytes text;
		sc_arena_reset(&arena);
		statuses[i] = self->print(&notices[i], &arena, &text);
		if (statuses[i] == SC_OK)
			statuses[i] = write_all(self->descriptor, text);
	}
	sc_arena_clear(&arena);
	return SC_OK;
}

static void close_descriptor(void *ctx)
{
	descriptor_notifier *self = ctx;
	if (self->owned)
		close(self->descriptor);
	self->env->resize(self->env->ctx, self, 0);
}

static const sc_notifier_ops console_ops = { sizeof(sc_notifier_ops), "console", send_all, close_descriptor };
static const sc_notifier_ops file_ops = { sizeof(sc_notifier_ops), "file", send_all, close_descriptor };

static sc_status make(const sc_env *env, const descriptor_notifier *like, const sc_notifier_ops *ops, sc_notifier *out,
                      sc_error *err)
{
	descriptor_notifier *self = env->resize(env->ctx, NULL, sizeof(*self));
	if (self == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a notifier");
	*self = *like;
	*out = (sc_notifier){ ops, self };
	return SC_OK;
}

sc_status sc_notifier_console(const sc_env *env, int descriptor, sc_notifier *out, sc_error *err)
{
	if (env == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "is missing");
	if (descriptor < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "descriptor", "is below 0");
	const descriptor_notifier like = { env, descriptor, false, sc__notice_print };
	return make(env, &like, &console_ops, out, err);
}

sc_status sc_notifier_file(const sc_env *env, const char *path, sc_notifier *out, sc_error *err)
{
	if (env == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "is missing");
	if (path == NULL || path[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "path", "is missing");
	descriptor_notifier like = { env, -1, true, sc__notice_json };
	like.descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (like.descriptor < 0)
		return sc__fail(err, SC_IO_FAILED, "cannot open the file of notices (errno %d)", errno);
	sc_status status = make(env, &like, &file_ops, out, err);
	if (status != SC_OK)
		close(like.descriptor);
	return status;
}
