/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resources: what a container is given at least, and at most. How much that is, nobody can tell from a manifest, so it
 * is the user's to say (--requests, --limits); without that it is reported. Where a container, or its pod, says
 * anything of a resource, that stays: a limit is its own request (core/v1 defaults.go), and what the pod says holds for
 * all its containers together.
 */
#include "fixers/fix.h"
#include "fixers/list.h"

/* What a container lacks of one kind: "requests" or "limits". */
struct lacking {
	const char *key;
	struct resource items[RESOURCES_MAX];
	size_t n;
};

static yaml_id amount(const struct fix_context *fix, yaml_id of, const char *key, const char *name)
{
	yaml_id value = yaml_get(fix->tree, yaml_get(fix->tree, yaml_get(fix->tree, of, "resources"), key), name);

	return yaml_is_null(fix->tree, value) ? YAML_NONE : value;
}

/* KEP-2837: requests and limits of the pod as a whole bound those of its containers. */
static bool is_pods(const struct fix_context *fix, const char *name)
{
	return amount(fix, fix->pod->spec, "requests", name) || amount(fix, fix->pod->spec, "limits", name);
}

/* A limit without a request is a request, too. */
static bool lacks(const struct fix_context *fix, yaml_id container, const char *key, const char *name)
{
	return !amount(fix, container, key, name) && !amount(fix, container, "limits", name) && !is_pods(fix, name);
}

static struct str names(struct fix_context *fix, const struct lacking *lacking)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < lacking->n; i++)
		text = fix_format(fix, "%.*s%s%s", STR_ARG(text), i ? ", " : "", lacking->items[i].name);
	return text;
}

static struct str message(struct fix_context *fix, int target, const struct lacking *requests,
			  const struct lacking *limits)
{
	struct str subject = fix_subject(fix, target);

	if (!limits->n)
		return fix_format(fix, "%.*s has no requests (%.*s)", STR_ARG(subject), STR_ARG(names(fix, requests)));
	if (!requests->n)
		return fix_format(fix, "%.*s has no limits (%.*s)", STR_ARG(subject), STR_ARG(names(fix, limits)));
	return fix_format(fix, "%.*s has no requests (%.*s) and no limits (%.*s)", STR_ARG(subject),
			  STR_ARG(names(fix, requests)), STR_ARG(names(fix, limits)));
}

static void find(const struct fix_context *fix, yaml_id container, const struct resource_list *wanted,
		 struct lacking *lacking)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (lacks(fix, container, lacking->key, wanted->items[i].name))
			lacking->items[lacking->n++] = wanted->items[i];
}

/* ---- without values ---- */

/* What a scheduler needs to know, and what keeps one program from taking the node's memory from all others. */
static enum fix_status report(struct fix_context *fix, const struct fixer *self, int target, struct problem *problem,
			      struct lacking *requests, struct lacking *limits)
{
	static const struct resource_list least = { .items = { { .name = "cpu" }, { .name = "memory" } }, .n = 2 };
	static const struct resource_list most = { .items = { { .name = "memory" } }, .n = 1 };
	yaml_id container = fix_container(fix, target)->node;

	find(fix, container, &least, requests);
	find(fix, container, &most, limits);
	if (!requests->n && !limits->n)
		return FIX_FINE;
	problem->safety = SAFETY_FINDING;
	problem->message = message(fix, target, requests, limits);
	problem->reason =
		STR("what it needs is not known here: say it with --requests cpu=100m,memory=128Mi and --limits "
		    "memory=256Mi, as kubectl top shows it under load");
	return fix_report(fix, self, problem);
}

/* ---- with values ---- */

/* A request above its limit is refused by the API; one that cannot be read may be. */
static enum fix_status check_request(struct fix_context *fix, const struct fixer *self, int target,
				     const struct resource *limit, yaml_id request)
{
	struct problem problem = { .safety = SAFETY_FINDING, .at = request };
	struct str text = yaml_text(fix->tree, request);
	struct quantity asked;

	if (quantity_parse(text, &asked) && quantity_cmp(asked, limit->amount) <= 0)
		return FIX_FINE;
	problem.message = fix_format(fix, "%.*s has no limits (%s)", STR_ARG(fix_subject(fix, target)), limit->name);
	problem.reason =
		fix_format(fix,
			   "it requests %.*s, which is not known to be at most %.*s, and the API refuses a limit "
			   "below the request",
			   STR_ARG(text), STR_ARG(limit->value));
	return fix_report(fix, self, &problem);
}

