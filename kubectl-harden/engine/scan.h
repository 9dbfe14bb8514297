/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Scan: a source into documents, inventory records, and results where nothing else is needed for them. */

#include "engine/inventory.h"

void scan_source(struct run *run, struct source *source);
