/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listener settings
 *
 * A program is told where to listen by variables, by arguments, by a file, or by what its image brings along, and of
 * several that say it one is obeyed. They are collected here in one list, so that whoever moves a port asks each
 * question once: who says it, who is obeyed, and what is set by something that is not there to be read.
 *
 * ASP.NET Core's order is measured: Kestrel's endpoints silence all URLs, a URL all ports; among URLs arguments come
 * before URLS, that before appsettings.json, and that before ASPNETCORE_URLS. An empty value counts as none, and one
 * that the program's version does not know neither.
 */
#include "kube/listener_settings.h"

#include <limits.h>
#include <stdlib.h>

#include "kube/appsettings.h"
#include "kube/dotnet.h"

/* Ranks of listeners.yaml, with room between them for appsettings.json. */
enum {
	STRENGTH_STEP = 10,
	STRENGTH_ENDPOINT = 1 * STRENGTH_STEP,
	STRENGTH_FILE_URLS = 35,
	STRENGTH_FILE_PORTS = 55,
	RANK_URLS_FIRST = 2,
	RANK_PORTS_FIRST = 5,
};

/* Beyond that nobody looks for endpoints of the same name. */
enum { ENDPOINTS_MAX = 64 };

/* What one container may have us look at in ConfigMaps, in entries and in kilobytes of files: nobody needs as much. */
enum { LOOKS_MAX = 1 << 14 };

struct reader {
	struct kube_pod *pod;
	int container;
	yaml_id node;
	struct arena *arena;
	struct listener_settings *settings;
	struct config_ref config; /* of the file that is read */
	bool escaped;		  /* it says something in a way that is not edited */
	size_t looks;
};

/* ---- what names tell ---- */

/* A flag as the variable that says the same: "--Kestrel:Certificates:Default:Path". */
static struct str as_variable(struct reader *r, struct str flag)
{
	struct buf text = BUF_INIT;
	struct str name;

	if (str_starts(flag, STR("--")))
		flag = str_sub(flag, 2, flag.n);
	else if (str_starts(flag, STR("/")))
		flag = str_sub(flag, 1, flag.n);
	if (!flag.n || !memchr(flag.p, ':', flag.n))
		return flag;
	for (size_t i = 0; i < flag.n; i++)
		if (flag.p[i] == ':')
			buf_add(&text, STR("__"));
		else
			buf_addc(&text, flag.p[i]);
	name = str_copy(r->arena, buf_str(&text));
	buf_free(&text);
	return name;
}

/* A certificate, or where https is redirected to: by the name of a variable, a flag, or a path in a file. */
static void note_name(struct reader *r, struct str name)
{
	if (dotnet_is_one(&dotnet_rules.redirects, name))
		r->settings->redirect = true;
	else if (!r->settings->certificate && dotnet_is_one(&dotnet_rules.certificates, as_variable(r, name)))
		r->settings->certificate = true;
}

static void note_unseen(struct reader *r, struct str what)
{
	struct str before = r->settings->unseen;

	if (str_find(before, what, 0) != SIZE_MAX || before.n > 200)
		return;
	r->settings->unseen = before.n ? str_fmt(r->arena, "%.*s, %.*s", STR_ARG(before), STR_ARG(what))
				       : str_copy(r->arena, what);
}

/* Counts @n looks; false once they are too many, and then more may be said than is seen. */
static bool may_look(struct reader *r, size_t n)
{
	r->looks += n;
	if (r->looks <= LOOKS_MAX)
		return true;
	r->settings->unseen_endpoint = true;
	note_unseen(r, STR("so many ConfigMaps"));
	return false;
}

/* Room for another one. Not on the heap, for most containers have one, and what lives on would lie between such. */
static void make_room(struct reader *r)
{
	struct listener_settings *settings = r->settings;
	struct listener_setting *items;

	if (settings->n < settings->cap)
		return;
	settings->cap = settings->cap ? settings->cap * 2 : 2;
	items = ARENA_ARRAY(r->arena, struct listener_setting, settings->cap);
	if (settings->n)
		memcpy(items, settings->items, settings->n * sizeof(*items));
	settings->items = items;
}

