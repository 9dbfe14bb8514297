/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run-as-user: a numeric UID (and GID beside it) where nothing else makes the program non-root. Which one: the
 * manifest's, else the image's own (schemas/images.yaml), else 10001, which collides with no host or mesh user. A
 * non-root program cannot open a port below 1024, so its pod's low ports come first, and files that only root may
 * use are given to its group (fsGroup) before it loses root.
 */
#include "fixers/evidence.h"
#include "fixers/image-needs.h"
#include "fixers/list.h"
#include "kube/dotnet.h"
#include "kube/port_sites.h"

enum { UID_UNKNOWN_IMAGE = 10001 };

struct identity {
	int64_t uid, gid;
	bool known; /* by flag or by the image's facts: no caveat */
};

static struct identity choose(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);
	const struct fix_config *config = fix->config;
	struct identity identity = { UID_UNKNOWN_IMAGE, UID_UNKNOWN_IMAGE, false };
	unsigned dotnet = 0;

	if (config->run_as_user > 0) {
		identity = (struct identity){ config->run_as_user, config->run_as_user, true };
	} else if (facts && facts->uid > 0) {
		identity = (struct identity){ facts->uid, facts->gid >= 0 ? facts->gid : facts->uid, !facts->base };
	} else if (!facts && dotnet_look(fix->pod, target, &dotnet) && dotnet_user(dotnet)) {
		/* Nobody knows the image, but what it was made from has that user. */
		identity.uid = identity.gid = dotnet_user(dotnet);
	} else {
		identity.known = fix_image_works_without_root(fix, target);
	}
	if (config->run_as_group != UID_AUTO)
		identity.gid = config->run_as_group;
	return identity;
}

/* Adds the settings of @context (a securityContext that is there or is made) for @identity. */
static void set_identity(struct change *change, yaml_id context, const struct identity *identity, bool with_group,
			 const struct yaml_order *order)
{
	change_int(change, context, "runAsUser", identity->uid, order);
	if (with_group)
		change_int(change, context, "runAsGroup", identity->gid, order);
}

static bool int_is(struct fix_context *fix, yaml_id map, const char *key, int64_t *ret_value)
{
	return yaml_int(fix->tree, yaml_get(fix->tree, map, key), ret_value);
}

/* ---- volumes that the new user must be able to use ---- */

/* Files that only root may read: 0400, 0600 (JSON has them in decimal). */
static bool has_private_files(struct fix_context *fix, yaml_id source)
{
	int64_t mode;

	if (int_is(fix, source, "defaultMode", &mode) && !(mode & 0077))
		return true;
	YAML_EACH(fix->tree, yaml_get(fix->tree, source, "items"), item)
		if (int_is(fix, item, "mode", &mode) && !(mode & 0077))
			return true;
	return false;
}

static bool volume_wants_group(struct fix_context *fix, yaml_id volume)
{
	static const char *const owned[] = { "persistentVolumeClaim", "ephemeral", "csi" };
	static const char *const written[] = { "secret", "configMap", "projected", "downwardAPI" };

	for (size_t i = 0; i < sizeof(owned) / sizeof(*owned); i++) {
		yaml_id source = yaml_get(fix->tree, volume, owned[i]);

		if (source)
			return !yaml_is_true(fix->tree, yaml_get(fix->tree, source, "readOnly"));
	}
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
		if (has_private_files(fix, yaml_get(fix->tree, volume, written[i])))
			return true;
	return false;
}

/* A volume whose files a non-root user can use only through fsGroup. */
struct owned {
	struct str name;
	bool unseen;	  /* it is described elsewhere, so that we do not know */
	struct str claim; /* " (claim NAME)": what is in it may be there already, and root's */
};

/* What a claim holds outlives the pod. */
static struct str claim_in_words(struct fix_context *fix, yaml_id volume, bool has_template)
{
	struct str claim = yaml_get_text(fix->tree, yaml_get(fix->tree, volume, "persistentVolumeClaim"), "claimName");

	if (has_template)
		return STR(" (a claim of each pod)");
	return claim.n ? fix_format(fix, " (claim %.*s)", STR_ARG(claim)) : STR_NONE;
}

/* The first of @target's; a name of nothing where there is none. */
static struct owned find_owned(struct fix_context *fix, int target)
{
	const struct kube_view *view = fix->pod->view;

