/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory of references
 *
 * What objects other than Services say of pods' ports, by the rows of schemas/ports.yaml. A row that is only kept, and
 * whose pods are not told, is a pin of the numbers that it names.
 */
#include <stdlib.h>

#include "engine/inventory.h"
#include "kube/port_references.h"

struct recorder {
	struct run *run;
	struct where where;
	struct yaml_tree *tree;
	const struct kube_object *object;
	const struct port_reference *row;
	unsigned scope; /* of the row, so far */
	struct {
		struct reference_port *items;
		size_t n, cap;
	} ports;       /* of the scope */
	size_t places; /* likewise */
	bool crowded;  /* likewise: it names more than we look at */
	struct str why_not;
	bool found;
};

static struct str keep(struct recorder *recorder, struct str text)
{
	return intern_str(&recorder->run->intern, text);
}

/* What an edit would have to change: the port itself, or the list that another one goes into. */
static yaml_id edited(const struct recorder *recorder, const struct port_place *place)
{
	struct yaml_tree *tree = recorder->tree;

	if (recorder->row->form == FORM_KEY || !place->node)
		return place->parent;
	if (recorder->row->deed == DEED_WIDEN)
		return yaml_is_seq(tree, place->parent) ? place->parent : yaml_parent(tree, place->parent);
	return place->node;
}

/* What one part of an object names; nobody's names more. */
enum { PLACES_MAX = 1 << 13, PORTS_MAX = 256 };

static void add_port(struct yaml_tree *tree, const struct port_place *place, void *data)
{
	struct recorder *recorder = data;
	struct yaml_refusal why;

	recorder->crowded |= recorder->places++ > PLACES_MAX || recorder->ports.n == PORTS_MAX;
	if (place->first >= PORT_FIRST_FREE || recorder->crowded)
		return;
	for (size_t i = 0; i < recorder->ports.n; i++) {
		const struct reference_port *port = &recorder->ports.items[i];

		if (port->protocol == place->protocol && port->first == place->first && port->last == place->last)
			return;
	}
	if (!recorder->why_not.n && recorder->row->deed < DEED_KEEP &&
	    (!yaml_editable(tree, edited(recorder, place), &why) ||
	     (place->node && !yaml_editable(tree, place->node, &why))))
		recorder->why_not =
			str_fmt(recorder->run->arena, "a place that names it cannot be edited: %s", why.why);
	if (!recorder->why_not.n && recorder->row->deed == DEED_MOVE && place->last > place->first)
		recorder->why_not = STR("it names a range of ports");
	VEC_PUSH(&recorder->ports, (struct reference_port){ place->protocol, place->first, place->last });
}

/* ---- whose they are ---- */

/* What asks for nothing but labels, as most selectors do, is kept as labels: those of the pods are the same. */
static bool keep_labels(struct recorder *recorder, struct pod_selector *selector)
{
	struct label *labels;

	for (uint32_t i = 0; i < selector->tests_n; i++)
		if (selector->tests[i].op != LABEL_IN || selector->tests[i].values_n != 1)
			return false;
	labels = xrealloc_array(NULL, selector->tests_n + 1, sizeof(*labels));
	for (uint32_t i = 0; i < selector->tests_n; i++)
		labels[i] = (struct label){ keep(recorder, selector->tests[i].key),
					    keep(recorder, selector->tests[i].values[0]) };
	labels_sort(labels, selector->tests_n);
	selector->labels_n = selector->tests_n;
	selector->labels = selector->labels_n
				   ? intern_bytes(&recorder->run->intern, labels, selector->labels_n * sizeof(*labels))
				   : NULL;
	free(labels);
	selector->tests = NULL;
	selector->tests_n = 0;
	return true;
}

static void keep_tests(struct recorder *recorder, struct pod_selector *selector)
{
	struct label_test *tests;

	if (keep_labels(recorder, selector))
		return;
	tests = xrealloc_array(NULL, selector->tests_n, sizeof(*tests));
	for (uint32_t i = 0; i < selector->tests_n; i++) {
		const struct label_test *from = &selector->tests[i];
		struct str *values = xrealloc_array(NULL, from->values_n + 1, sizeof(*values));

		for (uint32_t k = 0; k < from->values_n; k++)
			values[k] = keep(recorder, from->values[k]);
		/* Padding, too: what is the same is kept once, as bytes. */
		memset(&tests[i], 0, sizeof(tests[i]));
		tests[i].key = keep(recorder, from->key);
		tests[i].values_n = from->values_n;
		tests[i].op = from->op;
		if (from->values_n)
			tests[i].values =
				intern_bytes(&recorder->run->intern, values, from->values_n * sizeof(*values));
		free(values);
	}
	selector->tests = intern_bytes(&recorder->run->intern, tests, selector->tests_n * sizeof(*tests));
	free(tests);
}

