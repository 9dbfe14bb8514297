/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Machine-readable reports of a run, which must be traced. All of them say the same, by report/item.h.
 */

#include "report/totals.h"

struct machine {
	const struct run *run;
	const struct totals *totals;
	bool baseline; /* there is one */
	bool failed;   /* something could not be read */
	int exit_code; /* of the command, as far as its findings decide it */
	struct buf *out;
	void (*relax)(void *data); /* called where the caller may hand on and forget what is there; may be NULL */
	void *data;
};

/* machine_json() - schemas/report.schema.json. machine_sarif() - SARIF 2.1.0. machine_github() - annotations of a workflow. machine_junit() - JUnit's XML. */
void machine_json(const struct machine *machine);
void machine_sarif(const struct machine *machine);
void machine_github(const struct machine *machine);
void machine_junit(const struct machine *machine);

/* machine_relax() - between two items. */
void machine_relax(const struct machine *machine);

/*
 * machine_add_uri() - appends the name of a source as a URI reference: relative to where the program runs as long as the
 * path is, every byte that is not plain in a URI percent-encoded.
 */
void machine_add_uri(struct buf *out, const struct source *source);
