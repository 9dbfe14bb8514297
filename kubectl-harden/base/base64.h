/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Base64: the standard alphabet, with padding (RFC 4648), as Go's StdEncoding takes and gives it.
 */

#include "base/str.h"

/* base64_decode() - the bytes that @text stands for, in @arena; line ends in it are passed over. False where it is none. */
bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes);

/* base64_encode() - appends @bytes, on one line. */
void base64_encode(struct buf *out, struct str bytes);