static struct listener_setting *add(struct reader *r, struct listener_setting setting)
{
	setting.strength = setting.listener->dotnet * STRENGTH_STEP;
	if (setting.place == SETTING_FILE && setting.listener->dotnet >= RANK_PORTS_FIRST)
		setting.strength = STRENGTH_FILE_PORTS;
	else if (setting.place == SETTING_FILE && setting.listener->dotnet >= RANK_URLS_FIRST)
		setting.strength = STRENGTH_FILE_URLS;
	make_room(r);
	r->settings->items[r->settings->n] = setting;
	return &r->settings->items[r->settings->n++];
}

/* ---- variables ---- */

static const struct config_map *find_config(struct reader *r, struct str name)
{
	const struct config_lookup *configs = r->pod->configs;

	r->settings->refers = true;
	return configs && name.n ? configs->find(configs, name) : NULL;
}

static void add_unseen(struct reader *r, struct str variable, const struct listener *listener, const char *kind,
		       struct str name)
{
	if (!listener || !listener->dotnet)
		return;
	note_unseen(r, str_fmt(r->arena, "%.*s of %s/%.*s", STR_ARG(variable), kind, STR_ARG(name)));
	r->settings->unseen_endpoint |= listener->dotnet == 1;
	add(r,
	    (struct listener_setting){ .listener = listener, .place = SETTING_ENV, .name = variable, .unseen = true });
}

/* A variable whose value stands elsewhere. */
static void read_reference(struct reader *r, yaml_id from, struct str variable, const struct listener *listener)
{
	struct yaml_tree *tree = r->pod->tree;
	yaml_id key = yaml_get(tree, from, "configMapKeyRef"), secret = yaml_get(tree, from, "secretKeyRef");
	struct str name = yaml_get_text(tree, key, "name");
	const struct config_map *map = key ? find_config(r, name) : NULL;

	if (secret)
		add_unseen(r, variable, listener, "Secret", yaml_get_text(tree, secret, "name"));
	if (!key)
		return;
	for (size_t i = 0; map && i < map->entries_n && may_look(r, 1); i++) {
		if (!str_eq(map->entries[i].key, yaml_get_text(tree, key, "key")))
			continue;
		if (listener)
			add(r, (struct listener_setting){ .listener = listener,
							  .place = SETTING_CONFIG,
							  .name = variable,
							  .value = map->entries[i].value,
							  .config = { map, i } });
		return;
	}
	add_unseen(r, variable, listener, "ConfigMap", name);
}

static void read_env(struct reader *r)
{
	struct yaml_tree *tree = r->pod->tree;

	YAML_EACH(tree, yaml_get(tree, r->node, "env"), item) {
		struct str name = yaml_get_text(tree, item, "name");
		const struct listener *listener = listener_find_env(name);
		yaml_id value = yaml_get(tree, item, "value"), from = yaml_get(tree, item, "valueFrom");

		note_name(r, name);
		if (from)
			read_reference(r, from, name, listener);
		else if (listener)
			add(r,
			    (struct listener_setting){ .listener = listener,
						       .place = SETTING_ENV,
						       .name = name,
						       .value = yaml_text(tree, value),
						       .node = value,
						       .added = (tree->nodes.items[value].flags & YAML_F_NEW) != 0 });
	}
}

/* Whether the container sets that variable itself, which then is the one that counts. */
static bool sets(struct reader *r, struct str variable)
{
	return kube_container_sets(r->pod, &r->pod->containers[r->container], variable);
}

static void read_config_variables(struct reader *r, const struct config_map *map, struct str prefix)
{
	for (size_t i = 0; i < map->entries_n && may_look(r, 1); i++) {
		struct str name = prefix.n ? str_join(r->arena, prefix, map->entries[i].key) : map->entries[i].key;
		const struct listener *listener = listener_find_env(name);

		if (!r->settings->dotnet && dotnet_is_one(&dotnet_rules.signs, name))
			r->settings->dotnet = true;
		note_name(r, name);
		if (listener && !sets(r, name))
			add(r, (struct listener_setting){ .listener = listener,
							  .place = SETTING_CONFIG,
							  .name = name,
							  .value = map->entries[i].value,
							  .config = { map, i } });
	}
}

