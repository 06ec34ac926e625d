/* One process's own handle on a journal that is kept elsewhere, with that process's troubles: each
 * way of reading asks first whether it may, and an append is the simulation's own. */
#pragma once

#include "data/journal_store.h"

struct handle {
    struct journal_store base;
    struct journal_store *inner; /* has what is kept */
    bool owns;                   /* closes it */
    bool (*may_read)(const struct handle *handle, GError **error);
    bool (*append)(struct handle *handle, const struct journal_row *row, gint64 head,
                   char prev_hash[JOURNAL_HASH_SIZE], char hash[JOURNAL_HASH_SIZE], GError **error);
    void *sim, *who; /* the simulation's: its world, and the process; NULL: the people's */
};
/* The handle goes with the store; takes a copy of `handle`, whose base is set. */
struct journal_store *handle_new(const struct handle *handle);
/* Sets `error`, as a journal that does not answer; false. */
bool handle_fails(GError **error, const char *why);
