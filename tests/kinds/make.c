/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Make: paths are unrolled into nested objects, each with the next part in it: `a[*]?b.c` is
 * {"a": [{"name": "item", "b": {}, "c": …}]}.
 */
#include "make.h"

/* Opens the objects and lists on the way; appends to @close what closes them, in reverse. */
static void open_path(struct buf *out, const char *path, struct buf *close)
{
	const char *p = path;

	while (*p) {
		size_t n = strcspn(p, ".[?!");

		buf_addf(out, "\"%.*s\": ", (int)n, p);
		p += n;
		if (!strncmp(p, "[*]", 3)) {
			buf_addz(out, "[{\"name\": \"item\", ");
			buf_addz(close, "]}");
			p += 3;
		} else {
			buf_addz(out, "{");
			buf_addz(close, "}");
		}
		while (*p == '?' || *p == '!') {
			n = strcspn(p + 1, ".[?!");
			if (*p == '?')
				buf_addf(out, "\"%.*s\": {}, ", (int)n, p + 1);
			p += 1 + n;
		}
		p += *p == '.';
	}
}

static void close_path(struct buf *out, struct buf *close)
{
	while (close->n)
		buf_addc(out, close->p[--close->n]);
}

/* A value at a path of keys, with a comma behind it. */
static void add_value(struct buf *out, const char *path, const char *value)
{
	const char *dot = strrchr(path, '.');
	struct buf close = BUF_INIT, parent = BUF_INIT;

	buf_addf(&parent, "%.*s", dot ? (int)(dot - path) : 0, path);
	buf_addc(&parent, '\0');
	open_path(out, parent.p, &close);
	buf_addf(out, "\"%s\": %s", dot ? dot + 1 : path, value);
	close_path(out, &close);
	buf_addz(out, ", ");
	buf_free(&close);
	buf_free(&parent);
}

static void add_container(struct buf *out, const struct make *make)
{
	struct buf close = BUF_INIT;

	open_path(out, make->container ? make->container : "containers[*]", &close);
	buf_addf(out, "\"image\": \"registry.example/i:%u\"", make->number);
	close_path(out, &close);
	buf_free(&close);
}

void make_object(struct buf *out, const struct make *make)
{
	const struct kube_kind *kind = make->kind;
	struct buf close = BUF_INIT;

	buf_addf(out, "{\"apiVersion\": \"%s%sv1\", \"kind\": \"%s\", \"metadata\": {\"name\": \"n%u\"}, ", kind->group,
		 *kind->group ? "/" : "", kind->kind, make->number);
	open_path(out, make->view->at, &close);
	open_path(out, make->view->spec, &close);
	if (make->context && make->view->pod_context)
		add_value(out, make->view->pod_context, make->context);
	if (make->view->image)
		add_value(out, make->view->image, "\"registry.example/all\"");
	add_container(out, make);
	close_path(out, &close);
	buf_addz(out, "}\n");
	buf_free(&close);
}

/* A path that leads into another container of the view. */
static bool is_within(const struct kube_view *view, const char *path)
{
	for (size_t i = 0; i < view->containers_n; i++) {
		size_t n = strlen(view->containers[i]);

		if (!strncmp(path, view->containers[i], n) && path[n] == '.')
			return true;
	}
	return false;
}

void make_each(make_found *found, void *data)
{
	struct make make = { 0 };

	for (size_t i = 0; i < kube_kinds_n; i++) {
		make.kind = &kube_kinds[i];
		for (size_t v = 0; v < make.kind->views_n; v++) {
			make.view = &make.kind->views[v];
			make.container = NULL;
			if (!make.view->containers_n)
				found(&make, data);
			for (size_t c = 0; c < make.view->containers_n; c++) {
				make.container = make.view->containers[c];
				if (is_within(make.view, make.container))
					continue;
				found(&make, data);
				make.number++;
			}
			make.number++;
		}
	}
}
