/* The versions there are to start, for completion: git tags, read by a worker thread because a
 * repository may lie on a slow disk. */
#pragma once

#include "data/config.h"

/* Called in the main context, with char * newest first, empty where they can't be read: then
 * nothing is completed, and planning says what is wrong. The callee takes `versions`. */
typedef void (*versions_fn)(GPtrArray *versions, gpointer data);
void versions_read(struct config *config, versions_fn fn, gpointer data);
