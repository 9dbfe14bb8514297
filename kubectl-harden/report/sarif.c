/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS, with Errata 01): for code scanning and editors. A fix is all that one group of findings would
 * change, in every file, so that whoever applies it gets no half of anything. Where it is long it stands only with the
 * first finding of its group.
 */
#include <stdlib.h>

#include "base/json.h"
#include "fixers/skip.h"
#include "report/item.h"
#include "report/machine.h"
#include "report/skipped.h"

enum { FIX_BYTES_MAX = 16 << 10 };

/* A splice of the run, by its group, with the region that it replaces. */
struct place {
	uint32_t group;
	uint32_t source, document, splice;
	struct {
		uint32_t line, column;
	} from, to;
};

struct sarif {
	const struct machine *machine;
	struct json json;
	struct buf text, edit;
	struct {
		struct place *items;
		size_t n, cap;
	} places;
	uint8_t *told; /* by group: its fix was written */
};

/* ---- rules ---- */

static void add_text(struct json *json, const char *key, struct str text)
{
	json_open_key(json, key, '{');
	json_str_key(json, "text", text);
	json_close(json, '}');
}

static const char *help_uri(const struct fixer *fixer)
{
	return *fixer->checks ? "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
			      : "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/";
}

static void add_help(struct sarif *sarif, const struct fixer *fixer)
{
	struct json *json = &sarif->json;
	const char *caveat = fixer->caveat ? fixer->caveat : "Nothing that is known.";

	json_open_key(json, "help", '{');
	sarif->text.n = 0;
	buf_addf(&sarif->text,
		 "%s\n\nWhat can break: %s\n\nStandard: %s.\n\nTo do without: kubectl harden fix --skip=%s", fixer->why,
		 caveat, fixer->standard, fixer->name);
	json_str_key(json, "text", buf_str(&sarif->text));
	sarif->text.n = 0;
	buf_addf(&sarif->text,
		 "%s\n\n**What can break:** %s\n\n**Standard:** %s.\n\n**To do without:** `kubectl harden fix --skip=%s`",
		 fixer->why, caveat, fixer->standard, fixer->name);
	json_str_key(json, "markdown", buf_str(&sarif->text));
	json_close(json, '}');
}

static void add_configuration(struct json *json, enum severity severity)
{
	json_open_key(json, "defaultConfiguration", '{');
	json_str_key(json, "level", str_of(item_severity(severity)));
	json_close(json, '}');
}

static void add_rule(struct sarif *sarif, const struct fixer *fixer)
{
	struct json *json = &sarif->json;
	struct item item = { .fixer = fixer };

	json_open(json, '{');
	json_str_key(json, "id", str_of(fixer->name));
	json_str_key(json, "name", str_of(fixer->name));
	add_text(json, "shortDescription", str_of(fixer->summary));
	add_text(json, "fullDescription", str_of(fixer->why));
	json_str_key(json, "helpUri", str_of(help_uri(fixer)));
	add_help(sarif, fixer);
	add_configuration(json, *fixer->checks ? SEVERITY_ERROR : SEVERITY_WARNING);
	json_open_key(json, "properties", '{');
	json_open_key(json, "tags", '[');
	json_str(json, STR("security"));
	json_str(json, STR("kubernetes"));
	json_str(json, str_of(item_level(&item)));
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, '}');
}

/* What no fixer answers for. Their indexes follow those of the fixers, as enum item_kind has them. */
static const struct {
	enum item_kind kind;
	enum severity severity;
	const char *name, *summary;
} others[] = {
	{ ITEM_NOT_CHECKED, SEVERITY_ERROR, "not-checked",
	  "A document or file could not be read as Kubernetes reads it, so it was not checked" },
	{ ITEM_NOTE, SEVERITY_NOTE, "passed-over",
	  "A template or an object that is no workload by itself was passed over" },
};

