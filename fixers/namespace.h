/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Namespace: the labels by which a Namespace says what its pods must reach (k8s.io/pod-security-admission api).
 */

#include "fixers/fixer.h"

#define NAMESPACE_ENFORCE "pod-security.kubernetes.io/enforce"
#define NAMESPACE_ENFORCE_VERSION "pod-security.kubernetes.io/enforce-version"

#define NAMESPACE_LABELS "pod-security.kubernetes.io/" /* what all of them begin with */

/* A label whose value the admission plugin refuses (k8s.io/pod-security-admission, PolicyToEvaluate). */
struct namespace_fault {
	yaml_id value;
	struct str message; /* in fix->arena */
};

enum { NAMESPACE_FAULTS_MAX = 6 };

/* namespace_faults() - those of the Namespace at work, in @faults; returns how many. */
size_t namespace_faults(struct fix_context *fix, struct namespace_fault faults[NAMESPACE_FAULTS_MAX]);

/* namespace_version() - of the label's value: pod_security_version(), but for what only users may leave out ("1.30"). */
bool namespace_version(struct str value, unsigned *ret_version);

/* namespace_level() - of the label's value; PROFILE_AUTO where it is absent or none that the API takes. */
enum profile namespace_level(struct str value);
