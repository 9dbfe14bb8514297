/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates: for the judge, which knows the kinds of Kubernetes and no other.
 *
 *	templates paths		GROUP KIND PATH, tab-separated: where each kind holds whole pod templates
 *	templates manifests	an object of each, as JSON
 */
#include <stdio.h>
#include <string.h>

#include "make.h"

static void print_path(const struct make *make, void *data)
{
	(void)data;
	if (make->view->flags & VIEW_TEMPLATE)
		printf("%s\t%s\t%s\n", make->kind->group, make->kind->kind, make->view->at);
}

/* A kind that is not edited has nothing to judge. */
static void print_manifest(const struct make *make, void *data)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	(void)data;
	if (!(make->view->flags & VIEW_TEMPLATE) || make->kind->note)
		return;
	make_object(&text, make);
	fwrite(text.p, 1, text.n, stdout);
}

int main(int argc, char **argv)
{
	bool paths = argc == 2 && !strcmp(argv[1], "paths");

	if (!paths && (argc != 2 || strcmp(argv[1], "manifests") != 0)) {
		fputs("usage: templates paths|manifests\n", stderr);
		return 2;
	}
	make_each(paths ? print_path : print_manifest, NULL);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
