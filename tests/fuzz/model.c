/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model
 *
 * Bytes that were changed at random are seldom YAML, and YAML is seldom a manifest. So manifests are made here from
 * what the program knows (its kinds, its fields), changed as trees, and written as people, tools and mean people do.
 */
#include "model.h"

#include "kube/kinds.h"
#include "kube/pod.h"

/* ---- chance ---- */

uint32_t chance_below(struct chance *chance, uint32_t n)
{
	chance->state = chance->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((chance->state >> 33) * n >> 31);
}

bool chance_of(struct chance *chance, uint32_t n)
{
	return !chance_below(chance, n);
}

#define ANY(chance, array) ((array)[chance_below((chance), sizeof(array) / sizeof(*(array)))])

/* ---- building ---- */

struct model *model_node(struct arena *arena, enum model_kind kind)
{
	struct model *model = ARENA_NEW(arena, struct model);

	model->kind = kind;
	return model;
}

static struct model *scalar(struct arena *arena, const char *text)
{
	struct model *model = model_node(arena, MODEL_SCALAR);

	model->text = str_of(text);
	return model;
}

static struct model *text(struct arena *arena, const char *z)
{
	struct model *model = scalar(arena, z);

	model->is_text = true;
	return model;
}

static void grow(struct arena *arena, struct model *to)
{
	size_t cap = to->children.cap ? to->children.cap * 2 : 4;
	struct str *all_keys;
	struct model **items;

	if (to->children.n < to->children.cap)
		return;
	all_keys = ARENA_ARRAY(arena, struct str, cap);
	items = ARENA_ARRAY(arena, struct model *, cap);
	if (to->children.n) {
		memcpy(all_keys, to->children.keys, sizeof(*all_keys) * to->children.n);
		memcpy(items, to->children.items, sizeof(*items) * to->children.n);
	}
	to->children.keys = all_keys;
	to->children.items = items;
	to->children.cap = cap;
}

struct model *model_put(struct arena *arena, struct model *map, struct str key, struct model *value)
{
	grow(arena, map);
	map->children.keys[map->children.n] = key;
	map->children.items[map->children.n++] = value;
	return value;
}

static struct model *put(struct arena *arena, struct model *map, const char *key, struct model *value)
{
	return model_put(arena, map, str_of(key), value);
}

static struct model *put_map(struct arena *arena, struct model *map, const char *key)
{
	return put(arena, map, key, model_node(arena, MODEL_MAP));
}

static struct model *put_seq(struct arena *arena, struct model *map, const char *key)
{
	return put(arena, map, key, model_node(arena, MODEL_SEQ));
}

static struct model *add(struct arena *arena, struct model *seq, struct model *value)
{
	return model_put(arena, seq, STR_NONE, value);
}

/* ---- words ---- */

static const char *const images[] = { "nginx",
				      "nginx:1.27",
				      "nginxinc/nginx-unprivileged",
				      "redis:7",
				      "postgres:16",
				      "ghcr.io/acme/shop@sha256:0",
				      "busybox",
				      "",
				      "mcr.microsoft.com/dotnet/aspnet:8.0",
				      "httpd:2.4",
				      "grafana/grafana",
				      "envoyproxy/envoy:v1.30",
				      "traefik:v3.0",
				      "caddy",
				      "docker.io/library/haproxy:3",
				      "node:20",
				      "${IMAGE}" };
static const char *const names[] = { "web", "db", "init", "tmp", "a", "web-1", "tmp-web", "x.y", "" };
static const char *const numbers[] = { "80",   "443",  "53",	"8080",	 "0",  "1",	"1023",
				       "1024", "1000", "10001", "65535", "-1", "65536", "0x50",
				       "017",  "1e2",  "80.0",	"null",	 "''", "~",	"9007199254740993" };