static void add_rules(struct sarif *sarif)
{
	struct json *json = &sarif->json;

	json_open_key(json, "rules", '[');
	for (size_t i = 0; i < fixers_n; i++)
		add_rule(sarif, fixers[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		json_open(json, '{');
		json_str_key(json, "id", str_of(others[i].name));
		json_str_key(json, "name", str_of(others[i].name));
		add_text(json, "shortDescription", str_of(others[i].summary));
		add_configuration(json, others[i].severity);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static size_t rule_index(const struct item *item)
{
	size_t i = 0;

	if (item->fixer)
		return fixer_index(item->fixer);
	while (others[i].kind != item->kind)
		i++;
	return fixers_n + i;
}

/* ---- fixes ---- */

static int by_group(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	const uint32_t left[] = { x->group, x->source, x->document, x->splice };
	const uint32_t right[] = { y->group, y->source, y->document, y->splice };

	for (size_t i = 0; i < 4; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

/* Regions are counted along each file once: fixes go back and forth in it. */
static void collect_document(struct sarif *sarif, uint32_t source, uint32_t number, struct position *cursor)
{
	const struct source *file = sarif->machine->run->sources.items[source];
	const struct document *document = &file->documents.items[number];
	struct str text = { file->image.bytes, file->image.n };
	size_t first = sarif->places.n, n = document->trace ? document->splices.n : 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct splice *splice = &document->splices.items[i];
		struct position from = position_at(text, document->start + splice->at, cursor);
		struct position to = position_at(text, document->start + splice->at + splice->del, &from);

		*cursor = from;
		VEC_PUSH(&sarif->places, (struct place){ .source = source,
							 .document = number,
							 .splice = i,
							 .from = { from.line, from.column },
							 .to = { to.line, to.column } });
	}
	for (size_t i = 0; i < n; i++) {
		struct trace_listed listed = document->trace->splices[i];

		sarif->places.items[first + listed.index].group = document->trace->findings[listed.finding].group;
	}
}

static void collect_places(struct sarif *sarif)
{
	const struct run *run = sarif->machine->run;

	for (uint32_t i = 0; i < run->sources.n; i++) {
		struct position cursor = { .line = 1, .column = 1 };

		for (uint32_t k = 0; k < run->sources.items[i]->documents.n; k++)
			collect_document(sarif, i, k, &cursor);
	}
	if (sarif->places.n)
		qsort(sarif->places.items, sarif->places.n, sizeof(*sarif->places.items), by_group);
	sarif->told = memset(xmalloc(sarif->places.n + 1), 0, sarif->places.n + 1);
}

static size_t first_place(const struct sarif *sarif, uint32_t group)
{
	size_t low = 0, high = sarif->places.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sarif->places.items[middle].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_location(struct sarif *sarif, const struct source *source)
{
	struct json *json = &sarif->json;

	sarif->text.n = 0;
	machine_add_uri(&sarif->text, source);
	json_open_key(json, "artifactLocation", '{');
	json_str_key(json, "uri", buf_str(&sarif->text));
	if (!str_starts(buf_str(&sarif->text), STR("file:")))
		json_str_key(json, "uriBaseId", STR("%SRCROOT%"));
	json_close(json, '}');
}

static const struct splice *splice_of(const struct sarif *sarif, const struct place *place)
{
	return &sarif->machine->run->sources.items[place->source]
			->documents.items[place->document]
			.splices.items[place->splice];
}

/* The edit that begins with a place, as trace_edit(): those of one group that stand together. Returns how many. */
static size_t edit_at(struct sarif *sarif, size_t first, size_t end, struct splice *ret_edit)
{
	const struct place *place = &sarif->places.items[first];
	const struct source *source = sarif->machine->run->sources.items[place->source];
	struct trace_listed listed[16];
	size_t n = 0;

	while (n < sizeof(listed) / sizeof(*listed) && first + n < end && place[n].source == place->source &&
	       place[n].document == place->document) {
		listed[n].index = place[n].splice;
		n++;
	}
	return trace_edit(&source->documents.items[place->document], listed, n, &sarif->edit, ret_edit);
}

/* The same region as a text and as bytes: consumers know one or the other. */
static void add_replacement(struct json *json, const struct place *first, const struct place *last,
			    const struct splice *edit)
{
	json_open(json, '{');
	json_open_key(json, "deletedRegion", '{');
	json_uint_key(json, "startLine", first->from.line);
	json_uint_key(json, "startColumn", first->from.column);
	json_uint_key(json, "endLine", last->to.line);
	json_uint_key(json, "endColumn", last->to.column);
	json_uint_key(json, "byteOffset", edit->at);
	json_uint_key(json, "byteLength", edit->del);
	json_close(json, '}');
	if (edit->ins.n)
		add_text(json, "insertedContent", edit->ins);
	json_close(json, '}');
}

static void add_changes(struct sarif *sarif, size_t first, size_t end)
{
	struct json *json = &sarif->json;

	json_open_key(json, "artifactChanges", '[');
	for (size_t i = first, n; i < end; i += n) {
		const struct place *place = &sarif->places.items[i];
		const struct source *source = sarif->machine->run->sources.items[place->source];
		struct splice edit;

		n = edit_at(sarif, i, end, &edit);
		if (i == first || place->source != place[-1].source) {
			json_open(json, '{');
			add_location(sarif, source);
			json_open_key(json, "replacements", '[');
		}
		add_replacement(json, place, place + n - 1, &edit);
		if (i + n == end || place->source != place[n].source) {
			json_close(json, ']');
			json_close(json, '}');
		}
	}
	json_close(json, ']');
}

static void add_fixes(struct sarif *sarif, const struct item *item)
{
	struct json *json = &sarif->json;
	size_t first = first_place(sarif, item->group), end = first, bytes = 0;

	while (end < sarif->places.n && sarif->places.items[end].group == item->group && bytes <= FIX_BYTES_MAX)
		bytes += splice_of(sarif, &sarif->places.items[end++])->ins.n + 128;
	if (bytes > FIX_BYTES_MAX) {
		if (sarif->told[first])
			return;
		while (end < sarif->places.n && sarif->places.items[end].group == item->group)
			end++;
	}
	sarif->told[first] = 1;
	if (first == end)
		return;
	json_open_key(json, "fixes", '[');
	json_open(json, '{');
	add_text(json, "description",
		 STR("What kubectl harden fix changes for this, and what goes only together with it."));
	add_changes(sarif, first, end);
	json_close(json, '}');
	json_close(json, ']');
}

/* ---- results ---- */

static void add_its_object(struct sarif *sarif, const struct item *item)
{
	struct json *json = &sarif->json;

	if (!item->object)
		return;
	sarif->text.n = 0;
	if (item->object->namespace.n) {
		buf_add(&sarif->text, item->object->namespace);
		buf_addc(&sarif->text, '/');
	}
	buf_add(&sarif->text, item->object->kind);
	buf_addc(&sarif->text, '/');
	buf_add(&sarif->text, item->object->name);
	buf_add(&sarif->text, item->path);
	json_open_key(json, "logicalLocations", '[');
	json_open(json, '{');
	json_str_key(json, "name", item->object->name);
	json_str_key(json, "fullyQualifiedName", buf_str(&sarif->text));
	json_str_key(json, "kind", STR("object"));
	json_close(json, '}');
	json_close(json, ']');
}

static void add_locations(struct sarif *sarif, const struct item *item)
{
	struct json *json = &sarif->json;

	json_open_key(json, "locations", '[');
	json_open(json, '{');
	json_open_key(json, "physicalLocation", '{');
	add_location(sarif, item->source);
	if (item->at.line) {
		json_open_key(json, "region", '{');
		json_uint_key(json, "startLine", item->at.line);
		json_uint_key(json, "startColumn", item->at.column ? item->at.column : 1);
		json_close(json, '}');
	}
	json_close(json, '}');
	add_its_object(sarif, item);
	json_close(json, '}');
	json_close(json, ']');
}

static void add_properties(struct json *json, const struct item *item)
{
	if (item->kind != ITEM_FINDING)
		return;
	json_open_key(json, "properties", '{');
	if (item->check)
		json_str_key(json, "check", str_of(item->check));
	json_bool_key(json, "fixable", item->fixable);
	json_str_key(json, "safety", str_of(item_safety(item->safety)));
	json_close(json, '}');
}

static void add_result(const struct item *item, void *data)
{
	struct sarif *sarif = data;
	struct json *json = &sarif->json;

	json_open(json, '{');
	json_str_key(json, "ruleId", str_of(item_rule(item)));
	json_uint_key(json, "ruleIndex", rule_index(item));
	json_str_key(json, "level", str_of(item_severity(item->severity)));
	sarif->text.n = 0;
	item_sentence(&sarif->text, item);
	add_text(json, "message", buf_str(&sarif->text));
	add_locations(sarif, item);
	if (*item->fingerprint) {
		json_open_key(json, "partialFingerprints", '{');
		json_str_key(json, "kubectlHarden/v1", str_of(item->fingerprint));
		json_close(json, '}');
	}
	if (sarif->machine->baseline && item->kind != ITEM_NOTE)
		json_str_key(json, "baselineState", str_of(*item->known ? "unchanged" : "new"));
	if (item->group)
		add_fixes(sarif, item);
	add_properties(json, item);
	json_close(json, '}');
	machine_relax(sarif->machine);
}

/* What an annotation hides is a result that is suppressed: code scanning shows it as closed. */
static void add_suppressed(const struct skipped_item *skipped, void *data)
{
	struct sarif *sarif = data;
	struct json *json = &sarif->json;
	struct item item = {
		.source = skipped->source,
		.object = skipped->object,
		.at = skipped->at,
		.fixer = skipped->skipped->fixer,
	};

	if (!skipped->skipped->finding)
		return;
	json_open(json, '{');
	json_str_key(json, "ruleId", str_of(item_rule(&item)));
	json_uint_key(json, "ruleIndex", rule_index(&item));
	json_str_key(json, "level",
		     str_of(item_severity(skipped->skipped->finding->check ? SEVERITY_ERROR : SEVERITY_WARNING)));
	add_text(json, "message", skipped->message);
	add_locations(sarif, &item);
	json_open_key(json, "suppressions", '[');
	json_open(json, '{');
	json_str_key(json, "kind", STR("inSource"));
	sarif->text.n = 0;
	buf_addz(&sarif->text, SKIP_ANNOTATION ": ");
	buf_add(&sarif->text, skipped->skipped->entry);
	json_str_key(json, "justification", buf_str(&sarif->text));
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
	machine_relax(sarif->machine);
}

static void add_notification(const struct skipped_item *warning, void *data)
{
	struct sarif *sarif = data;
	struct json *json = &sarif->json;
	struct item item = { .source = warning->source, .object = warning->object, .at = warning->at };

	json_open(json, '{');
	json_str_key(json, "level", STR("warning"));
	add_text(json, "message", warning->message);
	add_locations(sarif, &item);
	json_close(json, '}');
}

static void add_tool(struct sarif *sarif)
{
	struct json *json = &sarif->json;

	json_open_key(json, "tool", '{');
	json_open_key(json, "driver", '{');
	json_str_key(json, "name", STR("kubectl-harden"));
	json_str_key(json, "version", STR(KUBECTL_HARDEN_VERSION));
	json_str_key(json, "semanticVersion", STR(KUBECTL_HARDEN_VERSION));
	add_rules(sarif);
	json_close(json, '}');
	json_close(json, '}');
}

static void add_invocation(struct sarif *sarif)
{
	struct json *json = &sarif->json;

	json_open_key(json, "invocations", '[');
	json_open(json, '{');
	json_bool_key(json, "executionSuccessful", !sarif->machine->failed);
	json_uint_key(json, "exitCode", (uint64_t)sarif->machine->exit_code);
	if (skipped_any(sarif->machine->run, true)) {
		json_open_key(json, "toolConfigurationNotifications", '[');
		skipped_each(sarif->machine->run, true, add_notification, sarif);
		json_close(json, ']');
	}
	json_close(json, '}');
	json_close(json, ']');
}

void machine_sarif(const struct machine *machine)
{
	struct sarif sarif = { .machine = machine, .json = json_init(machine->out, 4) };
	struct json *json = &sarif.json;

	collect_places(&sarif);
	json_open(json, '{');
	json_str_key(json, "$schema",
		     STR("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"));
	json_str_key(json, "version", STR("2.1.0"));
	json_open_key(json, "runs", '[');
	json_open(json, '{');
	add_tool(&sarif);
	json_str_key(json, "columnKind", STR("unicodeCodePoints"));
	json_open_key(json, "results", '[');
	items_each(machine->run, add_result, &sarif);
	skipped_each(machine->run, false, add_suppressed, &sarif);
	json_close(json, ']');
	add_invocation(&sarif);
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
	buf_addc(machine->out, '\n');
	buf_free(&sarif.text);
	buf_free(&sarif.edit);
	free(sarif.places.items);
	free(sarif.told);
}
