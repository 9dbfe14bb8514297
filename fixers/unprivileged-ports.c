/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unprivileged-ports: a non-root program may not open a port below 1024, unless its pod's network says otherwise.
 * What becomes of each port was decided by the plan, which sees the whole input; here it is carried out in the pod:
 * moved with everything in the pod that names it, or kept and allowed by a sysctl that the kubelet counts as safe.
 */
#include "fixers/image-needs.h"
#include "fixers/list.h"
#include "kube/port_sites.h"
#include "kube/twins.h"

static const char sysctl_name[] = "net.ipv4.ip_unprivileged_port_start";

/* The pod's own value of the sysctl: its node, YAML_NONE if it has none. */
static yaml_id find_sysctl(struct fix_context *fix)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_pod_security_context(fix), "sysctls"), item)
		if (str_is(yaml_get_text(fix->tree, item, "name"), sysctl_name))
			return yaml_get(fix->tree, item, "value");
	return YAML_NONE;
}

static bool is_allowed_by_sysctl(struct fix_context *fix, uint16_t port)
{
	return fix_unprivileged_from(fix) <= port;
}

static void set_sysctl(struct fix_context *fix, struct change *change)
{
	yaml_id value = find_sysctl(fix), context, item;

	if (value) {
		change_set_str(change, value, STR("0"));
		return;
	}
	context = change_security_context(change, TARGET_POD);
	item = change_append_map(change, change_seq(change, context, "sysctls", false, &order_pod_security_context));
	change_str(change, item, "name", str_of(sysctl_name), &order_sysctl);
	change_str(change, item, "value", STR("0"), &order_sysctl);
}

/* ---- the problem ---- */

static yaml_id place_of(struct fix_context *fix, const struct port_decision *decision, int *ret_container)
{
	struct low_port ports[LOW_PORTS_MAX];
	size_t n = pod_low_ports(fix->pod, ports);

	*ret_container = -1;
	for (size_t i = 0; i < n; i++) {
		if (ports[i].port == decision->port && ports[i].protocol == decision->protocol) {
			*ret_container = ports[i].container;
			return ports[i].at;
		}
	}
	return fix->pod->spec;
}

/* Where the port is and what is wrong with it. */
static void describe(struct fix_context *fix, const struct port_decision *decision, struct problem *problem)
{
	int container;

	problem->at = place_of(fix, decision, &container);
	problem->message = fix_format(fix, "%.*s listens on port %u, which only root may open",
				      STR_ARG(fix_subject(fix, container)), decision->port);
}

/* ---- moving ---- */

static void add_words(struct buf *words, struct str what, struct str which)
{
	if (words->n)
		buf_add(words, STR(", "));
	buf_add(words, what);
	buf_add(words, which);
}

static void add_count(struct buf *words, size_t count, const char *what)
{
	if (!count)
		return;
	add_words(words, STR_NONE, STR_NONE);
	buf_addf(words, "%zu %s%s", count, what, count > 1 ? "s" : "");
}

/* Whether the ConfigMap of an entry is told with another entry, or among what the plan moves. */
static bool is_told(struct fix_context *fix, const struct port_sites *sites, size_t index,
		    const struct port_decision *decision)
{
	struct str name = sites->configs.items[index].value.map->name, rest = decision->services, other;
	struct str words = fix_format(fix, "ConfigMap/%.*s", STR_ARG(name));

	for (size_t i = 0; i < index; i++)
		if (str_eq(sites->configs.items[i].value.map->name, name))
			return true;
	while (str_cut(&rest, ',', &other))
		if (str_eq(str_trim(other), words))
			return true;
	return false;
}

static struct str sites_in_words(struct fix_context *fix, const struct port_sites *sites,
				 const struct port_decision *decision)
{
	size_t probes = 0, hooks = 0, annotations = 0;
	struct buf words = BUF_INIT;
	struct str text;

	if (sites->owner >= 0)
		add_words(&words, fix_subject(fix, sites->owner), STR_NONE);
	for (size_t i = 0; i < sites->n; i++) {
		const struct port_site *site = &sites->items[i];

		if ((site->kind == SITE_ENV || site->kind == SITE_ENV_NEW || site->kind == SITE_ARG) && site->label.n)
			add_words(&words, STR("its "), site->label);
		if (site->kind == SITE_IMAGE)
			add_words(&words, STR("its image "), site->text);
		probes += site->kind == SITE_PROBE || (site->kind == SITE_EXEC && !site->label.n);
		annotations += site->kind == SITE_ANNOTATION;
		hooks += site->kind == SITE_HOOK || (site->kind == SITE_EXEC && site->label.n);
	}
	for (size_t i = 0; i < sites->configs.n; i++)
		if (!is_told(fix, sites, i, decision))
			add_words(&words, STR("ConfigMap/"), sites->configs.items[i].value.map->name);
	add_count(&words, probes, "probe");
	add_count(&words, hooks, "hook");
	add_count(&words, annotations, "annotation");
	if (decision->services.n)
		add_words(&words, decision->services, STR_NONE);
	text = str_copy(fix->arena, buf_str(&words));
	buf_free(&words);
	return text;
}