static const char *const bools[] = { "true", "false", "yes", "no", "True", "null", "~", "\"true\"", "on", "0" };
static const char *const scalars[] = { "",
				       "null",
				       "{}",
				       "[]",
				       "ALL",
				       "NET_BIND_SERVICE",
				       "SYS_ADMIN",
				       "Unmasked",
				       "RuntimeDefault",
				       "Unconfined",
				       "Localhost",
				       "windows",
				       "Always",
				       "ClusterIP",
				       "None",
				       "TCP",
				       "UDP",
				       "chown",
				       "a: b #c",
				       "- x",
				       "two words",
				       "\"quoted\"",
				       "*",
				       "{{ .Values.x }}",
				       "\xc3\xa9",
				       "#no",
				       "s6:x",
				       "PORT",
				       "ASPNETCORE_URLS",
				       "http://+:80" };
static const char *const commands[] = { "sh",  "-c",   "chown -R 1 /data", "nginx", "--port=80", "-listen",
					":80", "gosu", "sysctl -w a=b",	   "exec",  "$(PORT)" };

static const struct yaml_order *const orders[] = {
	&order_pod_spec,     &order_container,	  &order_pod_security_context, &order_security_context, &order_volume,
	&order_volume_mount, &order_env_var,	  &order_capabilities,	       &order_seccomp_profile,	&order_sysctl,
	&order_service_port, &order_service_spec,
};

static const char *any_key(struct chance *chance)
{
	static const char *const others[] = { "spec",	"template",   "metadata", "labels",    "app",
					      "kind",	"apiVersion", "items",	  "selector",  "matchLabels",
					      "$patch", "<<",	      "name",	  "namespace", "annotations",
					      "data",	"path",	      "hostPort", "httpGet",   "tcpSocket" };
	const struct yaml_order *order = ANY(chance, orders);

	if (chance_of(chance, 3))
		return ANY(chance, others);
	return order->keys[chance_below(chance, (uint32_t)order->n)];
}

static struct model *any_value(struct arena *arena, struct chance *chance)
{
	struct model *model;

	switch (chance_below(chance, 8)) {
	case 0:
		return scalar(arena, ANY(chance, numbers));
	case 1:
		return scalar(arena, ANY(chance, bools));
	case 2:
		model = model_node(arena, MODEL_MAP);
		for (uint32_t n = chance_below(chance, 3); n; n--)
			put(arena, model, any_key(chance), any_value(arena, chance));
		return model;
	case 3:
		model = model_node(arena, MODEL_SEQ);
		for (uint32_t n = chance_below(chance, 3); n; n--)
			add(arena, model, any_value(arena, chance));
		return model;
	case 4:
		return text(arena, ANY(chance, names));
	default:
		return scalar(arena, ANY(chance, scalars));
	}
}

/* ---- manifests ---- */

static struct model *make_security(struct arena *arena, struct chance *chance, bool pod)
{
	struct model *model = model_node(arena, MODEL_MAP), *inner;

	if (chance_of(chance, 3))
		put(arena, model, "runAsNonRoot", scalar(arena, ANY(chance, bools)));
	if (chance_of(chance, 3))
		put(arena, model, "runAsUser", scalar(arena, ANY(chance, numbers)));
	if (chance_of(chance, 4)) {
		inner = put_map(arena, model, "seccompProfile");
		put(arena, inner, "type", scalar(arena, ANY(chance, scalars)));
	}
	if (pod) {
		if (chance_of(chance, 3)) {
			inner = add(arena, put_seq(arena, model, "sysctls"), model_node(arena, MODEL_MAP));
			put(arena, inner, "name", scalar(arena, "net.ipv4.ip_unprivileged_port_start"));
			put(arena, inner, "value", text(arena, "0"));
		}
		if (chance_of(chance, 4))
			put(arena, model, "fsGroup", scalar(arena, ANY(chance, numbers)));
		return model;
	}
	if (chance_of(chance, 3))
		put(arena, model, "privileged", scalar(arena, ANY(chance, bools)));
	if (chance_of(chance, 3))
		put(arena, model, "allowPrivilegeEscalation", scalar(arena, ANY(chance, bools)));
	if (chance_of(chance, 3))
		put(arena, model, "readOnlyRootFilesystem", scalar(arena, ANY(chance, bools)));
	if (chance_of(chance, 3)) {
		inner = put_map(arena, model, "capabilities");
		if (chance_of(chance, 2))
			add(arena, put_seq(arena, inner, "add"), scalar(arena, ANY(chance, scalars)));
		if (chance_of(chance, 2))
			add(arena, put_seq(arena, inner, "drop"), scalar(arena, ANY(chance, scalars)));
	}
	if (chance_of(chance, 5))
		put(arena, model, "procMount", scalar(arena, ANY(chance, scalars)));
	return model;
}

