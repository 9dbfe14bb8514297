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

#include "kube/dotnet.h"
#include "kube/image_facts.h"
#include "kube/image_ports.h"
#include "kube/listener_settings.h"
#include "kube/low_ports.h"
#include "kube/port_references.h"
#include "kube/twins.h"

enum port_protocol port_protocol_of(struct str name)
{
	if (str_is(name, "UDP"))
		return PROTOCOL_UDP;
	return str_is(name, "SCTP") ? PROTOCOL_SCTP : PROTOCOL_TCP;
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
	char text[STR_INT_MAX];
	struct str digits = str_int_text(text, port);

	for (size_t at = 0; (at = str_find(value, digits, at)) != SIZE_MAX; at++)
		if (at && value.p[at - 1] == ':' &&
		    (at + digits.n == value.n || value.p[at + digits.n] < '0' || value.p[at + digits.n] > '9'))
			return true;
	while (str_cut(&rest, ',', &part))
		if (str_eq(str_trim(part), digits))
			return true;
	return false;
}

/* ---- sites ---- */

struct search {
	struct kube_pod *pod;
	struct arena *arena;
	enum port_protocol protocol;
	uint16_t port, target;
	struct port_sites *sites;
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
			if (search->sites->owner < 0 || (!container_serves(&pod->containers[search->sites->owner]) &&
							 container_serves(&pod->containers[i]))) {
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
	for (size_t kind = 0; kind < PORT_ACTIONS_N; kind++) {
		yaml_id at = port_of_handler(tree, handler, kind);
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

/* The setting says the port: its new value where it stands. */
static bool rewrite(struct search *search, struct listener_settings *settings, const struct listener_setting *setting,
		    int container)
{
	struct arguments *arguments = &settings->arguments;
	struct str text, token;

	if (!listener_rewrite(setting->listener, search->arena, setting->value, search->port, search->target, &text))
		return false;
	switch (setting->place) {
	case SETTING_ENV:
		add_site(search, SITE_ENV, container, setting->node, text, setting->name);
		break;
	case SETTING_ARG:
		if (arguments->changed[setting->argument].n) {
			cannot(search, STR("an argument names it twice"));
			return true;
		}
		token = arguments->tokens[setting->argument];
		arguments->changed[setting->argument] = str_fmt(search->arena, "%.*s%.*s%.*s", (int)setting->start,
								token.p, STR_ARG(text), (int)(token.n - setting->end),
								token.p + setting->end);
		add_site(search, SITE_ARG, container, setting->node, arguments->changed[setting->argument],
			 setting->name);
		break;
	case SETTING_CONFIG:
	case SETTING_FILE:
		if (setting->config.map->why_not.n)
			cannot(search,
			       str_fmt(search->arena, "ConfigMap/%.*s names it: %.*s",
				       STR_ARG(setting->config.map->name), STR_ARG(setting->config.map->why_not)));
		VEC_PUSH(&search->sites->configs,
			 (struct port_config){ setting->config,
					       setting->place == SETTING_FILE ? NULL : setting->listener });
		break;
	case SETTING_IMAGE:
		add_site(search, SITE_ENV_NEW, container, search->pod->containers[container].node,
			 dotnet_image_value(search->pod, container, settings, setting, search->arena, search->port,
					    search->target),
			 setting->name);
		break;
	}
	return true;
}

/* Whether what the setting says of the port is for https. */
static bool is_https(const struct listener_setting *setting, uint16_t port)
{
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener_ports(setting->listener, setting->value, ports);

	for (size_t i = 0; i < n; i++)
		if (ports[i].port == port)
			return ports[i].https;
	return false;
}

static void find_http(struct yaml_tree *tree, yaml_id handler, bool is_probe, int container, void *data)
{
	yaml_id action = yaml_get(tree, handler, port_actions[PORT_ACTION_HTTP]);

	(void)is_probe;
	(void)container;
	*(bool *)data |= port_of_handler(tree, handler, PORT_ACTION_HTTP) &&
			 !str_is(yaml_get_text(tree, action, "scheme"), "HTTPS");
}

/* The kubelet follows a redirect to the same host, where the old port would no longer answer. */
static void keep_for_probes(struct search *search)
{
	bool http = false;

	port_each_handler(search->pod, find_http, &http);
	if (http)
		cannot(search,
		       str_fmt(search->arena,
			       "a probe asks by http, and where that is redirected to https, the kubelet goes on "
			       "to port %u of the pod; let it ask the https port, with scheme: HTTPS",
			       search->port));
}

/* Where an https listener moves, redirects would follow it to a port that no Service serves. */
static void keep_redirect(struct search *search, const struct listener_settings *settings, int container)
{
	struct str name = dotnet_redirect(settings);

	keep_for_probes(search);
	if (name.n)
		add_site(search, SITE_ENV_NEW, container, search->pod->containers[container].node,
			 str_from_int(search->arena, search->port), name);
}

/* What is added where nothing that is seen says the port. */
static void search_addition(struct search *search, const struct listener_settings *settings, int container)
{
	struct kube_container *owner = &search->pod->containers[container];
	const struct image_move *move = image_fact_move(owner->known->facts, search->port);
	struct dotnet_addition addition;

	/* Of .NET's own images more is known than a row of theirs can say. */
	if (move && move->env && !owner->known->is_dotnet) {
		if (kube_container_sets(search->pod, owner, str_of(move->env)))
			return;
		add_site(search, SITE_ENV_NEW, container, owner->node,
			 image_move_value(move, search->arena, search->target), str_of(move->env));
		search->sites->listener = search->sites->sure = true;
		return;
	}
	dotnet_add(search->pod, container, settings, search->arena, search->port, search->target, &addition);
	for (size_t i = 0; i < addition.n; i++)
		add_site(search, addition.items[i].node ? SITE_ENV : SITE_ENV_NEW, container,
			 addition.items[i].node ? addition.items[i].node : owner->node, addition.items[i].value,
			 addition.items[i].name);
	search->sites->doubt = addition.doubt;
	search->sites->caveat = addition.caveat;
	search->sites->listener |= addition.n && !addition.doubt.n;
	if (addition.n && addition.https)
		keep_redirect(search, settings, container);
}

static bool says_something_else(const struct listener_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		if (settings->items[i].listener->dotnet && settings->items[i].obeyed &&
		    settings->items[i].place != SETTING_IMAGE && !settings->items[i].unseen &&
		    !settings->items[i].added)
			return true;
	return false;
}

/* Whether the program obeys it, as far as that is known. */
static bool tells(const struct kube_container *container, const struct listener_setting *setting, uint16_t port)
{
	return setting->obeyed && (setting->place == SETTING_ARG || setting->place == SETTING_IMAGE ||
				   image_obeys(container, setting->name, setting->listener, port));
}

/* The image gives way to its twin, which listens there. */
static bool search_twin(struct search *search, struct kube_container *container)
{
	yaml_id image = yaml_get(search->pod->tree, container->node, "image");

	if (!search->pod->replaces_images || !image || !container->known->twin.n ||
	    twin_obstacle(search->pod, container, search->arena) ||
	    !twin_moves(container, search->arena, search->port, search->target))
		return false;
	add_site(search, SITE_IMAGE, search->sites->owner, image, container->known->twin, STR_NONE);
	search->sites->listener = search->sites->sure = true;
	return true;
}

static void search_settings(struct search *search, struct listener_settings *settings, int container)
{
	bool owns = container == search->sites->owner, found = false, https = false;

	for (size_t i = 0; i < settings->n; i++) {
		const struct listener_setting *setting = &settings->items[i];

		/*
		 * What an image says of itself no longer holds where its manifest declares another port; of another
		 * container it counts even so, or a setting that is added here would free the port for the next run.
		 */
		if (!setting->added &&
		    (setting->place != SETTING_IMAGE
			     ? setting->obeyed
			     : !owns && container_serves(&search->pod->containers[container])) &&
		    listener_setting_says(setting, search->target))
			taken(search, container);
		if (setting->place == SETTING_IMAGE && !setting->obeyed)
			continue;
		if (!owns || !rewrite(search, settings, setting, container))
			continue;
		https |= setting->obeyed && is_https(setting, search->port);
		found |= setting->obeyed && setting->listener->dotnet;
		search->sites->listener |= tells(&search->pod->containers[container], setting, search->port);
		search->sites->sure |= setting->obeyed &&
				       (setting->listener->dotnet || setting->place == SETTING_IMAGE);
	}
	if (!owns)
		return;
	search->sites->refers = settings->refers;
	if (found && https)
		keep_redirect(search, settings, container);
	/* A setting that many programs share (PORT) does not tell what this image obeys. */
	if (!found && !search_twin(search, &search->pod->containers[container]) && !says_something_else(settings))
		search_addition(search, settings, container);
}

/* Free text that addresses the pod itself. */
static void search_env(struct search *search, const struct listener_settings *settings, int container)
{
	struct yaml_tree *tree = search->pod->tree;
	size_t next = 0;

	YAML_EACH(tree, yaml_get(tree, search->pod->containers[container].node, "env"), item) {
		yaml_id value = yaml_get(tree, item, "value");
		bool done = false;
		struct str text;

		/* The settings come in the order of their variables; some have no value here. */
		while (next < settings->n && !settings->items[next].node)
			next++;
		for (; value && next < settings->n && settings->items[next].node == value; next++)
			done = container == search->sites->owner &&
			       listener_setting_says(&settings->items[next], search->port);
		if (!done && listener_rewrite_local(search->arena, yaml_text(tree, value), false, search->port,
						    search->target, &text))
			add_site(search, SITE_ENV, container, value, text, yaml_get_text(tree, item, "name"));
	}
}

/* The host that goes with a variable which says a port: of UPSTREAM_PORT that is UPSTREAM_HOST, say. */
static yaml_id host_beside(struct search *search, int container, struct str name)
{
	static const char *const ends[] = { "HOST", "HOSTNAME", "ADDR", "ADDRESS" };
	struct yaml_tree *tree = search->pod->tree;
	struct str prefix = str_sub(name, 0, name.n - 4);

	YAML_EACH(tree, yaml_get(tree, search->pod->containers[container].node, "env"), item) {
		struct str other = yaml_get_text(tree, item, "name");

		for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
			if (str_starts(other, prefix) && str_is(str_sub(other, prefix.n, other.n), ends[i]))
				return item;
	}
	return YAML_NONE;
}

/* A number by itself is the port of this pod, where the host beside it is; of another host it is another's. */
static void search_upstreams(struct search *search, int container)
{
	struct yaml_tree *tree = search->pod->tree;

	YAML_EACH(tree, yaml_get(tree, search->pod->containers[container].node, "env"), item) {
		struct str name = yaml_get_text(tree, item, "name"), host;
		yaml_id value = yaml_get(tree, item, "value"), beside;
		int64_t port;

		if (!str_ends(name, STR("PORT")) || listener_find_env(name) || listener_is_never(name) ||
		    !str_int(yaml_text(tree, value), &port) || port != search->port)
			continue;
		beside = host_beside(search, container, name);
		host = yaml_get_text(tree, beside, "value");
		if (host.n && listener_host_is_own(host))
			add_site(search, SITE_ENV, container, value, number_text(search), name);
		else if (!host.n && !search->sites->beside.n)
			search->sites->beside = str_fmt(search->arena, "%.*s=%u of container %.*s", STR_ARG(name),
							search->port, STR_ARG(search->pod->containers[container].name));
	}
}

static void search_arguments(struct search *search, const struct arguments *arguments, int container)
{
	struct str text;

	for (size_t i = 0; i < arguments->n; i++)
		if (!arguments->changed[i].n && listener_rewrite_local(search->arena, arguments->tokens[i], false,
								       search->port, search->target, &text))
			add_site(search, SITE_ARG, container, arguments->nodes[i], text, STR_NONE);
}

static void search_container(struct search *search, int container)
{
	struct listener_settings settings;

	listener_settings_read(search->pod, container, search->arena, &settings);
	search_settings(search, &settings, container);
	search_env(search, &settings, container);
	search_arguments(search, &settings.arguments, container);
	if (search->sites->owner >= 0 && container != search->sites->owner &&
	    container_serves(&search->pod->containers[container]))
		search_upstreams(search, container);
}

/* Where nothing in the manifest names the port, nothing there would say that it moved: its program stays. */
static void keep_unnamed(struct search *search)
{
	struct port_sites *sites = search->sites;

	for (size_t i = 0; i < sites->n; i++)
		if (sites->items[i].kind == SITE_PORT)
			return;
	if (sites->owner >= 0 && !sites->listener &&
	    image_fact_listens(search->pod->containers[sites->owner].known->facts, search->port))
		cannot(search,
		       str_fmt(search->arena, "image %.*s listens there by itself, and nothing here tells it otherwise",
			       STR_ARG(search->pod->containers[sites->owner].image)));
}

/* Whether a setting of the container says the port. */
static bool is_told_it(struct search *search, int container)
{
	struct listener_settings settings;
	bool told = false;

	listener_settings_read(search->pod, container, search->arena, &settings);
	for (size_t i = 0; i < settings.n; i++)
		told |= listener_setting_says(&settings.items[i], search->port);
	return told;
}

/*
 * Another container whose image is known to listen there, by itself or because it is told so once more, or that is told to
 * whatever its image: its program would stay behind. (Both cannot run, but once the one has moved the other would seem to
 * be whose port it is.)
 */
static void search_others(struct search *search)
{
	struct kube_pod *pod = search->pod;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if ((int)i == search->sites->owner || !container_serves(&pod->containers[i]))
			continue;
		if (image_fact_listens(pod->containers[i].known->facts, search->port) &&
		    (port_is_of_image(pod, (int)i, search->port) || is_told_it(search, (int)i)))
			cannot(search, str_fmt(search->arena, "the image of container %.*s listens there too",
					       STR_ARG(pod->containers[i].name)));
		else if (port_is_told(pod, (int)i, search->port))
			cannot(search, str_fmt(search->arena, "a setting of container %.*s names it too",
					       STR_ARG(pod->containers[i].name)));
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
		ret_sites->owner = port_owner(pod, port, target);
	if (protocol != PROTOCOL_TCP)
		return;
	port_each_handler(pod, search_handler, &search);
	for (size_t i = 0; i < pod->containers_n; i++) {
		if (pod->containers[i].role != CONTAINER_EPHEMERAL)
			search_container(&search, (int)i);
	}
	search_others(&search);
	search_annotations(&search);
	keep_unnamed(&search);
}

void port_sites_free(struct port_sites *sites)
{
	free(sites->items);
	free(sites->configs.items);
	*sites = (struct port_sites){ 0 };
}
