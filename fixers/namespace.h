/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Namespace: the labels by which a Namespace says what its pods must reach (k8s.io/pod-security-admission api).
 */

#include "fixers/fixer.h"

#define NAMESPACE_ENFORCE "pod-security.kubernetes.io/enforce"
#define NAMESPACE_ENFORCE_VERSION "pod-security.kubernetes.io/enforce-version"

/* namespace_level() - of the label's value; PROFILE_AUTO where it is absent or none that the API takes. */
enum profile namespace_level(struct str value);
