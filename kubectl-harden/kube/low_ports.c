/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Low ports
 *
 * Which ports below 1024 a pod opens: those that its containers declare, those that its probes and hooks ask, those
 * that its images are known to open where the manifest does not tell them otherwise, and those that a setting tells its
 * programs to listen on (a containerPort is only information: a program opens its port without one).
 */
#include "kube/low_ports.h"

#include "kube/image_facts.h"
#include "kube/image_ports.h"
#include "kube/listener_settings.h"

static const char *const probes[] = { "livenessProbe", "readinessProbe", "startupProbe" };
static const char *const hooks[] = { "lifecycle.postStart", "lifecycle.preStop" };
const char *const port_actions[PORT_ACTIONS_N] = { "httpGet", "tcpSocket", "grpc" };

void port_each_handler(struct kube_pod *pod, port_handler_visit *visit, void *data)
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
yaml_id port_of_handler(struct yaml_tree *tree, yaml_id handler, size_t kind)
{
	yaml_id action = yaml_get(tree, handler, port_actions[kind]);
	struct str host = yaml_get_text(tree, action, "host");

	if (host.n && !str_is(host, "localhost") && !str_is(host, "127.0.0.1") && !str_is(host, "::1"))
		return YAML_NONE;
	return yaml_get(tree, action, "port");
}

struct low_port_list {
	struct low_port *items; /* LOW_PORTS_MAX of them */
	size_t n;
};

static void add_low(struct low_port_list *ports, struct low_port port)
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
	for (size_t kind = 0; kind < PORT_ACTIONS_N; kind++) {
		yaml_id at = port_of_handler(tree, handler, kind);
		int64_t port;

		if (yaml_int(tree, at, &port) && is_low(port))
			add_low(data, (struct low_port){ PROTOCOL_TCP, (uint16_t)port, -1, at });
	}
}

/* An init container that ends (a migration with the program's own image) does not do what its image does. */
bool container_serves(const struct kube_container *container)
{
	return container->role == CONTAINER_MAIN || container->sidecar;
}

/* The container that listens where nothing declares the port: the only one there is. */
static int only_server(const struct kube_pod *pod)
{
	int only = -1;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (!container_serves(&pod->containers[i]))
			continue;
		if (only >= 0)
			return -1;
		only = (int)i;
	}
	return only;
}

/* Whether the manifest tells the program where to listen, so that its image's own port does not count. */
static bool is_told(const struct kube_pod *pod, const struct kube_container *container,
		    const struct listener_settings *settings, uint16_t port)
{
	for (size_t i = 0; i < settings->n; i++) {
		const struct listener_setting *setting = &settings->items[i];

		if ((setting->place != SETTING_IMAGE && setting->obeyed && setting->listener->dotnet) ||
		    (setting->place == SETTING_ARG && !listener_setting_says(setting, port)))
			return true;
	}
	return image_is_moved(pod, container, port);
}

static bool listens_low(const struct image_fact *facts)
{
	for (size_t i = 0; facts && i < facts->listens_n; i++)
		if (is_low(facts->listens[i].port))
			return true;
	return false;
}

/* What an image is known to listen on, where the manifest says nothing of ports and listeners. */
static void low_of_image(struct kube_pod *pod, int container, struct low_port_list *ports)
{
	const struct kube_container *it = &pod->containers[container];
	const struct image_fact *facts = it->known->facts;
	struct listener_settings settings;
	struct arena_mark mark = arena_mark(pod->arena);

	if (!listens_low(facts) || !container_serves(it) ||
	    yaml_count(pod->tree, yaml_get(pod->tree, it->node, "ports")))
		return;
	listener_settings_read(pod, container, pod->arena, &settings);
	for (size_t i = 0; i < facts->listens_n; i++)
		if (is_low(facts->listens[i].port) && !is_told(pod, it, &settings, facts->listens[i].port))
			add_low(ports, (struct low_port){ facts->listens[i].udp ? PROTOCOL_UDP : PROTOCOL_TCP,
							  facts->listens[i].port, container, it->node });
	arena_release(pod->arena, mark);
}

