/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service-account-token: the kubelet puts a token for the Kubernetes API into every container, and few programs use it.
 * Whether this one does, a manifest does not say in so many words; but what does use it mostly has a service account of
 * its own, or names the API. Such a pod is left alone, unless the user asks.
 */
#include "fixers/evidence.h"
#include "fixers/fix.h"
#include "fixers/list.h"

static const char key[] = "automountServiceAccountToken";

/* Programs in command and args that call the API. */
static const char *const clients[] = { "kubectl", "helm", "helmfile", "argocd", "flux", "oc", "kustomize", "velero" };

/* Words of environment and arguments that name the API, or the place of the token. */
static const char *const words[] = {
	"run/secrets/kubernetes.io",
	"KUBERNETES_SERVICE_HOST",
	"KUBERNETES_SERVICE_PORT",
	"KUBERNETES_MASTER",
	"kubernetes.default",
	"in-cluster",
	"incluster",
	"leader-elect",
};

/* Names of images, or their ends, whose program is made to call the API. */
static const char *const images[] = { "-operator", "-controller",  "-controller-manager", "/kubectl",
				      "/helm",	   "/k8s-sidecar", "/kube-state-metrics" };

static const char *names_api(struct str text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_find(text, str_of(words[i]), 0) != SIZE_MAX)
			return words[i];
	return NULL;
}

static const char *command_word(struct str text)
{
	const char *client = fix_text_runs(text, clients, sizeof(clients) / sizeof(*clients));

	return client ? client : names_api(text);
}

static struct str volume_sign(struct fix_context *fix)
{
	YAML_EACH(fix->tree, kube_pod_volumes(fix->pod), volume)
		YAML_EACH(fix->tree, yaml_get_path(fix->tree, volume, "projected.sources"), source)
			if (!yaml_is_null(fix->tree, yaml_get(fix->tree, source, "serviceAccountToken")))
				return fix_format(fix, "its volume %.*s holds a token of its service account",
						  STR_ARG(yaml_get_text(fix->tree, volume, "name")));
	return STR_NONE;
}

static const char *env_word(struct fix_context *fix, yaml_id container)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "env"), item) {
		const char *word = names_api(yaml_get_text(fix->tree, item, "name"));

		if (!word)
			word = names_api(yaml_get_text(fix->tree, item, "value"));
		if (word)
			return word;
	}
	return NULL;
}

static const char *mount_word(struct fix_context *fix, yaml_id container)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeMounts"), mount) {
		const char *word = names_api(yaml_get_text(fix->tree, mount, "mountPath"));

		if (word)
			return word;
	}
	return NULL;
}

static const char *image_word(struct fix_context *fix, int target)
{
	struct image_ref ref;

	if (!image_ref_parse(fix->arena, fix_container(fix, target)->image, &ref))
		return NULL;
	for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++)
		if (str_ends(ref.name, str_of(images[i])))
			return images[i];
	return NULL;
}

static struct str container_sign(struct fix_context *fix, int target)
{
	yaml_id container = fix_container(fix, target)->node;
	struct str subject = fix_subject(fix, target);
	const char *word = env_word(fix, container);

	if (word)
		return fix_format(fix, "the environment of %.*s names %s", STR_ARG(subject), word);
	word = fix_command_has(fix, target, command_word);
	if (word)
		return fix_format(fix, "the command of %.*s names %s", STR_ARG(subject), word);
	word = mount_word(fix, container);
	if (word)
		return fix_format(fix, "%.*s mounts something at %s", STR_ARG(subject), word);
	if (image_word(fix, target))
		return fix_format(fix, "the image of %.*s is made for it, by its name", STR_ARG(subject));
	return STR_NONE;
}

/* What shows that the pod uses the token; empty for nothing. */
static struct str sign(struct fix_context *fix)
{
	yaml_id annotations = yaml_get(fix->tree, fix->pod->metadata, "annotations");
	struct str account = yaml_get_text(fix->tree, fix->pod->spec, "serviceAccountName");
	struct str found;

	if (yaml_is_true(fix->tree, yaml_get(fix->tree, fix->pod->spec, key)))
		return STR("it asks for the token itself");
	if (!account.n)
		account = yaml_get_text(fix->tree, fix->pod->spec, "serviceAccount");
	if (account.n && !str_is(account, "default"))
		return fix_format(fix, "it has a service account of its own, %.*s", STR_ARG(account));
	if (yaml_get(fix->tree, annotations, "vault.hashicorp.com/agent-inject"))
		return STR("Vault's agent is injected, which logs in with the token");
	found = volume_sign(fix);
	for (size_t i = 0; i < fix->pod->containers_n && !found.n; i++)
		found = container_sign(fix, (int)i);
	return found;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id value = yaml_get(fix->tree, fix->pod->spec, key);
	struct problem problem = { .safety = SAFETY_CAVEAT, .at = value ? value : fix->pod->spec };
	struct change change;
	struct str found;

	if (target != TARGET_POD || yaml_is_false(fix->tree, value))
		return FIX_FINE;
	if (fix_unknown(fix, TARGET_POD, value, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	problem.message = fix_format(fix, "every container gets a token for the Kubernetes API (%s is %s)", key,
				     yaml_is_null(fix->tree, value) ? "not set" : "not false");
	if (!(fix->pod->view->flags & VIEW_TEMPLATE)) {
		problem.safety = SAFETY_FINDING;
		problem.reason = STR("whether its kind has a place for this setting is not known here; its operator's "
				     "documentation says so");
		return fix_report(fix, self, &problem);
	}
	found = sign(fix);
	if (found.n) {
		problem.safety = SAFETY_UNSAFE;
		problem.reason = fix_format(fix, "it seems to use it: %.*s%s", STR_ARG(found),
					    fix->config->safe_only ? "" : "; --unsafe takes it away");
	}
	problem.caveat = CAVEAT_TEXT;
	problem.detail =
		STR("pods no longer get a token for the Kubernetes API. A program that calls it fails with \"open "
		    "/var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory\".");
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, TARGET_POD);
	change_bool(&change, fix->pod->spec, key, false, fix_pod_order(fix));
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_service_account_token = {
	.name = "service-account-token",
	.summary = "No token for the Kubernetes API is put into pods that do not use it",
	.profile = PROFILE_OPT_IN,
	.standard = "CIS Kubernetes Benchmark: Ensure that Service Account Tokens are only mounted where necessary; "
		    "NSA/CISA Kubernetes Hardening Guide",
	.checks = "",
	.why = "Whoever gets into a container with a token speaks to the API as its service account: at the least it can "
	       "look around, and with a RoleBinding that somebody made for another pod of the namespace much more. Most "
	       "programs never call the API.",
	.caveat =
		"A program that does call it (an operator, leader election, service discovery, Vault's Kubernetes login) "
		"fails with \"open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory\". So a "
		"pod with a sign of it (a service account of its own, a projected token, kubectl or the API's name in "
		"command or environment) is reported, and changed with --unsafe only.",
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
