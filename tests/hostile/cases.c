/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <string.h>

/* ---- pieces ---- */

static void repeat(FILE *file, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fputs(text, file);
}

static void deployment(FILE *file, const char *name)
{
	fprintf(file,
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s\nspec:\n  template:\n    metadata:\n"
		"      labels:\n        app: %s\n    spec:\n      containers:\n      - name: web\n"
		"        image: example.org/web:1\n",
		name, name);
}

static void web(FILE *file, const char *name, size_t number, const char *label)
{
	fprintf(file,
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s-%zu\nspec:\n  template:\n    metadata:\n"
		"      labels:\n        app: web\n        tier: %s\n    spec:\n      containers:\n      - name: web\n"
		"        image: example.org/web:1\n        env:\n        - name: PORT\n          value: \"80\"\n"
		"        ports:\n        - containerPort: 80\n---\n",
		name, number, label);
}

static void service(FILE *file, size_t number, const char *selector)
{
	fprintf(file,
		"apiVersion: v1\nkind: Service\nmetadata:\n  name: service-%zu\nspec:\n  selector: %s\n  ports:\n"
		"  - port: 80\n---\n",
		number, selector);
}

/* ---- encodings ---- */

#define ODD(function, bytes)                                                                                           \
	static void function(FILE *file, size_t n)                                                                     \
	{                                                                                                              \
		static const char odd[] = bytes;                                                                       \
                                                                                                                       \
		(void)n;                                                                                               \
		deployment(file, "odd");                                                                               \
		fputs("        # a", file);                                                                            \
		fwrite(odd, 1, sizeof(odd) - 1, file);                                                                 \
		fputs("b\n", file);                                                                                    \
	}

ODD(make_nul, "\0")
ODD(make_bell, "\a")
ODD(make_escape, "\x1b[31m")
ODD(make_delete, "\x7f")
ODD(make_c1, "\xc2\x9b")
ODD(make_latin1, "\xe4")
ODD(make_overlong, "\xc0\xaf")
ODD(make_surrogate, "\xed\xa0\x80")
ODD(make_bom_inside, "\xef\xbb\xbf")
ODD(make_next_line, "\xc2\x85")
ODD(make_line_separator, "\xe2\x80\xa8")
ODD(make_paragraph_separator, "\xe2\x80\xa9")
ODD(make_directive, "\n%YAML 9999999999\n#")

static void wide(FILE *file, bool mark, bool big, size_t unit)
{
	static const char text[] = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: b\n";

	for (size_t i = 0; i < sizeof(text) - 1 + mark; i++) {
		unsigned code = mark ? (i ? (unsigned char)text[i - 1] : 0xfeffu) : (unsigned char)text[i];

		for (size_t k = 0; k < unit; k++) {
			size_t byte = big ? unit - 1 - k : k;

			putc(byte < 2 ? (int)(code >> (8 * byte) & 0xff) : 0, file);
		}
	}
}

static void make_utf16le(FILE *file, size_t n)
{
	(void)n;
	wide(file, true, false, 2);
}

static void make_utf16be(FILE *file, size_t n)
{
	(void)n;
	wide(file, true, true, 2);
}

static void make_utf16_bare(FILE *file, size_t n)
{
	(void)n;
	wide(file, false, false, 2);
}

static void make_utf32(FILE *file, size_t n)
{
	(void)n;
	wide(file, true, false, 4);
}

/* Lines that only carriage returns end; Kubernetes reads them. */
static void make_old_mac(FILE *file, size_t n)
{
	(void)n;
	fputs("apiVersion: v1\rkind: Pod\rspec:\r  containers:\r  - name: a\r    image: b\r", file);
}

/* A second kind, on a line that only Kubernetes sees. */
static void make_hidden_next_line(FILE *file, size_t n)
{
	(void)n;
	fputs("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: b\xc2\x85kind: Pod\n", file);
}

static void make_hidden_return(FILE *file, size_t n)
{
	(void)n;
	fputs("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\rkind: Pod\n", file);
}