static void make_ports(struct arena *arena, struct chance *chance, struct model *container)
{
	struct model *list = put_seq(arena, container, "ports");

	for (uint32_t n = 1 + chance_below(chance, 2); n; n--) {
		struct model *port = add(arena, list, model_node(arena, MODEL_MAP));

		if (chance_of(chance, 2))
			put(arena, port, "name", scalar(arena, chance_of(chance, 2) ? "http" : ANY(chance, names)));
		put(arena, port, "containerPort", scalar(arena, chance_of(chance, 2) ? "80" : ANY(chance, numbers)));
		if (chance_of(chance, 4))
			put(arena, port, "protocol", scalar(arena, ANY(chance, scalars)));
		if (chance_of(chance, 5))
			put(arena, port, "hostPort", scalar(arena, ANY(chance, numbers)));
	}
}

static struct model *make_container(struct arena *arena, struct chance *chance)
{
	struct model *model = model_node(arena, MODEL_MAP), *inner;

	put(arena, model, "name", scalar(arena, ANY(chance, names)));
	put(arena, model, "image", scalar(arena, ANY(chance, images)));
	if (chance_of(chance, 4)) {
		inner = put_seq(arena, model, chance_of(chance, 2) ? "command" : "args");
		for (uint32_t n = 1 + chance_below(chance, 3); n; n--)
			add(arena, inner, scalar(arena, ANY(chance, commands)));
	}
	if (chance_of(chance, 3)) {
		inner = add(arena, put_seq(arena, model, "env"), model_node(arena, MODEL_MAP));
		put(arena, inner, "name", scalar(arena, chance_of(chance, 2) ? "PORT" : "ASPNETCORE_URLS"));
		put(arena, inner, "value", text(arena, chance_of(chance, 2) ? "80" : "http://+:80"));
	}
	if (chance_of(chance, 2))
		make_ports(arena, chance, model);
	if (chance_of(chance, 4)) {
		inner = put_map(arena, put_map(arena, model, "livenessProbe"), "httpGet");
		put(arena, inner, "port", scalar(arena, chance_of(chance, 2) ? "http" : "80"));
		if (chance_of(chance, 4))
			put(arena, inner, "host", scalar(arena, "example.org"));
	}
	if (chance_of(chance, 2))
		put(arena, model, "securityContext",
		    chance_of(chance, 6) ? scalar(arena, "") : make_security(arena, chance, false));
	if (chance_of(chance, 3)) {
		inner = add(arena, put_seq(arena, model, "volumeMounts"), model_node(arena, MODEL_MAP));
		put(arena, inner, "name", scalar(arena, ANY(chance, names)));
		put(arena, inner, "mountPath", scalar(arena, chance_of(chance, 2) ? "/tmp" : "/data"));
	}
	if (chance_of(chance, 8))
		put(arena, model, "restartPolicy", scalar(arena, "Always"));
	return model;
}

static void make_volumes(struct arena *arena, struct chance *chance, struct model *spec)
{
	static const char *const types[] = { "emptyDir", "hostPath", "persistentVolumeClaim", "secret", "nfs", "csi" };
	struct model *list = put_seq(arena, spec, "volumes");

	for (uint32_t n = 1 + chance_below(chance, 2); n; n--) {
		struct model *volume = add(arena, list, model_node(arena, MODEL_MAP));

		put(arena, volume, "name", scalar(arena, ANY(chance, names)));
		put(arena, volume, ANY(chance, types),
		    chance_of(chance, 2) ? model_node(arena, MODEL_MAP) : any_value(arena, chance));
	}
}

