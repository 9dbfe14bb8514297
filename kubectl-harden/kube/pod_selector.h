/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pod selector: which pods an object means, in whatever way it says that, as tests of their labels.
 */

#include "kube/pod.h"
#include "kube/port_references.h"

struct label {
	struct str key, value;
};

enum label_operator { LABEL_IN, LABEL_NOT_IN, LABEL_EXISTS, LABEL_ABSENT };

struct label_test {
	struct str key;
	const struct str *values;
	uint32_t values_n;
	uint8_t op;
};

/* The pods that have all labels and pass all tests; with .named, those of that object instead. */
struct pod_selector {
	struct str namespace; /* theirs; empty: that of an object without one */
	const struct label *labels;
	const struct label_test *tests;
	const struct label *named; /* BY_SERVICE, BY_ITSELF, BY_WORKLOAD: kind and name; NULL */
	uint32_t labels_n, tests_n;
	bool all_namespaces;
	bool others;  /* it may mean pods that are not in the input: all of a namespace, or of several */
	bool unknown; /* which pods it means cannot be told: any of the namespace */
};

struct pod_selectors {
	struct pod_selector *items;
	size_t n, cap;
};

/*
 * pod_selectors_read() - adds whose ports the part @scope of @object names by @row, none where nobody's. Texts are
 * slices of the tree, or in the arena; the caller frees items.
 */
void pod_selectors_read(struct yaml_tree *tree, struct arena *arena, const struct kube_object *object, yaml_id scope,
			const struct port_reference *row, struct pod_selectors *selectors);

/* label_is_added() - whether a controller gives pods a label of that key, which no template holds. */
bool label_is_added(struct str key);

/* pod_selector_fits() - whether labels, sorted by key, pass its tests; those that controllers add pass any. */
bool pod_selector_fits(const struct pod_selector *selector, const struct label *labels, size_t n);

/* labels_find() - the label of that key among @n sorted ones, NULL for none. labels_sort() - sorts them. */
const struct label *labels_find(const struct label *labels, size_t n, struct str key);
void labels_sort(struct label *labels, size_t n);
