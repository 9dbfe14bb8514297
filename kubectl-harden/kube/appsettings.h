/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * appsettings.json: the file from which ASP.NET Core programs take their settings, as far as it says what they listen
 * on. Read as .NET reads it: JSON with comments and trailing commas, whose keys are joined by ':' and have no case.
 */

#include "base/arena.h"
#include "base/str.h"

/* A scalar of the file. */
struct appsettings_value {
	struct str path; /* "Kestrel:Endpoints:Http:Url"; until the visit ends */
	struct str text; /* as it is written, without its quotes: a slice of the file */
	size_t start;	 /* where that is in the file */
};

typedef void appsettings_visit(const struct appsettings_value *value, void *data);

/*
 * appsettings_each() - calls @visit for each scalar in @text. False where the text is not such a file, with the reason
 * in @ret_why (may be NULL); values before the fault were visited.
 */
bool appsettings_each(struct str text, appsettings_visit *visit, void *data, const char **ret_why);

/* appsettings_is_name() - whether a file of that name is one: appsettings.json, appsettings.Production.json. */
bool appsettings_is_name(struct str name);

enum appsettings_answer {
	APPSETTINGS_SILENT, /* it does not say the port */
	APPSETTINGS_MOVED,  /* *ret_text is the file with the new port; nothing else of it is changed */
	APPSETTINGS_LEFT,   /* *ret_why says why it cannot be told */
};

/* appsettings_move() - @text with @to wherever it says that the program listens on @from. *ret_text is in @arena. */
enum appsettings_answer appsettings_move(struct arena *arena, struct str text, uint16_t from, uint16_t to,
					 struct str *ret_text, const char **ret_why);
