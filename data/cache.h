/* cache.db: what the last snapshot was folded from, so that a console has a first screen before any
 * network answer (architecture.md, "Speed"). What comes out of it is as old as it is, and is judged
 * so. It may be lost at any time: a file that can't be read is no more than a note to show. No
 * patient data is in it. */
#pragma once

#include "data/fleet.h"

/* Puts the snapshot's inputs in the place of what was there, all or nothing. A file that is no
 * cache of ours is thrown away first. Blocking (100,000 tenants take part of a second): a snapshot
 * is immutable, so call it in a worker. `dir` is a state folder. */
bool cache_save(const char *dir, const struct snapshot *snapshot, GError **error);

/* The inputs folded as of `now_ms`: cells that `config` no longer has are left out, new ones are
 * unread. NULL without an error where nothing is kept; NULL with one, for a note, where the file is
 * damaged, of another schema or of another configuration's fleet (config->name). */
struct snapshot *cache_load(const char *dir, struct config *config, gint64 now_ms, GError **error);
