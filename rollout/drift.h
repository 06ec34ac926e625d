/* Where all tenants live, by those who should know: what `tenant where` asks for one, for the whole
 * fleet (`doctor --drift`). The registry and the hosted zone are each read once, whole. DNS and the
 * cells that answer are asked for those that do not agree and for some of the others, evenly spread
 * over them, for it takes ten tenants a second; or for everybody.
 *
 * And the other way round: names in the zone that lead to a cell, and are no tenant's. A CNAME or
 * an alias leads to the cell whose name it has; addresses, at a name such as tenants have
 * (failover.record), to the cell whose name has them in DNS. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/witness_read.h"

/* Of so many DNS and the cells are asked where not everybody is: of those on whom registry and zone
 * do not agree, of those that either knows nothing of, and of those on whom they do agree. */
enum { DRIFT_DOUBTS = 500, DRIFT_UNKNOWN = 100, DRIFT_SAMPLE = 100 };

struct drift_tenant {
    const struct tenant *tenant; /* in the snapshot's registry */
    char *record;                /* its name in DNS; NULL: `no_record` says why it has none */
    char *no_record;
    const struct tenant *shared_with; /* whereabouts_namesake() */
    struct witness witnesses[WITNESSES];
    enum agreement agreement;
    char *verdict; /* witness_verdict() */
    bool asked;    /* DNS and the cell that answers, too */
};
struct orphan {
    char *name; /* in DNS */
    char *cell; /* that it leads to; NULL: to one of several, which have an address in common */
    char *told; /* "cell1.example.com, TTL 60 s" */
};
struct drift {
    struct snapshot *snapshot; /* a reference */
    char *zone_error;   /* why the zone could not be read, or is not configured; NULL: it was */
    bool zone_failed;   /* it is configured */
    GPtrArray *tenants; /* struct drift_tenant *, by id; all, if the registry is whole */
    GPtrArray *orphans; /* struct orphan *, by name; none where anything was not read whole */
    guint asked;        /* of how many tenants DNS and the cells were asked */
};
void drift_free(struct drift *drift);
OWNABLE(drift, drift_free);
guint drift_count(const struct drift *drift, enum agreement agreement);

/* By the registry and the zone's names (zone_scan.h; NULL: `zone_error`, copied, says why).
 * `addresses` of the cells; NULL: not known. Pure. */
struct drift *drift_of(struct snapshot *snapshot, GHashTable *names,
                       const struct cell_addresses *addresses, const char *zone_error);
/* Whom to ask further: places in drift->tenants, those in doubt first. Pure. */
GArray *drift_to_ask(const struct drift *drift, bool everybody); /* guint */
/* Takes what was said of one tenant; the verdict follows. Pure. */
void drift_take(struct drift *drift, guint place, const struct witness *witnesses);

/* Does all of it, turning the main context until the last answer. `progress` (may be NULL) is told
 * in a line how far it is, every few seconds. */
typedef void (*drift_progress_fn)(const char *line, gpointer data);
struct drift *drift_read(struct snapshot *snapshot, struct aws_client *client, bool everybody,
                         drift_progress_fn progress, gpointer data);

/* {tenants, complete, agree, drifted[], unproven[], orphans[], asked, zone_error}. New reference.
 */
json_t *drift_json(const struct drift *drift, gint64 now_ms);
