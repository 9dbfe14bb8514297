/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutate: libFuzzer's way to change an input that begins with a program and goes on with manifests. Bytes change as
 * they do without it; besides, a manifest is made anew, changed as a tree, or written in another style, and lines
 * change as in an editor.
 */
#include "fuzz.h"
#include "model.h"

#include "yaml/split.h"

struct mutation {
	struct arena *arena;
	struct chance chance;
	struct fuzz_input input;
	struct buf out;
};

/* ---- lines ---- */

static const char *const lines[] = {
	"# comment",
	"---",
	"...",
	"--- # comment",
	"",
	"  ",
	"\t",
	"- x",
	"a: b",
	"  - &x",
	"#%FILE",
	"? key",
	": value",
	"<<: *a1",
	"securityContext: {}",
	"kind: Pod",
	"%YAML 1.1",
	"spec:",
	"  securityContext:",
	"        securityContext: &sc",
	"      # deep",
	"        - |+",
	"---\r",
	"}",
};

static struct str any_line(struct mutation *m, struct str text, size_t *ret_at)
{
	size_t at = chance_below(&m->chance, (uint32_t)text.n + 1), end;

	while (at && text.p[at - 1] != '\n')
		at--;
	for (end = at; end < text.n && text.p[end] != '\n'; end++)
		;
	end += end < text.n;
	*ret_at = at;
	return str_sub(text, at, end);
}

/* All line breaks, or half of them. */
static void to_crlf(struct mutation *m, struct str text)
{
	bool mixed = chance_of(&m->chance, 4);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (!i || text.p[i - 1] != '\r') && !(mixed && chance_of(&m->chance, 2)))
			buf_addc(&m->out, '\r');
		buf_addc(&m->out, text.p[i]);
	}
}

static void mutate_lines(struct mutation *m, struct str text)
{
	static const char *const tails[] = { " # comment", " ",	   "\r",       " |", " >-", " {}",
					     " &a1",	   " *a1", " !!str x", ",",  ":" };
	size_t at, to, space = 0;
	struct str line = any_line(m, text, &at), other = any_line(m, text, &to);
	struct str before = str_sub(text, 0, at), after = str_sub(text, at + line.n, text.n);
	bool feed = line.n && line.p[line.n - 1] == '\n';

	switch (chance_below(&m->chance, 11)) {
	case 0: /* goes */
		buf_add(&m->out, before);
		buf_add(&m->out, after);
		return;
	case 1: /* comes twice */
		buf_add(&m->out, before);
		buf_add(&m->out, line);
		buf_add(&m->out, line);
		buf_add(&m->out, after);
		return;
	case 2: /* comes here from elsewhere */
		buf_add(&m->out, before);
		buf_add(&m->out, other);
		buf_add(&m->out, line);
		buf_add(&m->out, after);
		return;
	case 3: /* a new one */
		buf_add(&m->out, before);
		buf_pad(&m->out, ' ', (size_t)chance_below(&m->chance, 3) * 2);
		buf_addz(&m->out, lines[chance_below(&m->chance, sizeof(lines) / sizeof(*lines))]);
		buf_addc(&m->out, '\n');
		buf_add(&m->out, line);
		buf_add(&m->out, after);
		return;
	case 4: /* gets something behind it */
		buf_add(&m->out, before);
		buf_add(&m->out, str_sub(line, 0, line.n - feed));
		buf_addz(&m->out, tails[chance_below(&m->chance, sizeof(tails) / sizeof(*tails))]);
		buf_addz(&m->out, feed ? "\n" : "");
		buf_add(&m->out, after);
		return;
	case 5: /* is indented otherwise */
		while (space < line.n && line.p[space] == ' ')
			space++;
		buf_add(&m->out, before);
		buf_pad(&m->out, ' ', chance_below(&m->chance, (uint32_t)space + 3));
		buf_add(&m->out, str_sub(line, space, line.n));
		buf_add(&m->out, after);
		return;
	case 6:
		to_crlf(m, text);
		return;
	case 7: /* no final newline */
		while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
			text.n--;
		buf_add(&m->out, text);
		return;
	case 8:
		buf_addz(&m->out, "\xef\xbb\xbf");
		buf_add(&m->out, text);
		return;
	case 9: /* the first half of the line becomes a line of its own */
		buf_add(&m->out, before);
		space = chance_below(&m->chance, (uint32_t)line.n + 1);
		buf_add(&m->out, str_sub(line, 0, space));
		buf_addc(&m->out, '\n');
		buf_add(&m->out, str_sub(line, space, line.n));
		buf_add(&m->out, after);
		return;
	default: /* cut off here */
		buf_add(&m->out, before);
		buf_add(&m->out, str_sub(line, 0, chance_below(&m->chance, (uint32_t)line.n + 1)));
	}
}

