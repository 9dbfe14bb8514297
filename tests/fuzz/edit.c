/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edit: random edits of random documents. The first line is the program, three bytes an edit (what, where, which
 * value); the rest is the text, of which each document gets the whole program.
 *
 * What must hold: no edits give no splices; the spliced bytes are one document again that is read, and proved; no
 * byte is gone but those of nodes that were edited, of the lines of those that were removed (with a comma, inside {}
 * and []; without the comment lines inside), and blanks; after a roll-back the tree reads as it
 * did; the same edits of the result change nothing.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "differential/meaning.h"
#include "edit_ops.h"
#include "yaml/expect.h"
#include "yaml/settle.h"
#include "yaml/split.h"
#include "yaml/tree_internal.h"

enum { NODES_MAX = 3000, EDITS_MAX = 20 };

/* ---- where ---- */

struct nodes {
	yaml_id items[NODES_MAX];
	size_t n;
};

/* All nodes that a caller can come to, keys left out. */
static void list_nodes(struct yaml_tree *tree, yaml_id id, struct nodes *nodes)
{
	bool map = yaml_is_map(tree, id);

	if (nodes->n == NODES_MAX)
		return;
	nodes->items[nodes->n++] = id;
	YAML_EACH(tree, id, child)
		list_nodes(tree, map ? yaml_value(tree, child) : child, nodes);
}

static bool find_way(struct yaml_tree *tree, yaml_id id, struct way *way)
{
	yaml_id parent, key;

	for (way->n = 0; (parent = yaml_parent(tree, id)) != YAML_NONE; id = parent) {
		size_t item = 0;

		if (way->n == WAY_MAX)
			return false;
		key = yaml_key(tree, id);
		if (key && !yaml_is_scalar(tree, key))
			return false;
		way->steps[way->n].is_key = key != YAML_NONE;
		way->steps[way->n].key = key ? str_copy(tree->arena, yaml_text(tree, key)) : STR_NONE;
		if (!key)
			for (yaml_id at = yaml_first(tree, parent); at && at != id; at = yaml_next(tree, at))
				item++;
		way->steps[way->n++].item = item;
	}
	return true;
}

static yaml_id go(struct yaml_tree *tree, const struct way *way)
{
	yaml_id id = tree->root;

	for (size_t i = way->n; i-- > 0;) {
		if (way->steps[i].is_key) {
			id = yaml_get_str(tree, id, way->steps[i].key);
		} else {
			size_t item = way->steps[i].item;

			for (id = yaml_first(tree, id); id && item; item--)
				id = yaml_next(tree, id);
		}
	}
	return id;
}

/* ---- what may be gone ---- */

struct touched {
	uint8_t *may_go; /* a flag for each byte of the original */
	struct yaml_tree *tree;
};

static uint32_t line_start(struct str s, uint32_t at)
{
	while (at && s.p[at - 1] != '\n' && s.p[at - 1] != '\r')
		at--;
	return at;
}

static uint32_t line_end(struct str s, uint32_t at)
{
	while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r')
		at++;
	return at;
}

