/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of fixers: the order here is the order in which they run and are listed.
 */
#include "fixers/list.h"

/* A line a fixer. */
/* clang-format off */
const struct fixer *const fixers[] = {
	&fixer_host_namespaces,
	&fixer_host_ports,
	&fixer_probe_host,
	&fixer_privileged,
	&fixer_unprivileged_image,
	&fixer_unprivileged_ports,
	&fixer_run_as_user,
	&fixer_run_as_non_root,
	&fixer_privilege_escalation,
	&fixer_capabilities,
	&fixer_seccomp_profile,
	&fixer_read_only_root_filesystem,
	&fixer_host_path,
	&fixer_volume_types,
	&fixer_apparmor_profile,
	&fixer_selinux_options,
	&fixer_proc_mount,
	&fixer_sysctls,
	&fixer_host_process,
	&fixer_service_account_token,
	&fixer_resources,
	&fixer_image_pull_policy,
	&fixer_image_tag,
	&fixer_image_digest,
	&fixer_dotnet_diagnostics,
	&fixer_namespace_labels,
};
/* clang-format on */

const size_t fixers_n = sizeof(fixers) / sizeof(*fixers);

_Static_assert(sizeof(fixers) / sizeof(*fixers) <= FIXERS_MAX, "a bit for each fixer");

const char *profile_name(enum profile profile)
{
	static const char *const names[] = {
		[PROFILE_BASELINE] = "baseline", [PROFILE_RESTRICTED] = "restricted", [PROFILE_HARDENED] = "hardened",
		[PROFILE_AUTO] = "auto",	 [PROFILE_OPT_IN] = "opt-in",
	};

	return profile == PROFILE_PRIVILEGED ? "privileged" : names[profile];
}

size_t fixer_find(struct str name)
{
	for (size_t i = 0; i < fixers_n; i++)
		if (str_is(name, fixers[i]->name))
			return i;
	return SIZE_MAX;
}

const char *fixer_nearest(struct str name)
{
	const char *names[FIXERS_MAX];

	for (size_t i = 0; i < fixers_n; i++)
		names[i] = fixers[i]->name;
	return str_nearest(name, names, fixers_n);
}

size_t fixer_index(const struct fixer *fixer)
{
	for (size_t i = 0; i < fixers_n; i++)
		if (fixers[i] == fixer)
			return i;
	return 0;
}
