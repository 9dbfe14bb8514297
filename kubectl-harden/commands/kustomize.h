/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kustomize: what -k asks for.
 */

#include "commands/work.h"

/*
 * kustomize_read() - adds what `kubectl kustomize` prints for the folder of -k as a source, of which @options are asked
 * (see run_add_with()). False with *err where it prints nothing but errors, or where there is no such program.
 */
bool kustomize_read(struct work *work, struct source_options *options, struct error **err);

/* kustomize_refuse() - says why `fix -k` is nothing, and which files fix can be given instead; the exit code. */
int kustomize_refuse(struct session *session);
