/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Formats: what a run makes, as objects in place of files: whole manifests, or what makes one of the other for another
 * program to apply.
 */

#include "commands/work.h"

/* formats_is_of_objects() - whether @format is one of those below. formats_is_report() - one of report/machine.h. */
bool formats_is_of_objects(enum format format);
bool formats_is_report(enum format format);

/*
 * formats_print() - what -o asks for, of a finished run: to standard output, or into the folder of kustomize=. What
 * cannot be said in that form is an error, and the rest is printed, but for patches where two objects are one.
 */
void formats_print(struct work *work);
