/* What of an operation's events is shown. A gate says the same many times in a week: its word on a
 * cell, as long as that is not deployed to anew, is one row, with how often it was said and since
 * when; opened, it is a row a time. What did not change the course of things is left out unless all
 * is asked for: what a deployer calls its deploys, newer figures of what is known, and gates that
 * are not against anything and were not before. Nothing else is. */
#pragma once

#include "data/journal.h"

#include <stdbool.h>

struct event_row {
    const struct event *event; /* the newest of those that it stands for; borrowed */
    gint64 first_ms;           /* when that was first said */
    guint times;               /* how often; 1: only this once */
    bool one_of_many;          /* of a row that was opened */
    char *id;                  /* the event's number; of many, the first's */
    char *group;               /* what it is opened by, and closed: the first's number */
    char *told;
};

/* Rows (struct event_row *), newest first. `events` oldest first; `open`: the groups that are (char
 * *, a set). *hidden: how many events are in no row. */
GPtrArray *event_rows(const GPtrArray *events, bool all, GHashTable *open, guint *hidden);