static void read_env_from(struct reader *r)
{
	struct yaml_tree *tree = r->pod->tree;

	YAML_EACH(tree, yaml_get(tree, r->node, "envFrom"), item) {
		struct str config = yaml_get_text(tree, yaml_get(tree, item, "configMapRef"), "name");
		struct str secret = yaml_get_text(tree, yaml_get(tree, item, "secretRef"), "name");
		const struct config_map *map = config.n ? find_config(r, config) : NULL;

		if (!may_look(r, 1))
			return;
		if (map)
			read_config_variables(r, map, yaml_get_text(tree, item, "prefix"));
		else if (config.n)
			note_unseen(r, str_fmt(r->arena, "ConfigMap/%.*s", STR_ARG(config)));
		if (secret.n)
			note_unseen(r, str_fmt(r->arena, "Secret/%.*s", STR_ARG(secret)));
	}
}

static void read_image(struct reader *r)
{
	const struct image_fact *facts = r->pod->containers[r->container].known->facts;

	for (size_t i = 0; facts && i < facts->env_n; i++) {
		struct str name = str_of(facts->env[i].name);
		const struct listener *listener = listener_find_env(name);

		if (sets(r, name))
			continue;
		note_name(r, name);
		if (listener)
			add(r, (struct listener_setting){ .listener = listener,
							  .place = SETTING_IMAGE,
							  .name = name,
							  .value = str_of(facts->env[i].value) });
	}
}

/* ---- files ---- */

static struct str file_of(struct str path)
{
	size_t n = path.n;

	while (n && path.p[n - 1] != '/')
		n--;
	return str_sub(path, n, path.n);
}

static void read_file_value(const struct appsettings_value *value, void *data)
{
	struct reader *r = data;
	const struct listener *listener = listener_find_flag(value->path);

	note_name(r, str_copy(r->arena, value->path));
	if (listener && listener->dotnet)
		r->escaped |= value->text.n && memchr(value->text.p, '\\', value->text.n);
	if (listener && listener->dotnet)
		add(r, (struct listener_setting){ .listener = listener,
						  .place = SETTING_FILE,
						  .name = str_copy(r->arena, value->path),
						  .value = value->text,
						  .config = r->config });
}

static void read_file(struct reader *r, const struct config_map *map, size_t entry)
{
	size_t before = r->settings->n;

	if (!may_look(r, map->entries[entry].value.n / 1024))
		return;
	r->config = (struct config_ref){ map, entry };
	r->escaped = false;
	r->settings->dotnet = true;
	if (appsettings_each(map->entries[entry].value, read_file_value, r, NULL) && !r->escaped)
		return;
	/* What cannot be edited is as good as not there, but for what it may say. */
	r->settings->n = before;
	r->settings->unseen_endpoint = true;
	note_unseen(r, str_fmt(r->arena, "%.*s of ConfigMap/%.*s, which cannot be read",
			       STR_ARG(map->entries[entry].key), STR_ARG(map->name)));
}

/* The path that an entry of a volume gets, empty where the volume leaves it out. */
static struct str path_of(struct yaml_tree *tree, yaml_id source, struct str key)
{
	yaml_id items = yaml_get(tree, source, "items");

	if (!yaml_count(tree, items))
		return key;
	YAML_EACH(tree, items, item)
		if (str_eq(yaml_get_text(tree, item, "key"), key))
			return yaml_get_text(tree, item, "path");
	return STR_NONE;
}

/* The name under which a mount shows what lies at @path in its volume; empty where it does not show it. */
static struct str shown_as(struct yaml_tree *tree, yaml_id mount, struct str path)
{
	struct str part = yaml_get_text(tree, mount, "subPath");

	if (!path.n || !part.n)
		return file_of(path);
	return str_eq(part, path) ? file_of(yaml_get_text(tree, mount, "mountPath")) : STR_NONE;
}

/* Whether a mount of something that is not seen is such a file by its own name, or by what it takes of the volume. */
static bool names_file(struct yaml_tree *tree, yaml_id mount, yaml_id source)
{
	if (appsettings_is_name(file_of(yaml_get_text(tree, mount, "mountPath"))) ||
	    appsettings_is_name(file_of(yaml_get_text(tree, mount, "subPath"))))
		return true;
	YAML_EACH(tree, yaml_get(tree, source, "items"), item)
		if (appsettings_is_name(file_of(yaml_get_text(tree, item, "path"))))
			return true;
	return false;
}