static void mark_range(struct touched *touched, uint32_t from, uint32_t to)
{
	if (to > from)
		memset(touched->may_go + from, 1, to - from);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static yaml_id value_of(struct yaml_tree *tree, yaml_id child)
{
	return yaml_node(tree, child)->flags & YAML_F_KEY ? yaml_node(tree, child)->pair : child;
}

static uint32_t end_of(struct yaml_tree *tree, yaml_id child)
{
	uint32_t key = yaml_node(tree, child)->end, value = yaml_node(tree, value_of(tree, child))->end;

	return key > value ? key : value;
}

static bool is_old(const struct yaml_node *node)
{
	return !(node->flags & (YAML_F_COPY | YAML_F_NEW));
}

/* Whether @id is a collection of the input, with what is in it. */
static bool is_collection(const struct yaml_tree *tree, const struct yaml_node *node)
{
	if (node->kind != YAML_MAP && node->kind != YAML_SEQ)
		return false;
	return !(node->flags & YAML_F_FILLED) ||
	       (node->end > node->start && (tree->bytes.p[node->start] == '{' || tree->bytes.p[node->start] == '['));
}

/* From @from to @to stand blanks, indicators, brackets and comments: of these, those on lines of their own stay. */
static void mark_between(struct touched *touched, uint32_t from, uint32_t to)
{
	struct str s = touched->tree->bytes;

	while (from < to) {
		uint32_t text = from;
		bool starts = !from || s.p[from - 1] == '\n' || s.p[from - 1] == '\r';

		while (text < to && (s.p[text] == ' ' || s.p[text] == '\t'))
			text++;
		if (text < to && !(starts && s.p[text] == '#'))
			mark_range(touched, text, line_end(s, text) < to ? line_end(s, text) : to);
		from = line_end(s, text) + 1;
	}
}

static void mark_inside(struct touched *touched, yaml_id child, uint32_t start)
{
	struct yaml_tree *tree = touched->tree;
	yaml_id value = value_of(tree, child);
	uint32_t at = start;

	if (value != child) {
		mark_between(touched, at, yaml_node(tree, child)->start);
		at = yaml_node(tree, child)->end;
		mark_range(touched, yaml_node(tree, child)->start, at);
	}
	if (!is_collection(tree, yaml_node(tree, value))) {
		mark_between(touched, at, yaml_node(tree, value)->start);
		mark_range(touched, yaml_node(tree, value)->start, yaml_node(tree, value)->end);
		return;
	}
	for (yaml_id id = yaml_node(tree, value)->first; id; id = yaml_node(tree, id)->next) {
		if (!is_old(yaml_node(tree, id)))
			continue;
		mark_between(touched, at, yaml_node(tree, id)->props);
		mark_inside(touched, id, yaml_node(tree, id)->props);
		at = end_of(tree, id);
	}
	mark_between(touched, at, yaml_node(tree, value)->end);
}

/* @from: behind what stands before the child. Its dash or question mark is the first thing that is no comment. */
static void mark_block(struct touched *touched, yaml_id child, uint32_t from)
{
	struct str s = touched->tree->bytes;
	uint32_t start = yaml_skip_gap(s, from), end = end_of(touched->tree, child);

	mark_inside(touched, child, start);
	if (s.p[end - 1] != '\n' && s.p[end - 1] != '\r')
		mark_range(touched, end, line_end(s, end));
}

/* Inside {} and []: a comma on either side, and the comment behind it where nothing that stays is on its line. */
static void mark_flow(struct touched *touched, yaml_id child, uint32_t from, uint32_t last_comma)
{
	struct yaml_tree *tree = touched->tree;
	struct str s = tree->bytes;
	uint32_t start = yaml_skip_gap(s, from), end = end_of(tree, child), comma, at;

	if (s.p[start] == ',') {
		mark_range(touched, start, start + 1);
		start = yaml_skip_gap(s, start + 1);
	}
	if (last_comma)
		mark_range(touched, last_comma, last_comma + 1);
	mark_inside(touched, child, start);
	comma = yaml_skip_gap(s, end);
	if (s.p[comma] == ',')
		mark_range(touched, comma, comma + 1);
	for (at = end; s.p[at] == ' ' || s.p[at] == '\t' || (at == comma && s.p[at] == ',');)
		at++;
	for (uint32_t before = line_start(s, start); before < start; before++)
		if (!touched->may_go[before] && !is_blank(s.p[before]))
			return;
	if (s.p[at] == '#')
		mark_range(touched, at, line_end(s, at));
}

static void mark_children(struct touched *touched, yaml_id id)
{
	struct yaml_tree *tree = touched->tree;
	bool flow = yaml_node(tree, id)->style == YAML_FLOW;
	uint32_t from = yaml_node(tree, id)->start + flow, last_comma = 0;

	for (yaml_id child = yaml_node(tree, id)->first; child; child = yaml_node(tree, child)->next) {
		if (!is_old(yaml_node(tree, child)))
			continue;
		if (!(yaml_node(tree, child)->flags & YAML_F_REMOVED)) {
			last_comma = yaml_skip_gap(tree->bytes, end_of(tree, child));
			last_comma = flow && tree->bytes.p[last_comma] == ',' ? last_comma : 0;
		} else if (flow) {
			mark_flow(touched, child, from, last_comma);
		} else {
			mark_block(touched, child, from);
		}
		from = end_of(tree, child);
	}
}

/* From the nodes' flags alone: what was set or filled may lose its own bytes, what was removed its lines. */
static void mark_touched(struct touched *touched)
{
	struct yaml_tree *tree = touched->tree;

	for (yaml_id id = 1; id < tree->nodes.n; id++) {
		struct yaml_node *node = yaml_node(tree, id);

		if (!is_old(node))
			continue;
		if (node->flags & (YAML_F_CHANGED | YAML_F_FILLED))
			mark_range(touched, node->props, node->end);
		else if ((node->kind == YAML_MAP || node->kind == YAML_SEQ) && (node->flags & YAML_F_DIRTY))
			mark_children(touched, id);
	}
}

static void check_gone(struct yaml_tree *tree, const struct splices *splices)
{
	struct touched touched = { memset(xmalloc(tree->bytes.n + 1), 0, tree->bytes.n + 1), tree };

	mark_touched(&touched);
	for (size_t i = 0; i < splices->n; i++)
		for (uint64_t at = splices->items[i].at; at < splices->items[i].at + splices->items[i].del; at++)
			if (!touched.may_go[at] && !is_blank(tree->bytes.p[at])) {
				fuzz_show("original", tree->bytes);
				fuzz_check(false, "byte %llu is gone, and nobody touched it", (unsigned long long)at);
			}
	free(touched.may_go);
}

/* ---- a document ---- */

struct round {
	struct arena *arena;
	struct yaml_tree tree;
	struct edit edits[EDITS_MAX];
	size_t n;
	bool repeatable;
	struct nodes nodes;
	struct buf said;
};

static bool parse(struct yaml_tree *tree, struct arena *arena, struct str bytes)
{
	static const struct yaml_limits limits = { .nodes = 100000, .depth = 200, .bytes = 1 << 20 };
	struct yaml_refusal why;

	return yaml_parse(tree, arena, bytes, &limits, &why);
}

/* Whether @id is, or stands in, what a root key that begins with `x-` keeps for others. */
static bool is_in_definition(struct yaml_tree *tree, yaml_id id)
{
	while (yaml_parent(tree, id) && yaml_parent(tree, id) != tree->root)
		id = yaml_parent(tree, id);
	return yaml_key(tree, id) && yaml_is_definition(yaml_text(tree, yaml_key(tree, id)));
}

static void forget_from(struct round *round, uint32_t mark)
{
	while (round->n && round->edits[round->n - 1].mark >= mark)
		round->n--;
}

/* Whether @id, which was removed, hid another pair of its name: of what a merge key brings in, that one counts then. */
static bool shows_another(struct yaml_tree *tree, yaml_id id)
{
	yaml_id key = yaml_key(tree, id);

	return key && yaml_get_str(tree, yaml_parent(tree, id), yaml_text(tree, key));
}

static void run_program(struct round *round, struct str program)
{
	struct yaml_tree *tree = &round->tree;
	uint32_t mark = yaml_mark(tree);

	round->repeatable = true;
	for (size_t i = 0; i + 2 < program.n && round->n < EDITS_MAX; i += 3) {
		const uint8_t *p = (const uint8_t *)program.p + i;
		struct edit *edit = &round->edits[round->n];
		struct yaml_refusal why = { 0 };
		yaml_id id, made;

		edit->op = (enum op)(p[0] % OPS);
		edit->value = p[2];
		edit->mark = yaml_mark(tree);
		if (edit->op == OP_MARK) {
			mark = yaml_mark(tree);
			continue;
		}
		if (edit->op == OP_ROLLBACK) {
			yaml_rollback(tree, mark);
			forget_from(round, mark);
			continue;
		}
		round->nodes.n = 0;
		list_nodes(tree, tree->root, &round->nodes);
		id = round->nodes.items[p[1] % round->nodes.n];
		edit->has_way = find_way(tree, id, &edit->way) && go(tree, &edit->way) == id;
		edit->said = fuzz_emitted() ? edit_say(tree, id, edit) : STR_NONE;
		made = edit_make(tree, id, edit, &why);
		if (!made) {
			fuzz_check(why.why && *why.why, "edit %d was refused without a reason", (int)edit->op);
			fuzz_check(why.at <= tree->bytes.n, "edit %d was refused outside of the document",
				   (int)edit->op);
			fuzz_check(yaml_mark(tree) == edit->mark, "edit %d was refused, and left something",
				   (int)edit->op);
			continue;
		}
		/* In what kubectl read, there is no other one. */
		if (edit->op == OP_REMOVE && shows_another(tree, id))
			edit->said = STR_NONE;
		/* What moves what others are found by, or adds one more each time, cannot be done again. */
		if (!edit->has_way || edit->op == OP_REMOVE || edit->op == OP_APPEND_MAP || edit->op == OP_APPEND_STR)
			round->repeatable = false;
		/* To a definition it is no edit to say what it says: it follows its users, and then says something else. */
		if (yaml_mark(tree) == edit->mark && is_in_definition(tree, id))
			round->repeatable = false;
		buf_addf(&round->said, "op %d value %d at node %u (%zu)\n", (int)edit->op, edit->value, id,
			 (size_t)(p[1] % round->nodes.n));
		round->n++;
	}
}

static void render(struct yaml_tree *tree, struct buf *out)
{
	struct splices splices = { 0 };

	yaml_render(tree, &splices);
	fuzz_check_splices(tree->bytes, &splices);
	check_gone(tree, &splices);
	splices_apply(tree->bytes, &splices, out);
	splices_free(&splices);
}

static void fail(const struct round *round, struct str out, const char *why)
{
	fuzz_show("before", round->tree.bytes);
	fuzz_show("edits", buf_str(&round->said));
	fuzz_show("after", out);
	fuzz_check(false, "%s", why);
}

/* Whether every edit has a place. */
static bool settle(struct yaml_tree *tree)
{
	struct yaml_unsettled_edits unsettled = { 0 };
	uint32_t end = yaml_mark(tree);
	bool fine = yaml_settle(tree, &unsettled);

	fuzz_check(fine == !unsettled.n, "edits have no place, and none is named");
	for (size_t i = 0; i < unsettled.n; i++) {
		const struct yaml_refusal *why = &unsettled.items[i].why;

		fuzz_check(unsettled.items[i].op < end, "an edit has no place, and nobody made it");
		fuzz_check(why->why && *why->why, "an edit has no place without a reason");
		fuzz_check(why->at <= tree->bytes.n && why->other <= tree->bytes.n + 1,
			   "an edit has no place outside of the document");
	}
	free(unsettled.items);
	return fine;
}

/* The same edits once more, of the result. */
static void check_again(struct round *round, struct yaml_tree *after)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < round->n; i++) {
		struct yaml_refusal why = { 0 };
		yaml_id id = go(after, &round->edits[i].way);

		if (!id || !edit_make(after, id, &round->edits[i], &why)) {
			buf_free(&out);
			return;
		}
	}
	if (!settle(after))
		fail(round, after->bytes, "the same edits once more have no place");
	render(after, &out);
	if (!str_eq(buf_str(&out), after->bytes)) {
		fuzz_show("once more", buf_str(&out));
		fail(round, after->bytes, "the same edits once more change something");
	}
	buf_free(&out);
}