	if (view->workspaces && yaml_count(fix->tree, yaml_get_path(fix->tree, fix->pod->spec, view->workspaces)))
		return (struct owned){ fix_format(fix, "of its %s", view->workspaces), true, STR_NONE };
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "volumeMounts"), mount) {
		struct str name = yaml_get_text(fix->tree, mount, "name");
		yaml_id volume = kube_pod_volume(fix->pod, name);
		bool claim = kube_pod_has_claim(fix->pod, name);

		if (claim || volume_wants_group(fix, volume))
			return (struct owned){ name, false, claim_in_words(fix, volume, claim) };
		/* The API refuses a pod that mounts what it lacks; other kinds have volumes in more places. */
		if (!volume && !(view->flags & VIEW_TEMPLATE))
			return (struct owned){ name, true, STR_NONE };
	}
	return (struct owned){ STR_NONE, false, STR_NONE };
}

/*
 * give_group() - sees to it that the new user of @target can use its volumes. Returns false where that is left: then
 * the container must stay what it is, or its program would lose its files.
 */
static bool give_group(struct fix_context *fix, const struct fixer *self, int target, const struct identity *identity)
{
	struct problem problem = { .safety = SAFETY_CAVEAT, .caveat = CAVEAT_TEXT };
	/* Files of group 0 would be root's still. */
	int64_t gid = identity->gid > 0 ? identity->gid : identity->uid;
	struct owned owned = find_owned(fix, target);
	struct str volume = owned.name;
	struct change change;
	yaml_id context;
	int64_t value;

	if (!volume.n || int_is(fix, fix_pod_security_context(fix), "fsGroup", &value))
		return true;
	problem.at = fix->pod->spec;
	problem.message = fix_format(fix, "volume %.*s %s; its new user needs fsGroup", STR_ARG(volume),
				     owned.unseen ? "is not described here and may belong to root" : "belongs to root");
	problem.subject = volume;
	problem.detail = fix_format(fix,
				    "volume %.*s%.*s: fsGroup %lld gives its files to the new user's group when it is "
				    "mounted. Storage without support for it keeps its owner, and private files "
				    "(0400, 0600) become readable for the group, which ssh refuses.",
				    STR_ARG(volume), STR_ARG(owned.claim), (long long)gid);
	if (!fix_has_pod_context(fix))
		problem.reason = STR("its kind has no place for fsGroup");
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety)) {
		fix_report(fix, self, &problem);
		return false;
	}
	change = fix_begin(fix, TARGET_POD);
	context = change_security_context(&change, TARGET_POD);
	change_int(&change, context, "fsGroup", gid, &order_pod_security_context);
	if (!yaml_get(fix->tree, context, "fsGroupChangePolicy"))
		change_str(&change, context, "fsGroupChangePolicy", STR("OnRootMismatch"), &order_pod_security_context);
	return fix_end(&change, self, &problem) != FIX_LEFT;
}

/* Where ASP.NET Core keeps keys and certificates of root, in an image whose own user has a home. */
static bool is_aspnet_home(struct fix_context *fix, int target, struct str path)
{
	unsigned version;

	return str_starts(path, STR("/root/.aspnet")) && dotnet_look(fix->pod, target, &version) &&
	       dotnet_user(version);
}

/* What of a container's mounts may be closed to its new user for all that we can do; empty for nothing. */
static struct str closed_mount(struct fix_context *fix, int target)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "volumeMounts"), mount) {
		struct str path = yaml_get_text(fix->tree, mount, "mountPath");
		struct str name = yaml_get_text(fix->tree, mount, "name");
		yaml_id volume = kube_pod_volume(fix->pod, name);

		if (is_aspnet_home(fix, target, path))
			return fix_format(fix,
					  "%.*s is mounted where only root may look, and the new user's HOME is another: "
					  "keys are then lost with the pod, and a certificate that cannot be read stops "
					  "the program. Mount it at /home/app%.*s, and change what names its path.",
					  STR_ARG(path), STR_ARG(str_sub(path, strlen("/root"), path.n)));
		if (str_is(path, "/root") || str_starts(path, STR("/root/")))
			return fix_format(fix,
					  "%.*s is mounted where only root may look: in most images /root is closed "
					  "to other users. Mount it elsewhere, or give its program HOME and a path "
					  "that it can read.",
					  STR_ARG(path));
		if (kube_pod_has_claim(fix->pod, name))
			continue;
		if (!yaml_is_true(fix->tree, yaml_get(fix->tree, mount, "readOnly")) &&
		    (yaml_get(fix->tree, volume, "hostPath") || yaml_get(fix->tree, volume, "nfs")))
			return fix_format(fix,
					  "volume %.*s keeps its owner (fsGroup does not reach hostPath and nfs): the "
					  "new user must be able to use what %.*s holds.",
					  STR_ARG(name), STR_ARG(path));
	}
	return STR_NONE;
}

