/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds
 *
 * The table is sorted by kind, then group, so that both questions are a binary search: "this kind of this group" for
 * an object that was read, and "this kind, of whatever group" for bytes that were not parsed.
 */
#include "kube/kinds.h"

/* The group of "group/version"; the core group has no name and no slash. */
static struct str group_of(struct str api_version)
{
	struct str rest = api_version, group;

	if (!memchr(api_version.p ? api_version.p : "", '/', api_version.n))
		return STR("");
	str_cut(&rest, '/', &group);
	return group;
}

/* The first row whose kind is not before @kind. */
static size_t lower_bound(struct str kind)
{
	size_t low = 0, high = kube_kinds_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(str_of(kube_kinds[middle].kind), kind) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct kube_kind *kube_kind_find(struct str api_version, struct str kind)
{
	struct str group = group_of(api_version);

	for (size_t i = lower_bound(kind); i < kube_kinds_n && str_is(kind, kube_kinds[i].kind); i++)
		if (str_is(group, kube_kinds[i].group))
			return &kube_kinds[i];
	return NULL;
}

bool kube_kind_is_nothing(struct str kind, bool *ret_known)
{
	size_t first = lower_bound(kind), i;
	bool nothing = true;

	for (i = first; i < kube_kinds_n && str_is(kind, kube_kinds[i].kind); i++)
		nothing = nothing && (kube_kinds[i].flags & KIND_NOTHING);
	*ret_known = i > first;
	return *ret_known && nothing;
}
