/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Project: which project files hold for a manifest, and what comes of them and the command line together.
 *
 * They are looked for in the manifest's folder and those above it, up to the one with .git. Without a repository, up to
 * the current folder, or in the manifest's own alone where that is elsewhere: what somebody left in /tmp is nobody's
 * project. For standard input the current folder is asked, for -k the one that is named.
 */

#include "commands/project_file.h"

/* What holds for a manifest, and from where. Shared by all for which the same holds; lives as long as the project. */
struct project_settings {
	struct layer layer;
	struct source_options options;
};

struct project;

/* project_new() - for the flags in @settings. project_free() releases it with all that it gave out; NULL is fine. */
struct project *project_new(const struct settings *settings);
void project_free(struct project *project);

/*
 * project_add_images() - what flags of images (commands/images.h) ask of every file, in @options: their facts come
 * before those of project files, and fixers that they ask for run whatever these say. @options must outlive @project.
 */
void project_add_images(struct project *project, const struct run_options *options);

/*
 * project_settings() - what holds for the file (or, if it ends with a slash, the folder) at @path; "-" is standard input.
 * False where a project file cannot be read or is wrong: then nothing may be done.
 */
bool project_settings(struct project *project, const char *path, struct project_settings **ret_settings,
		      struct error **err);

/*
 * project_excludes() - whether a project file leaves @path (a folder's without a slash at its end) out of walks;
 * @ret_origin says where. A file that is wrong is kept for project_error().
 */
bool project_excludes(struct project *project, const char *path, bool is_folder, struct origin *ret_origin);

/* project_error() - the first error of project_excludes(), which the caller then owns; NULL. */
struct error *project_error(struct project *project);

/* project_each_file() - calls @visit for each project file that holds for @path, the nearest first. */
bool project_each_file(struct project *project, const char *path,
		       void (*visit)(const struct project_file *file, void *data), void *data, struct error **err);