static struct model *make_pod_spec(struct arena *arena, struct chance *chance)
{
	struct model *model = model_node(arena, MODEL_MAP), *list;

	if (chance_of(chance, 8))
		put(arena, model, "hostNetwork", scalar(arena, ANY(chance, bools)));
	if (chance_of(chance, 16))
		put(arena, put_map(arena, model, "os"), "name", scalar(arena, "windows"));
	if (chance_of(chance, 3))
		put(arena, model, "securityContext",
		    chance_of(chance, 6) ? scalar(arena, "{}") : make_security(arena, chance, true));
	if (chance_of(chance, 5)) {
		list = put_seq(arena, model, "initContainers");
		add(arena, list, make_container(arena, chance));
	}
	list = put_seq(arena, model, "containers");
	for (uint32_t n = 1 + chance_below(chance, 2); n; n--)
		add(arena, list, make_container(arena, chance));
	if (chance_of(chance, 12))
		add(arena, put_seq(arena, model, "ephemeralContainers"), make_container(arena, chance));
	if (chance_of(chance, 3))
		make_volumes(arena, chance, model);
	return model;
}

static void make_metadata(struct arena *arena, struct chance *chance, struct model *of, bool labels)
{
	struct model *metadata = put_map(arena, of, "metadata");

	put(arena, metadata, "name", scalar(arena, ANY(chance, names)));
	if (chance_of(chance, 4))
		put(arena, metadata, "namespace", scalar(arena, ANY(chance, names)));
	if (labels)
		put(arena, put_map(arena, metadata, "labels"), "app", scalar(arena, "web"));
}

static void make_service(struct arena *arena, struct chance *chance, struct model *object)
{
	struct model *spec, *port;

	spec = put_map(arena, object, "spec");
	put(arena, put_map(arena, spec, "selector"), "app", scalar(arena, "web"));
	if (chance_of(chance, 5))
		put(arena, spec, "clusterIP", scalar(arena, "None"));
	port = add(arena, put_seq(arena, spec, "ports"), model_node(arena, MODEL_MAP));
	put(arena, port, "port", scalar(arena, "80"));
	if (chance_of(chance, 2))
		put(arena, port, "targetPort", scalar(arena, chance_of(chance, 3) ? ANY(chance, names) : "80"));
}

/* The way from the object to the pod template. */
static void make_path(struct arena *arena, struct chance *chance, struct model *object, struct str path)
{
	struct str step;

	while (path.n && str_cut(&path, '.', &step)) {
		size_t bracket = str_find(step, STR("[*]"), 0);
		struct str key = str_sub(step, 0, bracket != SIZE_MAX ? bracket : strcspn(step.p, "?!."));

		if (bracket != SIZE_MAX)
			object = add(arena, model_put(arena, object, key, model_node(arena, MODEL_SEQ)),
				     model_node(arena, MODEL_MAP));
		else
			object = model_put(arena, object, key, model_node(arena, MODEL_MAP));
	}
	if (chance_of(chance, 2))
		make_metadata(arena, chance, object, true);
	put(arena, object, "spec", make_pod_spec(arena, chance));
}

static struct model *make_object(struct arena *arena, struct chance *chance, unsigned depth)
{
	const struct kube_kind *kind = &kube_kinds[chance_below(chance, (uint32_t)kube_kinds_n)];
	struct model *object = model_node(arena, MODEL_MAP), *list;
	struct str version = STR("v1");

