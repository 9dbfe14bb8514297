/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image-pull-policy: a tag can be moved to another image, and with IfNotPresent each node runs the one that it happened
 * to pull first. A digest cannot be moved, so nothing is asked where there is one; nor where the tag is absent or
 * latest and the policy is absent, for then the API server's default is Always (core/v1 defaults.go).
 */
#include "fixers/images.h"
#include "fixers/list.h"

/* Names that stand for an image of the node and no registry: of podman, ko, Skaffold, minikube, Docker Desktop. */
static bool is_local(const struct image_ref *ref)
{
	static const char *const registries[] = { "localhost/", "kind.local/", "ko.local/", "minikube.local/" };

	for (size_t i = 0; i < sizeof(registries) / sizeof(*registries); i++)
		if (str_starts(ref->name, str_of(registries[i])))
			return true;
	return false;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_CAVEAT };
	yaml_id node, image;
	struct image_ref ref;
	struct change change;
	struct str policy;

	if (!fix_image_is_tagged(fix, target, &ref, &image))
		return FIX_FINE;
	node = fix_container(fix, target)->node;
	policy = yaml_get_text(fix->tree, node, "imagePullPolicy");
	if (str_is(policy, "Always") || (!policy.n && fix_image_is_latest(&ref)))
		return FIX_FINE;
	if (fix_unknown(fix, target, yaml_get(fix->tree, node, "imagePullPolicy"), VALUE_TEXT, &problem))
		return fix_report(fix, self, &problem);
	problem.at = policy.n ? yaml_get(fix->tree, node, "imagePullPolicy") : image;
	problem.message =
		fix_format(fix, "%.*s may run whatever image a node has under the name %.*s (imagePullPolicy: %.*s)",
			   STR_ARG(fix_subject(fix, target)), STR_ARG(fix_container(fix, target)->image),
			   STR_ARG(policy.n ? policy : STR("IfNotPresent, the default")));
	problem.caveat = CAVEAT_TEXT;
	problem.detail =
		STR("images are asked for at their registry whenever a container starts. Where it cannot be reached "
		    "(an air-gapped cluster, an image that was loaded into the node) the pod stays in "
		    "ImagePullBackOff.");
	if (str_is(policy, "Never"))
		fix_explain_unsafe(fix, &problem, "Never says that the image is put on the nodes in another way",
				   "sets Always");
	else if (is_local(&ref))
		fix_explain_unsafe(fix, &problem, "by its name the image is built on the node and in no registry",
				   "sets Always");
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	change_str(&change, node, "imagePullPolicy", STR("Always"), &order_container);
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_image_pull_policy = {
	.name = "image-pull-policy",
	.summary = "An image that is named by a tag is pulled whenever its container starts",
	.profile = PROFILE_OPT_IN,
	.standard = "CIS Kubernetes Benchmark: Ensure that the admission control plugin AlwaysPullImages is set",
	.checks = "",
	.why = "A tag can be moved, and a node that has the image under that name runs the old one, or one that another "
	       "pod brought there: without asking whether this pod may pull it at all. With Always the kubelet asks the "
	       "registry each time, with this pod's credentials; layers that it has are not loaded again. An image with "
	       "a digest is one image only, so it is left alone (see image-digest).",
	.caveat =
		"Where the registry does not answer, no container starts (\"ErrImagePull\", \"ImagePullBackOff\"): in "
		"air-gapped clusters without a mirror, and with images that were loaded into the nodes (kind load, minikube "
		"image load, ctr import). So Never, and names such as localhost/web, are changed with --unsafe only.",
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
