/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Run: sources in, results out, in four phases.
 *
 *	run_add()	scan	each document by itself: inventory, and whatever needs no other document
 *	run_plan()	plan	once, over the inventory of all documents
 *	run_apply()	apply	each document that waited for the plan
 *	run_commit()	commit	the files, all or none of those that belong together
 *
 * Results (documents, findings, splices) stay until run_free(). Nothing here prints.
 */

#include <signal.h>

#include "base/file.h"
#include "base/intern.h"
#include "engine/objects.h"
#include "engine/template.h"
#include "fixers/fixer.h"
#include "yaml/expect.h"
#include "yaml/render.h"

struct run_options {
	struct fix_config fix;
	struct kube_own own;
	struct yaml_limits limits;
	size_t source_bytes; /* the largest source that is read */
	bool traced;	     /* keep which edits belong to which finding: struct trace */
	bool keep_sources;   /* also the bytes of files that hold nothing of interest: they are printed */
	bool keep_images;    /* which images the containers of the input have: run->images */
};

/* What pods have to reach, and what follows from it for each fixer: see levels.h. */
struct level {
	struct fix_config config;
	struct fix_choice choice;
	struct level *next;
};

/* What is asked for of a source; others of the same run may be asked for something else. */
struct source_options {
	struct fix_config fix;
	struct kube_own own;
	struct level level; /* of .fix: levels_init(). Others that its pods have follow it. */
};

enum document_state {
	DOCUMENT_NOTHING, /* empty, no manifest, or a kind without a pod: passed over */
	DOCUMENT_REFUSED, /* .refusal says why; left as it is */
	DOCUMENT_PENDING, /* waits for the plan */
	DOCUMENT_DONE,
};

/* An object that a document holds, or one of its pods where it holds several, that matters to a reader of the report. */
struct run_object {
	struct str kind, namespace, name;
	struct str where; /* which of several pods of the object; else empty */
	int item;
	unsigned changes, left;
	unsigned declined; /* changes that the user left out, and what needs them */
	struct str note; /* why it was not looked at, or not all of it: a patch, an unknown kind with a pod; else empty */
	bool partial;	 /* what was looked at is not all that the pod will be, so Pod Security cannot be asked of it */
	bool looked_at; /* it was looked at all the same */
	bool unseen;	/* it holds a pod, or seems to, of which nothing is known */
};

/* What an annotation hides, or (.finding is NULL) an entry of one that hides nothing. */
struct skipped {
	const struct fixer *fixer;
	struct str entry;  /* as it is written */
	uint32_t entry_at; /* offsets in the document: of the entry, */
	uint32_t at;	   /* and of what it hides, or else its own */
	unsigned object;
	const struct finding_text *finding; /* as it would be without the annotation */
};

/* An entry of such an annotation that means nothing, or a label of a Namespace. */
struct skip_warning {
	uint32_t at; /* offset in the document */
	unsigned object;
	struct str message;
	bool label;
};

/* Those of one vector of the inventory that belong together. */
struct inventory_rows {
	uint32_t first, n;
};

struct document {
	uint64_t start, end; /* bytes of the source */
	unsigned index;	     /* as kubectl counts them */
	enum document_state state;
	struct yaml_refusal refusal; /* offsets from .start */
	struct {
		struct run_object *items;
		size_t n, cap;
	} objects;
	struct findings findings;
	struct {
		struct skipped *items;
		size_t n, cap;
	} skipped;
	struct {
		struct skip_warning *items;
		size_t n, cap;
	} warnings;
	struct splices splices; /* offsets from .start */
	struct document_rows {
		struct inventory_rows workloads, services, references, files, configs, homes;
	} rows;			  /* of the inventory, whose vectors have these names */
	size_t trial;		  /* of a review: its row + 1; 0 for none */
	size_t part, parts_n;	  /* rows of a review */
	struct declined declined; /* by the review; in the run's arena */
	struct yaml_tree *tree;	  /* as it was parsed, where it may be needed again and there was room; else NULL */
	struct trace *trace;	  /* of .findings, where the run is traced; else NULL */
	bool known;		  /* refused, and a baseline has that */
	bool unproved;		  /* a change did not pass its proof and was dropped: a bug of ours */
	bool port_denied;	  /* a port's move has no place in it, for an anchor shares it with what stays */
	bool left_shared;	  /* it stays as it is: with what has a place in it, the next run would change more */
};

struct source {
	char *path;			/* as the user wrote it; "-" for standard input */
	struct source_options *options; /* shared with others; not owned */
	struct file_image image;
	const char *inside; /* found in a walk: the folder that its target may not leave; NULL for a named one */
	bool printed;	    /* by kustomize: its lines are in no file, so its objects are named */
	bool live;	    /* an object of a cluster, with its name for a path: nobody sees its lines */
	bool context;	    /* there only for the plan: nothing is found in it, and only moves of ports change it */
	bool writable;	    /* a file that can be replaced */
	bool no_result;	    /* there only for what is found in it (a Dockerfile); such ones come last */
	enum template_kind template; /* not TEMPLATE_NONE: the whole file was passed over */
	struct str chart;	     /* a template's, where the caller knows it; else empty */
	struct position refused_at;  /* of a whole file */
	const char *refused;	     /* why the whole file was refused; NULL */
	bool known;		     /* refused, and a baseline has that */
	bool unread;		     /* something of it could not be read: what it says is not all known */
	bool holds_objects;	     /* something with an apiVersion and a kind */
	struct str place;	     /* plan_place(), once that was asked; else empty */
	bool asked_kind, has_kind;   /* whether a key `kind` stands anywhere in it, once that was asked */
	unsigned documents_seen;
	unsigned unreadable; /* documents of it that are no YAML */
	struct {
		struct document *items;
		size_t n, cap;
	} documents; /* those with something to tell */
	bool changed;
	struct position *cursor; /* of run_position(): findings are asked for in order */
};

