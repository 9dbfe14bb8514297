/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diff
 *
 * What changed is known: the splices. So nothing is searched for, and the diff takes linear time. Each run of splices
 * that touches the same lines becomes an *edit*: some whole lines of the original, and the lines that stand there
 * now. Lines that are equal at an edit's start or end are no part of it: a splice that inserts "line feed, new lines"
 * before the line feed of the line above has touched that line, but it shows as added lines only.
 *
 * A line ends with a line feed, as it does for Git and patch: the carriage return of a CRLF is part of the line.
 */
#include "report/diff.h"

#include <stdlib.h>

#include "report/text.h"

enum { CONTEXT = 3, HEADING_MAX = 80 };

/* Lines of the original [from, to) that become [text, text_end) of fresh. */
struct edit {
	size_t from, to;
	size_t text, text_end;
	size_t line; /* lines of the original before it */
	size_t gone, come;
};

struct differ {
	struct str original;
	struct buf fresh; /* the new lines of the edits */
	struct {
		struct edit *items;
		size_t n, cap;
	} edits;      /* of the hunk that is growing */
	size_t delta; /* lines added by the hunks before it */
	struct str path;
	bool begun; /* the headers are written */
	struct buf *out;
	const struct diff_options *options;
	size_t context; /* lines around each edit */
	size_t scanned; /* where the search for headings stands: the start of a line */
	struct str heading;
};

static size_t count_lines(struct str s)
{
	size_t lines = 0;

	for (size_t at = 0; at < s.n; at = text_line_end(s, at))
		lines++;
	return lines;
}

/* ---- edits ---- */

static bool is_boundary(struct str s, size_t at)
{
	return at == 0 || s.p[at - 1] == '\n';
}

/* Takes equal lines off both ends of an edit. */
static void trim(const struct differ *d, struct edit *edit)
{
	struct str old = str_sub(d->original, edit->from, edit->to);
	struct str new = str_sub(buf_str(&d->fresh), edit->text, edit->text_end);
	size_t head = 0, most = old.n < new.n ? old.n : new.n;

	while (head < most) {
		size_t a = text_line_end(old, head), b = text_line_end(new, head);

		if (!str_eq(str_sub(old, head, a), str_sub(new, head, b)))
			break;
		head = a;
	}
	edit->from += head;
	edit->text += head;
	old = str_sub(old, head, old.n);
	new = str_sub(new, head, new.n);
	while (old.n && new.n) {
		size_t a = text_line_start(old, old.n - 1), b = text_line_start(new, new.n - 1);

		if (!str_eq(str_sub(old, a, old.n), str_sub(new, b, new.n)))
			break;
		edit->to -= old.n - a;
		edit->text_end -= new.n - b;
		old.n = a;
		new.n = b;
	}
}

/* Makes an edit of the splices from *@next on that touch the same lines, and leaves *@next behind them. */
static struct edit collect(struct differ *d, const struct splices *splices, size_t *next)
{
	size_t at = text_line_start(d->original, splices->items[*next].at), end = 0;
	struct edit edit = { .from = at, .text = d->fresh.n };

	while (*next < splices->n) {
		const struct splice *splice = &splices->items[(*next)++];

		buf_add(&d->fresh, str_sub(d->original, at, splice->at));
		buf_add(&d->fresh, splice->ins);
		at = splice->at + splice->del;
		if (is_boundary(d->original, at) && (d->fresh.n == edit.text || d->fresh.p[d->fresh.n - 1] == '\n')) {
			end = at;
			break;
		}
		if (at >= end)
			end = text_line_end(d->original, at);
		/* A last line without line feed goes on with whatever is added behind it. */
		if (end == d->original.n && (at == end || !is_boundary(d->original, end)))
			continue;
		if (*next < splices->n && splices->items[*next].at >= end)
			break;
	}
	buf_add(&d->fresh, str_sub(d->original, at, end));
	edit.to = end;
	edit.text_end = d->fresh.n;
	trim(d, &edit);
	return edit;
}

static void end_hunk(struct differ *d, struct edit *next);

static bool is_far(const struct differ *d, const struct edit *edit)
{
	const struct edit *last = &d->edits.items[d->edits.n - 1];

	return edit->line - (last->line + last->gone) > 2 * d->context;
}

