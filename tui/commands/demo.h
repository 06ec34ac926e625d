/* The parts of `celldeck demo`. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* demo_sim.c: celldeck-sim as a child, and this process's environment pointed at it. */
struct demo_sim {
    GSubprocess *process;
    char *endpoint; /* "http://127.0.0.1:43211" */
    char *dir;      /* its folder: configuration, releases, our state; gone when it ends */
    char *config_path;
};
/* `seed` NULL: the scenario's own. */
bool demo_sim_start(struct demo_sim *sim, const char *seed, GError **error);
void demo_sim_stop(struct demo_sim *sim);

/* demo_story.c: a bad and a good rollout, told as they happen. True only if all of it happened. */
bool demo_story_play(const struct demo_sim *sim, bool ascii, bool no_color, GError **error);
