/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port references
 *
 * Where a row leads is walked anew whenever it is asked for, in the same order each time: so what a scan noted of the
 * n-th part of an object is found again when it is edited.
 */
#include "kube/port_references.h"

#include "kube/kind_path.h"
#include "kube/port_sites.h"

const struct port_reference *port_references_of(const struct kube_kind *kind, size_t *ret_n)
{
	size_t low = 0, high = port_references_n, first;

	*ret_n = 0;
	if (!kind)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(port_references[middle].kind, kind->kind);

		if (!order)
			order = strcmp(port_references[middle].group, kind->group);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (first = low; low < port_references_n && !strcmp(port_references[low].kind, kind->kind) &&
			  !strcmp(port_references[low].group, kind->group);)
		low++;
	*ret_n = low - first;
	return port_references + first;
}

static bool fits(const char *pattern, struct str name)
{
	const char *star = strchr(pattern, '*');
	struct str before, after;

	if (!star)
		return str_is(name, pattern);
	before = (struct str){ pattern, (size_t)(star - pattern) };
	after = str_of(star + 1);
	return name.n >= before.n + after.n && str_starts(name, before) && str_ends(name, after);
}

const struct port_reference *pod_annotation_find(struct str name)
{
	for (size_t i = 0; i < pod_annotations_n; i++)
		if (fits(pod_annotations[i].annotation, name))
			return &pod_annotations[i];
	return NULL;
}

const struct port_reference *port_annotation_find(const struct kube_kind *kind, struct str name)
{
	size_t n;
	const struct port_reference *rows = port_references_of(kind, &n);

	for (size_t i = 0; i < n; i++)
		if (rows[i].annotation && fits(rows[i].annotation, name))
			return &rows[i];
	return NULL;
}

/* ---- texts ---- */

/* A number of a port; false for anything else. */
static bool port_number(struct str text, uint16_t *ret_port)
{
	int64_t number;

	if (!str_int(text, &number) || number <= 0 || number > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)number;
	return true;
}

/* Where the part of @text that is a port of its own ends, from @at on: a text, an item of a list, what is behind a colon. */
static struct str port_part(enum reference_form form, struct str text, size_t at)
{
	struct str part = str_sub(text, at, text.n);
	const char *end;

	if (form == FORM_LIST) {
		end = part.n ? memchr(part.p, ',', part.n) : NULL;
		return end ? str_sub(part, 0, (size_t)(end - part.p)) : part;
	}
	if (form != FORM_ADDRESS)
		return part;
	for (size_t i = part.n; i > 0; i--)
		if (part.p[i - 1] == ':')
			return str_sub(part, i, part.n);
	return STR_NONE;
}

bool port_text_replace(struct arena *arena, enum reference_form form, struct str text, uint16_t from, uint16_t to,
		       struct str *ret_text)
{
	struct buf out = BUF_INIT;
	bool found = false;
	size_t told = 0;

	for (size_t at = 0; at <= text.n;) {
		struct str part = port_part(form, text, at), number = str_trim(part);
		uint16_t port;

		if (number.n && port_number(number, &port) && port == from) {
			size_t start = (size_t)(number.p - text.p);

			buf_add(&out, str_sub(text, told, start));
			buf_addf(&out, "%u", to);
			told = start + number.n;
			found = true;
		}
		if (form != FORM_LIST)
			break;
		at += part.n + 1;
	}
	buf_add(&out, str_sub(text, told, text.n));
	if (found)
		*ret_text = str_copy(arena, buf_str(&out));
	buf_free(&out);
	return found;
}

bool port_text_says(enum reference_form form, struct str text, uint16_t port)
{
	for (size_t at = 0; at <= text.n;) {
		struct str part = port_part(form, text, at);
		uint16_t said;

		if (port_number(str_trim(part), &said) && said == port)
			return true;
		if (form != FORM_LIST)
			break;
		at += part.n + 1;
	}
	return false;
}

/* ---- places ---- */

struct walk {
	const struct port_reference *row;
	yaml_id object;
	port_place_found *found;
	void *data;
};

enum { PROTOCOL_LEVELS = 5 };

/* The protocol that stands nearest above a port: beside it, or with the rule that it is in. */
static enum port_protocol protocol_of(struct yaml_tree *tree, yaml_id object, yaml_id at)
{
	for (unsigned i = 0; i < PROTOCOL_LEVELS && at && at != object; i++, at = yaml_parent(tree, at)) {
		struct str text = yaml_is_map(tree, at) ? yaml_get_text(tree, at, "protocol") : STR_NONE;

		if (text.n)
			return port_protocol_of(str_is(text, "17") ? STR("UDP") : text);
	}
	return PROTOCOL_TCP;
}

static void tell(struct yaml_tree *tree, const struct walk *walk, yaml_id node, yaml_id parent, int64_t first,
		 int64_t last)
{
	struct port_place place = { node, parent, PROTOCOL_TCP, (uint16_t)first, (uint16_t)last };

	if (first <= 0 || first > UINT16_MAX || last < first || last > UINT16_MAX)
		return;
	place.protocol = protocol_of(tree, walk->object, parent);
	walk->found(tree, &place, walk->data);
}

