/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON: everything that is known of a run, for programs that act on it. schemas/report.schema.json says what each field
 * means; whatever is added to it later has a new name, and what changes its meaning has a new apiVersion.
 */
#include "base/json.h"
#include "report/item.h"
#include "report/machine.h"
#include "report/skipped.h"

struct report {
	const struct machine *machine;
	struct json json;
	struct buf uri, text;
};

static void add_uri(struct report *report, const struct source *source)
{
	report->uri.n = 0;
	machine_add_uri(&report->uri, source);
	json_str_key(&report->json, "uri", buf_str(&report->uri));
}

static void add_files(struct report *report)
{
	struct json *json = &report->json;
	const struct run *run = report->machine->run;

	json_open_key(json, "files", '[');
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		if (!source_holds_manifests(source) && !source->template)
			continue;
		json_open(json, '{');
		json_str_key(json, "file", source_name(source));
		add_uri(report, source);
		json_bool_key(json, "checked", !source->template && !source->refused);
		json_bool_key(json, "changes", source->changed);
		if (source->options->fix.profile != run->common.fix.profile)
			json_str_key(json, "profile", str_of(profile_name(source->options->fix.profile)));
		json_close(json, '}');
		machine_relax(report->machine);
	}
	json_close(json, ']');
}

/* ---- findings ---- */

static void add_its_object(struct json *json, const struct item *item)
{
	if (!item->object)
		return;
	json_open_key(json, "object", '{');
	if (item->api_version.n)
		json_str_key(json, "apiVersion", item->api_version);
	json_str_key(json, "kind", item->object->kind);
	if (item->object->namespace.n)
		json_str_key(json, "namespace", item->object->namespace);
	json_str_key(json, "name", item->object->name);
	json_close(json, '}');
}

