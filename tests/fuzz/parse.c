/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parse: any bytes through guard, split, parse, and every reader of the tree.
 *
 * What must hold: the parts that a stream is split into lie in order; what the guard refuses is not parsed; spans lie
 * in each other; readers do not contradict each other; a parser that is used again reads what a fresh one reads.
 */
#include "fuzz.h"

#include "differential/meaning.h"
#include "yaml/guard.h"
#include "yaml/split.h"

static void check_refusal(struct str bytes, const struct yaml_refusal *why)
{
	fuzz_check(why->why && *why->why, "refused without a reason");
	fuzz_check(why->at <= bytes.n && why->other <= bytes.n, "refused outside of the document");
}

static bool read(struct str bytes, struct buf *out, bool *ret_exhausted)
{
	static const struct yaml_limits limits = { .nodes = 100000, .depth = 200, .bytes = 1 << 20 };
	struct arena *arena = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why, guard;
	bool fine = yaml_parse(&tree, arena, bytes, &limits, &why);

	if (!yaml_guard(bytes, &guard)) {
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

static void check_document(struct str bytes)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	bool exhausted;

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
