/*
 * See shelf.h: the file is one frame behind the other, each with all that one commit did and a check of it. Who opens
 * it, or shares it with other processes, takes in the frames that are new. A process that dies while it writes leaves a
 * torn frame at the end, which nobody was told of; the next one that writes cuts it off. A frame that is wrong and has
 * others behind it is damage, and nobody guesses.
 */
#include "shelf.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char magic[8] = "shelf-1";

struct head {
	uint64_t check; /* of all that follows */
	uint32_t rows_size, entries_size;
	uint64_t next_position;
	int64_t now_ms, floor_ms;
	uint32_t row_count, reserved;
};

/* In front of each row. */
struct mark {
	uint32_t write, size;
};

static uint64_t check_of(const char *frame, size_t size) /* FNV-1a */
{
	uint64_t check = UINT64_C(0xcbf29ce484222325);
	for (size_t i = sizeof(check); i < size; i++)
		check = (check ^ (unsigned char)frame[i]) * UINT64_C(0x100000001b3);
	return check;
}

/* ---- taking in ------------------------------------------------------------------------------ */

static bool take_rows(struct shelf *shelf, struct step *step, const char *at, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct mark mark;
		sc_value columns[SC_COLUMNS_MAX];
		sc_record record;
		memcpy(&mark, at, sizeof(mark));
		at += sizeof(mark);
		struct row *row = row_unpack((sc_bytes){ at, mark.size }, columns, &record)
		                          ? row_make(shelf->env, &record)
		                          : NULL;
		if (row == NULL)
			return false;
		step->changes[step->count++] = (struct change){ mark.write, row };
		at += mark.size;
	}
	return true;
}

/* The check was right, so the frame is what somebody wrote. */
static sc_status take_frame(struct shelf *shelf, const struct head *head, const char *frame, sc_error *err)
{
	const sc_env *env = shelf->env;
	const char *rows = frame + sizeof(*head), *entries = rows + head->rows_size;
	struct step step;
	bool enough = step_reserve(shelf, &step, head->row_count) && take_rows(shelf, &step, rows, head->row_count);
	if (enough && head->entries_size > 0) {
		void *copy = env->resize(env->ctx, NULL, head->entries_size);
		enough = copy != NULL;
		if (enough)
			step.entries = (sc_bytes){ memcpy(copy, entries, head->entries_size), head->entries_size };
	}
	if (!enough) {
		step_drop(shelf, &step);
		return shelf_fail(err, SC_NO_MEMORY, "no memory for what the file has");
	}
	step.last = head->next_position - 1;
	step_install(shelf, &step);
	shelf->next_position = head->next_position;
	shelf->floor_ms = head->floor_ms;
	if (head->now_ms > shelf_time(shelf)) {
		shelf->highest_ms = head->now_ms;
		shelf->since_ns = env->mono_ns(env->ctx);
	}
	return SC_OK;
}

/* The next frame, and how long it is; 0: there is none that is whole. */
static sc_status take_next(struct shelf *shelf, int64_t file_size, size_t *size, sc_error *err)
{
	const sc_env *env = shelf->env;
	struct head head;
	*size = 0;
	if (pread(shelf->file, &head, sizeof(head), shelf->end) != sizeof(head))
		return SC_OK;
	size_t whole = sizeof(head) + head.rows_size + (size_t)head.entries_size;
	if ((int64_t)whole > file_size - shelf->end || head.check == 0)
		return SC_OK;
	char *frame = env->resize(env->ctx, NULL, whole);
	if (frame == NULL)
		return shelf_fail(err, SC_NO_MEMORY, "no memory for what the file has");
	sc_status status = SC_OK;
	if (pread(shelf->file, frame, whole, shelf->end) != (ssize_t)whole)
		status = shelf_fail(err, SC_IO_FAILED, "the file cannot be read");
	else if (check_of(frame, whole) == head.check)
		status = take_frame(shelf, &head, frame, err);
	else if ((int64_t)whole < file_size - shelf->end)
		status = shelf_fail(err, SC_DAMAGED, "a frame of the file is not what was written");
	else
		whole = 0;
	env->resize(env->ctx, frame, 0);
	*size = whole;
	return status;
}

sc_status file_catch_up(struct shelf *shelf, bool cut, sc_error *err)
{
	if (shelf->file < 0)
		return SC_OK;
	int64_t file_size = lseek(shelf->file, 0, SEEK_END);
	size_t size = 1;
	sc_status status = SC_OK;
	while (status == SC_OK && size > 0 && shelf->end < file_size) {
		status = take_next(shelf, file_size, &size, err);
		shelf->end += status == SC_OK ? (int64_t)size : 0;
	}
	if (status == SC_OK && cut && shelf->end < file_size && ftruncate(shelf->file, shelf->end) != 0)
		status = shelf_fail(err, SC_IO_FAILED, "the torn end of the file cannot be cut off");
	return status;
}

