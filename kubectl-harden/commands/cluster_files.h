/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Files and the cluster: which objects the files of -f name, and what of that which is found in the cluster is mended in
 * them already.
 */

#include "commands/cluster_work.h"
#include "report/baseline.h"

struct cluster_files {
	/* By namespace, each one once. */
	struct {
		struct cluster_name {
			struct str namespace;
			const char *word; /* "deployment.apps/web" */
		} *items;
		size_t n, cap;
	} names;
	struct arena *arena;
	struct baseline baseline; /* what is found in the files */
	size_t in, not_in;	  /* findings of the cluster that are found in the files, too, and that are not */
};

/*
 * cluster_files_read() - reads the files, as every command does. NULL with the exit code in *ret_code where there is
 * nothing to go on with. Released with cluster_files_free().
 */
struct cluster_files *cluster_files_read(struct cluster_work *live, int *ret_code);
void cluster_files_free(struct cluster_files *files);

/* cluster_files_compare() - counts the findings of a run over objects of the cluster. */
void cluster_files_compare(struct cluster_files *files, const struct run *run);

/* cluster_files_tell() - on standard error, what that amounts to, and what to do about it. */
void cluster_files_tell(const struct cluster_files *files, struct output *err);
