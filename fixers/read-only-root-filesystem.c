/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read-only-root-filesystem: with a writable /tmp of its own, in one change, and with what else the image is known to
 * write to (schemas/images.yaml). One volume per container, because root file systems were never shared: two programs
 * must not meet in /tmp all of a sudden.
 */
#include "fixers/evidence.h"
#include "fixers/image-needs.h"
#include "fixers/list.h"
#include "kube/dotnet.h"

enum { VOLUME_NAME_MAX = 63 };

/* A volume that is mounted and is not there (yet) would become ours. */
static bool is_mounted(struct fix_context *fix, struct str name)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		YAML_EACH(fix->tree, yaml_get(fix->tree, fix->pod->containers[i].node, "volumeMounts"), mount)
			if (str_eq(yaml_get_text(fix->tree, mount, "name"), name))
				return true;
	return false;
}

/* An overlay's volume of that name would be joined with ours, or stand beside it. */
static bool is_patched(const struct fix_context *fix, struct str name)
{
	for (size_t i = 0; fix->overlay && i < fix->overlay->names_n; i++)
		if (str_eq(fix->overlay->names[i].text, name))
			return true;
	return false;
}

/* A claim template silently replaces a volume of the same name. */
static bool is_taken(struct fix_context *fix, struct str name)
{
	return kube_pod_volume(fix->pod, name) || kube_pod_has_claim(fix->pod, name) || is_mounted(fix, name) ||
	       is_patched(fix, name);
}

/* "/var/cache/nginx" is "var-cache-nginx"; a container's name is a part of one as it is, but for what no volume may have. */
static struct str path_name(struct fix_context *fix, struct str path)
{
	char *name = arena_alloc(fix->arena, path.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i] >= 'A' && path.p[i] <= 'Z' ? (char)(path.p[i] - 'A' + 'a') : path.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			name[n++] = c;
		else if (n && name[n - 1] != '-')
			name[n++] = '-';
	}
	return (struct str){ name, n };
}

/* "tmp"; with several containers "tmp-CONTAINER"; a number behind it where that is taken. A DNS-1123 label. */
static struct str volume_name(struct fix_context *fix, int target, struct str path)
{
	struct str container = path_name(fix, fix_container(fix, target)->name), base = path_name(fix, path), name;

	if (fix->pod->containers_n > 1)
		base = fix_format(fix, "%.*s-%.*s", STR_ARG(base), STR_ARG(container));
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

static void add_directory(struct change *change, struct fix_context *fix, int target, struct str path)
{
	struct str name = volume_name(fix, target, path);
	yaml_id container = fix_container(fix, target)->node, volume, mount, directory;

	volume = change_append_map(change, change_seq(change, fix->pod->volumes_in, kube_pod_volumes_key(fix->pod),
						      false, fix_pod_order(fix)));
	change_str(change, volume, "name", name, &order_volume);
	directory = change_map(change, volume, "emptyDir", &order_volume);
	(void)directory; /* stays empty: {} */
	mount = change_append_map(change, change_seq(change, container, "volumeMounts", false, &order_container));
	change_str(change, mount, "name", name, &order_volume_mount);
	change_str(change, mount, "mountPath", path, &order_volume_mount);
}

/* ---- what it costs ---- */

/* Data is never made to end with the pod without a word, though it ended with the container before. */
static struct str data_in_words(struct fix_context *fix, int target, const struct needed_directories *needed)
{
	struct buf places = BUF_INIT;
	struct str text = STR_NONE;

	for (size_t i = 0; i < needed->n; i++)
		if (needed->items[i].data)
			buf_addf(&places, "%s%.*s", places.n ? " and " : "", STR_ARG(needed->items[i].path));
	if (places.n)
		text = fix_format(fix,
				  "image %.*s keeps its data in %.*s, where nothing is mounted: it goes to an emptyDir, and "
				  "is lost with the pod as it was with the container. Mount a volume there to keep it.",
				  STR_ARG(fix_container(fix, target)->image), STR_ARG(buf_str(&places)));
	buf_free(&places);
	return text;
}

static struct str unread_in_words(struct fix_context *fix, int target)
{
	const struct image_data_setting *setting = fix_unread_data(fix, target);

	if (!setting)
		return STR_NONE;
	return fix_format(fix,
			  "image %.*s keeps its data where %s says, and that is no directory that can be seen here: mount a "
			  "volume there, or it cannot write.",
			  STR_ARG(fix_container(fix, target)->image), image_data_setting_name(setting));
}

static struct str volume_in_words(struct fix_context *fix, int target)
{
	struct str volume = fix_unknown_volume(fix, target);

