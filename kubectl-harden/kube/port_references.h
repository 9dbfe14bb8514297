/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Port references: the ways in which objects and annotations name a pod's port, from schemas/ports.yaml; where they
 * stand in an object, and how another port is said there.
 */

#include "kube/kinds.h"
#include "kube/ports.h"

enum reference_on { REFERENCE_ON_CONTAINER, REFERENCE_ON_POD, REFERENCE_ON_OBJECT };

enum reference_by {
	BY_SELECTOR,
	BY_LABELS,
	BY_ISTIO,
	BY_PEERS,
	BY_MONITOR,
	BY_SERVICES,
	BY_SERVICE,
	BY_ITSELF,
	BY_WORKLOAD,
	BY_CALICO,
	BY_CILIUM,
	BY_UNKNOWN,
};

enum reference_form {
	FORM_NUMBER,
	FORM_TEXT,
	FORM_EITHER,
	FORM_LIST,
	FORM_KEY,
	FORM_ADDRESS,
	FORM_SETTING,
};

enum reference_deed { DEED_MOVE, DEED_WIDEN, DEED_KEEP, DEED_LEAVE };

/* A row; paths are those of kube/kind_path.h, several with blanks between them, NULL where the row has none. */
struct port_reference {
	const char *name;
	const char *group, *kind; /* of REFERENCE_ON_OBJECT */
	const char *at, *whose;
	const char *ports;
	const char *annotation; /* one '*' stands for anything */
	const char *range;	/* key of a range's last port */
	const char *absent;	/* key whose value the port has where it is absent */
	uint8_t on, by, form, deed;
	bool serves;
};

/* Rows of objects, sorted by kind and group; and those of pods' annotations. Generated; containers are port_sites.c's. */
extern const struct port_reference port_references[];
extern const size_t port_references_n;
extern const struct port_reference pod_annotations[];
extern const size_t pod_annotations_n;

/* port_references_of() - the rows of a kind; *ret_n is 0 where there are none. */
const struct port_reference *port_references_of(const struct kube_kind *kind, size_t *ret_n);

/* pod_annotation_find() - the row of a pod's annotation, NULL where its name says nothing. */
const struct port_reference *pod_annotation_find(struct str name);

/* port_annotation_find() - likewise of an object of @kind. */
const struct port_reference *port_annotation_find(const struct kube_kind *kind, struct str name);

/* A place that names a port, or a range of them. */
struct port_place {
	yaml_id node;	/* the scalar; FORM_KEY: the value behind the key; absent: YAML_NONE */
	yaml_id parent; /* the map that it stands in, or should; the list, where it is an item of one */
	enum port_protocol protocol;
	uint16_t first, last;
};

typedef void port_place_found(struct yaml_tree *tree, const struct port_place *place, void *data);

/*
 * port_scopes_each() - calls @found for each part of the object at @object that @row's `at` leads to.
 * port_places_each() - calls @found for each port that the part @scope of @object names by @row.
 */
void port_scopes_each(struct yaml_tree *tree, yaml_id object, const struct port_reference *row,
		      void (*found)(struct yaml_tree *tree, yaml_id scope, void *data), void *data);
void port_places_each(struct yaml_tree *tree, yaml_id object, yaml_id scope, const struct port_reference *row,
		      port_place_found *found, void *data);

/*
 * port_text_replace() - @text, in @form, with @to in the place of @from; in @arena. False where it does not say @from.
 * port_text_says() - whether it does.
 */
bool port_text_replace(struct arena *arena, enum reference_form form, struct str text, uint16_t from, uint16_t to,
		       struct str *ret_text);
bool port_text_says(enum reference_form form, struct str text, uint16_t port);