/* A hunk is written as soon as the next edit is too far away for it: what is kept does not grow with the file. */
static void collect_all(struct differ *d, const struct splices *splices)
{
	size_t line = 0, at = 0;

	for (size_t next = 0; next < splices->n;) {
		struct edit edit = collect(d, splices, &next);

		if (edit.from == edit.to && edit.text == edit.text_end)
			continue;
		line += count_lines(str_sub(d->original, at, edit.from));
		at = edit.from;
		edit.line = line;
		edit.gone = count_lines(str_sub(d->original, edit.from, edit.to));
		edit.come = count_lines(str_sub(buf_str(&d->fresh), edit.text, edit.text_end));
		if (d->edits.n && is_far(d, &edit))
			end_hunk(d, &edit);
		VEC_PUSH(&d->edits, edit);
	}
	if (d->edits.n)
		end_hunk(d, NULL);
}

/* ---- lines ---- */

static void add_line(struct differ *d, char sign, struct str line)
{
	bool colour = d->options->colour && sign != ' ', feed = line.n && line.p[line.n - 1] == '\n';
	bool returns;

	line.n -= feed;
	returns = colour && line.n && line.p[line.n - 1] == '\r';
	line.n -= returns;
	look_start(d->out, colour, sign == '-' ? LOOK_REMOVED : LOOK_ADDED);
	buf_addc(d->out, sign);
	if (d->options->visible)
		text_escape_line(d->out, line);
	else
		buf_add(d->out, line);
	look_end(d->out, colour);
	buf_addz(d->out, returns ? "\r\n" : "\n");
	if (!feed)
		buf_addz(d->out, "\\ No newline at end of file\n");
}

static void add_lines(struct differ *d, char sign, struct str lines)
{
	for (size_t at = 0, end; at < lines.n; at = end) {
		end = text_line_end(lines, at);
		add_line(d, sign, str_sub(lines, at, end));
		/* Also in the middle of a hunk: where all lines change, that is the whole file. */
		if (d->options->relax)
			d->options->relax(d->options->data);
	}
}

/* ---- hunks ---- */

/* As Git without a driver has it: the last line before @until that begins with a letter, _ or $. */
static void find_heading(struct differ *d, size_t until)
{
	for (size_t end; d->scanned < until; d->scanned = end) {
		char first = d->original.p[d->scanned];

		end = text_line_end(d->original, d->scanned);
		if ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' || first == '$')
			d->heading = str_sub(d->original, d->scanned, end);
	}
}

static void add_heading(struct differ *d)
{
	struct str heading = d->heading;

	while (heading.n && strchr(" \t\r\n\v\f", heading.p[heading.n - 1]))
		heading.n--;
	if (heading.n > HEADING_MAX) {
		heading.n = HEADING_MAX;
		/* Not in the middle of a character. */
		while (heading.n && ((unsigned char)heading.p[heading.n] & 0xc0) == 0x80)
			heading.n--;
	}
	if (!heading.n)
		return;
	buf_addc(d->out, ' ');
	if (d->options->visible)
		text_escape_line(d->out, heading);
	else
		buf_add(d->out, heading);
}

/* "12,3"; "12" for one line; where there is none, the number of the line before. */
static void add_range(struct buf *out, char sign, size_t before, size_t lines)
{
	buf_addf(out, "%c%zu", sign, lines ? before + 1 : before);
	if (lines != 1)
		buf_addf(out, ",%zu", lines);
}

/* "@@ -12,7 +12,9 @@ spec:" */
static void add_hunk_line(struct differ *d, size_t old, size_t gone, size_t new, size_t come)
{
	look_start(d->out, d->options->colour, LOOK_HUNK);
	buf_addz(d->out, "@@ ");
	add_range(d->out, '-', old, gone);
	buf_addc(d->out, ' ');
	add_range(d->out, '+', new, come);
	buf_addz(d->out, " @@");
	look_end(d->out, d->options->colour);
	add_heading(d);
	buf_addc(d->out, '\n');
}

