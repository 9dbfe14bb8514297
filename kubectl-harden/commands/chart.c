/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/chart.h"

#include <unistd.h>

/* The folder of @path: "a/b" of "a/b/c", "." of "c"; false at the top. */
static bool parent(struct str path, struct str *ret_folder)
{
	size_t n = path.n;

	while (n && path.p[n - 1] != '/')
		n--;
	if (n == 0 && (str_is(path, ".") || str_is(path, "..")))
		return false;
	if (n == 1 && path.n == 1)
		return false;
	*ret_folder = n > 1 ? str_sub(path, 0, n - 1) : n ? STR("/") : STR(".");
	return true;
}

static bool is_chart(struct arena *arena, struct str folder)
{
	return access(str_fmt(arena, "%.*s/Chart.yaml", STR_ARG(folder)).p, F_OK) == 0;
}

struct str chart_find(struct arena *arena, struct str path)
{
	struct str folder, above;

	while (parent(path, &folder) && !is_chart(arena, folder))
		path = folder;
	if (!parent(path, &folder))
		return STR_NONE;
	/* shop/charts/db is a part of shop. */
	while (parent(folder, &above) && (str_is(above, "charts") || str_ends(above, STR("/charts"))) &&
	       parent(above, &above) && is_chart(arena, above))
		folder = above;
	return str_copy(arena, folder);
}