/* ---- what a new user costs ---- */

/* With --low-ports=keep nothing is done for the ports, and whether they can be opened is up to the node. */
static struct str kept_ports(struct fix_context *fix)
{
	for (size_t i = 0; fix->ports && i < fix->ports->n; i++) {
		const struct port_decision *decision = &fix->ports->items[i];

		if (decision->action == PORT_KEEP && decision->port < fix_unprivileged_from(fix))
			return fix_format(fix,
					  "port %u is kept: without root it opens only where the container runtime "
					  "allows that (containerd 2, Docker); elsewhere the program stops with "
					  "\"Permission denied\".",
					  decision->port);
	}
	return STR_NONE;
}

/* What the entrypoint made right as root. */
static struct str strict_in_words(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);
	struct str path = fix_strict_mount(fix, target);

	if (!path.n)
		return STR_NONE;
	return fix_format(fix,
			  "image %.*s over a volume on %.*s: data that is there belongs to its user already, but a new "
			  "volume is root's. %s",
			  STR_ARG(fix_container(fix, target)->image), STR_ARG(path), facts->note ? facts->note : "");
}

/* In a directory that its image does not have only root makes another, unless an emptyDir comes there. */
static struct str homeless_in_words(struct fix_context *fix, int target)
{
	const uint64_t read_only = (uint64_t)1 << fixer_index(&fixer_read_only_root_filesystem);
	const struct image_data_setting *setting;
	struct str path;

	setting = fix_homeless_data(fix, target, !(fix->choice->selected & read_only), &path);
	if (!setting)
		return STR_NONE;
	return fix_format(fix,
			  "image %.*s keeps its data in %.*s, by %s, where nothing is mounted: only root can make that "
			  "directory. Mount a volume%s.",
			  STR_ARG(fix_container(fix, target)->image), STR_ARG(path), image_data_setting_name(setting),
			  setting->strict ? " above it" : " there");
}

/* An image that needs no user of ours, where there is one. */
static struct str suggest_twin(struct fix_context *fix, int target)
{
	const struct kube_container *container = fix_container(fix, target);

	if (!container->known->twin.n || fix->pod->replaces_images)
		return STR_NONE;
	return fix_format(fix, "image %.*s starts as root; %.*s does the same without: --replace-images",
			  STR_ARG(container->image), STR_ARG(container->known->twin));
}

static void add_caveats(struct fix_context *fix, struct problem *problem, int target, const struct identity *identity)
{
	if (!choose(fix, target).known && !(problem->caveat & CAVEAT_UID)) {
		problem->safety = SAFETY_CAVEAT;
		problem->caveat |= CAVEAT_UID | (fix_image_facts(fix, target) ? CAVEAT_BASE : 0);
		problem->subject = fix_container(fix, target)->image;
		problem->number = identity->uid;
	}
	fix_add_caveat(fix, problem, fix_swapped_in_words(fix, target));
	fix_add_caveat(fix, problem, closed_mount(fix, target));
	fix_add_caveat(fix, problem, strict_in_words(fix, target));
	fix_add_caveat(fix, problem, homeless_in_words(fix, target));
}

/* What a port that an annotation keeps, without the sysctl, does to a user of @target; nothing where it is another's. */
static struct str skipped_port(struct fix_context *fix, int target)
{
	struct low_port ports[LOW_PORTS_MAX];
	size_t n = pod_low_ports(fix->pod, ports);

	for (size_t i = 0; i < n; i++)
		if ((target == TARGET_POD || ports[i].container == target) && ports[i].container >= 0 &&
		    fix_skips(fix, &fixer_unprivileged_ports, ports[i].container) &&
		    ports[i].port < fix_unprivileged_from(fix))
			return fix_format(fix, "a non-root program cannot open port %u, which skips unprivileged-ports",
					  ports[i].port);
	return STR_NONE;
}

/* Why no user may be set, whatever it is; nothing where one may. */
static struct str obstacle(struct fix_context *fix, int target)
{
	if (fix->config->run_as_user == UID_NONE)
		return STR("--run-as-user=none sets no UID; remove the 0 by hand");
	if (!fix_need(fix, &fixer_unprivileged_ports, TARGET_POD))
		return STR("a non-root program cannot open its ports (see unprivileged-ports)");
	return skipped_port(fix, target);
}

