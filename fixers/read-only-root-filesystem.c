/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read-only-root-filesystem: with a writable /tmp of its own, in one change. One volume per container, because root
 * file systems were never shared: two programs must not meet in /tmp all of a sudden.
 */
#include "fixers/evidence.h"
#include "fixers/list.h"
#include "kube/dotnet.h"

enum { VOLUME_NAME_MAX = 63 };

/* "/tmp/" and "/tmp" are one place, though the API compares them as texts. */
static bool is_tmp(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return str_is(path, "/tmp");
}

static bool has_tmp(struct fix_context *fix, yaml_id container)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeMounts"), mount)
		if (is_tmp(yaml_get_text(fix->tree, mount, "mountPath")))
			return true;
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeDevices"), device)
		if (is_tmp(yaml_get_text(fix->tree, device, "devicePath")))
			return true;
	return false;
}

/* A claim template silently replaces a volume of the same name. */
static bool is_taken(struct fix_context *fix, struct str name)
{
	return kube_pod_volume(fix->pod, name) || kube_pod_has_claim(fix->pod, name);
}

/* "tmp"; with several containers "tmp-CONTAINER"; a number behind it where that is taken. A DNS-1123 label. */
static struct str volume_name(struct fix_context *fix, int target)
{
	struct str container = fix_container(fix, target)->name;
	struct str base = fix->pod->containers_n > 1 ? fix_format(fix, "tmp-%.*s", STR_ARG(container)) : STR("tmp"),
		   name;

	if (base.n > VOLUME_NAME_MAX)
		base.n = VOLUME_NAME_MAX;
	while (base.n && base.p[base.n - 1] == '-')
		base.n--;
	name = base;
	for (unsigned number = 2; is_taken(fix, name) && number < 1000; number++) {
		struct str suffix = fix_format(fix, "-%u", number);
		size_t keep = base.n + suffix.n > VOLUME_NAME_MAX ? VOLUME_NAME_MAX - suffix.n : base.n;

		name = fix_format(fix, "%.*s%.*s", (int)keep, base.p, STR_ARG(suffix));
	}
	return name;
}

static void add_tmp(struct change *change, struct fix_context *fix, int target)
{
	struct str name = volume_name(fix, target);
	yaml_id container = fix_container(fix, target)->node, volume, mount, directory;

	volume = change_append_map(change, change_seq(change, fix->pod->volumes_in, kube_pod_volumes_key(fix->pod),
						      false, fix_pod_order(fix)));
	change_str(change, volume, "name", name, &order_volume);
	directory = change_map(change, volume, "emptyDir", &order_volume);
	(void)directory; /* stays empty: {} */
	mount = change_append_map(change, change_seq(change, container, "volumeMounts", false, &order_container));
	change_str(change, mount, "name", name, &order_volume_mount);
	change_str(change, mount, "mountPath", STR("/tmp"), &order_volume_mount);
}

/* A .NET program of its own that is not known to be started with an assembly, nor to unpack itself elsewhere. */
static bool may_unpack_itself(struct fix_context *fix, int target)
{
	yaml_id command = yaml_get(fix->tree, fix_container(fix, target)->node, "command");
	static const char *const home[] = { "HOME" };
	static const struct dotnet_names homes = { home, 1, 0 };

	return !fix_container(fix, target)->facts && dotnet_look(fix->pod, target, NULL) &&
	       !dotnet_is_one(&dotnet_rules.commands, yaml_text(fix->tree, yaml_first(fix->tree, command))) &&
	       !dotnet_variable(fix->pod, target, &dotnet_rules.extracts) && !dotnet_variable(fix->pod, target, &homes);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_SAFE };
	struct change change;
	yaml_id value;

	if (target == TARGET_POD || fix->pod->windows)
		return FIX_FINE;
	value = yaml_get(fix->tree, fix_security_context(fix, target), "readOnlyRootFilesystem");
	if (yaml_is_true(fix->tree, value))
		return FIX_FINE;
	problem.at = value ? value : fix_place(fix, target);
	problem.message = fix_format(fix, "%.*s can write to its root file system", STR_ARG(fix_subject(fix, target)));
	if (fix_needs_root(fix, target, &problem.reason))
		return fix_report(fix, self, &problem);
	if (yaml_is_false(fix->tree, value)) {
		problem.safety = SAFETY_UNSAFE;
		problem.reason = STR("it says readOnlyRootFilesystem: false itself, so it probably writes there; "
				     "--also read-only-root-filesystem changes it");
	} else if (!fix_container(fix, target)->facts) {
		problem.safety = SAFETY_CAVEAT;
	}
	problem.caveat = fix_container(fix, target)->facts ? 0 : CAVEAT_READ_ONLY;
	problem.subject = fix_container(fix, target)->image;
	if (may_unpack_itself(fix, target)) {
		problem.caveat |= CAVEAT_TEXT;
		problem.detail = fix_format(fix,
					    "a .NET program that is a single file and unpacks itself stops where HOME "
					    "cannot be written (\"Failure processing application bundle\"): set %s to "
					    "/tmp/.net.",
					    dotnet_rules.extracts.items[0]);
	}
	if (!fix->pod->volumes_in && !has_tmp(fix, fix_container(fix, target)->node)) {
		problem.reason = STR("its kind has no place for the volume that would be its /tmp");
		return fix_report(fix, self, &problem);
	}
	if (!fix_allowed(fix, self, problem.safety)) {
		if (problem.safety == SAFETY_CAVEAT)
			problem.reason = STR_NONE;
		return fix_report(fix, self, &problem);
	}
	problem.reason = STR_NONE;
	change = fix_begin(fix, target);
	change_bool(&change, change_security_context(&change, target), "readOnlyRootFilesystem", true,
		    &order_security_context);
	if (!has_tmp(fix, fix_container(fix, target)->node))
		add_tmp(&change, fix, target);
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_read_only_root_filesystem = {
	.name = "read-only-root-filesystem",
	.summary = "Every container's root file system is read-only, with a writable /tmp",
	.profile = PROFILE_HARDENED,
	.standard = "NSA/CISA Kubernetes Hardening Guide: Immutable container file systems; no Pod Security check",
	.checks = "",
	.why = "Who breaks into a container first writes a tool or changes the program. On a read-only root file system "
	       "neither is possible, and what the program does write becomes visible as a volume.",
	.caveat =
		"A program that writes elsewhere fails: \"Read-only file system\". Add an emptyDir for that directory.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n",
	.run = run,
};