	if (!volume.n)
		return STR_NONE;
	return fix_format(fix,
			  "image %.*s declares VOLUME %.*s, where nothing is mounted: containerd and Docker keep it "
			  "writable, CRI-O does not. Mount a volume there.",
			  STR_ARG(fix_container(fix, target)->image), STR_ARG(volume));
}

/* A .NET program of its own that is not known to be started with an assembly, nor to unpack itself elsewhere. */
static bool may_unpack_itself(struct fix_context *fix, int target)
{
	yaml_id command = yaml_get(fix->tree, fix_container(fix, target)->node, "command");
	static const char *const home[] = { "HOME" };
	static const struct dotnet_names homes = { home, 1, 0 };

	return !fix_image_facts(fix, target) && dotnet_look(fix->pod, target, NULL) &&
	       !dotnet_is_one(&dotnet_rules.commands, yaml_text(fix->tree, yaml_first(fix->tree, command))) &&
	       !dotnet_variable(fix->pod, target, &dotnet_rules.extracts) && !dotnet_variable(fix->pod, target, &homes);
}

static void add_caveats(struct fix_context *fix, struct problem *problem, int target,
			const struct needed_directories *needed)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	/* Of a program that the manifest starts, what the image is known for says little. */
	if (!fix_image_is_known(fix, target) ||
	    yaml_count(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "command"))) {
		problem->safety = SAFETY_CAVEAT;
		problem->caveat = CAVEAT_READ_ONLY | (facts ? CAVEAT_BASE : 0);
		problem->subject = fix_container(fix, target)->image;
	}
	fix_add_caveat(fix, problem, fix_swapped_in_words(fix, target));
	fix_add_caveat(fix, problem, data_in_words(fix, target, needed));
	fix_add_caveat(fix, problem, unread_in_words(fix, target));
	fix_add_caveat(fix, problem, volume_in_words(fix, target));
	if (may_unpack_itself(fix, target))
		fix_add_caveat(fix, problem,
			       fix_format(fix,
					  "a .NET program that is a single file and unpacks itself stops where HOME "
					  "cannot be written (\"Failure processing application bundle\"): set %s to "
					  "/tmp/.net.",
					  dotnet_rules.extracts.items[0]));
	if (facts)
		fix_add_caveat(fix, problem,
			       change_asks_env(fix, target, facts->sets_read_only, facts->sets_read_only_n));
}

/* What must stay writable makes the change one that is made on request only. */
static void weigh(struct fix_context *fix, struct problem *problem, int target, yaml_id value)
{
	struct str rewritten = fix_rewritten_directory(fix, target), homeless;
	const struct image_data_setting *setting = fix_homeless_data(fix, target, false, &homeless);

	if (yaml_is_false(fix->tree, value)) {
		problem->safety = SAFETY_UNSAFE;
		problem->reason = STR("it says readOnlyRootFilesystem: false itself, so it probably writes there; "
				      "--also read-only-root-filesystem changes it");
	} else if (rewritten.n) {
		problem->safety = SAFETY_UNSAFE;
		problem->reason =
			fix_format(fix,
				   "its image writes to %.*s, beside files of its own; mount a volume there that "
				   "holds them; --also read-only-root-filesystem changes it all the same",
				   STR_ARG(rewritten));
	} else if (setting) {
		problem->safety = SAFETY_UNSAFE;
		problem->reason =
			fix_format(fix,
				   "its data are in %.*s, by %s, which must belong to its user, and so must be a folder in a volume: "
				   "mount one above it; --also read-only-root-filesystem changes it all the same",
				   STR_ARG(homeless), image_data_setting_name(setting));
	}
}

/* Why what is added to the pod would not be in what an overlay is built to, or spoil it; empty where it would. */
static struct str why_overlaid(struct fix_context *fix, const struct needed_directories *needed)
{
	const struct overlay_volumes *overlay = fix->overlay;
	size_t first = 0;

	while (first < needed->n && !needed->items[first].on.n)
		first++;
	if (!overlay || first == needed->n)
		return STR_NONE;
	if (overlay->replaced_by.n)
		return fix_format(fix,
				  "%.*s puts another list in place of its volumes or mounts, and would take away the one "
				  "for its %.*s: add it there, and readOnlyRootFilesystem here",
				  STR_ARG(overlay->replaced_by), STR_ARG(needed->items[first].on));
	for (size_t i = 0; i < needed->n; i++)
		for (size_t k = 0; k < overlay->paths_n; k++)
			if (str_eq(needed->items[i].on, overlay->paths[k].text))
				return fix_format(fix,
						  "%.*s mounts something at %.*s, or takes it away; move that here, to "
						  "the workload itself",
						  STR_ARG(overlay->paths[k].patch), STR_ARG(needed->items[i].on));
	return STR_NONE;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_SAFE };
	const struct image_fact *facts;
	struct needed_directories needed;
	struct str overlaid;
	struct change change;
	yaml_id value;

	if (target == TARGET_POD || fix->pod->windows)
		return FIX_FINE;
	facts = fix_image_facts(fix, target);
	value = yaml_get(fix->tree, fix_security_context(fix, target), "readOnlyRootFilesystem");
	if (fix_unknown(fix, target, value, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	if (yaml_is_true(fix->tree, value))
		return FIX_FINE;
	problem.at = value ? value : fix_place(fix, target);
	problem.message = fix_format(fix, "%.*s can write to its root file system", STR_ARG(fix_subject(fix, target)));
	if (fix_needs_root(fix, target, &problem.reason))
		return fix_report(fix, self, &problem);
	needed = fix_needed_directories(fix, target);
	add_caveats(fix, &problem, target, &needed);
	weigh(fix, &problem, target, value);
	if (!fix->pod->volumes_in && needed.n) {
		problem.reason = fix_format(fix, "its kind has no place for the volume that would be its %.*s",
					    STR_ARG(needed.items[0].on));
		return fix_report(fix, self, &problem);
	}
	overlaid = why_overlaid(fix, &needed);
	if (overlaid.n) {
		problem.reason = overlaid;
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
	for (size_t i = 0; i < needed.n; i++)
		if (needed.items[i].on.n)
			add_directory(&change, fix, target, needed.items[i].on);
	if (facts)
		change_add_env(&change, target, facts->sets_read_only, facts->sets_read_only_n);
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
		"A program that writes elsewhere fails: \"Read-only file system\". Add an emptyDir for that directory. (What "
		"known images write to is known: see schemas/images.md.)",
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
