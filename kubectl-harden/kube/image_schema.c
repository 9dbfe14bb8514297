/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image facts from a file
 *
 * One reader for the file that the program is built with and for the user's own: what is checked at build time in the
 * one is said with line and column at run time of the other.
 */
#include "kube/image_facts.h"

static const char *const user_names[] = { "unknown", "numeric", "name", "root" };
static const char *const start_names[] = { "unknown", "direct", "drops", "root" };
static const char *const mark_names[] = { "verified", "measured", "inferred", "memory" };

/* A person reads them, and each is compared with every image. */
enum { OWN_ROWS_MAX = 1000 };

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

bool image_port_parse(struct str text, struct image_port *ret_port)
{
	struct image_port port = { .udp = str_ends(text, STR("/udp")) };
	int64_t number;

	if (port.udp || str_ends(text, STR("/tcp")))
		text.n -= 4;
	if (!str_int(text, &number) || number < 1 || number > 65535)
		return false;
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
		if (!image_port_parse(str_of(texts.items[i]), &ports[i]))
			return schema_fail(schema, yaml_get(&schema->tree, row, "listens"),
					   "\"%s\" is no port such as \"8080\" or \"53/udp\"", texts.items[i]);
	fact->listens = ports;
	fact->listens_n = texts.n;
	return true;
}

