/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the roll-out share.
 */

#include "live/rollout.h"

/* live_rollout_why() - gathers item->why and item->advice from what the server says of the workload's new pods. */
void live_rollout_why(const struct live_rollout_options *options, struct live_rollout *item, struct arena *arena);

/* live_rollout_advise() - makes item->advice from the lines of item->why. */
void live_rollout_advise(const struct live_rollout_options *options, struct live_rollout *item, struct arena *arena);
