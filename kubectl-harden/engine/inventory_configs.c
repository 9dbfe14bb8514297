/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ConfigMaps in the inventory
 *
 * Only those values are kept that can say what a program listens on (kube/listener_settings.h); most ConfigMaps have
 * none and leave nothing behind.
 */
#include <stdlib.h>

#include "engine/inventory.h"
#include "engine/plan_names.h"
#include "kube/listener_settings.h"

/* Of one ConfigMap: one with more is as good as none. */
enum { ENTRIES_MAX = 1000 };

bool inventory_config(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	yaml_id data = yaml_get(tree, object->node, "data");
	struct inventory_config config = { .where = where };
	struct config_entry *entries;
	size_t n = 0;

	YAML_EACH(tree, data, key)
		n += config_entry_matters(yaml_text(tree, key), yaml_text(tree, yaml_value(tree, key)));
	if (!n || n > ENTRIES_MAX)
		return false;
	entries = ARENA_ARRAY(run->arena, struct config_entry, n);
	YAML_EACH(tree, data, key) {
		struct str value = yaml_text(tree, yaml_value(tree, key));
		struct yaml_refusal why;

		if (config.map.entries_n == n || !config_entry_matters(yaml_text(tree, key), value))
			continue;
		entries[config.map.entries_n].key = intern_str(&run->intern, yaml_text(tree, key));
		entries[config.map.entries_n++].value = str_copy(run->arena, value);
		if (!yaml_editable(tree, yaml_value(tree, key), &why))
			config.map.why_not = str_fmt(run->arena, "its value cannot be edited: %s", why.why);
	}
	if (yaml_is_true(tree, yaml_get(tree, object->node, "immutable")))
		config.map.why_not = STR("it is immutable");
	if (!config.map.why_not.n)
		config.map.why_not = inventory_why_kept(run, where, tree, object);
	if (yaml_get(tree, object->node, "$patch"))
		config.patch = true;
	config.map.entries = entries;
	config.map.namespace = intern_str(&run->intern, object->namespace);
	config.map.name = intern_str(&run->intern, object->name);
	VEC_PUSH(&run->inventory->configs, config);
	return true;
}

void inventory_configs_free(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->configs.n; i++) {
		free(inventory->configs.items[i].uses.items);
		free(inventory->configs.items[i].moves.items);
	}
	free(inventory->configs.items);
	if (inventory->config_names)
		plan_names_free(inventory->config_names);
	free(inventory->config_names);
}