static const char *check_of(const struct fix_context *fix)
{
	/* Root in a user namespace is nobody outside: Pod Security does not ask. */
	return fix_is_exempt(fix, "runAsUser") ? NULL : "runAsUser";
}

/* ---- the pod ---- */

static bool inherits(struct fix_context *fix, int target)
{
	int64_t uid;

	return !int_is(fix, fix_security_context(fix, target), "runAsUser", &uid);
}

/* A container without a UID of its own that must stay root keeps the pod's 0. */
static bool inherits_as_root(struct fix_context *fix, struct str *ret_reason)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (inherits(fix, (int)i) && fix_needs_root(fix, (int)i, ret_reason))
			return true;
	return false;
}

static int first_main(const struct fix_context *fix)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (fix->pod->containers[i].role == CONTAINER_MAIN)
			return (int)i;
	return TARGET_POD;
}

static bool give_groups(struct fix_context *fix, const struct fixer *self, const struct identity *identity)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (inherits(fix, (int)i) && !give_group(fix, self, (int)i, identity))
			return false;
	return true;
}

static enum fix_status run_pod(struct fix_context *fix, const struct fixer *self)
{
	yaml_id context = fix_pod_security_context(fix), value = yaml_get(fix->tree, context, "runAsUser");
	struct problem problem = { .check = check_of(fix), .safety = SAFETY_SAFE, .at = value };
	int target = first_main(fix);
	struct identity identity;
	struct change change;
	int64_t uid, gid;

	if (!yaml_int(fix->tree, value, &uid) || uid != 0 || (target == TARGET_POD && !fix_is_operators(fix)))
		return FIX_FINE;
	problem.message = STR("the pod asks for runAsUser: 0, which is root");
	if (fix_is_operators(fix)) {
		problem.reason = STR("its operator makes the containers: set a user that its images work with");
		return fix_report(fix, self, &problem);
	}
	problem.reason = fix_skipping_reason(fix, self);
	if (!problem.reason.n && !inherits_as_root(fix, &problem.reason))
		problem.reason = obstacle(fix, TARGET_POD);
	identity = choose(fix, target);
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (inherits(fix, (int)i))
			add_caveats(fix, &problem, (int)i, &identity);
	fix_add_caveat(fix, &problem, kept_ports(fix));
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	if (!give_groups(fix, self, &identity)) {
		problem.reason = STR("a volume of it needs fsGroup first");
		return fix_report(fix, self, &problem);
	}
	change = fix_begin(fix, TARGET_POD);
	set_identity(&change, context, &identity, !int_is(fix, context, "runAsGroup", &gid),
		     &order_pod_security_context);
	return fix_end(&change, self, &problem);
}

/* ---- a container ---- */

/* Whether something that the manifest or the image says makes the container non-root without a UID of ours. */
static bool is_non_root_already(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);
	yaml_id own = yaml_get(fix->tree, fix_security_context(fix, target), "runAsNonRoot");
	yaml_id pods = yaml_get(fix->tree, fix_pod_security_context(fix), "runAsNonRoot");

	if (facts && facts->user != IMAGE_USER_UNKNOWN)
		return facts->user == IMAGE_USER_NUMERIC;
	/* Who wrote this runs an image whose USER is a number, or the pod would not start. */
	return yaml_is_null(fix->tree, own) ? yaml_is_true(fix->tree, pods) : yaml_is_true(fix->tree, own);
}

/* The pod's 0 became the UID of its first image; this one is known to want another. */
static bool wants_another(struct fix_context *fix, const struct fixer *self, int target, int64_t uid)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	return fix_container(fix, target)->role != CONTAINER_EPHEMERAL && facts && facts->uid > 0 &&
	       choose(fix, target).uid != uid && fix_run(fix, fixer_index(self), TARGET_POD) == FIX_CHANGED;
}

/* Whether another program writes the container's UID, its own or the pod's, with what to say of it in @problem. */
static bool is_filled_in_later(struct fix_context *fix, int target, struct problem *problem)
{
	yaml_id own = yaml_get(fix->tree, fix_security_context(fix, target), "runAsUser");
	yaml_id value = own ? own : yaml_get(fix->tree, fix_pod_security_context(fix), "runAsUser");
	const char *why = fix_placeholder(fix, value);

	if (!why)
		return false;
	problem->at = value;
	problem->message = fix_format(fix, "the user of %.*s is %.*s", STR_ARG(fix_subject(fix, target)),
				      STR_ARG(yaml_text(fix->tree, value)));
	problem->reason = str_of(why);
	return true;
}

