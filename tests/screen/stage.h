/* What every story of the screen tests stands on: a simulated fleet, seats in front of it, and
 * rules that are counted. */
#pragma once

#include "tests/screen/terminal.h"

#include <gio/gio.h>

/* Counts one rule and says how it went; returns `holds`. */
bool check(const char *rule, bool holds);
/* The closing line; returns the exit code. */
int check_report(void);

struct fleet {
    char *build, *dir, *endpoint;
    GSubprocess *simulator;
    char *env[16];
    int n_env;
};
/* `build`: the folder of the programs. */
struct fleet *fleet_new(const char *build);
/* Played from another scenario, as YAML. */
struct fleet *fleet_playing(const char *build, const char *scenario);
void fleet_free(struct fleet *fleet);
/* What the simulator answers below /sim. Caller frees. */
char *fleet_ask(const struct fleet *fleet, const char *method, const char *path, const char *body);
/* A call of somebody who is not celldeck. Caller frees. */
char *fleet_dynamodb(const struct fleet *fleet, const char *action, const char *body);
/* What celldeck ARGS (NULL-terminated) prints for this login. Caller frees. */
char *fleet_run(const struct fleet *fleet, const char *login, const char *const *args);

/* celldeck with one option, on a terminal. `term` and `locale` may be NULL: the usual. */
struct seat *sit(struct fleet *fleet, int rows, int cols, const char *option, const char *term,
                 const char *locale);

/* The stories, a file for those that belong together. */
void the_console_is_looked_at(struct fleet *fleet);
void the_console_is_left(struct fleet *fleet);
void a_rollout_is_started_and_steered(struct fleet *fleet);
void acts_go_through_and_stand_on_record(struct fleet *fleet);
void tenants_are_taken_elsewhere(struct fleet *fleet);
void a_start_is_bound_to_the_world_as_it_was_shown(struct fleet *fleet);
void the_terminal_is_treated_with_care(struct fleet *fleet);
void people_find_their_way(struct fleet *fleet);
void a_mouse_does_what_keys_do(struct fleet *fleet);
void what_is_seen_can_be_taken_along(struct fleet *fleet);
void a_cell_is_looked_at_whole(struct fleet *fleet);
void a_day_is_fetched_while_it_is_looked_at(struct fleet *fleet);
/* On fleets of their own. */
void the_link_is_thin_and_aws_hangs(const char *build);
void every_key_is_pressed_on_every_screen(const char *build);
void a_tenants_place_is_asked_of_all_who_know(struct fleet *fleet);
void failovers_are_held_and_taken_back(const char *build);
void the_world_changes_under_the_question(const char *build);
void half_a_registry_and_a_region_that_hangs(const char *build);
