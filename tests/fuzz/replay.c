/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay
 *
 * Runs a target over files, and over all files of folders, without libFuzzer; with -mN each file is mutated N times
 * by the target's own mutator besides. Ends with the target's abort where something does not hold, having named the
 * file (256 MB are all the memory there is), and with 1 where memory was lost.
 *
 * With -eFILE the target also writes down what it read and meant, for tests/differential.
 *
 *	replay [-mN] [-eFILE] FILE|FOLDER...
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fuzz.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

#ifdef WITH_ASAN
int __lsan_do_recoverable_leak_check(void);
#endif

/* A target without a mutator of its own. */
__attribute__((__weak__)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	(void)seed;
	return LLVMFuzzerMutate(data, size, max);
}

static uint32_t state = 1;

static uint32_t dice(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(state >> 8) * n >> 24);
}

/* libFuzzer's own, much simplified. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	size_t at = size ? dice((uint32_t)size) : 0;

	switch (dice(4)) {
	case 0:
		if (size < max) {
			memmove(data + at + 1, data + at, size - at);
			data[at] = (uint8_t)dice(256);
			return size + 1;
		}
		break;
	case 1:
		if (size > 1) {
			memmove(data + at, data + at + 1, size - at - 1);
			return size - 1;
		}
		break;
	case 2:
		if (size && max) {
			data[at] ^= (uint8_t)(1 << dice(8));
			return size;
		}
		break;
	default:
		if (size && max) {
			data[at] = (uint8_t)" \n\t:-#{}[],&*!|>'\"?~<0az"[dice(25)];
			return size;
		}
	}
	return size;
}

struct replay {
	size_t files, runs, rounds;
	const char *path;
};

static struct replay replay;

static void on_abort(int number)
{
	const char *name = replay.path ? replay.path : "?";

	(void)!write(STDERR_FILENO, "in ", 3);
	(void)!write(STDERR_FILENO, name, strlen(name));
	(void)!write(STDERR_FILENO, "\n", 1);
	signal(number, SIG_DFL);
	raise(number);
}

/* In a block of exactly its size, so that no byte behind it is read unseen. */
static void run_once(const uint8_t *data, size_t n)
{
	uint8_t *copy = xmalloc(n ? n : 1);

	if (n)
		memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	replay.runs++;
}

static void run_bytes(struct str bytes)
{
	uint8_t *block = xmalloc(FUZZ_BYTES_MAX);

	run_once((const uint8_t *)bytes.p, bytes.n);
	state = (uint32_t)str_hash(bytes);
	for (size_t i = 0; i < replay.rounds && bytes.n && bytes.n < FUZZ_BYTES_MAX; i++) {
		size_t n = bytes.n;

		memcpy(block, bytes.p, n);
		n = LLVMFuzzerCustomMutator(block, n, FUZZ_BYTES_MAX, dice(1 << 24));
		if (getenv("REPLAY_SAVE")) {
			FILE *file = fopen(getenv("REPLAY_SAVE"), "wb");

			if (file) {
				fwrite(block, 1, n, file);
				fclose(file);
			}
		}
		run_once(block, n);
	}
	free(block);
}

static bool run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct buf bytes = BUF_INIT;
	char block[4096];
	bool fine = true;
	size_t n;

	if (!file) {
		fprintf(stderr, "error: open %s: %s\n", path, strerror(errno));
		return false;
	}
	do {
		n = fread(block, 1, sizeof(block), file);
		buf_add(&bytes, (struct str){ block, n });
	} while (n == sizeof(block));
	fclose(file);
	replay.files++;
	replay.path = path;
	run_bytes(buf_str(&bytes));
	buf_free(&bytes);
#ifdef WITH_ASAN
	fine = !__lsan_do_recoverable_leak_check();
	if (!fine)
		fprintf(stderr, "error: %s: memory was lost\n", path);
#endif
	return fine;
}

static bool run_path(const char *path)
{
	struct dirent **names;
	bool fine = true;
	int n = scandir(path, &names, NULL, alphasort);

	if (n < 0)
		return run_file(path);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			struct buf inner = BUF_INIT;

			buf_addf(&inner, "%s/%s", path, names[i]->d_name);
			buf_addc(&inner, 0);
			fine &= run_path(inner.p);
			buf_free(&inner);
		}
		free(names[i]);
	}
	free(names);
	return fine;
}

/* No input of a few kilobytes needs more; a sanitizer's own memory is another matter (see run.sh). */
static void limit_memory(void)
{
#ifndef WITH_ASAN
	const struct rlimit limit = { .rlim_cur = 256 << 20, .rlim_max = 256 << 20 };

	setrlimit(RLIMIT_AS, &limit);
#endif
}

int main(int argc, char **argv)
{
	FILE *frames = NULL;
	bool fine = true;

	limit_memory();
	signal(SIGABRT, on_abort);
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-m", 2)) {
			replay.rounds = strtoul(argv[i] + 2, NULL, 10);
		} else if (!strncmp(argv[i], "-e", 2)) {
			frames = fopen(argv[i] + 2, "wb");
			fine &= frames != NULL;
			fuzz_emit_to(frames);
		} else {
			fine &= run_path(argv[i]);
		}
	}
	fine &= !frames || !fclose(frames);
	printf("%zu files, %zu runs\n", replay.files, replay.runs);
	return fine ? 0 : 1;
}