	if (chance_of(chance, 2))
		kind = kube_kind_find(STR("apps/v1"), STR("Deployment"));
	else if (chance_of(chance, 3))
		kind = kube_kind_find(STR("v1"), chance_of(chance, 2) ? STR("Pod") : STR("Service"));
	for (unsigned tries = 0; tries < 20 && !(kind->flags & (KIND_POD | KIND_LIST | KIND_SERVICE)); tries++)
		kind = &kube_kinds[chance_below(chance, (uint32_t)kube_kinds_n)];
	if (*kind->group)
		version = str_fmt(arena, "%s/v1", kind->group);
	put(arena, object, "apiVersion", scalar(arena, version.p));
	put(arena, object, "kind", scalar(arena, kind->kind));
	if (kind->flags & KIND_LIST && depth < 2) {
		list = put_seq(arena, object, "items");
		for (uint32_t n = 1 + chance_below(chance, 2); n; n--)
			add(arena, list, make_object(arena, chance, depth + 1));
		return object;
	}
	make_metadata(arena, chance, object, chance_of(chance, 2));
	if (kind->flags & KIND_SERVICE)
		make_service(arena, chance, object);
	else if (kind->views_n && !*kind->views->at)
		put(arena, object, "spec", make_pod_spec(arena, chance));
	else if (kind->views_n)
		make_path(arena, chance, object, str_of(kind->views[chance_below(chance, (uint32_t)kind->views_n)].at));
	return object;
}

struct model *model_make(struct arena *arena, struct chance *chance)
{
	return make_object(arena, chance, 0);
}

/* ---- reading ---- */

enum { READ_DEPTH_MAX = 60 };

static struct model *read_node(struct arena *arena, struct yaml_tree *tree, yaml_id id, unsigned depth)
{
	struct model *model;

	if (depth > READ_DEPTH_MAX)
		return scalar(arena, "deep");
	switch (yaml_kind(tree, id)) {
	case YAML_MAP:
		model = model_node(arena, MODEL_MAP);
		YAML_EACH(tree, id, key)
			model_put(arena, model, str_copy(arena, yaml_text(tree, key)),
				  read_node(arena, tree, yaml_value(tree, key), depth + 1));
		return model;
	case YAML_SEQ:
		model = model_node(arena, MODEL_SEQ);
		YAML_EACH(tree, id, item)
			add(arena, model, read_node(arena, tree, item, depth + 1));
		return model;
	default:
		model = scalar(arena, "");
		model->text = str_copy(arena, yaml_text(tree, id));
		model->is_text = yaml_type(tree, id) == YAML_STR;
		return model;
	}
}

struct model *model_read(struct arena *arena, struct yaml_tree *tree, yaml_id id)
{
	return read_node(arena, tree, id, 0);
}

/* ---- changes ---- */

/* A place: the @index-th child of @parent. */
struct place {
	struct model *parent;
	size_t index;
};

static void any_place(struct chance *chance, struct model *at, uint32_t *seen, struct place *ret)
{
	for (size_t i = 0; i < at->children.n; i++) {
		if (chance_of(chance, ++*seen))
			*ret = (struct place){ at, i };
		any_place(chance, at->children.items[i], seen, ret);
	}
}

static struct place find_place(struct chance *chance, struct model *root)
{
	struct place place = { 0 };
	uint32_t seen = 0;

	any_place(chance, root, &seen, &place);
	return place;
}

static void drop_child(struct model *parent, size_t index)
{
	for (size_t i = index; i + 1 < parent->children.n; i++) {
		parent->children.items[i] = parent->children.items[i + 1];
		parent->children.keys[i] = parent->children.keys[i + 1];
	}
	parent->children.n--;
}

static void swap_children(struct chance *chance, struct model *parent, size_t index)
{
	size_t other = chance_below(chance, (uint32_t)parent->children.n);
	struct str key = parent->children.keys[index];
	struct model *item = parent->children.items[index];

	parent->children.keys[index] = parent->children.keys[other];
	parent->children.items[index] = parent->children.items[other];
	parent->children.keys[other] = key;
	parent->children.items[other] = item;
}

static void set_kind(struct arena *arena, struct chance *chance, struct model *root)
{
	const struct kube_kind *kind = &kube_kinds[chance_below(chance, (uint32_t)kube_kinds_n)];

	for (size_t i = 0; i < root->children.n; i++) {
		if (str_is(root->children.keys[i], "kind"))
			root->children.items[i] = scalar(arena, kind->kind);
		else if (str_is(root->children.keys[i], "apiVersion"))
			root->children.items[i] =
				scalar(arena, *kind->group ? str_fmt(arena, "%s/v1", kind->group).p : "v1");
	}
}

