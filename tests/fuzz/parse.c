/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parse: any bytes through guard, split, parse, and every reader of the tree.
 *
 * What must hold: the parts that a stream is split into lie in order; what the guard refuses is not parsed; spans lie
 * in each other; readers do not contradict each other; a parser that is used again reads what a fresh one reads; what
 * the reader of JSON makes of a document is what the YAML parser makes of it, node by node, where that reads it.
 */
#include "fuzz.h"

#include "differential/meaning.h"
#include "yaml/guard.h"
#include "yaml/split.h"
#include "yaml/tree_internal.h"

static const struct yaml_limits limits = { .nodes = 100000, .depth = 200, .bytes = 1 << 20 };

static void check_refusal(struct str bytes, const struct yaml_refusal *why)
{
	fuzz_check(why->why && *why->why, "refused without a reason");
	fuzz_check(why->at <= bytes.n && why->other <= bytes.n, "refused outside of the document");
}

static bool read(struct str bytes, struct buf *out, bool *ret_exhausted)
{
	struct arena *arena = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why, guard;
	bool fine = yaml_parse(&tree, arena, bytes, &limits, &why);
	size_t end;

	if (!yaml_guard(bytes, &end, &guard)) {
		fuzz_check(!fine, "the guard refuses what is parsed: %s", guard.why);
		check_refusal(bytes, &guard);
	}
	if (fine) {
		fuzz_check_spans(&tree);
		fuzz_dump(&tree, out);
	} else {
		check_refusal(bytes, &why);
	}
	*ret_exhausted = fine && tree.exhausted;
	yaml_tree_free(&tree);
	arena_free(arena);
	return fine;
}

static void check_same_trees(const struct yaml_tree *json, const struct yaml_tree *yaml)
{
	fuzz_check(json->nodes.n == yaml->nodes.n, "%zu nodes of JSON are %zu of YAML", json->nodes.n, yaml->nodes.n);
	for (size_t i = 0; i < json->nodes.n; i++)
		fuzz_check(!memcmp(&json->nodes.items[i], &yaml->nodes.items[i], sizeof(struct yaml_node)),
			   "node %zu is another one as YAML", i);
	fuzz_check(json->root == yaml->root && json->copies_end == yaml->copies_end && json->json == yaml->json &&
			   json->has_anchors == yaml->has_anchors && json->indent_step == yaml->indent_step &&
			   json->sequence_offset == yaml->sequence_offset &&
			   !memcmp(json->keys, yaml->keys, sizeof(json->keys)),
		   "a tree of JSON has other properties as YAML");
}

/*
 * Both readers. JSON that the YAML parser refuses is no contradiction, for kubectl reads it; what one refuses for the
 * document's own sake, the other does too, at the same place.
 */
static void check_json(struct str bytes)
{
	struct arena *arena = arena_new();
	struct yaml_tree json = YAML_TREE_INIT, yaml = YAML_TREE_INIT;
	struct yaml_refusal one, two;
	bool fine = yaml_parse(&json, arena, bytes, &limits, &one);

	if (yaml_parse_yaml(&yaml, arena, bytes, &limits, &two)) {
		fuzz_check(fine, "refused as JSON, read as YAML: %s", one.why);
		check_same_trees(&json, &yaml);
	} else if (!fine) {
		fuzz_check(str_starts(str_of(two.why), STR("not valid YAML")) ||
				   (one.at == two.at && one.other == two.other && str_is(str_of(one.why), two.why)),
			   "refused at %u as JSON, at %u as YAML: %s", one.at, two.at, two.why);
	}
	yaml_tree_free(&json);
	yaml_tree_free(&yaml);
	arena_free(arena);
}

static void check_document(struct str bytes)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	bool exhausted;

	check_json(bytes);
	if (read(bytes, &one, &exhausted)) {
		yaml_parsers_release();
		fuzz_check(read(bytes, &two, &exhausted), "read once, refused by a fresh parser");
		fuzz_check(str_eq(buf_str(&one), buf_str(&two)), "a fresh parser reads something else");
	}
	buf_free(&one);
	buf_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct yaml_splitter splitter = yaml_splitter_init(text);
	uint64_t start = fuzz_clock();
	size_t bad, at = 0, n = 0;
	struct yaml_span span;

	if (size > FUZZ_BYTES_MAX)
		return -1;
	if (fuzz_emitted())
		meaning_frame_file(fuzz_emitted(), NULL, text);
	while (n++ < FUZZ_DOCUMENTS_MAX && yaml_split_next(&splitter, &span, &bad)) {
		fuzz_check(span.start >= at && span.end >= span.start && span.end <= text.n,
			   "a document at %zu ends at %zu of %zu", span.start, span.end, text.n);
		fuzz_check(bad == SIZE_MAX || (bad < text.n && str_starts(str_sub(text, bad, text.n), STR("---"))),
			   "no bad separator at %zu", bad);
		at = span.end;
		check_document(str_sub(text, span.start, span.end));
	}
	fuzz_check_time(start);
	return 0;
}