static void read_list(struct yaml_tree *tree, const struct walk *walk, yaml_id node)
{
	struct str rest = yaml_text(tree, node), part;
	uint16_t port;

	while (str_cut(&rest, ',', &part))
		if (port_number(str_trim(part), &port))
			tell(tree, walk, node, yaml_parent(tree, node), port, port);
}

static void read_keys(struct yaml_tree *tree, const struct walk *walk, yaml_id map)
{
	YAML_EACH(tree, map, key) {
		uint16_t port;

		if (yaml_value(tree, key) && port_number(yaml_text(tree, key), &port))
			tell(tree, walk, yaml_value(tree, key), map, port, port);
	}
}

static void read_number(struct yaml_tree *tree, const struct walk *walk, yaml_id node)
{
	const struct port_reference *row = walk->row;
	yaml_id parent = yaml_parent(tree, node);
	struct str text = yaml_text(tree, node), low;
	int64_t first, last;
	uint16_t a, b;

	if (yaml_int(tree, node, &first)) {
		last = first;
		if (row->range)
			yaml_int(tree, yaml_get(tree, parent, row->range), &last);
		tell(tree, walk, node, parent, first, last);
	} else if (row->form == FORM_TEXT && port_number(text, &a)) {
		last = a;
		if (row->range)
			yaml_int(tree, yaml_get(tree, parent, row->range), &last);
		tell(tree, walk, node, parent, a, last);
	} else if (row->form != FORM_NUMBER && str_cut(&text, ':', &low) && port_number(low, &a) &&
		   port_number(text, &b)) {
		tell(tree, walk, node, parent, a, b); /* "80:90", as Calico has it */
	}
}

static void read_place(struct yaml_tree *tree, yaml_id node, void *data)
{
	const struct walk *walk = data;
	struct str part;
	uint16_t port;

	switch ((enum reference_form)walk->row->form) {
	case FORM_NUMBER:
	case FORM_TEXT:
	case FORM_EITHER:
		read_number(tree, walk, node);
		break;
	case FORM_LIST:
		read_list(tree, walk, node);
		break;
	case FORM_KEY:
		read_keys(tree, walk, node);
		break;
	case FORM_ADDRESS:
		part = port_part(FORM_ADDRESS, yaml_text(tree, node), 0);
		if (port_number(part, &port))
			tell(tree, walk, node, yaml_parent(tree, node), port, port);
		break;
	case FORM_SETTING:
		break; /* kube/config_files.h */
	}
}

/* Where the port may be absent: of the map that it would stand in. 0, "" and null count as absent. */
static void read_absent(struct yaml_tree *tree, yaml_id map, void *data)
{
	const struct walk *walk = data;
	const char *dot = strrchr(walk->row->ports, '.');
	yaml_id node = yaml_get(tree, map, dot ? dot + 1 : walk->row->ports);
	int64_t port;

	if (node && !yaml_is_null(tree, node) && yaml_text(tree, node).n &&
	    (!yaml_int(tree, node, &port) || port != 0)) {
		read_place(tree, node, data);
		return;
	}
	if (yaml_int(tree, yaml_get(tree, map, walk->row->absent), &port))
		tell(tree, walk, YAML_NONE, map, port, port);
}

void port_places_each(struct yaml_tree *tree, yaml_id object, yaml_id scope, const struct port_reference *row,
		      port_place_found *found, void *data)
{
	struct walk walk = { row, object, found, data };
	const char *dot;

	if (row->annotation) {
		YAML_EACH(tree, yaml_get_path(tree, object, "metadata.annotations"), key)
			if (fits(row->annotation, yaml_text(tree, key)))
				read_place(tree, yaml_value(tree, key), &walk);
	} else if (row->absent) {
		dot = strrchr(row->ports, '.');
		kube_paths_each(tree, scope, dot ? (struct str){ row->ports, (size_t)(dot - row->ports) } : STR_NONE,
				read_absent, &walk);
	} else if (row->ports) {
		kube_paths_each(tree, scope, str_of(row->ports), read_place, &walk);
	}
}

struct scopes {
	void (*found)(struct yaml_tree *tree, yaml_id scope, void *data);
	void *data;
};

static void tell_scope(struct yaml_tree *tree, yaml_id node, void *data)
{
	const struct scopes *scopes = data;

	scopes->found(tree, node, scopes->data);
}

void port_scopes_each(struct yaml_tree *tree, yaml_id object, const struct port_reference *row,
		      void (*found)(struct yaml_tree *tree, yaml_id scope, void *data), void *data)
{
	struct scopes scopes = { found, data };

	if (row->at)
		kube_paths_each(tree, object, str_of(row->at), tell_scope, &scopes);
	else
		found(tree, object, data);
}
