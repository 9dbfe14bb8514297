/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Skip: exceptions that stand in the manifest, in an annotation of the object or of its pod template:
 *
 *	kubectl-harden/skip: "host-path, web:run-as-user"
 *
 * A fixer by its name is skipped for the whole pod, CONTAINER:FIXER for one container of it.
 */

#include "fixers/fixer.h"

#define SKIP_ANNOTATION "kubectl-harden/skip"

/* An entry of an annotation that names a fixer. */
struct skip {
	struct str text; /* as it is written, without blanks */
	size_t fixer;	 /* index in the table */
	int target;	 /* TARGET_POD: the pod and all its containers */
	yaml_id node;	 /* the annotation's value */
	uint32_t at;	 /* offset in the document, of the entry itself where its text stands there as it is */
};

/* An entry that means nothing. */
struct skip_fault {
	struct str container; /* that the pod does not have; empty: its fixer is unknown */
	struct str message;
	uint32_t at;
};

struct skips {
	struct skip *items;
	size_t n, cap;
	struct skip_fault *faults;
	size_t faults_n;
	uint64_t *bits; /* a bit for each fixer: of the pod, and then of each container */
	uint64_t any;	/* of all containers */
};

/*
 * skips_read() - the annotations that concern @pod (its containers may be none: a Service), in @arena. NULL where there
 * are none, as nearly always.
 */
struct skips *skips_read(struct kube_pod *pod, struct arena *arena);

/* skips_has() - whether @skips (may be NULL) has the fixer at @index for @target: by itself, or with its pod. */
static inline bool skips_has(const struct skips *skips, size_t index, int target)
{
	uint64_t bits = !skips ? 0 : skips->bits[0] | (target >= 0 ? skips->bits[target + 1] : 0);

	return bits >> index & 1;
}
