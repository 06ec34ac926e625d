/* What every simulated world has in it: what the run follows from, its dice, what is told of it,
 * and the first rule that broke. */
#pragma once

#include "tests/simulation/base/simulation.h"

struct run {
    struct sim_options options;
    GRand *chance;              /* what the world is like */
    GRand *dice[MOST_TROUBLES]; /* each trouble's own: leaving one out changes no other */
    int used[MOST_TROUBLES];
    GPtrArray *story; /* char * */
    guint64 decisions, events, touches;
    int broken_rule; /* as struct trial has it */
    char *broken;    /* NULL: every rule has held */
};
void run_begin(struct run *run, const struct sim_options *options);
void run_clear(struct run *run);

/* `at_ms`: since the run began. */
void run_tell(struct run *run, gint64 at_ms, const char *format, va_list args) G_GNUC_PRINTF(3, 0);
/* The first rule that breaks ends the run. */
void run_broke(struct run *run, gint64 at_ms, int rule, const char *format, va_list args)
    G_GNUC_PRINTF(4, 0);

/* Does this trouble come now, with a chance of one in `in`? Never where it may not, though its dice
 * are thrown. */
bool run_troubles(struct run *run, int kind, int in, bool may);
gint64 sim_between(GRand *dice, gint64 from, gint64 to); /* both included */

/* Takes `end`, and the story. */
struct trial run_trial(struct run *run, char *end);