static void add_hunk(struct differ *d)
{
	const struct edit *edits = d->edits.items;
	size_t last = d->edits.n - 1, from = edits[0].from, to = edits[last].to, before, after, gone, come;

	for (before = 0; before < d->context && from > 0; before++)
		from = text_line_start(d->original, from - 1);
	for (after = 0; after < d->context && to < d->original.n; after++)
		to = text_line_end(d->original, to);
	gone = edits[last].line + edits[last].gone + after - (edits[0].line - before);
	come = gone;
	for (size_t i = 0; i <= last; i++)
		come += edits[i].come - edits[i].gone;
	find_heading(d, from);
	if (!d->options->bare)
		add_hunk_line(d, edits[0].line - before, gone, edits[0].line - before + d->delta, come);
	for (size_t i = 0, end; i <= last; i = end) {
		/* Those that touch are one: first all that goes, then all that comes. */
		for (end = i + 1; end <= last && edits[end].from == edits[end - 1].to;)
			end++;
		add_lines(d, ' ', str_sub(d->original, from, edits[i].from));
		for (size_t k = i; k < end; k++)
			add_lines(d, '-', str_sub(d->original, edits[k].from, edits[k].to));
		for (size_t k = i; k < end; k++)
			add_lines(d, '+', str_sub(buf_str(&d->fresh), edits[k].text, edits[k].text_end));
		from = edits[end - 1].to;
	}
	add_lines(d, ' ', str_sub(d->original, from, to));
}

/* ---- the file's name ---- */

/* @path without empty and . components: a/ and b/ are put before it, and both tools refuse such names. */
static void add_clean(struct buf *out, struct str path)
{
	struct str part;
	bool first = true;

	while (str_cut(&path, '/', &part)) {
		if (!part.n || str_is(part, "."))
			continue;
		if (!first)
			buf_addc(out, '/');
		buf_add(out, part);
		first = false;
	}
}

/* In double quotes, with the escapes of C, as Git does it (with core.quotePath off: UTF-8 stays). */
static void add_quoted(struct buf *out, struct str name)
{
	static const char letters[] = "\aa\bb\tt\nn\vv\ff\rr\"\"\\\\";

	buf_addc(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		const char *letter = NULL;

		for (const char *l = letters; *l && !letter; l += 2)
			if (c == (unsigned char)*l)
				letter = l + 1;
		if (letter)
			buf_addf(out, "\\%c", *letter);
		else if (c < 0x20 || c >= 0x7f)
			buf_addf(out, "\\%03o", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static void add_header(struct differ *d, const char *sign, const char *prefix, struct str path)
{
	struct buf name CLEANUP(buf_free) = BUF_INIT;

	buf_addz(&name, prefix);
	add_clean(&name, path);
	look_start(d->out, d->options->colour, LOOK_BOLD);
	buf_addz(d->out, sign);
	if (!text_is_plain(buf_str(&name)) || memchr(name.p, '"', name.n) || memchr(name.p, '\\', name.n))
		add_quoted(d->out, buf_str(&name));
	else
		buf_add(d->out, buf_str(&name));
	/* As Git: or patch would take what follows the blank for a date. */
	if (memchr(name.p, ' ', name.n))
		buf_addc(d->out, '\t');
	look_end(d->out, d->options->colour);
	buf_addc(d->out, '\n');
}

/* Writes the hunk. @next (NULL for none) is an edit whose lines stand in fresh already, behind those of the hunk. */
static void end_hunk(struct differ *d, struct edit *next)
{
	size_t keep = next ? next->text : d->fresh.n;

	if (!d->begun && !d->options->bare) {
		add_header(d, "--- ", "a/", d->path);
		add_header(d, "+++ ", "b/", d->path);
		d->begun = true;
	}
	add_hunk(d);
	for (size_t i = 0; i < d->edits.n; i++)
		d->delta += d->edits.items[i].come - d->edits.items[i].gone;
	d->edits.n = 0;
	d->fresh.n -= keep;
	if (d->fresh.n)
		memmove(d->fresh.p, d->fresh.p + keep, d->fresh.n);
	if (next) {
		next->text -= keep;
		next->text_end -= keep;
	}
}

void diff_add(struct buf *out, struct str path, struct str original, const struct splices *splices,
	      const struct diff_options *options)
{
	struct differ d = { .original = original, .out = out, .options = options, .path = path };

	d.context = options->bare ? SIZE_MAX / 2 : CONTEXT;
	collect_all(&d, splices);
	free(d.edits.items);
	buf_free(&d.fresh);
}