struct run {
	struct run_options options;
	struct source_options common; /* of sources without options of their own */
	struct arena *arena;	      /* results */
	struct intern intern;	      /* those of their texts that recur; in arena */
	struct arena *scratch;	      /* one document at a time */
	struct arena *words;	      /* one object at a time */
	struct yaml_tree tree, after;
	struct yaml_expected expected;	       /* of .after */
	struct objects objects, objects_after; /* of these trees */
	size_t trees_bytes;		       /* of the trees that documents keep */
	struct {
		struct source **items;
		size_t n, cap;
	} sources;
	struct inventory *inventory;
	struct image_builds *builds; /* of kustomizations that were told */
	struct {
		struct str *items; /* each once, as it is written */
		size_t n, cap;
		struct intern known; /* in arena */
	} images;		     /* with options.keep_images */
	bool mixed;		     /* a commit failed and not every file could be put back: its error says which */
	struct {
		struct unread {
			struct str path;
			bool named; /* by the user, not met in a folder */
		} *items;
		size_t n, cap;
	} unread;	/* inputs that could not be read, or not all of them: they may name ports */
	bool waits;	/* workloads wait for Namespaces, or these for them */
	bool labels;	/* of what Namespaces can enforce */
	bool openshift; /* the input holds OpenShift kinds: no UIDs of ours */
	const volatile sig_atomic_t *stop;
};

void run_init(struct run *run, const struct run_options *options);
void run_free(struct run *run);

/*
 * run_add() - scans a source. @path is copied; @image becomes the run's; @inside (NULL for a path that the user named)
 * must outlive the run. Only regular files are replaced by run_commit().
 */
struct source *run_add(struct run *run, const char *path, const char *inside, struct file_image *image);

/*
 * run_add_with() - the same for a source that is asked for something else than @run was made with. @options must
 * outlive the run, which sets the user to none where the input turns out to be OpenShift's. NULL: run_add().
 */
struct source *run_add_with(struct run *run, const char *path, const char *inside, struct file_image *image,
			    struct source_options *options);

/* run_add_bare() - the same for one that is not scanned, and no file to replace: what is found in it is the caller's. */
struct source *run_add_bare(struct run *run, const char *path, struct file_image *image,
			    struct source_options *options);

/*
 * run_add_live() - the same for an object of a cluster, named @path in reports. @context: it is there only for the plan,
 * and @options ask for nothing of it.
 */
struct source *run_add_live(struct run *run, const char *path, struct file_image *image, struct source_options *options,
			    bool context);

/* run_expect() - @options may be those of a source to come; told before the first one is added. */
void run_expect(struct run *run, const struct source_options *options);

/*
 * run_expect_kustomization() - what the kustomization at @path makes of images of other files; told before these are
 * added.
 */
void run_expect_kustomization(struct run *run, const char *path, struct str bytes);

/*
 * run_note_unread() - says that the input at @path could not be read: what it may name stays, in the whole input if it is
 * @named, else in its folder.
 */
void run_note_unread(struct run *run, const char *path, bool named);

/* run_plan(), run_apply() - after all sources were added. */
void run_plan(struct run *run);
void run_apply(struct run *run);

/*
 * run_apply_document() - makes the results of one document anew, as document->declined now says; what the plan decided
 * stays, and what the document cannot do of it is only flagged. run_apply_again() - those of all documents that a
 * review has declined something of, and of whatever follows from that: as run_apply().
 */
void run_apply_document(struct run *run, struct source *source, struct document *document);
void run_apply_again(struct run *run);

/* run_decide_again() - what Namespaces can enforce after what was accepted so far. */
void run_decide_again(struct run *run);

/*
 * run_output() - appends the new text of a source to @out (its old one where nothing changed).
 * run_output_next() - the next piece of it, of some kilobytes; false at its end. Begin with OUTPUT_CURSOR(source).
 */
void run_output(const struct source *source, struct buf *out);
struct output_cursor {
	const struct source *source;
	size_t document, splice;
	uint64_t at; /* bytes of the source that were told */
};
#define OUTPUT_CURSOR(source) ((struct output_cursor){ (source), 0, 0, 0 })
bool run_output_next(struct output_cursor *cursor, struct buf *out);

/* run_splices() - all splices of a source with offsets in the file; free with splices_free(). */
void run_splices(const struct source *source, struct splices *ret_splices);

/*
 * run_commit() - replaces every writable source that changed, all of them or none: false with *err then.
 * *ret_warning (may be NULL) is set where a temporary file could not be removed afterwards.
 */
bool run_commit(struct run *run, struct error **err, struct error **ret_warning);

/* run_position() - line and column of an offset in a source. */
struct position run_position(const struct source *source, uint64_t offset);
