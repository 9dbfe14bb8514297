/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Fuzz: what the targets share. A target is one file with LLVMFuzzerTestOneInput(); it is linked with libFuzzer, or
 * with replay.c, which runs it over files.
 *
 * Whatever must hold is said with fuzz_check(): it prints what does not, and aborts.
 */

#include <stdint.h>
#include <stdio.h>

#include "yaml/render.h"
#include "yaml/tree.h"

/* Larger inputs find nothing that smaller ones do not, slowly. */
enum { FUZZ_BYTES_MAX = 4096, FUZZ_DOCUMENTS_MAX = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* fuzz_check() - aborts with the message where @fine is false. */
void fuzz_check(bool fine, const char *format, ...) __attribute__((__format__(printf, 2, 3)));

/* fuzz_show() - prints a text under a title, for the message that follows. */
void fuzz_show(const char *title, struct str text);

/*
 * An input of the targets that need more than a document: its first line, of at most FUZZ_PROGRAM_MAX bytes, says what
 * to do; the text is what follows.
 */
enum { FUZZ_PROGRAM_MAX = 64 };
struct fuzz_input {
	struct str program;
	struct str text;
};

struct fuzz_input fuzz_input_split(struct str bytes);

/*
 * fuzz_emit_to() - where a target that can writes what it meant, as frames (tests/differential/meaning.h), for an
 * independent reader. fuzz_emitted() - that file; NULL: nowhere.
 */
void fuzz_emit_to(FILE *file);
FILE *fuzz_emitted(void);

/* fuzz_too_many() - whether there are more documents than a target should look at. */
bool fuzz_too_many(struct str text);

/* fuzz_clock() - CPU time of the process. fuzz_check_time() - that no more than is bearable has passed since. */
uint64_t fuzz_clock(void);
void fuzz_check_time(uint64_t since);

/*
 * fuzz_dump() - appends what every reader says about every node of the logical tree, up to a limit, and checks on the
 * way that they do not contradict each other.
 */
void fuzz_dump(struct yaml_tree *tree, struct buf *out);

/* fuzz_check_spans() - that nodes of the input lie in each other, in order. */
void fuzz_check_spans(struct yaml_tree *tree);

/* fuzz_check_splices() - that they are in order, do not overlap, and stay inside. */
void fuzz_check_splices(struct str original, const struct splices *splices);
