/* The second witness: a cell's /healthcheck (aws.md, "Medplum"). HTTP 200 and `ok: true` alone
 * prove nothing; only a JSON `true` says that a dependency is up. */
#pragma once

#include "data/fleet.h"

/* `{endpoint}/healthcheck`, the endpoint's path kept. Caller frees. */
char *probe_url(const struct cell_config *cell);

/* What came back of a GET. `status` 0: no HTTP answer, and `error` says why (else it is NULL).
 * `postgres` and `redis` are dependencies whether the body names them or not (not named = down),
 * and so is every member of `redisInstances`. Never NULL. */
struct probe *probe_parse(int status, const char *body, const char *error, gint64 at_ms,
                          gint64 took_ms);

/* `old` (may be NULL) and `probe` (taken) at its end, 16 kept: the last ones, and, however long ago
 * they were, the newest that named a version, the newest with everything up and the first after
 * that. Of a cell that has been dead for hours it is still known what it ran, when it lived last,
 * and since when it is bad. Borrows `old`; a new array. */
GPtrArray *probes_append(const GPtrArray *old, struct probe *probe);

/* What `probes` (of a cell, oldest first, not empty) tell with what somebody read of it before they
 * begin, `before` (may be NULL): as if one had read them all. Whoever has just begun knows so what
 * a cell ran that has been dead since. Borrows both; a new array. */
GPtrArray *probes_after(const GPtrArray *before, const GPtrArray *probes);
/* It says how the cell is and what it runs: nothing older can tell more. */
bool probe_tells_all(const struct probe *probe);
