/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unprivileged-image: an image that starts as root gives way to its twin, which does the same without and listens on a
 * port that it may open. On request only: it is another image, of another publisher. Where it brings another port, that
 * port's move brings the image: both or neither (see kube/port_sites.c). What needs root keeps the image that starts so.
 */
#include "fixers/evidence.h"
#include "fixers/image-needs.h"
#include "fixers/list.h"
#include "kube/low_ports.h"
#include "kube/port_sites.h"
#include "kube/twins.h"

static const struct port_decision *find_decision(const struct fix_context *fix, uint16_t port)
{
	for (size_t i = 0; fix->ports && i < fix->ports->n; i++)
		if (fix->ports->items[i].port == port && fix->ports->items[i].protocol == PROTOCOL_TCP)
			return &fix->ports->items[i];
	return NULL;
}

/* Whether the container opens the port: what the plan says of it may be another container's business. */
static bool opens(struct fix_context *fix, int target, uint16_t port)
{
	int64_t declared;

	if (!container_serves(fix_container(fix, target)))
		return false;
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "ports"), item)
		if (yaml_int(fix->tree, yaml_get(fix->tree, item, "containerPort"), &declared) && declared == port)
			return true;
	return port_is_of_image(fix->pod, target, port);
}

/* Whether the move of a port of the image would replace it; before the plan, whether one might. */
static bool moves_by_twin(struct fix_context *fix, int target)
{
	const struct kube_container *container = fix_container(fix, target);
	const struct image_fact *facts = container->known->facts;
	const struct port_decision *decision;

	for (size_t i = 0; i < facts->listens_n; i++) {
		uint16_t port = facts->listens[i].port;

		if (!opens(fix, target, port))
			continue;
		if (!fix->ports && port < PORT_FIRST_FREE)
			return true;
		decision = find_decision(fix, port);
		if (decision && decision->action == PORT_MOVE &&
		    twin_moves(container, fix->arena, port, decision->target))
			return true;
	}
	return false;
}

/* Whether a port that nothing declares, and that stays, counts as this container's (see kube/port_sites.c). */
static bool is_left_to(struct fix_context *fix, int target, const struct port_decision *decision)
{
	struct port_sites sites;
	int owner;

	if (decision->action == PORT_MOVE)
		return false;
	port_sites_find(fix->pod, fix->arena, decision->protocol, decision->port, decision->target, &sites);
	owner = sites.owner;
	port_sites_free(&sites);
	return owner == target;
}

/* Why a port that the image listens on keeps it; empty where none does. */
static struct str kept_port(struct fix_context *fix, int target)
{
	const struct kube_container *container = fix_container(fix, target);
	const struct image_fact *facts = container->known->facts;
	const struct port_decision *decision;

	for (size_t i = 0; i < facts->listens_n; i++) {
		uint16_t port = facts->listens[i].port;

		decision = facts->listens[i].udp ? NULL : find_decision(fix, port);
		if (!decision || (!opens(fix, target, port) && !is_left_to(fix, target, decision)))
			continue;
		if (decision->action != PORT_MOVE)
			return fix_format(fix, "%.*s does not listen on port %u, and that stays: %.*s",
					  STR_ARG(container->known->twin), port,
					  STR_ARG(decision->reason.n ? decision->reason : STR("it is kept")));
		if (!twin_moves(container, fix->arena, port, decision->target))
			return fix_format(fix, "%.*s does not listen on port %u", STR_ARG(container->known->twin),
					  decision->target);
		return STR("the move of its port was left (see unprivileged-ports)");
	}
	return STR_NONE;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_CAVEAT };
	struct kube_container *container;
	struct change change;
	enum fix_status status;
	const char *why;
	bool root;

	if (target == TARGET_POD || !fix->pod->replaces_images || fix->pod->windows)
		return FIX_FINE;
	container = fix_container(fix, target);
	if (!container->known->twin.n || container->role == CONTAINER_EPHEMERAL)
		return FIX_FINE;
	why = twin_obstacle(fix->pod, container, fix->arena);
	root = fix_needs_root(fix, target, &problem.reason);
	if (!why && !root && moves_by_twin(fix, target))
		fix_need(fix, &fixer_unprivileged_ports, TARGET_POD);
	/* That may have replaced it. */
	if (!container->known->twin.n)
		return FIX_FINE;
	problem.at = yaml_get(fix->tree, container->node, "image");
	if (!problem.at)
		return FIX_FINE;
	problem.message = fix_format(fix, "%.*s runs %.*s, which starts as root; %.*s does the same without",
				     STR_ARG(fix_subject(fix, target)), STR_ARG(container->image),
				     STR_ARG(container->known->twin));
	if (!root)
		problem.reason = why ? str_of(why) : kept_port(fix, target);
	fix_add_caveat(fix, &problem, fix_twin_in_words(fix, container));
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	change_set_str(&change, problem.at, container->known->twin);
	status = fix_end(&change, self, &problem);
	if (status == FIX_CHANGED)
		twin_refresh(fix->pod, fix->arena, fix->own);
	return status;
}

const struct fixer fixer_unprivileged_image = {
	.name = "unprivileged-image",
	.summary = "Images that start as root give way to those that do the same without",
	.profile = PROFILE_OPT_IN,
	.standard = "Pod Security Standards, restricted: what Running as Non-root asks for; no check of its own",
	.checks = "",
	.why = "An image that is made to run without root needs no UID, no sysctl and fewer writable folders. It is another "
	       "image, so it is only used where --replace-images (or --also unprivileged-image) asks for it.",
	.caveat = "A tag that the other image does not have cannot be pulled (\"ErrImagePull\"). What is mounted into "
		  "folders of the old image may be looked for elsewhere.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: nginx:1.27\n"
		   "    ports:\n"
		   "    - containerPort: 8080\n",
	.run = run,
};
