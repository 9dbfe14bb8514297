/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pod Security
 *
 * A check is a list of fields, and a field is a path, a form and the values that it may have; this file walks them.
 * Two things need more than a table. A container may leave to the pod what the pod says for all: it is then judged by
 * whether the pod says anything, for a bad word of the pod is a violation of its own and would otherwise be told once
 * for the pod and once for each container. And a map that is there but empty counts, where Kubernetes looks at the
 * struct first (`seccompProfile: {}` has a type, and it is "").
 */
#include "kube/pod_security.h"

#include <stdio.h>
#include <stdlib.h>

struct look {
	struct kube_pod *pod;
	struct yaml_tree *tree;
	unsigned version;
	pod_security_found *found;
	void *data;
	bool failed;
	bool stop;
	struct pod_security_violation now; /* what is looked at */
};

static void violate(struct look *look, yaml_id at, struct str value, bool missing)
{
	look->failed = true;
	look->now.at = at;
	look->now.value = value;
	look->now.missing = missing;
	if (!look->found || !look->found(&look->now, look->data))
		look->stop = true;
}

/* ---- values ---- */

/* A trailing '*' stands for anything. */
static bool matches(const char *pattern, struct str text)
{
	struct str p = str_of(pattern);

	if (p.n && p.p[p.n - 1] == '*')
		return str_starts(text, str_sub(p, 0, p.n - 1));
	return str_eq(p, text);
}

static bool has_text(const struct look *look, struct str text)
{
	const struct pod_security_field *field = look->now.field;

	for (size_t i = 0; i < field->values_n; i++)
		if (field->values[i].since <= look->version && matches(field->values[i].text, text))
			return true;
	return false;
}

