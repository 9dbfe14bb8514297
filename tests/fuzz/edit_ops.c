/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits: see edit_ops.h.
 */
#include "edit_ops.h"

#include "differential/meaning.h"

static const char *const keys[] = { "zzNew", "securityContext", "name", "a", "ports",
				    "image", "needs: quotes",	"true", "0", "#key",
				    "",	     "\xc3\xa9" };

static const char *const values[] = {
	"true",
	"v",
	"",
	"a: b #c",
	"- x",
	"'",
	"\"\\",
	"null",
	"~",
	"017",
	"1e3",
	"no",
	"=",
	"<<",
	"---",
	"...",
	"*a",
	"&a",
	"{",
	"]",
	"%",
	"@x",
	" lead",
	"trail ",
	"two\nlines",
	"\ttab",
	"\xc3\xa9\xf0\x9f\x98\x80",
	"2001-01-01",
	"0x1f",
	"1_000",
	"ALL",
	"net.ipv4.ip_unprivileged_port_start",
};

static const int64_t numbers[] = { 0, 1, -1, 8080, 10001, INT64_MAX, INT64_MIN, 65535 };

static const char *const ordered[] = { "apiVersion", "kind", "metadata", "spec", "a", "zzNew", "name", "image" };
static const struct yaml_order order = { ordered, sizeof(ordered) / sizeof(*ordered) };

#define PICK(array, n) ((array)[(n) % (sizeof(array) / sizeof(*(array)))])

/* ---- one edit ---- */

/* A collection that is empty gets something, as every caller does; where that is refused, all of it is taken back. */
static yaml_id filled(struct yaml_tree *tree, yaml_id id, uint32_t mark, struct yaml_refusal *why)
{
	yaml_id child;

	if (!id || yaml_first(tree, id))
		return id;
	if (yaml_is_map(tree, id))
		child = yaml_put_str(tree, id, "x", STR("y"), NULL, why);
	else
		child = yaml_append_str(tree, id, STR("y"), why);
	if (child)
		return id;
	yaml_rollback(tree, mark);
	return YAML_NONE;
}

/* What is null becomes a collection. */
static yaml_id fill(struct yaml_tree *tree, yaml_id id, uint8_t v, uint32_t mark, struct yaml_refusal *why)
{
	yaml_id key = yaml_key(tree, id), map = yaml_parent(tree, id);
	struct str name = key ? str_copy(tree->arena, yaml_text(tree, key)) : STR_NONE;

	if (!key || memchr(name.p, 0, name.n)) {
		why->why = "not the value of a key";
		return YAML_NONE;
	}
	if (v & 1)
		return filled(tree, yaml_put_map(tree, map, name.p, NULL, why), mark, why);
	return filled(tree, yaml_put_seq(tree, map, name.p, v & 2, NULL, why), mark, why);
}

yaml_id edit_make(struct yaml_tree *tree, yaml_id id, const struct edit *edit, struct yaml_refusal *why)
{
	uint8_t v = edit->value;
	uint32_t mark = yaml_mark(tree);
	const char *key = PICK(keys, v);
	struct str text = str_of(PICK(values, v >> 1));
	int64_t number = PICK(numbers, v);

	switch (edit->op) {
	case OP_PUT_MAP:
		return filled(tree, yaml_put_map(tree, id, key, v & 1 ? &order : NULL, why), mark, why);
	case OP_PUT_SEQ:
		return filled(tree, yaml_put_seq(tree, id, key, false, v & 1 ? &order : NULL, why), mark, why);
	case OP_PUT_FLOW:
		return filled(tree, yaml_put_seq(tree, id, key, true, NULL, why), mark, why);
	case OP_PUT_STR:
		return yaml_put_str(tree, id, key, text, NULL, why);
	case OP_PUT_INT:
		return yaml_put_int(tree, id, key, number, NULL, why);
	case OP_PUT_BOOL:
		return yaml_put_bool(tree, id, key, v & 1, NULL, why);
	case OP_PUT_ORDERED:
		return yaml_put_str(tree, id, PICK(ordered, v), text, &order, why);
	case OP_APPEND_MAP:
		return yaml_append_map(tree, id, why);
	case OP_APPEND_STR:
		return yaml_append_str(tree, id, text, why);
	case OP_SET_STR:
		return yaml_set_str(tree, id, text, why) ? id : YAML_NONE;
	case OP_SET_INT:
		return yaml_set_int(tree, id, number, why) ? id : YAML_NONE;
	case OP_SET_BOOL:
		return yaml_set_bool(tree, id, v & 1, why) ? id : YAML_NONE;
	case OP_REMOVE:
		if (!(v & 1))
			return yaml_remove(tree, id, why) ? id : YAML_NONE;
		return yaml_prune(tree, id, v & 2 ? yaml_parent(tree, yaml_parent(tree, id)) : YAML_NONE, why)
			       ? id
			       : YAML_NONE;
	case OP_FILL:
		return fill(tree, id, v, mark, why);
	default:
		return YAML_NONE;
	}
}

