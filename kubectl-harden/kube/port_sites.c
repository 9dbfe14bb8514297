/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port sites
 *
 * All containers of a pod share one network, so a port is the pod's: a probe of one container may name the port of
 * another, a sidecar may call it on localhost. Identity is protocol and number. Names are left alone everywhere: they
 * are resolved through containerPort, which moves. Whether the *program* follows is another question, answered by a
 * setting that is visible in the manifest or known of the image; nothing here guesses.
 */
#include "kube/port_sites.h"

#include <stdlib.h>

#include "kube/image_facts.h"
#include "kube/listeners.h"
#include "kube/port_references.h"

static const char *const protocol_names[] = { "TCP", "UDP", "SCTP" };

enum port_protocol port_protocol_of(struct str name)
{
	for (int i = PROTOCOL_UDP; i <= PROTOCOL_SCTP; i++)
		if (str_is(name, protocol_names[i]))
			return (enum port_protocol)i;
	return PROTOCOL_TCP;
}

const char *port_protocol_name(enum port_protocol protocol)
{
	return protocol_names[protocol];
}

uint16_t port_map_target(const struct port_map *map, uint16_t port)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].from == port)
			return map->items[i].to;
	return port_default_target(port);
}

bool port_in_text(struct str value, uint16_t port)
{
	struct str rest = str_trim(value), part;
	char digits[8];
	size_t n = 0;

	for (unsigned p = port, k = 10000; k; k /= 10)
		if (n || p / k % 10 || k == 1)
			digits[n++] = (char)('0' + p / k % 10);
	for (size_t at = 0; (at = str_find(value, (struct str){ digits, n }, at)) != SIZE_MAX; at++)
		if (at && value.p[at - 1] == ':' &&
		    (at + n == value.n || value.p[at + n] < '0' || value.p[at + n] > '9'))
			return true;
	while (str_cut(&rest, ',', &part))
		if (str_eq(str_trim(part), (struct str){ digits, n }))
			return true;
	return false;
}

/* ---- the pod's ports ---- */

static const char *const probes[] = { "livenessProbe", "readinessProbe", "startupProbe" };
static const char *const hooks[] = { "lifecycle.postStart", "lifecycle.preStop" };
static const char *const handlers[] = { "httpGet", "tcpSocket", "grpc" };

/* Calls @visit for every probe and hook of a container. */
typedef void visit_handler(struct yaml_tree *tree, yaml_id handler, bool is_probe, int container, void *data);

static void each_handler(struct kube_pod *pod, visit_handler *visit, void *data)
{
	for (size_t i = 0; i < pod->containers_n; i++) {
		yaml_id node = pod->containers[i].node;

		if (pod->containers[i].role == CONTAINER_EPHEMERAL)
			continue;
		for (size_t k = 0; k < sizeof(probes) / sizeof(*probes); k++)
			visit(pod->tree, yaml_get(pod->tree, node, probes[k]), true, (int)i, data);
		for (size_t k = 0; k < sizeof(hooks) / sizeof(*hooks); k++)
			visit(pod->tree, yaml_get_path(pod->tree, node, hooks[k]), false, (int)i, data);
	}
}

/* The port that a handler asks, if it asks the pod: with a host of its own it asks somebody else. */
static yaml_id handler_port(struct yaml_tree *tree, yaml_id handler, size_t kind)
{
	yaml_id action = yaml_get(tree, handler, handlers[kind]);
	struct str host = yaml_get_text(tree, action, "host");

	if (host.n && !str_is(host, "localhost") && !str_is(host, "127.0.0.1") && !str_is(host, "::1"))
		return YAML_NONE;
	return yaml_get(tree, action, "port");
}

struct low_ports {
	struct low_port *items;
	size_t n;
};

static void add_low(struct low_ports *ports, struct low_port port)
{
	for (size_t i = 0; i < ports->n; i++) {
		if (ports->items[i].protocol == port.protocol && ports->items[i].port == port.port) {
			if (ports->items[i].container < 0)
				ports->items[i].container = port.container;
			return;
		}
	}
	if (ports->n < LOW_PORTS_MAX)
		ports->items[ports->n++] = port;
}

