/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory of configuration
 *
 * Which low ports the files of a ConfigMap say, and which ConfigMaps the containers of a workload mount as files.
 */
#include <stdlib.h>

#include "engine/inventory.h"
#include "kube/config_files.h"

/* ---- ConfigMaps ---- */

struct recorder {
	struct run *run;
	struct yaml_tree *tree;
	yaml_id file; /* at hand */
	struct {
		struct file_port *items;
		size_t n, cap;
	} ports;
	struct str why_not;
	bool low; /* one of them is */
};

/* What one ConfigMap says, and what a pod mounts; nobody's are more. */
enum { PORTS_MAX = 64, MOUNTS_MAX = 64 };

static void add_port(void *data, enum config_saying saying, uint16_t number)
{
	struct recorder *recorder = data;
	struct file_port port = {
		.port = number,
		.saying = (uint8_t)saying,
		.file = intern_str(&recorder->run->intern,
				   yaml_text(recorder->tree, yaml_key(recorder->tree, recorder->file))),
	};
	struct yaml_refusal why;

	if (recorder->ports.n == PORTS_MAX) {
		recorder->why_not = STR("it names too many ports");
		return;
	}
	for (size_t i = 0; i < recorder->ports.n; i++) {
		const struct file_port *known = &recorder->ports.items[i];

		if (known->port == number && known->saying == port.saying && str_eq(known->file, port.file))
			return;
	}
	if (saying == CONFIG_LISTENS && !yaml_editable(recorder->tree, recorder->file, &why))
		recorder->why_not = str_fmt(recorder->run->arena, "its text cannot be edited: %s", why.why);
	recorder->low |= number < PORT_FIRST_FREE;
	VEC_PUSH(&recorder->ports, port);
}

bool inventory_files(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	struct recorder recorder = { .run = run, .tree = tree };
	struct config_files config = { .where = where };

	YAML_EACH(tree, yaml_get(tree, object->node, "data"), key) {
		recorder.file = yaml_value(tree, key);
		if (yaml_is_scalar(tree, recorder.file) && recorder.ports.n < PORTS_MAX)
			config_ports(yaml_text(tree, key), yaml_text(tree, recorder.file), add_port, &recorder);
	}
	if (recorder.low) {
		if (yaml_is_true(tree, yaml_get(tree, object->node, "immutable")))
			recorder.why_not = STR("it is immutable");
		config.namespace = intern_str(&run->intern, object->namespace);
		config.name = intern_str(&run->intern, object->name);
		config.why_not = recorder.why_not;
		if (!config.why_not.n)
			config.why_not = inventory_why_kept(run, where, tree, object);
		config.ports = ARENA_ARRAY(run->arena, struct file_port, recorder.ports.n);
		memcpy(config.ports, recorder.ports.items, recorder.ports.n * sizeof(*config.ports));
		config.ports_n = (uint32_t)recorder.ports.n;
		VEC_PUSH(&run->inventory->files, config);
	}
	free(recorder.ports.items);
	return config.ports_n > 0;
}

/* ---- mounts ---- */

struct mounts {
	struct run *run;
	struct kube_pod *pod;
	struct {
		struct file_mount *items;
		size_t n, cap;
	} found;
};

static void add_mount(struct mounts *mounts, size_t container, struct str name)
{
	struct file_mount mount = { .name = intern_str(&mounts->run->intern, name), .container = (int)container };

	if (!name.n || mounts->found.n == MOUNTS_MAX)
		return;
	for (size_t i = 0; i < mounts->found.n; i++)
		if (mounts->found.items[i].container == mount.container &&
		    str_eq(mounts->found.items[i].name, mount.name))
			return;
	VEC_PUSH(&mounts->found, mount);
}

static void add_volume(struct mounts *mounts, size_t container, yaml_id volume)
{
	struct yaml_tree *tree = mounts->pod->tree;

	add_mount(mounts, container, yaml_get_text(tree, yaml_get(tree, volume, "configMap"), "name"));
	YAML_EACH(tree, yaml_get_path(tree, volume, "projected.sources"), source)
		add_mount(mounts, container, yaml_get_text(tree, yaml_get(tree, source, "configMap"), "name"));
}

void inventory_mounts(struct run *run, struct kube_pod *pod, struct workload *workload)
{
	struct yaml_tree *tree = pod->tree;
	struct mounts mounts = { .run = run, .pod = pod };

	if (!yaml_may_have(tree, STR("configMap")))
		return;
	for (size_t i = 0; i < pod->containers_n; i++)
		YAML_EACH(tree, yaml_get(tree, pod->containers[i].node, "volumeMounts"), mount)
			add_volume(&mounts, i, kube_pod_volume(pod, yaml_get_text(tree, mount, "name")));
	if (mounts.found.n) {
		workload->mounts = ARENA_ARRAY(run->arena, struct file_mount, mounts.found.n);
		memcpy(workload->mounts, mounts.found.items, mounts.found.n * sizeof(*workload->mounts));
		workload->mounts_n = (uint32_t)mounts.found.n;
	}
	free(mounts.found.items);
}