/* Names that would write to the terminal. Escapes, for raw ones are refused. */
static void make_names(FILE *file, size_t n)
{
	(void)n;
	fputs("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: \"a\\e[2J\\nweb.yaml:1:1: fine\"\n"
	      "  namespace: \"\\u202edrawkcab\"\n"
	      "spec:\n  template:\n    spec:\n      hostNetwork: true\n      volumes:\n"
	      "      - name: \"v\\e]0;title\\a\\u2066\"\n        hostPath: {path: \"/x\\e[1m\\r\"}\n"
	      "      containers:\n      - name: \"c\\e[31m\\x9b\\r\\n\\u202e\xe2\x80\xae\"\n"
	      "        image: \"i\\e[31m\\n:1\"\n"
	      "        ports: [{containerPort: 80, hostPort: 80, name: \"p\\e[0m\"}]\n"
	      "        securityContext: {capabilities: {add: [\"SYS\\e[1m\\nADMIN\"]}, seLinuxOptions: {type: \"t\\e[1m\"}}\n",
	      file);
}

/* The same in what a port moves with, or why it stays: lines of their own in the summary. */
static void ports_named(FILE *file, const char *env)
{
	fprintf(file,
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \"a\\nFORGED\"}\n"
		"spec:\n  template:\n    metadata: {labels: {app: a}}\n    spec:\n      containers:\n"
		"      - name: \"c\\e[31m\\n::error::FORGED\\nFORGED\"\n        image: \"i\\nFORGED\"\n"
		"        ports: [{containerPort: 80}]\n        env: [%s]\n"
		"---\napiVersion: v1\nkind: Service\nmetadata: {name: \"s\\e[1m\\nFORGED\"}\n"
		"spec: {selector: {app: a}, ports: [{port: 80}]}\n",
		env);
}

static void make_moved_names(FILE *file, size_t n)
{
	(void)n;
	ports_named(file,
		    "{name: PORT, value: \"80\"}, {name: \"E\\nFORGED\", value: \"http://localhost:80/\\nFORGED\"}");
}

static void make_kept_names(FILE *file, size_t n)
{
	(void)n;
	ports_named(file, "");
}

static void make_keys_escaped(FILE *file, size_t n)
{
	(void)n;
	deployment(file, "twice");
	fputs("\"k\\e[2J\\n\\u202e\": 1\n\"k\\e[2J\\n\\u202e\": 2\n", file);
}

/* ---- aliases ---- */

static void make_laughs(FILE *file, size_t n)
{
	deployment(file, "laughs");
	fputs("l0: &l0 {a: b}\n", file);
	for (size_t i = 1; i <= n; i++) {
		fprintf(file, "l%zu: &l%zu [", i, i);
		for (int k = 0; k < 9; k++)
			fprintf(file, "*l%zu,", i - 1);
		fputs("]\n", file);
	}
}

/* The same, where it is read: the items of a container's env. */
static void make_laughs_in_pod(FILE *file, size_t n)
{
	fputs("kind: Pod\napiVersion: v1\nx:\n- &l0 {name: a, image: b}\n", file);
	for (size_t i = 1; i <= n; i++) {
		fprintf(file, "- &l%zu {", i);
		for (int k = 0; k < 9; k++)
			fprintf(file, "k%d: *l%zu,", k, i - 1);
		fputs("}\n", file);
	}
	fprintf(file, "metadata: {name: a, labels: *l%zu, annotations: *l%zu}\n", n, n);
	fprintf(file, "spec:\n  containers:\n  - <<: *l%zu\n    name: a\n    image: b\n    env: [*l%zu]\n", n, n);
	fprintf(file, "  - *l%zu\n  volumes: [*l%zu]\n", n, n);
}

/* The same, in the way to what an unknown kind may hold. */
static void make_laughs_unknown(FILE *file, size_t n)
{
	fputs("kind: Unheard\napiVersion: example.org/v1\nx: containers\nl0: &l0 {a: b}\n", file);
	for (size_t i = 1; i <= n; i++) {
		fprintf(file, "l%zu: &l%zu {", i, i);
		for (int k = 0; k < 9; k++)
			fprintf(file, "k%d: *l%zu,", k, i - 1);
		fputs("}\n", file);
	}
}

