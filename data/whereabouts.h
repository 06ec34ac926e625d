/* Asks the witnesses of where a tenant lives (witness.h), of one tenant at a time: the one that
 * people look at. Each is asked at most once a minute, and anew where the registry says otherwise
 * than it did then; all of them end within seconds. Nothing waits in the main loop, and nothing is
 * read but the record, its addresses, and /healthcheck. */
#pragma once

#include "data/aws/client.h"
#include "data/fleet.h"
#include "data/witness_read.h"

struct whereabouts {
    char *tenant;
    char *record; /* its name in DNS; NULL: it has none, and `no_record` says why */
    char *url;    /* what is asked there; NULL with `record` */
    char *no_record;
    char *shared_with; /* another tenant's id whose record it is, too; NULL: nobody's */
    struct witness witnesses[WITNESSES];
    gint64 asked_ms; /* 0: never */
};

/* What DNS has of the cells' names, within a few seconds. Blocks: for a worker. Clear it. */
void whereabouts_cells(const struct config *config, struct cell_addresses *addresses);

struct whereabouts_desk;
/* `changed` is called from the main loop whenever somebody has answered. Borrows `client`, which
 * may be NULL: then only the registry speaks. */
struct whereabouts_desk *whereabouts_new(struct config *config, struct aws_client *client,
                                         void (*changed)(gpointer data), gpointer data);
/* Nothing is called after this. */
void whereabouts_free(struct whereabouts_desk *desk);
OWNABLE(whereabouts_desk, whereabouts_free);

/* People look at this tenant (NULL: at none) of the snapshot, now: takes what the registry says,
 * and asks the others where that was not done within the last minute. To be called as often as one
 * likes. What it returns is valid until the next call; NULL where there is no such tenant. */
const struct whereabouts *whereabouts_look(struct whereabouts_desk *desk,
                                           const struct snapshot *snapshot, const char *tenant,
                                           gint64 now_ms);
/* Whoever was asked is asked again at the next look. */
void whereabouts_again(struct whereabouts_desk *desk);
/* Route 53 is not asked: somebody has read the zone. */
void whereabouts_spare_zone(struct whereabouts_desk *desk);
/* Whether somebody who was asked has not answered yet. */
bool whereabouts_waits(const struct whereabouts *whereabouts);

/* What the registry says of a tenant in it. */
void whereabouts_registry(struct witness *witness, const struct snapshot *snapshot,
                          const struct tenant *tenant);

/* failover.record for the tenant; NULL, and why, where there is none. Caller frees both. */
char *whereabouts_record(const struct config *config, const struct tenant *tenant, char **why);
/* Another tenant whose record is this one's, too (by its name: whether it is a name of DNS's is
 * whereabouts_record()'s affair), so that whoever changes it sends both elsewhere; or NULL.
 * Borrowed from the registry. */
const struct tenant *whereabouts_namesake(const struct config *config,
                                          const struct registry *registry,
                                          const struct tenant *tenant);
/* failover.check_url of that record. Caller frees. */
char *whereabouts_url(const struct config *config, const char *record);