/* ---- appending ------------------------------------------------------------------------------ */

sc_status file_lock(struct shelf *shelf, sc_error *err)
{
	if (shelf->file < 0)
		return SC_OK;
	if (flock(shelf->file, LOCK_EX) != 0)
		return shelf_fail(err, SC_IO_FAILED, "the file cannot be locked");
	sc_status status = file_catch_up(shelf, true, err);
	if (status != SC_OK)
		file_unlock(shelf);
	return status;
}

void file_unlock(struct shelf *shelf)
{
	if (shelf->file >= 0)
		flock(shelf->file, LOCK_UN);
}

static size_t pack_rows(const struct step *step, char *out)
{
	size_t at = 0;
	for (size_t i = 0; i < step->count; i++) {
		const struct row *row = step->changes[i].row;
		const struct mark mark = { step->changes[i].write, (uint32_t)row->size };
		if (out != NULL) {
			memcpy(out + at, &mark, sizeof(mark));
			memcpy(out + at + sizeof(mark), row->packed, row->size);
		}
		at += sizeof(mark) + row->size;
	}
	return at;
}

static void pack_frame(struct shelf *shelf, const struct step *step, size_t rows_size, char *frame, size_t size)
{
	struct head head = { .rows_size = (uint32_t)rows_size,
		             .entries_size = (uint32_t)step->entries.size,
		             .next_position = shelf->next_position,
		             .now_ms = shelf_time(shelf),
		             .floor_ms = shelf->floor_ms,
		             .row_count = (uint32_t)step->count };
	memcpy(frame, &head, sizeof(head));
	pack_rows(step, frame + sizeof(head));
	if (step->entries.size > 0)
		memcpy(frame + sizeof(head) + rows_size, step->entries.data, step->entries.size);
	head.check = check_of(frame, size);
	memcpy(frame, &head.check, sizeof(head.check));
}

/* What did not get into the file whole did not happen. What may not have reached the disk is not known. */
sc_status file_append(struct shelf *shelf, const struct step *step, sc_error *err)
{
	const sc_env *env = shelf->env;
	if (shelf->file < 0)
		return SC_OK;
	size_t rows_size = pack_rows(step, NULL), size = sizeof(struct head) + rows_size + step->entries.size;
	char *frame = rows_size <= UINT32_MAX && step->entries.size <= UINT32_MAX ? env->resize(env->ctx, NULL, size)
	                                                                          : NULL;
	if (frame == NULL)
		return shelf_fail(err, SC_NO_MEMORY, "no memory for what is to be written");
	pack_frame(shelf, step, rows_size, frame, size);
	ssize_t written = pwrite(shelf->file, frame, size, shelf->end);
	env->resize(env->ctx, frame, 0);
	if (written != (ssize_t)size && ftruncate(shelf->file, shelf->end) == 0)
		return shelf_fail(err, SC_IO_FAILED, "the file cannot be written");
	if (written != (ssize_t)size || fdatasync(shelf->file) != 0)
		return shelf_fail(err, SC_OUTCOME_UNKNOWN, "the disk did not say whether it has it");
	shelf->end += (int64_t)size;
	return SC_OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

static sc_status read_first(struct shelf *shelf, sc_error *err)
{
	char first[sizeof(magic) + sizeof(sc_id)];
	ssize_t size = pread(shelf->file, first, sizeof(first), 0);
	shelf->end = sizeof(first);
	if (size == sizeof(first) && memcmp(first, magic, sizeof(magic)) == 0) {
		memcpy(&shelf->incarnation, first + sizeof(magic), sizeof(shelf->incarnation));
		return SC_OK;
	}
	if (size != 0)
		return shelf_fail(err, SC_BAD_FORMAT, "the file is no shelf");
	memcpy(first, magic, sizeof(magic));
	memcpy(first + sizeof(magic), &shelf->incarnation, sizeof(shelf->incarnation));
	if (pwrite(shelf->file, first, sizeof(first), 0) != sizeof(first) || fsync(shelf->file) != 0)
		return shelf_fail(err, SC_IO_FAILED, "the file cannot be written");
	return SC_OK;
}

sc_status file_open(struct shelf *shelf, const char *path, sc_error *err)
{
	shelf->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (shelf->file < 0 || flock(shelf->file, LOCK_EX) != 0)
		return shelf_fail(err, SC_IO_FAILED, "the file cannot be opened");
	sc_status status = read_first(shelf, err);
	if (status == SC_OK)
		status = file_catch_up(shelf, true, err);
	file_unlock(shelf);
	return status;
}

void file_close(struct shelf *shelf)
{
	if (shelf->file >= 0)
		close(shelf->file);
}
