/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Input: manifests made to measure, for tests/bench/bench.c.
 */

#include "base/str.h"

/* input_deployments() - at least @bytes of Deployments that ask for every usual change; input_list(): as one List. */
void input_deployments(struct buf *out, size_t bytes);
void input_list(struct buf *out, size_t bytes);

/* input_services() - @n Deployments that listen on port 80, each with the Service that leads to it. */
void input_policies(struct buf *out, size_t n);
void input_services(struct buf *out, size_t n);

/* input_definitions() - at least @bytes of custom resource definitions, with a Deployment now and then. */
void input_definitions(struct buf *out, size_t bytes);