static bool is_low(int64_t port)
{
	return port > 0 && port < PORT_FIRST_FREE;
}

static void low_of_handler(struct yaml_tree *tree, yaml_id handler, bool is_probe, int container, void *data)
{
	(void)is_probe;
	(void)container;
	if (!handler)
		return;
	for (size_t kind = 0; kind < sizeof(handlers) / sizeof(*handlers); kind++) {
		yaml_id at = handler_port(tree, handler, kind);
		int64_t port;

		if (yaml_int(tree, at, &port) && is_low(port))
			add_low(data, (struct low_port){ PROTOCOL_TCP, (uint16_t)port, -1, at });
	}
}

/* An init container that ends (a migration with the program's own image) does not do what its image does. */
static bool serves(const struct kube_container *container)
{
	return container->role == CONTAINER_MAIN || container->sidecar;
}

/* The container that listens where nothing declares the port: the only one there is. */
static int only_main(const struct kube_pod *pod)
{
	int only = -1;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (!serves(&pod->containers[i]))
			continue;
		if (only >= 0)
			return -1;
		only = (int)i;
	}
	return only;
}

/* The arguments of a container, command and args together, as far as they are looked at. */
struct arguments {
	struct str tokens[256];
	yaml_id nodes[256];
	struct str changed[256]; /* what a token becomes; empty: unchanged */
	size_t n;
};

static void read_list(struct yaml_tree *tree, yaml_id list, struct arguments *arguments)
{
	YAML_EACH(tree, list, item) {
		if (arguments->n == sizeof(arguments->nodes) / sizeof(*arguments->nodes))
			return;
		arguments->nodes[arguments->n] = item;
		arguments->tokens[arguments->n++] = yaml_text(tree, item);
	}
}

static void read_arguments(struct kube_pod *pod, int container, struct arguments *ret_arguments)
{
	yaml_id node = pod->containers[container].node;

	ret_arguments->n = 0;
	read_list(pod->tree, yaml_get(pod->tree, node, "command"), ret_arguments);
	read_list(pod->tree, yaml_get(pod->tree, node, "args"), ret_arguments);
	memset(ret_arguments->changed, 0, ret_arguments->n * sizeof(*ret_arguments->changed));
}

/* Rank of the ASP.NET Core setting that is obeyed, among those visible; 0: none. */
static unsigned best_dotnet(struct kube_pod *pod, int container)
{
	struct arguments arguments;
	struct listener_args walk;
	struct listener_arg arg;
	unsigned best = 0;

	YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[container].node, "env"), item) {
		const struct listener *listener = listener_find_env(yaml_get_text(pod->tree, item, "name"));

		if (listener && listener->dotnet && (!best || listener->dotnet < best))
			best = listener->dotnet;
	}
	read_arguments(pod, container, &arguments);
	walk = (struct listener_args){ .tokens = arguments.tokens, .n = arguments.n };
	while (listener_args_next(&walk, &arg))
		if (arg.listener->dotnet && (!best || arg.listener->dotnet < best))
			best = arg.listener->dotnet;
	return best;
}

/* What an image is known to listen on, where the manifest says nothing of ports and listeners. */
static void low_of_image(struct kube_pod *pod, int container, struct low_ports *ports)
{
	const struct image_fact *facts = pod->containers[container].facts;
	yaml_id node = pod->containers[container].node;

	if (!facts || yaml_count(pod->tree, yaml_get(pod->tree, node, "ports")) || best_dotnet(pod, container) ||
	    !serves(&pod->containers[container]))
		return;
	for (size_t i = 0; i < facts->listens_n; i++)
		if (is_low(facts->listens[i].port))
			add_low(ports, (struct low_port){ facts->listens[i].udp ? PROTOCOL_UDP : PROTOCOL_TCP,
							  facts->listens[i].port, container, node });
}

