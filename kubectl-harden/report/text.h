/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Text: what a person reads. Escapes for whatever came from the input, colours, plural forms, lines of 80 columns.
 */

#include "base/str.h"

enum { TEXT_COLUMNS = 80 };

/* text_escape() - appends @s with all that a terminal might obey or hide as a visible escape (\x1b, \u202e). */
void text_escape(struct buf *out, struct str s);

/* text_escape_line() - the same for a line of a file: a tab stays, and a carriage return that ends it. */
void text_escape_line(struct buf *out, struct str line);

/* text_is_plain() - whether text_escape() would change nothing. */
bool text_is_plain(struct str s);

/* The looks that Git gives to a diff, and those of severities. */
enum look { LOOK_BOLD, LOOK_HUNK, LOOK_REMOVED, LOOK_ADDED, LOOK_ERROR, LOOK_WARNING };

/* look_start(), look_end() - switch a look on and off, where @colour is wanted. */
void look_start(struct buf *out, bool colour, enum look look);
void look_end(struct buf *out, bool colour);

/* look_word() - a constant text in a look. */
void look_word(struct buf *out, bool colour, enum look look, const char *word);

/* text_count() - "1 change", "2 changes": the plural is made with an s. */
void text_count(struct buf *out, size_t n, const char *noun);

/* text_line_start() - the offset at which the line of @at starts; text_line_end() - behind its line feed. */
size_t text_line_start(struct str s, size_t at);
size_t text_line_end(struct str s, size_t at);

/* text_stop() - ends a sentence that does not end with a stop yet. */
void text_stop(struct buf *out);

/* text_width() - columns that @s takes on a terminal; colours take none. */
size_t text_width(struct str s);

/*
 * text_word() - makes one word for text_wrap() of what stands in @text from @start on, escaped already: a path with blanks
 * is not broken.
 */
void text_word(struct buf *text, size_t start);

/*
 * text_wrap() - appends @s as lines of at most @columns, broken at blanks; those after the first are indented by
 * @hanging. A word that is wider stays whole, so that places and commands can be copied. @s is escaped already; a
 * line feed in it is kept. What stands in @out since its last line feed counts as the start of the first line. Ends
 * with a line feed.
 */
void text_wrap(struct buf *out, struct str s, size_t hanging, size_t columns);
