/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What another program does to a file while a run goes on; FAULT_DEED is one of these as a number. */
enum deed {
	DEED_NONE,
	DEED_REPLACE, /* another file is renamed over it */
	DEED_REWRITE, /* other bytes in the same file */
	DEED_GROW,    /* bytes are added at its end */
	DEED_CUT,     /* all but its first bytes are gone */
	DEED_TOUCH,   /* its first byte is another; size and time of modification are as before */
	DEED_CHMOD,
	DEED_DELETE,
	DEED_FOLDER, /* a folder has its name */
	DEED_LINK,   /* a link has its name */
	DEED_LATE,   /* bytes are added through a descriptor that was opened before the run began */
};

enum { THEIR_MODE = 0604, THEIR_CUT = 10 };

#define THEIR_TEXT "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n"
#define THEIR_LINE "# theirs\n"
#define THEIR_LINK "/nowhere"