size_t pod_low_ports(struct kube_pod *pod, struct low_port *ret_ports)
{
	struct low_ports ports = { ret_ports, 0 };

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (pod->containers[i].role == CONTAINER_EPHEMERAL)
			continue;
		YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "ports"), item) {
			yaml_id at = yaml_get(pod->tree, item, "containerPort");
			int64_t port;

			if (yaml_int(pod->tree, at, &port) && is_low(port))
				add_low(&ports,
					(struct low_port){ port_protocol_of(yaml_get_text(pod->tree, item, "protocol")),
							   (uint16_t)port, (int)i, at });
		}
		low_of_image(pod, (int)i, &ports);
	}
	each_handler(pod, low_of_handler, &ports);
	for (size_t i = 0; i < ports.n; i++)
		if (ports.items[i].container < 0)
			ports.items[i].container = only_main(pod);
	return ports.n;
}

/* ---- sites ---- */

struct search {
	struct kube_pod *pod;
	struct arena *arena;
	enum port_protocol protocol;
	uint16_t port, target;
	struct port_sites *sites;
	unsigned best_dotnet; /* of the owner */
};

static void cannot(struct search *search, struct str why)
{
	if (!search->sites->why_not.n)
		search->sites->why_not = why;
}

static void add_site(struct search *search, enum port_site_kind kind, int container, yaml_id node, struct str text,
		     struct str label)
{
	struct yaml_refusal why;

	if (!yaml_editable(search->pod->tree, node, &why))
		cannot(search, str_fmt(search->arena, "a place that names it cannot be edited: %s", why.why));
	VEC_PUSH(search->sites, (struct port_site){ kind, container, node, text, label });
}

/* Something in @container says that a program listens on the new port already. */
static void taken(struct search *search, int container)
{
	cannot(search, str_fmt(search->arena, "port %u is taken by container %.*s; --port-map %u:PORT names another",
			       search->target, STR_ARG(search->pod->containers[container].name), search->port));
}

static struct str number_text(struct search *search)
{
	return str_from_int(search->arena, search->target);
}

/* containerPorts: the site, its name, and what stands in the way. */
static void search_ports(struct search *search)
{
	struct kube_pod *pod = search->pod;
	struct yaml_tree *tree = pod->tree;
	int moved = -1;

	for (size_t i = 0; i < pod->containers_n; i++) {
		YAML_EACH(tree, yaml_get(tree, pod->containers[i].node, "ports"), item) {
			yaml_id at = yaml_get(tree, item, "containerPort");
			struct str name = yaml_get_text(tree, item, "name");
			int64_t port, host;

			if (!yaml_int(tree, at, &port))
				continue;
			if (port_protocol_of(yaml_get_text(tree, item, "protocol")) != search->protocol) {
				if (port == search->port)
					cannot(search, STR("TCP and UDP share the number, and a setting moves both"));
				continue;
			}
			if (port == search->target) {
				moved = (int)i;
				taken(search, (int)i);
			}
			if (port != search->port)
				continue;
			if (yaml_int(tree, yaml_get(tree, item, "hostPort"), &host) && host)
				cannot(search, STR("it is a hostPort too, which others reach on the node"));
			add_site(search, SITE_PORT, (int)i, at, number_text(search), STR_NONE);
			if (search->sites->owner >= 0 && search->sites->owner != (int)i)
				cannot(search, STR("two containers declare it, and only one can be told to move"));
			if (search->sites->owner < 0 ||
			    (!serves(&pod->containers[search->sites->owner]) && serves(&pod->containers[i]))) {
				search->sites->owner = (int)i;
				search->sites->name = name;
			}
		}
	}
	/* In what came out of a move, the container that owns the port declares its new number. */
	if (search->sites->owner < 0)
		search->sites->owner = moved;
}

/* A port's name that an earlier container uses for another port would lead a Service there. */
static void check_name(struct search *search)
{
	struct kube_pod *pod = search->pod;
	struct str name = search->sites->name;

	for (size_t i = 0; name.n && i < pod->containers_n; i++) {
		YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "ports"), item) {
			int64_t port = 0;

			if (!str_eq(yaml_get_text(pod->tree, item, "name"), name))
				continue;
			yaml_int(pod->tree, yaml_get(pod->tree, item, "containerPort"), &port);
			if (port != search->port)
				search->sites->name = STR_NONE;
			return;
		}
	}
}

