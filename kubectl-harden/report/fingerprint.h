/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Fingerprints: who a finding is, whatever stands around it.
 *
 * One is made of the rule, the object (kind, namespace, name; which of its pods) and the place in it, where items of
 * lists go by their names. It knows neither lines nor files, so a finding keeps it when the file is edited elsewhere or
 * moves, and when another profile or version of the standard is asked for. Equal ones are told apart by a number, in
 * the order of the input.
 */

#include "base/str.h"

/* How often each was met. fingerprints_free() releases it. */
struct fingerprints {
	struct fingerprint_count {
		uint64_t hash;
		uint32_t n;
	} *slots;
	size_t n, size;
};

/* A hash over texts, each with its end. */
#define FINGERPRINT_START 0xcbf29ce484222325u
uint64_t fingerprint_add(uint64_t hash, struct str text);

/* fingerprint_first() - that of the first finding of a hash, which fingerprint_format() does not count. */
void fingerprint_first(uint64_t hash, char out[32]);

/* fingerprint_format() - writes "0123456789abcdef:N" for the Nth finding of that hash. */
void fingerprint_format(struct fingerprints *seen, uint64_t hash, char out[32]);
void fingerprints_free(struct fingerprints *seen);