static enum fix_status find_limits(struct fix_context *fix, const struct fixer *self, int target,
				   struct lacking *limits)
{
	yaml_id container = fix_container(fix, target)->node;
	enum fix_status worst = FIX_FINE;

	for (size_t i = 0; i < fix->config->limits.n; i++) {
		const struct resource *limit = &fix->config->limits.items[i];
		yaml_id request = amount(fix, container, "requests", limit->name);
		enum fix_status status;

		if (!lacks(fix, container, "limits", limit->name))
			continue;
		status = request ? check_request(fix, self, target, limit, request) : FIX_FINE;
		if (status == FIX_FINE)
			limits->items[limits->n++] = *limit;
		else
			worst = status;
	}
	return worst;
}

static void put(struct change *change, yaml_id resources, const struct lacking *lacking)
{
	yaml_id map = lacking->n ? change_map(change, resources, lacking->key, &order_resources) : YAML_NONE;

	for (size_t i = 0; i < lacking->n; i++)
		change_str(change, map, lacking->items[i].name, lacking->items[i].value, &order_resource_list);
}

static enum fix_status set(struct fix_context *fix, const struct fixer *self, int target, struct problem *problem,
			   struct lacking *requests, struct lacking *limits)
{
	yaml_id container = fix_container(fix, target)->node, resources;
	enum fix_status left = find_limits(fix, self, target, limits), status;
	struct change change;

	find(fix, container, &fix->config->requests, requests);
	if (!requests->n && !limits->n)
		return left;
	problem->safety = SAFETY_CAVEAT;
	problem->caveat = CAVEAT_TEXT;
	problem->message = message(fix, target, requests, limits);
	problem->detail =
		STR("containers get the requests and limits of the command line. One that takes more memory than its "
		    "limit is killed (OOMKilled), and a pod that requests more than a node has free stays Pending.");
	if (!fix_allowed(fix, self, problem->safety))
		return fix_report(fix, self, problem);
	change = fix_begin(fix, target);
	resources = change_map(&change, container, "resources", &order_container);
	put(&change, resources, requests);
	put(&change, resources, limits);
	status = fix_end(&change, self, problem);
	return status > left ? status : left;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { 0 };
	struct lacking requests = { .key = "requests" }, limits = { .key = "limits" };

	/* Ephemeral ones may have none (validation.go). */
	if (target == TARGET_POD || fix_container(fix, target)->role == CONTAINER_EPHEMERAL)
		return FIX_FINE;
	problem.at = yaml_get(fix->tree, fix_container(fix, target)->node, "resources");
	if (!problem.at)
		problem.at = fix_container(fix, target)->node;
	if (!(fix->pod->view->flags & VIEW_TEMPLATE)) {
		/* Tekton's steps have computeResources, and others may have their own. */
		problem.safety = SAFETY_FINDING;
		problem.message =
			fix_format(fix, "%.*s is no container of a pod template", STR_ARG(fix_subject(fix, target)));
		problem.reason =
			STR("where its kind has requests and limits is not known here; look whether it has them");
		return yaml_is_null(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "resources"))
			       ? fix_report(fix, self, &problem)
			       : FIX_FINE;
	}
	if (!fix->config->requests.n && !fix->config->limits.n)
		return report(fix, self, target, &problem, &requests, &limits);
	return set(fix, self, target, &problem, &requests, &limits);
}

const struct fixer fixer_resources = {
	.name = "resources",
	.summary = "Every container has requests and limits: those that you name where it has none",
	.profile = PROFILE_OPT_IN,
	.standard = "NSA/CISA Kubernetes Hardening Guide: Resource policies",
	.checks = "",
	.why = "Without requests the scheduler puts a pod where there is no room, and without a memory limit one program "
	       "that leaks, or is made to, takes the node's memory from all others. How much is right only measuring "
	       "tells, so nothing is made up: without --requests and --limits, what is missing is reported. What a "
	       "container or its pod says of a resource stays.",
	.caveat =
		"A container that takes more memory than its limit is killed (\"OOMKilled\", exit code 137), one that "
		"takes more CPU is slowed down, and a pod that requests more than any node has free stays Pending "
		"(\"Insufficient memory\").",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n",
	.example_options = "--requests=cpu=100m,memory=128Mi --limits=memory=256Mi",
	.run = run,
};
