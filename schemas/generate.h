/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Generate: what the readers of the knowledge files share.
 *
 * Each table has a function that reads its file through kube/schema.h, checks it, sorts its rows and appends the
 * constant tables to the output. It returns false with the schema's error set.
 */

#include "kube/schema.h"

/* emit_kinds() - kinds.yaml: kube_kinds[] of kube/kinds.h. emit_orders() - fields.yaml: order_* of kube/pod.h. */
bool emit_kinds(struct schema *schema, struct buf *out);
bool emit_orders(struct schema *schema, struct buf *out);

/* emit_pod_security() - pod-security.yaml: the tables of kube/pod_security.h. */
bool emit_pod_security(struct schema *schema, struct buf *out);

/* emit_dotnet() - dotnet.yaml: dotnet_rules of kube/dotnet.h. */
bool emit_dotnet(struct schema *schema, struct buf *out);

/* emit_images() - images.yaml: image_facts of kube/image_facts.h. */
bool emit_images(struct schema *schema, struct buf *out);

/* emit_listeners() - listeners.yaml: the tables of kube/listeners.h and kube/config_files.h. */
bool emit_listeners(struct schema *schema, struct buf *out);

/* emit_merge_keys() - merge-keys.yaml: kube_merge_kinds[] of kube/merge_keys.h. */
bool emit_merge_keys(struct schema *schema, struct buf *out);

/* emit_ports() - ports.yaml: port_moves, port_reserved of kube/listeners.h, and the tables of kube/port_references.h. */
bool emit_ports(struct schema *schema, struct buf *out);

/* read_source() - a row says where it is from. */
bool read_source(struct schema *schema, yaml_id row);

/* emit_string() - a C string literal, or NULL. */
void emit_string(struct buf *out, const char *text);

/* emit_strings() - "(const char *const[]){ "a", "b" }, 2", or "NULL, 0": a pointer and its count. */
void emit_strings(struct buf *out, const char *const *texts, size_t n);