/* ---- manifests ---- */

static void print(struct mutation *m, struct model *model)
{
	for (uint32_t n = chance_of(&m->chance, 3) ? chance_below(&m->chance, 4) : 0; n; n--)
		model_share(m->arena, &m->chance, model);
	model_print(&m->chance, model, &m->out);
}

static void mutate_new(struct mutation *m)
{
	static const char *const between[] = { "---\n", "---\n", "--- # x\n", "#%FILE\n", "...\n---\n" };

	if (chance_of(&m->chance, 4))
		buf_addz(&m->out, "---\n");
	for (uint32_t n = 1 + chance_below(&m->chance, 2); n; n--) {
		print(m, model_make(m->arena, &m->chance));
		if (n > 1)
			buf_addz(&m->out, between[chance_below(&m->chance, 5)]);
	}
}

/* One document of the input is written anew, with a change or two. */
static void mutate_tree(struct mutation *m, struct str text)
{
	static const struct yaml_limits limits = { .nodes = 20000, .depth = 60, .bytes = 1 << 20 };
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	struct yaml_span span, chosen = { 0, text.n };
	size_t bad;
	uint32_t seen = 0;

	while (seen < FUZZ_DOCUMENTS_MAX && yaml_split_next(&splitter, &span, &bad))
		if (chance_of(&m->chance, ++seen))
			chosen = span;
	buf_add(&m->out, str_sub(text, 0, chosen.start));
	if (yaml_parse(&tree, m->arena, str_sub(text, chosen.start, chosen.end), &limits, &why) && tree.root) {
		struct model *model = model_read(m->arena, &tree, tree.root);

		for (uint32_t n = chance_below(&m->chance, 4); n; n--)
			model_change(m->arena, &m->chance, model);
		print(m, model);
	} else {
		print(m, model_make(m->arena, &m->chance));
	}
	buf_add(&m->out, str_sub(text, chosen.end, text.n));
	yaml_tree_free(&tree);
}

static void mutate_program(struct mutation *m)
{
	struct str program = m->input.program;
	uint32_t at = chance_below(&m->chance, FUZZ_PROGRAM_MAX);

	buf_add(&m->out, program);
	if (at < program.n)
		m->out.p[at] = (char)chance_below(&m->chance, 256);
	else if (program.n < FUZZ_PROGRAM_MAX)
		for (uint32_t n = 1 + chance_below(&m->chance, 3); n && m->out.n < FUZZ_PROGRAM_MAX; n--)
			buf_addc(&m->out, (char)chance_below(&m->chance, 256));
	for (size_t i = 0; i < m->out.n; i++)
		if (m->out.p[i] == '\n')
			m->out.p[i] = 'x';
	buf_addc(&m->out, '\n');
	buf_add(&m->out, m->input.text);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	struct mutation m = { .chance = { seed * 2654435761u + 1u } };
	uint32_t what = chance_below(&m.chance, 16);

	m.input = fuzz_input_split((struct str){ (const char *)data, size });
	if (what < 4)
		return LLVMFuzzerMutate(data, size, max);
	m.arena = arena_new();
	if (what < 7) {
		mutate_program(&m);
	} else {
		buf_add(&m.out, m.input.program);
		buf_addc(&m.out, '\n');
		if (what < 8)
			mutate_new(&m);
		else if (what < 12)
			mutate_tree(&m, m.input.text);
		else
			mutate_lines(&m, m.input.text);
	}
	if (m.out.n && m.out.n <= max) {
		memcpy(data, m.out.p, m.out.n);
		size = m.out.n;
	} else {
		size = LLVMFuzzerMutate(data, size, max);
	}
	buf_free(&m.out);
	arena_free(m.arena);
	return size;
}
