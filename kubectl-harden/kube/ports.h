/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Ports: what a pod listens on, and what the plan decided about those below 1024.
 */

#include "base/str.h"
#include "yaml/tree.h"

enum port_protocol { PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP };

enum { PORT_FIRST_FREE = 1024, PORT_MAP_MAX = 32 };

/* --port-map 80:8080,443:8443 */
struct port_map {
	struct {
		uint16_t from, to;
	} items[PORT_MAP_MAX];
	size_t n;
};

/* port_map_target() - where a low port moves: the map's word, else 8080, 8443, 5353, else port + 8000. */
uint16_t port_map_target(const struct port_map *map, uint16_t port);

enum port_action {
	PORT_LEAVE,  /* the container stays root, or nothing can be done: finding */
	PORT_SYSCTL, /* keep the number, allow it for everyone in the pod */
	PORT_MOVE,
	PORT_KEEP, /* --low-ports=keep: nothing is done, the user is told */
	PORT_SKIP, /* an annotation of its container keeps it: nothing is done, and nothing said */
};

struct port_decision {
	enum port_protocol protocol;
	uint16_t port;
	uint16_t target; /* PORT_MOVE */
	enum port_action action;
	bool sure;	     /* PORT_MOVE: a file of the input tells the program, and moves along */
	struct str reason;   /* why it is not moved, and what would make it movable */
	struct str services; /* PORT_MOVE: "Service/web" or "Service/a, Service/b", for people */
};

/* The plan's word on one pod: its ports below 1024. Immutable once made. */
struct port_plan {
	struct port_decision *items;
	size_t n;
};