static void keep_selectors(struct recorder *recorder, yaml_id scope, struct reference *reference)
{
	struct pod_selectors found = { 0 };

	pod_selectors_read(recorder->tree, recorder->run->scratch, recorder->object, scope, recorder->row, &found);
	reference->selectors = ARENA_ARRAY(recorder->run->arena, struct pod_selector, found.n + 1);
	for (size_t i = 0; i < found.n; i++) {
		struct pod_selector *selector = &reference->selectors[i];

		*selector = found.items[i];
		selector->namespace = keep(recorder, selector->namespace);
		if (selector->named) {
			struct label named = { keep(recorder, selector->named->key),
					       keep(recorder, selector->named->value) };

			selector->named = intern_bytes(&recorder->run->intern, &named, sizeof(named));
		}
		keep_tests(recorder, selector);
		reference->others |= selector->others;
	}
	reference->selectors_n = (uint32_t)found.n;
	free(found.items);
}

/* ---- records ---- */

static void push_pin(struct recorder *recorder)
{
	struct pin pin = {
		.where = recorder->where,
		.namespace = keep(recorder, recorder->object->namespace),
		.cluster = (recorder->object->kind->flags & KIND_CLUSTER) != 0,
		.kind = keep(recorder, recorder->object->kind_name),
		.name = keep(recorder, recorder->object->name),
	};

	for (size_t i = 0; i < recorder->ports.n; i++)
		for (unsigned port = recorder->ports.items[i].first;
		     port <= recorder->ports.items[i].last && port < PORT_FIRST_FREE; port++)
			pin.ports[port / 64] |= (uint64_t)1 << (port % 64);
	VEC_PUSH(&recorder->run->inventory->pins, pin);
}

/* It may name any port, and moves none. */
static void crowd(struct recorder *recorder)
{
	recorder->why_not = STR("it names too many ports");
	recorder->ports.n = 0;
	for (int protocol = PROTOCOL_TCP; protocol <= PROTOCOL_SCTP; protocol++)
		VEC_PUSH(&recorder->ports,
			 (struct reference_port){ (enum port_protocol)protocol, 1, PORT_FIRST_FREE - 1 });
}

static void push_reference(struct recorder *recorder, yaml_id scope)
{
	struct reference reference = {
		.where = recorder->where,
		.row = recorder->row,
		.scope = recorder->scope,
		.namespace = keep(recorder, recorder->object->namespace),
		.name = keep(recorder, recorder->object->name),
		.why_not = recorder->why_not,
		.places_n = (uint32_t)recorder->places,
	};

	if (!reference.why_not.n)
		reference.why_not =
			inventory_why_kept(recorder->run, recorder->where, recorder->tree, recorder->object);
	keep_selectors(recorder, scope, &reference);
	if (!reference.selectors_n)
		return;
	reference.ports_n = (uint32_t)recorder->ports.n;
	reference.ports = ARENA_ARRAY(recorder->run->arena, struct reference_port, recorder->ports.n);
	memcpy(reference.ports, recorder->ports.items, recorder->ports.n * sizeof(*recorder->ports.items));
	VEC_PUSH(&recorder->run->inventory->references, reference);
	recorder->found = true;
}

static void record_scope(struct yaml_tree *tree, yaml_id scope, void *data)
{
	struct recorder *recorder = data;

	recorder->ports.n = recorder->places = 0;
	recorder->crowded = false;
	recorder->why_not = STR_NONE;
	port_places_each(tree, recorder->object->node, scope, recorder->row, add_port, recorder);
	if (recorder->crowded && recorder->ports.n)
		crowd(recorder);
	if (recorder->ports.n && recorder->row->by == BY_UNKNOWN)
		push_pin(recorder);
	else if (recorder->ports.n)
		push_reference(recorder, scope);
	recorder->scope++;
}

/* Whether a row is looked at here: a Service's own ports are its own record's. */
static bool is_recorded(const struct recorder *recorder, const struct port_reference *row)
{
	bool service = (recorder->object->kind->flags & KIND_SERVICE) != 0;

	return row->deed != DEED_LEAVE && row->form != FORM_SETTING && (row->annotation || (row->ports && !service));
}

bool inventory_references(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	struct recorder recorder = { .run = run, .where = where, .tree = tree, .object = object };
	size_t n;
	const struct port_reference *rows = port_references_of(object->kind, &n);
	bool whole = !n && !(object->kind->flags & KIND_SERVICE);

	for (size_t i = 0; i < n; i++) {
		recorder.row = &rows[i];
		recorder.scope = 0;
		whole |= rows[i].deed == DEED_KEEP && !rows[i].ports && !rows[i].annotation;
		if (is_recorded(&recorder, &rows[i]))
			port_scopes_each(tree, object->node, &rows[i], record_scope, &recorder);
	}
	if (whole)
		inventory_pin(run, where, tree, object);
	free(recorder.ports.items);
	return recorder.found;
}
