/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Configuration files: the lines by which programs are told what to listen on, in files that ConfigMaps hold. From
 * schemas/listeners.yaml.
 */

#include "kube/listeners.h"

struct config_row {
	const char *program, *needs, *file, *word, *after, *beside; /* NULL where the row has none */
	bool follows;
	struct listener value;
};

extern const struct config_row config_rows[];
extern const size_t config_rows_n;

/* What a file says of a port. */
enum config_saying {
	CONFIG_LISTENS, /* its program listens there, and the line can be changed */
	CONFIG_UNCLEAR, /* it seems so, but the line is not one that we change */
	CONFIG_CALLS,	/* the program calls it on its own pod: localhost:80 */
};

typedef void config_said(void *data, enum config_saying saying, uint16_t port);

/* config_may_hold() - whether a file with such a line may be in these bytes. Cheap. */
bool config_may_hold(struct str bytes);

/* config_ports() - calls @said for each port that the file @name says with @text; one may come twice. */
void config_ports(struct str name, struct str text, config_said *said, void *data);

/* config_rewrite() - @text with @to wherever it listens on @from, in @arena; false where it does not. */
bool config_rewrite(struct arena *arena, struct str name, struct str text, uint16_t from, uint16_t to,
		    struct str *ret_text);
