/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pod selector
 *
 * What cannot be read is unknown, and unknown is told apart from nobody: a port that an unknown selector may mean does
 * not move.
 */
#include "kube/pod_selector.h"

#include <stdlib.h>

#include "kube/calico_selector.h"
#include "kube/kind_path.h"

/* ---- labels ---- */

bool label_is_added(struct str key)
{
	static const char *const keys[] = { "statefulset.kubernetes.io/pod-name",
					    "apps.kubernetes.io/pod-index",
					    "job-name",
					    "batch.kubernetes.io/job-name",
					    "pod-template-hash",
					    "controller-revision-hash" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

static int by_key(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	return str_cmp(x->key, y->key);
}

void labels_sort(struct label *labels, size_t n)
{
	if (n > 1)
		qsort(labels, n, sizeof(*labels), by_key);
}

const struct label *labels_find(const struct label *labels, size_t n, struct str key)
{
	const struct label wanted = { .key = key };

	return n ? bsearch(&wanted, labels, n, sizeof(*labels), by_key) : NULL;
}

static bool holds(const struct label_test *test, struct str value)
{
	for (uint32_t i = 0; i < test->values_n; i++)
		if (str_eq(test->values[i], value))
			return true;
	return false;
}

static bool passes(const struct label_test *test, const struct label *label)
{
	bool added = !label && label_is_added(test->key);

	switch ((enum label_operator)test->op) {
	case LABEL_IN:
		return label ? holds(test, label->value) : added;
	case LABEL_NOT_IN:
		return !label || !holds(test, label->value);
	case LABEL_EXISTS:
		return label || added;
	case LABEL_ABSENT:
		return !label && !added;
	}
	return false;
}

bool pod_selector_fits(const struct pod_selector *selector, const struct label *labels, size_t n)
{
	for (uint32_t i = 0; i < selector->labels_n; i++) {
		const struct label *label = labels_find(labels, n, selector->labels[i].key);

		if (label ? !str_eq(label->value, selector->labels[i].value) : !label_is_added(selector->labels[i].key))
			return false;
	}
	for (uint32_t i = 0; i < selector->tests_n; i++)
		if (!passes(&selector->tests[i], labels_find(labels, n, selector->tests[i].key)))
			return false;
	return true;
}

/* ---- reading ---- */

struct reader {
	struct yaml_tree *tree;
	struct arena *arena;
	const struct kube_object *object;
	struct pod_selectors *selectors;
};

/* One that means all pods of the object's namespace. */
static struct pod_selector of_namespace(const struct reader *reader)
{
	const struct kube_kind *kind = reader->object->kind;

	return (struct pod_selector){
		.namespace = reader->object->namespace,
		.all_namespaces = kind && (kind->flags & KIND_CLUSTER),
	};
}

static void add(const struct reader *reader, const struct pod_selector *selector)
{
	VEC_PUSH(reader->selectors, *selector);
	if (!selector->tests_n && !selector->named)
		reader->selectors->items[reader->selectors->n - 1].others = true;
}

static struct str *values_of(const struct reader *reader, yaml_id list, uint32_t *ret_n)
{
	struct str *values = ARENA_ARRAY(reader->arena, struct str, yaml_count(reader->tree, list) + 1);

	*ret_n = 0;
	YAML_EACH(reader->tree, list, item)
		values[(*ret_n)++] = yaml_text(reader->tree, item);
	return values;
}

static bool read_expression(const struct reader *reader, yaml_id item, struct label_test *ret_test)
{
	static const char *const names[] = { "In", "NotIn", "Exists", "DoesNotExist" };
	struct str word = yaml_get_text(reader->tree, item, "operator");

	*ret_test = (struct label_test){ .key = yaml_get_text(reader->tree, item, "key") };
	ret_test->values = values_of(reader, yaml_get(reader->tree, item, "values"), &ret_test->values_n);
	for (uint8_t i = 0; i < 4; i++) {
		ret_test->op = i;
		if (str_is(word, names[i]))
			return ret_test->key.n > 0;
	}
	return false;
}

/* The tests of a label selector, or of a plain map of labels; unknown where they cannot be read. */
static void read_tests(const struct reader *reader, yaml_id node, struct pod_selector *selector)
{
	struct yaml_tree *tree = reader->tree;
	yaml_id labels = yaml_get(tree, node, "matchLabels"), list = yaml_get(tree, node, "matchExpressions");
	struct label_test *tests;

	if (!labels && !list)
		labels = node;
	tests = ARENA_ARRAY(reader->arena, struct label_test, yaml_count(tree, labels) + yaml_count(tree, list) + 1);
	selector->tests = tests;
	YAML_EACH(tree, labels, key) {
		struct str *value = ARENA_NEW(reader->arena, struct str);

		if (!yaml_is_scalar(tree, yaml_value(tree, key)))
			selector->unknown = true;
		*value = yaml_text(tree, yaml_value(tree, key));
		tests[selector->tests_n++] = (struct label_test){ yaml_text(tree, key), value, 1, LABEL_IN };
	}
	YAML_EACH(tree, list, item)
		if (!read_expression(reader, item, &tests[selector->tests_n++]))
			selector->unknown = true;
}

/* ---- NetworkPolicy ---- */

/* The namespaces that a peer means; those of a label that only the cluster knows may be any. */
static void read_namespaces(const struct reader *reader, yaml_id node, struct pod_selector *selector)
{
	struct pod_selector names = { 0 };

	read_tests(reader, node, &names);
	if (names.tests_n == 1 && names.tests[0].op == LABEL_IN && names.tests[0].values_n == 1 &&
	    str_is(names.tests[0].key, "kubernetes.io/metadata.name")) {
		selector->namespace = names.tests[0].values[0];
		return;
	}
	selector->all_namespaces = selector->others = true;
}

static void read_peers(const struct reader *reader, yaml_id list)
{
	struct yaml_tree *tree = reader->tree;
	struct pod_selector all = { .all_namespaces = true };

	if (!yaml_first(tree, list))
		add(reader, &all);
	YAML_EACH(tree, list, peer) {
		yaml_id pods = yaml_get(tree, peer, "podSelector");
		yaml_id namespaces = yaml_get(tree, peer, "namespaceSelector");
		struct pod_selector selector = of_namespace(reader);

		/* Addresses are those of others than pods. */
		if (!pods && !namespaces)
			continue;
		if (namespaces)
			read_namespaces(reader, namespaces, &selector);
		if (pods)
			read_tests(reader, pods, &selector);
		add(reader, &selector);
	}
}

/* ---- the Prometheus op ---- */

static void read_monitor(const struct reader *reader, yaml_id scope, yaml_id node)
{
	struct yaml_tree *tree = reader->tree;
	yaml_id namespaces = yaml_get(tree, scope, "namespaceSelector"),
		names = yaml_get(tree, namespaces, "matchNames");
	struct pod_selector selector = of_namespace(reader);

	read_tests(reader, node, &selector);
	selector.all_namespaces = yaml_is_true(tree, yaml_get(tree, namespaces, "any"));
	if (selector.all_namespaces || !yaml_first(tree, names)) {
		add(reader, &selector);
		return;
	}
	YAML_EACH(tree, names, name) {
		selector.namespace = yaml_text(tree, name);
		add(reader, &selector);
	}
}

/* ---- Cilium ---- */

/* Labels may have their source before them; one of them is the namespace. Others are not of pods. */
static void read_cilium_labels(struct pod_selector *selector, struct label_test *tests, uint32_t n)
{
	selector->tests = tests;
	for (uint32_t i = 0; i < n; i++) {
		struct label_test test = tests[i];

		if (str_starts(test.key, STR("k8s:")) || str_starts(test.key, STR("any:")))
			test.key = str_sub(test.key, 4, test.key.n);
		if (str_is(test.key, "io.kubernetes.pod.namespace")) {
			if (test.op == LABEL_IN && test.values_n == 1) {
				selector->namespace = test.values[0];
				selector->all_namespaces = false;
			} else {
				selector->all_namespaces = selector->others = true;
			}
			continue;
		}
		if (str_starts(test.key, STR("reserved:")) || str_starts(test.key, STR("io.cilium.")) ||
		    str_starts(test.key, STR("io.kubernetes.pod.")))
			selector->unknown = true;
		tests[selector->tests_n++] = test;
	}
}

static void read_endpoints(const struct reader *reader, yaml_id node)
{
	struct pod_selector raw = { 0 }, selector = of_namespace(reader);
	struct label_test *tests;

	read_tests(reader, node, &raw);
	tests = ARENA_ARRAY(reader->arena, struct label_test, raw.tests_n + 1);
	if (raw.tests_n)
		memcpy(tests, raw.tests, raw.tests_n * sizeof(*tests));
	selector.unknown = raw.unknown;
	read_cilium_labels(&selector, tests, raw.tests_n);
	add(reader, &selector);
}

/* Whether pods are among the entities; `world` and `host` are others. */
static bool means_pods(const struct reader *reader, yaml_id entities)
{
	YAML_EACH(reader->tree, entities, item)
		if (str_is(yaml_text(reader->tree, item), "all") || str_is(yaml_text(reader->tree, item), "cluster"))
			return true;
	return !yaml_first(reader->tree, entities);
}

static void read_cilium(const struct reader *reader, yaml_id scope, yaml_id node)
{
	struct pod_selector all = { .all_namespaces = true };

	if (!yaml_is_seq(reader->tree, node)) {
		if (node)
			read_endpoints(reader, node);
		else if (means_pods(reader, yaml_get(reader->tree, scope, "toEntities")))
			add(reader, &all);
		return;
	}
	YAML_EACH(reader->tree, node, item)
		read_endpoints(reader, item);
}

/* ---- */

static void read_calico(const struct reader *reader, yaml_id node)
{
	struct pod_selector selector = of_namespace(reader);

	selector.unknown = !calico_selector_read(reader->arena, yaml_text(reader->tree, node), &selector);
	add(reader, &selector);
}

static void read_named(const struct reader *reader, struct str kind, struct str name)
{
	struct pod_selector selector = of_namespace(reader);
	struct label *named = ARENA_NEW(reader->arena, struct label);

	*named = (struct label){ kind, name };
	selector.named = named;
	if (name.n)
		add(reader, &selector);
}

static void read_labels(const struct reader *reader, yaml_id node, bool istio)
{
	struct pod_selector selector = of_namespace(reader);

	/* The root namespace, unless somebody named another. */
	if (istio && str_is(selector.namespace, "istio-system"))
		selector.all_namespaces = selector.others = true;
	read_tests(reader, node, &selector);
	add(reader, &selector);
}

static void take_node(struct yaml_tree *tree, yaml_id node, void *data)
{
	yaml_id *found = data;

	(void)tree;
	if (!*found)
		*found = node;
}

void pod_selectors_read(struct yaml_tree *tree, struct arena *arena, const struct kube_object *object, yaml_id scope,
			const struct port_reference *row, struct pod_selectors *selectors)
{
	const struct reader reader = { tree, arena, object, selectors };
	struct pod_selector unknown = of_namespace(&reader);
	yaml_id node = YAML_NONE;

	if (row->whose)
		kube_paths_each(tree, scope, str_of(row->whose), take_node, &node);
	switch ((enum reference_by)row->by) {
	case BY_SELECTOR:
	case BY_LABELS:
	case BY_ISTIO:
		read_labels(&reader, node, row->by == BY_ISTIO);
		break;
	case BY_PEERS:
		read_peers(&reader, node);
		break;
	case BY_MONITOR:
	case BY_SERVICES:
		read_monitor(&reader, scope, node);
		break;
	case BY_SERVICE:
		read_named(&reader, STR("Service"), yaml_text(tree, node));
		break;
	case BY_ITSELF:
		read_named(&reader, STR("Service"), object->name);
		break;
	case BY_WORKLOAD:
		read_named(&reader, yaml_get_text(tree, node, "kind"), yaml_get_text(tree, node, "name"));
		break;
	case BY_CALICO:
		read_calico(&reader, node);
		break;
	case BY_CILIUM:
		read_cilium(&reader, scope, node);
		break;
	case BY_UNKNOWN:
		unknown.unknown = true;
		add(&reader, &unknown);
		break;
	}
}
