/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Component: what hardening changes, as a kustomize component: a folder with a kustomization and a patch for each object.
 */

#include "report/difference.h"

/*
 * component_write() - makes @folder the component of @differences, which differences_check() found fine. It must not
 * exist, or be empty, or hold what was written here before: only such files are replaced, or removed where no patch
 * needs them any more. All files are there afterwards, or, with *err, those that were there before. *ret_patches: how
 * many there are.
 */
bool component_write(const char *folder, const struct differences *differences, size_t *ret_patches,
		     struct error **err);