static void read_mounted(struct reader *r, yaml_id mount, yaml_id config, yaml_id secret)
{
	struct yaml_tree *tree = r->pod->tree;
	struct str name = yaml_get_text(tree, config, "name");
	const struct config_map *map = config ? find_config(r, name) : NULL;

	for (size_t i = 0;
	     map && i < map->entries_n && may_look(r, 1 + yaml_count(tree, yaml_get(tree, config, "items"))); i++)
		if (appsettings_is_name(shown_as(tree, mount, path_of(tree, config, map->entries[i].key))))
			read_file(r, map, i);
	if (config && !map && names_file(tree, mount, config))
		note_unseen(r, str_fmt(r->arena, "ConfigMap/%.*s", STR_ARG(name)));
	if (!secret || !names_file(tree, mount, secret))
		return;
	name = yaml_get_text(tree, secret, "secretName");
	if (!name.n)
		name = yaml_get_text(tree, secret, "name");
	note_unseen(r, str_fmt(r->arena, "Secret/%.*s", STR_ARG(name)));
}

static void read_mounts(struct reader *r)
{
	struct yaml_tree *tree = r->pod->tree;

	if (!yaml_may_have(tree, STR("configMap")) && !yaml_may_have(tree, STR("secret")))
		return;
	YAML_EACH(tree, yaml_get(tree, r->node, "volumeMounts"), mount) {
		yaml_id volume = kube_pod_volume(r->pod, yaml_get_text(tree, mount, "name"));

		read_mounted(r, mount, yaml_get(tree, volume, "configMap"), yaml_get(tree, volume, "secret"));
		YAML_EACH(tree, yaml_get_path(tree, volume, "projected.sources"), source)
			read_mounted(r, mount, yaml_get(tree, source, "configMap"), yaml_get(tree, source, "secret"));
	}
}

/* ---- arguments ---- */

static void read_list(struct reader *r, const char *key)
{
	struct yaml_tree *tree = r->pod->tree;
	struct arguments *arguments = &r->settings->arguments;

	YAML_EACH(tree, yaml_get(tree, r->node, key), item) {
		struct str word = yaml_text(tree, item), name;

		if (arguments->n == ARGUMENTS_MAX)
			return;
		arguments->nodes[arguments->n] = item;
		arguments->changed[arguments->n] = STR_NONE;
		arguments->tokens[arguments->n++] = word;
		if (str_cut(&word, '=', &name) && name.n < 128)
			note_name(r, name);
	}
}

/* The flag as it is written, where its row stands for many. */
static struct str flag_of(const struct listener_arg *arg, const struct str *tokens)
{
	struct str name = str_of(arg->listener->name), token = tokens[arg->token];

	if (!memchr(name.p, '*', name.n))
		return name;
	if (!arg->start)
		return arg->token ? tokens[arg->token - 1] : name;
	return str_sub(token, 0, arg->start - 1);
}

static void read_arguments(struct reader *r)
{
	struct listener_args walk = { 0 };
	struct listener_arg arg;

	read_list(r, "command");
	read_list(r, "args");
	walk.tokens = r->settings->arguments.tokens;
	walk.n = r->settings->arguments.n;
	while (listener_args_next(&walk, &arg)) {
		struct str token = walk.tokens[arg.token];
		yaml_id node = r->settings->arguments.nodes[arg.token];

		add(r, (struct listener_setting){ .listener = arg.listener,
						  .place = SETTING_ARG,
						  .name = flag_of(&arg, walk.tokens),
						  .value = str_sub(token, arg.start, arg.end),
						  .node = node,
						  .argument = arg.token,
						  .start = arg.start,
						  .end = arg.end });
	}
}

/* ---- who is obeyed ---- */

static bool is_known(const struct listener_settings *settings, const struct listener_setting *setting)
{
	return !settings->version || setting->listener->dotnet_since <= settings->version;
}

/* Whether it says anything to the program, whatever that is. */
static bool is_set(const struct listener_settings *settings, const struct listener_setting *setting)
{
	return setting->listener->dotnet && is_known(settings, setting) &&
	       (setting->unseen || str_trim(setting->value).n);
}

/* The name of an endpoint: what stands between the last two separators of its setting. */
static struct str endpoint_of(struct str name)
{
	bool flag = memchr(name.p, ':', name.n) != NULL;
	size_t end = name.n - (flag ? 4 : 5), start = end; /* ":Url", "__Url" */

	while (start && (flag ? name.p[start - 1] != ':' : !str_ends(str_sub(name, 0, start), STR("__"))))
		start--;
	return str_sub(name, start, end);
}

