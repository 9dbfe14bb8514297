/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/merge_keys.h"

#include "kube/kinds.h"

const struct kube_merge_kind *kube_merge_kind_find(struct str api_version, struct str kind)
{
	struct str group = kube_group(api_version);

	for (size_t i = 0; i < kube_merge_kinds_n; i++)
		if (str_is(kind, kube_merge_kinds[i].kind) && str_is(group, kube_merge_kinds[i].group))
			return &kube_merge_kinds[i];
	return NULL;
}

const char *kube_merge_keys(const struct kube_merge_kind *kind, struct str path)
{
	struct str at = str_of(kind->at);

	if (!str_starts(path, at))
		return NULL;
	path = str_sub(path, at.n, path.n);
	if (at.n) {
		if (!path.n || path.p[0] != '.')
			return NULL;
		path = str_sub(path, 1, path.n);
	}
	for (size_t i = 0; i < kind->n; i++)
		if (str_is(path, kind->lists[i].path))
			return kind->lists[i].keys;
	return NULL;
}
