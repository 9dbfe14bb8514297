/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Homes: the Namespaces of the input, and the workloads that live in them.
 */

#include "engine/inventory.h"

/* homes_expect() - see run_expect(): whether Namespaces are asked for at all. */
void homes_expect(struct run *run, const struct source_options *options);

/* inventory_home() - records the Namespace @object of the tree. */
void inventory_home(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);

/* plan_homes() - finds the home of each workload. */
void plan_homes(struct run *run);

/* homes_judge() - what Pod Security says of the workloads of @document, as they come out in @tree. */
void homes_judge(struct run *run, const struct source_options *options, const struct document *document,
		 struct yaml_tree *tree);

/* homes_decide() - what each Namespace can enforce, once all workloads were judged. */
void homes_decide(struct run *run);
