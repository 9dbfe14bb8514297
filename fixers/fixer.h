/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Fixer: one rule of hardening. Each is a file with one descriptor; fixers/table.c lists them all, and help,
 * completion, `explain`, the reference and the tests walk that table.
 *
 * A fixer looks at one pod, or one container of it, and either finds nothing, or reports a problem with the change
 * that mends it, or reports a problem that is left. It never sees text: it edits the logical tree inside a change
 * (fix_begin() … fix_end()), which is all or nothing.
 */

#include "base/intern.h"
#include "kube/pod.h"
#include "kube/ports.h"
#include "kube/quantity.h"

/*
 * The level at which a rule begins to apply; each profile includes those before it. PRIVILEGED is a namespace's, of
 * which nothing is asked. AUTO is the level that each pod's namespace enforces (see engine/levels.c). OPT_IN is that of
 * rules which no profile includes.
 */
enum profile {
	PROFILE_PRIVILEGED = -1,
	PROFILE_BASELINE,
	PROFILE_RESTRICTED,
	PROFILE_HARDENED,
	PROFILE_AUTO,
	PROFILE_OPT_IN,
};

enum safety {
	SAFETY_SAFE,	/* cannot stop a correct program */
	SAFETY_CAVEAT,	/* can, in a way that we name */
	SAFETY_UNSAFE,	/* takes away what the program probably uses: on request only */
	SAFETY_FINDING, /* only a person can decide */
};

enum low_ports { LOW_PORTS_AUTO, LOW_PORTS_MOVE, LOW_PORTS_SYSCTL, LOW_PORTS_KEEP };

enum framework { FRAMEWORK_AUTO, FRAMEWORK_DOTNET };
enum dotnet_diagnostics { DOTNET_DIAGNOSTICS_KEEP, DOTNET_DIAGNOSTICS_OFF };

enum { UID_AUTO = -1, UID_NONE = -2 };

/* What the user asked for. Constant while a run lasts; shared by all documents. */
struct fix_config {
	enum profile profile;
	uint64_t only; /* bit per fixer of fixers[]; 0: all that the profile holds */
	uint64_t skip;
	uint64_t also; /* fixers that are wanted too: those of the profile with their unsafe changes */
	bool unsafe;
	bool safe_only;
	enum low_ports low_ports;
	enum framework framework; /* of images that nothing is known of */
	enum dotnet_diagnostics dotnet_diagnostics;
	int64_t run_as_user;  /* UID_AUTO, UID_NONE, or 1…2147483647 */
	int64_t run_as_group; /* UID_AUTO, or 0…2147483647 */
	struct port_map port_map;
	struct resource_list requests, limits; /* for containers that have none */
	unsigned standard_version;	       /* of the Pod Security Standards: "1.N" is N + 1; 0: the newest */
};

enum { FIXERS_MAX = 64 };

/* What follows from a configuration for every document alike: see fix_choice_make(). */
struct fix_choice {
	uint64_t selected;	     /* a bit for each fixer that the user asked for */
	unsigned version;	     /* of the Pod Security Standards: "1.N" is N */
	uint32_t applies;	     /* the Pod Security checks of the profile's level at that version: a bit each */
	uint32_t checks[FIXERS_MAX]; /* the Pod Security checks that each answers for, at the profile's level: a bit each */
};

#define FIX_CONFIG_DEFAULT                                                                                             \
	((struct fix_config){ .profile = PROFILE_HARDENED, .run_as_user = UID_AUTO, .run_as_group = UID_AUTO })

enum fix_status {
	FIX_FINE,    /* nothing to do */
	FIX_CHANGED, /* mended, by this run */
	FIX_LEFT,    /* a problem remains: what needs this must not be done */
};

/* What is special about an image that nothing is known of: told once per image, in one sentence. */
enum caveat {
	CAVEAT_PORT = 1 << 0,	   /* must honour a setting: finding.detail, "PORT=8080" */
	CAVEAT_UID = 1 << 1,	   /* must run as UID finding.number */
	CAVEAT_READ_ONLY = 1 << 2, /* must write only to /tmp */
	CAVEAT_TEXT = 1 << 3,	   /* finding.detail is the caveat's whole sentence */
	CAVEAT_BASE = 1 << 4,	   /* with those before: something is known of the image, but not that */
};

/* What a finding says: the same for many objects, and then kept once. */
struct finding_text {
	const struct fixer *fixer;
	const char *check;	/* Pod Security check ID (policy/check_*.go), NULL where no check asks for it */
	enum fix_status status; /* FIX_CHANGED or FIX_LEFT */
	enum safety safety;
	struct str message; /* what is wrong, and what the standard wants */
	struct str reason;  /* FIX_LEFT: why it is left and what to do; else empty */
	struct str subject; /* of a caveat: the image, or a mount */
	struct str detail;
	int64_t number;
	struct str note; /* lines of the summary, a newline between them: what became of a port */
	unsigned caveat; /* enum caveat */
	bool declined;	 /* FIX_LEFT, because the user does not want it, or something that it needs */
};

/* A problem, mended or left. Texts are in the arena of the source's results and outlive the tree. */
struct finding {
	const struct finding_text *text;
	uint32_t at;	 /* offset in the document as it came in */
	unsigned object; /* index of the object in the document's results */
};

struct findings {
	struct finding *items;
	size_t n, cap;
};

/* The plan's word on one Namespace: what its workloads in the input have reached. */
struct namespace_plan {
	bool decided;	    /* all of them were looked at */
	enum profile level; /* to enforce: PROFILE_BASELINE or RESTRICTED; PRIVILEGED: nothing is asked */
	unsigned version;   /* of the standard, if the user names one: "1.N" is N + 1; else 0 */
	size_t workloads_n;
	size_t failing_n, hidden_n; /* those that do not pass, or may not; and how many .failing leaves out */
	struct str failing;	    /* for people: "Deployment/web (web.yaml: privileged)" */
	struct str unread;	    /* a file that may hold more; empty */
};
struct skips;