/* What the tree means now, and what came of it. */
static void emit(struct round *round, struct str after, struct str meant)
{
	struct buf edits = BUF_INIT;
	bool sayable = true;

	for (size_t i = 0; i < round->n; i++) {
		buf_addc(&edits, i ? ',' : '[');
		buf_add(&edits, round->edits[i].said);
		sayable &= round->edits[i].has_way && round->edits[i].said.n != 0;
	}
	buf_addc(&edits, ']');
	if (round->n)
		meaning_frame(fuzz_emitted(), "edit",
			      (struct str[]){ STR("edit"), round->tree.bytes, after, meant,
					      sayable ? buf_str(&edits) : STR_NONE },
			      5);
	buf_free(&edits);
}

static void check_result(struct round *round)
{
	struct buf out = BUF_INIT, meant = BUF_INIT;
	struct yaml_tree after = YAML_TREE_INIT;
	struct yaml_splitter splitter;
	struct yaml_refusal why;
	struct yaml_span span;
	struct str text;
	bool told;
	size_t bad;

	/* Before it is settled, the tree says what is meant at each place. */
	told = fuzz_emitted() && meaning_add(&round->tree, round->tree.root, &meant);
	if (!settle(&round->tree)) {
		buf_free(&meant);
		return;
	}
	render(&round->tree, &out);
	text = buf_str(&out);
	if (!round->n && !str_eq(text, round->tree.bytes))
		fail(round, text, "no edits, other bytes");
	splitter = yaml_splitter_init(text);
	if (!yaml_split_next(&splitter, &span, &bad) || span.start || span.end != text.n || bad != SIZE_MAX)
		fail(round, text, "the result is not one document any more");
	if (!parse(&after, round->arena, text))
		fail(round, text, "the result is not read any more");
	if (!yaml_prove_tree(&round->tree, &after, &why))
		fail(round, text, why.why);
	if (told && !meaning_turns_json(round->tree.bytes, text))
		emit(round, text, buf_str(&meant));
	buf_free(&meant);
	if (round->repeatable)
		check_again(round, &after);
	yaml_tree_free(&after);
	buf_free(&out);
}