static void add_edits(struct report *report, const struct item *item)
{
	struct json *json = &report->json;
	size_t n;
	const struct trace_listed *listed = trace_splices(item->document, item->finding, &n);

	json_open_key(json, "edits", '[');
	for (size_t i = 0; i < n;) {
		struct splice edit;

		i += trace_edit(item->document, listed + i, n - i, &report->text, &edit);
		json_open(json, '{');
		json_uint_key(json, "offset", edit.at);
		json_uint_key(json, "length", edit.del);
		json_str_key(json, "text", edit.ins);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void add_operations(struct json *json, const struct item *item)
{
	size_t n;
	const struct trace_operation *listed = trace_operations(item->document, item->finding, &n);

	json_open_key(json, "operations", '[');
	for (size_t i = 0; i < n; i++) {
		const struct yaml_operation *operation = &listed[i].operation;

		json_open(json, '{');
		json_str_key(json, "op", str_of(yaml_patch_word(operation->kind)));
		json_str_key(json, "path", operation->path);
		if (operation->kind != YAML_PATCH_REMOVE) {
			json_key(json, "value");
			json_raw(json, operation->value);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void add_position(struct json *json, const char *key, const struct position *at)
{
	json_open_key(json, key, '{');
	json_uint_key(json, "line", at->line);
	json_uint_key(json, "column", at->column);
	json_uint_key(json, "offset", at->offset);
	json_close(json, '}');
}

static void add_its_place(struct report *report, const struct item *item)
{
	struct json *json = &report->json;

	json_str_key(json, "file", source_name(item->source));
	add_uri(report, item->source);
	if (item->at.line)
		add_position(json, "start", &item->at);
	if (item->document)
		json_uint_key(json, "document", item->document->index);
	if (item->object && item->object->item >= 0)
		json_uint_key(json, "item", (uint64_t)item->object->item);
	add_its_object(json, item);
	if (item->kind == ITEM_FINDING)
		json_str_key(json, "path", item->path);
}

static void add_item(const struct item *item, void *data)
{
	struct report *report = data;
	struct json *json = &report->json;
	bool finding = item->kind == ITEM_FINDING;

	json_open(json, '{');
	json_str_key(json, "rule", str_of(item_rule(item)));
	if (item->check)
		json_str_key(json, "check", str_of(item->check));
	if (finding)
		json_str_key(json, "level", str_of(item_level(item)));
	json_str_key(json, "status", str_of(!finding ? item_rule(item) : item->fixable ? "fixable" : "left"));
	if (finding)
		json_str_key(json, "safety", str_of(item_safety(item->safety)));
	json_str_key(json, "severity", str_of(item_severity(item->severity)));
	json_str_key(json, "message", item->message);
	if (item->reason.n)
		json_str_key(json, "reason", item->reason);
	if (item->caveat.n)
		json_str_key(json, "caveat", item->caveat);
	add_its_place(report, item);
	if (*item->fingerprint)
		json_str_key(json, "fingerprint", str_of(item->fingerprint));
	if (report->machine->baseline && *item->fingerprint)
		json_bool_key(json, "known", *item->known);
	if (item->group) {
		json_uint_key(json, "group", item->group);
		add_edits(report, item);
		add_operations(json, item);
	}
	json_close(json, '}');
	machine_relax(report->machine);
}

/* ---- exceptions ---- */

static void add_exception(const struct skipped_item *item, void *data)
{
	struct report *report = data;
	struct json *json = &report->json;
	struct item place = { .source = item->source, .document = item->document, .object = item->object };

	json_open(json, '{');
	if (item->skipped)
		json_str_key(json, "rule", str_of(item->skipped->fixer->name));
	if (item->skipped && item->skipped->finding && item->skipped->finding->check)
		json_str_key(json, "check", str_of(item->skipped->finding->check));
	if (item->message.n)
		json_str_key(json, "message", item->message);
	place.at = item->at;
	place.kind = ITEM_NOTE;
	add_its_place(report, &place);
	if (item->skipped) {
		json_open_key(json, "annotation", '{');
		json_str_key(json, "entry", item->skipped->entry);
		add_position(json, "start", &item->entry);
		json_close(json, '}');
	}
	json_close(json, '}');
	machine_relax(report->machine);
}

/* Absent where there are none, as nearly always. */
static void add_exceptions(struct report *report)
{
	static const char *const keys[] = { "skipped", "warnings" };
	struct json *json = &report->json;

	for (size_t i = 0; i < 2; i++) {
		if (!skipped_any(report->machine->run, i))
			continue;
		json_open_key(json, keys[i], '[');
		skipped_each(report->machine->run, i, add_exception, report);
		json_close(json, ']');
	}
}

static void add_summary(struct json *json, const struct machine *machine)
{
	const struct totals *totals = machine->totals;

	json_open_key(json, "summary", '{');
	json_uint_key(json, "files", totals->files);
	json_uint_key(json, "templates", totals->templates);
	json_uint_key(json, "findings", totals->findings);
	json_uint_key(json, "fixable", totals->changes);
	json_uint_key(json, "left", totals->left);
	json_uint_key(json, "violations", totals->violations);
	json_uint_key(json, "notChecked", totals->refused);
	json_uint_key(json, "known", totals->known);
	json_uint_key(json, "exitCode", (uint64_t)machine->exit_code);
	json_close(json, '}');
}

void machine_json(const struct machine *machine)
{
	struct report report = { .machine = machine, .json = json_init(machine->out, 2) };
	struct json *json = &report.json;

	json_open(json, '{');
	json_str_key(json, "apiVersion", STR("kubectl-harden/v1"));
	json_str_key(json, "kind", STR("Report"));
	json_str_key(json, "version", STR(KUBECTL_HARDEN_VERSION));
	json_str_key(json, "profile", str_of(profile_name(machine->run->common.fix.profile)));
	add_files(&report);
	json_open_key(json, "findings", '[');
	items_each(machine->run, add_item, &report);
	json_close(json, ']');
	add_exceptions(&report);
	add_summary(json, machine);
	json_close(json, '}');
	buf_addc(machine->out, '\n');
	buf_free(&report.uri);
	buf_free(&report.text);
}
