/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .NET
 *
 * A port of an ASP.NET Core program is moved by whatever says it. Where nothing that can be seen does, one setting is
 * added, and that has a price: it silences what it does not name (measured). So it names all listeners of the container
 * that are known, https only with a certificate in sight, for without one the program stops; and where the container
 * declares a port that the setting cannot name, it is only added to who insists.
 */
#include "kube/dotnet.h"

#include "kube/ports.h"

enum { PORT_HTTPS = 443, PORT_HTTPS_HIGH = 8443 };

bool dotnet_is_one(const struct dotnet_names *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (listener_name_is(names->items[i], name, true))
			return true;
	return false;
}

/* ---- what it is ---- */

yaml_id dotnet_variable(struct kube_pod *pod, int container, const struct dotnet_names *names)
{
	YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[container].node, "env"), item)
		if (dotnet_is_one(names, yaml_get_text(pod->tree, item, "name")))
			return item;
	return YAML_NONE;
}

static unsigned major(struct str version)
{
	uint32_t numbers[IMAGE_VERSION_MAX];

	return image_version(version, numbers) ? numbers[0] : 0;
}

static unsigned version_of(struct kube_pod *pod, int container)
{
	const struct known_image *known = pod->containers[container].known;
	yaml_id item;

	if (known->dotnet)
		return known->dotnet;
	item = dotnet_variable(pod, container, &dotnet_rules.versions);
	if (item)
		return major(yaml_get_text(pod->tree, item, "value"));
	for (size_t i = 0; known->facts && i < known->facts->env_n; i++)
		if (dotnet_is_one(&dotnet_rules.versions, str_of(known->facts->env[i].name)))
			return major(str_of(known->facts->env[i].value));
	return 0;
}

static bool image_shows(const struct image_fact *facts)
{
	for (size_t i = 0; facts && i < facts->env_n; i++)
		if (dotnet_is_one(&dotnet_rules.signs, str_of(facts->env[i].name)))
			return true;
	return false;
}

static bool command_shows(struct kube_pod *pod, int container)
{
	yaml_id command = yaml_get(pod->tree, pod->containers[container].node, "command");

	return dotnet_is_one(&dotnet_rules.commands, yaml_text(pod->tree, yaml_first(pod->tree, command)));
}

bool dotnet_is_ruled_out(struct kube_pod *pod, int container)
{
	const struct known_image *known = pod->containers[container].known;
	const struct image_fact *facts = known->facts;

	return facts && facts->listens_n && !facts->base && facts->mark != IMAGE_OWN && !known->is_dotnet &&
	       !image_shows(facts) && !command_shows(pod, container);
}

bool dotnet_look(struct kube_pod *pod, int container, unsigned *ret_version)
{
	const struct known_image *known = pod->containers[container].known;
	bool is = !dotnet_is_ruled_out(pod, container) &&
		  (known->is_dotnet || image_shows(known->facts) || command_shows(pod, container) ||
		   dotnet_variable(pod, container, &dotnet_rules.signs) || (pod->assume_dotnet && !known->facts));

	if (ret_version)
		*ret_version = is ? version_of(pod, container) : 0;
	return is;
}

int64_t dotnet_user(unsigned version)
{
	int64_t user = 0;

	if (version >= dotnet_rules.user.below)
		str_int(str_of(dotnet_rules.user.items[0]), &user);
	return user;
}

struct str dotnet_diagnostics_name(unsigned version)
{
	const struct dotnet_names *old = &dotnet_rules.diagnostics_old;

	return str_of(version && version < old->below ? old->items[0] : dotnet_rules.diagnostics.items[0]);
}

/* ---- what is added ---- */

struct adding {
	struct kube_pod *pod;
	yaml_id node;
	const struct listener_settings *settings;
	struct arena *arena;
	uint16_t from, to;
	struct dotnet_addition *ret;
};

static bool is_https_name(struct str name)
{
	return name.n >= 5 && str_ieq(str_sub(name, 0, 5), STR("https"));
}

/* Whether a declared port is meant for https: by its name, else by its number. */
static bool looks_like_https(struct adding *add, yaml_id item, int64_t port)
{
	struct str name = yaml_get_text(add->pod->tree, item, "name");

	return name.n ? is_https_name(name) : port == PORT_HTTPS || port == PORT_HTTPS_HIGH;
}

/* The number of an item of `ports`, if it is one of TCP; else 0. */
static int64_t tcp_port(struct adding *add, yaml_id item)
{
	struct str protocol = yaml_get_text(add->pod->tree, item, "protocol");
	int64_t port;

	if (!yaml_int(add->pod->tree, yaml_get(add->pod->tree, item, "containerPort"), &port) ||
	    (protocol.n && !str_is(protocol, "TCP")))
		return 0;
	return port;
}

