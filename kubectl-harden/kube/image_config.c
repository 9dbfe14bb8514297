/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image config
 *
 * The file is parsed as manifests are (JSON is YAML), with their bounds: it comes from a registry, and so from anybody.
 * A variable that is known to say what a program listens on says it in an image as in a manifest; set anew in the
 * manifest it moves the program (kube/listener_settings.h).
 */
#include "kube/image_config.h"

#include "kube/listeners.h"

/* More than any image has; who has more is up to something. */
enum { CONFIG_ITEMS_MAX = 1000 };

struct reader {
	struct yaml_tree tree;
	struct arena *arena;
	const char *path;
	struct str text;
	struct error **err;
};

static bool fail(struct reader *r, yaml_id at, const char *why)
{
	struct position position = position_at(r->text, at ? yaml_offset(&r->tree, at) : 0, NULL);

	return error_set_at(r->err, r->path, &position, "%s", why);
}

static const char *copy_z(struct reader *r, struct str text)
{
	return str_copy(r->arena, text).p;
}

/* A map or list that may be absent or null. */
static bool is_absent(struct reader *r, yaml_id node)
{
	return !node || yaml_is_null(&r->tree, node);
}

static bool check_items(struct reader *r, yaml_id node, bool map)
{
	if (is_absent(r, node))
		return true;
	if (!(map ? yaml_is_map(&r->tree, node) : yaml_is_seq(&r->tree, node)))
		return fail(r, node, map ? "expected an object" : "expected an array");
	return yaml_count(&r->tree, node) <= CONFIG_ITEMS_MAX || fail(r, node, "more than 1,000 items");
}

bool image_config_port(struct str text, struct image_port *ret_port)
{
	struct image_port port = { .udp = str_ends(text, STR("/udp")) };
	int64_t number;

	if (port.udp || str_ends(text, STR("/tcp")))
		text.n -= 4;
	if (!str_int(text, &number) || number < 1 || number > 65535)
		return false;
	port.port = (uint16_t)number;
	*ret_port = port;
	return true;
}

static bool read_ports(struct reader *r, yaml_id config, struct image_config *ret)
{
	yaml_id ports = yaml_get(&r->tree, config, "ExposedPorts");

	if (!check_items(r, ports, true))
		return false;
	ret->ports = ARENA_ARRAY(r->arena, struct image_port, CONFIG_ITEMS_MAX + 1);
	YAML_EACH(&r->tree, is_absent(r, ports) ? YAML_NONE : ports, key)
		ret->ports_n += image_config_port(yaml_text(&r->tree, key), &ret->ports[ret->ports_n]);
	return true;
}

static bool read_env(struct reader *r, yaml_id config, struct image_config *ret)
{
	yaml_id env = yaml_get(&r->tree, config, "Env");

	if (!check_items(r, env, false))
		return false;
	ret->env = ARENA_ARRAY(r->arena, struct image_env, CONFIG_ITEMS_MAX + 1);
	YAML_EACH(&r->tree, is_absent(r, env) ? YAML_NONE : env, item) {
		struct str value = yaml_text(&r->tree, item), name;

		if (str_cut(&value, '=', &name) && name.n && value.p)
			ret->env[ret->env_n++] = (struct image_env){ copy_z(r, name), copy_z(r, value) };
	}
	return true;
}

static bool read_volumes(struct reader *r, yaml_id config, struct image_config *ret)
{
	yaml_id volumes = yaml_get(&r->tree, config, "Volumes");
	const char **items = ARENA_ARRAY(r->arena, const char *, CONFIG_ITEMS_MAX + 1);

	if (!check_items(r, volumes, true))
		return false;
	YAML_EACH(&r->tree, is_absent(r, volumes) ? YAML_NONE : volumes, key) {
		struct str path = yaml_text(&r->tree, key);

		if (path.n > 1 && path.p[0] == '/')
			items[ret->volumes.n++] = copy_z(r, path);
	}
	ret->volumes.items = items;
	return true;
}

static bool read_config(struct reader *r, yaml_id config, struct image_config *ret)
{
	*ret = (struct image_config){ 0 };
	if (is_absent(r, config))
		return true;
	if (!yaml_is_map(&r->tree, config))
		return fail(r, config, "expected an object");
	ret->user = str_copy(r->arena, yaml_get_text(&r->tree, config, "User"));
	ret->workdir = str_copy(r->arena, yaml_get_text(&r->tree, config, "WorkingDir"));
	return read_ports(r, config, ret) && read_env(r, config, ret) && read_volumes(r, config, ret);
}

