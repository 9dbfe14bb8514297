/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Settings: what the command line asks for; and the one table of options, which parsing, help and completion walk.
 */

#include "engine/run.h"
#include "live/kubeconfig.h"

enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
enum fail_on { FAIL_ON_DEFAULT, FAIL_ON_VIOLATION, FAIL_ON_HARDENED, FAIL_ON_NEVER };
enum standard { STANDARD_NONE, STANDARD_BASELINE, STANDARD_RESTRICTED };
enum dry_run { DRY_RUN_NONE, DRY_RUN_CLIENT, DRY_RUN_SERVER };
/* Those that an option of one command takes stand together: see options.c. */
enum format {
	FORMAT_TEXT,
	FORMAT_NAME_CHECKS,
	FORMAT_JUNIT,
	FORMAT_GITHUB,
	FORMAT_SARIF,
	FORMAT_JSON,
	FORMAT_JSON_PATCH,
	FORMAT_PATCH,
	FORMAT_OBJECTS_JSON,
	FORMAT_OBJECTS_YAML,
	FORMAT_KUSTOMIZE,
};

enum print { PRINT_TABLE, PRINT_JSON, PRINT_YAML };

struct strings {
	const char **items;
	size_t n, cap;
};

/* Strings are those of argv. Released with settings_free(). */
struct settings {
	struct strings filenames;
	struct strings arguments;
	struct strings images, image_configs, dockerfiles; /* what is said of images: see commands/images.h */
	bool replace_images;				   /* with unprivileged-image among the others */
	const char *kustomize;				   /* the folder of -k; NULL */
	struct run_options run;
	unsigned given; /* which of run.fix were set: a bit for each enum layer_key */
	bool from_file; /* it is of a project file, and no flag is meant: for messages */
	bool recursive, to_stdout, interactive, quiet, verbose, help;
	uint32_t verbosity; /* of -v: 1 is .verbose; from 6 on requests are told */
	/* objects of a cluster */
	struct live_flags cluster;
	struct strings as_groups;
	const char *selector; /* NULL */
	uint32_t chunk;	      /* objects a page; 0: all at once */
	uint32_t timeout_ms;  /* of .wait */
	bool all_namespaces, live, managed, yes, wait, rollback_on_failure;
	enum colour_when colour;
	enum fail_on fail_on;
	enum dry_run dry_run;
	enum format format;
	enum standard standard;
	enum print print;
	const char *baseline, *write_baseline; /* files; NULL */
	const char *component;		       /* of FORMAT_KUSTOMIZE: the folder */
};

struct settings settings_init(void);
void settings_free(struct settings *settings);

enum option_kind { OPTION_SWITCH, OPTION_CHOICE, OPTION_VALUE };

/* What completes an option's value. */
enum value_kind {
	VALUE_OTHER,
	VALUE_FILES,
	VALUE_FOLDERS,
	VALUE_JSON,
	VALUE_FIXERS,
	VALUE_NAMESPACE,
	VALUE_CONTEXT,
	VALUE_CLUSTER,
	VALUE_USER
};

struct option {
	const char *name;
	char letter; /* 0: none */
	bool hidden;
	bool connection; /* to a cluster, as kubectl has it: help only names it */
	enum option_kind kind;
	enum value_kind value;
	unsigned commands;	  /* of enum command_bit */
	const char *shown;	  /* its default, as help shows it */
	const char *bare;	  /* its value where none is given: `--dry-run`; NULL: one must be */
	const char *const *words; /* OPTION_CHOICE: ends with NULL; the index is the value */
	const char *form;	  /* OPTION_CHOICE: what it takes besides, "kustomize=DIR", by .set; NULL */
	unsigned first;		  /* OPTION_CHOICE: value of the first word */
	size_t at;		  /* offset in struct settings; OPTION_VALUE: for its .set */
	bool (*set)(struct settings *settings, const struct option *option, struct str value, struct error **err);
	const char *help;
};

/* option_table[] - sorted by name. option_find(), option_find_letter() - NULL if @command does not take it. */
extern const struct option option_table[];
extern const size_t option_table_n;
const struct option *option_find(struct str name, unsigned command);
const struct option *option_find_letter(char letter, unsigned command);

/* option_form() - "kustomize=" of an option that takes "kustomize=DIR" besides its words; empty where it has no .form. */
struct str option_form(const struct option *option);

/*
 * option_set() - gives @option a value. False where that cannot be one, in the words of a flag, or of a project file's
 * key for settings from a file.
 */
bool option_set(struct settings *settings, const struct option *option, struct str value, struct error **err);

/* option_refuse() - the error for a value that cannot be one; returns false. */
bool option_refuse(const struct settings *settings, const struct option *option, struct str value, const char *why,
		   struct error **err);

/*
 * settings_parse() - the arguments of a command as kubectl parses them: options and arguments in any order, `--flag
 * value`, `--flag=value`, `-fVALUE`, letters together, and nothing but arguments behind `--`.
 */
bool settings_parse(struct settings *settings, unsigned command, size_t n, char **arguments, struct error **err);

/* Values; see commands/values.c. */
bool value_text(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_as_group(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_verbose(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_chunk(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_duration(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_filename(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_output(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_baseline(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_images(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_kustomize(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_fixers(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_user(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_group(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_standard_version(struct settings *settings, const struct option *option, struct str value,
			    struct error **err);
bool value_port_map(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_resources(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_size(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_nodes(struct settings *settings, const struct option *option, struct str value, struct error **err);
bool value_depth(struct settings *settings, const struct option *option, struct str value, struct error **err);
