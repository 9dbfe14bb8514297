/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skip
 *
 * Who writes an exception means it, so an entry that names no fixer, or no container of the pod, is told and never
 * guessed: the finding that it was to silence would come back, or another would go.
 */
#include "fixers/skip.h"

enum { ENTRIES_MAX = 1000, NAMES_MAX = 64 };

struct reader {
	struct kube_pod *pod;
	struct arena *arena;
	struct skips *skips;
	yaml_id node;
};

/* Where @text, a slice of the annotation's value, stands; the value itself where its text was decoded. */
static uint32_t offset_of(const struct reader *r, struct str text)
{
	struct str bytes = r->pod->tree->bytes;

	if (text.p && text.p >= bytes.p && text.p < bytes.p + bytes.n)
		return (uint32_t)(text.p - bytes.p);
	return yaml_offset_value(r->pod->tree, r->node);
}

static void add_fault(struct reader *r, struct str at, struct str container, struct str message)
{
	r->skips->faults[r->skips->faults_n++] = (struct skip_fault){ container, message, offset_of(r, at) };
}

static void add_unknown_fixer(struct reader *r, struct str entry, struct str name)
{
	const char *near = fixer_nearest(name);

	add_fault(r, entry, STR_NONE,
		  near ? str_fmt(r->arena, "unknown fixer \"%.*s\" in " SKIP_ANNOTATION " (did you mean %s?)",
				 STR_ARG(name), near)
		       : str_fmt(r->arena,
				 "unknown fixer \"%.*s\" in " SKIP_ANNOTATION "; kubectl harden fixers lists them",
				 STR_ARG(name)));
}

static void add_unknown_container(struct reader *r, struct str entry, struct str name)
{
	const char *names[NAMES_MAX], *near;
	size_t n = 0;

	for (size_t i = 0; i < r->pod->containers_n && n < NAMES_MAX; i++)
		if (r->pod->containers[i].name.n)
			names[n++] = str_copy(r->arena, r->pod->containers[i].name).p;
	near = str_nearest(name, names, n);
	add_fault(r, entry, name,
		  str_fmt(r->arena, "no container \"%.*s\" here, which " SKIP_ANNOTATION " names%s%s%s", STR_ARG(name),
			  near ? " (did you mean " : "", near ? near : "", near ? "?)" : ""));
}

static void add_skip(struct reader *r, struct str entry, size_t fixer, int target)
{
	struct skip *skip = &r->skips->items[r->skips->n++];
	uint64_t bit = (uint64_t)1 << fixer;

	*skip = (struct skip){ entry, fixer, target, r->node, offset_of(r, entry) };
	r->skips->bits[target + 1] |= bit;
	if (target != TARGET_POD)
		r->skips->any |= bit;
}

static void read_entry(struct reader *r, struct str entry)
{
	struct str rest = entry, container = STR_NONE;
	size_t fixer;
	bool met = false;

	if (str_find(entry, STR(":"), 0) != SIZE_MAX)
		str_cut(&rest, ':', &container);
	rest = str_trim(rest);
	container = str_trim(container);
	fixer = fixer_find(rest);
	if (fixer == SIZE_MAX) {
		add_unknown_fixer(r, entry, rest);
	} else if (!container.p) {
		add_skip(r, entry, fixer, TARGET_POD);
	} else {
		/* A name stands twice where an object is wrong, or where an operator's kind allows it: all are meant. */
		for (size_t i = 0; i < r->pod->containers_n; i++) {
			if (!str_eq(r->pod->containers[i].name, container))
				continue;
			if (met)
				r->skips->bits[i + 1] |= (uint64_t)1 << fixer;
			else
				add_skip(r, entry, fixer, (int)i);
			met = true;
		}
		if (!met)
			add_unknown_container(r, entry, container);
	}
}

static yaml_id annotation_of(struct kube_pod *pod, yaml_id metadata)
{
	return yaml_get(pod->tree, yaml_get(pod->tree, metadata, "annotations"), SKIP_ANNOTATION);
}

static size_t count_entries(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	return n < ENTRIES_MAX ? n : ENTRIES_MAX;
}

/* Keys that only look like ours: what they are to keep is changed all the same. Most keys are told by a glance. */
static bool is_misspelt(struct str key)
{
	static const char *const ours[] = { SKIP_ANNOTATION };
	bool begins = str_starts(key, STR("kubectl-"));

	if (!begins && str_find(key, STR("harden"), 0) == SIZE_MAX && str_find(key, STR("Harden"), 0) == SIZE_MAX)
		return false;
	return !str_is(key, SKIP_ANNOTATION) && (str_starts(key, STR("kubectl-harden")) || str_nearest(key, ours, 1));
}

static size_t count_misspelt(struct kube_pod *pod, yaml_id metadata)
{
	size_t n = 0;

	YAML_EACH(pod->tree, yaml_get(pod->tree, metadata, "annotations"), key)
		n += is_misspelt(yaml_text(pod->tree, key));
	return n < ENTRIES_MAX ? n : ENTRIES_MAX;
}

static void add_misspelt(struct reader *r, yaml_id metadata)
{
	size_t n = 0;

	YAML_EACH(r->pod->tree, yaml_get(r->pod->tree, metadata, "annotations"), key) {
		struct str text = yaml_text(r->pod->tree, key);

		r->node = key;
		if (is_misspelt(text) && n++ < ENTRIES_MAX)
			add_fault(r, text, STR_NONE,
				  str_fmt(r->arena, "unknown annotation %.*s (did you mean " SKIP_ANNOTATION "?)",
					  STR_ARG(text)));
	}
}

struct skips *skips_read(struct kube_pod *pod, struct arena *arena)
{
	struct reader r = { .pod = pod, .arena = arena };
	yaml_id holders[2], nodes[2] = { YAML_NONE, YAML_NONE };
	size_t most = 0, misspelt = 0;

	if (!yaml_may_have(pod->tree, STR("annotations")))
		return NULL;
	holders[0] = yaml_get(pod->tree, pod->object.node, "metadata");
	holders[1] = pod->metadata == holders[0] ? YAML_NONE : pod->metadata; /* a Pod is its own template */
	for (size_t i = 0; i < 2; i++) {
		nodes[i] = annotation_of(pod, holders[i]);
		misspelt += count_misspelt(pod, holders[i]);
		most += count_entries(yaml_text(pod->tree, nodes[i]));
	}
	if (!nodes[0] && !nodes[1] && !misspelt)
		return NULL;
	most += misspelt;
	r.skips = ARENA_NEW(arena, struct skips);
	r.skips->items = ARENA_ARRAY(arena, struct skip, most);
	r.skips->faults = ARENA_ARRAY(arena, struct skip_fault, most);
	r.skips->bits = ARENA_ARRAY(arena, uint64_t, pod->containers_n + 1);
	for (size_t i = 0; i < 2; i++) {
		struct str rest = yaml_text(pod->tree, nodes[i]), entry;
		size_t n = 0;

		r.node = nodes[i];
		if (nodes[i] && !yaml_is_scalar(pod->tree, nodes[i]))
			add_fault(&r, STR_NONE, STR_NONE,
				  STR(SKIP_ANNOTATION " must be a text: names separated by commas"));
		while (n++ < ENTRIES_MAX && str_cut(&rest, ',', &entry))
			if (str_trim(entry).n)
				read_entry(&r, str_trim(entry));
		add_misspelt(&r, holders[i]);
	}
	return r.skips;
}
