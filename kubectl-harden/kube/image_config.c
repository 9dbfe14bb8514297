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

/* A map or list that may be absent or null; of no more items than anybody needs. */
static bool check_items(struct schema *schema, yaml_id node, bool map)
{
	if (yaml_is_null(&schema->tree, node))
		return true;
	if (!(map ? yaml_is_map(&schema->tree, node) : yaml_is_seq(&schema->tree, node)))
		return schema_fail(schema, node, "%s", map ? "expected an object" : "expected an array");
	return yaml_count(&schema->tree, node) <= CONFIG_ITEMS_MAX ||
	       schema_fail(schema, node, "more than 1,000 items");
}

static bool read_ports(struct schema *schema, yaml_id config, struct image_config *ret)
{
	yaml_id ports = yaml_get(&schema->tree, config, "ExposedPorts");

	if (!check_items(schema, ports, true))
		return false;
	ret->ports = ARENA_ARRAY(schema->arena, struct image_port, yaml_count(&schema->tree, ports) + 1);
	YAML_EACH(&schema->tree, ports, key)
		ret->ports_n += image_port_parse(yaml_text(&schema->tree, key), &ret->ports[ret->ports_n]);
	return true;
}

static bool read_env(struct schema *schema, yaml_id config, struct image_config *ret)
{
	yaml_id env = yaml_get(&schema->tree, config, "Env");

	if (!check_items(schema, env, false))
		return false;
	ret->env = ARENA_ARRAY(schema->arena, struct image_env, yaml_count(&schema->tree, env) + 1);
	YAML_EACH(&schema->tree, env, item) {
		struct str value = yaml_text(&schema->tree, item), name;

		if (str_cut(&value, '=', &name) && name.n && value.p)
			ret->env[ret->env_n++] = (struct image_env){
				str_copy(schema->arena, name).p,
				str_copy(schema->arena, value).p,
			};
	}
	return true;
}

static bool read_volumes(struct schema *schema, yaml_id config, struct image_config *ret)
{
	yaml_id volumes = yaml_get(&schema->tree, config, "Volumes");
	const char **items;

	if (!check_items(schema, volumes, true))
		return false;
	items = ARENA_ARRAY(schema->arena, const char *, yaml_count(&schema->tree, volumes) + 1);
	YAML_EACH(&schema->tree, volumes, key) {
		struct str path = yaml_text(&schema->tree, key);

		if (path.n > 1 && path.p[0] == '/')
			items[ret->volumes.n++] = schema_z(schema, key);
	}
	ret->volumes.items = items;
	return true;
}

static bool read_config(struct schema *schema, yaml_id config, struct image_config *ret)
{
	*ret = (struct image_config){ 0 };
	if (yaml_is_null(&schema->tree, config))
		return true;
	if (!yaml_is_map(&schema->tree, config))
		return schema_fail(schema, config, "expected an object");
	ret->user = str_copy(schema->arena, yaml_get_text(&schema->tree, config, "User"));
	ret->workdir = str_copy(schema->arena, yaml_get_text(&schema->tree, config, "WorkingDir"));
	return read_ports(schema, config, ret) && read_env(schema, config, ret) && read_volumes(schema, config, ret);
}

static bool read_names(struct schema *schema, yaml_id image, struct named_config *ret)
{
	yaml_id tags = yaml_get(&schema->tree, image, "RepoTags"),
		digests = yaml_get(&schema->tree, image, "RepoDigests");
	const char **names;

	if (!check_items(schema, tags, false) || !check_items(schema, digests, false))
		return false;
	names = ARENA_ARRAY(schema->arena, const char *,
			    yaml_count(&schema->tree, tags) + yaml_count(&schema->tree, digests) + 1);
	YAML_EACH(&schema->tree, tags, item)
		names[ret->names.n++] = schema_z(schema, item);
	YAML_EACH(&schema->tree, digests, item)
		names[ret->names.n++] = schema_z(schema, item);
	ret->names.items = names;
	return true;
}

static bool read_image(struct schema *schema, yaml_id image, struct named_config *ret)
{
	yaml_id config = yaml_get(&schema->tree, image, "Config");

	if (!yaml_is_map(&schema->tree, image))
		return schema_fail(schema, image, "expected an object");
	if (!config)
		config = yaml_get(&schema->tree, image, "config");
	if (yaml_get(&schema->tree, image, "schemaVersion"))
		return schema_fail(schema, image,
				   "a manifest, which does not say what the image runs as; its config does: "
				   "skopeo inspect --config, crane config");
	if (!config && yaml_get(&schema->tree, image, "Layers"))
		return schema_fail(schema, image,
				   "this does not say what the image runs as; skopeo inspect --config does");
	if (!config && !yaml_get(&schema->tree, image, "rootfs"))
		return schema_fail(schema, image,
				   "no config of an image; skopeo inspect --config, crane config and docker image "
				   "inspect print one");
	return read_config(schema, config, &ret->config) && read_names(schema, image, ret);
}

static bool read_images(struct schema *schema, struct named_configs *ret)
{
	yaml_id root = schema->tree.root;
	bool list = yaml_is_seq(&schema->tree, root);
	size_t n = list ? yaml_count(&schema->tree, root) : 1;

	if (n > IMAGE_CONFIGS_MAX)
		return schema_fail(schema, root, "more than 1,000 images");
	if (!n)
		return schema_fail(schema, root,
				   "no image is in it: docker image inspect prints this of one that is not there");
	ret->items = ARENA_ARRAY(schema->arena, struct named_config, n + 1);
	if (!list)
		return read_image(schema, root, &ret->items[ret->n++]);
	YAML_EACH(&schema->tree, root, image)
		if (!read_image(schema, image, &ret->items[ret->n++]))
			return false;
	return true;
}

bool image_configs_read(struct arena *arena, const char *path, struct str text, struct named_configs *ret_configs,
			struct error **err)
{
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct named_configs read = { 0 };
	struct schema schema;
	bool fine = schema_parse(&schema, arena, path, text, &limits, err) && read_images(&schema, &read);

	schema_close(&schema);
	if (fine)
		*ret_configs = read;
	return fine;
}

/* ---- facts ---- */

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

	if (!is_overridden(config, fact))
		for (size_t i = 0; i < fact->listens_n; i++)
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
		struct str path = str_of(config->volumes.items[i]);

		if (!image_path_is_among(path, &fact->data) && !image_path_is_among(path, &fact->writable) &&
		    !image_path_is_among(path, &volumes))
			items[volumes.n++] = config->volumes.items[i];
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
	fact.rest = base;
	return fact;
}
