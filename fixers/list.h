/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The descriptors, for those that need one of them; fixers/table.c is the list. */

#include "fixers/fixer.h"

extern const struct fixer fixer_privileged, fixer_run_as_user, fixer_run_as_non_root, fixer_privilege_escalation,
	fixer_capabilities, fixer_seccomp_profile, fixer_unprivileged_ports, fixer_read_only_root_filesystem,
	fixer_host_namespaces, fixer_host_path, fixer_volume_types, fixer_host_ports, fixer_apparmor_profile,
	fixer_selinux_options, fixer_proc_mount, fixer_sysctls, fixer_host_process, fixer_probe_host,
	fixer_service_account_token, fixer_resources, fixer_image_pull_policy, fixer_image_tag, fixer_image_digest,
	fixer_namespace_labels, fixer_dotnet_diagnostics, fixer_unprivileged_image;