static struct str setting_in_words(struct fix_context *fix, const struct port_sites *sites)
{
	for (size_t i = 0; i < sites->n; i++) {
		const struct port_site *site = &sites->items[i];

		/* What another container says is no setting of this one. */
		if (sites->owner >= 0 && site->container != sites->owner)
			continue;
		if (site->kind == SITE_ENV && site->label.n)
			return fix_format(fix, "%.*s=%.*s", STR_ARG(site->label), STR_ARG(site->text));
		if (site->kind == SITE_ARG && site->label.n)
			return fix_format(fix, "%.*s", STR_ARG(site->label));
	}
	return STR_NONE;
}

static void edit_site(struct change *change, const struct port_site *site, uint16_t target)
{
	switch (site->kind) {
	case SITE_PORT:
	case SITE_PROBE:
	case SITE_HOOK:
		change_set_int(change, site->node, target);
		break;
	case SITE_ENV_NEW:
		change_append_variable(change, site->container, site->label, site->text);
		break;
	case SITE_ENV:
	case SITE_ARG:
	case SITE_EXEC:
	case SITE_ANNOTATION:
	case SITE_IMAGE:
		change_set_str(change, site->node, site->text);
		break;
	}
}

static enum fix_status move(struct fix_context *fix, const struct fixer *self, const struct port_decision *decision,
			    struct problem *problem)
{
	struct port_sites sites;
	enum fix_status status;
	struct change change;

	port_sites_find(fix->pod, fix->arena, decision->protocol, decision->port, decision->target, &sites);
	if (!sites.n) {
		/* Only a Service names it (or it has moved already): the Service's change says the rest. */
		port_sites_free(&sites);
		return FIX_FINE;
	}
	describe(fix, decision, problem);
	change = fix_begin(fix, TARGET_POD);
	for (size_t i = 0; i < sites.n; i++)
		edit_site(&change, &sites.items[i], decision->target);
	fix_add_note(fix, problem,
		     fix_format(fix, "port %u → %u: %.*s", decision->port, decision->target,
				STR_ARG(sites_in_words(fix, &sites, decision))));
	if (sites.beside.n)
		fix_add_note(fix, problem,
			     fix_format(fix, "%.*s stays, and may mean port %u", STR_ARG(sites.beside),
					decision->port));
	for (size_t i = 0; i < sites.n; i++)
		if (sites.items[i].kind == SITE_IMAGE)
			fix_add_caveat(fix, problem,
				       fix_twin_in_words(fix, fix_container(fix, sites.items[i].container)));
	if (sites.caveat.n) {
		fix_add_caveat(fix, problem, sites.caveat);
	} else if (!sites.sure && !decision->sure) {
		problem->safety = SAFETY_CAVEAT;
		problem->caveat = CAVEAT_PORT;
		problem->detail = setting_in_words(fix, &sites);
		problem->number = decision->target;
		if (sites.owner >= 0)
			problem->subject = fix->pod->containers[sites.owner].image;
	}
	port_sites_free(&sites);
	status = fix_end(&change, self, problem);
	if (status == FIX_CHANGED)
		twin_refresh(fix->pod, fix->arena, fix->own);
	return status;
}

/* ---- the pod ---- */

/* A port that waits for the sysctl, and why it is not moved. */
struct kept_port {
	uint16_t port;
	struct str reason;
	bool told;
};

/* At most LOW_PORTS_MAX: no program has more. One of both protocols is one. */
static size_t kept_ports(struct fix_context *fix, struct kept_port *ret_ports)
{
	size_t n = 0;

	for (size_t i = 0; i < fix->ports->n && n < LOW_PORTS_MAX; i++) {
		const struct port_decision *decision = &fix->ports->items[i];
		size_t k = 0;

		if (decision->action != PORT_SYSCTL || is_allowed_by_sysctl(fix, decision->port))
			continue;
		while (k < n && ret_ports[k].port != decision->port)
			k++;
		if (k == n)
			ret_ports[n++] = (struct kept_port){ decision->port, decision->reason, false };
	}
	return n;
}

/* "ports 80, 443 kept, by sysctl: why", of all that have the reason of the first of @ports. */
static struct str kept_in_words(struct fix_context *fix, struct kept_port *ports, size_t n)
{
	struct str reason = ports->reason;
	struct buf words = BUF_INIT;
	size_t same = 0, told = 0;
	struct str text;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(ports[i].reason, reason)) {
			ports[i].told = true;
			same++;
		}
	}
	buf_addf(&words, "port%s ", same > 1 ? "s" : "");
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(ports[i].reason, reason))
			continue;
		buf_addf(&words, "%s%u", !told ? "" : told + 1 < same ? ", " : " and ", ports[i].port);
		told++;
	}
	buf_addz(&words, " kept, by sysctl: ");
	buf_add(&words, reason);
	text = str_copy(fix->arena, buf_str(&words));
	buf_free(&words);
	return text;
}