/* Whether the port that moves is one for https. */
static bool moves_https(struct adding *add)
{
	YAML_EACH(add->pod->tree, yaml_get(add->pod->tree, add->node, "ports"), item) {
		int64_t port = tcp_port(add, item);

		if (port == add->from || port == add->to)
			return looks_like_https(add, item, port);
	}
	return false;
}

/*
 * What else the container declares: the other one of its pair, which is its https port where it has a certificate, or
 * its low port where the one for https moves; and one that a setting could not name.
 */
static void look_at_ports(struct adding *add, int64_t *ret_pair, int64_t *ret_other)
{
	bool https = moves_https(add);

	*ret_pair = *ret_other = 0;
	add->ret->https = https;
	YAML_EACH(add->pod->tree, yaml_get(add->pod->tree, add->node, "ports"), item) {
		int64_t port = tcp_port(add, item);
		bool is_pair = https ? !looks_like_https(add, item, port) && port < PORT_FIRST_FREE
				     : looks_like_https(add, item, port) && add->settings->certificate;

		if (!port || port == add->from || port == add->to)
			continue;
		if (is_pair && !*ret_pair)
			*ret_pair = port;
		else
			*ret_other = port;
	}
}

static void put(struct adding *add, struct str name, struct str value, yaml_id node)
{
	add->ret->items[add->ret->n].name = name;
	add->ret->items[add->ret->n].value = value;
	add->ret->items[add->ret->n++].node = node;
}

static struct str url(struct adding *add, bool https, int64_t port)
{
	return str_fmt(add->arena, "%s://+:%lld", https ? "https" : "http", (long long)port);
}

static struct str endpoint_name(struct adding *add, const char *name)
{
	struct str pattern = str_of(dotnet_rules.endpoint.items[0]);
	size_t at = str_find(pattern, STR("{name}"), 0);

	return str_fmt(add->arena, "%.*s%s%.*s", STR_ARG(str_sub(pattern, 0, at)), name,
		       STR_ARG(str_sub(pattern, at + strlen("{name}"), pattern.n)));
}

/* A setting that this run added to the container for another port of it. */
static const struct listener_setting *added_before(const struct listener_settings *settings, struct str name)
{
	for (size_t i = 0; i < settings->n; i++)
		if (settings->items[i].added && str_eq(settings->items[i].name, name))
			return &settings->items[i];
	return NULL;
}

static void add_endpoint(struct adding *add, bool https, int64_t port)
{
	struct str name = endpoint_name(add, https ? "Https" : "Http");

	/* A second port of the same kind gets an endpoint of its own. */
	if (added_before(add->settings, name))
		name = endpoint_name(add, str_fmt(add->arena, "Port%lld", (long long)port).p);
	put(add, name, url(add, https, port), YAML_NONE);
}

static void add_endpoints(struct adding *add, int64_t pair)
{
	bool https = add->ret->https;

	add_endpoint(add, https, add->to);
	if (pair && !added_before(add->settings, endpoint_name(add, https ? "Http" : "Https")))
		add_endpoint(add, !https, pair);
	add->ret->caveat =
		str_fmt(add->arena,
			"%.*s=%.*s is set, for nothing here says how the program is told its port. It overrides the URLs and ports "
			"of the image, of appsettings.json and of UseUrls, and what they listen on besides is silenced; what calls "
			"Listen in code opens port %u all the same and then stops with \"Permission denied\": "
			"--low-ports=sysctl.",
			STR_ARG(add->ret->items[0].name), STR_ARG(add->ret->items[0].value), add->from);
}

/* A list of URLs with one more. */
static struct str join(struct adding *add, struct str urls, struct str more)
{
	return str_fmt(add->arena, "%.*s;%.*s", STR_ARG(urls), STR_ARG(more));
}

static void add_urls(struct adding *add, int64_t pair)
{
	struct str name = str_of(dotnet_rules.urls.items[0]), value = url(add, add->ret->https, add->to);
	const struct listener_setting *before = added_before(add->settings, name);

	if (before)
		value = join(add, before->value, value);
	else if (pair)
		value = join(add, value, url(add, !add->ret->https, pair));
	put(add, name, value, before ? before->node : YAML_NONE);
	add->ret->caveat =
		str_fmt(add->arena,
			"%.*s=%.*s is set, for nothing here says how the program is told its port. What fixes it in code or in "
			"appsettings.json opens port %u all the same and then stops with \"Permission denied\": "
			"--low-ports=sysctl.",
			STR_ARG(name), STR_ARG(value), add->from);
}

