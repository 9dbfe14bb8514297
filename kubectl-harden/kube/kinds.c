/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds
 *
 * The table is sorted by kind, then group, so that both questions are a binary search: "this kind of this group" for
 * an object that was read, and "this kind, of whatever group" for bytes that were not parsed.
 */
#include "kube/kinds.h"

struct str kube_group(struct str api_version)
{
	struct str rest = api_version, group;

	if (!memchr(api_version.p ? api_version.p : "", '/', api_version.n))
		return STR("");
	str_cut(&rest, '/', &group);
	return group;
}

static struct kube_kind_list built_in(void)
{
	return (struct kube_kind_list){ kube_kinds, kube_kinds_n };
}

/* The first row whose kind is not before @kind. */
static size_t lower_bound(const struct kube_kind_list *list, struct str kind)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(str_of(list->items[middle].kind), kind) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct kube_kind *find(const struct kube_kind_list *list, struct str group, struct str kind)
{
	for (size_t i = lower_bound(list, kind); i < list->n && str_is(kind, list->items[i].kind); i++)
		if (str_is(group, list->items[i].group))
			return &list->items[i];
	return NULL;
}

const struct kube_kind *kube_kind_of_group(const struct kube_kind_list *own, struct str group, struct str kind)
{
	const struct kube_kind_list rows = built_in();
	const struct kube_kind *found = own ? find(own, group, kind) : NULL;

	return found ? found : find(&rows, group, kind);
}

const struct kube_kind *kube_kind_find_own(const struct kube_kind_list *own, struct str api_version, struct str kind)
{
	return kube_kind_of_group(own, kube_group(api_version), kind);
}

const struct kube_kind *kube_kind_find(struct str api_version, struct str kind)
{
	return kube_kind_find_own(NULL, api_version, kind);
}

/* Whether all rows named @kind are nothing; counts them. */
static bool all_nothing(const struct kube_kind_list *list, struct str kind, size_t *n)
{
	size_t first = lower_bound(list, kind), i;
	bool nothing = true;

	for (i = first; i < list->n && str_is(kind, list->items[i].kind); i++)
		nothing = nothing && (list->items[i].flags & KIND_NOTHING);
	*n += i - first;
	return nothing;
}

bool kube_kind_is_nothing(const struct kube_kind_list *own, struct str kind, bool *ret_known)
{
	const struct kube_kind_list rows = built_in();
	size_t n = 0;
	bool nothing = all_nothing(&rows, kind, &n);

	if (own)
		nothing = all_nothing(own, kind, &n) && nothing;
	*ret_known = n > 0;
	return *ret_known && nothing;
}

static bool has_flag(const struct kube_kind_list *list, struct str kind, unsigned flags)
{
	for (size_t i = lower_bound(list, kind); i < list->n && str_is(kind, list->items[i].kind); i++)
		if (list->items[i].flags & flags)
			return true;
	return false;
}

bool kube_kind_may_be(const struct kube_kind_list *own, struct str kind, unsigned flags)
{
	const struct kube_kind_list rows = built_in();

	return (own && has_flag(own, kind, flags)) || has_flag(&rows, kind, flags);
}
