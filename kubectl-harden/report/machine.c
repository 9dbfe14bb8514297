/* SPDX-License-Identifier: Apache-2.0 */
#include "report/machine.h"

void machine_relax(const struct machine *machine)
{
	if (machine->relax)
		machine->relax(machine->data);
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/-._~", c);
}

void machine_add_uri(struct buf *out, const struct source *source)
{
	struct str path = source_name(source);

	while (str_starts(path, STR("./")))
		path = str_sub(path, 2, path.n);
	if (str_starts(path, STR("/")))
		buf_addz(out, "file://");
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] && is_plain(path.p[i]))
			buf_addc(out, path.p[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)path.p[i]);
	}
}