/* Whether something that is seen says where the program listens, and it is another port. */
static bool is_said_elsewhere(const struct listener_settings *settings, bool *ret_by_image)
{
	*ret_by_image = false;
	for (size_t i = 0; i < settings->n; i++) {
		const struct listener_setting *setting = &settings->items[i];
		struct listener_port ports[LISTENER_PORTS_MAX];
		size_t n;

		if (!setting->listener->dotnet || !setting->obeyed || setting->unseen || setting->added)
			continue;
		if (setting->place != SETTING_IMAGE)
			return true;
		/* With its high port the image says what is listened on where nothing else is said. */
		*ret_by_image = true;
		n = listener_ports(setting->listener, setting->value, ports);
		for (size_t k = 0; k < n; k++)
			if (ports[k].port < PORT_FIRST_FREE)
				return true;
	}
	return false;
}

/* The URLs that the image sets itself, where they are what is obeyed. */
static const struct listener_setting *image_urls(const struct listener_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		if (settings->items[i].place == SETTING_IMAGE && settings->items[i].obeyed &&
		    settings->items[i].listener->separator && (settings->items[i].listener->forms & LISTENER_URL))
			return &settings->items[i];
	return NULL;
}

struct str dotnet_image_value(struct kube_pod *pod, int container, const struct listener_settings *settings,
			      const struct listener_setting *setting, struct arena *arena, uint16_t from, uint16_t to)
{
	struct dotnet_addition addition = { 0 };
	struct adding add = { pod, pod->containers[container].node, settings, arena, from, to, &addition };
	int64_t pair, other;
	struct str value;

	if (!listener_rewrite(setting->listener, arena, setting->value, from, to, &value))
		return STR_NONE;
	look_at_ports(&add, &pair, &other);
	if (pair && !addition.https && setting == image_urls(settings) &&
	    !listener_setting_says(setting, (uint16_t)pair))
		value = join(&add, value, url(&add, true, pair));
	return value;
}

void dotnet_add(struct kube_pod *pod, int container, const struct listener_settings *settings, struct arena *arena,
		uint16_t from, uint16_t to, struct dotnet_addition *ret_addition)
{
	struct adding add = { pod, pod->containers[container].node, settings, arena, from, to, ret_addition };
	const struct dotnet_names *urls = &dotnet_rules.urls;
	const struct listener_setting *image;
	int64_t pair, other;
	bool by_image;

	*ret_addition = (struct dotnet_addition){ 0 };
	if (!settings->dotnet)
		return;
	look_at_ports(&add, &pair, &other);
	image = ret_addition->https && settings->certificate ? image_urls(settings) : NULL;
	if (image)
		put(&add, image->name, join(&add, image->value, url(&add, true, to)), YAML_NONE);
	if (image || is_said_elsewhere(settings, &by_image))
		return;
	if (ret_addition->https && !settings->certificate) {
		ret_addition->doubt =
			str_fmt(arena,
				"nothing here shows a certificate, so whether port %u is for https, and how it is told to "
				"listen elsewhere, is not known; when it listens on %u: --low-ports=move",
				from, to);
		return;
	}
	if (settings->unseen_endpoint) {
		ret_addition->doubt = str_fmt(arena,
					      "its program may take an endpoint from what is not seen here (%.*s)",
					      STR_ARG(settings->unseen));
		return;
	}
	if (other)
		ret_addition->doubt =
			str_fmt(arena,
				"nothing here says how its program is told to listen, and what is set for "
				"port %u may silence port %lld; --low-ports=move sets it",
				from, (long long)other);
	if (settings->version && settings->version < urls->below && !by_image)
		add_urls(&add, pair);
	else
		add_endpoints(&add, pair);
	if (settings->unseen.n)
		ret_addition->caveat = str_fmt(arena, "%.*s Not seen: %.*s.", STR_ARG(ret_addition->caveat),
					       STR_ARG(settings->unseen));
}

struct str dotnet_redirect(const struct listener_settings *settings)
{
	size_t https = 0;

	if (!settings->dotnet || settings->redirect)
		return STR_NONE;
	for (size_t i = 0; i < settings->n; i++) {
		struct listener_port ports[LISTENER_PORTS_MAX];
		size_t n;

		if (!settings->items[i].obeyed || settings->items[i].added)
			continue;
		n = listener_ports(settings->items[i].listener, settings->items[i].value, ports);
		for (size_t k = 0; k < n; k++)
			https += ports[k].https;
	}
	return https > 1 ? STR_NONE : str_of(dotnet_rules.redirects.items[0]);
}
