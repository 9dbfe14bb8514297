/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels
 *
 * Each pod is hardened under a configuration, and what follows from it for every fixer is worked out once: for the
 * options of its source, and with --profile=auto for each level and version that a namespace of the input enforces.
 * There are few of them.
 */
#include "engine/levels.h"

#include "fixers/fix.h"

void levels_init(struct source_options *options)
{
	struct level *level = &options->level;

	*level = (struct level){ .config = options->fix };
	/* What pods get whose namespace says nothing, or is not in the input. */
	if (level->config.profile == PROFILE_AUTO)
		level->config.profile = PROFILE_HARDENED;
	level->choice = fix_choice_make(&level->config);
}

struct level *level_at(struct run *run, struct source_options *options, enum profile profile, unsigned version)
{
	struct level *level;

	for (level = options->level.next; level; level = level->next)
		if (level->config.profile == profile && level->config.standard_version == version)
			return level;
	level = ARENA_NEW(run->arena, struct level);
	*level = options->level;
	level->config.profile = profile;
	level->config.standard_version = version;
	level->choice = fix_choice_make(&level->config);
	options->level.next = level;
	return level;
}

static void set_level(struct run *run, struct workload *workload)
{
	const struct home *home = &run->inventory->homes.items[workload->home - 1];
	struct source_options *options = workload->where.source->options;

	if (options->fix.profile != PROFILE_AUTO || home->level == PROFILE_AUTO)
		return;
	workload->level =
		level_at(run, options, home->level, home->version ? home->version : options->fix.standard_version);
	if (home->level == PROFILE_PRIVILEGED || (home->level == PROFILE_BASELINE && workload->keeps_ports_baseline))
		workload->keeps_ports = true;
}

void levels_plan(struct run *run)
{
	for (size_t i = 0; i < run->inventory->workloads.n; i++)
		if (run->inventory->workloads.items[i].home)
			set_level(run, &run->inventory->workloads.items[i]);
}

const struct level *level_of(const struct source_options *options, const struct workload *workload)
{
	return workload && workload->level ? workload->level : &options->level;
}

void levels_set_user(struct source_options *options, int64_t user)
{
	options->fix.run_as_user = user;
	for (struct level *level = &options->level; level; level = level->next)
		level->config.run_as_user = user;
}
