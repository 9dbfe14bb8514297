/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Split: a stream into documents, exactly where kubectl does: at lines that are `---`, blanks and a comment.
 */

#include "base/str.h"

struct yaml_span {
	size_t start; /* behind the separator line, or behind the byte order mark, or where a JSON value starts */
	size_t end;   /* start of the next separator line, or end of the input */
};

struct yaml_splitter {
	struct str text;
	size_t at;
	bool done;
	bool json; /* a stream of JSON values: {…}\n{…} */
};

struct yaml_splitter yaml_splitter_init(struct str text);

/*
 * yaml_split_next() - the next document in *ret_span; false at the end. An empty part is a document too (it holds
 * nothing). *ret_bad is set to the offset of a line that begins with `---` and is no separator (kubectl would read
 * something else there than YAML does), SIZE_MAX otherwise: such a file must be refused.
 */
bool yaml_split_next(struct yaml_splitter *splitter, struct yaml_span *ret_span, size_t *ret_bad);
