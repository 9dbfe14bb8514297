/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Chart: the folder that Helm would render a template from.
 */

#include "base/str.h"

/*
 * chart_find() - the nearest folder above @path, as far as @path names folders, that holds a Chart.yaml; of a chart in
 * another's charts/, that one's. Empty where there is none. In @arena.
 */
struct str chart_find(struct arena *arena, struct str path);