/* ---- said ---- */

/* The key of a step, as kubectl makes a text of it. */
static bool say_step(struct yaml_tree *tree, yaml_id id, struct buf *out)
{
	yaml_id key = yaml_key(tree, id);
	size_t item = 0;

	if (key && (yaml_type(tree, key) == YAML_FLOAT || yaml_is_null(tree, key)))
		return false;
	if (key) {
		meaning_add_key(tree, key, out);
	} else {
		for (yaml_id at = yaml_first(tree, yaml_parent(tree, id)); at && at != id; at = yaml_next(tree, at))
			item++;
		buf_addf(out, "%zu", item);
	}
	return true;
}

static bool say_path(struct yaml_tree *tree, yaml_id id, struct buf *out)
{
	yaml_id parent = yaml_parent(tree, id);

	if (!parent)
		return true;
	if (!say_path(tree, parent, out))
		return false;
	if (out->p[out->n - 1] != '[')
		buf_addc(out, ',');
	return say_step(tree, id, out);
}

static void say_value(const struct edit *edit, struct buf *out)
{
	uint8_t v = edit->value;

	switch (edit->op) {
	case OP_PUT_MAP:
		buf_addz(out, "{\"x\":\"y\"}");
		break;
	case OP_PUT_SEQ:
	case OP_PUT_FLOW:
		buf_addz(out, "[\"y\"]");
		break;
	case OP_FILL:
		buf_addz(out, v & 1 ? "{\"x\":\"y\"}" : "[\"y\"]");
		break;
	case OP_APPEND_MAP:
		buf_addz(out, "{}");
		break;
	case OP_PUT_INT:
	case OP_SET_INT:
		buf_addf(out, "%lld", (long long)PICK(numbers, v));
		break;
	case OP_PUT_BOOL:
	case OP_SET_BOOL:
		buf_addz(out, v & 1 ? "true" : "false");
		break;
	case OP_REMOVE:
		/* Of what is pruned, how many steps from its end the way leads to what stays. */
		buf_addz(out, !(v & 1) ? "null" : v & 2 ? "2" : "0");
		break;
	default:
		meaning_add_text(str_of(PICK(values, v >> 1)), out);
	}
}

static const char *say_op(const struct edit *edit)
{
	switch (edit->op) {
	case OP_PUT_STR:
	case OP_PUT_INT:
	case OP_PUT_BOOL:
	case OP_PUT_ORDERED:
		return "put";
	case OP_APPEND_MAP:
	case OP_APPEND_STR:
		return "append";
	case OP_SET_STR:
	case OP_SET_INT:
	case OP_SET_BOOL:
		return "set";
	case OP_REMOVE:
		return edit->value & 1 ? "prune" : "remove";
	default:
		return "fill";
	}
}

struct str edit_say(struct yaml_tree *tree, yaml_id id, const struct edit *edit)
{
	yaml_id key = edit->op == OP_FILL ? yaml_key(tree, id) : YAML_NONE;
	struct str said = STR_NONE;
	struct buf out = BUF_INIT;
	bool fine;

	buf_addf(&out, "{\"Op\":\"%s\",\"Path\":[", say_op(edit));
	/* Pruning ends at what an anchor shares, which an independent reader does not see. */
	fine = !(edit->op == OP_REMOVE && (edit->value & 1) && tree->has_copies) &&
	       say_path(tree, key ? yaml_parent(tree, id) : id, &out);
	buf_addz(&out, "],\"Key\":");
	if (key)
		fine = fine && say_step(tree, id, &out);
	else
		meaning_add_text(str_of(edit->op == OP_PUT_ORDERED ? PICK(ordered, edit->value)
								   : PICK(keys, edit->value)),
				 &out);
	buf_addz(&out, ",\"Value\":");
	say_value(edit, &out);
	buf_addc(&out, '}');
	if (fine)
		said = str_copy(tree->arena, buf_str(&out));
	buf_free(&out);
	return said;
}
