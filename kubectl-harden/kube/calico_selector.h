/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Calico selector: the expressions by which Calico's policies mean pods (docs.tigera.io, Selectors). */

#include "kube/pod_selector.h"

/*
 * calico_selector_read() - sets the tests of @selector from @text: what is joined by && of k == 'v', k != 'v',
 * k in { … }, k not in { … }, has(k), !has(k) and all(). Texts are slices of @text, lists in the arena. False, with no
 * tests, where it is more than that.
 */
bool calico_selector_read(struct arena *arena, struct str text, struct pod_selector *selector);
