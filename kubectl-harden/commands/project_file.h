/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Project file: .kubectl-harden.yaml, what a repository asks for of its manifests. schemas/project.schema.json says what
 * stands in it, for editors; the reader here holds a file against the same rules, and says with line and column what is
 * wrong. It comes with the repository, so it may be anybody's: what it can ask for is what a flag can, for manifests in
 * its own folder.
 */

#include "commands/layer.h"

#define PROJECT_FILE_NAME ".kubectl-harden.yaml"

enum { PROJECT_FILE_BYTES_MAX = 1 << 20, PROJECT_PATTERNS_MAX = 256 };

struct project_pattern {
	struct str text;
	uint32_t line;
};

struct project_patterns {
	struct project_pattern *items;
	size_t n;
};

struct project_override {
	struct project_patterns paths;
	struct layer layer;
};

/* All of it lies in the arena that it was read into. */
struct project_file {
	const char *path; /* as messages call it */
	bool root;	  /* folders above are not looked into */
	struct layer layer;
	struct project_override *overrides;
	size_t overrides_n;
	struct project_patterns exclude;
	struct kube_own own;
	uint32_t kinds_line, images_line;
};

/*
 * project_file_read() - reads @text, of the file that messages call @path; both must live as long as @arena. False with
 * the first thing that is wrong.
 */
bool project_file_read(struct arena *arena, const char *path, struct str text, struct project_file *ret_file,
		       struct error **err);