static bool read_env(struct schema *schema, yaml_id row, const char *name, const struct image_env **ret_env,
		     size_t *ret_n)
{
	yaml_id map = yaml_get(&schema->tree, row, name);
	struct image_env *env;
	size_t n = 0;

	if (!map)
		return true;
	if (!yaml_is_map(&schema->tree, map))
		return schema_fail(schema, map, "%s must be a map of names and values", name);
	env = ARENA_ARRAY(schema->arena, struct image_env, yaml_count(&schema->tree, map) + 1);
	YAML_EACH(&schema->tree, map, key) {
		yaml_id value = yaml_value(&schema->tree, key);

		if (yaml_type(&schema->tree, value) != YAML_STR || !yaml_is_scalar(&schema->tree, value))
			return schema_fail(schema, value, "a value of %s must be a text (in quotes)", name);
		env[n++] = (struct image_env){ schema_z(schema, key), schema_z(schema, value) };
	}
	*ret_env = env;
	*ret_n = n;
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

/* A number, or (where it may be) "any". */
static bool read_id(struct schema *schema, yaml_id row, const char *key, int64_t least, int64_t *ret_id)
{
	if (str_is(yaml_get_text(&schema->tree, row, key), "any")) {
		*ret_id = IMAGE_ID_ANY;
		return true;
	}
	return schema_number(schema, row, key, least, INT32_MAX, ret_id);
}

static bool read_user(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	unsigned user = IMAGE_USER_UNKNOWN, start = IMAGE_START_UNKNOWN;

	if (!schema_enum(schema, row, "user", SCHEMA_NAMES(user_names), &user) ||
	    !schema_enum(schema, row, "starts", SCHEMA_NAMES(start_names), &start) ||
	    !read_id(schema, row, "uid", 1, &fact->uid) || !read_id(schema, row, "gid", 0, &fact->gid) ||
	    !schema_flag(schema, row, "base", &fact->base) ||
	    !schema_flag(schema, row, "needs-root", &fact->needs_root) ||
	    !schema_text(schema, row, "cannot", &fact->cannot))
		return false;
	fact->user = (enum image_user)user;
	fact->start = (enum image_start)start;
	if (fact->gid == IMAGE_ID_ANY || (fact->uid == IMAGE_ID_ANY && fact->gid != IMAGE_ID_UNKNOWN))
		return schema_fail(schema, row, "uid: any stands without a gid");
	if (fact->gid != IMAGE_ID_UNKNOWN && fact->uid == IMAGE_ID_UNKNOWN)
		return schema_fail(schema, row, "a gid without a uid");
	if (fact->needs_root && !fact->cannot)
		return schema_fail(schema, row, "needs-root takes a reason: cannot");
	if (fact->needs_root && fact->uid != IMAGE_ID_UNKNOWN)
		return schema_fail(schema, row, "needs-root and a uid");
	return true;
}

/* ---- directories ---- */

static bool read_places(struct schema *schema, yaml_id row, const char *key, struct image_texts *ret_texts)
{
	yaml_id list = yaml_get(&schema->tree, row, key);
	size_t i = 0;

	if (!read_texts(schema, row, key, ret_texts))
		return false;
	YAML_EACH(&schema->tree, list, item) {
		struct str path = str_of(ret_texts->items[i++]);

		/* Dots and colons: the API refuses them in a mountPath, or reads them otherwise. */
		if (path.n < 2 || path.p[0] != '/' || path.p[path.n - 1] == '/' ||
		    str_find(path, STR("//"), 0) != SIZE_MAX || str_find(path, STR("/."), 0) != SIZE_MAX ||
		    str_find(path, STR(":"), 0) != SIZE_MAX)
			return schema_fail(schema, item, "%.*s is no directory such as /var/cache/nginx",
					   STR_ARG(path));
	}
	return true;
}

/* What is mounted must hide nothing that the image needs. */
static bool check_mounted(struct schema *schema, yaml_id row, const struct image_fact *fact,
			  const struct image_texts *mounted)
{
	const struct image_texts *kept[] = { &fact->never, &fact->rewrites };

	for (size_t i = 0; i < mounted->n; i++) {
		struct str path = str_of(mounted->items[i]);

		for (size_t k = 0; k < i; k++)
			if (image_path_is(path, str_of(mounted->items[k])))
				return schema_fail(schema, row, "%s and %s are one place", mounted->items[k],
						   mounted->items[i]);
		for (size_t k = 0; k < 2 * kept[0]->n + 2 * kept[1]->n; k++) {
			const struct image_texts *list = kept[k / 2 < kept[0]->n ? 0 : 1];
			struct str other = str_of(list->items[k / 2 < kept[0]->n ? k / 2 : k / 2 - kept[0]->n]);

			if (k % 2 ? image_path_is_in(other, path) : image_path_is(other, path))
				return schema_fail(schema, row, "a mount on %.*s would hide %.*s", STR_ARG(path),
						   STR_ARG(other));
		}
	}
	return true;
}

static bool read_data_setting(struct schema *schema, yaml_id map, const struct image_fact *fact,
			      struct image_data_setting *ret_setting)
{
	struct image_data_setting setting = { 0 };

	if (!schema_keys(schema, map, "env arg data strict", "") || !schema_text(schema, map, "env", &setting.env) ||
	    !schema_text(schema, map, "arg", &setting.arg) || !schema_text(schema, map, "data", &setting.data) ||
	    !schema_flag(schema, map, "strict", &setting.strict))
		return false;
	if (!setting.env == !setting.arg)
		return schema_fail(schema, map, "what sets a directory of data is either env or arg");
	if (!fact->data.n)
		return schema_fail(schema, map, "data-set-by without data");
	if (!setting.data)
		setting.data = fact->data.items[0];
	for (size_t i = 0; i < fact->data.n; i++)
		if (!strcmp(setting.data, fact->data.items[i])) {
			*ret_setting = setting;
			return true;
		}
	return schema_fail(schema, map, "%s is none of its data", setting.data);
}

static bool read_data_settings(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	yaml_id list = yaml_get(&schema->tree, row, "data-set-by");
	struct image_data_setting *settings;

	if (!list)
		return true;
	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "data-set-by must be a list");
	settings = ARENA_ARRAY(schema->arena, struct image_data_setting, yaml_count(&schema->tree, list) + 1);
	YAML_EACH(&schema->tree, list, map)
		if (!read_data_setting(schema, map, fact, &settings[fact->data_set_by_n++]))
			return false;
	fact->data_set_by = settings;
	return true;
}

