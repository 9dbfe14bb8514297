/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Levels: what each pod has to reach. With --profile=auto that is what its namespace enforces, else the same for all.
 */

#include "engine/inventory.h"

/* levels_init() - the run's own level, from its options. */
void levels_init(struct run *run);

/*
 * levels_plan() - gives each workload the level of its namespace, once plan_homes() has found that. Before ports are
 * judged: at a lower level they may stay.
 */
void levels_plan(struct run *run);

/* level_of() - of a workload (NULL: of anything else). Valid as long as the run. */
const struct level *level_of(const struct run *run, const struct workload *workload);

/* level_at() - the run's own but for the profile and the version of the standard ("1.N" is N + 1; 0: the newest). */
struct level *level_at(struct run *run, enum profile profile, unsigned version);

/* levels_set_user() - another --run-as-user for all of them. */
void levels_set_user(struct run *run, int64_t user);
