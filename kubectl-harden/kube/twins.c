/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Twins
 *
 * The twin of nginx listens on 8080 because its own configuration says so. So it takes the place of the other only
 * where nothing else says what is listened on: no mounted configuration, no command of the manifest's.
 */
#include "kube/twins.h"

static bool mounts_config(const struct kube_pod *pod, const struct kube_container *container)
{
	const struct image_texts *config = &container->known->facts->config;

	YAML_EACH(pod->tree, yaml_get(pod->tree, container->node, "volumeMounts"), mount) {
		struct str path = yaml_get_text(pod->tree, mount, "mountPath");

		for (size_t i = 0; i < config->n; i++) {
			struct str place = str_of(config->items[i]);

			if (image_path_is(path, place) || image_path_is_in(path, place) ||
			    image_path_is_in(place, path))
				return true;
		}
	}
	return false;
}

static const struct image_fact *twin_of(const struct kube_container *container, struct arena *arena)
{
	struct image_ref ref;

	return image_ref_parse(arena, container->known->twin, &ref) ? image_fact_lookup(NULL, arena, &ref, NULL) : NULL;
}

/* A port that neither listens on: then something listens that is not known. */
static bool has_other_ports(const struct kube_pod *pod, const struct kube_container *container, struct arena *arena)
{
	const struct image_fact *twin = twin_of(container, arena);

	YAML_EACH(pod->tree, yaml_get(pod->tree, container->node, "ports"), item) {
		int64_t port;

		if (!yaml_int(pod->tree, yaml_get(pod->tree, item, "containerPort"), &port) || port <= 0 ||
		    port > 65535)
			return true;
		if (!image_fact_listens(container->known->facts, (uint16_t)port) &&
		    !image_fact_listens(twin, (uint16_t)port))
			return true;
	}
	return false;
}

const char *twin_obstacle(const struct kube_pod *pod, const struct kube_container *container, struct arena *arena)
{
	if (mounts_config(pod, container))
		return "what it listens on is said by the configuration that is mounted, which may be a port below 1024; "
		       "replace the image together with it";
	if (yaml_count(pod->tree, yaml_get(pod->tree, container->node, "command")) ||
	    yaml_count(pod->tree, yaml_get(pod->tree, container->node, "args")))
		return "the manifest says which program runs in it, and how; replace the image by hand";
	if (has_other_ports(pod, container, arena))
		return "it declares a port that neither image is known to listen on; replace the image by hand";
	return NULL;
}

bool twin_moves(const struct kube_container *container, struct arena *arena, uint16_t port, uint16_t target)
{
	const struct image_fact *twin = container->known->twin.n ? twin_of(container, arena) : NULL;

	return twin && image_fact_listens(container->known->facts, port) && image_fact_listens(twin, target) &&
	       !image_fact_listens(twin, port);
}

void twin_refresh(struct kube_pod *pod, struct arena *arena, const struct kube_own *own)
{
	for (size_t i = 0; i < pod->containers_n; i++) {
		struct kube_container *container = &pod->containers[i];
		struct str image = yaml_get_text(pod->tree, container->node, "image");

		if (!image.n || str_eq(image, container->image))
			continue;
		container->image = image;
		container->known = known_image_find(NULL, arena, own, image);
	}
}
