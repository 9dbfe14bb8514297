/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/data_place.h"

#include <string.h>

/* A path that means what it says: no variable, no quote, nothing that a mountPath may not have. */
static struct str plain_path(struct str text)
{
	static const char others[] = "/._-+@~";

	while (text.n > 1 && text.p[text.n - 1] == '/')
		text.n--;
	if (text.n < 2 || text.p[0] != '/' || str_find(text, STR("//"), 0) != SIZE_MAX ||
	    str_find(text, STR("/."), 0) != SIZE_MAX)
		return STR_NONE;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) && !strchr(others, c))
			return STR_NONE;
	}
	return text;
}

/* The path of a URL: MinIO is told of its own directory together with those of its peers, http://minio-0.minio/data. */
static struct str without_host(struct str text)
{
	static const char *const schemes[] = { "http://", "https://" };
	size_t slash;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (!str_starts(text, str_of(schemes[i])))
			continue;
		slash = str_find(text, STR("/"), strlen(schemes[i]));
		return slash == SIZE_MAX ? text : str_sub(text, slash, text.n);
	}
	return text;
}

/* A mount there must hide nothing that the image needs. */
static bool hides(struct str path, const struct image_texts *places)
{
	for (size_t i = 0; i < places->n; i++)
		if (image_path_is(path, str_of(places->items[i])) || image_path_is_in(str_of(places->items[i]), path))
			return true;
	return false;
}

/* ---- variables ---- */

/* Of two of one name the last counts. */
static bool find_env(const struct kube_pod *pod, yaml_id container, const char *name, struct str *ret_value)
{
	bool found = false;

	YAML_EACH(pod->tree, yaml_get(pod->tree, container, "env"), item)
		if (str_is(yaml_get_text(pod->tree, item, "name"), name)) {
			*ret_value = yaml_get_text(pod->tree, item, "value");
			found = ret_value->n || yaml_get(pod->tree, item, "valueFrom");
		}
	return found;
}

/* ---- arguments ---- */

/* Words one behind the other: of command, of args, and of a script among them. */
struct word_walk {
	const char *flag;
	bool is_next; /* the value is the next word */
	bool found;
	struct str value;
};

static void look_at(struct word_walk *walk, struct str word)
{
	size_t n = strlen(walk->flag);

	if (walk->is_next && word.p[0] != '-') {
		walk->value = word;
		walk->found = true;
	}
	walk->is_next = str_is(word, walk->flag);
	if (word.n > n && word.p[n] == '=' && str_starts(word, str_of(walk->flag))) {
		walk->value = str_sub(word, n + 1, word.n);
		walk->found = true;
	}
}

static void look_through(struct word_walk *walk, struct yaml_tree *tree, yaml_id list)
{
	YAML_EACH(tree, list, item) {
		struct str text = yaml_text(tree, item);

		for (size_t start = 0, end; start < text.n; start = end + 1) {
			for (end = start; end < text.n && !memchr(" \t\n", text.p[end], 3); end++)
				;
			if (end > start)
				look_at(walk, str_sub(text, start, end));
		}
	}
}

static bool find_arg(const struct kube_pod *pod, yaml_id container, const char *flag, struct str *ret_value)
{
	struct word_walk walk = { .flag = flag };

	look_through(&walk, pod->tree, yaml_get(pod->tree, container, "command"));
	look_through(&walk, pod->tree, yaml_get(pod->tree, container, "args"));
	*ret_value = walk.value;
	return walk.found;
}

struct data_place data_place(const struct kube_pod *pod, const struct kube_container *container, const char *directory)
{
	const struct image_fact *facts = container->known->facts;
	struct data_place place = { 0 };
	struct str value = STR_NONE, path;

	for (size_t i = 0; !place.set_by && i < facts->data_set_by_n; i++) {
		const struct image_data_setting *setting = &facts->data_set_by[i];

		if (!strcmp(setting->data, directory) &&
		    (setting->env ? find_env(pod, container->node, setting->env, &value)
				  : find_arg(pod, container->node, setting->arg, &value)))
			place.set_by = setting;
	}
	path = plain_path(without_host(value));
	if (path.n && (image_path_is(path, str_of(directory)) || image_path_is_in(path, str_of(directory))))
		return (struct data_place){ 0 };
	if (path.n && !hides(path, &facts->never) && !hides(path, &facts->rewrites) && !hides(path, &facts->config))
		place.path = path;
	return place;
}