/* With everything taken back, the tree reads as it did. */
static void check_rollback(struct round *round, struct str dump)
{
	struct splices splices = { 0 };
	struct buf now = BUF_INIT;

	yaml_rollback(&round->tree, 0);
	round->tree.ops.n++; /* as if something had been edited: the walk must still find nothing */
	yaml_render(&round->tree, &splices);
	round->tree.ops.n--;
	if (splices.n)
		fail(round, STR_NONE, "something is left after all was taken back");
	fuzz_dump(&round->tree, &now);
	if (!round->tree.exhausted && !str_eq(buf_str(&now), dump)) {
		fuzz_show("dump before", dump);
		fail(round, buf_str(&now), "the tree reads otherwise after all was taken back");
	}
	splices_free(&splices);
	buf_free(&now);
}

/* Before an edit the document must be one by itself: what the engine's proof asks for, too. */
static bool stands_alone(struct str text)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_span span;
	size_t bad;

	return yaml_split_next(&splitter, &span, &bad) && !span.start && span.end == text.n && bad == SIZE_MAX;
}

static void check_document(struct str bytes, struct str program)
{
	struct round *round = memset(xmalloc(sizeof(*round)), 0, sizeof(*round));
	struct buf dump = BUF_INIT;

	round->arena = arena_new();
	if (stands_alone(bytes) && parse(&round->tree, round->arena, bytes) && round->tree.root) {
		fuzz_dump(&round->tree, &dump);
		run_program(round, program);
		if (!round->tree.exhausted)
			check_result(round);
		check_rollback(round, buf_str(&dump));
	}
	yaml_tree_free(&round->tree);
	arena_free(round->arena);
	buf_free(&round->said);
	buf_free(&dump);
	free(round);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input_split((struct str){ (const char *)data, size });
	struct yaml_splitter splitter = yaml_splitter_init(input.text);
	uint64_t start = fuzz_clock();
	struct yaml_span span;
	size_t bad, n = 0;

	if (size > FUZZ_BYTES_MAX)
		return -1;
	while (n++ < 4 && yaml_split_next(&splitter, &span, &bad))
		if (bad == SIZE_MAX)
			check_document(str_sub(input.text, span.start, span.end), input.program);
	fuzz_check_time(start);
	return 0;
}
