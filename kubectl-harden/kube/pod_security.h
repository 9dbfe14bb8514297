/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pod Security: Kubernetes' own checks, evaluated on a pod view from schemas/pod-security.yaml.
 *
 * The answer is the one that k8s.io/pod-security-admission gives for the same pod at the same version, for what its
 * API server would accept at all: of a value of the wrong type (privileged: "false") it is said that it is not what
 * the standard allows. What defaulting adds counts: a volume of no type is an emptyDir, and
 * in a Pod with hostNetwork every port is one of the node.
 */

#include "kube/pod.h"

enum pod_security_level { POD_SECURITY_BASELINE, POD_SECURITY_RESTRICTED };

enum pod_security_scope {
	POD_SECURITY_POD,
	POD_SECURITY_CONTAINER,
	POD_SECURITY_VOLUME,
	POD_SECURITY_ANNOTATION,
	POD_SECURITY_CONTAINER_ANNOTATION,
};

enum pod_security_form {
	POD_SECURITY_ONE_OF,
	POD_SECURITY_NONE_OF,
	POD_SECURITY_UNSET,
	POD_SECURITY_HOLDS,
	POD_SECURITY_SOURCE,
};

enum pod_security_type { POD_SECURITY_TEXT, POD_SECURITY_BOOL, POD_SECURITY_NUMBER };

enum pod_security_absent { POD_SECURITY_ALLOWED, POD_SECURITY_FORBIDDEN, POD_SECURITY_OR_POD };

/* How a bad value is mended where it stands, and what that may cost the program. */
enum pod_security_mend {
	POD_SECURITY_MEND_NONE, /* a person decides, or a fixer knows more */
	POD_SECURITY_MEND_SET,
	POD_SECURITY_MEND_REMOVE,
	POD_SECURITY_MEND_REMOVE_ITEM,
};
enum pod_security_safety { POD_SECURITY_CAVEAT, POD_SECURITY_UNSAFE };

/* "1.N" is N. */
enum { POD_SECURITY_ALWAYS = 0, POD_SECURITY_NEVER = 255 };

struct pod_security_value {
	const char *text;
	unsigned since;
};

/* What a check looks at: see schemas/pod-security.yaml. */
struct pod_security_field {
	const char *path;
	enum pod_security_scope scope;
	enum pod_security_form form;
	enum pod_security_type type;
	enum pod_security_absent absent;
	bool with_struct;
	const char *host_network; /* what the value becomes in a Pod on the node's network, or NULL */
	unsigned since, until;
	const struct pod_security_value *values;
	size_t values_n;
	enum pod_security_mend mend;
	enum pod_security_safety safety;
	const char *replacement;
};

struct pod_security_check {
	const char *id;
	enum pod_security_level level;
	unsigned since;
	unsigned windows_since, user_namespace_since; /* exempt from this version on; POD_SECURITY_NEVER */
	uint32_t overrides;			      /* restricted: a bit for each check that it replaces */
	const char *reason;
	const char *fixers; /* the rules that answer for it, space-separated */
	unsigned safety;    /* of their changes: a bit each for safe, caveat, unsafe and finding (there are none) */
	const char *says;
	const struct pod_security_field *fields;
	size_t fields_n;
};

/* pod_security_checks[] - in the order in which Kubernetes evaluates them: baseline, restricted, each by ID. */
extern const struct pod_security_check pod_security_checks[];
extern const size_t pod_security_checks_n;

/* pod_security_newest - the newest version at which anything changes; newer ones are judged as this one. */
extern const unsigned pod_security_newest;

/*
 * pod_security_version() - "latest", or "v1.N", as the labels of namespaces have it: *ret_version becomes 0, or N + 1; one
 * that is newer than the newest is that. False for anything else.
 */
bool pod_security_version(struct str text, unsigned *ret_version);

/* One thing in a pod that a check forbids. Texts live as long as the tree. */
struct pod_security_violation {
	const struct pod_security_check *check;
	const struct pod_security_field *field;
	int container;	  /* index in the pod view; -1: the pod itself, a volume or an annotation of it */
	yaml_id at;	  /* what is wrong; where something is missing, the nearest node that is there */
	bool missing;	  /* nothing stands there, and something should */
	struct str value; /* what stands there: "Unmasked", "NET_RAW", "80"; of a volume its type, "hostPath" */
	struct str name;  /* of a volume or an annotation: its name */
};

/* Called for each violation, containers in the order of the pod view; return false to stop. */
typedef bool pod_security_found(const struct pod_security_violation *violation, void *data);

/*
 * pod_security_find() - the index of a check by its ID, SIZE_MAX if there is none.
 * pod_security_applies() - whether a level holds a check at a version (overridden ones it does not hold).
 */
size_t pod_security_find(struct str id);
bool pod_security_applies(size_t check, enum pod_security_level level, unsigned version);

/*
 * pod_security_check() - evaluates one check, whatever the level; returns whether the pod passes it.
 * @found may be NULL: then nothing but the answer is wanted.
 */
bool pod_security_check(struct kube_pod *pod, size_t check, unsigned version, pod_security_found *found, void *data);

/* pod_security_violations() - the checks of a level that the pod fails: a bit each, by index. */
uint32_t pod_security_violations(struct kube_pod *pod, enum pod_security_level level, unsigned version);
