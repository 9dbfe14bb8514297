/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Port sites: every place of a pod that names one of its ports, and whether its program is known to follow a move.
 */

#include "kube/listeners.h"
#include "kube/pod.h"
#include "kube/ports.h"

enum port_site_kind {
	SITE_PORT,	 /* ports[*].containerPort */
	SITE_PROBE,	 /* a probe's port */
	SITE_HOOK,	 /* a lifecycle hook's port */
	SITE_ENV,	 /* a variable's value */
	SITE_ENV_NEW,	 /* a variable to be added to the container .node */
	SITE_ARG,	 /* an item of command or args */
	SITE_EXEC,	 /* an item of a probe's or hook's command */
	SITE_ANNOTATION, /* an annotation of the pod */
	SITE_IMAGE,	 /* the image: its twin listens on the new port */
};

struct port_site {
	enum port_site_kind kind;
	int container;
	yaml_id node;	 /* the scalar to change; SITE_ENV_NEW: the container */
	struct str text; /* its new text; numbers are set as numbers */
	/* Of SITE_ENV*: the variable; SITE_ARG: the flag; SITE_ANNOTATION: its name; SITE_EXEC: "hook" for a hook's. */
	struct str label;
};

/* A value of a ConfigMap that moves with the port. */
struct port_config {
	struct config_ref value;
	const struct listener *listener; /* how it says it; NULL: it is an appsettings.json */
};

/* What is to be done in a pod so that its port moves. Texts and items are in the arena given. */
struct port_sites {
	struct port_site *items;
	size_t n, cap;
	int owner;	 /* the container that listens, -1 when it cannot be told */
	bool listener;	 /* a setting is visible, or the image's facts name one, that moves the program too */
	bool sure;	 /* by facts: nothing to warn about */
	struct str name; /* the port's name, if it has one that a Service can use */
	struct {
		struct port_config *items;
		size_t n, cap;
	} configs;   /* what moves outside the pod */
	bool refers; /* its container refers to ConfigMaps: once they are known, this may be another answer */
	/* Why the listener may not follow, where more can be said than that nothing tells it; or empty. */
	struct str doubt;
	struct str caveat;  /* of what is added for the listener */
	struct str beside;  /* what another container says that may mean it: "UPSTREAM_PORT=80 of container proxy" */
	struct str why_not; /* why it cannot be moved from here, whatever the listener; else empty */
};

/* A port below 1024 that a pod listens on. */
struct low_port {
	enum port_protocol protocol;
	uint16_t port;
	int container; /* that declares it, or is known to listen on it; -1 unknown */
	yaml_id at;
};

enum { LOW_PORTS_MAX = 32 };

/* pod_low_ports() - containerPorts, numeric ports of probes and hooks, and the image's own; at most LOW_PORTS_MAX. */
size_t pod_low_ports(struct kube_pod *pod, struct low_port *ret_ports);

/* port_sites_find() - what moving @port to @target takes. Release with port_sites_free(). */
void port_sites_find(struct kube_pod *pod, struct arena *arena, enum port_protocol protocol, uint16_t port,
		     uint16_t target, struct port_sites *ret_sites);
void port_sites_free(struct port_sites *sites);

/* port_protocol_of() - by Kubernetes' name; TCP where it is absent. */
enum port_protocol port_protocol_of(struct str name);

/* port_in_text() - whether an annotation's value names @port: alone, in a list, or behind a colon. */
bool port_in_text(struct str value, uint16_t port);