/* The same endpoint from a file, or with a prefix, is overridden by one that stands plainly in the environment. */
static bool is_overridden(const struct listener_settings *settings, const struct listener_setting *setting)
{
	if (setting->place == SETTING_ARG || settings->n > ENDPOINTS_MAX ||
	    (setting->place != SETTING_FILE && (setting->name.p[0] | 0x20) == 'k'))
		return false;
	for (size_t i = 0; i < settings->n; i++) {
		const struct listener_setting *other = &settings->items[i];

		if (other != setting && other->strength == STRENGTH_ENDPOINT && is_set(settings, other) &&
		    other->place != SETTING_FILE && other->place != SETTING_ARG && (other->name.p[0] | 0x20) == 'k' &&
		    str_ieq(endpoint_of(other->name), endpoint_of(setting->name)))
			return true;
	}
	return false;
}

struct strongest {
	unsigned urls, ports[2]; /* by https */
	bool endpoint;
};

static struct strongest find_strongest(const struct listener_settings *settings)
{
	struct strongest best = { UINT_MAX, { UINT_MAX, UINT_MAX }, false };

	for (size_t i = 0; i < settings->n; i++) {
		const struct listener_setting *setting = &settings->items[i];
		unsigned *least = setting->listener->dotnet < RANK_PORTS_FIRST ? &best.urls
									       : &best.ports[setting->listener->https];

		if (!is_set(settings, setting))
			continue;
		if (setting->strength == STRENGTH_ENDPOINT)
			best.endpoint = true;
		else if (setting->strength < *least)
			*least = setting->strength;
	}
	return best;
}

/* @none: the program asks none of ASP.NET Core's. */
static void judge(struct listener_settings *settings, bool none)
{
	struct strongest best = find_strongest(settings);

	for (size_t i = 0; i < settings->n; i++) {
		struct listener_setting *setting = &settings->items[i];

		if (!setting->listener->dotnet)
			setting->obeyed = true;
		else if (none || !is_set(settings, setting))
			setting->obeyed = false;
		else if (setting->strength == STRENGTH_ENDPOINT)
			setting->obeyed = !is_overridden(settings, setting);
		else if (setting->listener->dotnet < RANK_PORTS_FIRST)
			setting->obeyed = !best.endpoint && setting->strength == best.urls;
		else
			setting->obeyed = !best.endpoint && best.urls == UINT_MAX &&
					  setting->strength == best.ports[setting->listener->https];
	}
}

void listener_settings_read(struct kube_pod *pod, int container, struct arena *arena,
			    struct listener_settings *ret_settings)
{
	struct reader r = {
		.pod = pod,
		.container = container,
		.node = pod->containers[container].node,
		.arena = arena,
		.settings = ret_settings,
	};
	bool none;

	memset(ret_settings, 0, offsetof(struct listener_settings, arguments));
	ret_settings->arguments.n = 0;
	memset(&ret_settings->dotnet, 0, sizeof(*ret_settings) - offsetof(struct listener_settings, dotnet));
	ret_settings->dotnet = dotnet_look(pod, container, &ret_settings->version);
	read_env(&r);
	read_env_from(&r);
	read_image(&r);
	read_arguments(&r);
	read_mounts(&r);
	none = dotnet_is_ruled_out(pod, container);
	ret_settings->dotnet &= !none;
	judge(ret_settings, none);
}

bool listener_setting_says(const struct listener_setting *setting, uint16_t port)
{
	return listener_says(setting->listener, setting->value, port);
}

/* ---- ConfigMaps ---- */

enum { VALUE_MAX = 1024 };

static bool mentions(struct str text, const char *word)
{
	struct str w = str_of(word);

	for (size_t i = 0; i + w.n <= text.n; i++)
		if ((text.p[i] | 0x20) == (w.p[0] | 0x20) && str_ieq(str_sub(text, i, i + w.n), w))
			return true;
	return false;
}

bool config_entry_matters(struct str key, struct str value)
{
	static const struct listener any = { .name = "",
					     .forms = LISTENER_NUMBER | LISTENER_ADDRESS | LISTENER_URL,
					     .separator = ';' };
	struct listener_port ports[LISTENER_PORTS_MAX];

	if (str_ends(key, STR(".json")))
		return mentions(value, "kestrel") || mentions(value, "urls") || mentions(value, "_ports");
	if (value.n > VALUE_MAX)
		return false;
	return listener_find_env(key) || dotnet_is_one(&dotnet_rules.signs, key) || listener_ports(&any, value, ports);
}
