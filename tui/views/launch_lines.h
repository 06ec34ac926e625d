/* A plan as lines for a dialog: what has moved and what stands against it first, then what is
 * chosen beyond the ordinary, then the blast radius and how long it takes, then the waves and their
 * cells, then what else is worth knowing. What can be done about a refusal is named by the key that
 * does it in that dialog, or by the word that is typed there (struct launch_names). */
#pragma once

#include "rollout/estimate.h"

/* Break-glass at the start, for every wave that it means something to. */
enum launch_glass {
    GLASS_WHOLE,
    GLASS_WINDOWS, /* no window or freeze holds it */
    GLASS_BAKES,   /* no bake is longer than is said */
    GLASS_COUNT
};

/* What people may say beyond a version and a reason; all of it on record. */
struct launch_choice {
    bool retry_failed, attended;
    enum launch_glass glass;
    char **fixes; /* ids of cells that this release is the cure of; NULL: none */
};

void launch_choice_clear(struct launch_choice *choice);

/* How that is chosen, in words for people. */
struct launch_names {
    const char *use; /* "press", "type" */
    const char *retry_failed, *fixes, *attended;
    const char *glass; /* any way to break it */
    const char *bakes; /* the one way that there is */
    const char *other; /* than windows lifted: that, or none */
};
extern const struct launch_names launch_by_keys, launch_by_words;

struct launch_sight {
    const struct plan *plan;
    const json_t *refusals; /* as `rollout plan --json` has them */
    const char *attendance; /* why somebody has to stay, or NULL */
    const char *moved;      /* what is another than it was, or NULL */
    const struct launch_choice *choice;
    const struct launch_names *names;
    struct estimate_terms terms;
};

/* char *; the caller unrefs. The second: those alone that come before the blast radius. */
GPtrArray *launch_lines(const struct launch_sight *sight);
GPtrArray *launch_head_lines(const struct launch_sight *sight);

/* Whether there is a window or a freeze to lift, or a bake that could be shorter. */
bool launch_glass_breaks(const struct plan *plan, enum launch_glass glass);
/* The ids of the cells that stand against it by being unwell; NULL: none. Caller frees. */
char **launch_unwell(const json_t *refusals);