/* A float that is a whole number is one to the API server too: YAML becomes JSON, and 0.0 becomes 0. */
static bool number_text(struct yaml_tree *tree, yaml_id scalar, char ret_text[24])
{
	struct str text = yaml_text(tree, scalar);
	char copy[64], *end;
	int64_t number;
	double value;

	if (yaml_int(tree, scalar, &number)) {
		snprintf(ret_text, 24, "%lld", (long long)number);
		return true;
	}
	if (yaml_type(tree, scalar) != YAML_FLOAT || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	value = strtod(copy, &end);
	if (*end || !(value > -1e15 && value < 1e15) || value != (double)(int64_t)value)
		return false;
	snprintf(ret_text, 24, "%lld", (long long)(int64_t)value);
	return true;
}

/* Whether a value that stands there is among the field's values, and of their type. */
static bool is_listed(struct look *look, yaml_id value)
{
	char number[24];
	bool flag;

	if (!yaml_is_scalar(look->tree, value))
		return false;
	switch (look->now.field->type) {
	case POD_SECURITY_BOOL:
		return yaml_bool(look->tree, value, &flag) && has_text(look, flag ? STR("true") : STR("false"));
	case POD_SECURITY_NUMBER:
		return number_text(look->tree, value, number) && has_text(look, str_of(number));
	default:
		return yaml_type(look->tree, value) == YAML_STR && has_text(look, yaml_text(look->tree, value));
	}
}

/* A forbidden number stays one in quotes: the API server refuses it, but it is no reason to call the pod fine. */
static bool is_forbidden(struct look *look, yaml_id value)
{
	return is_listed(look, value) ||
	       (yaml_is_scalar(look->tree, value) && has_text(look, yaml_text(look->tree, value)));
}

/* ---- paths ---- */

/* Cuts "a.b.c" into "a.b" and "c"; "c" alone has no parent path. */
static struct str split_last(struct str path, struct str *ret_last)
{
	size_t dot = path.n;

	while (dot && path.p[dot - 1] != '.')
		dot--;
	*ret_last = str_sub(path, dot, path.n);
	return str_sub(path, 0, dot ? dot - 1 : 0);
}

/* Offset of the "[*]" in a path, SIZE_MAX without one. */
static size_t bracket_of(struct str path)
{
	const char *hit = memchr(path.p, '[', path.n);

	return hit ? (size_t)(hit - path.p) : SIZE_MAX;
}

/*
 * Paths of the pod are written as for a PodSpec; where its security context stands is the view's to say. Takes that
 * step of @path, if it is its first.
 */
static yaml_id enter(const struct kube_pod *pod, struct str *path)
{
	struct str rest = *path, first;

	if (!str_cut(&rest, '.', &first) || !str_is(first, "securityContext"))
		return pod->spec;
	*path = rest;
	return kube_pod_context(pod);
}

/* The value at @path, YAML_NONE if there is none; *ret_near is the last node on the way that is there. */
static yaml_id walk(struct look *look, yaml_id node, struct str path, yaml_id *ret_near)
{
	struct str part;

	*ret_near = node;
	if (look->now.field->scope == POD_SECURITY_POD && node == look->pod->spec)
		node = enter(look->pod, &path);
	if (yaml_is_null(look->tree, node))
		return YAML_NONE;
	while (path.n && str_cut(&path, '.', &part)) {
		*ret_near = node;
		node = yaml_get_str(look->tree, node, part);
		if (yaml_is_null(look->tree, node))
			return YAML_NONE;
	}
	return node;
}

/* Whether the pod has something at @path, a path of a PodSpec. */
static bool is_set(const struct look *look, struct str path)
{
	yaml_id node = enter(look->pod, &path);
	struct str part;

	while (path.n && str_cut(&path, '.', &part))
		node = yaml_get_str(look->tree, node, part);
	return !yaml_is_null(look->tree, node);
}

/* ---- forms ---- */

/* Whether the pod says anything where this container says nothing. */
static bool pod_covers(struct look *look)
{
	struct str path = str_of(look->now.field->path), last;

	if (look->now.field->absent != POD_SECURITY_OR_POD)
		return false;
	return is_set(look, look->now.field->with_struct ? split_last(path, &last) : path);
}

static void judge_absent(struct look *look, yaml_id near)
{
	if (look->now.field->absent != POD_SECURITY_ALLOWED && !pod_covers(look))
		violate(look, near, STR_NONE, true);
}

/* A field whose map is there has a value, if only an empty one. */
static void judge_struct(struct look *look, yaml_id node)
{
	struct str path = str_of(look->now.field->path), last;
	yaml_id near = node, map = walk(look, node, split_last(path, &last), &near), value;

	if (!map) {
		judge_absent(look, near);
		return;
	}
	value = yaml_get_str(look->tree, map, last);
	if (yaml_is_null(look->tree, value)) {
		if (!has_text(look, STR("")))
			violate(look, value ? value : map, STR_NONE, true);
	} else if (!is_listed(look, value)) {
		violate(look, value, yaml_text(look->tree, value), false);
	}
}

static void judge_value(struct look *look, yaml_id value)
{
	bool bad = look->now.field->form == POD_SECURITY_NONE_OF ? is_forbidden(look, value) : !is_listed(look, value);

	if (bad)
		violate(look, value, yaml_text(look->tree, value), false);
}

/*
 * What the API server makes of an absent port of a Pod that is on the node's network. YAML_NONE where it makes nothing
 * of it: ephemeral containers and templates are left as they are.
 */
static yaml_id defaulted(struct look *look, yaml_id item)
{
	const struct kube_pod *pod = look->pod;
	const struct pod_security_field *field = look->now.field;
	yaml_id value;

	if (!field->host_network || !pod->host_network || pod->template != pod->object.node ||
	    pod->containers[look->now.container].role == CONTAINER_EPHEMERAL)
		return YAML_NONE;
	value = yaml_get(look->tree, item, field->host_network);
	return yaml_is_null(look->tree, value) ? YAML_NONE : value;
}

/* "list[*]" and "list[*].field": every item; one that is null is an empty text, or an empty map. */
static void judge_items(struct look *look, yaml_id node, struct str path, size_t bracket)
{
	yaml_id near = node, list = walk(look, node, str_sub(path, 0, bracket), &near);
	bool deeper = path.n > bracket + 3;
	struct str rest = deeper ? str_sub(path, bracket + 4, path.n) : STR_NONE;

	YAML_EACH(look->tree, list, item) {
		yaml_id value = item;

		if (look->stop)
			return;
		near = item;
		if (deeper)
			value = walk(look, item, rest, &near);
		if (deeper && (!value || is_listed(look, value)) && defaulted(look, item))
			value = defaulted(look, item);
		if (deeper && !value)
			judge_absent(look, near);
		else
			judge_value(look, value);
	}
}

static void judge_one(struct look *look, yaml_id node)
{
	struct str path = str_of(look->now.field->path);
	size_t bracket = bracket_of(path);
	yaml_id near = node, value;

	if (look->now.field->with_struct) {
		judge_struct(look, node);
		return;
	}
	if (bracket != SIZE_MAX) {
		judge_items(look, node, path, bracket);
		return;
	}
	value = walk(look, node, path, &near);
	if (value)
		judge_value(look, value);
	else
		judge_absent(look, near);
}

static void judge_unset(struct look *look, yaml_id node)
{
	struct str path = str_of(look->now.field->path);
	yaml_id near = node, value = walk(look, node, path, &near);

	if (value)
		violate(look, value, path, false);
}

static void judge_holds(struct look *look, yaml_id node)
{
	yaml_id near = node, list = walk(look, node, str_of(look->now.field->path), &near);

	YAML_EACH(look->tree, list, item)
		if (is_listed(look, item))
			return;
	violate(look, list ? list : near, STR_NONE, true);
}

/* The types of volumes are the keys of a volume, but for its name. One of none is made an emptyDir. */
static void judge_source(struct look *look, yaml_id volume)
{
	const struct pod_security_field *field = look->now.field;
	yaml_id bad = YAML_NONE;
	struct str type = STR_NONE;

	for (size_t i = 0; i < field->values_n; i++)
		if (field->values[i].since <= look->version &&
		    !yaml_is_null(look->tree, yaml_get(look->tree, volume, field->values[i].text)))
			return;
	for (size_t i = 0; i < order_volume.n; i++) {
		struct str key = str_of(order_volume.keys[i]);
		yaml_id value = yaml_get_str(look->tree, volume, key);

		if (yaml_is_null(look->tree, value) || str_is(key, "name"))
			continue;
		if (!bad) {
			bad = value;
			type = key;
		}
	}
	if (bad)
		violate(look, bad, type, false);
}

static void judge(struct look *look, yaml_id node)
{
	if (look->stop)
		return;
	switch (look->now.field->form) {
	case POD_SECURITY_UNSET:
		judge_unset(look, node);
		break;
	case POD_SECURITY_HOLDS:
		judge_holds(look, node);
		break;
	case POD_SECURITY_SOURCE:
		judge_source(look, node);
		break;
	default:
		judge_one(look, node);
	}
}

/* ---- scopes ---- */

static bool names_container(const struct look *look, struct str name)
{
	for (size_t i = 0; i < look->pod->containers_n; i++)
		if (str_eq(look->pod->containers[i].name, name))
			return true;
	return false;
}

static void look_at_annotations(struct look *look)
{
	yaml_id annotations = yaml_get(look->tree, look->pod->metadata, "annotations");
	const struct pod_security_field *field = look->now.field;
	size_t prefix = strlen(field->path) - (field->scope == POD_SECURITY_CONTAINER_ANNOTATION ? 1 : 0);

	YAML_EACH(look->tree, annotations, key) {
		struct str name = yaml_text(look->tree, key);
		yaml_id value = yaml_value(look->tree, key);

		if (look->stop)
			return;
		if (!matches(field->path, name))
			continue;
		if (field->scope == POD_SECURITY_CONTAINER_ANNOTATION &&
		    !names_container(look, str_sub(name, prefix, name.n)))
			continue;
		look->now.name = name;
		/* A null value is an empty text in a map of texts. */
		if (yaml_is_null(look->tree, value) ? !has_text(look, STR("")) : !is_listed(look, value))
			violate(look, value, yaml_text(look->tree, value), false);
	}
}

/* Whether every key of a path (that may have a "[*]" in it) stands anywhere in the document. */
static bool may_have_path(const struct yaml_tree *tree, struct str path)
{
	struct str last;

	while (path.n) {
		path = split_last(path, &last);
		if (last.n && last.p[last.n - 1] == ']')
			last.n -= 3;
		if (!yaml_may_have(tree, last))
			return false;
	}
	return true;
}

/*
 * Whether there can be anything to judge: the usual pod lacks most fields, and that one of their keys stands nowhere
 * in its document is known at once. An item of a list may be judged for what it lacks, but not if there is no list;
 * a struct that is there has all its fields.
 */
static bool may_matter(const struct look *look)
{
	const struct pod_security_field *field = look->now.field;
	struct str path = str_of(field->path), last;

	if (field->scope == POD_SECURITY_ANNOTATION || field->scope == POD_SECURITY_CONTAINER_ANNOTATION)
		return yaml_may_have(look->tree, STR("annotations"));
	if (field->form == POD_SECURITY_HOLDS || field->form == POD_SECURITY_SOURCE)
		return true;
	if (field->with_struct)
		path = split_last(path, &last);
	if (field->absent == POD_SECURITY_ALLOWED && !look->pod->host_network)
		return may_have_path(look->tree, path);
	return bracket_of(path) == SIZE_MAX || may_have_path(look->tree, str_sub(path, 0, bracket_of(path)));
}

static void look_at_field(struct look *look)
{
	if (!may_matter(look))
		return;
	look->now.container = -1;
	look->now.name = STR_NONE;
	switch (look->now.field->scope) {
	case POD_SECURITY_POD:
		judge(look, look->pod->spec);
		break;
	case POD_SECURITY_CONTAINER:
		for (size_t i = 0; i < look->pod->containers_n; i++) {
			look->now.container = (int)i;
			judge(look, look->pod->containers[i].node);
		}
		break;
	case POD_SECURITY_VOLUME:
		YAML_EACH(look->tree, kube_pod_volumes(look->pod), volume) {
			look->now.name = yaml_get_text(look->tree, volume, "name");
			judge(look, volume);
		}
		break;
	default:
		look_at_annotations(look);
	}
}

static bool is_exempt(const struct kube_pod *pod, const struct pod_security_check *check, unsigned version)
{
	return (pod->windows_declared && version >= check->windows_since) ||
	       (pod->user_namespace && version >= check->user_namespace_since);
}

/* ---- questions ---- */

size_t pod_security_find(struct str id)
{
	for (size_t i = 0; i < pod_security_checks_n; i++)
		if (str_is(id, pod_security_checks[i].id))
			return i;
	return SIZE_MAX;
}

bool pod_security_applies(size_t check, enum pod_security_level level, unsigned version)
{
	const struct pod_security_check *row = &pod_security_checks[check];

	if (version < row->since || row->level > level)
		return false;
	for (size_t i = 0; i < pod_security_checks_n && level == POD_SECURITY_RESTRICTED; i++)
		if ((pod_security_checks[i].overrides & ((uint32_t)1 << check)) &&
		    version >= pod_security_checks[i].since)
			return false;
	return true;
}

bool pod_security_check(struct kube_pod *pod, size_t check, unsigned version, pod_security_found *found, void *data)
{
	const struct pod_security_check *row = &pod_security_checks[check];
	struct look look = {
		.pod = pod,
		.tree = pod->tree,
		.version = version,
		.found = found,
		.data = data,
		.now.check = row,
	};

	if (is_exempt(pod, row, version))
		return true;
	for (size_t i = 0; i < row->fields_n && !look.stop; i++) {
		look.now.field = &row->fields[i];
		if (version >= look.now.field->since && version < look.now.field->until)
			look_at_field(&look);
	}
	return !look.failed;
}

uint32_t pod_security_violations(struct kube_pod *pod, enum pod_security_level level, unsigned version)
{
	uint32_t failed = 0;

	for (size_t i = 0; i < pod_security_checks_n; i++)
		if (pod_security_applies(i, level, version) && !pod_security_check(pod, i, version, NULL, NULL))
			failed |= (uint32_t)1 << i;
	return failed;
}

bool pod_security_version(struct str text, unsigned *ret_version)
{
	int64_t minor;

	if (str_is(text, "latest")) {
		*ret_version = 0;
		return true;
	}
	if (text.n && text.p[0] == 'v')
		text = str_sub(text, 1, text.n);
	if (!str_starts(text, STR("1.")) || !str_int(str_sub(text, 2, text.n), &minor) || minor < 0 || minor > 999)
		return false;
	*ret_version = (minor > pod_security_newest ? pod_security_newest : (unsigned)minor) + 1;
	return true;
}
