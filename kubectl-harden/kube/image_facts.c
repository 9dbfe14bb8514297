/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image facts
 *
 * The user's own rows come before those of the program, and an image's own name before what else it may be: a copy in
 * a mirror that is known by its prefix, or in a private registry whose path ends as the original's does.
 */
#include "kube/image_facts.h"

#include "kube/image_match.h"

/* ---- other names of the same image ---- */

static struct str mirrored(const struct image_facts *facts, struct arena *arena, struct str name)
{
	for (size_t i = 0; facts && i < facts->mirrors_n; i++) {
		struct str prefix = str_of(facts->mirrors[i].prefix);

		if (str_starts(name, prefix))
			return str_join(arena, str_of(facts->mirrors[i].is), str_sub(name, prefix.n, name.n));
	}
	return STR_NONE;
}

static size_t slashes_in(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '/';
	return n;
}

/*
 * What the end of a private registry's path says: "registry.example/hub/docker.io/library/nginx" names a registry,
 * "registry.example/hub/library/nginx" and "registry.example/grafana/grafana" look like Docker Hub's. A last part alone
 * ("registry.example/nginx") is anybody's.
 */
static struct str path_suffix(struct arena *arena, struct str name, size_t slash)
{
	struct str rest = str_sub(name, slash + 1, name.n), first;
	size_t slashes = slashes_in(rest), end = str_find(rest, STR("/"), 0);
	struct image_ref ref;

	if (end == SIZE_MAX)
		return STR_NONE;
	first = str_sub(rest, 0, end);
	if (first.n && (memchr(first.p, '.', first.n) || memchr(first.p, ':', first.n)))
		return image_ref_parse(arena, rest, &ref) ? ref.name : STR_NONE;
	return slashes == 1 ? str_join(arena, STR("docker.io/"), rest) : STR_NONE;
}

static const struct image_fact *find_either(const struct image_facts *own, const struct image_ref *ref, struct str name)
{
	const struct image_fact *fact = image_fact_find_as(own, ref, name);

	return fact ? fact : image_fact_find_as(&image_facts, ref, name);
}

const struct image_fact *image_fact_lookup(const struct image_facts *own, struct arena *arena,
					   const struct image_ref *ref, struct str *ret_as)
{
	const struct image_fact *fact = find_either(own, ref, ref->name);
	struct str name = ref->name, other, registry = name;

	if (!fact) {
		other = mirrored(own, arena, name);
		if (!other.n)
			other = mirrored(&image_facts, arena, name);
		fact = other.n ? find_either(own, ref, other) : NULL;
		if (fact)
			name = other;
	}
	str_cut(&registry, '/', &other);
	for (size_t at = 0; !fact && !image_name_matches(&image_facts.registries, other) && at < ref->name.n; at++) {
		struct str suffix = ref->name.p[at] == '/' ? path_suffix(arena, ref->name, at) : STR_NONE;

		fact = suffix.n ? find_either(own, ref, suffix) : NULL;
		if (fact)
			name = suffix;
	}
	if (ret_as)
		*ret_as = name;
	return fact;
}

static struct image_texts join_texts(struct arena *arena, struct image_texts first, struct image_texts then)
{
	const char **items = ARENA_ARRAY(arena, const char *, first.n + then.n + 1);

	if (!first.n || !then.n)
		return first.n ? first : then;
	memcpy(items, first.items, first.n * sizeof(*items));
	memcpy(items + first.n, then.items, then.n * sizeof(*items));
	return (struct image_texts){ items, first.n + then.n };
}

struct image_facts image_facts_join(struct arena *arena, const struct image_facts *first,
				    const struct image_facts *then)
{
	struct image_facts all = { .n = first->n + then->n, .mirrors_n = first->mirrors_n + then->mirrors_n };
	struct image_fact *items = ARENA_ARRAY(arena, struct image_fact, all.n + 1);
	struct image_mirror *mirrors = ARENA_ARRAY(arena, struct image_mirror, all.mirrors_n + 1);

	if (first->n)
		memcpy(items, first->items, first->n * sizeof(*items));
	if (then->n)
		memcpy(items + first->n, then->items, then->n * sizeof(*items));
	if (first->mirrors_n)
		memcpy(mirrors, first->mirrors, first->mirrors_n * sizeof(*mirrors));
	if (then->mirrors_n)
		memcpy(mirrors + first->mirrors_n, then->mirrors, then->mirrors_n * sizeof(*mirrors));
	all.items = items;
	all.mirrors = mirrors;
	all.registries = join_texts(arena, first->registries, then->registries);
	return all;
}

/* ---- what a row says ---- */

struct str image_twin(const struct image_fact *fact, struct arena *arena, const struct image_ref *ref)
{
	struct str name = fact && fact->twin && !ref->digest.n ? str_of(fact->twin) : STR_NONE;

	/* As people write it. */
	if (str_starts(name, STR("docker.io/")))
		name = str_sub(name, 10, name.n);
	if (!name.n || !ref->tag.n)
		return name;
	return str_fmt(arena, "%.*s:%.*s", STR_ARG(name), STR_ARG(ref->tag));
}

const struct image_move *image_fact_move(const struct image_fact *fact, uint16_t port)
{
	for (size_t i = 0; fact && i < fact->moves_n; i++)
		if (fact->moves[i].port == port)
			return &fact->moves[i];
	return NULL;
}

bool image_fact_listens(const struct image_fact *fact, uint16_t port)
{
	for (size_t i = 0; fact && i < fact->listens_n; i++)
		if (fact->listens[i].port == port && !fact->listens[i].udp)
			return true;
	return false;
}

struct str image_move_value(const struct image_move *move, struct arena *arena, uint16_t port)
{
	struct str value = str_of(move->value);
	size_t at = str_find(value, STR("{port}"), 0);

	if (at == SIZE_MAX)
		return str_copy(arena, value);
	return str_fmt(arena, "%.*s%u%.*s", STR_ARG(str_sub(value, 0, at)), (unsigned)port,
		       STR_ARG(str_sub(value, at + 6, value.n)));
}