static bool read_names(struct reader *r, yaml_id image, struct named_config *ret)
{
	static const char *const keys[] = { "RepoTags", "RepoDigests" };
	const char **names = ARENA_ARRAY(r->arena, const char *, (size_t)2 * CONFIG_ITEMS_MAX);

	for (size_t i = 0; i < 2; i++) {
		yaml_id list = yaml_get(&r->tree, image, keys[i]);

		if (!check_items(r, list, false))
			return false;
		YAML_EACH(&r->tree, is_absent(r, list) ? YAML_NONE : list, item)
			names[ret->names.n++] = copy_z(r, yaml_text(&r->tree, item));
	}
	ret->names.items = names;
	return true;
}

static bool read_image(struct reader *r, yaml_id image, struct named_config *ret)
{
	yaml_id config = yaml_get(&r->tree, image, "Config");

	if (!yaml_is_map(&r->tree, image))
		return fail(r, image, "expected an object");
	if (!config)
		config = yaml_get(&r->tree, image, "config");
	if (yaml_get(&r->tree, image, "schemaVersion"))
		return fail(r, image,
			    "a manifest, which does not say what the image runs as; its config does: "
			    "skopeo inspect --config, crane config");
	if (!config && yaml_get(&r->tree, image, "Layers"))
		return fail(r, image, "this does not say what the image runs as; skopeo inspect --config does");
	if (!config && !yaml_get(&r->tree, image, "rootfs"))
		return fail(r, image,
			    "no config of an image; skopeo inspect --config, crane config and docker image "
			    "inspect print one");
	return read_config(r, config, &ret->config) && read_names(r, image, ret);
}

static bool read_images(struct reader *r, struct named_configs *ret)
{
	yaml_id root = r->tree.root;
	bool list = yaml_is_seq(&r->tree, root);
	size_t n = list ? yaml_count(&r->tree, root) : 1;

	if (n > IMAGE_CONFIGS_MAX)
		return fail(r, root, "more than 1,000 images");
	ret->items = ARENA_ARRAY(r->arena, struct named_config, n + 1);
	if (!list)
		return read_image(r, root, &ret->items[ret->n++]);
	YAML_EACH(&r->tree, root, image)
		if (!read_image(r, image, &ret->items[ret->n++]))
			return false;
	return true;
}

bool image_configs_read(struct arena *arena, const char *path, struct str text, struct named_configs *ret_configs,
			struct error **err)
{
	struct reader r = { .tree = YAML_TREE_INIT, .arena = arena, .path = path, .text = text, .err = err };
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct yaml_refusal why = { 0 };
	struct named_configs read = { 0 };
	bool fine = yaml_parse(&r.tree, arena, text, &limits, &why);

	if (!fine) {
		struct position at = position_at(text, why.at, NULL);

		error_set_at(err, path, &at, "%s", why.why);
	}
	fine = fine && read_images(&r, &read);
	yaml_tree_free(&r.tree);
	if (fine)
		*ret_configs = read;
	return fine;
}

/* ---- facts ---- */

static bool in_places(const struct image_texts *places, const char *path)
{
	for (size_t i = 0; i < places->n; i++)
		if (image_path_is(str_of(places->items[i]), str_of(path)))
			return true;
	return false;
}

/* "1000", "1000:1000", "app", "app:app", "". */
static void set_user(struct image_fact *fact, struct str user)
{
	struct str group = user, name = STR_NONE;
	bool number;
	int64_t uid = 0, gid;

	str_cut(&group, ':', &name);
	number = str_int(name, &uid);
	if (!name.n || str_is(name, "root") || (number && (uid <= 0 || uid > INT32_MAX))) {
		fact->user = IMAGE_USER_ROOT;
	} else if (!number) {
		fact->user = IMAGE_USER_NAME;
	} else {
		fact->user = IMAGE_USER_NUMERIC;
		fact->uid = uid;
		fact->gid = str_int(group, &gid) && gid >= 0 && gid <= INT32_MAX ? gid : IMAGE_ID_UNKNOWN;
	}
	if (fact->user == IMAGE_USER_NUMERIC || fact->user == IMAGE_USER_NAME)
		fact->needs_root = false;
}

struct growth {
	struct image_port *ports;
	size_t ports_n;
};

static void add_port(struct growth *growth, struct image_port port)
{
	for (size_t i = 0; i < growth->ports_n; i++)
		if (growth->ports[i].port == port.port && growth->ports[i].udp == port.udp)
			return;
	growth->ports[growth->ports_n++] = port;
}

