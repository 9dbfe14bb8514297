/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64
 *
 * Strict in what it takes: what another reader would refuse, or take for other bytes, is no base64 here either.
 */
#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int sextet(char c)
{
	const char *hit = c ? strchr(alphabet, c) : NULL;

	return hit ? (int)(hit - alphabet) : -1;
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret_bytes)
{
	struct buf out = BUF_INIT;
	unsigned bits = 0, n = 0, padding = 0;
	bool fine = true;

	for (size_t i = 0; i < text.n && fine; i++) {
		char c = text.p[i];
		int six = sextet(c);

		if (c == '\n' || c == '\r')
			continue;
		if (c == '=')
			padding++;
		fine = c == '=' ? n + padding <= 4 && n >= 2 : six >= 0 && !padding;
		if (!fine || c == '=')
			continue;
		bits = bits << 6 | (unsigned)six;
		if (++n == 4) {
			buf_addc(&out, (char)(bits >> 16));
			buf_addc(&out, (char)(bits >> 8));
			buf_addc(&out, (char)bits);
			n = bits = 0;
		}
	}
	fine = fine && (n + padding == 4 || n + padding == 0);
	if (fine && n >= 2)
		buf_addc(&out, (char)(bits >> (n == 2 ? 4 : 10)));
	if (fine && n == 3)
		buf_addc(&out, (char)(bits >> 2));
	*ret_bytes = fine ? str_copy(arena, buf_str(&out)) : STR_NONE;
	buf_free(&out);
	return fine;
}

void base64_encode(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
		unsigned bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? (unsigned char)bytes.p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			buf_addc(out, k <= n ? alphabet[bits >> (18 - 6 * k) & 63] : '=');
	}
}