void model_change(struct arena *arena, struct chance *chance, struct model *root)
{
	struct place place = find_place(chance, root), other = find_place(chance, root);
	struct model **at, *parent = place.parent;

	if (!parent)
		return;
	at = &parent->children.items[place.index];
	switch (chance_below(chance, 9)) {
	case 0:
		*at = any_value(arena, chance);
		break;
	case 1:
		drop_child(parent, place.index);
		break;
	case 2:
		if (parent->kind == MODEL_SEQ)
			add(arena, parent, *at);
		else
			put(arena, parent, any_key(chance), *at);
		break;
	case 3:
		if ((*at)->kind == MODEL_MAP)
			put(arena, *at, any_key(chance), any_value(arena, chance));
		else
			*at = scalar(arena, ANY(chance, scalars));
		break;
	case 4: /* no ring: only what has no children moves */
		if (!(*at)->children.n)
			other.parent->children.items[other.index] = *at;
		break;
	case 5:
		if (parent->kind == MODEL_MAP)
			parent->children.keys[place.index] = str_of(any_key(chance));
		break;
	case 6:
		if (chance_of(chance, 2))
			set_kind(arena, chance, root);
		else
			swap_children(chance, parent, place.index);
		break;
	case 7:
		if ((*at)->kind == MODEL_SEQ)
			add(arena, *at, make_container(arena, chance));
		else if ((*at)->kind == MODEL_MAP)
			put(arena, *at, "securityContext", make_security(arena, chance, chance_of(chance, 2)));
		break;
	default:
		*at = scalar(arena, chance_of(chance, 2) ? ANY(chance, numbers) : ANY(chance, bools));
	}
}

/* ---- writing ---- */

struct printer {
	struct chance *chance;
	struct buf *out;
	unsigned step, offset, gap;
	/* Once in so many; 0: never. */
	unsigned flow, quote, comment, blank, tag, odd, block_scalar;
	bool json, lines;
};

static bool once(struct printer *printer, unsigned n)
{
	return n && chance_of(printer->chance, n);
}