/* A line for each reason: one sysctl allows all of them. */
static void add_kept(struct fix_context *fix, struct problem *problem)
{
	struct kept_port ports[LOW_PORTS_MAX];
	size_t n = kept_ports(fix, ports);

	for (size_t i = 0; i < n; i++)
		if (!ports[i].told)
			fix_add_note(fix, problem, kept_in_words(fix, &ports[i], n - i));
}

static enum fix_status keep(struct fix_context *fix, const struct fixer *self, const struct port_decision *decision,
			    struct problem *problem)
{
	struct change change;

	if (is_allowed_by_sysctl(fix, decision->port))
		return FIX_FINE;
	describe(fix, decision, problem);
	if (!fix_has_pod_context(fix)) {
		problem->reason =
			STR("its kind has no place for the sysctl that allows it: let the program listen on a "
			    "port from 1024 on");
		return fix_report(fix, self, problem);
	}
	add_kept(fix, problem);
	change = fix_begin(fix, TARGET_POD);
	set_sysctl(fix, &change);
	return fix_end(&change, self, problem);
}

static enum fix_status carry_out(struct fix_context *fix, const struct fixer *self,
				 const struct port_decision *decision)
{
	struct problem problem = { .safety = SAFETY_SAFE, .reason = decision->reason };

	switch (decision->action) {
	case PORT_LEAVE:
		if (is_allowed_by_sysctl(fix, decision->port))
			return FIX_FINE;
		describe(fix, decision, &problem);
		return fix_report(fix, self, &problem);
	case PORT_KEEP:
	case PORT_SKIP:
		return FIX_FINE;
	case PORT_SYSCTL:
		return keep(fix, self, decision, &problem);
	case PORT_MOVE:
		break;
	}
	return move(fix, self, decision, &problem);
}

/* A port that another program writes may be a low one. Nothing else waits for that: most are not. */
static void report_placeholders(struct fix_context *fix, const struct fixer *self, int container)
{
	if (fix->config->low_ports == LOW_PORTS_KEEP || fix_unprivileged_from(fix) < PORT_FIRST_FREE)
		return;
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, container)->node, "ports"), item) {
		yaml_id port = yaml_get(fix->tree, item, "containerPort");
		const char *why = fix_placeholder(fix, port);
		struct problem problem = { .safety = SAFETY_FINDING, .at = port };

		if (!why)
			continue;
		if (fix_skips(fix, self, container))
			continue;
		problem.message = fix_format(fix, "a port of %.*s is %.*s", STR_ARG(fix_subject(fix, container)),
					     STR_ARG(yaml_text(fix->tree, port)));
		problem.reason = str_of(why);
		fix_report(fix, self, &problem);
	}
}

/* What an annotation keeps for one container: only asked, so that it can be told. */
static enum fix_status report_skipped(struct fix_context *fix, const struct fixer *self, int target)
{
	enum fix_status status = FIX_FINE;

	for (size_t i = 0; fix->ports && i < fix->ports->n; i++) {
		const struct port_decision *decision = &fix->ports->items[i];
		struct problem problem = { .safety = SAFETY_SAFE, .reason = decision->reason };
		int container;

		if (decision->action != PORT_SKIP || is_allowed_by_sysctl(fix, decision->port))
			continue;
		place_of(fix, decision, &container);
		if (container != target)
			continue;
		describe(fix, decision, &problem);
		status = fix_report(fix, self, &problem);
	}
	return status;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	enum fix_status worst = FIX_FINE;

	if (target != TARGET_POD)
		return report_skipped(fix, self, target);
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		report_placeholders(fix, self, (int)i);
	if (!fix->ports)
		return FIX_FINE;
	for (size_t i = 0; i < fix->ports->n; i++) {
		enum fix_status status = carry_out(fix, self, &fix->ports->items[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}

const struct fixer fixer_unprivileged_ports = {
	.name = "unprivileged-ports",
	.summary = "Every pod's ports can be opened without root",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: what Running as Non-root needs (net.ipv4."
		    "ip_unprivileged_port_start is on its list of safe sysctls)",
	.checks = "",
	.why = "The kernel lets only root open a port below 1024, so a program that listens on 80 does not survive "
	       "runAsNonRoot. Behind a Service nobody sees the pod's port: it can be 8080 while the Service stays 80.",
	.caveat =
		"A program that does not follow its port answers nobody: \"connection refused\", and its probes fail. One "
		"on a low port without the sysctl stops: \"bind() to 0.0.0.0:80 failed (13: Permission denied)\".",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    ports:\n"
		   "    - containerPort: 80\n",
	.run = run,
};
