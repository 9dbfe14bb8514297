/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/image_ports.h"

static bool is_named(const struct image_fact *facts, struct str name)
{
	for (size_t i = 0; i < facts->moves_n; i++)
		if (facts->moves[i].env && str_is(name, facts->moves[i].env))
			return true;
	for (size_t i = 0; i < facts->env_n; i++)
		if (str_is(name, facts->env[i].name))
			return true;
	/* "PORT" is in the name of many. */
	return name.n && facts->set_by && !str_is(name, "PORT") && str_find(str_of(facts->set_by), name, 0) != SIZE_MAX;
}

bool image_obeys(const struct kube_container *container, struct str name, const struct listener *listener,
		 uint16_t port)
{
	if (listener && (listener->dotnet || !image_fact_listens(container->known->facts, port)))
		return true;
	return container->known->facts && is_named(container->known->facts, name);
}

bool image_is_moved(const struct kube_pod *pod, const struct kube_container *container, uint16_t port)
{
	static const struct listener plain = { .forms = LISTENER_NUMBER };

	YAML_EACH(pod->tree, yaml_get(pod->tree, container->node, "env"), item) {
		struct str name = yaml_get_text(pod->tree, item, "name");
		const struct listener *listener = listener_find_env(name);

		if (image_obeys(container, name, listener, port) &&
		    !listener_says(listener ? listener : &plain, yaml_get_text(pod->tree, item, "value"), port))
			return true;
	}
	return false;
}
