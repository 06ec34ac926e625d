/* A scenario: default.yaml (its head documents every key), with a file laid over it. */
#pragma once

#include "data/base/own.h"

/* The whole scenario as one object, without nulls; `path` NULL gives the built-in one. A file that
 * can't be read, is no map, or has an unknown key gives NULL and CD_ERROR_USAGE. New reference. */
json_t *sim_scenario_load(const char *path, GError **error);

/* celldeck.yaml for this scenario, against the simulator at `endpoint` with its files in `dir`, and
 * its DNS server on port `dns` (0: there is none). Caller frees. */
char *sim_scenario_config(const json_t *scenario, const char *endpoint, guint16 dns,
                          const char *dir);
