/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels
 *
 * Each pod is hardened under a configuration, and what follows from it for every fixer is worked out once: for all that
 * asks for the same, and with --profile=auto for each level and version that a namespace of the input enforces. There are few of them.
 */
#include "engine/levels.h"

#include "fixers/fix.h"

/* What pods get whose namespace says nothing, or is not in the input. */
static enum profile default_profile(const struct source_options *options)
{
	return options->fix.profile == PROFILE_AUTO ? PROFILE_HARDENED : options->fix.profile;
}

void levels_init(struct source_options *options)
{
	options->level = (struct level){ .of = options, .config = options->fix };
	options->level.config.profile = default_profile(options);
	options->level.choice = fix_choice_make(&options->level.config);
}

struct level *level_at(struct run *run, const struct source_options *options, enum profile profile, unsigned version)
{
	struct level *level;

	for (size_t i = 0; i < run->levels.n; i++) {
		level = run->levels.items[i];
		if (level->of == options && level->config.profile == profile &&
		    level->config.standard_version == version)
			return level;
	}
	level = ARENA_NEW(run->arena, struct level);
	*level = options->level;
	level->config.profile = profile;
	level->config.standard_version = version;
	level->choice = fix_choice_make(&level->config);
	VEC_PUSH(&run->levels, level);
	return level;
}

static void set_level(struct run *run, struct workload *workload)
{
	const struct home *home = &run->inventory->homes.items[workload->home - 1];
	const struct source_options *options = workload->where.source->options;

	if (home->level == PROFILE_AUTO)
		return;
	workload->level = level_at(run, options, home->level,
				   home->version ? home->version : options->level.config.standard_version);
	if (home->level == PROFILE_PRIVILEGED || (home->level == PROFILE_BASELINE && workload->keeps_ports_baseline))
		workload->keeps_ports = true;
}

void levels_plan(struct run *run)
{
	for (size_t i = 0; i < run->inventory->workloads.n; i++) {
		struct workload *workload = &run->inventory->workloads.items[i];

		if (workload->home && workload->where.source->options->fix.profile == PROFILE_AUTO)
			set_level(run, workload);
	}
}

const struct level *level_of(const struct source_options *options, const struct workload *workload)
{
	return workload && workload->level ? workload->level : &options->level;
}

static bool leave_user(struct level *level)
{
	bool news = level->config.run_as_user == UID_AUTO;

	if (news)
		level->config.run_as_user = UID_NONE;
	return news;
}

bool levels_leave_user(struct run *run)
{
	bool news = false;

	for (size_t i = 0; i < run->sources.n; i++)
		news |= leave_user(&run->sources.items[i]->options->level);
	for (size_t i = 0; i < run->levels.n; i++)
		news |= leave_user(run->levels.items[i]);
	return news;
}
