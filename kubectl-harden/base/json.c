/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/utf8.h"

struct json json_init(struct buf *out, unsigned pretty)
{
	return (struct json){ .out = out, .pretty = pretty };
}

static void indent(struct json *json)
{
	if (json->depth > json->pretty)
		return;
	buf_addc(json->out, '\n');
	buf_pad(json->out, ' ', (size_t)2 * json->depth);
}

/* What comes before a child: nothing where its key stands already. */
static void begin(struct json *json)
{
	uint64_t bit = (uint64_t)1 << json->depth;

	if (json->value) {
		json->value = false;
		return;
	}
	if (!json->depth)
		return;
	if (json->filled & bit)
		buf_addz(json->out, json->depth > json->pretty ? ", " : ",");
	json->filled |= bit;
	indent(json);
}

void json_open(struct json *json, char bracket)
{
	begin(json);
	buf_addc(json->out, bracket);
	json->depth++;
	json->filled &= ~((uint64_t)1 << json->depth);
}

void json_close(struct json *json, char bracket)
{
	bool filled = json->filled >> json->depth & 1, lines = json->depth <= json->pretty;

	json->depth--;
	if (filled && lines) {
		buf_addc(json->out, '\n');
		buf_pad(json->out, ' ', (size_t)2 * json->depth);
	}
	buf_addc(json->out, bracket);
}

void json_key(struct json *json, const char *key)
{
	begin(json);
	json_add_str(json->out, str_of(key));
	buf_addz(json->out, ": ");
	json->value = true;
}

void json_str(struct json *json, struct str value)
{
	begin(json);
	json_add_str(json->out, value);
}

void json_uint(struct json *json, uint64_t value)
{
	begin(json);
	buf_addf(json->out, "%llu", (unsigned long long)value);
}

void json_bool(struct json *json, bool value)
{
	begin(json);
	buf_addz(json->out, value ? "true" : "false");
}

void json_raw(struct json *json, struct str value)
{
	begin(json);
	buf_add(json->out, value);
}

void json_open_key(struct json *json, const char *key, char bracket)
{
	json_key(json, key);
	json_open(json, bracket);
}

void json_str_key(struct json *json, const char *key, struct str value)
{
	json_key(json, key);
	json_str(json, value);
}

void json_uint_key(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	json_uint(json, value);
}

void json_bool_key(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	json_bool(json, value);
}

/* ---- strings ---- */

static void add_escape(struct buf *out, uint32_t point)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
		if (point != (unsigned char)named[i])
			continue;
		buf_addc(out, '\\');
		buf_addc(out, named[i + 1]);
		return;
	}
	if (point == UTF8_NONE)
		point = 0xfffd;
	if (point > 0xffff) {
		point -= 0x10000;
		buf_addf(out, "\\u%04x", 0xd800 + (unsigned)(point >> 10));
		point = 0xdc00 + (point & 0x3ff);
	}
	buf_addf(out, "\\u%04x", (unsigned)point);
}

void json_add_str(struct buf *out, struct str s)
{
	size_t start = 0;

	buf_addc(out, '"');
	for (size_t i = 0, length; i < s.n; i += length) {
		uint32_t point = utf8_decode(str_sub(s, i, s.n), &length);

		if (point != '"' && point != '\\' && !utf8_is_hidden(point))
			continue;
		buf_add(out, str_sub(s, start, i));
		add_escape(out, point);
		start = i + length;
	}
	if (start < s.n)
		buf_add(out, str_sub(s, start, s.n));
	buf_addc(out, '"');
}