static bool read_directories(struct schema *schema, yaml_id row, struct image_fact *fact)
{
	if (!read_places(schema, row, "writable", &fact->writable) || !read_places(schema, row, "data", &fact->data) ||
	    !read_places(schema, row, "strict", &fact->strict) ||
	    !read_places(schema, row, "volumes", &fact->volumes) ||
	    !read_places(schema, row, "rewrites", &fact->rewrites) ||
	    !read_places(schema, row, "never", &fact->never) || !read_places(schema, row, "config", &fact->config))
		return false;
	if (!read_data_settings(schema, row, fact))
		return false;
	for (size_t i = 0; i < fact->strict.n; i++)
		if (!image_path_is_among(str_of(fact->strict.items[i]), &fact->data))
			return schema_fail(schema, row, "%s is strict and no data", fact->strict.items[i]);
	for (size_t i = 0; i < fact->writable.n; i++)
		if (image_path_is_among(str_of(fact->writable.items[i]), &fact->data))
			return schema_fail(schema, row, "%s is both writable and data", fact->writable.items[i]);
	return check_mounted(schema, row, fact, &fact->writable) && check_mounted(schema, row, fact, &fact->data);
}

/* ---- rows ---- */

/* A repository is written in full, so that it can be found by however an image is named. */
static bool check_repository(struct schema *schema, yaml_id at, const char *key, const char *name)
{
	struct image_ref ref;

	if (!image_ref_parse(schema->arena, str_of(name), &ref) || ref.tag.n || ref.digest.n)
		return schema_fail(schema, at, "%s: %s is no repository", key, name);
	if (!str_is(ref.name, name))
		return schema_fail(schema, at, "write %s in full: %.*s", name, STR_ARG(ref.name));
	return true;
}

static bool check_names(struct schema *schema, yaml_id row, const struct image_fact *fact)
{
	for (size_t i = 0; i < fact->repositories.n; i++)
		if (!str_ends(str_of(fact->repositories.items[i]), STR("*")) &&
		    !check_repository(schema, row, "repositories", fact->repositories.items[i]))
			return false;
	return !fact->twin || check_repository(schema, row, "twin", fact->twin);
}

/* The example of a row is found by it, and by none of those before it. */
static bool check_example(struct schema *schema, yaml_id row, const struct image_fact *facts, size_t n)
{
	const struct image_fact *fact = &facts[n], *found;
	struct image_facts all = { .items = facts, .n = n + 1 };
	struct image_ref ref;

	if (!fact->example)
		return true;
	if (!image_ref_parse(schema->arena, str_of(fact->example), &ref))
		return schema_fail(schema, row, "%s is no image", fact->example);
	found = image_fact_find(&all, &ref);
	if (found != fact)
		return schema_fail(schema, row, "its example %s is %s%s", fact->example,
				   found ? "of the row " : "none of its", found ? found->name : "");
	return true;
}

/* What the user says of it, and where. */
static const char *own_source(struct schema *schema, yaml_id row, const char *source)
{
	uint32_t line = position_at(schema->text, yaml_offset(&schema->tree, row), NULL).line;

	return str_fmt(schema->arena, "%s%s%s:%u", source ? source : "", source ? ", " : "", schema->path, line).p;
}

static bool read_source(struct schema *schema, yaml_id row, bool own, struct image_fact *fact)
{
	unsigned mark = own ? IMAGE_OWN : IMAGE_MEMORY;

	if (!schema_text(schema, row, "note", &fact->note) || !schema_text(schema, row, "source", &fact->source) ||
	    !schema_enum(schema, row, "mark", SCHEMA_NAMES(mark_names), &mark))
		return false;
	fact->mark = (enum image_mark)mark;
	if (own)
		fact->source = own_source(schema, row, fact->source);
	if (own && !fact->name && fact->repositories.n)
		fact->name = fact->repositories.items[0];
	if (!fact->repositories.n || !*fact->source)
		return schema_fail(schema, row, "a row needs a repository and its source");
	return true;
}

