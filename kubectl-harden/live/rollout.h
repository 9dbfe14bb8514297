/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Rollout: what a changed pod template does to running pods, and whether the new ones come up: as
 * `kubectl rollout status` sees it, and where they do not, why.
 */

#include <signal.h>

#include "live/object.h"

enum live_restart {
	RESTART_NONE,	   /* only pods that are made from now on are other ones */
	RESTART_PODS,	   /* .pods of them, one after another */
	RESTART_ON_DELETE, /* updateStrategy OnDelete: each when somebody deletes it */
	RESTART_PAUSED,	   /* a paused Deployment: when it is resumed */
	RESTART_UNKNOWN,   /* its operator decides */
};

struct live_restarts {
	enum live_restart when;
	int64_t pods; /* how many there are; -1 unknown */
};

/* live_restarts() - what changing the pod template of the object @json of @resource does. */
struct live_restarts live_restarts(const struct live_resource *resource, struct str json);

/* live_rollout_follows() - whether its roll-out can be followed: Deployments, StatefulSets, DaemonSets that roll. */
bool live_rollout_follows(const struct live_resource *resource, struct str json);

enum live_rollout_state {
	ROLLOUT_WAITING,
	ROLLOUT_DONE,
	ROLLOUT_FAILED,	 /* its progress deadline has passed, it was deleted, or it cannot be read */
	ROLLOUT_TIMEOUT, /* not done within the time limit */
	ROLLOUT_STOPPED, /* by the signal flag */
};

/* One workload whose roll-out is followed. Texts are in the arena that live_rollout() was given. */
struct live_rollout {
	const struct live_object *object; /* given */
	unsigned transaction;		  /* given; not looked at */
	enum live_rollout_state state;
	int64_t ready, pods; /* new pods that are ready, of how many */
	struct str message;  /* in kubectl's words: what it waits for, or why it failed */
	/* Why it did not come up, a line each: conditions, pods, containers, their last words, events. */
	struct str *why;
	size_t why_n;
	struct str *advice; /* what to do, a line each: commands and a word on them */
	size_t advice_n;
};

struct live_rollout_options {
	struct live_client *client;
	const volatile sig_atomic_t *stop; /* NULL */
	uint32_t timeout_ms;		   /* 0: five minutes */
	struct str flags;		   /* as of struct live_apply_options */
	/* Called after each round; NULL. @ready of @pods of all workloads, @ms since the beginning. */
	void (*told)(void *data, int64_t ready, int64_t pods, uint64_t ms);
	void *data;
	/* For tests: a clock in ms, and a sleep that the stop flag ends; NULL: the real ones. */
	uint64_t (*now)(void *data);
	void (*sleep)(void *data, uint64_t ms);
};

/*
 * live_rollout() - follows the roll-outs of @items together, until each is done or has failed. True where all are
 * done. For the others, .why and .advice are gathered; what may not be read there is left out.
 */
bool live_rollout(const struct live_rollout_options *options, struct live_rollout *items, size_t n,
		  struct arena *arena);