static enum fix_status run_container(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id context = fix_security_context(fix, target), own = yaml_get(fix->tree, context, "runAsUser");
	struct problem problem = { .safety = SAFETY_SAFE, .at = own ? own : fix_place(fix, target) };
	struct str subject = fix_subject(fix, target);
	int64_t uid = -1, gid;
	struct identity identity;
	enum fix_status status;
	struct change change;
	bool has_own = yaml_int(fix->tree, own, &uid), another;

	if (is_filled_in_later(fix, target, &problem))
		return fix_report(fix, self, &problem);
	if (!has_own)
		int_is(fix, fix_pod_security_context(fix), "runAsUser", &uid);
	another = !has_own && uid > 0 && wants_another(fix, self, target, uid);
	if ((uid > 0 && !another) ||
	    (uid < 0 && (is_non_root_already(fix, target) || fix->config->run_as_user == UID_NONE)))
		return fix_need(fix, &fixer_unprivileged_ports, TARGET_POD) ? FIX_FINE : FIX_LEFT;
	if (!has_own && uid == 0)
		return FIX_LEFT; /* reported with the pod's own value */
	problem.check = has_own ? check_of(fix) : NULL;
	identity = choose(fix, target);
	if (has_own)
		problem.message = fix_format(fix, "%.*s asks for runAsUser: 0, which is root", STR_ARG(subject));
	else if (another)
		problem.message = fix_format(fix, "the image of %.*s runs as UID %lld, not as the pod's",
					     STR_ARG(subject), (long long)identity.uid);
	else if (fix_image_facts(fix, target) && fix_image_facts(fix, target)->user == IMAGE_USER_NAME)
		problem.message = fix_format(fix,
					     "the user of the image of %.*s is a name, which Kubernetes cannot verify",
					     STR_ARG(subject));
	else
		problem.message =
			fix_format(fix, "%.*s names no user: it runs as root if its image does", STR_ARG(subject));
	if (!fix_needs_root(fix, target, &problem.reason))
		problem.reason = obstacle(fix, target);
	add_caveats(fix, &problem, target, &identity);
	fix_add_caveat(fix, &problem, kept_ports(fix));
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	if (!give_group(fix, self, target, &identity)) {
		problem.reason = STR("a volume of it needs fsGroup first");
		return fix_report(fix, self, &problem);
	}
	fix_add_note(fix, &problem, suggest_twin(fix, target));
	change = fix_begin(fix, target);
	set_identity(&change, change_security_context(&change, target), &identity,
		     !int_is(fix, context, "runAsGroup", &gid) &&
			     (another || !int_is(fix, fix_pod_security_context(fix), "runAsGroup", &gid)),
		     &order_security_context);
	status = fix_end(&change, self, &problem);
	/* The pod's user, which it keeps where its own is refused, is no root either. */
	return another && status == FIX_LEFT ? FIX_FINE : status;
}

/* ---- Windows ---- */

/* It has no UIDs: windowsOptions.runAsUserName is the image's business. A 0 is a violation all the same. */
static enum fix_status run_windows(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id context = target == TARGET_POD ? fix_pod_security_context(fix) : fix_security_context(fix, target);
	struct problem problem = { .check = check_of(fix), .safety = SAFETY_FINDING };
	int64_t uid;

	problem.at = yaml_get(fix->tree, context, "runAsUser");
	if (!yaml_int(fix->tree, problem.at, &uid) || uid != 0)
		return FIX_FINE;
	problem.message = fix_format(fix, "%.*s asks for runAsUser: 0", STR_ARG(fix_subject(fix, target)));
	problem.reason =
		STR("Windows has no UIDs, and the API refuses the field with spec.os.name: windows; remove it");
	return fix_report(fix, self, &problem);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	if (fix->pod->windows)
		return run_windows(fix, self, target);
	if (target == TARGET_POD)
		return run_pod(fix, self);
	fix_need(fix, self, TARGET_POD);
	return run_container(fix, self, target);
}

const struct fixer fixer_run_as_user = {
	.name = "run-as-user",
	.summary = "Every container has a numeric non-root user and group",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: Running as Non-root user",
	.checks = "runAsUser",
	.why = "Root in a container is root on the node but for its namespaces: one hole in the runtime and it is out. "
	       "Kubernetes can only verify a user that is a number, so an image whose USER is a name or unset needs one "
	       "here.",
	.caveat =
		"Files that the image gave to root cannot be written: \"Permission denied\". HOME becomes / where the "
		"image does not know the UID.",
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