static void make_merge_laughs(FILE *file, size_t n)
{
	deployment(file, "laughs");
	fputs("m0: &m0 {a: b}\n", file);
	for (size_t i = 1; i <= n; i++)
		fprintf(file, "m%zu: &m%zu {<<: [*m%zu, *m%zu, *m%zu], k%zu: v}\n", i, i, i - 1, i - 1, i - 1, i);
	fprintf(file, "<<: *m%zu\n", n);
}

static void make_merge_chain(FILE *file, size_t n)
{
	fputs("kind: Pod\napiVersion: v1\nm:\n- &m0 {a: b}\n", file);
	for (size_t i = 1; i <= n; i++)
		fprintf(file, "- &m%zu {<<: *m%zu, k%zu: v}\n", i, i - 1, i);
	fprintf(file, "spec:\n  <<: *m%zu\n  containers:\n  - {name: a, image: b}\n", n);
}

static void make_alias_chain(FILE *file, size_t n)
{
	fputs("kind: Pod\napiVersion: v1\nm:\n- &m0 {a: b}\n", file);
	for (size_t i = 1; i <= n; i++)
		fprintf(file, "- &m%zu [*m%zu]\n", i, i - 1);
	fprintf(file, "metadata: {labels: {a: *m%zu}}\nspec:\n  containers:\n  - {name: a, image: b}\n", n);
}

