/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence of need
 *
 * Kubernetes has no ambient capabilities (KEP-2763), so a container that is given capabilities needs root to use
 * them; one that says `runAsUser: 0` itself, or whose command changes owners or installs packages, was written to be
 * root. Taking root away from such a container is the surest way to break it, so it is reported and left, unless the
 * user asks. A pod-level 0 is no evidence: it is as often copied as meant.
 */
#include "fixers/evidence.h"

#include "fixers/image-needs.h"
#include "fixers/list.h"

/* Programs in command and args that work as root only. */
static const char *const root_tools[] = {
	"chown",    "chmod",   "sysctl",  "mount",   "umount",	"iptables", "ip6tables", "nft",
	"modprobe", "setcap",  "gosu",	  "su-exec", "apt-get", "apk",	    "yum",	 "dnf",
	"mknod",    "nsenter", "swapoff", "setpriv", "apt",	"tc",	    "ethtool",
};

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == '.';
}

const char *fix_text_runs(struct str text, const char *const *tools, size_t n)
{
	for (size_t i = 0; i < text.n;) {
		size_t start = i;

		while (i < text.n && is_word_byte(text.p[i]))
			i++;
		for (size_t k = 0; i > start && k < n; k++)
			if (str_is(str_sub(text, start, i), tools[k]) &&
			    (start == 0 || strchr(" \t\n;&|(`/", text.p[start - 1])) &&
			    (i == text.n || strchr(" \t\n;&|)`", text.p[i])))
				return tools[k];
		i += i == start;
	}
	return NULL;
}

const char *fix_command_has(struct fix_context *fix, int target, fix_text_has *has)
{
	static const char *const keys[] = { "command", "args" };
	static const char *const texts[] = { "script", "source" }; /* of Tekton's and of Argo's containers */
	yaml_id container = fix_container(fix, target)->node;
	const char *found = NULL;

	for (size_t i = 0; i < 2; i++)
		YAML_EACH(fix->tree, yaml_get(fix->tree, container, keys[i]), item)
			if (!found)
				found = has(yaml_text(fix->tree, item));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && !found; i++)
		found = has(yaml_get_text(fix->tree, container, texts[i]));
	return found;
}

static const char *runs_root_tool(struct str text)
{
	return fix_text_runs(text, root_tools, sizeof(root_tools) / sizeof(*root_tools));
}

/* What a container runtime gives root anyway: the entrypoint of a known image may need it to leave root, no more. */
static const char *const usual_capabilities[] = {
	"AUDIT_WRITE", "CHOWN",	  "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",	     "MKNOD",
	"NET_RAW",     "SETFCAP", "SETGID",	  "SETPCAP", "SETUID", "SYS_CHROOT",
};

static bool is_usual(struct str name)
{
	for (size_t i = 0; i < sizeof(usual_capabilities) / sizeof(*usual_capabilities); i++)
		if (str_ieq(name, str_of(usual_capabilities[i])))
			return true;
	return false;
}

struct str fix_capability_name(struct str text)
{
	return text.n > 4 && str_ieq(str_sub(text, 0, 4), STR("CAP_")) ? str_sub(text, 4, text.n) : text;
}

/* A capability that root needs and a non-root program would not get. @known: so are the image's needs. */
static struct str added_capability(struct fix_context *fix, yaml_id context, bool known)
{
	yaml_id add = yaml_get_path(fix->tree, context, "capabilities.add");

	if (yaml_is_scalar(fix->tree, add)) /* a list that is filled in later */
		return yaml_text(fix->tree, add);
	YAML_EACH(fix->tree, add, item) {
		struct str text = yaml_text(fix->tree, item), name = fix_capability_name(text);

		if (!str_ieq(name, STR("NET_BIND_SERVICE")) && !(known && is_usual(name)))
			return text;
	}
	return STR_NONE;
}

