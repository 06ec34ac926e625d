/* The way that people have come through the screens, and go back and forth on. A level owns what
 * its screen keeps (where one was, the filter), so a screen may be open on several subjects and
 * each is found again as it was left.
 *
 * Home (the fleet) is the first level, and never goes. What is opened comes after where people are;
 * what lay ahead of them is gone then, as in a browser. What is open already, on the same subject,
 * is not opened twice: it comes to the end of the way, so that the way back never goes in circles.
 */
#pragma once

#include "tui/views/view.h"

#define TRAIL_LONGEST 24 /* levels; beyond it, the one after home is forgotten */

struct level {
    enum view_id view;
    char *subject; /* the id that it is open on, or NULL */
    char *filter;  /* never NULL */
    void *state;   /* of the view; NULL where it keeps none */
};

struct trail {
    GPtrArray *levels; /* struct level *, from home on; never empty */
    guint at;          /* where people are */
    guint left;        /* where they were when they went straight home; 0: they did not */
};

struct trail *trail_new(enum view_id home);
void trail_free(struct trail *trail);
OWNABLE(trail, trail_free);

struct level *trail_here(const struct trail *trail);
/* Goes to the screen on `subject` (may be NULL); to home straight, and forward from there straight
 * to where people were. */
void trail_open(struct trail *trail, enum view_id view, const char *subject);
/* The same level, about something else. */
void trail_turn(struct trail *trail, const char *subject);
/* False where there is nowhere to go. */
bool trail_back(struct trail *trail);
bool trail_forward(struct trail *trail);
/* To level `which` of the way; what lies after it is ahead then. */
void trail_go(struct trail *trail, guint which);

/* What stands on the way from home to where people are: "fleet", "cell-2", "r17", "events". Owned
 * by the array. */
GPtrArray *trail_names(const struct trail *trail);
