/* Which stories are played: they are several programs' worth of waiting, so each group of them is a
 * suite of its own. */
#include "tests/screen/stage.h"

#include <stdio.h>

typedef void (*story)(struct fleet *fleet);

static const struct group {
    const char *name;
    const story *on_one_fleet;               /* NULL at the end */
    void (*const *alone)(const char *build); /* on fleets of their own; NULL at the end */
} groups[] = {
    {"console",
     (const story[]){the_console_is_looked_at, people_find_their_way, a_cell_is_looked_at_whole,
                     a_day_is_fetched_while_it_is_looked_at,
                     a_tenants_place_is_asked_of_all_who_know, NULL},
     NULL},
    {"terminal",
     (const story[]){the_console_is_left, the_terminal_is_treated_with_care,
                     a_mouse_does_what_keys_do, what_is_seen_can_be_taken_along, NULL},
     NULL},
    {"acting",
     (const story[]){a_rollout_is_started_and_steered, acts_go_through_and_stand_on_record,
                     a_start_is_bound_to_the_world_as_it_was_shown, NULL},
     NULL},
    {"leaving", (const story[]){tenants_are_taken_elsewhere, NULL}, NULL},
    {"held", NULL,
     (void (*const[])(const char *)){failovers_are_held_and_taken_back,
                                     the_world_changes_under_the_question,
                                     half_a_registry_and_a_region_that_hangs, NULL}},
    {"keys", NULL,
     (void (*const[])(const char *)){every_key_is_pressed_on_every_screen,
                                     the_link_is_thin_and_aws_hangs, NULL}},
};

static int play(const struct group *group, const char *build)
{
    struct fleet *fleet = group->on_one_fleet ? fleet_new(build) : NULL;
    for (const story *one = group->on_one_fleet; one && *one; one++)
        (*one)(fleet);
    for (void (*const *one)(const char *) = group->alone; one && *one; one++)
        (*one)(build);
    if (fleet)
        fleet_free(fleet);
    return check_report();
}

/* BUILD GROUP */
int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < G_N_ELEMENTS(groups); i++)
        if (g_str_equal(groups[i].name, argv[2]))
            return play(&groups[i], argv[1]);
    fprintf(stderr, "screen BUILD console|terminal|acting|leaving|held|keys\n");
    return 2;
}
