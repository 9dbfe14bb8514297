/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The notes of yaml/expect.c, as yaml/prove.c reads them.
 *
 * A node is a byte that says what it is, and what belongs to it; nodes come in the order in which they are written, a
 * key before its value, a collection before its children and an EXPECT_END behind them. Properties come before their
 * node. A span of the document is two numbers: from the end of the last span to its start, and its length. Numbers are
 * written seven bits a byte, low ones first, the last without the high bit.
 */

#include "yaml/expect.h"

enum expect_what {
	EXPECT_END,
	EXPECT_PROPERTY, /* span: an anchor or tag */
	EXPECT_SCALAR,	 /* style, span: nobody touched it */
	EXPECT_NEW,	 /* type, length and text: what it must be read as */
	EXPECT_ALIAS,	 /* span */
	EXPECT_MAP,	 /* style */
	EXPECT_SEQ,	 /* style */
};

enum {
	EXPECT_WHAT = 7,	   /* enum expect_what */
	EXPECT_DETAIL = 3,	   /* shift: enum yaml_style, or of a new scalar enum yaml_type */
	EXPECT_ANY_STYLE = 1 << 6, /* of a collection */
	EXPECT_MERGE_KEY = 1 << 7, /* a new scalar that is `<<` */
};

static inline enum expect_what expect_what(unsigned char head)
{
	return (enum expect_what)(head & EXPECT_WHAT);
}

static inline unsigned expect_detail(unsigned char head)
{
	return (head >> EXPECT_DETAIL) & 7;
}

/*
 * comments_collect() - calls @take for each comment that stays, in order, as long as it returns true: all of @tree but
 * those that go with what was removed. The text begins with its #.
 */
struct comment_sink {
	bool (*take)(void *context, struct str comment);
	void *context;
};
bool comments_collect(struct yaml_tree *tree, struct comment_sink sink);
