/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Patch: the change of one object, ready to be sent: with tests of what it replaces and of the names of the list items
 * that it passes through, and with what puts it back.
 */

#include "live/document.h"

/* One operation, and what the object must be for it. Texts are in the arena that it was made with. */
struct live_edit {
	struct yaml_operation operation;
	struct str before; /* JSON that stands at its path before; empty: nothing */
	struct str path;   /* where its value stands afterwards: "-" is the index that it got */
	bool item;	   /* it takes an item out of a list, or puts one in */
	struct live_test {
		struct str path, value; /* value: JSON */
	} *names;			/* of the items that its path passes through */
	size_t names_n;
};

struct live_patch {
	struct live_edit *edits;
	size_t n;
};

/*
 * live_patch_make() - makes @operations, each of which is about what those before it have made of the object @json, into
 * a patch. Everything is copied to @arena. False with *err where they do not fit.
 */
bool live_patch_make(struct live_patch *patch, struct str json, const struct yaml_operation *operations, size_t n,
		     struct arena *arena, struct error **err);

/*
 * live_patch_body() - appends it as a JSON Patch. @resource_version is tested before all else. Empty: nothing is
 * tested, only the operations are written.
 */
void live_patch_body(const struct live_patch *patch, struct str resource_version, struct buf *out);

/*
 * live_patch_fits() - whether the object @json has, at all places that the patch changes, what it has been made for;
 * where not, the pointer of the first one is in *ret_where (may be NULL).
 */
bool live_patch_fits(const struct live_patch *patch, struct str json, struct str *ret_where);

/*
 * live_patch_carried_out() - whether the object @json is what a server made of it by this patch: what is written is
 * there (and perhaps defaults besides), and all is as the patch found it but for that.
 */
bool live_patch_carried_out(const struct live_patch *patch, struct str json);

/*
 * live_patch_invert() - makes @ret_undo the patch that takes the object @json, which the patch was carried out on, back
 * to what it was at the changed places. It tests what stands there now. False with *err where that does not work out.
 */
bool live_patch_invert(const struct live_patch *patch, struct str json, struct arena *arena,
		       struct live_patch *ret_undo, struct error **err);
