/* Lines that were typed before, to be had again with Up and Down, as in a shell. */
#pragma once

#include <glib.h>

#define RECALL_KEPT 100

struct recall {
    GPtrArray *lines; /* char *, oldest first */
    guint at;         /* the one shown; lines->len: the one that is being typed */
    char *draft;      /* that one, as it was when people went up from it */
};

void recall_init(struct recall *recall);
void recall_release(struct recall *recall);
/* A line was entered: it is the newest, once, and the next begins. Empty ones are not kept. */
void recall_add(struct recall *recall, const char *line);
/* A new line is begun. */
void recall_begin(struct recall *recall);
/* The line before the one shown, or after it: among those that begin as the draft does, which is
 * itself the last. NULL where there is none. Borrowed until the next call. `typed`: what stands
 * there now. */
const char *recall_older(struct recall *recall, const char *typed);
const char *recall_newer(struct recall *recall);
