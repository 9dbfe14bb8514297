/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Render: the edits of a tree as splices of its bytes. Proof: that the splices say what the edits meant.
 */

#include "yaml/tree.h"

/* At byte @at of the original, @del bytes go and @ins comes. */
struct splice {
	uint64_t at;
	uint64_t del;
	struct str ins; /* in the tree's arena */
};

/* Splices ascend by .at and do not overlap; several at one place apply in order. Free with splices_free(). */
struct splices {
	struct splice *items;
	size_t n, cap;
};

void splices_free(struct splices *splices);

/* splices_add() - adds @from, whose offsets count from @start, behind those of @splices; their texts are shared. */
void splices_add(struct splices *splices, const struct splices *from, uint64_t start);

/* splices_apply() - appends @original with @splices applied to @out. */
void splices_apply(struct str original, const struct splices *splices, struct buf *out);

/*
 * yaml_render() - appends the splices that turn the tree's bytes into what is meant; offsets are relative to the
 * document. A tree without edits gives none. Cannot fail: what could not be rendered was refused as an edit.
 */
void yaml_render(struct yaml_tree *tree, struct splices *splices);

/*
 * Which edited nodes stand in each splice: .items[i] are those of the i-th one, in .nodes. Of a splice that only makes
 * room for the next one (a comma), they are that one's. Free with render_notes_free().
 */
struct render_notes {
	struct render_span {
		uint32_t first, n;
	} *items;
	size_t n, cap;
	struct {
		yaml_id *items;
		size_t n, cap;
	} nodes;
};

/* yaml_render_noted() - as yaml_render() into empty @splices. */
void yaml_render_noted(struct yaml_tree *tree, struct splices *splices, struct render_notes *notes);
void render_notes_free(struct render_notes *notes);