/* A capability that the image needs and that "restricted" does not leave it. */
static struct str kept_capability(const struct image_fact *facts)
{
	for (size_t i = 0; facts && i < facts->capabilities.n; i++)
		if (strcmp(facts->capabilities.items[i], "NET_BIND_SERVICE") != 0)
			return str_of(facts->capabilities.items[i]);
	return STR_NONE;
}

/* Files of the node are root's, mostly. */
static bool mounts_from_node(struct fix_context *fix, yaml_id container)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeMounts"), mount)
		if (yaml_get(fix->tree, kube_pod_volume(fix->pod, yaml_get_text(fix->tree, mount, "name")), "hostPath"))
			return true;
	return false;
}

static bool is_group_asked(const struct fix_config *config)
{
	static const struct fixer *const group[] = { &fixer_run_as_user, &fixer_run_as_non_root, &fixer_capabilities,
						     &fixer_privilege_escalation };

	for (size_t i = 0; i < sizeof(group) / sizeof(*group); i++)
		if (config->also & (uint64_t)1 << fixer_index(group[i]))
			return true;
	return config->unsafe;
}

/* Also in quotes, which the API refuses. */
static bool says_true(struct fix_context *fix, yaml_id value)
{
	bool flag = false;

	return yaml_resolve_plain(yaml_text(fix->tree, value), NULL, &flag) == YAML_BOOL && flag;
}

/* What is not known may be what root needs. */
static bool is_unknown(struct fix_context *fix, yaml_id context, const char *key)
{
	return value_unknown(fix->tree, yaml_get(fix->tree, context, key), VALUE_BOOL) != NULL;
}

static struct str sign(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);
	yaml_id context = fix_security_context(fix, target);
	struct str capability;
	const char *tool;
	int64_t uid;

	if (says_true(fix, yaml_get(fix->tree, context, "privileged")))
		return STR("it is privileged");
	if (is_unknown(fix, context, "privileged"))
		return STR("whether it is privileged is not known");
	if (facts && facts->needs_root)
		return fix_format(fix, "its image does, for %s", facts->cannot);
	if (facts && facts->cannot && facts->user == IMAGE_USER_ROOT &&
	    mounts_from_node(fix, fix_container(fix, target)->node))
		return str_of(facts->cannot);
	capability = kept_capability(facts);
	if (capability.n)
		return fix_format(fix, "its image needs the capability %.*s", STR_ARG(capability));
	capability = added_capability(fix, context, fix_image_is_known(fix, target));
	if (capability.n)
		return fix_format(fix, "it adds the capability %.*s", STR_ARG(capability));
	tool = fix_command_has(fix, target, runs_root_tool);
	if (tool)
		return fix_format(fix, "its command runs %s", tool);
	/* What is known of an image says more than a 0 that was copied. */
	if (fix_image_works_without_root(fix, target))
		return STR_NONE;
	if (yaml_int(fix->tree, yaml_get(fix->tree, context, "runAsUser"), &uid) && uid == 0)
		return STR("it asks for runAsUser: 0 itself");
	if (yaml_is_false(fix->tree, yaml_get(fix->tree, context, "runAsNonRoot")))
		return STR("it asks for runAsNonRoot: false itself");
	if (is_unknown(fix, context, "runAsNonRoot"))
		return STR("whether it asks for runAsNonRoot: false is not known");
	return STR_NONE;
}

bool fix_needs_root(struct fix_context *fix, int target, struct str *ret_reason)
{
	struct str found;

	/* One that loses privileged on request is no longer a sign. */
	if (fix_selected(fix->config, &fixer_privileged))
		fix_run(fix, fixer_index(&fixer_privileged), target);
	/* An ephemeral one cannot be changed at all, which fix_begin() says. */
	if (is_group_asked(fix->config) || fix_container(fix, target)->role == CONTAINER_EPHEMERAL)
		return false;
	found = sign(fix, target);
	if (!found.n)
		return false;
	*ret_reason = fix_format(fix, "%.*s needs root, it seems: %.*s; --also run-as-user changes it all the same",
				 STR_ARG(fix_subject(fix, target)), STR_ARG(found));
	return true;
}