static void make_anchors(FILE *file, size_t n)
{
	deployment(file, "anchors");
	fputs("x:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "- &a%zu x\n", i);
}

static void make_aliases(FILE *file, size_t n)
{
	deployment(file, "aliases");
	fputs("x:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "- &a%zu x\n- *a%zu\n", i, i / 2);
}

/* Aliases that are keys, and one tab: what stands between two of them is looked through for others. */
static void make_alias_keys(FILE *file, size_t n)
{
	deployment(file, "alias-keys");
	fputs("keys:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "- &k%zu k%zu\n", i, i);
	fputs("value: &v \"a\tb\"\nmap:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  ? *k%zu\n  : *v\n", i);
}

static void make_shared_container(FILE *file, size_t n)
{
	fputs("kind: Pod\napiVersion: v1\nspec:\n  containers:\n  - &c {name: a, image: b}\n", file);
	repeat(file, "  - *c\n", n);
}

static void make_merged_containers(FILE *file, size_t n)
{
	fputs("kind: Pod\napiVersion: v1\nx: &c {image: b, env: [{name: PORT, value: \"80\"}]}\nspec:\n  containers:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - {<<: *c, name: c%zu}\n", i);
}

static void make_self(FILE *file, size_t n)
{
	(void)n;
	deployment(file, "self");
	fputs("x: &x [*x]\n", file);
}

/* ---- depth ---- */

static void make_deep_flow(FILE *file, size_t n)
{
	deployment(file, "deep");
	fputs("x: ", file);
	repeat(file, "[", n);
	repeat(file, "]", n);
	putc('\n', file);
}

static void make_deep_open(FILE *file, size_t n)
{
	deployment(file, "deep");
	fputs("x: ", file);
	repeat(file, "[", n);
}

static void make_deep_maps(FILE *file, size_t n)
{
	deployment(file, "deep");
	fputs("x: ", file);
	repeat(file, "{a: ", n);
	repeat(file, "}", n);
	putc('\n', file);
}

static void make_deep_dashes(FILE *file, size_t n)
{
	deployment(file, "deep");
	fputs("x:\n", file);
	repeat(file, "- ", n);
	fputs("x\n", file);
}

static void make_deep_questions(FILE *file, size_t n)
{
	deployment(file, "deep");
	fputs("x:\n  ", file);
	repeat(file, "? ", n);
	fputs("x\n", file);
}

static void make_deep_block(FILE *file, size_t n)
{
	deployment(file, "deep");
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%*sx:\n", (int)i, "");
}

static void make_deep_json(FILE *file, size_t n)
{
	fputs("{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"x\": ", file);
	repeat(file, "{\"a\":", n);
	putc('1', file);
	repeat(file, "}", n);
	fputs("}\n", file);
}

static void make_deep_lists(FILE *file, size_t n)
{
	repeat(file, "{kind: List, apiVersion: v1, items: [", n);
	repeat(file, "]}", n);
	putc('\n', file);
}

/* ---- size ---- */

static void make_line_plain(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("x: ", file);
	repeat(file, "0123456789 bcdef", n);
	putc('\n', file);
}

static void make_line_double(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("x: \"", file);
	repeat(file, "0123456\\u00e9 bc\\\"", n);
	fputs("\"\n", file);
}

static void make_line_single(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("x: '", file);
	repeat(file, "0123456789''cdef", n);
	fputs("'\n", file);
}

static void make_line_comment(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("# ", file);
	repeat(file, "0123456789 bcdef", n);
}

static void make_line_flow(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("x: [", file);
	repeat(file, "01234567, 9abcd,", n);
	fputs("]\n", file);
}

static void make_line_block(FILE *file, size_t n)
{
	deployment(file, "line");
	fputs("x: |\n  ", file);
	repeat(file, "0123456789 bcdef", n);
	putc('\n', file);
}

static void make_lines_block(FILE *file, size_t n)
{
	deployment(file, "lines");
	fputs("x: |\n", file);
	repeat(file, "  some text in a block scalar\n", n);
}

static void make_lines_folded(FILE *file, size_t n)
{
	deployment(file, "lines");
	fputs("x: >\n", file);
	repeat(file, "  some text in a block scalar\n\n", n);
}

static void make_lines_double(FILE *file, size_t n)
{
	deployment(file, "lines");
	fputs("x: \"\n", file);
	repeat(file, "  some text in many lines\n\n", n);
	fputs("  \"\n", file);
}

static void make_line_env(FILE *file, size_t n)
{
	fputs("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"b\",\"env\":[",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s{\"name\":\"V%zu\",\"value\":\"v\"}", i ? "," : "", i);
	fputs("]}]}}\n", file);
}

static void make_line_configuration(FILE *file, size_t n)
{
	fputs("kind: ConfigMap\napiVersion: v1\ndata: ", file);
	repeat(file, "0123456789 bcdef", n);
	putc('\n', file);
}

static void make_key(FILE *file, size_t n)
{
	deployment(file, "key");
	repeat(file, "0123456789abcdef", n);
	fputs(": 1\n", file);
}

static void make_key_quoted(FILE *file, size_t n)
{
	deployment(file, "key");
	putc('"', file);
	repeat(file, "0123456789abcde\\n", n);
	fputs("\": 1\n", file);
}

static void make_key_explicit(FILE *file, size_t n)
{
	deployment(file, "key");
	fputs("? ", file);
	repeat(file, "0123456789abcdef", n);
	fputs("\n: 1\n", file);
}

static void make_key_twice(FILE *file, size_t n)
{
	deployment(file, "key");
	for (int i = 0; i < 2; i++) {
		fputs("? ", file);
		repeat(file, "0123456789abcdef", n);
		fputs("\n: 1\n", file);
	}
}

static void make_name_long(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata:\n  name: ", file);
	repeat(file, "0123456789abcdef", n);
	fputs("\nspec:\n  hostNetwork: true\n  containers:\n  - name: ", file);
	repeat(file, "0123456789abcdef", n);
	fputs("\n    image: ", file);
	repeat(file, "0123456789abcdef", n);
	fputs("\n    ports: [{containerPort: 80, hostPort: 80}]\n", file);
}

static void make_open_quote(FILE *file, size_t n)
{
	deployment(file, "quote");
	fputs("x: \"", file);
	repeat(file, "  some text in many lines\n", n);
}

/* ---- number ---- */

static void make_documents(FILE *file, size_t n)
{
	repeat(file, "a: 1\n---\n", n);
}

static void make_documents_empty(FILE *file, size_t n)
{
	repeat(file, "---\n", n);
}

static void make_documents_parsed(FILE *file, size_t n)
{
	repeat(file, "{kind: X}\n---\n", n);
}

static void make_documents_pods(FILE *file, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(file,
			"apiVersion: v1\nkind: Pod\nmetadata: {name: p%zu}\nspec:\n  containers:\n"
			"  - {name: a, image: b}\n---\n",
			i);
}

static void make_documents_broken(FILE *file, size_t n)
{
	repeat(file, "kind: Pod\na: [}\n---\n", n);
}

static void make_documents_json(FILE *file, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(file, "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c%zu\"}}\n", i);
}

static void make_documents_template(FILE *file, size_t n)
{
	repeat(file, "a: '{{ x }}'\n", n);
	deployment(file, "last");
}

static void make_list(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: List\nitems:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file,
			"- apiVersion: v1\n  kind: Pod\n  metadata: {name: p%zu}\n  spec:\n    containers:\n"
			"    - {name: a, image: b}\n",
			i);
}

static void make_list_ports(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: List\nitems:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file,
			"- apiVersion: v1\n  kind: Pod\n  metadata: {name: p%zu, labels: {app: p%zu}}\n"
			"  spec:\n    containers:\n    - name: a\n      image: b\n"
			"      env: [{name: PORT, value: \"80\"}]\n      ports: [{containerPort: 80}]\n"
			"- apiVersion: v1\n  kind: Service\n  metadata: {name: s%zu}\n"
			"  spec: {selector: {app: p%zu}, ports: [{port: 80}]}\n",
			i, i, i, i);
}

static void make_keys(FILE *file, size_t n)
{
	deployment(file, "keys");
	for (size_t i = 0; i < n; i++)
		fprintf(file, "k%zu: v\n", i);
}

static void make_keys_twice(FILE *file, size_t n)
{
	make_keys(file, n);
	fprintf(file, "k%zu: again\n", n / 2);
}

static void make_keys_pod(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nspec:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  k%zu: v\n", i);
	fputs("  containers:\n  - name: a\n    image: b\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    k%zu: v\n", i);
}

/* Keys of one hash, if it were FNV-1a without a salt, are costly to find; long common beginnings are the next best. */
static void make_keys_alike(FILE *file, size_t n)
{
	deployment(file, "keys");
	for (size_t i = 0; i < n; i++)
		fprintf(file, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%zu: v\n", i);
}

static void make_labels(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    k%zu: v\n", i);
	fputs("spec: {containers: [{name: a, image: b, ports: [{containerPort: 80}]}]}\n---\n"
	      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  ports: [{port: 80}]\n  selector:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    k%zu: v\n", i);
}

static void make_containers(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - name: c%zu\n    image: b\n", i);
}

static void make_containers_ports(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - name: c%zu\n    image: b\n    ports: [{containerPort: %zu}]\n", i, i % 1023 + 1);
}

static void make_containers_flow(FILE *file, size_t n)
{
	fputs("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"spec\":{\"containers\":[", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s{\"name\":\"c%zu\",\"image\":\"b\"}", i ? "," : "", i);
	fputs("]}}\n", file);
}

static void make_containers_privileged(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - name: c%zu\n    image: b\n    securityContext: {privileged: true}\n", i);
}

static void make_ports(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n  - name: a\n    image: b\n    ports:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    - {containerPort: %zu, hostPort: %zu}\n", i % 65535 + 1, i % 65535 + 1);
}

static void make_volumes(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  volumes:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - {name: v%zu, hostPath: {path: /v%zu}}\n", i, i);
	fputs("  containers:\n  - name: a\n    image: b\n    volumeMounts:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    - {name: v%zu, mountPath: /v%zu}\n", i, i);
}

/* Claims whose mounts stand in another order, for the fixer of fsGroup. */
static void make_claims(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  volumes:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - {name: v%zu, persistentVolumeClaim: {claimName: v%zu}}\n", i, i);
	fputs("  containers:\n  - name: a\n    image: b\n    volumeMounts:\n", file);
	for (size_t i = n; i-- > 0;)
		fprintf(file, "    - {name: v%zu, mountPath: /v%zu, readOnly: true}\n", i, i);
}

static void make_capabilities(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n  - name: a\n    image: b\n"
	      "    securityContext:\n      capabilities:\n        add:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "        - C%zu\n", i);
}

static void make_sysctls(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  securityContext:\n    sysctls:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    - {name: kernel.%zu, value: \"1\"}\n", i);
	fputs("  containers: [{name: a, image: b}]\n", file);
}

static void make_arguments(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  containers:\n  - name: a\n    image: b\n"
	      "    ports: [{containerPort: 80}, {containerPort: 443}]\n    args:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    - --port=%zu\n", i % 1000);
}

/* ---- the plan ---- */

static void make_services(FILE *file, size_t n)
{
	web(file, "web", 0, "a");
	for (size_t i = 0; i < n; i++)
		service(file, i, "{app: web}");
}

static void make_selected(FILE *file, size_t n)
{
	service(file, 0, "{app: web}");
	for (size_t i = 0; i < n; i++)
		web(file, "web", i, "a");
}

static void make_square(FILE *file, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		service(file, i, "{app: web}");
		web(file, "web", i, "a");
	}
}

static void make_square_labels(FILE *file, size_t n)
{
	char text[64];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "{app: web, tier: t%zu}", i);
		service(file, i, text);
		snprintf(text, sizeof(text), "t%zu", i);
		web(file, "web", i, text);
	}
}

/* A reason to stay at the end of a chain: each Service leads to a workload and the next one. */
static void make_chain(FILE *file, size_t n)
{
	for (size_t i = 0; i <= n; i++) {
		fprintf(file,
			"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p%zu\n  labels: {a%zu: x, a%zu: x}\nspec:\n"
			"  containers:\n  - name: a\n    image: b\n    ports: [{containerPort: 80}]\n%s---\n",
			i, i, i + 1, i < n ? "    env: [{name: PORT, value: \"80\"}]\n" : "");
		fprintf(file,
			"apiVersion: v1\nkind: Service\nmetadata: {name: s%zu}\nspec:\n  selector: {a%zu: x}\n"
			"  ports: [{port: 80}]\n---\n",
			i, i + 1);
	}
}

static void make_twice(FILE *file, size_t n)
{
	service(file, 0, "{app: web}");
	for (size_t i = 0; i < n; i++)
		web(file, "web", i / 2, "a");
}

static void make_pins(FILE *file, size_t n)
{
	char label[24];

	for (size_t i = 0; i < n; i++) {
		char text[64];

		fprintf(file,
			"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n%zu, namespace: other}\n"
			"spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}\n---\n",
			i);
		snprintf(label, sizeof(label), "t%zu", i);
		snprintf(text, sizeof(text), "{tier: t%zu}", i);
		service(file, i, text);
		web(file, "web", i, label);
	}
}

static void make_service_ports(FILE *file, size_t n)
{
	web(file, "web", 0, "a");
	fputs("apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  selector: {app: web}\n  ports:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - {port: %zu, targetPort: %zu, name: n%zu}\n", i % 1000 + 1, i % 1000 + 1, i);
}

static void make_annotations(FILE *file, size_t n)
{
	fputs("apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    a%zu: x\n", i);
	fputs("spec:\n  selector: {app: web}\n  ports:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  - {port: %zu}\n", i % 1000 + 1);
}

#define CASE(suite_, name_, make_, n_, ...) { .suite = suite_, .name = name_, .make = make_, .n = n_, __VA_ARGS__ }
#define REFUSED(suite_, name_, make_, n_, at_, says_)                                                                  \
	CASE(suite_, name_, make_, n_, .at = at_, .says = says_, .untouched = true)

/*
 * Bytes per byte: 12 of the largest document, and the source itself. Where a document has less than six bytes a node,
 * its nodes count: 32 bytes each, once as it is and once as it becomes. Bare objects become several times as long when
 * they are hardened. Where every forty bytes have a finding of their own, what it says counts.
 */
const struct hostile hostiles[] = {
	REFUSED("bytes", "nul", make_nul, 1, ":14:12: ", "a control character"),
	REFUSED("bytes", "bell", make_bell, 1, ":14:12: ", "a control character"),
	REFUSED("bytes", "escape", make_escape, 1, ":14:12: ", "a control character"),
	REFUSED("bytes", "delete", make_delete, 1, ":14:12: ", "a control character"),
	REFUSED("bytes", "c1", make_c1, 1, ":14:12: ", "a control character"),
	REFUSED("bytes", "latin1", make_latin1, 1, ":14:12: ", "not UTF-8"),
	REFUSED("bytes", "overlong", make_overlong, 1, ":14:12: ", "not UTF-8"),
	REFUSED("bytes", "surrogate", make_surrogate, 1, ":14:12: ", "not UTF-8"),
	REFUSED("bytes", "bom-inside", make_bom_inside, 1, ":14:12: ", "a byte order mark"),
	REFUSED("bytes", "next-line", make_next_line, 1, ":14:12: ", "an invisible line break"),
	REFUSED("bytes", "line-separator", make_line_separator, 1, ":14:12: ", "an invisible line break"),
	REFUSED("bytes", "paragraph-separator", make_paragraph_separator, 1, ":14:12: ", "an invisible line break"),
	REFUSED("bytes", "directive", make_directive, 1, ":15:17: ", "version directive"),
	REFUSED("bytes", "utf16-little", make_utf16le, 1, ":1:1: ", "UTF-16"),
	REFUSED("bytes", "utf16-big", make_utf16be, 1, ":1:1: ", "UTF-16"),
	REFUSED("bytes", "utf16-bare", make_utf16_bare, 1, NULL, "UTF-16"),
	REFUSED("bytes", "utf32", make_utf32, 1, ":1:1: ", "UTF-"),
	CASE("bytes", "old-mac", make_old_mac, 1, .says = "in.yaml"),
	REFUSED("bytes", "hidden-next-line", make_hidden_next_line, 1, ":4:8: ", "an invisible line break"),
	CASE("bytes", "hidden-return", make_hidden_return, 1, .says = "in.yaml:"),
	CASE("bytes", "names", make_names, 1, .says = "in.yaml"),
	CASE("bytes", "moved-names", make_moved_names, 1, .says = "port 80"),
	CASE("bytes", "kept-names", make_kept_names, 1, .says = "port 80"),
	REFUSED("bytes", "keys-escaped", make_keys_escaped, 1, ":15:1: ", "duplicate key"),

	CASE("aliases", "laughs", make_laughs, 9),
	CASE("aliases", "laughs-in-pod", make_laughs_in_pod, 9),
	CASE("aliases", "laughs-unknown", make_laughs_unknown, 9),
	CASE("aliases", "merge-laughs", make_merge_laughs, 30),
	CASE("aliases", "merge-chain", make_merge_chain, 100000),
	CASE("aliases", "merge-chain-short", make_merge_chain, 150),
	CASE("aliases", "alias-chain", make_alias_chain, 100000),
	CASE("aliases", "anchors", make_anchors, 1000000),
	CASE("aliases", "aliases", make_aliases, 500000),
	CASE("aliases", "alias-keys", make_alias_keys, 200000),
	CASE("aliases", "shared-container", make_shared_container, 20000),
	CASE("aliases", "merged-containers", make_merged_containers, 20000),
	REFUSED("aliases", "self", make_self, 1, ":14:8: ", "an alias inside its own anchor"),

	REFUSED("depth", "deep-flow", make_deep_flow, 1000000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-open", make_deep_open, 1000000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-maps", make_deep_maps, 1000000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-dashes", make_deep_dashes, 1000000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-questions", make_deep_questions, 1000000, ":15:", NULL),
	REFUSED("depth", "deep-block", make_deep_block, 2000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-json", make_deep_json, 1000000, NULL, "nested too deeply"),
	REFUSED("depth", "deep-lists", make_deep_lists, 100000, NULL, "nested too deeply"),

	CASE("size", "line-plain", make_line_plain, 4000000),
	CASE("size", "line-double", make_line_double, 4000000),
	CASE("size", "line-single", make_line_single, 4000000),
	CASE("size", "line-comment", make_line_comment, 4000000),
	CASE("size", "line-flow", make_line_flow, 500000),
	CASE("size", "line-block", make_line_block, 4000000),
	CASE("size", "lines-block", make_lines_block, 1000000),
	CASE("size", "lines-folded", make_lines_folded, 1000000),
	CASE("size", "lines-double", make_lines_double, 1000000),
	CASE("size", "line-env", make_line_env, 300000),
	CASE("size", "line-configuration", make_line_configuration, 4000000),
	CASE("size", "key", make_key, 640000),
	CASE("size", "key-quoted", make_key_quoted, 640000),
	CASE("size", "key-explicit", make_key_explicit, 640000),
	CASE("size", "key-twice", make_key_twice, 640000),
	CASE("size", "name-long", make_name_long, 64000),
	CASE("size", "open-quote", make_open_quote, 100000),

	CASE("number", "documents", make_documents, 1000000),
	CASE("number", "documents-empty", make_documents_empty, 1000000),
	CASE("number", "documents-parsed", make_documents_parsed, 100000),
	CASE("number", "documents-pods", make_documents_pods, 10000),
	CASE("number", "documents-broken", make_documents_broken, 10000),
	CASE("number", "documents-json", make_documents_json, 100000),
	CASE("number", "documents-template", make_documents_template, 500000),
	CASE("number", "list", make_list, 10000, .bytes_per_byte = 36),
	CASE("number", "list-ports", make_list_ports, 5000, .bytes_per_byte = 24),
	CASE("number", "keys", make_keys, 1000000, .bytes_per_byte = 15),
	CASE("number", "keys-twice", make_keys_twice, 1000000, .says = "duplicate key"),
	CASE("number", "keys-pod", make_keys_pod, 100000),
	CASE("number", "keys-alike", make_keys_alike, 100000),
	CASE("number", "labels", make_labels, 20000),
	CASE("number", "containers", make_containers, 100000),
	CASE("number", "containers-ports", make_containers_ports, 20000),
	CASE("number", "containers-flow", make_containers_flow, 100000),
	CASE("number", "containers-privileged", make_containers_privileged, 20000),
	CASE("number", "ports", make_ports, 50000, .bytes_per_byte = 18),
	CASE("number", "volumes", make_volumes, 20000),
	CASE("number", "claims", make_claims, 20000),
	CASE("number", "capabilities", make_capabilities, 50000),
	CASE("number", "sysctls", make_sysctls, 50000, .bytes_per_byte = 18),
	CASE("number", "arguments", make_arguments, 50000),

	CASE("plan", "services", make_services, 100000),
	CASE("plan", "selected", make_selected, 20000),
	CASE("plan", "square", make_square, 5000),
	CASE("plan", "square-labels", make_square_labels, 10000),
	CASE("plan", "chain", make_chain, 10000),
	CASE("plan", "twice", make_twice, 20000),
	CASE("plan", "pins", make_pins, 10000),
	CASE("plan", "service-ports", make_service_ports, 20000),
	CASE("plan", "annotations", make_annotations, 5000),
	CASE("plan", "policies", make_policies, 10000),
	CASE("plan", "policy-ports", make_policy_ports, 50000),
	CASE("plan", "policy-ranges", make_policy_ranges, 50000),
	CASE("plan", "policy-peers", make_policy_peers, 5000),
	CASE("plan", "policy-values", make_policy_values, 100000),
	CASE("plan", "calico", make_calico, 100000),
	CASE("plan", "config-lines", make_config_lines, 200000),
	CASE("plan", "config-line", make_config_line, 200000),
	CASE("plan", "config-files", make_config_files, 50000),
	CASE("plan", "config-mounts", make_config_mounts, 10000),
};

const size_t hostiles_n = sizeof(hostiles) / sizeof(*hostiles);
