/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encode
 *
 * From a text to bytes that mean it, to kubectl (YAML 1.1) as to readers of YAML 1.2. What a fixer writes is held to
 * the narrow rules of yaml_plain_safe(), for it may stand in a flow collection or in a stranger's file; a manifest that
 * we print whole looks as kubectl prints it (yaml_style_of()).
 */
#include "base/json.h"
#include "base/utf8.h"
#include "yaml/scalar.h"

static bool is_white(char c)
{
	return c == ' ' || c == '\t';
}

/* What another reader than kubectl takes for a time or a date: 1:30 is 90 to YAML 1.1. */
static bool looks_timely(struct str text)
{
	size_t digits = 0;

	while (digits < text.n &&
	       ((text.p[digits] >= '0' && text.p[digits] <= '9') || memchr("+-_:.", text.p[digits], 5)))
		digits++;
	if (!digits || text.p[digits - 1] == '-' ||
	    !((text.p[0] >= '0' && text.p[0] <= '9') || text.p[0] == '+' || text.p[0] == '-'))
		return false;
	return digits == text.n ? memchr(text.p, ':', text.n) || memchr(text.p, '-', text.n)
				: digits >= 8 && memchr(" tT", text.p[digits], 3);
}

static bool is_marker(struct str text)
{
	return (text.n >= 3 && (!memcmp(text.p, "---", 3) || !memcmp(text.p, "...", 3))) || str_is(text, "<<") ||
	       str_is(text, "=");
}

bool yaml_plain_safe(struct str text, bool flow)
{
	static const char first[] = "-?:,[]{}#&*!|>'\"%@` \t";

	if (!text.n || memchr(first, text.p[0], sizeof(first) - 1) || is_white(text.p[text.n - 1]) ||
	    text.p[text.n - 1] == ':')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < ' ' || c >= 0x7f)
			return false;
		if (c == ':' && (text.p[i + 1] == ' ' || (flow && strchr(",[]{}", text.p[i + 1]))))
			return false;
		if (c == '#' && text.p[i - 1] == ' ')
			return false;
		if (flow && strchr(",?[]{}", (char)c)) /* go-yaml ends a text at ? there */
			return false;
	}
	return !is_marker(text);
}

bool yaml_is_printable(struct str text, bool lines)
{
	for (size_t i = 0, length = 1; i < text.n; i += length) {
		unsigned char c = (unsigned char)text.p[i];

		length = 1;
		if (c >= ' ' && c < 0x7f)
			continue;
		if (lines && (c == '\n' || c == '\t'))
			continue;
		if (c < 0x80 || utf8_is_hidden(utf8_decode(str_sub(text, i, text.n), &length)))
			return false;
	}
	return true;
}

/* Whether a printable @text without quotes, in no flow collection, is read as itself. */
static bool plain_in_block(struct str text)
{
	static const char indicators[] = ",[]{}#&*!|>'\"%@` ";

	if (!text.n || memchr(indicators, text.p[0], sizeof(indicators) - 1) || text.p[text.n - 1] == ' ' ||
	    text.p[text.n - 1] == ':' || (memchr("-?", text.p[0], 2) && (text.n == 1 || text.p[1] == ' ')))
		return false;
	for (size_t i = 0; i + 1 < text.n; i++)
		if ((text.p[i] == ':' && text.p[i + 1] == ' ') || (text.p[i] == ' ' && text.p[i + 1] == '#'))
			return false;
	return !is_marker(text);
}

enum yaml_style yaml_style_of(struct str text)
{
	if (!yaml_is_printable(text, false) || looks_timely(text) || yaml_resolve_plain(text, NULL, NULL) != YAML_STR)
		return YAML_DOUBLE;
	return plain_in_block(text) ? YAML_PLAIN : YAML_SINGLE;
}

static bool printable(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || (unsigned char)text.p[i] == 0x7f)
			return false;
	return true;
}

/* What other readers take for a line break, or what nobody would see, as well. */
static void add_escaped(struct buf *out, uint32_t point)
{
	if (point == UTF8_NONE)
		point = 0xfffd;
	if (point == '"' || point == '\\' || point == '\n' || point == '\t') {
		buf_addc(out, '\\');
		buf_addc(out, point == '\n' ? 'n' : point == '\t' ? 't' : (char)point);
	} else {
		buf_addf(out, point > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)point);
	}
}

/* JSON's escapes are others: to YAML half of a surrogate pair is no character. */
static void encode_double(struct buf *out, struct str text, bool json)
{
	size_t start = 0;

	if (json) {
		json_add_str(out, text);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0, length; i < text.n; i += length) {
		uint32_t point = utf8_decode(str_sub(text, i, text.n), &length);

		if (point != '"' && point != '\\' && !utf8_is_hidden(point))
			continue;
		buf_add(out, str_sub(text, start, i));
		add_escaped(out, point);
		start = i + length;
	}
	buf_add(out, str_sub(text, start, text.n));
	buf_addc(out, '"');
}

void yaml_encode(struct buf *out, struct str text, enum yaml_type type, enum yaml_style style, bool flow, bool json)
{
	if (type != YAML_STR) {
		buf_add(out, text);
		return;
	}
	if (json || style == YAML_DOUBLE || !printable(text)) {
		encode_double(out, text, json);
		return;
	}
	if (style == YAML_SINGLE) {
		buf_addc(out, '\'');
		for (size_t i = 0; i < text.n; i++) {
			if (text.p[i] == '\'')
				buf_addc(out, '\'');
			buf_addc(out, text.p[i]);
		}
		buf_addc(out, '\'');
		return;
	}
	if (yaml_plain_safe(text, flow) && !looks_timely(text) && yaml_resolve_plain(text, NULL, NULL) == YAML_STR)
		buf_add(out, text);
	else
		encode_double(out, text, json);
}
