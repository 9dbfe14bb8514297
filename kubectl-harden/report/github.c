/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GitHub: workflow commands, which become annotations of the lines of a pull request. What is known from a baseline
 * is not new to anybody and left out.
 */
#include "report/item.h"
#include "report/machine.h"
#include "report/skipped.h"
#include "report/text.h"

/* As @actions/core escapes: a line feed would begin another command. */
static void add_escaped(struct buf *out, struct str text, bool property)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_addf(out, "%%%02X", c);
		else
			buf_addc(out, (char)c);
	}
}

static void add_property(struct buf *out, const char *name, struct str value, const char *separator)
{
	buf_addf(out, "%s%s=", separator, name);
	add_escaped(out, value, true);
}

/* A path that a terminal might obey is told as everything else is: escaped. It matches no file then, but hurts nobody. */
static void add_file(struct buf *out, const struct source *source)
{
	struct buf path CLEANUP(buf_free) = BUF_INIT;
	struct str name = source_name(source);

	while (str_starts(name, STR("./")))
		name = str_sub(name, 2, name.n);
	text_escape(&path, name);
	add_property(out, "file", buf_str(&path), " ");
}

static void add_its_place(struct buf *out, const struct source *source, const struct position *at)
{
	add_file(out, source);
	if (at->line)
		buf_addf(out, ",line=%u", at->line);
	if (at->line && at->column)
		buf_addf(out, ",col=%u", at->column);
}

static void add_item(const struct item *item, void *data)
{
	static const char *const commands[] = {
		[SEVERITY_NOTE] = "::notice",
		[SEVERITY_WARNING] = "::warning",
		[SEVERITY_ERROR] = "::error",
	};
	const struct machine *machine = data;
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	if (*item->known)
		return;
	buf_addz(machine->out, commands[item->severity]);
	add_its_place(machine->out, item->source, &item->at);
	add_property(machine->out, "title", str_of(item_rule(item)), ",");
	buf_addz(machine->out, "::");
	if (item->object) {
		add_object(&text, item->object);
		buf_addz(&text, ": ");
	}
	item_sentence(&text, item);
	if (item->fixable)
		buf_addz(&text, " (kubectl harden fix mends it.)");
	add_escaped(machine->out, buf_str(&text), false);
	buf_addc(machine->out, '\n');
	machine_relax(machine);
}

static void add_warning(const struct skipped_item *warning, void *data)
{
	const struct machine *machine = data;

	buf_addz(machine->out, "::warning");
	add_its_place(machine->out, warning->source, &warning->at);
	add_property(machine->out, "title", warning->label ? STR("namespace-labels") : STR("kubectl-harden/skip"), ",");
	buf_addz(machine->out, "::");
	add_escaped(machine->out, warning->message, false);
	buf_addc(machine->out, '\n');
}

void machine_github(const struct machine *machine)
{
	struct machine copy = *machine;

	items_each(machine->run, add_item, &copy);
	skipped_each(machine->run, true, add_warning, &copy);
}