static bool is_plain(struct str s)
{
	if (!s.n || !memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.$", s.p[0], 65))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || memchr(":#{}[],&*!|>'\"%@`", s.p[i], 18))
			return false;
	return s.p[s.n - 1] != ' ';
}

static void print_double(struct printer *printer, struct str s)
{
	buf_addc(printer->out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_addf(printer->out, "\\%c", c);
		else if (c == '\n')
			buf_addz(printer->out, "\\n");
		else if (c < ' ' || (!printer->json && c < 127 && once(printer, 40)))
			buf_addf(printer->out, printer->json ? "\\u00%02x" : "\\x%02x", c);
		else
			buf_addc(printer->out, (char)c);
	}
	buf_addc(printer->out, '"');
}

static void print_scalar(struct printer *printer, const struct model *model, bool flow)
{
	struct str s = model->text;

	if (printer->json) {
		int64_t number;

		if (!model->is_text &&
		    (str_int(s, &number) || str_is(s, "true") || str_is(s, "false") || str_is(s, "null")))
			buf_add(printer->out, s);
		else
			print_double(printer, s);
		return;
	}
	if (once(printer, printer->tag))
		buf_addz(printer->out, model->is_text ? "!!str " : "! ");
	if (!model->is_text && !once(printer, 30)) {
		/* As it was written: `~`, `{}`, nothing at all. */
		if (is_plain(s) || (!flow && !s.n) || str_is(s, "~") || str_is(s, "{}") || str_is(s, "[]")) {
			buf_add(printer->out, s);
			return;
		}
	}
	if (is_plain(s) && !once(printer, printer->quote) &&
	    !(model->is_text && yaml_resolve_plain(s, &(int64_t){ 0 }, &(bool){ 0 }) != YAML_STR)) {
		buf_add(printer->out, s);
	} else if (chance_of(printer->chance, 2) && !memchr(s.p ? s.p : "", '\n', s.n)) {
		buf_addc(printer->out, '\'');
		for (size_t i = 0; s.p && i < s.n; i++) {
			if (s.p[i] == '\'')
				buf_addc(printer->out, '\'');
			buf_addc(printer->out, s.p[i]);
		}
		buf_addc(printer->out, '\'');
	} else {
		print_double(printer, s);
	}
}

static void print_key(struct printer *printer, struct str key)
{
	struct model model = { .kind = MODEL_SCALAR, .is_text = true, .text = key };

	if (str_is(key, "<<"))
		buf_add(printer->out, key);
	else
		print_scalar(printer, &model, true);
}

static void print_props(struct printer *printer, const struct model *model)
{
	if (printer->json)
		return;
	if (model->anchor && model->kind != MODEL_ALIAS)
		buf_addf(printer->out, "&a%u ", model->anchor);
	if (model->kind != MODEL_SCALAR && once(printer, printer->tag))
		buf_addz(printer->out, model->kind == MODEL_MAP ? "!!map " : "!!seq ");
}

static void break_line(struct printer *printer, unsigned column)
{
	buf_addc(printer->out, '\n');
	buf_pad(printer->out, ' ', column);
}

static void print_comment(struct printer *printer)
{
	static const char *const comments[] = { "# comment", "# a: b", "#", "#- x", "# \xc3\xa9 \"quote", "# {" };

	if (!printer->json && once(printer, printer->comment))
		buf_addf(printer->out, "%s%s", chance_of(printer->chance, 2) ? " " : "   ",
			 ANY(printer->chance, comments));
}

/* Blank lines and comments of their own, before a line at @column. */
static void print_between(struct printer *printer, unsigned column)
{
	if (once(printer, printer->blank))
		buf_addc(printer->out, '\n');
	if (once(printer, printer->comment)) {
		break_line(printer, chance_of(printer->chance, 3) ? chance_below(printer->chance, 9) : column);
		buf_addz(printer->out, "# line");
	}
}

static void print_flow(struct printer *printer, const struct model *model, unsigned column);

static void print_flow_children(struct printer *printer, const struct model *model, unsigned column)
{
	bool lines = printer->lines && !once(printer, 4);

	for (size_t i = 0; i < model->children.n; i++) {
		if (i) {
			buf_addz(printer->out, chance_of(printer->chance, 8) && !lines ? " ," : ",");
			print_comment(printer);
			if (!lines && printer->out->p[printer->out->n - 1] != ',')
				break_line(printer, column + 2);
		}
		if (lines)
			break_line(printer, column + 2);
		else if (i || once(printer, 6))
			buf_addc(printer->out, ' ');
		if (model->kind == MODEL_MAP) {
			print_key(printer, model->children.keys[i]);
			buf_addz(printer->out, printer->json && once(printer, 3) ? ":" : ": ");
		}
		print_flow(printer, model->children.items[i], column + 2);
	}
	if (model->children.n && !printer->json && once(printer, 8))
		buf_addc(printer->out, ',');
	if (lines && model->children.n)
		break_line(printer, column);
}

static void print_flow(struct printer *printer, const struct model *model, unsigned column)
{
	print_props(printer, model);
	if (model->kind == MODEL_SCALAR) {
		print_scalar(printer, model, true);
	} else if (model->kind == MODEL_ALIAS) {
		buf_addf(printer->out, printer->json ? "\"a%u\"" : "*a%u ", model->anchor);
	} else {
		buf_addc(printer->out, model->kind == MODEL_MAP ? '{' : '[');
		print_flow_children(printer, model, column);
		buf_addc(printer->out, model->kind == MODEL_MAP ? '}' : ']');
	}
}

static void print_block(struct printer *printer, const struct model *model, unsigned column);

static void print_block_scalar(struct printer *printer, const struct model *model, unsigned column)
{
	static const char *const headers[] = { "|", ">", "|-", ">-", "|+", ">+", "|2", "|-2" };
	struct str rest = model->text, line;

	buf_addz(printer->out, ANY(printer->chance, headers));
	print_comment(printer);
	while (str_cut(&rest, '\n', &line)) {
		break_line(printer, line.n ? column + 2 : 0);
		buf_add(printer->out, line);
	}
	if (once(printer, 3))
		buf_addc(printer->out, '\n');
}

/* What stands behind `key:` or a dash, and the lines below it. @column: of the key; @item: behind a dash. */
static void print_value(struct printer *printer, const struct model *model, unsigned column, bool item)
{
	bool map = model->kind == MODEL_MAP;
	unsigned inner;

	if (model->kind == MODEL_ALIAS) {
		buf_addf(printer->out, " *a%u", model->anchor);
	} else if (model->kind == MODEL_SCALAR) {
		if (model->text.n || model->is_text || model->anchor)
			buf_pad(printer->out, ' ', 1 + (unsigned)once(printer, 20) * 3);
		print_props(printer, model);
		if (once(printer, printer->block_scalar) && model->text.n) {
			print_block_scalar(printer, model, column);
			return;
		}
		print_scalar(printer, model, false);
	} else if (!model->children.n || once(printer, printer->flow)) {
		buf_addc(printer->out, ' ');
		print_flow(printer, model, column);
	} else if (item && !model->anchor && !once(printer, 10)) {
		buf_pad(printer->out, ' ', printer->gap);
		print_block(printer, model, column + 1 + printer->gap);
		return;
	} else {
		if (model->anchor)
			buf_addc(printer->out, ' ');
		print_props(printer, model);
		print_comment(printer);
		inner = column + (map || item ? printer->step : printer->offset);
		if (inner <= column && (map || item))
			inner = column + 1;
		print_between(printer, inner);
		break_line(printer, inner);
		print_block(printer, model, inner);
		return;
	}
	print_comment(printer);
}

/* From the first child on, which stands where the cursor is, at @column. */
static void print_block(struct printer *printer, const struct model *model, unsigned column)
{
	for (size_t i = 0; i < model->children.n; i++) {
		const struct model *child = model->children.items[i];

		if (i) {
			print_between(printer, column);
			break_line(printer, column);
		}
		if (model->kind == MODEL_SEQ) {
			buf_addc(printer->out, '-');
			print_value(printer, child, column, true);
		} else if (once(printer, printer->odd)) {
			buf_addz(printer->out, "? ");
			print_key(printer, model->children.keys[i]);
			break_line(printer, column);
			buf_addc(printer->out, ':');
			print_value(printer, child, column, false);
		} else {
			print_key(printer, model->children.keys[i]);
			buf_addz(printer->out, once(printer, 40) ? " :" : ":");
			print_value(printer, child, column, false);
		}
	}
}

static unsigned maybe(struct chance *chance, unsigned in, unsigned rate)
{
	return chance_of(chance, in) ? 1 + chance_below(chance, rate) : 0;
}

void model_print(struct chance *chance, const struct model *root, struct buf *out)
{
	struct printer printer = {
		.chance = chance,
		.out = out,
		.step = chance_of(chance, 3) ? 1 + chance_below(chance, 8) : 2,
		.offset = chance_of(chance, 2) ? 0 : 2,
		.gap = chance_of(chance, 6) ? 1 + chance_below(chance, 4) : 1,
		.flow = maybe(chance, 2, 10),
		.quote = maybe(chance, 3, 8),
		.comment = maybe(chance, 2, 12),
		.blank = maybe(chance, 3, 10),
		.tag = maybe(chance, 10, 30),
		.odd = maybe(chance, 8, 20),
		.block_scalar = maybe(chance, 4, 20),
		.lines = chance_of(chance, 3),
	};

	if (chance_of(chance, 8)) {
		printer.json = true;
		print_flow(&printer, root, 0);
	} else if (chance_of(chance, 20) || !root->children.n) {
		print_flow(&printer, root, 0);
	} else {
		if (chance_of(chance, 16))
			buf_pad(out, ' ', printer.step);
		print_block(&printer, root, out->n && out->p[out->n - 1] == ' ' ? printer.step : 0);
	}
	buf_addc(out, '\n');
}
