/* SPDX-License-Identifier: Apache-2.0 */
#include "live/words.h"

struct str live_object_title(const struct live_resource *resource, struct str name, struct arena *arena)
{
	struct str title = live_resource_title(resource, true, arena);

	return str_fmt(arena, "%.*s/%.*s", STR_ARG(title), STR_ARG(name));
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_./:=@,+%", c));
}

void live_shell_word(struct buf *out, struct str word)
{
	bool plain = word.n > 0;

	for (size_t i = 0; i < word.n; i++)
		plain = plain && is_plain(word.p[i]);
	if (plain) {
		buf_add(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'')
			buf_addz(out, "'\\''");
		else
			buf_addc(out, word.p[i]);
	}
	buf_addc(out, '\'');
}

void live_shell_object(struct buf *out, const struct live_resource *resource, struct str namespace, struct str name,
		       struct str flags, struct arena *arena)
{
	live_shell_word(out, live_object_title(resource, name, arena));
	if (namespace.n) {
		buf_addz(out, " -n ");
		live_shell_word(out, namespace);
	}
	buf_addz(out, flags.n ? " " : "");
	buf_add(out, flags);
}
