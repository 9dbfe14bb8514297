/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Cases: the generators of hostile files, one row each. */

#include <stdbool.h>
#include <stdio.h>

struct hostile {
	const char *suite, *name;
	void (*make)(FILE *file, size_t n);
	size_t n;
	const char *at;	       /* its place, behind the path: ":3:1: " */
	const char *says;      /* on standard error (of check: or standard output); NULL: nothing in particular */
	bool untouched;	       /* diff changes nothing in it */
	double seconds_per_mb; /* 0: 0.6, many times what a quiet machine takes */
	double bytes_per_byte; /* 0: 12 and the source itself */
	const char *arguments[8];
};

extern const struct hostile hostiles[];
extern const size_t hostiles_n;

/* What names ports: ports.c. */
void make_policies(FILE *file, size_t n);
void make_policy_ports(FILE *file, size_t n);
void make_policy_ranges(FILE *file, size_t n);
void make_policy_peers(FILE *file, size_t n);
void make_policy_values(FILE *file, size_t n);
void make_calico(FILE *file, size_t n);
void make_config_lines(FILE *file, size_t n);
void make_config_line(FILE *file, size_t n);
void make_config_files(FILE *file, size_t n);
void make_config_mounts(FILE *file, size_t n);
