/* SPDX-License-Identifier: Apache-2.0 */
#include "report/machine.h"

void machine_relax(const struct machine *machine)
{
	if (machine->relax)
		machine->relax(machine->data);
}

void machine_add_uri(struct buf *out, const struct source *source)
{
	struct str path = source_name(source);

	while (str_starts(path, STR("./")))
		path = str_sub(path, 2, path.n);
	if (str_starts(path, STR("/")))
		buf_addz(out, "file://");
	buf_add_percent(out, path, "/");
}
