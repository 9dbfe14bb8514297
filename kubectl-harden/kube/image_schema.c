/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image facts from a file
 *
 * One reader for the file that the program is built with and for the user's own: what is checked at build time in the
 * one is said with line and column at run time of the other.
 */
#include "kube/image_facts.h"

static const char *const user_names[] = { "unknown", "numeric", "name", "root" };
static const char *const mark_names[] = { "verified", "measured", "inferred", "memory" };

static bool read_texts(struct schema *schema, yaml_id map, const char *key, struct image_texts *ret_texts)
{
	struct schema_texts texts;

	if (!schema_texts(schema, map, key, &texts))
		return false;
	*ret_texts = (struct image_texts){ texts.items, texts.n };
	return true;
}

static bool read_tags(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	yaml_id tags = yaml_get(&schema->tree, row, "tags");
	uint32_t numbers[IMAGE_VERSION_MAX];

	if (!tags)
		return true;
	if (!schema_keys(schema, tags, "from below with without latest", "") ||
	    !schema_text(schema, tags, "from", &fact->from) || !schema_text(schema, tags, "below", &fact->below) ||
	    !read_texts(schema, tags, "with", &fact->with) || !read_texts(schema, tags, "without", &fact->without) ||
	    !schema_flag(schema, tags, "latest", &fact->latest))
		return false;
	if ((fact->from && !image_version(str_of(fact->from), numbers)) ||
	    (fact->below && !image_version(str_of(fact->below), numbers)))
		return schema_fail(schema, tags, "from and below are versions such as \"8\" or \"8.0\"");
	return true;
}

/* "8080" or "53/udp". */
static bool read_port(struct schema *schema, yaml_id item, const char *text, struct image_port *ret_port)
{
	struct str digits = str_of(text);
	struct image_port port = { .udp = str_ends(digits, STR("/udp")) };
	int64_t number;

	if (port.udp || str_ends(digits, STR("/tcp")))
		digits.n -= 4;
	if (!str_int(digits, &number) || number < 1 || number > 65535)
		return schema_fail(schema, item, "\"%s\" is no port such as \"8080\" or \"53/udp\"", text);
	port.port = (uint16_t)number;
	*ret_port = port;
	return true;
}

static bool read_listens(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	struct schema_texts texts;
	struct image_port *ports;

	if (!schema_texts(schema, row, "listens", &texts))
		return false;
	ports = ARENA_ARRAY(schema->arena, struct image_port, texts.n + 1);
	for (size_t i = 0; i < texts.n; i++)
		if (!read_port(schema, yaml_get(&schema->tree, row, "listens"), texts.items[i], &ports[i]))
			return false;
	fact->listens = ports;
	fact->listens_n = texts.n;
	return true;
}

static bool read_env(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	yaml_id map = yaml_get(&schema->tree, row, "env");
	struct image_env *env;

	if (!map)
		return true;
	if (!yaml_is_map(&schema->tree, map))
		return schema_fail(schema, map, "env must be a map of names and values");
	env = ARENA_ARRAY(schema->arena, struct image_env, yaml_count(&schema->tree, map) + 1);
	YAML_EACH(&schema->tree, map, key) {
		yaml_id value = yaml_value(&schema->tree, key);

		if (yaml_type(&schema->tree, value) != YAML_STR || !yaml_is_scalar(&schema->tree, value))
			return schema_fail(schema, value, "a value of env must be a text (in quotes)");
		env[fact->env_n++] = (struct image_env){ schema_z(schema, key), schema_z(schema, value) };
	}
	fact->env = env;
	return true;
}

static bool read_move(struct schema *schema, yaml_id map, struct image_move *ret_move)
{
	struct image_move move = { 0 };
	int64_t port = 0;

	if (!schema_keys(schema, map, "port env arg value", "port value") ||
	    !schema_number(schema, map, "port", 1, 1023, &port) || !schema_text(schema, map, "env", &move.env) ||
	    !schema_text(schema, map, "arg", &move.arg) || !schema_text(schema, map, "value", &move.value))
		return false;
	if (!move.env == !move.arg)
		return schema_fail(schema, map, "a move has either env or arg");
	if (str_find(str_of(move.value), STR("{port}"), 0) == SIZE_MAX)
		return schema_fail(schema, map, "the value must say where the new port goes: {port}");
	move.port = (uint16_t)port;
	*ret_move = move;
	return true;
}

