/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template: which files are one, by which line, and of which program; and all that only looks like one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "engine/template.h"

struct text {
	const char *text;
	enum template_kind kind;
	unsigned line; /* that says so, from 1 */
};

static void check(const struct text *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str file = str_of(cases[i].text);
		size_t at = 0;
		enum template_kind kind = template_kind_of(file, &at);

		if (kind != cases[i].kind || (kind && position_at(file, at, NULL).line != cases[i].line))
			fail_msg("kind %d in line %u, not %d in %u, of:\n%s", kind, position_at(file, at, NULL).line,
				 cases[i].kind, cases[i].line, cases[i].text);
	}
}

static void knows_templates(void **state)
{
	static const struct text cases[] = {
		{ "a: b\n{{- if .Values.x }}\nc: d\n{{- end }}\n", TEMPLATE_HELM, 2 },
		{ "a:\n  {{- toYaml . | nindent 2 }}\n", TEMPLATE_HELM, 2 },
		{ "name: {{ include \"x\" . }}\n", TEMPLATE_HELM, 1 },
		{ "- {{ .Release.Name }}\n", TEMPLATE_HELM, 1 },
		{ "a: {{ .Chart.Name }}", TEMPLATE_HELM, 1 },
		{ "# comment {{ x }}\na:  {{ x }}\n", TEMPLATE_OTHER, 2 },
		{ "a: {{{ x }}}\n", TEMPLATE_OTHER, 1 },
		{ "{{#each}}\na: b\n{{/each}}\n", TEMPLATE_OTHER, 1 },
		{ "args: [{{ x }}]\n", TEMPLATE_OTHER, 1 },
		{ "args: [a, {{ x }}]\n", TEMPLATE_OTHER, 1 },
		{ "a: {b: {{ x }}, c: d}\n", TEMPLATE_OTHER, 1 },
		{ "{\"a\": {{ x }} }\n", TEMPLATE_OTHER, 1 },
		{ "{\"a\":{{ x }} }\n", TEMPLATE_OTHER, 1 },
		{ "a: [\n  b,\n  {{ x }}\n]\n", TEMPLATE_OTHER, 3 },
		{ "- - {{ x }}\n", TEMPLATE_OTHER, 1 },
		{ "? {{ x }}\n", TEMPLATE_OTHER, 1 },
		{ "a: !!str {{ x }}\n", TEMPLATE_OTHER, 1 },
		{ "a: &b {{ x }}\n", TEMPLATE_OTHER, 1 },
		{ "\"a\": {{ x }}\n", TEMPLATE_OTHER, 1 },
		{ "{{ x }}: a\n", TEMPLATE_OTHER, 1 },
		{ "a: b\r\nc: {{ x }}\r\n", TEMPLATE_OTHER, 2 },
		{ "{% for a in b %}\na: {{ a }}\n{% endfor %}\n", TEMPLATE_JINJA, 1 },
		{ "a: b\n{# comment #}\n", TEMPLATE_JINJA, 2 },
		{ "a: {{ x }}\n{% if y %}\nb: c\n{% endif %}\n", TEMPLATE_JINJA, 1 },
		/* Statements in comments. */
		{ "a: b\n# {{- if .Values.x }}\nc: d\n# {{- end }}\n", TEMPLATE_HELM, 2 },
		{ "a: b # {{ range .x }}\n", TEMPLATE_OTHER, 1 },
		{ "a: b\n#{{end}}", TEMPLATE_OTHER, 2 },
		{ "a: b\n# {{ x }} {{-  else if y }}\n", TEMPLATE_OTHER, 2 },
		{ "a: b\n# {{ else\r\n", TEMPLATE_OTHER, 2 },
		{ "a: |\n  # {{ if x }}\n# {{ if y }}\n", TEMPLATE_OTHER, 3 },
		{ "a: b\n# {%- if x %}\n", TEMPLATE_JINJA, 2 },
		/* Behind what holds data. */
		{ "a: |\n  {{ data }}\nb: {{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "a: >-2 # x\n  {{ data }}\n\n  {{ data }}\nb: {{ x }}\n", TEMPLATE_OTHER, 5 },
		{ "- a: |\n    {{ data }}\n  b: {{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "- |\n  {{ data }}\n- {{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "a: |\n  text\n{{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "a: \"one\n  {{ data }}\n  two\"\nb: {{ x }}\n", TEMPLATE_OTHER, 4 },
		{ "a: \"\\\" {{ data }}\"\nb: {{ x }}\n", TEMPLATE_OTHER, 2 },
		{ "a: 'it''s: {{ data }}'\nb: {{ x }}\n", TEMPLATE_OTHER, 2 },
		{ "a: don't\nb: {{ x }}\n", TEMPLATE_OTHER, 2 },
		{ "a: say 'yes\nb: {{ x }}\n", TEMPLATE_OTHER, 2 },
		{ "a: \"never closed\n---\nb: {{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "a: [never closed\n--- # next\nb: {{ x }}\n", TEMPLATE_OTHER, 3 },
		{ "a: b | c\n  {{ x }}\n", TEMPLATE_OTHER, 2 },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(*cases));
}

static void knows_data(void **state)
{
	static const struct text cases[] = {
		{ "", TEMPLATE_NONE, 0 },
		{ "{", TEMPLATE_NONE, 0 },
		{ "a: b\n# {{ x }}\nc: d # {{ x }} {{-y}} {{ .Values.end }}\n", TEMPLATE_NONE, 0 },
		{ "a: b\n# {{ endpoint }} {{ iff }} {{ with_items }} {{ end-date }} {{- }} {{", TEMPLATE_NONE, 0 },
		{ "a: b\n# if {{ x }} then { end } {{}}\n", TEMPLATE_NONE, 0 },
		{ "a: b#{{ if x }}\nc: \"# {{ if x }}\"\nd: |\n  # {{ if x }} {% y %}\n", TEMPLATE_NONE, 0 },
		{ "a: \"{{ $labels.instance }} is down\"\n", TEMPLATE_NONE, 0 },
		{ "a: '{{path.basename}}'\n", TEMPLATE_NONE, 0 },
		{ "'{{ a }}': b\n", TEMPLATE_NONE, 0 },
		{ "a: it is {{ $value }}\n", TEMPLATE_NONE, 0 },
		{ "a: it is [{{ $value }}]\n", TEMPLATE_NONE, 0 },
		{ "a: it's {{ $value }}: {b\n", TEMPLATE_NONE, 0 },
		{ "a: ${{ github.ref }}\n", TEMPLATE_NONE, 0 },
		{ "- ${{ if eq(x, 'y') }}:\n  - a: b\n", TEMPLATE_NONE, 0 },
		{ "a: [${{ matrix.os }}, \"{{ x }}\"]\nb: c\n", TEMPLATE_NONE, 0 },
		{ "args: [\"{{inputs.parameters.x}}\", '{{y}}']\n", TEMPLATE_NONE, 0 },
		{ "{\"a\":\"{{ pod }}\",\"b\":[\"{{c}}\"],\"d\":{\"e\":{}}}\n", TEMPLATE_NONE, 0 },
		{ "{\n  \"a\": \"it is {{ x }}\",\n  \"b\": {\"{{ c }}\": 1}\n}\n", TEMPLATE_NONE, 0 },
		{ "a: |\n  {{ x }}\n  {% y %}\n\n\n  {{ z }}\nb: c\n", TEMPLATE_NONE, 0 },
		{ "a: >\n\n  {{ x }}\n", TEMPLATE_NONE, 0 },
		{ "- a:\n  - b: |-\n      {{ x }}\n    c: d\n", TEMPLATE_NONE, 0 },
		{ "a: !!str |\n  {{ x }}\n", TEMPLATE_NONE, 0 },
		{ "a: &b |\n  {{ x }}\n", TEMPLATE_NONE, 0 },
		{ "a: \"one\n  {{ x }}\n  {% y %}\"\n", TEMPLATE_NONE, 0 },
		{ "a: 'one\n\n  {{ x }}'\n", TEMPLATE_NONE, 0 },
		{ "a: 'it''s: {{ x }}'\n", TEMPLATE_NONE, 0 },
		{ "a: {#b: c}\n", TEMPLATE_NONE, 0 },
		{ "#@ if x:\na: #@ data.values.b\n#! {{ c }}\n", TEMPLATE_NONE, 0 },
		{ "a: $(params.x)\nb: ${X}\n", TEMPLATE_NONE, 0 },
		{ "a: {{", TEMPLATE_OTHER, 1 },
		{ "a: [[[[]]]]]]]]]\nb: '{{ x }}'\n", TEMPLATE_NONE, 0 },
	};

	(void)state;
	check(cases, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_templates),
		cmocka_unit_test(knows_data),
	};

	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
