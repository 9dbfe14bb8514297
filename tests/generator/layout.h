/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Layout: one small Deployment, written in all the ways in which people write it.
 */

#include "base/str.h"

enum style {
	STYLE_BLOCK,
	STYLE_ITEMS_FLOW,	/* block, but each container in braces */
	STYLE_ITEMS_FLOW_LINES, /* the same, over several lines */
	STYLE_SPEC_FLOW,	/* `spec: {…}` on one line */
	STYLE_SPEC_FLOW_LINES,	/* over several */
	STYLE_JSON_PRETTY,
	STYLE_JSON_TABS,
	STYLE_JSON_LINE,
	STYLE_JSON_MINIFIED,
	STYLES
};

enum comment {
	COMMENT_NONE,
	COMMENT_ABOVE,	    /* on a line of its own above a key */
	COMMENT_TRAILING,   /* behind the last value */
	COMMENT_BELOW,	    /* on a line of its own behind the last value */
	COMMENT_OUTSIDE,    /* the same, indented less */
	COMMENT_BEFORE_KEY, /* between a key and its first child */
	COMMENT_IN_LIST,    /* between two items, and behind a dash */
	COMMENT_AT_KEYS,    /* behind keys that have no value on their line */
	COMMENT_END,	    /* at the end of the document, and at its start */
	COMMENT_MARKER,	    /* behind `---` */
	COMMENTS
};

enum last {
	LAST_PLAIN,
	LAST_QUOTED,
	LAST_LINES, /* double-quoted over two lines */
	LAST_FLOW,
	LAST_ALIAS,
	LAST_EMPTY,
	LAST_LITERAL,
	LAST_LITERAL_STRIP,
	LAST_LITERAL_KEEP,
	LAST_FOLDED,
	LASTS
};

enum fill { FILL_BRACES, FILL_NULL, FILL_TILDE, FILL_NOTHING, FILL_BRACKETS, FILLS };

struct layout {
	bool crlf, bom, final_newline, blank_lines, indented_lists;
	bool at_end; /* the last value of the container is the last of the document */
	unsigned indent;
	enum style style;
	enum comment comment;
	enum last last;
	enum fill fill;
};

/* layout_makes_sense() - false for what cannot be written, or is the same as another layout. */
bool layout_makes_sense(const struct layout *layout);

/* layout_print() - appends the document to @out, and its comments to @marks, a line each. */
void layout_print(const struct layout *layout, struct buf *out, struct buf *marks);

/* layout_name() - says the layout in words, for a person who has to find the case. */
void layout_name(const struct layout *layout, struct buf *out);
