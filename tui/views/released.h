/* What the git repository of releases says, read by a worker thread: it may lie on a slow disk.
 * Cancelled, a reading is over at once, with an error, however long its thread goes on. */
#pragma once

#include "data/releases.h"

#include <gio/gio.h>

/* Called in the main context. The callee takes `list` (struct release *, newest first, freed with
 * it; NULL where it can't be read) and `error`, which says why (else NULL). */
typedef void (*released_fn)(GPtrArray *list, char *error, gpointer data);
void released_read(struct config *config, GCancellable *cancel, released_fn fn, gpointer data);

/* What one release changes. */
struct release_changes {
    char *version, *since;   /* against the next older one, or NULL: it is the oldest */
    struct changes *changes; /* NULL: the oldest, or `error` says why not */
    char *error;
};
void release_changes_free(struct release_changes *changes);
OWNABLE(release_changes, release_changes_free);

/* Called in the main context; the callee takes it. NULL: cancelled. */
typedef void (*release_changes_fn)(struct release_changes *changes, gpointer data);
void released_read_changes(struct config *config, const char *version, GCancellable *cancel,
                           release_changes_fn fn, gpointer data);
