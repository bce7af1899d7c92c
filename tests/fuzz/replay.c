/*
 * A driver for fuzz targets where there is no libFuzzer: it replays every file of a folder, then runs mutations of
 * them. The same seed makes the same inputs, so a failure is repeated with the same command.
 *
 *     fuzz_json CORPUS [-runs=N] [-seed=N]
 *
 * Each input lies in a block of exactly its size, so that a sanitizer sees a read past its end. The input being run
 * when the process dies is left in FILE with -crash=FILE.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUTS_MAX    256
#define INPUT_SIZE    4096
#define MUTATIONS_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	uint8_t bytes[INPUT_SIZE];
	size_t size;
};

struct corpus {
	struct input *inputs;
	size_t count;
};

static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static size_t below(uint64_t *seed, size_t bound)
{
	return bound == 0 ? 0 : next_random(seed) % bound;
}

static void run(const struct input *input, const char *crash_path)
{
	if (crash_path != NULL) {
		FILE *file = fopen(crash_path, "wb");
		if (file != NULL) {
			fwrite(input->bytes, 1, input->size, file);
			fclose(file);
		}
	}
	uint8_t *copy = malloc(input->size > 0 ? input->size : 1);
	if (copy == NULL)
		abort();
	memcpy(copy, input->bytes, input->size);
	LLVMFuzzerTestOneInput(copy, input->size);
	free(copy);
}

/* Opens a hole of `size` bytes at `at`, or fewer when there is no room. How many it became. */
static size_t make_hole(struct input *input, size_t at, size_t size)
{
	size_t room = INPUT_SIZE - input->size;
	if (size > room)
		size = room;
	memmove(input->bytes + at + size, input->bytes + at, input->size - at);
	input->size += size;
	return size;
}

static void change_byte(struct input *input, uint64_t *seed)
{
	static const char odd[] = "\"\\{}[],:.-+eE0919@ux \n\x00\x01\x7F\x80\xBF\xC0\xC3\xED\xF4\xFF";
	if (input->size == 0)
		return;
	uint8_t *byte = &input->bytes[below(seed, input->size)];
	switch (below(seed, 3)) {
	case 0:
		*byte ^= (uint8_t)(1U << below(seed, 8));
		break;
	case 1:
		*byte = (uint8_t)odd[below(seed, sizeof odd - 1)];
		break;
	default:
		*byte = (uint8_t)next_random(seed);
	}
}

static void cut(struct input *input, uint64_t *seed)
{
	size_t at = below(seed, input->size), size = below(seed, input->size - at + 1);
	if (input->size == 0)
		return;
	memmove(input->bytes + at, input->bytes + at + size, input->size - at - size);
	input->size -= size;
}

/* Copies a part of an input, which may be the same one, to somewhere in `input`. */
static void splice(struct input *input, const struct input *from, uint64_t *seed)
{
	uint8_t part[INPUT_SIZE];
	size_t start = below(seed, from->size), size = below(seed, from->size - start + 1);
	memcpy(part, from->bytes + start, size);
	size_t at = below(seed, input->size + 1);
	size = make_hole(input, at, size);
	memcpy(input->bytes + at, part, size);
}

static void insert_bytes(struct input *input, uint64_t *seed)
{
	size_t at = below(seed, input->size + 1), size = make_hole(input, at, 1 + below(seed, 4));
	for (size_t i = 0; i < size; i++)
		input->bytes[at + i] = (uint8_t)next_random(seed);
}

static void mutate(struct input *input, const struct corpus *corpus, uint64_t *seed)
{
	for (size_t left = 1 + below(seed, MUTATIONS_MAX); left > 0; left--) {
		switch (below(seed, 6)) {
		case 0:
			cut(input, seed);
			break;
		case 1:
			splice(input, &corpus->inputs[below(seed, corpus->count)], seed);
			break;
		case 2:
			insert_bytes(input, seed);
			break;
		default:
			change_byte(input, seed);
		}
	}
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_input(struct corpus *corpus, const char *folder, const char *name)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = name[0] == '.' || corpus->count == INPUTS_MAX ? NULL : fopen(path, "rb");
	if (file == NULL)
		return;
	struct input *input = &corpus->inputs[corpus->count++];
	input->size = fread(input->bytes, 1, INPUT_SIZE, file);
	fclose(file);
}

/* Reads a folder in the order of names, so that a run does not depend on the file system. */
static void read_corpus(struct corpus *corpus, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, by_name);
	for (int i = 0; i < count; i++) {
		read_input(corpus, folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int main(int argc, char **argv)
{
	static struct input inputs[INPUTS_MAX], input;
	struct corpus corpus = { inputs, 0 };
	uint64_t runs = 0, seed = 1;
	const char *crash_path = NULL;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-runs=", 6) == 0)
			runs = strtoull(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "-seed=", 6) == 0)
			seed = strtoull(argv[i] + 6, NULL, 10);
		else if (strncmp(argv[i], "-crash=", 7) == 0)
			crash_path = argv[i] + 7;
		else
			read_corpus(&corpus, argv[i]);
	}
	if (corpus.count == 0) {
		fprintf(stderr, "no inputs: name a folder of them\n");
		return 2;
	}
	for (size_t i = 0; i < corpus.count; i++)
		run(&corpus.inputs[i], crash_path);
	for (uint64_t i = 0; i < runs; i++) {
		input = corpus.inputs[below(&seed, corpus.count)];
		mutate(&input, &corpus, &seed);
		run(&input, crash_path);
	}
	printf("%zu inputs and %llu mutations\n", corpus.count, (unsigned long long)runs);
	return 0;
}
