/* Where each tenant lived when that was last settled: two tables of cache.db, beside the last
 * reading, which says where it lives now. A tenant whose cell has changed in the registry is away
 * from home until somebody has found out why and gives it another one, so a change that came while
 * nobody looked is found by whoever looks next (rollout/observed.h).
 *
 * All celldecks of a state folder share them. They are of one registry (its table, region, profile
 * and endpoint); another one begins with nothing. A tenant that is gone keeps its home: it may come
 * back elsewhere. Everything here blocks; used by one thread at a time. */
#pragma once

#include "data/fleet.h"

struct homes;

/* `dir` is a state folder. References `config`. */
struct homes *homes_open(const char *dir, struct config *config, GError **error);
void homes_close(struct homes *homes);
OWNABLE(homes, homes_close);
/* False: cache.db was removed or replaced; close and open it. */
bool homes_in_place(const struct homes *homes);

struct away {
    struct tenant *tenant; /* a reference: where it lives now */
    char *home;            /* the cell it lived in */
};
void away_free(struct away *away);

/* Who of the registry, which is a whole reading, lives elsewhere than at home: struct away *, by
 * tenant, freed with the array. Whoever has no home gets the one they are in. Left out are items
 * that name no cell, and tenants that have several items: where they live nobody knows. NULL on
 * error. */
GPtrArray *homes_look(struct homes *homes, struct registry *registry, GError **error);

/* From now on this tenant's home is where it lives. */
bool homes_settle(struct homes *homes, const struct tenant *tenant, GError **error);

/* The last reading by which everybody was at home; 0: there was none yet. */
gint64 homes_as_of(struct homes *homes, GError **error);
bool homes_set_as_of(struct homes *homes, gint64 read_ms, GError **error);