static bool read_row(struct schema *schema, yaml_id row, bool own, struct image_fact *ret_fact)
{
	struct image_fact fact = { .uid = IMAGE_ID_UNKNOWN, .gid = IMAGE_ID_UNKNOWN };

	if (!schema_keys(schema, row,
			 "name repositories tags example user starts uid gid base listens set-by env moves sets "
			 "sets-read-only writable data strict data-set-by volumes rewrites never config capabilities needs-root "
			 "cannot twin note source mark",
			 own ? "repositories" : "name repositories example user starts source mark") ||
	    !schema_text(schema, row, "name", &fact.name) ||
	    !read_texts(schema, row, "repositories", &fact.repositories) || !read_tags(schema, row, &fact) ||
	    !schema_text(schema, row, "example", &fact.example) || !read_user(schema, row, &fact) ||
	    !read_listens(schema, row, &fact) || !schema_text(schema, row, "set-by", &fact.set_by) ||
	    !read_env(schema, row, "env", &fact.env, &fact.env_n) || !read_moves(schema, row, &fact) ||
	    !read_env(schema, row, "sets", &fact.sets, &fact.sets_n) ||
	    !read_env(schema, row, "sets-read-only", &fact.sets_read_only, &fact.sets_read_only_n) ||
	    !read_directories(schema, row, &fact) || !read_texts(schema, row, "capabilities", &fact.capabilities) ||
	    !schema_text(schema, row, "twin", &fact.twin) || !read_source(schema, row, own, &fact) ||
	    !check_names(schema, row, &fact))
		return false;
	*ret_fact = fact;
	return true;
}

static bool read_mirror(struct schema *schema, yaml_id map, struct image_mirror *ret_mirror)
{
	const char *const *texts[] = { &ret_mirror->prefix, &ret_mirror->is };

	if (!schema_keys(schema, map, "prefix is", "prefix is") ||
	    !schema_text(schema, map, "prefix", &ret_mirror->prefix) ||
	    !schema_text(schema, map, "is", &ret_mirror->is))
		return false;
	for (size_t i = 0; i < 2; i++)
		if (strlen(*texts[i]) < 2 || !str_ends(str_of(*texts[i]), STR("/")))
			return schema_fail(schema, map,
					   "prefix and is end with a slash: docker.io/, docker.io/library/");
	return true;
}

static bool read_mirrors(struct schema *schema, yaml_id list, struct image_facts *facts)
{
	struct image_mirror *mirrors;

	if (!list)
		return true;
	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "mirrors must be a list");
	if (yaml_count(&schema->tree, list) > OWN_ROWS_MAX)
		return schema_fail(schema, list, "more than 1,000 mirrors");
	mirrors = ARENA_ARRAY(schema->arena, struct image_mirror, yaml_count(&schema->tree, list) + 1);
	YAML_EACH(&schema->tree, list, map)
		if (!read_mirror(schema, map, &mirrors[facts->mirrors_n++]))
			return false;
	facts->mirrors = mirrors;
	return true;
}

bool image_facts_read(struct schema *schema, yaml_id list, yaml_id mirrors, bool own, struct image_facts *ret_facts)
{
	struct image_facts read = { 0 };
	struct image_fact *facts;

	if (list && !yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "images must be a list");
	if (list && yaml_count(&schema->tree, list) > OWN_ROWS_MAX)
		return schema_fail(schema, list, "more than 1,000 images");
	facts = ARENA_ARRAY(schema->arena, struct image_fact, (list ? yaml_count(&schema->tree, list) : 0) + 1);
	YAML_EACH(&schema->tree, list, row) {
		if (!read_row(schema, row, own, &facts[read.n]) || !check_example(schema, row, facts, read.n))
			return false;
		for (size_t i = 0; i < read.n && !own; i++)
			if (!strcmp(facts[i].name, facts[read.n].name))
				return schema_fail(schema, row, "\"%s\" stands twice", facts[read.n].name);
		read.n++;
	}
	read.items = facts;
	if (!read_mirrors(schema, mirrors, &read))
		return false;
	*ret_facts = read;
	return true;
}

bool image_facts_parse(struct arena *arena, const char *path, struct str text, struct image_facts *ret_facts,
		       struct error **err)
{
	struct schema schema = { .tree = YAML_TREE_INIT };
	bool fine = schema_open(&schema, arena, path, text, err) &&
		    schema_keys(&schema, schema.tree.root, "images mirrors", "") &&
		    image_facts_read(&schema, yaml_get(&schema.tree, schema.tree.root, "images"),
				     yaml_get(&schema.tree, schema.tree.root, "mirrors"), true, ret_facts);

	schema_close(&schema);
	return fine;
}