static bool is_client(struct yaml_tree *tree, yaml_id command)
{
	YAML_EACH(tree, command, item) {
		struct str text = yaml_text(tree, item);

		if (str_find(text, STR("curl"), 0) != SIZE_MAX || str_find(text, STR("wget"), 0) != SIZE_MAX)
			return true;
	}
	return false;
}

static void search_handler(struct yaml_tree *tree, yaml_id handler, bool is_probe, int container, void *data)
{
	struct search *search = data;
	yaml_id command = yaml_get_path(tree, handler, "exec.command");
	bool client = is_client(tree, command);

	if (!handler)
		return;
	for (size_t kind = 0; kind < sizeof(handlers) / sizeof(*handlers); kind++) {
		yaml_id at = handler_port(tree, handler, kind);
		int64_t port;

		if (!yaml_int(tree, at, &port))
			continue;
		if (port == search->target)
			taken(search, container);
		if (port == search->port)
			add_site(search, is_probe ? SITE_PROBE : SITE_HOOK, container, at, number_text(search),
				 STR_NONE);
	}
	YAML_EACH(tree, command, item) {
		struct str text;

		if (listener_rewrite_local(search->arena, yaml_text(tree, item), client, search->port, search->target,
					   &text))
			add_site(search, SITE_EXEC, container, item, text, is_probe ? STR_NONE : STR("hook"));
	}
}

/* Whether this setting is the one that the program obeys. */
static bool is_obeyed(struct search *search, const struct listener *listener)
{
	unsigned version = search->pod->containers[search->sites->owner].dotnet;

	if (!listener->dotnet)
		return true;
	if (version && listener->dotnet_since > version)
		return false;
	return listener->dotnet == search->best_dotnet;
}

static bool says(const struct listener *listener, struct str value, uint16_t port)
{
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener_ports(listener, value, ports);

	for (size_t i = 0; i < n; i++)
		if (ports[i].port == port)
			return true;
	return false;
}

static void search_env(struct search *search, int container)
{
	struct yaml_tree *tree = search->pod->tree;
	yaml_id env = yaml_get(tree, search->pod->containers[container].node, "env");
	bool owns = container == search->sites->owner;

	YAML_EACH(tree, env, item) {
		struct str name = yaml_get_text(tree, item, "name"), text;
		yaml_id value = yaml_get(tree, item, "value");
		const struct listener *listener = listener_find_env(name);

		if (listener && says(listener, yaml_text(tree, value), search->target))
			taken(search, container);
		if (owns && listener &&
		    listener_rewrite(listener, search->arena, yaml_text(tree, value), search->port, search->target,
				     &text)) {
			add_site(search, SITE_ENV, container, value, text, name);
			search->sites->listener |= is_obeyed(search, listener);
			search->sites->sure |= listener->dotnet && is_obeyed(search, listener);
		} else if (listener_rewrite_local(search->arena, yaml_text(tree, value), false, search->port,
						  search->target, &text)) {
			add_site(search, SITE_ENV, container, value, text, name);
		}
	}
}

/* ---- command and args ---- */

static void search_flags(struct search *search, struct arguments *arguments, int container)
{
	struct listener_args walk = { .tokens = arguments->tokens, .n = arguments->n };
	struct listener_arg arg;

	while (listener_args_next(&walk, &arg)) {
		struct str token = arguments->tokens[arg.token], value = str_sub(token, arg.start, arg.end), text;

		if (says(arg.listener, value, search->target))
			taken(search, container);
		if (container != search->sites->owner ||
		    !listener_rewrite(arg.listener, search->arena, value, search->port, search->target, &text))
			continue;
		if (arguments->changed[arg.token].n) {
			cannot(search, STR("an argument names it twice"));
			continue;
		}
		arguments->changed[arg.token] = str_fmt(search->arena, "%.*s%.*s%.*s", (int)arg.start, token.p,
							STR_ARG(text), (int)(token.n - arg.end), token.p + arg.end);
		add_site(search, SITE_ARG, container, arguments->nodes[arg.token], arguments->changed[arg.token],
			 str_of(arg.listener->name));
		search->sites->listener |= is_obeyed(search, arg.listener);
		search->sites->sure |= arg.listener->dotnet && is_obeyed(search, arg.listener);
	}
}

