/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Move: what other objects than pods say of a port, once it moves: Services and the references of schemas/ports.yaml.
 */

#include "engine/inventory.h"

/*
 * move_config() - the values of a ConfigMap that say ports which move, a change each.
 * move_service(), move_files() - the ports of a Service, or in the files of a ConfigMap, that follow their pods, a
 * change each. move_references() - likewise what the
 * references @first to @first + @n of the inventory say, all of them of @object.
 */
void move_service(struct fix_context *fix, const struct service *service);
void move_config(struct fix_context *fix, const struct inventory_config *config);
void move_files(struct run *run, struct fix_context *fix, const struct config_files *config);
void move_references(struct run *run, struct fix_context *fix, const struct reference *references, size_t n);
