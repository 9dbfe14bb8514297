/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Levels: what each pod has to reach. With --profile=auto that is what its namespace enforces, else the same for all.
 */

#include "engine/inventory.h"

/* levels_init() - the level of all pods of sources with these options that have none of their own, from .fix. */
void levels_init(struct source_options *options);

/*
 * levels_plan() - gives each workload the level of its namespace, once plan_homes() has found that. Before ports are
 * judged: at a lower level they may stay.
 */
void levels_plan(struct run *run);

/* level_of() - of a workload (NULL: of anything else) of a source with @options. Valid as long as the run. */
const struct level *level_of(const struct source_options *options, const struct workload *workload);

/* level_at() - that of the options but for the profile and the version of the standard ("1.N" is N + 1; 0: the newest). */
struct level *level_at(struct run *run, struct source_options *options, enum profile profile, unsigned version);

/* levels_set_user() - another --run-as-user for all of them. */
void levels_set_user(struct source_options *options, int64_t user);