static void search_arguments(struct search *search, int container)
{
	struct arguments arguments;
	struct str text;

	read_arguments(search->pod, container, &arguments);
	search_flags(search, &arguments, container);
	for (size_t i = 0; i < arguments.n; i++)
		if (!arguments.changed[i].n && listener_rewrite_local(search->arena, arguments.tokens[i], false,
								      search->port, search->target, &text))
			add_site(search, SITE_ARG, container, arguments.nodes[i], text, STR_NONE);
}

/* ---- what only the image knows ---- */

static void search_facts(struct search *search)
{
	struct kube_container *container = &search->pod->containers[search->sites->owner];
	const struct image_move *move = container->facts ? image_fact_move(container->facts, search->port) : NULL;

	/* A setting that many programs share (PORT) does not tell what this image obeys. */
	if (!move || !move->env || search->best_dotnet)
		return;
	add_site(search, SITE_ENV_NEW, search->sites->owner, container->node,
		 image_move_value(move, search->arena, search->target), str_of(move->env));
	search->sites->listener = search->sites->sure = true;
}

/* Another container whose image is known to listen there by itself: its program would stay behind. */
static void search_others(struct search *search)
{
	for (size_t i = 0; i < search->pod->containers_n; i++) {
		struct low_port items[LOW_PORTS_MAX];
		struct low_ports ports = { items, 0 };

		if ((int)i == search->sites->owner)
			continue;
		low_of_image(search->pod, (int)i, &ports);
		for (size_t k = 0; k < ports.n; k++)
			if (items[k].port == search->port)
				cannot(search, str_fmt(search->arena, "the image of container %.*s listens there too",
						       STR_ARG(search->pod->containers[i].name)));
	}
}

/* What schemas/ports.yaml does not know may be anything: a port that it seems to name stays. */
static void search_annotations(struct search *search)
{
	struct yaml_tree *tree = search->pod->tree;

	YAML_EACH(tree, yaml_get(tree, search->pod->metadata, "annotations"), key) {
		struct str name = yaml_text(tree, key), text = yaml_text(tree, yaml_value(tree, key)), moved;
		const struct port_reference *row = pod_annotation_find(name);

		if (row && row->deed == DEED_LEAVE)
			continue;
		if (!row || row->deed == DEED_KEEP) {
			if (port_in_text(text, search->port))
				cannot(search, str_fmt(search->arena, "the annotation %.*s names it", STR_ARG(name)));
			continue;
		}
		if (port_text_says(row->form, text, search->target))
			cannot(search, str_fmt(search->arena, "the annotation %.*s names port %u already",
					       STR_ARG(name), search->target));
		if (port_text_replace(search->arena, row->form, text, search->port, search->target, &moved))
			add_site(search, SITE_ANNOTATION, -1, yaml_value(tree, key), moved, name);
	}
}

void port_sites_find(struct kube_pod *pod, struct arena *arena, enum port_protocol protocol, uint16_t port,
		     uint16_t target, struct port_sites *ret_sites)
{
	struct search search = { .pod = pod, .arena = arena, .protocol = protocol, .port = port, .target = target };

	*ret_sites = (struct port_sites){ .owner = -1 };
	search.sites = ret_sites;
	search_ports(&search);
	check_name(&search);
	if (ret_sites->owner < 0)
		ret_sites->owner = only_main(pod);
	if (ret_sites->owner >= 0)
		search.best_dotnet = best_dotnet(pod, ret_sites->owner);
	if (protocol != PROTOCOL_TCP)
		return;
	each_handler(pod, search_handler, &search);
	for (size_t i = 0; i < pod->containers_n; i++) {
		if (pod->containers[i].role == CONTAINER_EPHEMERAL)
			continue;
		search_env(&search, (int)i);
		search_arguments(&search, (int)i);
	}
	if (ret_sites->owner >= 0)
		search_facts(&search);
	search_others(&search);
	search_annotations(&search);
}

void port_sites_free(struct port_sites *sites)
{
	free(sites->items);
	sites->items = NULL;
	sites->n = sites->cap = 0;
}