static bool read_moves(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	yaml_id list = yaml_get(&schema->tree, row, "moves");
	struct image_move *moves;

	if (!list)
		return true;
	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "moves must be a list");
	moves = ARENA_ARRAY(schema->arena, struct image_move, yaml_count(&schema->tree, list) + 1);
	YAML_EACH(&schema->tree, list, map)
		if (!read_move(schema, map, &moves[fact->moves_n++]))
			return false;
	fact->moves = moves;
	return true;
}

static bool read_row(struct schema *schema, yaml_id row, bool own, struct image_fact *ret_fact)
{
	struct image_fact fact = { .uid = IMAGE_ID_UNKNOWN, .gid = IMAGE_ID_UNKNOWN };
	unsigned user = IMAGE_USER_UNKNOWN, mark = IMAGE_MEMORY;

	if (!schema_keys(schema, row,
			 "name repositories tags user uid gid listens env moves writable capabilities needs-root twin "
			 "note source mark",
			 own ? "repositories user" : "name repositories user source mark") ||
	    !schema_text(schema, row, "name", &fact.name) ||
	    !read_texts(schema, row, "repositories", &fact.repositories) || !read_tags(schema, row, &fact) ||
	    !schema_enum(schema, row, "user", SCHEMA_NAMES(user_names), &user) ||
	    !schema_number(schema, row, "uid", 1, INT32_MAX, &fact.uid) ||
	    !schema_number(schema, row, "gid", 0, INT32_MAX, &fact.gid) || !read_listens(schema, row, &fact) ||
	    !read_env(schema, row, &fact) || !read_moves(schema, row, &fact) ||
	    !read_texts(schema, row, "writable", &fact.writable) ||
	    !read_texts(schema, row, "capabilities", &fact.capabilities) ||
	    !schema_flag(schema, row, "needs-root", &fact.needs_root) ||
	    !schema_text(schema, row, "twin", &fact.twin) || !schema_text(schema, row, "note", &fact.note) ||
	    !schema_text(schema, row, "source", &fact.source) ||
	    !schema_enum(schema, row, "mark", SCHEMA_NAMES(mark_names), &mark))
		return false;
	if (own && fact.repositories.n && !fact.name)
		fact.name = fact.repositories.items[0];
	if (!fact.repositories.n || (!own && !*fact.source))
		return schema_fail(schema, row, "a row needs a repository and its source");
	if (fact.gid != IMAGE_ID_UNKNOWN && fact.uid == IMAGE_ID_UNKNOWN)
		return schema_fail(schema, row, "a gid without a uid");
	fact.user = (enum image_user)user;
	fact.mark = (enum image_mark)mark;
	*ret_fact = fact;
	return true;
}

/* A repository is written in full, so that it can be found by however an image is named. */
static bool check_repositories(struct schema *schema, yaml_id row, const struct image_fact *fact)
{
	for (size_t i = 0; i < fact->repositories.n; i++) {
		struct str text = str_of(fact->repositories.items[i]);
		struct image_ref ref;

		if (text.n && text.p[text.n - 1] == '*')
			continue;
		if (!image_ref_parse(schema->arena, text, &ref) || ref.tag.n || ref.digest.n)
			return schema_fail(schema, row, "%s is no repository", fact->repositories.items[i]);
		if (!str_eq(ref.name, text))
			return schema_fail(schema, row, "write %s in full: %.*s", fact->repositories.items[i],
					   STR_ARG(ref.name));
	}
	return true;
}

static bool read_list(struct schema *schema, yaml_id list, bool own, struct image_facts *ret_facts)
{
	struct image_fact *facts;
	size_t n = 0;

	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "images must be a list");
	facts = ARENA_ARRAY(schema->arena, struct image_fact, yaml_count(&schema->tree, list) + 1);
	YAML_EACH(&schema->tree, list, row) {
		if (!read_row(schema, row, own, &facts[n]) || !check_repositories(schema, row, &facts[n]))
			return false;
		for (size_t i = 0; i < n && !own; i++)
			if (!strcmp(facts[i].name, facts[n].name))
				return schema_fail(schema, row, "\"%s\" stands twice", facts[n].name);
		n++;
	}
	*ret_facts = (struct image_facts){ facts, n };
	return true;
}

bool image_facts_read(struct schema *schema, struct image_facts *ret_facts)
{
	return schema_keys(schema, schema->tree.root, "images", "images") &&
	       read_list(schema, yaml_get(&schema->tree, schema->tree.root, "images"), false, ret_facts);
}

bool image_facts_read_own(struct schema *schema, yaml_id list, struct image_facts *ret_facts)
{
	return read_list(schema, list, true, ret_facts);
}
