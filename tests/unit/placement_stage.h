/* Fleets of a line a cell, well until a test spoils them, and who lives where: for tests of
 * placement. One stage a test; placing_clear() in its .fini. */
#pragma once

#include "rollout/placement.h"
#include "tests/unit/small_fleet.h"

#define PLACING_NOW (1764000000000 / 60000 * 60000)

/* A cell of celldeck.yaml; `more` is "" or ", backups: [cell-2]". */
#define CELL_LINE(id, class, region, residency, max_users, more)                                   \
    "  " id ": {class: " class ", region: " region ", residency: " residency                       \
                               ", endpoint: 'http://127.0.0.1:1/" id "', max_users: " #max_users   \
                               ", max_patients: 1000" more "}\n"
/* Everything that can be proven is. */
#define ALL_SET                                                                                    \
    "failover: {zone_id: Z1, record: '{subdomain}.example.com', fence: {command: [fence]}, "       \
    "promote: {command: [promote]}}\n"
#define REPLICA(of) ", stands_by_for: " of ", rpo: 5m, replica_lag_metric: lag_s"

/* A fleet of these cells, all well and empty. */
void placing_fleet(const char *cells, const char *more);
/* Also when there is none. */
void placing_clear(void);
struct config *placing_config(void);
/* One more tenant, by a draft: what is zero is as of a tenant that is well: STANDARD, ACTIVE, a
 * subdomain of its id, a quota of its users. */
void placing_tenant(struct tenant draft);
#define lives(...) placing_tenant((struct tenant){__VA_ARGS__})
/* The reading of a cell, for the test to spoil. */
struct cell_reading *placing_reading(const char *cell);
/* Its health metric is 0 for as many minutes, and its probe fails. */
void placing_dies(const char *cell, int minutes);
/* Nothing has been heard of it for as many minutes. */
void placing_falls_silent(const char *cell, int minutes);
/* A build of another version answers. */
void placing_runs(const char *cell, const char *version);
/* The registry is read like this from now on; `error` NULL: it was read well. */
void placing_registry(bool complete, const char *error);
/* The fleet as it is now; valid until the next call or placing_clear(). */
const struct snapshot *placing_snapshot(void);
/* The one that the last plan was made of. */
const struct snapshot *placing_seen(void);

/* Evacuations of it, valid as long. */
const struct evacuation *placing_plan(const char *cell, const char *to);
/* Where that tenant goes in the last plan, "-" if nowhere. */
const char *placing_goes(const char *tenant);
const char *placing_why(const char *tenant);
