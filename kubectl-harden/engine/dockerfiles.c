/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dockerfiles
 *
 * A Dockerfile becomes a source with one document that holds one object and is done: its bytes are only for places in
 * messages. What is wrong in it is told with the rule that it would break in a pod.
 */
#include "engine/dockerfiles.h"

#include "engine/trace.h"
#include "fixers/fix.h"
#include "fixers/list.h"

struct builder {
	struct run *run;
	struct document document;
	struct str image;
	const struct dockerfile *file;
};

static void add(struct builder *b, const struct fixer *fixer, size_t at, struct str message, struct str reason)
{
	struct finding finding = { .at = (uint32_t)at };
	struct finding_text text;

	if (!(b->run->common.level.choice.selected >> fixer_index(fixer) & 1))
		return;
	memset(&text, 0, sizeof(text));
	text.fixer = fixer;
	text.status = FIX_LEFT;
	text.safety = SAFETY_FINDING;
	text.message = intern_str(&b->run->intern, message);
	text.reason = intern_str(&b->run->intern, reason);
	finding.text = intern_bytes(&b->run->intern, &text, sizeof(text));
	VEC_PUSH(&b->document.findings, finding);
}

/* The number to write: that of the base, or any other that is nobody's. */
static int64_t number_of(const struct dockerfile *file)
{
	return file->base && file->base->uid > 0 ? file->base->uid : 10001;
}

static void check_user(struct builder *b)
{
	const struct dockerfile *file = b->file;
	const struct image_config *config = &file->config;
	struct arena *arena = b->run->arena;
	int64_t uid, number = number_of(file);
	struct str rest = config->user, user = STR_NONE;
	bool root, digits;

	str_cut(&rest, ':', &user);
	digits = str_int(user, &uid);
	root = !user.n || str_is(user, "root") || (digits && uid == 0);
	if (config->user_unknown || (digits && uid > 0))
		return;
	if (config->keeps_user) {
		if (file->base && file->base->user == IMAGE_USER_ROOT)
			add(b, &fixer_run_as_user, file->from_at,
			    str_fmt(arena, "image %.*s sets no USER, and %.*s starts as root", STR_ARG(b->image),
				    STR_ARG(file->from)),
			    str_fmt(arena, "add USER %lld at its end", (long long)number));
	} else if (root) {
		add(b, &fixer_run_as_user, file->user_at,
		    str_fmt(arena, "image %.*s starts as root (USER %.*s)", STR_ARG(b->image), STR_ARG(config->user)),
		    str_fmt(arena, "end with USER %lld", (long long)number));
	} else {
		add(b, &fixer_run_as_non_root, file->user_at,
		    str_fmt(arena, "image %.*s sets USER %.*s, a name", STR_ARG(b->image), STR_ARG(config->user)),
		    file->base && file->base->uid > 0
			    ? str_fmt(arena,
				      "the kubelet can only verify a number, so runAsNonRoot alone fails: USER %lld",
				      (long long)number)
			    : STR("the kubelet can only verify a number, so runAsNonRoot alone fails; write the user's "
				  "number"));
	}
}

static void check_ports(struct builder *b)
{
	struct arena *arena = b->run->arena;

	for (size_t i = 0; i < b->file->exposes_n; i++) {
		struct image_port port = b->file->exposes[i].port;

		if (port.port >= PORT_FIRST_FREE)
			continue;
		add(b, &fixer_unprivileged_ports, b->file->exposes[i].at,
		    str_fmt(arena, "image %.*s exposes port %u%s, which only root may open", STR_ARG(b->image),
			    port.port, port.udp ? "/udp" : ""),
		    str_fmt(arena, "let its program listen on %u and write EXPOSE %u; a Service leads from %u to it",
			    port_map_target(&b->run->common.level.config.port_map, port.port),
			    port_map_target(&b->run->common.level.config.port_map, port.port), port.port));
	}
}

/* For the reports that tell findings apart across runs: by what they say of which instruction. */
static void add_trace(struct builder *b)
{
	size_t n = b->document.findings.n;
	struct trace *trace = ARENA_NEW(b->run->arena, struct trace);

	if (!b->run->options.traced)
		return;
	trace->findings = ARENA_ARRAY(b->run->arena, struct trace_finding, n + 1);
	for (size_t i = 0; i < n; i++)
		trace->findings[i].place = str_hash(b->document.findings.items[i].text->message);
	trace->splices = ARENA_ARRAY(b->run->arena, struct trace_listed, 1);
	trace->operations = ARENA_ARRAY(b->run->arena, struct trace_operation, 1);
	trace->api_versions = ARENA_ARRAY(b->run->arena, struct str, 1);
	b->document.trace = trace;
}

void run_add_dockerfile(struct run *run, const char *path, struct str image, struct file_image *bytes,
			const struct dockerfile *file)
{
	struct source *source;
	struct builder b = { .run = run, .file = file, .image = image };
	struct run_object object = { .kind = STR("Dockerfile"), .item = -1, .partial = true, .looked_at = true };

	b.document = (struct document){ .end = bytes->n, .state = DOCUMENT_DONE };
	check_user(&b);
	check_ports(&b);
	object.name = str_copy(run->arena, image);
	object.left = (unsigned)b.document.findings.n;
	VEC_PUSH(&b.document.objects, object);
	add_trace(&b);
	source = run_add_bare(run, path, bytes, NULL);
	source->no_result = source->holds_objects = true;
	source->documents_seen = 1;
	VEC_PUSH(&source->documents, b.document);
}
