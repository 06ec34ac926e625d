/* The git repository behind releases.repo, from the scenario's `history`. */
#pragma once

#include "data/base/own.h"

#include <stdbool.h>

/* Makes a bare repository at `path` (which must not be there yet). The same scenario gives the same
 * commit ids. */
bool sim_repo_make(const json_t *scenario, const char *path, GError **error);
