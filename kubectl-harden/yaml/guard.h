/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Guard: what must not reach the parser.
 */

#include "yaml/tree.h"

/*
 * yaml_guard() - false with the reason where @bytes hold something that libfyaml mishandles, or that kubectl reads
 * differently, so that a field could hide from us: NUL and other control characters, invalid UTF-8, UTF-16, a byte
 * order mark inside the text, U+0085, U+2028, U+2029, `%` directives, or thousands of
 * brackets that stay open on one line. *ret_end: the parser must not see what stands from there on. That is the end,
 * or a directive behind a `...` line, where kubectl looks no more.
 * yaml_guard_json() - likewise for bytes that libfyaml does not see, as they are JSON or nothing: what is no UTF-8.
 */
bool yaml_guard(struct str bytes, size_t *ret_end, struct yaml_refusal *ret_why);
bool yaml_guard_json(struct str bytes, struct yaml_refusal *ret_why);