static void add_listener(struct growth *growth, const struct image_env *env)
{
	const struct listener *listener = listener_find_env(str_of(env->name));
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener ? listener_ports(listener, str_of(env->value), ports) : 0;

	for (size_t i = 0; i < n; i++)
		add_port(growth, (struct image_port){ ports[i].port, false });
}

static bool sets_env(const struct image_config *config, const char *name)
{
	for (size_t i = 0; i < config->env_n; i++)
		if (!strcmp(config->env[i].name, name))
			return true;
	return false;
}

/* What the base listens on by a variable that is set anew is no longer listened on. */
static bool is_overridden(const struct image_config *config, const struct image_fact *base)
{
	for (size_t i = 0; i < base->env_n; i++)
		if (listener_find_env(str_of(base->env[i].name)) && sets_env(config, base->env[i].name))
			return true;
	return false;
}

static void set_listeners(struct arena *arena, const struct image_config *config, struct image_fact *fact)
{
	struct growth growth = {
		.ports = ARENA_ARRAY(arena, struct image_port,
				     fact->listens_n + config->ports_n + config->env_n * LISTENER_PORTS_MAX + 1),
	};

	for (size_t i = 0; i < fact->listens_n && !is_overridden(config, fact); i++)
		add_port(&growth, fact->listens[i]);
	for (size_t i = 0; i < config->ports_n; i++)
		add_port(&growth, config->ports[i]);
	for (size_t i = 0; i < config->env_n; i++)
		add_listener(&growth, &config->env[i]);
	fact->listens = growth.ports;
	fact->listens_n = growth.ports_n;
}

static void set_env(struct arena *arena, const struct image_config *config, struct image_fact *fact)
{
	struct image_env *env = ARENA_ARRAY(arena, struct image_env, fact->env_n + config->env_n + 1);
	size_t n = 0;

	for (size_t i = 0; i < config->env_n; i++)
		env[n++] = config->env[i];
	for (size_t i = 0; i < fact->env_n; i++)
		if (!sets_env(config, fact->env[i].name))
			env[n++] = fact->env[i];
	fact->env = env;
	fact->env_n = n;
}

static void set_volumes(struct arena *arena, const struct image_config *config, struct image_fact *fact)
{
	const char **items = ARENA_ARRAY(arena, const char *, fact->volumes.n + config->volumes.n + 1);
	struct image_texts volumes = { .items = items };

	for (size_t i = 0; i < fact->volumes.n; i++)
		items[volumes.n++] = fact->volumes.items[i];
	for (size_t i = 0; i < config->volumes.n; i++) {
		const char *path = config->volumes.items[i];

		if (!in_places(&fact->data, path) && !in_places(&fact->writable, path) && !in_places(&volumes, path))
			items[volumes.n++] = path;
	}
	fact->volumes = volumes;
}

struct image_fact image_config_fact(struct arena *arena, const struct image_config *config,
				    const struct image_fact *base, const struct image_ref *ref, const char *source)
{
	struct image_fact fact = { .uid = IMAGE_ID_UNKNOWN, .gid = IMAGE_ID_UNKNOWN, .base = true };
	const char **repository = ARENA_ARRAY(arena, const char *, 1);

	if (base)
		fact = *base;
	*repository = str_copy(arena, ref->name).p;
	fact.repositories = (struct image_texts){ repository, 1 };
	fact.name = ref->digest.n ? str_fmt(arena, "%.*s@%.*s", STR_ARG(ref->name), STR_ARG(ref->digest)).p
		    : ref->tag.n  ? str_fmt(arena, "%.*s:%.*s", STR_ARG(ref->name), STR_ARG(ref->tag)).p
				  : *repository;
	fact.from = fact.below = fact.example = NULL;
	fact.with = fact.without = (struct image_texts){ 0 };
	fact.latest = false;
	fact.digest = ref->digest.n ? str_copy(arena, ref->digest).p : NULL;
	fact.tag = ref->tag.n && !ref->digest.n ? str_copy(arena, ref->tag).p : NULL;
	if (config->user_unknown)
		fact.user = IMAGE_USER_UNKNOWN;
	else if (!config->keeps_user)
		set_user(&fact, config->user);
	set_listeners(arena, config, &fact);
	set_env(arena, config, &fact);
	set_volumes(arena, config, &fact);
	if (config->workdir.n)
		fact.workdir = str_copy(arena, config->workdir).p;
	fact.source = source;
	fact.mark = IMAGE_OWN;
	return fact;
}