/* What the patches of overlays make of a pod's volumes and mounts; they stay as they are. */
struct overlay_volumes {
	struct str replaced_by; /* the patch that puts another list in their place; empty: none does */
	const struct overlay_name {
		struct str text;
		struct str patch;
	} *names, *paths; /* volumes that they have a word on; mounts that they add beside those that are there */
	size_t names_n, paths_n;
};

/* One pod at work. Made by the engine; fixers use the functions below. */
struct fix_context {
	const struct fix_config *config;
	const struct fix_choice *choice;
	struct yaml_tree *tree;
	struct kube_pod *pod;
	struct arena *arena;   /* texts in the making, of this pod */
	struct intern *intern; /* of the results */
	struct findings *findings;
	const struct namespace_plan *namespace_plan; /* of the Namespace at work; its .pod is but the object */
	const struct kube_own *own;		     /* the user's own facts of images; may be NULL */
	const struct skips *skips;		     /* by annotations of the pod; NULL: none */
	const struct port_plan *ports; /* what the plan decided for this pod; NULL: no port below 1024 is known */
	const struct overlay_volumes *overlay; /* NULL: no patch of its volumes is known */
	struct change_filter *filter;	       /* which changes may be made; NULL: all */
	struct change_log *log;		       /* filled where it is not NULL */
	unsigned object;
	unsigned changes; /* changes made so far in this document, also those rolled back */
	uint8_t *status;  /* [fixer][container + 1]: 0, or enum fix_status + 1, and a bit for .declined */
	size_t running;	  /* index of the fixer at work */
	int target;	  /* that it looks at */
	bool declined;	  /* the user does not want what it would do there, or something that it needs */
	uint32_t passed;  /* fix_violations(): a bit for each Pod Security check that the pod passes */
};

/* A change of a document, whatever other changes are made: the @nth of a fixer for a target of an object. */
struct change_id {
	const struct fixer *fixer;
	unsigned object;
	int target;
	unsigned nth;
};

/*
 * A document's changes in the order in which they were made, and how long the edit log of its tree and its nodes were
 * then. With .traced also where each finding stands, and which change needed another.
 */
struct change_log {
	struct change_made {
		struct change_id id;
		uint32_t end, nodes;
		uint32_t finding; /* that it mends, or that is left */
	} *items;
	size_t n, cap;
	bool traced;
	struct {
		yaml_id *items; /* by finding */
		size_t n, cap;
	} places;
	struct {
		struct change_need {
			struct change_id from, to; /* .nth does not matter */
		} *items;
		size_t n, cap;
	} needs;
};

/* A change that is not made, for a reason that was found once all were. */
struct change_denied {
	struct change_id id;
	struct str why;
	bool met; /* set when it would have been made */
};

/* Which of a document's changes may be made. */
struct change_filter {
	const uint8_t *allowed; /* a byte each, in their order; NULL: all */
	unsigned n;
	const char *why_none; /* none is made: why; or NULL */
	struct {
		struct change_denied *items; /* ascending by object */
		size_t n, cap;
	} denied;
	struct declined {
		uint64_t *items; /* by object: a bit for each fixer whose changes the user does not want */
		size_t n;
	} declined;
	unsigned declined_met; /* changes that would have been made but for .declined */
};

/* A container's index in the pod view, or the pod itself. */
enum { TARGET_POD = -1 };

struct fixer {
	const char *name;	     /* as Kubernetes spells the setting: "run-as-non-root" */
	const char *summary;	     /* one line, no full stop */
	enum profile profile;	     /* the first profile that includes it */
	bool before_ports;	     /* what it changes decides which ports a pod has: see engine/scan.c */
	const char *standard;	     /* "Pod Security Standards, restricted: runAsNonRoot", … */
	const char *checks;	     /* the Pod Security check IDs it answers for, space-separated; "" for none */
	const char *why;	     /* two sentences that a developer believes */
	const char *caveat;	     /* what can break, and the error text one sees; NULL for nothing */
	const char *example;	     /* a manifest that it changes; the tests run it; NULL for finding-only rules */
	const char *example_options; /* flags that it needs for that; NULL for none */
	/*
	 * NULL for a rule about Namespaces alone. Looks at one target: first the pod (TARGET_POD), then each container
	 * by its index in the pod view, init and ephemeral ones included (ephemeral ones cannot be edited: fix_end()
	 * reports them).
	 */
	enum fix_status (*run)(struct fix_context *fix, const struct fixer *self, int container);
	/* Whether a flag of its own asks for it, whatever the profile; NULL for most. */
	bool (*is_asked)(const struct fix_config *config);
	/* Looks at a Namespace, once all workloads of the input are as they come out; NULL for most. */
	enum fix_status (*run_namespace)(struct fix_context *fix, const struct fixer *self);
};

/* fixers[] - the one table, in the order in which they run. */
extern const struct fixer *const fixers[];
extern const size_t fixers_n;

/* profile_name() - "baseline", "restricted", …; of PROFILE_OPT_IN "opt-in". */
const char *profile_name(enum profile profile);

/* fixer_find() - by name; SIZE_MAX if unknown. fixer_index() - of a descriptor. */
size_t fixer_find(struct str name);
/* fixer_nearest() - the name that a misspelt one probably means; NULL where none is near. */
const char *fixer_nearest(struct str name);
size_t fixer_index(const struct fixer *fixer);