bool port_is_of_image(struct kube_pod *pod, int container, uint16_t port)
{
	struct low_port items[LOW_PORTS_MAX];
	struct low_port_list ports = { items, 0 };

	low_of_image(pod, container, &ports);
	for (size_t i = 0; i < ports.n; i++)
		if (items[i].port == port)
			return true;
	return false;
}

/* ---- what settings say ---- */

/* LISTEN=1 means yes. */
enum { PORT_YES = 1 };

/* Whether it tells the program where to listen, whatever else names the port. */
static bool is_clear(const struct listener_setting *setting)
{
	return setting->obeyed && setting->place != SETTING_IMAGE && !setting->listener->vague;
}

/* Most containers have nothing that could hold a setting. */
static bool may_be_told(const struct kube_pod *pod, const struct kube_container *container)
{
	static const char *const keys[] = { "env", "args", "command" };

	if (!container_serves(container))
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (yaml_get(pod->tree, container->node, keys[i]))
			return true;
	return pod->configs != NULL;
}

/* The ports that a container is told to listen on: @only that one, or, where it is 0, those below 1024. */
static void told_ports(struct kube_pod *pod, int container, uint16_t only, struct low_port_list *ports)
{
	const struct kube_container *it = &pod->containers[container];
	struct listener_settings settings;
	struct arena_mark mark = arena_mark(pod->arena);

	if (!may_be_told(pod, it))
		return;
	listener_settings_read(pod, container, pod->arena, &settings);
	for (size_t i = 0; i < settings.n; i++) {
		const struct listener_setting *setting = &settings.items[i];
		struct listener_port told[LISTENER_PORTS_MAX];
		size_t n = is_clear(setting) ? listener_ports(setting->listener, setting->value, told) : 0;

		for (size_t k = 0; k < n; k++)
			if (only ? told[k].port == only : is_low(told[k].port) && told[k].port != PORT_YES)
				add_low(ports, (struct low_port){ PROTOCOL_TCP, told[k].port, container,
								  setting->node ? setting->node : it->node });
	}
	arena_release(pod->arena, mark);
}

bool port_is_told(struct kube_pod *pod, int container, uint16_t port)
{
	struct low_port item;
	struct low_port_list ports = { &item, 0 };

	told_ports(pod, container, port, &ports);
	return ports.n > 0;
}

/* ---- whose port it is ---- */

/*
 * The container that listens on @port by what is known of its image: the only one that does; of several, the only one that
 * nothing tells otherwise.
 */
static int only_image(struct kube_pod *pod, uint16_t port)
{
	int only = -1, untold = -1;
	size_t n = 0, untold_n = 0;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (!image_fact_listens(pod->containers[i].known->facts, port) ||
		    !container_serves(&pod->containers[i]))
			continue;
		only = (int)i;
		n++;
		if (!port_is_of_image(pod, (int)i, port))
			continue;
		untold = (int)i;
		untold_n++;
	}
	if (n > 1)
		return untold_n == 1 ? untold : -1;
	return only;
}

/* The only container that a setting tells to listen on @port; -1 where there is none, or there are several. */
static int only_told(struct kube_pod *pod, uint16_t port)
{
	int only = -1;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (!port_is_told(pod, (int)i, port))
			continue;
		if (only >= 0)
			return -1;
		only = (int)i;
	}
	return only;
}

int port_owner(struct kube_pod *pod, uint16_t port, uint16_t target)
{
	int owner = only_server(pod);

	if (owner < 0)
		owner = only_told(pod, port);
	if (owner < 0)
		owner = only_told(pod, target);
	return owner < 0 ? only_image(pod, port) : owner;
}

/* ---- all of them ---- */

size_t pod_low_ports(struct kube_pod *pod, struct low_port *ret_ports)
{
	struct low_port_list ports = { ret_ports, 0 };

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
	port_each_handler(pod, low_of_handler, &ports);
	/* Last, for who declares a port is the one that opens it. */
	for (size_t i = 0; i < pod->containers_n; i++)
		told_ports(pod, (int)i, 0, &ports);
	for (size_t i = 0; i < ports.n; i++)
		if (ports.items[i].container < 0)
			ports.items[i].container = only_server(pod);
	return ports.n;
}
