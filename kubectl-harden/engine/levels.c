/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels
 *
 * Each pod is hardened under a configuration, and what follows from it for every fixer is worked out once: for the run,
 * and with --profile=auto for each level and version that a namespace of the input enforces. There are few of them.
 */
#include "engine/levels.h"

#include "fixers/fix.h"

/* What pods get whose namespace says nothing, or is not in the input. */
static enum profile default_profile(const struct run *run)
{
	return run->options.fix.profile == PROFILE_AUTO ? PROFILE_HARDENED : run->options.fix.profile;
}

void levels_init(struct run *run)
{
	run->level.config = run->options.fix;
	run->level.config.profile = default_profile(run);
	run->level.choice = fix_choice_make(&run->level.config);
}

struct level *level_at(struct run *run, enum profile profile, unsigned version)
{
	struct level *level;

	for (size_t i = 0; i < run->levels.n; i++)
		if (run->levels.items[i]->config.profile == profile &&
		    run->levels.items[i]->config.standard_version == version)
			return run->levels.items[i];
	level = ARENA_NEW(run->arena, struct level);
	level->config = run->level.config;
	level->config.profile = profile;
	level->config.standard_version = version;
	level->choice = fix_choice_make(&level->config);
	VEC_PUSH(&run->levels, level);
	return level;
}

static void set_level(struct run *run, struct workload *workload)
{
	const struct home *home = &run->inventory->homes.items[workload->home - 1];

	if (home->level == PROFILE_AUTO)
		return;
	workload->level =
		level_at(run, home->level, home->version ? home->version : run->level.config.standard_version);
	if (home->level == PROFILE_PRIVILEGED || (home->level == PROFILE_BASELINE && workload->keeps_ports_baseline))
		workload->keeps_ports = true;
}

void levels_plan(struct run *run)
{
	if (run->options.fix.profile != PROFILE_AUTO)
		return;
	for (size_t i = 0; i < run->inventory->workloads.n; i++)
		if (run->inventory->workloads.items[i].home)
			set_level(run, &run->inventory->workloads.items[i]);
}

const struct level *level_of(const struct run *run, const struct workload *workload)
{
	return workload && workload->level ? workload->level : &run->level;
}

void levels_set_user(struct run *run, int64_t user)
{
	run->level.config.run_as_user = user;
	for (size_t i = 0; i < run->levels.n; i++)
		run->levels.items[i]->config.run_as_user = user;
}
