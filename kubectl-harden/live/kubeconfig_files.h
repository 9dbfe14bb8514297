/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kubeconfig files: the files of KUBECONFIG as one, and what stands in their entries.
 *
 * Merging is looking: the first file that sets a value, or has an entry of a name, is the one that counts.
 */

#include "base/file.h"
#include "kube/schema.h"

enum { KUBECONFIG_BYTES_MAX = 16 << 20 };

struct kubeconfig_file {
	const char *path;
	struct str folder; /* absolute, with its slash: what its relative paths are relative to */
	struct schema schema;
};

/* Release with kubeconfig_files_free(). */
struct kubeconfig_files {
	struct kubeconfig_file *items; /* in the arena; those that are there, in their order */
	size_t n;
	struct str missing; /* the paths of those that are not, "a, b" */
};

/*
 * kubeconfig_files_read() - reads @explicit (--kubeconfig; it must be there), or where that is NULL those of
 * KUBECONFIG, or ~/.kube/config. All texts are in @arena.
 */
bool kubeconfig_files_read(const char *explicit, struct arena *arena, struct kubeconfig_files *ret, struct error **err);
void kubeconfig_files_free(struct kubeconfig_files *files);

/* An entry of a file: a map; .node is YAML_NONE where there is none, and every value then absent. */
struct kubeconfig_entry {
	struct kubeconfig_file *file;
	yaml_id node;
};

/* kubeconfig_current() - current-context; empty. */
bool kubeconfig_current(struct kubeconfig_files *files, struct str *ret);

/*
 * kubeconfig_find() - in the list @list ("clusters") of any file the entry of @name, of which it takes what @key
 * ("cluster") holds. False with *err where a list is none, or has the name twice. *ret_found tells of the entry, which
 * may be empty.
 */
bool kubeconfig_find(struct kubeconfig_files *files, const char *list, const char *key, struct str name,
		     bool *ret_found, struct kubeconfig_entry *ret);

/* kubeconfig_each_name() - calls @each with every name in @list, file by file. */
void kubeconfig_each_name(struct kubeconfig_files *files, const char *list, void (*each)(void *data, const char *name),
			  void *data);

/* kubeconfig_nearest() - the name in @list that @name is most like; NULL. */
const char *kubeconfig_nearest(struct kubeconfig_files *files, const char *list, struct str name);

/* kubeconfig_sub() - the map below @key; none where it is absent. False with the error set where it is no map. */
bool kubeconfig_sub(struct kubeconfig_entry entry, const char *key, struct kubeconfig_entry *ret);

/*
 * kubeconfig_text(), kubeconfig_flag() - the value of @key; *ret stays as it is where the key is absent. Texts are
 * NUL-terminated besides. kubeconfig_path() - a text that is a path: made absolute. kubeconfig_data() - base64, decoded.
 * kubeconfig_texts() - a list.
 */
bool kubeconfig_text(struct kubeconfig_entry entry, const char *key, struct str *ret);
bool kubeconfig_flag(struct kubeconfig_entry entry, const char *key, bool *ret);
bool kubeconfig_path(struct kubeconfig_entry entry, const char *key, struct str *ret);
bool kubeconfig_data(struct kubeconfig_entry entry, const char *key, struct str *ret);
bool kubeconfig_texts(struct kubeconfig_entry entry, const char *key, struct str **ret_items, size_t *ret_n);

/* kubeconfig_scalar() - the text that @value, which @what names in messages, must be; null is the empty one. */
bool kubeconfig_scalar(struct kubeconfig_file *file, yaml_id value, const char *what, struct str *ret);
